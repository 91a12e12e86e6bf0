package partoo

import (
	"strings"
)

// The user roles of Partoo. They say where a user may act; the custom role says
// what the user may do there.
const (
	roleProvider        = "PROVIDER"
	roleOrgAdmin        = "ORG_ADMIN"
	roleOrgManager      = "ORG_MANAGER"
	roleGroupManager    = "GROUP_MANAGER"
	roleBusinessManager = "BUSINESS_MANAGER"
	rolePublisher       = "PUBLISHER"
)

// A reach is where the users with a role act, and with it which scope they have.
type reach int

const (
	_              reach = iota // every row of userRoles has a reach
	unknownReach                // the user keeps accesses, businesses and custom role
	everywhere                  // in the whole organization
	byAccesses                  // in the accesses
	byBusinesses                // in the businesses
	bySubscription              // in businesses with a presence subscription
)

// A builtinUse says whether a user without a custom role has the built-in role with the name
// of the user role.
type builtinUse int

const (
	noBuiltin builtinUse = iota
	hasBuiltin
	mayHaveBuiltin // not documented
)

// A userRole describes the users with one role.
type userRole struct {
	name  string
	reach reach
	// right is what every user with the role may do. It is empty if the custom role says so;
	// users with a right have no custom role.
	right          string
	builtin        builtinUse
	administers    bool // manages the users and roles of the organization
	privileged     bool // plans emphasize who gets the role
	ofPartoo       bool // an account of Partoo or its partners: acts for every organization, cannot be assigned
	givable        bool // it is documented that an ORG_ADMIN's key gives the role
	groupsReadOnly bool // the key of such a user cannot change sections and groups
}

// userRoles is the only definition of user roles (guide Roles, reference Users). Everything
// that depends on the role of a user uses it through roleOf: the rules of files, checks,
// grants, what is read and written, and the reference.
var userRoles = []userRole{
	{name: roleOrgAdmin, reach: everywhere, right: "everything", administers: true, privileged: true},
	{name: roleOrgManager, reach: everywhere, builtin: mayHaveBuiltin, privileged: true},
	{name: roleGroupManager, reach: byAccesses, builtin: hasBuiltin, givable: true},
	{name: roleBusinessManager, reach: byBusinesses, builtin: hasBuiltin, givable: true, groupsReadOnly: true},
	{name: rolePublisher, reach: bySubscription, right: "read", groupsReadOnly: true},
	{name: roleProvider, reach: unknownReach, privileged: true, ofPartoo: true},
}

// roleOf returns the description of a user role. Nothing is known about a role that is not in
// the table: what its users have is kept as it is read, and nothing that depends on the role
// is written.
func roleOf(name string) userRole {
	for _, r := range userRoles {
		if r.name == name {
			return r
		}
	}
	return userRole{name: name, reach: unknownReach}
}

// customizable reports whether a user with the role can have a custom role.
func (r userRole) customizable() bool { return r.right == "" }

// takes reports whether a user with the role can have the scope.
func (r userRole) takes(scope reach) bool { return r.reach == scope || r.reach == unknownReach }

// rolesWhere lists the names of the assignable roles for which is returns true.
func rolesWhere(is func(userRole) bool) []string {
	var names []string
	for _, r := range userRoles {
		if !r.ofPartoo && is(r) {
			names = append(names, r.name)
		}
	}
	return names
}

func assignable(userRole) bool { return true }

// rolesReaching returns the names of the roles with a reach, for a sentence.
func rolesReaching(where reach) string {
	return strings.Join(rolesWhere(func(r userRole) bool { return r.reach == where }), " or ")
}

// reachDoc describes for the reference where the users with each role act.
func reachDoc() string {
	var parts []string
	for _, where := range []struct {
		reach reach
		words string
	}{
		{everywhere, "in the whole organization"}, {byAccesses, "in the accesses"}, {byBusinesses, "in the businesses"}, {bySubscription, "reads only"},
	} {
		if names := rolesWhere(func(r userRole) bool { return r.reach == where.reach }); len(names) > 0 {
			parts = append(parts, strings.Join(names, " and ")+" "+where.words)
		}
	}
	return strings.Join(parts, ", ")
}

// customRoleDoc describes for the reference which users can have a custom role.
func customRoleDoc() string {
	fixed := rolesWhere(func(r userRole) bool { return !r.customizable() })
	builtin := rolesWhere(func(r userRole) bool { return r.builtin == hasBuiltin })
	return strings.Join(fixed, " and ") + " cannot have one. A " + strings.Join(builtin, " or ") +
		" without one has the built-in role of that name; to go back to it, refer to it or write \"\"."
}
