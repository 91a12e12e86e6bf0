package tines

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/crud"
	"github.com/rolecall-dev/rolecall/provider/rest"
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
	SignedIn          bool   // has ever signed in; not set if Tines does not show it
}

var userKind = schema.Kind{
	Name: "user",
	Doc: "A user is a person who can sign in to the tenant. Memberships say what the user may do in teams; a user block says what holds in the whole tenant. " +
		"Tines may send a new user an e-mail. Deleting a user cannot be undone, so users who leave are deactivated unless the manage block says otherwise. " +
		"The accounts behind the keys of services can look like users: do not remove them. Users that an identity provider manages (scim_uid) are only compared.",
	Subject:   true,
	Removals:  []schema.Action{schema.Deactivate, schema.Delete},
	Recreated: "Tines may send them an e-mail. Their drafts and what was in their personal teams do not come back.",
	Attributes: []schema.Attribute{
		schema.String("email", "E-mail address that the user signs in with. Upper and lower case do not matter.",
			func(u *User) *string { return &u.Email }).
			With(schema.Key | schema.Label | schema.Required | schema.FoldCase).Check(schema.EmailAddress).Like(`"ana@zoo.example"`),
		schema.String("first_name", "First name.", func(u *User) *string { return &u.FirstName }).Like(`"Ana"`),
		schema.String("last_name", "Last name.", func(u *User) *string { return &u.LastName }).Like(`"Diaz"`),
		schema.Bool("admin", "Whether the user is a tenant owner, who can do everything in every team, whatever the role there. New users are not owners by default.",
			func(u *User) *bool { return &u.Admin }).
			With(schema.CarriesRights).Like(`false`),
		schema.Set("tenant_permissions", "What a user who is not a tenant owner may do outside of teams: always the whole list.",
			func(u *User) *[]string { return &u.TenantPermissions }).
			With(schema.CarriesRights).Check(permissionName).Like(`["AUDIT_LOG_READ"]`),
		schema.Bool("active", "Whether the user can sign in. An inactive user keeps the memberships. New users are active by default.",
			func(u *User) *bool { return &u.Active }).
			With(schema.CarriesRights).Like(`true`),
		schema.String("scim_uid", "Id of the user in the identity provider that manages the user; empty if none does.",
			func(u *User) *string { return &u.SCIMUID }).
			With(schema.ReadOnly).Like(`"00u1abcd"`),
		schema.Bool("signed_in", "Whether the user has ever signed in, from last_seen. An owner who has not does not count as a remaining owner.",
			func(u *User) *bool { return &u.SignedIn }).
			With(schema.ReadOnly).Like(`true`),
	},
	Validate:    validateUser,
	Administers: func(o *schema.Object) bool { return o.Body.(*User).Admin && !inactive(o) },
	Where:       []string{"admin", "tenant_permissions"},
	NeverSignedIn: func(o *schema.Object) bool {
		return o.Has("signed_in") && !o.Body.(*User).SignedIn
	},
	Inactive:  inactive,
	Activate:  "active = true",
	Privilege: userPrivilege,
	Grants:    userGrants,
}

func validateUser(o *schema.Object) []schema.Finding {
	u := o.Body.(*User)
	var out []schema.Finding
	if len(u.TenantPermissions) > 0 && u.Admin {
		out = append(out, o.Problem("tines/owner-permissions", "tenant_permissions", "A tenant owner needs no tenant permissions",
			"With admin = true the user may do everything in the tenant, so the list has no effect. Remove the list, or write admin = false.").Warn())
	}
	for _, p := range u.TenantPermissions {
		if p == "" {
			out = append(out, o.Problem("tines/empty-permission", "tenant_permissions", "A permission has no name",
				"A member of tenant_permissions is an empty string. Remove it, or write the name of a permission."))
		}
	}
	return out
}

// users are the calls for users.
type users struct{ *client }

const usersPath = "/admin/users"

func userPath(id string) string { return usersPath + "/" + url.PathEscape(id) }

func (u users) List(ctx context.Context, yield func(schema.Object, error) bool) {
	all, err := u.usersWithMemberships(ctx)
	crud.Yield(all, err, u.live, yield)
}

// live makes an object of a user in the list, which others may read at the same time.
// Attributes that an older tenant does not show are not set.
func (u users) live(w *wireUser) schema.Object {
	body := w.User
	body.TenantPermissions = slices.Clone(body.TenantPermissions)
	o := u.Object(&userKind, string(w.ID), &body, w.shown)
	if w.SCIMUID != "" {
		o.Frozen, o.FrozenBy = schema.Everything, "an identity provider manages users with a scim_uid, so change them there"
	}
	return o
}

func (u users) Read(ctx context.Context, o schema.Object) (schema.Object, error) {
	got, err := u.get(ctx, o.ID)
	return got, u.goneOrDenied(ctx, err, usersPath)
}

// get reads a user by the id. Its 404 may also mean that the key lacks the right.
func (u users) get(ctx context.Context, id string) (schema.Object, error) {
	return u.ask(ctx, id, func(w *wireUser) error { return rest.RequireID("user", id, string(w.ID)) })
}

// ask reads a user by the id or the address; is returns an error if the answer is another user.
func (u users) ask(ctx context.Context, who string, is func(*wireUser) error) (schema.Object, error) {
	var w wireUser
	call := rest.Call{
		Op: "read user", Path: userPath(who),
		Validate: func() error { return cmp.Or(w.validate(), is(&w)) },
	}
	if err := u.rest.Do(ctx, call, &w); err != nil {
		return schema.Object{}, err
	}
	return u.live(&w), nil
}

