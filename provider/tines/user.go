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

// users are the calls for users.
type users struct{ *client }

const usersPath = "/admin/users"

func userPath(id string) string { return usersPath + "/" + url.PathEscape(id) }

func (u users) List(ctx context.Context, yield func(schema.Object, error) bool) {
	all, err := u.everyone(ctx)
	if err != nil {
		yield(schema.Object{}, err)
		return
	}
	for i := range all {
		if !yield(u.live(&all[i]), nil) {
			return
		}
	}
}

// live makes an object of a user, who is kept for others to read at the same time. What an
// older tenant does not show is not set.
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
	return got, u.missing(ctx, err, usersPath)
}

// get reads a user. Its 404 also means that the key may not see the user.
func (u users) get(ctx context.Context, id string) (schema.Object, error) {
	return u.ask(ctx, id, func(w *wireUser) error { return rest.RequireID("user", id, string(w.ID)) })
}

// ask reads a user by the id or the address; is says what makes the answer another one.
func (u users) ask(ctx context.Context, who string, is func(*wireUser) error) (schema.Object, error) {
	var w wireUser
	call := rest.Call{
		Op: "read user", Path: userPath(who),
		Validate: func() error { return cmp.Or(w.known(), is(&w)) },
	}
	if err := u.rest.Do(ctx, call, &w); err != nil {
		return schema.Object{}, err
	}
	return u.live(&w), nil
}

// Remaining reads the user. A key that was allowed to delete a user may see users, so its
// 404 then says that the user is gone; otherwise the list decides. Tines documents that a
// deleted user is deactivated at once and deleted later, so a user who was active and is
// inactive now counts as deleted.
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

// Find asks for the user by the address, which is one request, and reads all users where
// the tenant is older than that.
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
	all, err := u.everyone(ctx)
	if err != nil {
		return schema.Object{}, err
	}
	for i := range all {
		if schema.FoldName(all[i].Email) == want.Addr.Key {
			return u.live(&all[i]), nil
		}
	}
	return schema.Object{}, provider.ErrNotFound
}

func (u users) Create(ctx context.Context, q provider.Request) (schema.Object, error) {
	defer u.users.Clear()
	want := *q.Want.Body.(*User)
	want.Active = !inactive(q.Want)
	fields := userWire.fields(&want, schema.Everything) // also what the file does not say
	var made created
	call := rest.Call{Op: "create user", Method: http.MethodPost, Path: usersPath, AllowEmpty: true, Body: fields}
	if err := u.rest.Do(ctx, call, &made); err != nil {
		return schema.Object{}, hidden(err)
	}
	return crud.ReadBack(ctx, u, q, string(made.ID))
}

// Update sends everything that is known of a user: what is left out of a write could be
// taken for its default, which demotes an owner and brings back a leaver. What an older
// tenant does not show is not sent, because nobody knows what it is. The address is sent
// only where it changes, because its upper and lower case is not known here.
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
	call := rest.Call{Op: op, Method: http.MethodPut, Path: userPath(id), Body: fields, Idempotent: true}
	return u.missing(ctx, u.rest.Do(ctx, call, nil), usersPath)
}

// Remove deletes a user, or bars them from signing in.
func (u users) Remove(ctx context.Context, q provider.Request) error {
	have := q.Have
	if q.Action == schema.Deactivate {
		barred := *have.Body.(*User)
		barred.Active = false
		send := have.Set&^userKind.Mask("email") | userKind.Mask("active")
		return u.put(ctx, "deactivate user", have.ID, userWire.fields(&barred, send))
	}
	defer u.users.Clear()
	call := rest.Call{Op: "delete user", Method: http.MethodDelete, Path: userPath(have.ID), Idempotent: true}
	return u.missing(ctx, u.rest.Do(ctx, call, nil), usersPath)
}

// Estimate counts below /admin/users.
func (u users) Estimate(provider.Request) crud.Requests { return crud.Requests{usersClass: steps} }

// The pass is the one list of all users with their memberships. Users and
// memberships share it, and it always asks for the memberships: that costs no
// request, and whether they will be needed is known only when it is too late to
// ask for them without a second pass.

// everyone reads every user with the memberships, once.
func (c *client) everyone(ctx context.Context) ([]wireUser, error) {
	return c.users.Value(func() ([]wireUser, error) { return c.usersWith(ctx, "list users", url.Values{}) })
}

// owners reads the tenant owners with their memberships. It is never kept.
func (c *client) owners(ctx context.Context) ([]wireUser, error) {
	return c.usersWith(ctx, "list tenant owners", url.Values{"filter": {"TENANT_OWNER"}})
}

func (c *client) usersWith(ctx context.Context, op string, query url.Values) ([]wireUser, error) {
	query.Set("include", "team_memberships")
	return all(ctx, c, listing[wireUser]{
		op: op, path: usersPath, rows: "admin/users", query: query,
		id: func(u *wireUser) string { return string(u.ID) }, known: (*wireUser).known,
	})
}

// A wirePlace is one membership of a user in an answer. It has the name of the team besides, which is of no
// use: personal teams and case groups are told apart by the id.
type wirePlace struct {
	TeamID wireID `json:"team_id"`
	Role   wireID `json:"role"` // name or id
}

// A passMember is what the pass says of one member of a team.
type passMember struct {
	user int // place in the list of users
	role wireID
}

// byTeam turns the pass around: who is in which team, by its id. It is nil where
// Tines does not show the memberships of every user: a missing list is no empty one.
func byTeam(users []wireUser) map[wireID][]passMember {
	out := map[wireID][]passMember{}
	for i := range users {
		if users[i].memberships == nil {
			return nil
		}
		for _, p := range *users[i].memberships {
			if p.TeamID != "" {
				out[p.TeamID] = append(out[p.TeamID], passMember{i, p.Role})
			}
		}
	}
	return out
}
