package apply

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"sync"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A world is a product in memory.
type world struct {
	mu      sync.Mutex
	objects map[string]schema.Object // by id
	lastID  int
	log     []string       // every write that had an effect: "create role.a"
	counts  map[string]int // calls: list, read, find, apply
	tenant  string

	// apply, where set, is asked about each write before it happens.
	apply func(ctx context.Context, r provider.Request) fault
	// lookErr, where set, is the answer to reads and finds of the key.
	lookErr map[string]error
}

// A fault is what goes wrong with one write.
type fault struct {
	err    error                // the answer
	effect bool                 // it has its effect before err is answered
	alter  func(*schema.Object) // what the product makes of the object
	empty  bool                 // nothing is read back
}

func newWorld(objects ...*schema.Object) *world {
	w := &world{objects: map[string]schema.Object{}, counts: map[string]int{}, tenant: "42"}
	for _, o := range objects {
		w.insert(o)
	}
	return w
}

// insert stores the object and gives it, and o itself, an id.
func (w *world) insert(o *schema.Object) {
	w.lastID++
	o.ID = strconv.Itoa(w.lastID)
	w.objects[o.ID] = o.Clone()
}

// edit changes an object behind the plan's back.
func edit[T any](w *world, id string, f func(*T)) {
	o := w.objects[id].Clone()
	f(o.Body.(*T))
	o.Rekey()
	w.objects[id] = o
}

func (w *world) called(what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.counts[what]++
}

// keys lists what exists as "kind.key", sorted, duplicates included.
func (w *world) keys() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []string
	for _, o := range w.objects {
		out = append(out, o.Addr.String())
	}
	slices.Sort(out)
	return out
}

func (w *world) list(kind *schema.Kind) []schema.Object {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []schema.Object
	for _, id := range slices.SortedFunc(maps.Keys(w.objects), func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) }) {
		if o := w.objects[id]; o.Kind == kind {
			out = append(out, o)
		}
	}
	return out
}

// effect makes the change. Renaming follows through every reference, as a product
// does that stores ids.
func (w *world) effect(r provider.Request, alter func(*schema.Object)) (schema.Object, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.log = append(w.log, fmt.Sprintf("%s %s", r.Action, r.Addr))
	id := ""
	if r.Have != nil {
		id = r.Have.ID
		if _, ok := w.objects[id]; !ok {
			return schema.Object{}, &provider.Error{Op: "write", Status: 404, Err: provider.ErrNotFound}
		}
	}
	var o schema.Object
	switch r.Action {
	case schema.Delete:
		delete(w.objects, id)
		return schema.Object{}, nil
	case schema.Deactivate:
		o = w.objects[id].Clone()
		o.Body.(*user).Disabled = true
		w.objects[id] = o
		return schema.Object{}, nil
	case schema.Create:
		w.lastID++
		id = strconv.Itoa(w.lastID)
		o = r.Want.Clone()
	default:
		o = w.objects[id].Clone()
		for i := range o.Kind.Attributes {
			if r.Want.Set.Has(i) {
				o.Kind.Attributes[i].Copy(o.Body, r.Want.Body)
				o.Set = o.Set.With(i)
			}
		}
	}
	o.ID = id
	if alter != nil {
		alter(&o)
	}
	o.Rekey()
	if r.Action == schema.Rename {
		w.follow(r.Have.Addr, o.Addr.Key)
	}
	w.objects[id] = o
	return o, nil
}

func (w *world) follow(old schema.Address, key string) {
	for id, o := range w.objects {
		c := o.Clone()
		for i := range c.Kind.Attributes {
			if a := &c.Kind.Attributes[i]; slices.Contains(a.Kinds, old.Kind) {
				a.Replace(c.Body, func(s string) string {
					if s == old.Key {
						return key
					}
					return s
				})
			}
		}
		w.objects[id] = c
	}
}

// A client is a connection to the world.
type client struct{ *world }

func (c client) Identity() provider.Identity { return provider.Identity{Tenant: c.tenant} }

func (c client) List(_ context.Context, kind *schema.Kind) iter.Seq2[schema.Object, error] {
	c.called("list")
	return func(yield func(schema.Object, error) bool) {
		if err := c.lookErr[kind.Name]; err != nil {
			yield(schema.Object{}, err)
			return
		}
		for _, o := range c.list(kind) {
			if !yield(o, nil) {
				return
			}
		}
	}
}

func (c client) Apply(ctx context.Context, r provider.Request) (schema.Object, error) {
	c.called("apply")
	var f fault
	if c.apply != nil {
		f = c.apply(ctx, r)
	}
	if f.err != nil && !f.effect {
		return schema.Object{}, f.err
	}
	o, err := c.effect(r, f.alter)
	if f.err != nil {
		return schema.Object{}, f.err
	}
	if f.empty {
		return schema.Object{}, nil
	}
	return o, err
}

func (w *world) find(what, key string, is func(schema.Object) bool) (schema.Object, error) {
	w.called(what)
	if err := w.lookErr[key]; err != nil {
		return schema.Object{}, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, o := range w.objects {
		if is(o) {
			return o, nil
		}
	}
	return schema.Object{}, provider.ErrNotFound
}

func (c client) Read(ctx context.Context, o schema.Object) (schema.Object, error) {
	if ctx.Err() != nil {
		return schema.Object{}, ctx.Err()
	}
	return c.find("read", o.Addr.String(), func(x schema.Object) bool { return x.ID == o.ID })
}

func (c client) Find(ctx context.Context, want schema.Object) (schema.Object, error) {
	if ctx.Err() != nil {
		return schema.Object{}, ctx.Err()
	}
	return c.find("find", want.Addr.String(), func(x schema.Object) bool { return x.Addr == want.Addr })
}

// full returns the world's client.
func (w *world) full() provider.Client { return client{w} }