// Remaining reads the user. A key that could delete a user can see users, so a 404 then means
// that the user is gone; otherwise the list decides. Tines deactivates a deleted user at once
// and deletes it later (Removing team members), so a user who was active and is inactive now
// counts as deleted.
func (u users) Remaining(ctx context.Context, r provider.Request, sent error) (schema.Object, error) {
	got, err := u.get(ctx, r.Have.ID)
	switch {
	case provider.Status(err) == http.StatusNotFound && sent == nil:
		return schema.Object{}, provider.ErrNotFound
	case provider.Status(err) == http.StatusNotFound:
		return crud.Listed(ctx, u, r.Have)
	case err == nil && r.Action == schema.Delete && inactive(&got) && !inactive(r.Have):
		return schema.Object{}, provider.ErrNotFound
	}
	return got, err
}

// Find asks for the user by the address, which is one request. If the tenant is too old for
// that, it reads all users.
func (u users) Find(ctx context.Context, want schema.Object) (schema.Object, error) {
	byAddress, err := u.foundByAddress(ctx)
	if err != nil {
		return schema.Object{}, err
	}
	if byAddress {
		got, err := u.ask(ctx, want.Addr.Key, func(w *wireUser) error {
			if schema.FoldName(w.Email) != want.Addr.Key {
				return fmt.Errorf("the answer is the user %s, and %s was asked for", w.Email, want.Addr.Key)
			}
			return nil
		})
		if provider.Status(err) == http.StatusNotFound {
			err = provider.ErrNotFound
		}
		return got, err
	}
	u.users.Clear()
	return crud.FindListed(ctx, u.List, want)
}

func (u users) Create(ctx context.Context, q provider.Request) (schema.Object, error) {
	defer u.users.Clear()
	want := *q.Want.Body.(*User)
	want.Active = !inactive(q.Want)
	fields := userWire.fields(&want, schema.Everything) // also what the file does not set
	id, err := u.create(ctx, "create user", usersPath, fields)
	if err != nil {
		return schema.Object{}, err
	}
	return crud.ReadBack(ctx, u, q, id)
}

// Update sends everything that is known of a user: Tines may set an attribute that is left
// out to its default, which demotes an owner and reactivates a leaver. Attributes that an older
// tenant does not show are unknown and not sent. The address is sent only if it changes,
// because its upper and lower case is not known.
func (u users) Update(ctx context.Context, q provider.Request) (schema.Object, error) {
	send := q.Want.Set &^ userKind.Mask("email")
	if q.Action == schema.Rename {
		send |= userKind.Mask("email")
	}
	if err := u.put(ctx, "update user", q.Have.ID, userWire.fields(q.Want.Body, send)); err != nil {
		return schema.Object{}, err
	}
	return crud.ReadBack(ctx, u, q, q.Have.ID)
}

func (u users) put(ctx context.Context, op, id string, fields map[string]any) error {
	defer u.users.Clear()
	return u.write(ctx, usersPath, rest.Call{Op: op, Method: http.MethodPut, Path: userPath(id), Body: fields})
}

// Remove deletes or deactivates a user.
func (u users) Remove(ctx context.Context, q provider.Request) error {
	have := q.Have
	if q.Action == schema.Deactivate {
		barred := *have.Body.(*User)
		barred.Active = false
		send := have.Set&^userKind.Mask("email") | userKind.Mask("active")
		return u.put(ctx, "deactivate user", have.ID, userWire.fields(&barred, send))
	}
	defer u.users.Clear()
	return u.write(ctx, usersPath, rest.Call{Op: "delete user", Method: http.MethodDelete, Path: userPath(have.ID)})
}

// Estimate counts requests in the class of users.
func (u users) Estimate(provider.Request) crud.Requests {
	return crud.Requests{usersClass: requestsPerWrite}
}

// usersWithMemberships reads all users with their memberships, once, for both kinds. It always
// asks for the memberships: that costs no request, and a second list would.
func (c *client) usersWithMemberships(ctx context.Context) ([]wireUser, error) {
	return c.users.Value(func() ([]wireUser, error) { return c.listUsers(ctx, "list users", url.Values{}) })
}

// owners reads the tenant owners with their memberships, each time anew.
func (c *client) owners(ctx context.Context) ([]wireUser, error) {
	return c.listUsers(ctx, "list tenant owners", url.Values{"filter": {"TENANT_OWNER"}})
}

func (c *client) listUsers(ctx context.Context, op string, query url.Values) ([]wireUser, error) {
	query.Set("include", "team_memberships")
	return list(ctx, c, rest.Collection[wireUser]{
		Op: op, Path: usersPath, Items: "admin/users", Query: query, ID: func(u *wireUser) string { return string(u.ID) }, Validate: (*wireUser).validate,
	})
}

// A userMembership is a membership in the list of users.
type userMembership struct {
	TeamID wireID `json:"team_id"`
	Role   wireID `json:"role"` // name or id
}

// A teamMember is a member of a team in the list of users.
type teamMember struct {
	user int // index in the list of users
	role wireID
}

// byTeam returns the members of each team, by the id of the team. It returns nil if Tines does
// not show the memberships of every user: a missing list is not an empty one.
func byTeam(users []wireUser) map[wireID][]teamMember {
	out := map[wireID][]teamMember{}
	for i := range users {
		if users[i].memberships == nil {
			return nil
		}
		for _, p := range *users[i].memberships {
			if p.TeamID != "" {
				out[p.TeamID] = append(out[p.TeamID], teamMember{i, p.Role})
			}
		}
	}
	return out
}
