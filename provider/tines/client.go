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

// connect makes sure of the key before anything else. Tines has no call that says
// whose the key is, so the roles are read: only a tenant owner's key sees them,
// and they are needed anyway.
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
	c.Budget, c.RateClasses, c.MaxConcurrent = b.general, b.classes(), atOnce
	if o.Key != "" {
		c.Header = http.Header{"Authorization": {"Bearer " + o.Key}}
	}
	return rest.New(c)
}

// verifyTenant says which tenant this is, and whose key.
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

// keyUser is the address of the key's own user, or "" where it is not known or the
// key belongs to no person.
func (c *client) keyUser() string {
	if c.settings.KeyUser == noUser {
		return ""
	}
	return strings.ToLower(c.settings.KeyUser)
}

// warnOfProvisioning says what an identity provider decides, so that nobody waits
// for a change that is only compared.
func (c *client) warnOfProvisioning() {
	switch c.settings.Provisioning {
	case provisionSCIM:
		c.note("tines/provisioning", "Users and memberships are only compared",
			"The provider block says provisioning = \"scim\": Tines then lets nobody but the identity provider change users and their memberships. "+
				"rolecall shows where they differ from the files and changes roles, teams and the scim_mapping.")
	case provisionEnhancedJIT:
		c.note("tines/provisioning", "Memberships are only compared",
			"The provider block says provisioning = \"enhanced_jit\": Tines sets the teams and roles of people anew at every sign-in. "+
				"rolecall shows where they differ from the files and changes roles, teams, users and the scim_mapping.")
	case provisionJIT:
		c.note("tines/provisioning", "A first sign-in places people as well",
			"The provider block says provisioning = \"jit\": users who sign in for the first time are put into teams by the group mapping. "+
				"Later changes by rolecall stay, because Tines does not move people again.")
	}
}

func (c *client) note(code, summary, detail string) {
	c.identity.Notes = append(c.identity.Notes, schema.Finding{
		Severity: schema.Warning, Code: code, Addr: schema.Address{Provider: c.Tenant}, Summary: summary, Detail: detail,
	})
}

// What to try where the ways of Tines matter.
const (
	ownerKey   = "Put a Tenant owner key, or the Personal key of a tenant owner, into " + KeyEnv
	hiddenHint = "Tines answers 404 where the key lacks the right, as if there were nothing. " + ownerKey + ", and check the tenant's address in the provider block."
	poorHint   = "The key lacks the right. " + ownerKey + "."
	addOnHint  = " Custom roles are also an add-on that not every plan of Tines has."
	peopleHint = "Where SCIM or enhanced JIT is on, Tines lets nobody change users and memberships through the API: then set provisioning in the provider block, " +
		"so that they are only compared."
	heldHint = "The role may still be held where rolecall does not write: in case groups, by the keys of teams, or in the mapping of an identity provider. " +
		"Give these another role in Tines, then plan again."
)

// hint advises on a failure.
func hint(status int, method, path string) string {
	writes := method != http.MethodGet
	switch {
	case status == http.StatusUnauthorized:
		return "Put a valid API key of this tenant into the environment variable " + KeyEnv + ". A Personal key stops working when its user is deactivated."
	case status == http.StatusForbidden && writes && aboutPeople(path):
		return poorHint + " " + peopleHint
	case status == http.StatusForbidden:
		return poorHint
	case status == http.StatusNotFound && writes && aboutPeople(path):
		return hiddenHint + " " + peopleHint
	case status == http.StatusNotFound && strings.HasPrefix(path, rolesPath):
		return hiddenHint + addOnHint
	case status == http.StatusNotFound:
		return hiddenHint
	case status < 400 || status >= 500 || status == http.StatusTooManyRequests || !writes:
		return ""
	case method == http.MethodDelete && strings.HasPrefix(path, rolesPath):
		return heldHint
	case aboutPeople(path):
		return "Correct what Tines names. " + peopleHint
	}
	return ""
}

// aboutPeople reports whether a path is one of those that an identity provider may
// have taken over.
func aboutPeople(path string) bool {
	return strings.HasPrefix(path, usersPath) || strings.HasSuffix(path, "_member")
}

// A client is a connection to one tenant. What it keeps from listing serves
// planning only: Read always asks the product.
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

	byAddress rest.Cache[bool] // whether users are found by their address

	roster    roster            // of the last listing of memberships
	roleForm  rest.Alternatives // how invitations name a custom role; see roleForms
	rejoining sync.Mutex        // held while a member is out of the team to come back
	mapping   mappingLock       // of the mapping, which is written as a whole
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

// resource returns what makes the calls for a kind.
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

// Identity says which tenant the client is connected to, and as whom.
func (c *client) Identity() provider.Identity { return c.identity }

// Sent counts the requests that were sent.
func (c *client) Sent() int { return c.rest.Sent() }

// Forget lets the next listing ask Tines again.
func (c *client) Forget() {
	c.roles.Clear()
	c.teams.Clear()
	c.users.Clear()
}

// Pages counts the pages of a list of users, roles or teams, one more than they fill, because
// some may be out of sight; and for memberships those of the teams that they are in.
func (c *client) Pages(wants []*schema.Object, listed int) int {
	switch wants[0].Kind {
	case &membershipKind:
		return memberships{c}.pages(wants)
	case &userKind, &roleKind, &teamKind:
		return listed/perPage + 2
	}
	return 0
}

// ReadMany lists the kind, and of memberships the teams that they are in.
func (c connection) ReadMany(ctx context.Context, wants []*schema.Object) iter.Seq2[schema.Object, error] {
	kind := wants[0].Kind
	if kind == &membershipKind {
		return func(yield func(schema.Object, error) bool) { memberships{c.client}.readMany(ctx, wants, yield) }
	}
	c.Forget()
	return c.List(ctx, kind)
}

// removalHint says what to do where an object is still there after it was removed.
func removalHint(a schema.Action) string {
	if a == schema.Deactivate {
		return "Deactivate the user in Tines, or set on_removal = \"delete\" in the manage block, which cannot be undone."
	}
	return "Look at it in Tines, then plan again."
}

// budgets are how many requests may be sent in a minute, by the limit that Tines
// counts them under. 0 is as many as wanted.
type budgets struct {
	general int // 5,000 are allowed
	users   int // below /admin/users: 500
	audit   int // the audit log: 1,000
}

// budgetsOf keeps the proportions of the limits of Tines.
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

// steps is how many requests a change takes that is made in one write: the object is
// read, written and read again.
const steps = 3
