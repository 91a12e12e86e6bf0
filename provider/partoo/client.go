package partoo

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/crud"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A client is a connection to one organization. It lists with as few requests as the API
// allows, and reads and writes one object at a time. Lists are cached for planning; Read
// always asks the product.
type client struct {
	crud.Objects
	rest     *rest.Client
	org      int64
	anyOrg   bool // the key is a PROVIDER's: every call names the organization
	identity provider.Identity
	key      keyRights
	switched atomic.Bool // custom roles are in effect, as far as is known
	status   wireSwitch  // as at the start; without an organization if it is not known

	legacy     bool // the legacy permissions are read; see Prepare
	perMinute  int  // requests, as the settings allow
	rolesAfter bool // users get their roles after the switch
	mapping    *legacyMapping
	legacyRead rest.Cache[*legacyData]
	planned    *switching // what the last checked plan shows, if it changes the permission system

	sections        rest.Cache[[]wireSection]
	roles           rest.Cache[[]wireRole]
	builtins        rest.Cache[[]wireRole]
	permissions     rest.Cache[catalogue]
	incompleteUsers atomic.Bool // the search does not show everything of a user
	pagesAbsent     atomic.Bool // an answer about a user has no sidebar_pages
	names           nameSet

	rolePaths               []string // where custom roles may be
	roleWay                 rest.Alternatives
	roleUpdate, groupUpdate rest.Alternatives
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
	_ provider.Preparer         = connection{}
	_ provider.Resolver         = connection{}
	_ provider.Declarer         = connection{}
	_ provider.Labeler          = connection{}
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
	case permissionSystemKind.Name:
		return systems{c}
	}
	panic("partoo: no calls for kind " + kind)
}

// Pages returns how many pages the search for users has, if it has shown whole users so far:
// one more than the listed users fill, because there may be users that it did not show.
func (c *client) Pages(wants []*schema.Object, listed int) int {
	if wants[0].Kind == &userKind && !c.incompleteUsers.Load() {
		return listed/perPage + 2
	}
	return 0
}

// ReadMany lists the kind.
func (c connection) ReadMany(ctx context.Context, wants []*schema.Object) iter.Seq2[schema.Object, error] {
	c.Forget()
	return c.List(ctx, wants[0].Kind)
}

// Identity says which organization the client is connected to, and as whom.
func (c *client) Identity() provider.Identity { return c.identity }

// Sent returns how many requests were sent.
func (c *client) Sent() int { return c.rest.Sent() }

// Forget lets the next listing ask Partoo again.
func (c *client) Forget() {
	c.sections.Clear()
	c.roles.Clear()
	c.builtins.Clear()
}

// removalHint advises what to do if an object still exists after it was removed.
func removalHint(a schema.Action) string {
	if a == schema.Deactivate {
		return "Disable the user in the Partoo app, or set on_removal = \"delete\" in the manage block."
	}
	return "Look at it in the Partoo app, then plan again."
}

// query returns the parameters of a call. Only a PROVIDER's key may name an organization; for
// any other key Partoo ignores the name and uses the organization of the key.
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

// perPage is the size of the largest page that Partoo allows.
const perPage = 100

// pageQuery returns the parameters of a list, with the largest pages.
func (c *client) pageQuery(pairs ...string) url.Values {
	q := c.query(pairs...)
	q.Set("per_page", strconv.Itoa(perPage))
	return q
}

// paging is how Partoo divides its lists.
func paging() rest.Paging { return rest.ByPage("page", "max_page", "count") }

// idText returns an id as text, "" for the 0 of an answer without an id.
func idText(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}

// hint gives advice that is specific to Partoo.
func hint(status int, method, path string) string {
	switch status {
	case http.StatusUnauthorized:
		return fmt.Sprintf("Put a valid API key into the environment variable %s. Keys are made at %s, may expire, may be limited to some "+
			"IP addresses, and differ between sandbox and production.", KeyEnv, keyPage)
	case http.StatusForbidden:
		return "A key may do what its user may do, and a restricted key only a part of that. Use the key of an ORG_ADMIN " +
			"that has the permissions for this request; keys are listed at " + keyPage + "."
	case http.StatusBadRequest:
		if method == http.MethodPost && path == "/user" {
			return "An address can be in use by a user whom this key does not see, disabled or of another organization. " +
				"Correct what Partoo names, or find the user in the Partoo app, and plan again."
		}
		if method == http.MethodPost && strings.HasSuffix(path, flatRolePath) {
			return "If it is the name that is taken: a role that gets another api_id exists twice for a moment, so it needs another name, too. " +
				"Correct what Partoo names, and plan again."
		}
		return "Partoo refused what was sent. Correct what it names, in the files or in the Partoo app, and plan again."
	}
	return ""
}
