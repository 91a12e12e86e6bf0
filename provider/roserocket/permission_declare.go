package roserocket

import (
	"context"
	"maps"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Declare leaves out permissions without fields and boards, because Rose Rocket answers so for roles
// and objects that do not exist. It writes the fields of custom permissions as lists of edit, read and hide. Under full,
// read_only and none, data says what holds for the fields. A field with another right is not
// named, which leaves it as it is.
func (c *client) Declare(_ context.Context, live []schema.Object) ([]schema.Object, error) {
	out := slices.DeleteFunc(slices.Clone(live), func(o schema.Object) bool {
		p, ok := o.Body.(*Permission)
		return ok && !o.LastWritten && len(p.Access) == 0 && len(p.Boards) == 0
	})
	for i := range out {
		if _, ok := out[i].Body.(*Permission); !ok {
			continue
		}
		o := out[i].Clone()
		p := o.Body.(*Permission)
		if !slices.Contains(dataWords, p.Data) {
			o.Set &^= permissionKind.Mask("data")
		}
		if p.Data == dataFull || p.Data == dataRead || p.Data == dataNone {
			out[i] = o
			continue
		}
		p.Fields = map[string][]string{}
		for _, name := range slices.Sorted(maps.Keys(p.Access)) {
			if right := p.Access[name]; slices.Contains(fieldLists, right) && !isPattern(name) {
				p.Fields[right] = append(p.Fields[right], name)
			}
		}
		if len(p.Fields) > 0 {
			o.Set |= permissionKind.Mask("fields")
		}
		out[i] = o
	}
	return out, nil
}
