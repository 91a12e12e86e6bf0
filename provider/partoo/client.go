package partoo

import (
	"net/url"
	"strconv"
	"sync/atomic"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/crud"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A client is a connection to one organization. It lists with as few requests as
// the API allows, and reads and writes one object at a time. What it keeps from
// listing serves planning only: Read always asks the product.
type client struct {
	crud.Objects
	rest          *rest.Client
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

// A connection is the provider.Client.
type connection struct {
	*client
	*crud.Client
}

func newConnection(c *client) connection {
	return connection{c, &crud.Client{Objects: c.Objects, Resource: c.resource, Hint: removalHint}}
}

// The optional abilities of a client.
var (
	_ provider.Resolver         = connection{}
	_ provider.Checker          = connection{}
	_ provider.RequestEstimator = connection{}
	_ provider.PageReader       = connection{}

	_ provider.PermissionLister = connection{}
	_ provider.Forgetter        = connection{}
)

// resource returns what makes the calls for a kind.
func (c *client) resource(kind string) crud.Resource {
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

// Identity says which organization the client is connected to, and as whom.
func (c *client) Identity() provider.Identity { return c.identity }

// Sent counts the requests that were sent.
func (c *client) Sent() int { return c.rest.Sent() }

// Forget lets the next listing ask Partoo again.
func (c *client) Forget() {
	c.sections.Drop()
	c.roles.Drop()
	c.builtins.Drop()
}

// removalHint says what to do where an object is still there after it was removed.
func removalHint(a schema.Action) string {
	if a == schema.Deactivate {
		return "Disable the user in the Partoo app, or set on_removal = \"delete\" in the manage block."
	}
	return "Look at it in the Partoo app, then plan again."
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
