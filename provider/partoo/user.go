package partoo

import (
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A User is a person who can sign in to Partoo.
type User struct {
	Email      string
	FirstName  string
	LastName   string
	Role       string
	CustomRole string     // key of a role or built-in role
	Accesses   [][]string // keys of groups
	Businesses []string   // ids
	StoreCodes []string   // input: become ids in Businesses
	Lang       string
	Disabled   bool
	SSOOnly    bool
	Invite     string   // for creation only
	Status     string   // active or invited, as the product says
	Pages      []string // legacy sidebar pages, if the legacy permissions are read
}

var userKind = schema.Kind{
	Name:   "user",
	Unique: true, // the e-mail is required and unique
	Doc: "A user is a person who can sign in to Partoo. The role says where the person may act, the custom_role what the person may do there. " +
		"Passwords are never read or written.",
	Subject:   true,
	Removals:  []schema.Action{schema.Deactivate, schema.Delete},
	Recreated: "They are invited without an e-mail: send the invitation from the app. Passwords and API keys do not come back.",
	Attributes: []schema.Attribute{
		schema.String("email", "Address that the user signs in with. Upper and lower case do not matter.",
			func(u *User) *string { return &u.Email }).
			With(schema.Key | schema.Label | schema.Required | schema.FoldCase).Check(schema.EmailAddress).Like(`"ana@zoo.example"`),
		schema.String("first_name", "First name. A new user needs one.",
			func(u *User) *string { return &u.FirstName }).Like(`"Ana"`),
		schema.String("last_name", "Last name. A new user needs one.",
			func(u *User) *string { return &u.LastName }).Like(`"Diaz"`),
		schema.String("role", "Where the user may act: "+reachDoc()+". It is always written out, because Partoo makes a user "+
			"without one an ORG_ADMIN. PROVIDER cannot be assigned.",
			func(u *User) *string { return &u.Role }).
			With(schema.Required | schema.CarriesRights).
			Values(rolesWhere(assignable)...).Like(`"GROUP_MANAGER"`),
		schema.Ref("custom_role", "Role that says what the user may do. "+customRoleDoc(),
			func(u *User) *string { return &u.CustomRole }).
			To("role", "builtin_role").With(schema.CarriesRights).Like(`role.store_editor`),
		schema.RefSets("accesses", "What a "+rolesReaching(byAccesses)+" sees: one or more accesses, each a set of groups. What any of them lets through is seen.",
			func(u *User) *[][]string { return &u.Accesses }).
			To("group").Through("access").With(schema.CarriesRights | schema.EmptyMayMeanAll).Like(`[access.european_omnivorous_birds]`),
		schema.Set("businesses", "Ids of the businesses of a "+rolesReaching(byBusinesses)+": always the whole list.",
			func(u *User) *[]string { return &u.Businesses }).
			With(schema.CarriesRights | schema.EmptyMayMeanAll | schema.FoldHex).Check(businessID).Like(`["5409c35a97bbc544d8e26737"]`),
		schema.Set("store_codes", "Store codes of businesses of a "+rolesReaching(byBusinesses)+". They are looked up and added to businesses.",
			func(u *User) *[]string { return &u.StoreCodes }).
			With(schema.ConfigOnly | schema.EmptyMayMeanAll).Like(`["0012"]`),
		schema.String("lang", "Language of the app for the user.",
			func(u *User) *string { return &u.Lang }).
			Values("ar", "bg", "ca", "cs", "de", "en", "es", "fr", "hu", "it", "lv", "nl", "pl", "pt", "pt-br", "ro", "sk").Like(`"es"`),
		schema.Bool("disabled", "Whether the user is barred from signing in. A softer way out than deletion: roles and accesses are kept.",
			func(u *User) *bool { return &u.Disabled }).
			With(schema.CarriesRights).Like(`false`),
		schema.Bool("sso_only", "Whether the user can sign in through the organization's single sign-on only. The organization must have it configured.",
			func(u *User) *bool { return &u.SSOOnly }).Like(`false`),
		schema.String("invite", "How a new user is told. \"silent\", the default: created as invited, without an e-mail, so that the invitation can be "+
			"sent from the app later. \"email\": invited by e-mail at once. \"none\": active at once, without an e-mail. "+
			"An sso_only user is active at once unless this says otherwise. It plays no part once the user exists.",
			func(u *User) *string { return &u.Invite }).
			With(schema.WriteOnce).Default(func(body any) bool {
			u := body.(*User)
			return u.Invite == inviteSilent && !u.SSOOnly || u.Invite == inviteNone && u.SSOOnly
		}).Values(inviteEmail, inviteSilent, inviteNone).Like(`"silent"`),
		schema.String("status", "Whether the user has signed in: active or invited.",
			func(u *User) *string { return &u.Status }).
			With(schema.ReadOnly).Like(`"active"`),
		schema.Set("sidebar_pages", "Legacy sidebar pages of the user: parts of the app that the user sees before the switch to custom roles. They are read only if a file declares the permission_system.",
			func(u *User) *[]string { return &u.Pages }).With(schema.ReadOnly).Like(`["review_management"]`),
	},
	Validate:    validateUser,
	Adjust:      adjustUser,
	Administers: administers,
	Invited:     func(o *schema.Object) bool { return o.Body.(*User).Status == statusInvited },
	Where:       []string{"accesses", "businesses", "store_codes"},
	Takes:       userTakes,
	Inactive:    func(o *schema.Object) bool { return o.Body.(*User).Disabled },
	Activate:    "disabled = false",
	Privilege:   privilegeOf,
	Grants:      userGrants,
	Area:        businessesOf,
}

// privilegeOf returns the user role if it is a privileged one.
func privilegeOf(o *schema.Object, _ schema.Lookup) string {
	if role := roleOf(o.Body.(*User).Role); role.privileged {
		return role.name
	}
	return ""
}

// The ways to invite a new user, and the states of a user.
const (
	inviteEmail  = "email"
	inviteSilent = "silent"
	inviteNone   = "none"

	statusActive  = "active"
	statusInvited = "invited"
)

// adjustUser removes what has no meaning for the user's role: a new role is written together
// with its scope, and the other scope is emptied.
func adjustUser(o *schema.Object) {
	u := o.Body.(*User)
	if !userTakes(o, "accesses") {
		u.Accesses = nil
	}
	if !userTakes(o, "businesses") {
		u.Businesses = nil
	}
	if !userTakes(o, "custom_role") {
		u.CustomRole = ""
	}
}

// userTakes reports whether an attribute has a meaning for the user's role.
func userTakes(o *schema.Object, attribute string) bool {
	role := roleOf(o.Body.(*User).Role)
	switch attribute {
	case "accesses":
		return role.takes(byAccesses)
	case "businesses", "store_codes":
		return role.takes(byBusinesses)
	case "custom_role":
		return role.customizable()
	}
	return true
}

// administers reports whether the user is an active administrator. An invited one may never
// sign in, so it does not count.
func administers(o *schema.Object) bool {
	u := o.Body.(*User)
	if !roleOf(u.Role).administers || u.Disabled {
		return false
	}
	if o.ID == "" { // to be created
		return statusOf(u) == statusActive
	}
	return u.Status != statusInvited
}

// statusOf returns the status that a new user gets.
func statusOf(u *User) string {
	if u.Invite == inviteNone || u.Invite == "" && u.SSOOnly {
		return statusActive
	}
	return statusInvited
}

func validateUser(o *schema.Object) []schema.Finding {
	u := o.Body.(*User)
	var out []schema.Finding
	if u.Role != "" {
		out = scopeMismatches(o, u)
	}
	if slices.ContainsFunc(u.Accesses, func(groups []string) bool { return len(groups) == 0 }) {
		out = append(out, o.Problem("partoo/empty-access", "accesses", "An access has no group",
			"An access without a group filters nothing, so it could show every business. Write at least one group in each access."))
	}
	if u.SSOOnly && u.Invite == inviteEmail {
		out = append(out, o.Problem("partoo/sso-invitation", "invite", "Partoo sends no invitation to a single sign-on user",
			"A user with sso_only = true gets no invitation. Remove invite, and inform the user in another way.").Warn())
	}
	return out
}

// scopeMismatches reports attributes that have no meaning for the user's role.
func scopeMismatches(o *schema.Object, u *User) []schema.Finding {
	var out []schema.Finding
	role := roleOf(u.Role)
	if by := rolesReaching(byAccesses); len(u.Accesses) > 0 && role.reach != byAccesses {
		out = append(out, o.Problem("partoo/role-scope", "accesses", fmt.Sprintf("Only a %s has accesses", by),
			fmt.Sprintf("Partoo ignores the accesses of a user with role %s. Remove them, or set role = %q.", u.Role, by)))
	}
	for _, name := range []string{"businesses", "store_codes"} {
		if set, _ := o.Any(name).([]string); len(set) > 0 && role.reach != byBusinesses {
			by := rolesReaching(byBusinesses)
			out = append(out, o.Problem("partoo/role-scope", name, fmt.Sprintf("Only a %s has businesses", by),
				fmt.Sprintf("Partoo ignores the businesses of a user with role %s. Remove %s, or set role = %q.", u.Role, name, by)))
		}
	}
	if u.CustomRole != "" && !role.customizable() {
		out = append(out, o.Problem("partoo/role-scope", "custom_role", fmt.Sprintf("%s cannot have a custom role", u.Role),
			fmt.Sprintf("What a user with role %s may do is fixed by Partoo. Remove custom_role, or give the user another role.", u.Role)))
	}
	return out
}
