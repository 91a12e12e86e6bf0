package tines

import (
	"context"
	"iter"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/crud"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// connect checks the key first. Tines has no call that tells whose key it is, so connect
// reads the roles: only a tenant owner's key sees them, and planning needs them anyway.
func connect(ctx context.Context, o provider.Options) (provider.Client, error) {
	c := &client{
		Objects:  crud.ObjectsOf(o),
		settings: *o.Settings.Body.(*Settings),
		budgets:  budgetsOf(o.Budget),
	}
	c.rest = newREST(o, c.budgets)
	if err := c.verifyTenant(o.Endpoint); err != nil {
		return nil, err
	}
	if _, err := c.allRoles(ctx); err != nil {
		return nil, err
	}
	c.warnOfProvisioning()
	return newConnection(c), nil
}

func newREST(o provider.Options, b budgets) *rest.Client {
	c := rest.ConfigOf("Tines", o)
	c.Setting, c.Window, c.Reason, c.Hint = addressSetting(&o.Settings), time.Minute, reason, hint
	c.Budget, c.RateClasses, c.MaxConcurrent = b.general, b.classes(), maxConcurrent
	if o.Key != "" {
		c.Header = http.Header{"Authorization": {"Bearer " + o.Key}}
	}
	return rest.New(c)
}

// verifyTenant sets the identity: the tenant, and the user of the key if the files name it.
func (c *client) verifyTenant(base string) error {
	tenant, err := c.settings.host(base)
	if err != nil {
		return err
	}
	c.identity.Tenant = tenant
	if user := c.keyUser(); user != "" {
		c.identity.Self = schema.Address{Provider: c.Tenant, Kind: userKind.Name, Key: user}
	}
	return nil
}

// keyUser returns the address of the key's own user, or "" if it is not known or the key
// belongs to a service.
func (c *client) keyUser() string {
	if c.settings.KeyUser == noUser {
		return ""
	}
	return strings.ToLower(c.settings.KeyUser)
}

// warnOfProvisioning warns of what an identity provider decides.
func (c *client) warnOfProvisioning() {
	switch c.settings.Provisioning {
	case provisionSCIM:
		c.note("tines/provisioning", "Users and memberships are only compared",
			"The provider block says provisioning = \"scim\": only the identity provider can change users and their memberships then. "+
				"rolecall shows how they differ from the files, and changes roles, teams and the scim_mapping.")
	case provisionEnhancedJIT:
		c.note("tines/provisioning", "Memberships are only compared",
			"The provider block says provisioning = \"enhanced_jit\": Tines sets the teams and roles of a user at every sign-in. "+
				"rolecall shows how they differ from the files, and changes roles, teams, users and the scim_mapping.")
	case provisionJIT:
		c.note("tines/provisioning", "The first sign-in of a user sets memberships too",
			"The provider block says provisioning = \"jit\": the group mapping puts users into teams when they sign in for the first time. "+
				"Later changes by rolecall stay, because Tines does this only once.")
	}
}

func (c *client) note(code, summary, detail string) {
	c.identity.Notes = append(c.identity.Notes, schema.Finding{
		Severity: schema.Warning, Code: code, Addr: schema.Address{Provider: c.Tenant}, Summary: summary, Detail: detail,
	})
}

// A client is a connection to one tenant. It keeps lists for planning only: Read always asks
// Tines.
type client struct {
	crud.Objects
	rest     *rest.Client
	settings Settings
	budgets  budgets
	identity provider.Identity

	roles         rest.Cache[[]wireRole]
	teams         rest.Cache[[]wireTeam]
	topLevelTeams idSet // teams at the top level
	users         rest.Cache[[]wireUser]

	byAddress rest.Cache[bool] // whether Tines finds users by their e-mail address

	roster    roster            // of the last list of memberships
	roleRefs  rest.Alternatives // how invitations name a custom role; see roleRefs in quirks.go
	rejoining sync.Mutex        // held while a member is removed and invited again
	mapping   mappingLock       // because a write replaces the whole mapping
}

// A connection is the provider.Client.
type connection struct {
	*client
	*crud.Client
}

func newConnection(c *client) connection {
	return connection{c, &crud.Client{Objects: c.Objects, Resource: c.resource, Hint: removalHint, Budgets: map[string]int{"": c.budgets.general, usersClass: c.budgets.users}}}
}

// The optional abilities of a client.
var (
	_ provider.Resolver          = connection{}
	_ provider.Checker           = connection{}
	_ provider.RequestEstimator  = connection{}
	_ provider.DurationEstimator = connection{}

	_ provider.PermissionLister = connection{}
	_ provider.Forgetter        = connection{}
	_ provider.PageReader       = connection{}
)

// resource returns the calls for a kind.
func (c *client) resource(kind string) crud.Resource {
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

// Identity returns the tenant and the user of the key.
func (c *client) Identity() provider.Identity { return c.identity }

// Sent returns the number of requests that were sent.
func (c *client) Sent() int { return c.rest.Sent() }

// Forget drops the lists that planning has read.
func (c *client) Forget() {
	c.roles.Clear()
	c.teams.Clear()
	c.users.Clear()
}

// Pages returns how many requests ReadMany takes at most. A list of users, roles or teams may
// have a page more than the known objects fill, because some may not be listed yet.
func (c *client) Pages(wants []*schema.Object, listed int) int {
	switch wants[0].Kind {
	case &membershipKind:
		return memberships{c}.pages(wants)
	case &userKind, &roleKind, &teamKind:
		return listed/perPage + 2
	}
	return 0
}

// ReadMany lists the whole kind, or the members of the teams that the memberships are in.
func (c connection) ReadMany(ctx context.Context, wants []*schema.Object) iter.Seq2[schema.Object, error] {
	kind := wants[0].Kind
	if kind == &membershipKind {
		return func(yield func(schema.Object, error) bool) { memberships{c.client}.readMany(ctx, wants, yield) }
	}
	c.Forget()
	return c.List(ctx, kind)
}

// budgets are requests per minute by the limit of Tines that they count under. 0 is no
// limit (API reference, Rate limits).
type budgets struct {
	general int // 5,000 are allowed
	users   int // below /admin/users: 500
	audit   int // the audit log: 1,000
}

// budgetsOf divides the general budget in the proportions of the limits of Tines.
func budgetsOf(general int) budgets {
	if general <= 0 {
		return budgets{}
	}
	return budgets{general: general, users: max(1, general/10), audit: max(1, general/5)}
}

func (b budgets) classes() []rest.RateClass {
	below := func(root string) func(string, string) bool {
		return func(_, path string) bool { return path == root || strings.HasPrefix(path, root+"/") }
	}
	return []rest.RateClass{{Name: usersClass, Budget: b.users, Match: below(usersPath)}, {Name: auditClass, Budget: b.audit, Match: below(auditPath)}}
}

const auditPath = "/audit_logs"

// The names of the rate classes, beside "" for all other requests.
const (
	usersClass = "users"
	auditClass = "audit"
)

// requestsPerWrite is how many requests a change takes that is one write: the object is read,
// written and read again.
const requestsPerWrite = 3
