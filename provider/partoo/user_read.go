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
	// Whether a search without a status shows invited and disabled users is not documented.
	// If it showed none, a second search is for them.
	if !each(u.search()) || !invited && !each(u.search("status", statusInvited)) || disabled {
		return
	}
	// The name of the filter for disabled users is not documented either. If the first page
	// has a user who was listed before, Partoo ignored the filter and would show all again.
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

// search lists users in the order of their addresses, so that a user who is created or
// deleted meanwhile moves few others to another page.
func (u users) search(filter ...string) rest.Collection[wireUser] {
	return rest.Collection[wireUser]{
		Client: u.rest, Op: "list users", Path: "/user/search", Items: "users", Pages: paging(),
		Query: u.pageQuery(append(filter, "display_business_ids", "true", "order_by", "email")...),
		ID:    func(w *wireUser) string { return w.ID }, Validate: (*wireUser).check,
	}
}

// live returns the object for a user. Whether the search shows whole users is not documented:
// unless whole is true, an attribute that the answer lacks is not set, and the object is
// incomplete.
func (u users) live(ctx context.Context, w *wireUser, whole bool) (schema.Object, error) {
	role := roleOf(w.Role)
	if !role.takes(byAccesses) { // they can be of an earlier role
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
	set, all := userLive, userLive
	if !whole {
		set = presentAttributes(w)
	}
	if u.legacy {
		all = all.With(pagesIndex)
		if whole || w.Sidebar.Set || !role.customizable() {
			set, body.Pages = set.With(pagesIndex), u.mapping.pagesOf(w)
			if !w.Sidebar.Set && role.customizable() {
				u.pagesAbsent.Store(true)
			}
		}
	}
	o := u.Object(&userKind, w.ID, body, set)
	if o.Incomplete = set != all; o.Incomplete {
		u.incompleteUsers.Store(true)
	}
	if role.ofPartoo {
		o.Frozen, o.FrozenBy = schema.Everything, "it is a "+role.name+", an account of Partoo or its partners, which an organization cannot change"
	}
	return o, nil
}

// userLive are the attributes of a whole user.
var userLive = userKind.Mask("email", "first_name", "last_name", "role", "custom_role", "accesses", "businesses", "lang", "disabled", "sso_only", "status")

// pagesIndex is the attribute with the legacy sidebar pages, which are set if they are read.
var pagesIndex = userKind.Index("sidebar_pages")

// presentAttributes returns the attributes that an item of the search shows. Accesses have a
// meaning for group managers only and businesses for business managers only, so other users
// have none.
func presentAttributes(w *wireUser) schema.Mask {
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

// customRole returns the key of the custom role of a user. A group manager or business manager
// without one has the built-in role. A user whose role cannot have one has none, even if the
// answer still shows one of an earlier role.
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
		Validate: func() error { return cmp.Or(rest.RequireID("user", o.ID, w.ID), w.whole()) },
	}
	if err := u.rest.Do(ctx, call, &w); err != nil {
		return schema.Object{}, err
	}
	w.CustomRole.Set = true // a whole user without the field has none
	return u.live(ctx, &w, true)
}

// Find searches for invited and disabled users too if the first search finds no user: whether
// it shows them is not documented, and a user must not be created twice.
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

// Remove deletes or disables a user.
func (u users) Remove(ctx context.Context, r provider.Request) error {
	have := r.Have
	if r.Action == schema.Deactivate {
		return u.client.update(ctx, nil, "disable user", "/user/"+have.ID, map[string]any{"disabled": true})
	}
	call := rest.Call{Op: "delete user", Method: http.MethodDelete, Path: "/user/" + have.ID, Query: u.query(), Idempotent: true, NotFoundIsGone: true}
	return u.rest.Do(ctx, call, nil)
}
