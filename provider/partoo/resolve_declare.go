package partoo

import (
	"context"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Declare writes the businesses of groups and users as store codes. An object keeps its ids if one
// of them has no code, or one that another business has too.
func (c *client) Declare(ctx context.Context, live []schema.Object) ([]schema.Object, error) {
	if _, ids := referencedBusinesses(live); len(ids) == 0 {
		return live, nil
	}
	codes := map[string]string{} // by id
	owners := map[string]int{}   // businesses by code
	for w, err := range c.businesses().All(ctx) {
		if err != nil {
			return nil, err
		}
		code := schema.NFC(w.Code)
		codes[w.id()] = code
		owners[code]++
	}
	out := slices.Clone(live)
	for i := range out {
		ids, _ := out[i].Any("businesses").([]string)
		var named []string
		for _, id := range ids {
			if code := codes[id]; code != "" && owners[code] == 1 {
				named = append(named, code)
			}
		}
		if len(ids) == 0 || len(named) != len(ids) {
			continue
		}
		o := out[i].Clone()
		k := o.Kind
		k.Attributes[k.Index("store_codes")].SetAny(o.Body, named)
		o.Set = o.Set&^k.Mask("businesses") | k.Mask("store_codes")
		out[i] = o
	}
	return out, nil
}
