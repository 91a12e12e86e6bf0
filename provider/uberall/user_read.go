package uberall

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/crud"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// users are the calls for users. user_write.go has those that create and change one.
type users struct{ *client }

const usersPath = "/users"

func userPath(id string) string { return usersPath + "/" + url.PathEscape(id) }

// everyone reads all users that the key manages, once. Deleted users are left out.
func (c *client) everyone(ctx context.Context) ([]wireUser, error) {
	return c.allUsers.Value(func() ([]wireUser, error) { return c.search(ctx, nil) })
}

// search reads the users that match a filter, in the order of their ids, so that a user who is
// created or deleted meanwhile moves few others to another page.
func (c *client) search(ctx context.Context, filter url.Values) ([]wireUser, error) {
	q := url.Values{"sort": {"id"}, "order": {"asc"}}
	for name, values := range filter {
		q[name] = values
	}
	all, err := rest.Collection[wireUser]{
		Client: c.rest, Op: "list users", Path: usersPath, Query: q, Items: "response.users", Pages: pages,
		ID: func(w *wireUser) string { return w.ID.text() }, Validate: (*wireUser).check,
	}.Slice(ctx)
	for i := range all {
		for j, f := range *all[i].Features {
			(*all[i].Features)[j] = readable(f)
		}
	}
	return slices.DeleteFunc(all, func(w wireUser) bool { return w.Status == statusDeleted }), err
}

func (u users) List(ctx context.Context, yield func(schema.Object, error) bool) {
	all, err := u.everyone(ctx)
	if err == nil {
		err = u.nameAccounts(ctx, all)
	}
	var outside func(*wireUser) bool
	if err == nil {
		outside, err = u.outside(ctx)
	}
	crud.Yield(all, err, func(w *wireUser) schema.Object {
		o := u.live(w, "")
		if o.Frozen == 0 && !u.people[o.Addr.Key] && u.declared[schema.NFC(w.Identifier)] == "" && outside(w) {
			o.Frozen, o.FrozenBy = schema.Everything, "the scope of the user is not within "+listScope+" in the provider block"
		}
		return o
	}, yield)
}

// nameAccounts makes sure that the accounts of the users have keys.
func (c *client) nameAccounts(ctx context.Context, all []wireUser) error {
	if !slices.ContainsFunc(all, func(w wireUser) bool { return len(*w.Businesses) > 0 }) {
		return nil
	}
	_, err := c.businesses(ctx)
	return err
}

// outside returns a function that reports whether a user's scope is not within the accounts
// for which the list of users is whole. That of a user without any scope is not.
func (c *client) outside(ctx context.Context) (func(*wireUser) bool, error) {
	within := c.settings.AuthoritativeAccounts
	if len(within) == 0 || slices.Contains(within, "*") {
		return func(*wireUser) bool { return false }, nil
	}
	businesses, err := c.businesses(ctx)
	if err != nil {
		return nil, err
	}
	inside := map[string]bool{} // by the id of an account
	named := accountsByName(businesses)
	for _, name := range within {
		problem := ""
		switch keys := named[schema.NFC(name)]; len(keys) {
		case 0:
			problem = fmt.Sprintf("uberall shows this key no account with the identifier or name %q, which %s names", name, listScope)
		case 1:
			id, _ := c.Index.ID(accountKind.Name, keys[0])
			inside[id] = true
		default:
			problem = fmt.Sprintf("%s names %q, which means the accounts %s", listScope, name, text.List(keys, 5))
		}
		if problem != "" {
			return nil, &provider.Error{Op: "list users", Reason: problem, Hint: "Correct " + listScope + " in the provider block."}
		}
	}
	stores, err := c.locations(ctx)
	account := map[wireID]string{}
	for i := range stores {
		account[stores[i].ID] = stores[i].BusinessID.text()
	}
	return func(w *wireUser) bool {
		other := func(id wireID) bool { return !inside[id.text()] }
		away := func(id wireID) bool { return !inside[account[id]] }
		nowhere := len(*w.Businesses)+len(*w.Locations)+len(w.ViaGroups) == 0
		return nowhere || roleOf(w.Role).scope == everywhere ||
			slices.ContainsFunc(*w.Businesses, other) || slices.ContainsFunc(*w.Locations, away) || slices.ContainsFunc(w.ViaGroups, away)
	}, err
}

