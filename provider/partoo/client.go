package partoo

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"strconv"
	"sync/atomic"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A client is a connection to one organization. It lists with as few requests as
// the API allows, and reads and writes one object at a time. What it keeps from
// listing serves planning only: Read always asks the product.
type client struct {
	rest          *rest.Client
	index         *schema.Index
	tenant        string // name of the provider block
	org           int64
	anyOrg        bool // the key names the organization in every call: it is a PROVIDER's
	identity      provider.Identity
	key           keyRights
	switched      bool // custom roles are in effect
	roleRefFormat roleRefFormat

	sections    rest.Memo[[]wireSection]
	roles       rest.Memo[[]wireRole]
	builtins    rest.Memo[[]wireRole]
	permissions rest.Memo[catalogue]
	updates     updateMethods
	thinUsers   atomic.Bool // the search does not show everything of a user
	names       nameSet
}

// The optional abilities of a client.
var (
	_ provider.Resolver         = (*client)(nil)
	_ provider.Checker          = (*client)(nil)
	_ provider.RequestEstimator = (*client)(nil)
	_ provider.PageReader       = (*client)(nil)

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
}

func (c *client) resource(kind string) resource {
	switch kind {
	case sectionKind.Name:
		return sections{c}
	case groupKind.Name:
		return groups{c}
	case roleKind.Name:
		return roles{c, &roleKind}
	case builtinRoleKind.Name:
		return roles{c, &builtinRoleKind}
	case userKind.Name:
		return users{c}
	}
	panic("partoo: no calls for kind " + kind)
}

// PageSize is that of the search for users, where it has shown whole users so far.
func (c *client) PageSize(kind *schema.Kind) int {
	if kind == &userKind && !c.thinUsers.Load() {
		return perPage
	}
	return 0
}

// Settle gives a listed user the words of the wanted one where both mean the same.
func (c *client) Settle(ctx context.Context, got, want schema.Object) (schema.Object, error) {
	return users{c}.normalizeResult(ctx, got, want)
}

// Identity says which organization the client is connected to, and as whom.
func (c *client) Identity() provider.Identity { return c.identity }

// Sent counts the requests that were sent.
func (c *client) Sent() int { return c.rest.Sent() }

// List yields every object of the kind. Roles, groups and perhaps users are thin.
func (c *client) List(ctx context.Context, kind *schema.Kind) iter.Seq2[schema.Object, error] {
	return func(yield func(schema.Object, error) bool) { c.resource(kind.Name).list(ctx, yield) }
}

// Forget lets the next listing ask Partoo again.
func (c *client) Forget() {
	c.sections.Drop()
	c.roles.Drop()
	c.builtins.Drop()
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
		if u, isUser := res.(users); isUser {
			return u.normalizeResult(ctx, got, want)
		}
		return got, nil
	case schema.Deactivate, schema.Delete:
		return schema.Object{}, c.remove(ctx, res, r)
	}
	panic("partoo: cannot apply " + r.Action.String() + " to " + r.Addr.String())
}

// remove deletes or disables an object, and makes sure that it is so. A 404 may also say
// that the key may not change the object, so where reading it is answered 404 as well,
// the list decides.
func (c *client) remove(ctx context.Context, res resource, r provider.Request) error {
	send, hint := res.remove, "Look at it in the Partoo app, then plan again."
	if r.Action == schema.Deactivate {
		send, hint = users{c}.disable, "Disable the user in the Partoo app, or set on_removal = \"delete\" in the manage block."
	}
	sent := send(ctx, *r.Have)
	return provider.ConfirmRemoval(r, sent, hint, func() (schema.Object, error) {
		got, err := res.read(ctx, *r.Have)
		if errors.Is(err, provider.ErrNotFound) && sent != nil {
			return provider.Listed(ctx, c, r.Have)
		}
		return got, err
	})
}

// object starts a live object.
func (c *client) object(kind *schema.Kind, id string, body any, set schema.Mask) schema.Object {
	kind.Normalise(body)
	o := schema.Object{Kind: kind, ID: id, Body: body, Set: set}
	o.Addr = schema.Address{Provider: c.tenant, Kind: kind.Name, Key: kind.KeyOf(body)}
	c.index.Add(kind.Name, o.Addr.Key, id)
	return o
}

// query starts the parameters of a call. Only a PROVIDER's key may name an
// organization; any other has its own and would be told nothing of a wrong one.
func (c *client) query(pairs ...string) url.Values {
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	if c.anyOrg {
		q.Set("org_id", strconv.FormatInt(c.org, 10))
	}
	return q
}

// perPage is the largest page that Partoo gives.
const perPage = 100

// page adds the page's number and the largest size to the parameters.
func page(q url.Values, at rest.At) url.Values {
	q.Set("page", strconv.Itoa(at.Number))
	q.Set("per_page", strconv.Itoa(perPage))
	return q
}

func idText(id int64) string { return strconv.FormatInt(id, 10) }
