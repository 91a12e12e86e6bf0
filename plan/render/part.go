package render

import (
	"maps"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A part is an attribute, or one entry of an attribute that is a map of lists ("fields edit").
type part struct {
	name  string
	attr  *schema.Attribute
	entry string
}

// partsOf lists the parts of an attribute in the objects. Objects may be nil.
func partsOf(a *schema.Attribute, objects ...*schema.Object) []part {
	if a.Type != schema.TypeSetMap {
		return []part{{name: a.Name, attr: a}}
	}
	names := map[string]bool{}
	for _, o := range objects {
		for name := range lists(a, o) {
			names[name] = true
		}
	}
	var out []part
	for _, name := range slices.Sorted(maps.Keys(names)) {
		out = append(out, part{a.Name + " " + text.Clean(name), a, name})
	}
	return out
}

func lists(a *schema.Attribute, o *schema.Object) map[string][]string {
	if o == nil {
		return nil
	}
	all, _ := o.Any(a.Name).(map[string][]string)
	return all
}

// members returns the members of the part, or nil if it is not set.
func (x part) members(o *schema.Object) []string {
	switch {
	case o == nil || !o.Has(x.attr.Name):
		return nil
	case x.attr.Type == schema.TypeSetMap:
		return lists(x.attr, o)[x.entry]
	}
	return x.attr.Members(o.Body)
}

// differs reports whether the part differs in a and b.
func (x part) differs(a, b *schema.Object) bool {
	if x.attr.Type != schema.TypeSetMap {
		return true // its attribute does
	}
	before, had := lists(x.attr, a)[x.entry]
	after, has := lists(x.attr, b)[x.entry]
	return had != has || !slices.Equal(before, after)
}

// column returns the column at which the values of all parts begin.
func column(rows []part) int {
	n := 0
	for _, x := range rows {
		n = max(n, text.Width(x.name))
	}
	return bodyStart + n + 2
}
