package grant

import "github.com/rolecall-dev/rolecall/provider/schema"

// A View finds the objects of one tenant at one moment, live or as they would be
// after a plan. It reads the objects that it was made from and must not be used
// by several goroutines.
type View struct {
	objects map[string][]schema.Object
	keys    map[string]map[string]*schema.Object // by kind, made when first asked for
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

// Of lists what the object with the key may do, sorted; nothing where there is
// no such object.
func (v *View) Of(kind, key string) []schema.Grant {
	o, _ := v.Lookup(kind, key)
	return Of(o, v.Lookup)
}

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
