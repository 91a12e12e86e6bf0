// Package crud makes a provider.Client of one Resource for each kind of a product. The
// Resource makes the calls; the Client does what is the same for every product: it chooses
// the Resource, reads back what was written, makes sure that what was removed is gone, and
// adds up how many requests changes take.
//
// A product's own client embeds *Client and adds Identity:
//
//	type connection struct {
//		*client // Identity, Sent, Resolve, Check, ...
//		*crud.Client
//	}
//
// A kind whose calls are of another sort implements the methods of provider.Client directly.
package crud

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Resource makes the calls for the objects of one kind. Errors are *provider.Error where
// the product answered. A Resource whose kind has no call for an action returns an error.
type Resource interface {
	// List yields every object of the kind until yield returns false. It ends with an error if
	// it cannot be sure to have seen all of them.
	List(ctx context.Context, yield func(schema.Object, error) bool)
	// Read asks the product for one object by its id. provider.ErrNotFound says that it
	// is gone.
	Read(ctx context.Context, o schema.Object) (schema.Object, error)
	// Find asks the product for one object by its key. provider.ErrNotFound says that
	// there is none.
	Find(ctx context.Context, want schema.Object) (schema.Object, error)
	// Create makes the object r.Want and returns it as read back; see ReadBack.
	Create(ctx context.Context, r provider.Request) (schema.Object, error)
	// Update changes the object r.Have to r.Want and returns it as read back; see
	// ReadBack.
	Update(ctx context.Context, r provider.Request) (schema.Object, error)
	// Remove sends the request to delete r.Have or, for schema.Deactivate, to deactivate
	// it. It does not verify that the object is gone: the Client does.
	Remove(ctx context.Context, r provider.Request) error
}

// A Settler is a Resource whose objects may be read back with other values that mean the same
// as the written ones. Settle returns got, an object that was read, with the values of want
// where both mean the same.
type Settler interface {
	Settle(ctx context.Context, got, want schema.Object) (schema.Object, error)
}

// A RemovalReader is a Resource that knows better than Read whether an object still exists.
// Remaining returns the object after Remove ended with the error sent, or
// provider.ErrNotFound.
type RemovalReader interface {
	Remaining(ctx context.Context, r provider.Request, sent error) (schema.Object, error)
}

// Objects makes the live objects of one tenant.
type Objects struct {
	Tenant string        // the name of the provider block
	Index  *schema.Index // gets the id of every object by its key; never nil
}

// ObjectsOf returns the Objects of a connection, with a new Index if the options have none.
func ObjectsOf(o provider.Options) Objects {
	if o.Index == nil {
		return Objects{Tenant: o.Tenant, Index: &schema.Index{}}
	}
	return Objects{Tenant: o.Tenant, Index: o.Index}
}

// Object makes a live object from what the product answered, and adds its id to the Index.
// body is a pointer to the kind's struct; set marks the attributes that the answer showed.
func (c Objects) Object(kind *schema.Kind, id string, body any, set schema.Mask) schema.Object {
	o := schema.Object{Kind: kind, ID: id, Body: body, Set: set, Respelled: kind.Respelled(body)}
	kind.Normalise(body)
	o.Addr = schema.Address{Provider: c.Tenant, Kind: kind.Name, Key: kind.KeyOf(body)}
	c.Index.Add(kind.Name, o.Addr.Key, id)
	return o
}

// A Client implements provider.Client, all but Identity, provider.RequestEstimator and
// provider.DurationEstimator.
type Client struct {
	Objects
	// Resource returns the calls for a kind of the product, by the kind's name.
	Resource func(kind string) Resource
	// Hint returns advice for an object that still exists after schema.Delete, or is still
	// active after schema.Deactivate.
	Hint func(schema.Action) string // may be nil
	// Budgets are the requests a minute of rate classes, by name, beside the limit of the
	// tenant. 0 or a missing name is no limit.
	Budgets map[string]int
}

// List yields every object of the kind.
func (c *Client) List(ctx context.Context, kind *schema.Kind) iter.Seq2[schema.Object, error] {
	return func(yield func(schema.Object, error) bool) { c.Resource(kind.Name).List(ctx, yield) }
}

// Read reads one object: by its id, or by its key if it has no id.
func (c *Client) Read(ctx context.Context, o schema.Object) (schema.Object, error) {
	if o.ID == "" {
		return c.Find(ctx, o)
	}
	return c.Resource(o.Kind.Name).Read(ctx, o)
}

// Find asks the product for one object by its key.
func (c *Client) Find(ctx context.Context, want schema.Object) (schema.Object, error) {
	return c.Resource(want.Kind.Name).Find(ctx, want)
}

// Apply makes one change and returns the object as read back, or the zero Object after a
// removal. It panics on an action that writes nothing.
func (c *Client) Apply(ctx context.Context, r provider.Request) (schema.Object, error) {
	res := c.Resource(r.Addr.Kind)
	switch r.Action {
	case schema.Create:
		return res.Create(ctx, r)
	case schema.Update, schema.Rename:
		c.Index.Add(r.Addr.Kind, r.Want.Addr.Key, r.Have.ID)
		got, err := res.Update(ctx, r)
		if err != nil {
			return got, err
		}
		return c.Settle(ctx, got, *r.Want)
	case schema.Deactivate, schema.Delete:
		return schema.Object{}, c.remove(ctx, res, r)
	}
	panic("crud: cannot apply " + r.Action.String() + " to " + r.Addr.String())
}

// Settle returns an object that was read, with the values of want where both mean the same. See
// Settler.
func (c *Client) Settle(ctx context.Context, got, want schema.Object) (schema.Object, error) {
	if s, ok := c.Resource(want.Kind.Name).(Settler); ok {
		return s.Settle(ctx, got, want)
	}
	return got, nil
}

// ReadBack reads the object of a Create or an Update that the product has accepted: by id or,
// if that is empty, by its key. It calls r.Accepted first, so an error does not mean that
// nothing was written, and the error says so. If r.Unread is set, it returns only the id, with
// provider.ErrUnread.
func ReadBack(ctx context.Context, res Resource, r provider.Request, id string) (schema.Object, error) {
	if r.Unread {
		return schema.Object{ID: id}, provider.ErrUnread
	}
	r.Accepted()
	want := *r.Want
	want.ID = id
	read := res.Read
	if id == "" {
		read = res.Find
	}
	got, err := read(ctx, want)
	if err == nil {
		return got, nil
	}
	done := "written"
	if r.Action == schema.Create {
		done = "created"
	}
	return got, fmt.Errorf("it was %s, and reading it back failed: %w", done, err)
}

// notFound reports whether an error says that there is no such object.
func notFound(err error) bool { return errors.Is(err, provider.ErrNotFound) }

// Yield yields the live object of each row that a list has, or the error of reading it.
func Yield[T any](rows []T, err error, live func(*T) schema.Object, yield func(schema.Object, error) bool) {
	if err != nil {
		yield(schema.Object{}, err)
		return
	}
	for i := range rows {
		if !yield(live(&rows[i]), nil) {
			return
		}
	}
}
