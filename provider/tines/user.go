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
}

var userKind = schema.Kind{
	Name:     "user",
	Doc:      "A user is a person who can sign in to the tenant.",
	Subject:  true,
	Removals: []schema.Action{schema.Deactivate, schema.Delete},
	Attributes: []schema.Attribute{
		schema.String("email", "Address that the user signs in with.", func(u *User) *string { return &u.Email }).
			With(schema.Key | schema.Label | schema.Required).Normal(strings.ToLower).Check(mailbox).Like(`"ana@zoo.example"`),
		schema.String("first_name", "First name.", func(u *User) *string { return &u.FirstName }).Like(`"Ana"`),
		schema.String("last_name", "Last name.", func(u *User) *string { return &u.LastName }).Like(`"Diaz"`),
		schema.Bool("admin", "Whether the user is a tenant owner.", func(u *User) *bool { return &u.Admin }).
			With(schema.Guarded).Like(`false`),
		schema.Set("tenant_permissions", "Permissions in the whole tenant.", func(u *User) *[]string { return &u.TenantPermissions }).
			With(schema.Guarded).Like(`["AUDIT_LOG_READ"]`),
		schema.Bool("active", "Whether the user can sign in.", func(u *User) *bool { return &u.Active }).
			With(schema.Guarded).Like(`true`),
		schema.String("scim_uid", "Id of the user in the identity provider.", func(u *User) *string { return &u.SCIMUID }).
			With(schema.ReadOnly),
	},
}