// userLive are the attributes of a user that answers have.
var userLive = userKind.Mask("email", "identifier", "first_name", "last_name", "role", "features", "fields", "dashboards", "accounts", "locations", "status",
	"salutation", "phone", "language", "white_label", "emails")

// live makes an object of a user. known is the address where it is known from elsewhere.
func (u users) live(w *wireUser, known string) schema.Object {
	body := &User{
		Email: u.address(w, known), Identifier: w.Identifier, FirstName: w.FirstName, LastName: w.LastName, Status: w.Status,
		Salutation: w.Salutation, Phone: w.Phone, Language: w.Language, WhiteLabel: w.WhiteLabel,
		Rights: Rights{
			Role: w.Role, Features: slices.Clone(*w.Features), Fields: w.Detailed.Fields, Dashboards: w.Detailed.Dashboards,
		},
		Accounts: u.keys(accountKind.Name, *w.Businesses), Locations: locationIDs(*w.Locations),
	}
	body.Accounts, body.Locations = body.scoped() // anything else is left over from an earlier role
	if len(w.Emails) > 0 {
		body.Emails = make(map[string]string, len(w.Emails))
		for _, e := range w.Emails {
			body.Emails[e.Type] = e.Frequency
		}
	}
	o := u.Object(&userKind, w.ID.text(), body, userLive)
	switch {
	case u.forceSSO:
		o.Frozen, o.FrozenBy = schema.Everything, "the sales partner forces single sign-on (forceSso), so only the identity provider changes users"
	case o.Addr.Key == u.identity.Self.Key || u.own == w.ID || strings.HasSuffix(w.Role, "API_ADMIN"):
		o.Frozen, o.FrozenBy = schema.Everything, "it is the user of the key or of the login, or an account of the API"
	case isLocationID(o.Addr.Key):
		o.Frozen, o.FrozenBy = schema.Everything, "uberall does not show the address, so nobody can tell who it is"
	}
	return o
}

func (u users) Read(ctx context.Context, o schema.Object) (schema.Object, error) {
	var answer struct {
		Response struct{ User *wireUser }
	}
	call := rest.Call{Op: "read user", Path: userPath(o.ID), NotFoundIsGone: true, Validate: func() error {
		w := answer.Response.User
		if w == nil {
			return errors.New("the answer has no user")
		}
		return cmp.Or(rest.RequireID("user", o.ID, w.ID.text()), w.check())
	}}
	err := u.rest.Do(ctx, call, &answer)
	w := answer.Response.User
	if unclear(err) {
		u.allUsers.Clear()
		return crud.Listed(ctx, u, &o)
	}
	if err == nil && w.Status == statusDeleted {
		err = provider.ErrNotFound
	}
	if err == nil {
		err = u.nameAccounts(ctx, []wireUser{*w})
	}
	if err != nil {
		return schema.Object{}, err
	}
	return u.live(w, o.Addr.Key), nil
}

// Find asks for the users whose name or address contains the address, and compares: what
// the filter matches is not documented.
func (u users) Find(ctx context.Context, want schema.Object) (schema.Object, error) {
	found, err := u.search(ctx, url.Values{"query": {want.Addr.Key}})
	if err == nil {
		err = u.nameAccounts(ctx, found)
	}
	if err != nil {
		return schema.Object{}, err
	}
	for i := range found {
		if o := u.live(&found[i], ""); o.Addr.Key == want.Addr.Key {
			return o, nil
		}
	}
	return schema.Object{}, provider.ErrNotFound
}

// Remove deletes a user, or bars them from signing in.
func (u users) Remove(ctx context.Context, r provider.Request) error {
	defer u.allUsers.Clear()
	if r.Action == schema.Deactivate {
		return u.patch(ctx, "deactivate user", r.Have.ID, map[string]any{"status": statusInactive})
	}
	err := u.rest.Do(ctx, rest.Call{Op: "delete user", Method: http.MethodDelete, Path: userPath(r.Have.ID), Idempotent: true, NotFoundIsGone: true}, nil)
	if unclear(err) {
		if _, gone := u.Read(ctx, *r.Have); gone == provider.ErrNotFound {
			return nil
		}
	}
	return err
}

