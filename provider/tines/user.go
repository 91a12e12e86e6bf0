package tines

import (
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A User is a person who can sign in to the tenant.
type User struct {
	Email             string
	FirstName         string
	LastName          string
	Admin             bool
	TenantPermissions []string
	Active            bool
	SCIMUID           string // of the identity provider; empty where it owns nothing
	SignedIn          bool   // has ever signed in; not set where Tines does not tell
}

var userKind = schema.Kind{
	Name: "user",
	Doc: "A user is a person who can sign in to the tenant. What the person may do in a team is a membership's; here is what holds in the whole tenant. " +
		"Tines may send a new user an e-mail. Deleting a user cannot be undone, so who leaves is deactivated unless the manage block says otherwise. " +
		"Users behind the keys of services can look like people and are nothing to remove. Whoever an identity provider manages (scim_uid) is only compared.",
	Subject:  true,
	Removals: []schema.Action{schema.Deactivate, schema.Delete},
	Attributes: []schema.Attribute{
		schema.String("email", "Address that the user signs in with. Upper and lower case do not matter.",
			func(u *User) *string { return &u.Email }).
			With(schema.Key | schema.Label | schema.Required | schema.FoldCase).Check(schema.EmailAddress).Like(`"ana@zoo.example"`),
		schema.String("first_name", "First name.", func(u *User) *string { return &u.FirstName }).Like(`"Ana"`),
		schema.String("last_name", "Last name.", func(u *User) *string { return &u.LastName }).Like(`"Diaz"`),
		schema.Bool("admin", "Whether the user is a tenant owner, who sees and does everything in every team, whatever the role there. New users are not owners by default.",
			func(u *User) *bool { return &u.Admin }).
			With(schema.CarriesRights).Like(`false`),
		schema.Set("tenant_permissions", "What a user who is no tenant owner may do outside of teams: always the whole list.",
			func(u *User) *[]string { return &u.TenantPermissions }).
			With(schema.CarriesRights).Check(permissionName).Like(`["AUDIT_LOG_READ"]`),
		schema.Bool("active", "Whether the user can sign in. A softer way out than deletion: memberships are kept. A new user is active unless this says otherwise.",
			func(u *User) *bool { return &u.Active }).
			With(schema.CarriesRights).Like(`true`),
		schema.String("scim_uid", "Id of the user in the identity provider that manages the user; empty where none does.",
			func(u *User) *string { return &u.SCIMUID }).
			With(schema.ReadOnly).Like(`"00u1abcd"`),
		schema.Bool("signed_in", "Whether the user has ever signed in, by Tines's last_seen. An owner who has not does not count as one that stays.",
			func(u *User) *bool { return &u.SignedIn }).
			With(schema.ReadOnly).Like(`true`),
	},
	Validate:    validateUser,
	Administers: func(o *schema.Object) bool { return o.Body.(*User).Admin && !inactive(o) },
	NeverSignedIn: func(o *schema.Object) bool {
		return o.Has("signed_in") && !o.Body.(*User).SignedIn
	},
	Inactive:  inactive,
	Activate:  "active = true",
	Privilege: userPrivilege,
	Grants:    userGrants,
}

// userPrivilege names what a user may do in the whole tenant.
func userPrivilege(o *schema.Object, _ schema.Lookup) string {
	u := o.Body.(*User)
	switch {
	case u.Admin:
		return "tenant owner"
	case len(u.TenantPermissions) > 0:
		return "tenant permissions " + strings.Join(u.TenantPermissions, ", ")
	}
	return ""
}

// inactive reports whether the user is barred. Where a file does not say, a new
// user is active.
func inactive(o *schema.Object) bool { return o.Has("active") && !o.Body.(*User).Active }

// userGrants lists what a user may do in the whole tenant. An owner's tenant
// permissions are listed as well, so that becoming one does not look like a loss.
func userGrants(o *schema.Object, _ schema.Lookup) []schema.Grant {
	u := o.Body.(*User)
	if inactive(o) {
		return nil
	}
	var out []schema.Grant
	if u.Admin {
		out = append(out, schema.Grant{Right: "everything", Scope: wholeTenant, Via: "admin", All: true, Places: schema.Everywhere})
	}
	for _, p := range u.TenantPermissions {
		out = append(out, schema.Grant{Right: p, Scope: wholeTenant, Via: "tenant_permissions"})
	}
	return out
}

const wholeTenant = "the whole tenant"

func validateUser(o *schema.Object) []schema.Finding {
	u := o.Body.(*User)
	var out []schema.Finding
	if len(u.TenantPermissions) > 0 && u.Admin {
		out = append(out, o.Problem("tines/owner-permissions", "tenant_permissions", "A tenant owner needs no tenant permissions",
			"With admin = true the user may do everything in the tenant, so the list has no effect. Take it out, or write admin = false.").Warn())
	}
	for _, p := range u.TenantPermissions {
		if p == "" {
			out = append(out, o.Problem("tines/empty-permission", "tenant_permissions", "A permission has no name",
				"One member of tenant_permissions is an empty text. Take it out, or write the permission that was meant."))
		}
	}
	return out
}
