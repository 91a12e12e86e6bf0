package roserocket

import (
	"context"
	"fmt"
	"iter"
	"sync"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/crud"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A client is a connection to one organization. Permissions are read once for
// planning; Read of an object that is known asks the product.
type client struct {
	crud.Objects
	rest     *rest.Client
	tokens   *signer
	settings *Settings
	recall   func(schema.Address) (schema.Object, bool) // may be nil
	slots    chan struct{}                              // one for each request under way

	literals    literals
	documents   documentCache
	readability readability
	writing     keyed // by role
}

// The optional abilities of a client.
var (
	_ provider.Resolver         = (*client)(nil)
	_ provider.Checker          = (*client)(nil)
	_ provider.RequestEstimator = (*client)(nil)

	_ provider.PermissionLister = (*client)(nil)
)

// Identity says which organization the client is connected to. No call tells which
// user or role it is.
func (c *client) Identity() provider.Identity { return provider.Identity{Tenant: c.settings.OrgID} }

// Sent counts the requests that were sent.
func (c *client) Sent() int { return c.rest.Sent() + c.tokens.rest.Sent() }

// do sends a call when fewer than the allowed number are under way.
func (c *client) do(ctx context.Context, call rest.Call, out any) error {
	select {
	case c.slots <- struct{}{}:
	case <-ctx.Done():
		return &provider.Error{Op: call.Op, Err: ctx.Err()}
	}
	defer func() { <-c.slots }()
	return c.rest.Do(ctx, call, out)
}

// List yields the user groups, without their members. Permissions have no list.
func (c *client) List(ctx context.Context, kind *schema.Kind) iter.Seq2[schema.Object, error] {
	return func(yield func(schema.Object, error) bool) {
		if kind != &groupKind {
			yield(schema.Object{}, fmt.Errorf("no list of %s exists in Rose Rocket", kind.Many()))
			return
		}
		c.listGroups(ctx, yield)
	}
}

// Read returns one object. A permission without an id is one that the files
// declare, for planning; any other is asked for.
func (c *client) Read(ctx context.Context, o schema.Object) (schema.Object, error) {
	switch o.Kind {
	case &permissionKind:
		return c.readPermission(ctx, o)
	case &groupKind:
		return c.readGroup(ctx, o)
	}
	panic("roserocket: no calls for kind " + o.Kind.Name)
}

// Find looks an object up by its key.
func (c *client) Find(ctx context.Context, want schema.Object) (schema.Object, error) {
	if want.Kind == &permissionKind {
		want.ID = want.Addr.Key
		return c.readPermission(ctx, want)
	}
	return c.findGroup(ctx, want)
}

// Apply makes one change and reads the object back.
func (c *client) Apply(ctx context.Context, r provider.Request) (schema.Object, error) {
	switch {
	case r.Addr.Kind == permissionKind.Name && r.Action == schema.Update:
		return c.writePermission(ctx, r)
	case r.Addr.Kind == groupKind.Name && r.Action == schema.Create:
		return c.createGroup(ctx, r)
	case r.Addr.Kind == groupKind.Name && r.Action == schema.Update:
		return c.updateGroup(ctx, r)
	}
	return schema.Object{}, &provider.Error{
		Op: r.Action.String() + " " + r.Addr.String(), Reason: "Rose Rocket's API has no call for it", Hint: "Do it by hand " + byHand + ".",
	}
}

// Price counts the reads before and after as well.
func (c *client) Price(r provider.Request) int {
	switch {
	case r.Have != nil && r.Have.LastWritten:
		return 1
	case r.Action == schema.Create:
		n := 1
		if r.Want.Has("members") {
			n++
			if len(r.Want.Body.(*Group).Members) > 0 {
				n++
			}
		}
		return n
	}
	return 3
}

// Keyed are locks by name.
type keyed struct {
	mu    sync.Mutex
	locks map[string]*sync.Mutex
}

// lock locks a name and returns the function that unlocks it.
func (k *keyed) lock(name string) (unlock func()) {
	k.mu.Lock()
	if k.locks == nil {
		k.locks = map[string]*sync.Mutex{}
	}
	l := k.locks[name]
	if l == nil {
		l = &sync.Mutex{}
		k.locks[name] = l
	}
	k.mu.Unlock()
	l.Lock()
	return l.Unlock
}