// otherScope warns of a scope that is not of the user's role: it is not compared, and whether
// uberall ignores it is not documented.
func otherScope(o *schema.Object, live *wireUser) []schema.Finding {
	role := roleOf(live.Role)
	if role.scope == everywhere {
		return nil
	}
	var out []schema.Finding
	for _, s := range []struct {
		attribute string
		ids       []wireID
		scope     scope
	}{{"accounts", *live.Businesses, byAccounts}, {"locations", *live.Locations, byLocations}} {
		if len(s.ids) > 0 && !role.takes(s.scope) {
			out = append(out, o.Problem("uberall/other-scope", s.attribute, fmt.Sprintf("%s has %s in uberall", role.name, s.attribute),
				fmt.Sprintf("In uberall the user has the %s %s, which do not belong to the role %s. Whether they give access is not documented, and rolecall neither counts nor changes them. "+
					"Take them out in the app.", s.attribute, text.List(locationIDs(s.ids), 5), role.name)).Warn())
		}
	}
	return out
}

// resolveUsers finds out which live user each desired one is, and which of the statuses
// that are all the same it has.
func (c *client) resolveUsers(ctx context.Context, desired []schema.Object) (out []schema.Finding, err error) {
	all, err := c.everyone(ctx)
	if err != nil {
		return nil, err
	}
	lacking, existing := escalation{}, map[*schema.Object]bool{}
	byAddress, byIdentifier, twice := map[string]*wireUser{}, map[string][]*wireUser{}, map[string]schema.Address{}
	for i := range all {
		byAddress[schema.FoldName(c.address(&all[i], ""))] = &all[i]
		if id := schema.NFC(all[i].Identifier); id != "" {
			byIdentifier[id] = append(byIdentifier[id], &all[i])
		}
	}
	for i := range desired {
		o := &desired[i]
		u, is := o.Body.(*User)
		if !is {
			continue
		}
		live := byAddress[u.Email]
		for _, address := range o.Previously {
			if live == nil {
				live = byAddress[schema.FoldName(address)]
			}
		}
		if id := schema.NFC(u.Identifier); id != "" {
			if first, used := twice[id]; used {
				out = append(out, o.Problem("uberall/identifier-twice", "identifier", "Two users have one identifier",
					fmt.Sprintf("%s has the identifier %q already. Correct one of the two.", first, id)))
			}
			twice[id] = o.Addr
			switch same := byIdentifier[id]; {
			case len(same) == 0:
				if live != nil && live.Identifier != "" {
					out = append(out, o.Problem("uberall/other-identifier", "identifier", "The address belongs to another identifier",
						fmt.Sprintf("In uberall %s has the identifier %q, so this may be another person who had the address before. If it is the same person, write that "+
							"identifier, or correct it in uberall; otherwise change the address of the other user first.", c.address(live, u.Email), live.Identifier)))
				}
			case slices.Contains(same, live):
			case len(same) > 1 || live != nil || c.people[schema.FoldName(c.address(same[0], ""))]:
				out = append(out, o.Problem("uberall/taken-identifier", "identifier", "The identifier belongs to another user",
					fmt.Sprintf("In uberall %s has the identifier %q, so it cannot be the identifier of %s too. Correct the identifier here or in uberall. "+
						"If it is one person who got another address, keep one block for the person, with the new address and the identifier.",
						c.address(same[0], ""), id, u.Email)))
			default:
				live = same[0]
				o.Previously = append(o.Previously, schema.FoldName(c.address(live, "")))
			}
		}
		if live != nil {
			existing[o] = true
			lacking.note(o, *live.Features)
		} else {
			lacking.note(o, nil)
		}
		if live != nil && (u.Role == "" || u.Role == live.Role) {
			out = append(out, otherScope(o, live)...)
		}
		if live != nil && u.Status != "" && u.Status != statusInactive && live.Status != statusInactive {
			u.Status = live.Status
		}
	}
	found, err := lacking.findings(ctx, c, func(o *schema.Object) bool { return existing[o] })
	return append(out, found...), err
}
