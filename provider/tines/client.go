package tines

import (
	"context"
	"fmt"
	"iter"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A client is a connection to one tenant. What it keeps from listing serves
// planning only: Read always asks the product.
type client struct {
	rest     *rest.Client
	index    *schema.Index
	tenant   string // name of the provider block
	settings Settings
	budgets  budgets
	identity provider.Identity

	roles         rest.Memo[[]wireRole]
	teams         rest.Memo[[]wireTeam]
	topLevelTeams idSet // teams at the top level
	users         rest.Memo[[]wireUser]

	byAddress rest.Memo[bool] // whether users are found by their address

	roster        roster        // of the last listing of memberships
	roleRefFormat roleRefFormat // how invitations name a custom role
	rejoining     teamLocks     // teams that a member leaves to come back
	mapping       mappingLock   // of the mapping, which is written as a whole
}

// The optional abilities of a client.
var (
	_ provider.Resolver          = (*client)(nil)
	_ provider.Checker           = (*client)(nil)
	_ provider.RequestEstimator  = (*client)(nil)
	_ provider.DurationEstimator = (*client)(nil)

	_ provider.PermissionLister = (*client)(nil)
	_ provider.Forgetter        = (*client)(nil)
)

// A resource is what the client can do with the objects of one kind.
type resource interface {
	list(ctx context.Context, yield func(schema.Object, error) bool)
	read(ctx context.Context, o schema.Object) (schema.Object, error)
	find(ctx context.Context, want schema.Object) (schema.Object, error)
	// create makes the object and returns it as read back.
	create(ctx context.Context, r provider.Request) (schema.Object, error)
	// update sends what r changes; reading back is the caller's.
	update(ctx context.Context, r provider.Request) error
	remove(ctx context.Context, have schema.Object) error
	// remains returns the object where it is still there after remove or disable, which
	// ended with the error sent, and otherwise provider.ErrNotFound.
	remains(ctx context.Context, r provider.Request, sent error) (schema.Object, error)
	// price is how many requests a change takes, the reads before and after included.
	price(r provider.Request) cost
}

func (c *client) resource(kind string) resource {
	switch kind {
	case roleKind.Name:
		return roles{c}
	case teamKind.Name:
		return teams{c}
	case userKind.Name:
		return users{c}
	case membershipKind.Name:
		return memberships{c}
	case mappingKind.Name:
		return mapping{c}
	}
	panic("tines: no calls for kind " + kind)
}

// Identity says which tenant the client is connected to, and as whom.
func (c *client) Identity() provider.Identity { return c.identity }

// Sent counts the requests that were sent.
func (c *client) Sent() int { return c.rest.Sent() }

// List yields every object of the kind.
func (c *client) List(ctx context.Context, kind *schema.Kind) iter.Seq2[schema.Object, error] {
	return func(yield func(schema.Object, error) bool) { c.resource(kind.Name).list(ctx, yield) }
}

// Forget lets the next listing ask Tines again.
func (c *client) Forget() {
	c.roles.Drop()
	c.teams.Drop()
	c.users.Drop()
}

// Read asks the product for one object.
func (c *client) Read(ctx context.Context, o schema.Object) (schema.Object, error) {
	if o.ID == "" {
		return c.Find(ctx, o)
	}
	return c.resource(o.Kind.Name).read(ctx, o)
}

// Find looks an object up by its key.
func (c *client) Find(ctx context.Context, want schema.Object) (schema.Object, error) {
	return c.resource(want.Kind.Name).find(ctx, want)
}

// Apply makes one change and reads the object back.
func (c *client) Apply(ctx context.Context, r provider.Request) (schema.Object, error) {
	res := c.resource(r.Addr.Kind)
	switch r.Action {
	case schema.Create:
		return res.create(ctx, r)
	case schema.Update, schema.Rename:
		if m, ok := res.(changer); ok {
			return m.change(ctx, r)
		}
		want := *r.Want
		want.ID = r.Have.ID
		c.index.Add(r.Addr.Kind, want.Addr.Key, want.ID)
		if err := res.update(ctx, r); err != nil {
			return schema.Object{}, err
		}
		r.Written()
		got, err := res.read(ctx, want)
		if err != nil {
			return got, fmt.Errorf("it was written, and reading it back failed: %w", err)
		}
		return got, nil
	case schema.Deactivate, schema.Delete:
		return schema.Object{}, c.remove(ctx, res, r)
	}
	panic("tines: cannot apply " + r.Action.String() + " to " + r.Addr.String())
}

// remove deletes or deactivates an object, and makes sure that it is so.
func (c *client) remove(ctx context.Context, res resource, r provider.Request) error {
	send, hint := res.remove, "Look at it in Tines, then plan again."
	if r.Action == schema.Deactivate {
		send, hint = users{c}.disable, "Deactivate the user in Tines, or set on_removal = \"delete\" in the manage block, which cannot be undone."
	}
	sent := send(ctx, *r.Have)
	return provider.ConfirmRemoval(r, sent, hint, func() (schema.Object, error) { return res.remains(ctx, r, sent) })
}

// readBack reads what was created, by the id in the answer or, where there was
// none, by its key.
func readBack(ctx context.Context, res resource, r provider.Request, id wireID) (schema.Object, error) {
	r.Written()
	want := *r.Want
	var got schema.Object
	var err error
	if want.ID = string(id); id != "" {
		got, err = res.read(ctx, want)
	} else {
		got, err = res.find(ctx, want)
	}
	if err != nil {
		return got, fmt.Errorf("it was created, and reading it back failed: %w", err)
	}
	return got, nil
}

// object starts a live object.
func (c *client) object(kind *schema.Kind, id string, body any, set schema.Mask) schema.Object {
	kind.Normalise(body)
	o := schema.Object{Kind: kind, ID: id, Body: body, Set: set}
	o.Addr = schema.Address{Provider: c.tenant, Kind: kind.Name, Key: kind.KeyOf(body)}
	c.index.Add(kind.Name, o.Addr.Key, id)
	return o
}
