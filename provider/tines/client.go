package tines

import (
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/crud"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A client is a connection to one tenant. What it keeps from listing serves
// planning only: Read always asks the product.
type client struct {
	crud.Objects
	rest     *rest.Client
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
	c.roles.Drop()
	c.teams.Drop()
	c.users.Drop()
}

// removalHint says what to do where an object is still there after it was removed.
func removalHint(a schema.Action) string {
	if a == schema.Deactivate {
		return "Deactivate the user in Tines, or set on_removal = \"delete\" in the manage block, which cannot be undone."
	}
	return "Look at it in Tines, then plan again."
}
