package partoo

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// users are the calls for users. user_write.go has those that create and change one.
type users struct{ *client }

func (u users) List(ctx context.Context, yield func(schema.Object, error) bool) {
	ids, invited, disabled := map[string]string{}, false, false
	each := func(rows rest.Collection[wireUser]) bool {
		for w, err := range rows.All(ctx) {
			if err != nil {
				yield(schema.Object{}, err)
				return false
			}
			key := schema.FoldName(w.Email)
			first, twice := ids[key]
			ids[key], invited, disabled = w.ID, invited || w.Status == statusInvited, disabled || w.Disabled.Value
			if twice && first == w.ID {
				continue
			}
			o, err := u.live(ctx, &w, false)
			if err == nil && twice {
				err = sameAddress(key, first, w.ID)
			}
			if !yield(o, err) || err != nil {
				return false
			}
		}
		return true
	}
	// Whether a search that names no status finds people who have not yet accepted, and
	// those who are disabled, is not documented. Where none came, they are asked for.
	if !each(u.search()) || !invited && !each(u.search("status", statusInvited)) || disabled {
		return
	}
	// The name of the filter for disabled users is not documented either. Where the first
	// page has a user who came before, Partoo ignores the filter, and all came.
	off := u.search(disabledFilter...)
	first, err := off.First(ctx)
	switch {
	case err != nil && provider.Status(err) != http.StatusBadRequest:
		yield(schema.Object{}, err)
	case err == nil && !slices.ContainsFunc(first.Items, func(w wireUser) bool { return ids[schema.FoldName(w.Email)] == w.ID }):
		each(off.StartingWith(first))
	}
}

func sameAddress(key, first, second string) error {
	return &provider.Error{
		Op: "list users", Reason: fmt.Sprintf("two users have the address %s, with the ids %s and %s", key, first, second),
		Hint: "Files name a user by the address. Change one of the two in the Partoo app.",
	}
}

// search lists users in the order of their addresses, so that one who comes or
// goes moves as few as possible to another page.
func (u users) search(filter ...string) rest.Collection[wireUser] {
	return rest.Collection[wireUser]{
		Client: u.rest, Op: "list users", Path: "/user/search", Items: "users", Pages: paging(),
		Query: u.pageQuery(append(filter, "display_business_ids", "true", "order_by", "email")...),
		ID:    func(w *wireUser) string { return w.ID }, Validate: (*wireUser).check,
	}
}

// live makes an object of a user. Where the answer is not the whole user, what it
// leaves out is not set, and the object is thin: whether the search carries
// everything is not documented.
func (u users) live(ctx context.Context, w *wireUser, whole bool) (schema.Object, error) {
	role := roleOf(w.Role)
	if !role.takes(byAccesses) { // left over from an earlier role, if anything
		w.Accesses.Value = nil
	}
	if !role.takes(byBusinesses) {
		w.BusinessIDs.Value = nil
	}
	accesses, err := u.groupKeys(ctx, w.Accesses.Value)
	if err != nil {
		return schema.Object{}, err
	}
	custom, err := u.customRole(ctx, w)
	if err != nil {
		return schema.Object{}, err
	}
	body := &User{
		Email: w.Email, FirstName: w.FirstName, LastName: w.LastName,
		Role: w.Role, CustomRole: custom, Accesses: accesses, Businesses: schema.Canonical(w.BusinessIDs.Value),
		Lang: w.Lang.Value, Disabled: w.Disabled.Value, SSOOnly: w.SSOOnly, Status: w.Status,
	}
	set := userLive
	if !whole {
		set = told(w)
	}
	o := u.Object(&userKind, w.ID, body, set)
	if o.Incomplete = set != userLive; o.Incomplete {
		u.thinUsers.Store(true)
	}
	if role.ofPartoo {
		o.Frozen, o.FrozenBy = schema.Everything, "it is a "+role.name+", an account of Partoo or its partners, which an organization cannot change"
	}
	return o, nil
}

// userLive is what a whole user says.
var userLive = userKind.Mask("email", "first_name", "last_name", "role", "custom_role", "accesses", "businesses", "lang", "disabled", "sso_only", "status")

// told is what an item of the search says. Accesses mean something for group
// managers only, businesses for business managers only; for others their absence
// says that there are none.
func told(w *wireUser) schema.Mask {
	set, role := userLive, roleOf(w.Role)
	for _, missing := range []struct {
		name string
		is   bool
	}{
		{"custom_role", !w.CustomRole.Set && role.customizable()},
		{"accesses", w.Accesses.Value == nil && role.reach == byAccesses},
		{"businesses", w.BusinessIDs.Value == nil && role.reach == byBusinesses},
		{"lang", !w.Lang.Set},
		{"disabled", !w.Disabled.Set},
	} {
		if missing.is {
			set = set.Without(userKind.Index(missing.name))
		}
	}
	return set
}

// customRole is the key of what a user may do. A group manager or business
// manager without a custom role has the built-in one. A role that takes none
// shows none, whatever is left over from earlier.
func (u users) customRole(ctx context.Context, w *wireUser) (string, error) {
	switch role := roleOf(w.Role); {
	case !role.customizable():
		return "", nil
	case w.CustomRole.Value == "" && w.CustomRole.Set && role.builtin == hasBuiltin:
		return u.builtin(ctx, w.Role)
	}
	return w.CustomRole.Value, nil
}

func (u users) Read(ctx context.Context, o schema.Object) (schema.Object, error) {
	var w wireUser
	call := rest.Call{
		Op: "read user", Path: "/user/" + o.ID, Query: u.query("display_business_ids", "true"), NotFoundIsGone: true,
		Validate: func() error { return cmp.Or(about("user", o.ID, w.ID), w.whole()) },
	}
	if err := u.rest.Do(ctx, call, &w); err != nil {
		return schema.Object{}, err
	}
	w.CustomRole.Set = true // a whole user that says nothing of a custom role has none
	return u.live(ctx, &w, true)
}

// Find asks for the invited and the disabled as well where the first search finds nobody:
// whether that one knows them is not documented, and a user must not be created twice.
func (u users) Find(ctx context.Context, want schema.Object) (schema.Object, error) {
	address := []string{"email", want.Addr.Key}
	for _, filter := range [][]string{nil, {"status", statusInvited}, disabledFilter} {
		for w, err := range u.search(slices.Concat(address, filter)...).All(ctx) {
			if err != nil {
				return schema.Object{}, err
			}
			if schema.FoldName(w.Email) == want.Addr.Key {
				want.ID = w.ID
				return u.Read(ctx, want)
			}
		}
	}
	return schema.Object{}, provider.ErrNotFound
}

// Remove deletes a user, or bars them from signing in.
func (u users) Remove(ctx context.Context, r provider.Request) error {
	have := r.Have
	if r.Action == schema.Deactivate {
		return u.client.update(ctx, nil, "disable user", "/user/"+have.ID, map[string]any{"disabled": true})
	}
	call := rest.Call{Op: "delete user", Method: http.MethodDelete, Path: "/user/" + have.ID, Query: u.query(), Idempotent: true, NotFoundIsGone: true}
	return u.rest.Do(ctx, call, nil)
}
