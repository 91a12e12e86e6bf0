package grant

import (
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A View finds the objects of one tenant at one moment, live or as they would be
// after a plan. It reads the objects that it was made from and must not be used
// by several goroutines.
type View struct {
	objects map[string][]schema.Object
	keys    map[string]map[string]*schema.Object // by kind, made when first asked for
	held    map[[2]string][]*schema.Object       // by kind and key of whom it is held for, made when first asked for
}

// NewView makes a view of objects by kind, such as Plan.After returns.
func NewView(objects map[string][]schema.Object) *View {
	return &View{objects: objects, keys: map[string]map[string]*schema.Object{}}
}

// Lookup finds an object by its key, or else by its second name.
func (v *View) Lookup(kind, key string) (*schema.Object, bool) {
	keys, ok := v.keys[kind]
	if !ok {
		keys = index(v.objects[kind])
		v.keys[kind] = keys
	}
	o, ok := keys[key]
	return o, ok
}

// Of lists what the object with the key may do, by itself and through what is held
// for it, sorted; nothing where there is neither. Who cannot be used may do
// nothing, whatever is held.
func (v *View) Of(kind, key string) []schema.Grant {
	o, there := v.Lookup(kind, key)
	if there {
		key = o.Addr.Key
		if inactive(o) {
			return nil
		}
	}
	own := Of(o, v.Lookup)
	if v.held == nil {
		v.held = v.gather()
	}
	held := v.held[[2]string{kind, key}]
	if len(held) == 0 {
		return own
	}
	all := slices.Clone(own)
	for _, h := range held {
		if !inactive(h) {
			all = append(all, h.Kind.Grants(h, v.Lookup)...)
		}
	}
	return sorted(all)
}

// gather lists what is held for whom.
func (v *View) gather() map[[2]string][]*schema.Object {
	held := map[[2]string][]*schema.Object{}
	for _, objects := range v.objects {
		for i := range objects {
			o := &objects[i]
			if o.Kind.Grants == nil || o.Kind.Holder == "" {
				break
			}
			holder := &o.Kind.Attributes[o.Kind.Index(o.Kind.Holder)]
			holder.Each(o.Body, func(who string) {
				kind := v.whose(holder.Kinds, who)
				held[[2]string{kind, who}] = append(held[[2]string{kind, who}], o)
			})
		}
	}
	return held
}

// whose returns the kind that has the key, the first where none has: the product
// may only just make it.
func (v *View) whose(kinds []string, key string) string {
	for _, kind := range kinds {
		if o, ok := v.Lookup(kind, key); ok && o.Addr.Key == key {
			return kind
		}
	}
	return kinds[0]
}

func inactive(o *schema.Object) bool { return o.Kind.Inactive != nil && o.Kind.Inactive(o) }

func index(objects []schema.Object) map[string]*schema.Object {
	keys := make(map[string]*schema.Object, len(objects))
	for i := range objects {
		keys[objects[i].Addr.Key] = &objects[i]
	}
	for i := range objects {
		if o := &objects[i]; o.Alias != "" && keys[o.Alias] == nil {
			keys[o.Alias] = o
		}
	}
	return keys
}
