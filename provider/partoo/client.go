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
	"time"

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
	switched bool // custom roles are in effect

	sections        rest.Cache[[]wireSection]
	roles           rest.Cache[[]wireRole]
	builtins        rest.Cache[[]wireRole]
	permissions     rest.Cache[catalogue]
	incompleteUsers atomic.Bool // the search does not show everything of a user
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

// connect first reads the user and the organization of the key. For most keys Partoo ignores
// a wrong organization and answers about the key's own, so the numbers are compared here.
func connect(ctx context.Context, o provider.Options) (provider.Client, error) {
	settings := o.Settings.Body.(*Settings)
	c := &client{
		rest:    newREST(o),
		Objects: crud.ObjectsOf(o),
		org:     settings.OrgID,

		rolePaths: rolePathsOf(settings),
	}
	var me wireUser
	if err := c.rest.Do(ctx, rest.Call{Op: "connect to Partoo", Path: "/user/me", Query: c.query("display_business_ids", "false")}, &me); err != nil {
		return nil, err
	}
	if err := c.verifyTenant(&me); err != nil {
		return nil, err
	}
	if err := c.readSwitch(ctx); err != nil {
		return nil, err
	}
	return newConnection(c), nil
}

func newREST(o provider.Options) *rest.Client {
	header := http.Header{}
	if o.Key != "" {
		header.Set("x-APIKey", o.Key)
	}
	return rest.New(rest.Config{
		Product: "Partoo", Base: o.Endpoint, Setting: addressSetting(&o.Settings), Header: header, Secrets: o.Secrets, Transport: o.Transport, Budget: o.Budget, Requests: o.Requests,
		Window: time.Minute, Timeout: o.Timeout, UserAgent: o.UserAgent, Observe: o.Observe, Wait: o.Wait, Now: o.Now, Reason: reason, Hint: hint,
	})
}

// verifyTenant compares the organization of the key with that of the files.
func (c *client) verifyTenant(me *wireUser) error {
	c.anyOrg = roleOf(me.Role).ofPartoo
	if !c.anyOrg && (me.OrgID == nil || *me.OrgID != c.org) {
		e := &provider.Error{Op: "connect to Partoo", Err: provider.ErrTenant}
		if me.OrgID == nil {
			e.Reason = fmt.Sprintf("the key belongs to no organization, and the files are about organization %d", c.org)
			e.Hint = fmt.Sprintf("Put the key of an administrator of organization %d into %s.", c.org, KeyEnv)
		} else {
			e.Reason = fmt.Sprintf("the key belongs to organization %d, and the files are about organization %d", *me.OrgID, c.org)
			e.Hint = fmt.Sprintf("Put a key of organization %d into %s, or set org_id = %d in the provider block.", c.org, KeyEnv, *me.OrgID)
		}
		return e
	}
	c.key = keyRights{role: me.Role, permissions: permissionNames(me.Permissions)}
	c.identity = provider.Identity{
		Tenant: idText(c.org),
		Self:   schema.Address{Provider: c.Tenant, Kind: userKind.Name, Key: schema.FoldName(me.Email)},
	}
	return nil
}

// readSwitch reads whether custom roles are switched on. A key that may not read it can still
// do other things, so that is only a note.
func (c *client) readSwitch(ctx context.Context) error {
	var s wireSwitch
	path := "/org/" + idText(c.org) + "/switch_to_custom_roles"
	err := c.rest.Do(ctx, rest.Call{Op: "read whether custom roles are switched on", Path: path}, &s)
	switch code := provider.Status(err); {
	case code == http.StatusForbidden || code == http.StatusNotFound:
		c.switched = true // as far as is known
		c.note("partoo/switch-unknown", "Cannot tell whether custom roles are switched on",
			fmt.Sprintf("Partoo answered %d when asked whether organization %d uses custom roles, so the key may lack the right to ask. "+
				"If they are not switched on, roles may have no effect.", code, c.org))
	case err != nil:
		return err
	case s.OrgID != c.org:
		return &provider.Error{
			Op: "connect to Partoo", Err: provider.ErrTenant,
			Reason: fmt.Sprintf("Partoo answered about organization %d, and the files are about organization %d", s.OrgID, c.org),
			Hint:   "Check org_id in the provider block and whose key " + KeyEnv + " holds.",
		}
	case !s.HasSwitched:
		c.note("partoo/not-switched", "Custom roles are not switched on", notSwitched(c.org, s.CanSwitch))
	default:
		c.switched = true
	}
	return nil
}

func notSwitched(org int64, may bool) string {
	who := "The user of this key may switch."
	if !may {
		who = "The user of this key may not switch; ask an administrator or Partoo."
	}
	return fmt.Sprintf("Organization %d still works with the legacy permissions (has_switched is false), so custom roles may not decide "+
		"yet what people can do. Switching rewrites the two built-in roles and does not carry the users' sidebar pages over: switch in Partoo, "+
		"plan again, and then manage built-in roles. %s", org, who)
}

func (c *client) note(code, summary, detail string) {
	c.identity.Notes = append(c.identity.Notes, schema.Finding{
		Severity: schema.Warning, Code: code, Addr: schema.Address{Provider: c.Tenant}, Summary: summary, Detail: detail,
	})
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
