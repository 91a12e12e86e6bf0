package uberall

import (
	"fmt"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A scope is the kind of scope that a role has.
type scope int

const (
	unknownScope scope = iota // of a role that is not documented: nothing is taken for leftover
	everywhere
	byAccounts
	byLocations
)

// A userRole is one of uberall's roles, by the API's name. The names that people see are
// those of the help page of 2023 and of the app in 2025. That "Account manager" is not
// ACCOUNT_MANAGER is inferred from what the API lets each role do with businesses.
type userRole struct {
	name, title string
	alsoCalled  string // in the app of 2025
	scope       scope
	rights      []string // beside the features
}

var userRoles = []userRole{
	{"ADMIN", "Admin", "Admin", everywhere, []string{"organization settings", "add accounts", "add locations", "manage locations"}},
	{"ACCOUNT_MANAGER", "Multi-account manager", "Multi-Business manager", byAccounts, []string{"add accounts", "add locations", "manage locations"}},
	{"BUSINESS_MANAGER", "Account manager", "Business manager", byAccounts, []string{"add locations", "manage locations"}},
	{"LOCATION_MANAGER", "Location manager", "Location manager", byLocations, []string{"manage locations"}},
}

const (
	admin           = "ADMIN"
	accountManager  = "ACCOUNT_MANAGER"
	businessManager = "BUSINESS_MANAGER"
	locationManager = "LOCATION_MANAGER"
)

// roleOf returns a role by the API's name. Of any other role nothing is known, so what
// its users have is kept as it is read.
func roleOf(name string) userRole {
	for _, r := range userRoles {
		if r.name == name {
			return r
		}
	}
	return userRole{name: name}
}

// takes reports whether users with the role have the scope, as far as is known.
func (r userRole) takes(s scope) bool { return r.scope == s || r.scope == unknownScope }

// roleAttribute is the row of a role, in users and in profiles.
func roleAttribute[T any](at func(*T) *string) schema.Attribute {
	var names []string
	for _, r := range userRoles {
		names = append(names, fmt.Sprintf("%s (%q in the app)", r.name, r.title))
	}
	return schema.String("role", "Role, by the name of the API: "+strings.Join(names, ", ")+".", at).
		With(schema.CarriesRights).Check(roleName).Like(`"LOCATION_MANAGER"`)
}

// roleName is the rule for a role. It takes the API's names, and explains which of them is
// meant by a name that people see.
func roleName(s string) error {
	plain := strings.NewReplacer("-", " ", "_", " ").Replace(schema.FoldName(s))
	var names []string
	for _, r := range userRoles {
		names = append(names, r.name)
		if s == r.name {
			return nil
		}
		for _, title := range []string{r.title, r.alsoCalled, r.name} {
			if plain == strings.ReplaceAll(schema.FoldName(title), "-", " ") {
				return fmt.Errorf("takes the names of the API: the app's %q is %q%s", s, r.name, trap(r.name))
			}
		}
	}
	if strings.HasSuffix(s, "API_ADMIN") || s == "BUSINESS_MANAGER_INBOX" {
		return fmt.Errorf("cannot be %q: it is for uberall itself or not documented. It is one of %s", s, strings.Join(names, ", "))
	}
	return fmt.Errorf("cannot be %q; it is one of %s", s, strings.Join(names, ", "))
}

// trap explains which role the similar name means.
func trap(role string) string {
	switch role {
	case accountManager:
		return `. The app's "Account manager" is another role, "BUSINESS_MANAGER"`
	case businessManager:
		return `. "ACCOUNT_MANAGER" is another role, which the app calls "Multi-account manager" and which can add accounts`
	}
	return ""
}
