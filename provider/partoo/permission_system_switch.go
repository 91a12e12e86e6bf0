package partoo

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/crud"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A right is a permission where it applies.
type right struct{ permission, scope string }

// rightsAt returns what a user may do when the roles and the permission system are as look has them.
// The user is nil for one who does not exist then.
func rightsAt(user *schema.Object, look schema.Lookup) map[right]bool {
	out := map[right]bool{}
	if user != nil {
		for _, g := range userGrants(user, look) {
			out[right{g.Right, g.Scope}] = true
		}
	}
	return out
}

// lookIn returns a Lookup of objects by kind. The permission system is another one than theirs if system
// is not nil.
func lookIn(objects map[string][]schema.Object, system *schema.Object) schema.Lookup {
	all := map[schema.Address]*schema.Object{}
	for kind, list := range objects {
		for i := range list {
			if kind != userKind.Name {
				all[schema.Address{Kind: kind, Key: list[i].Addr.Key}] = &list[i]
			}
		}
	}
	if system != nil {
		all[schema.Address{Kind: permissionSystemKind.Name, Key: theSystem}] = system
	}
	return func(kind, key string) (*schema.Object, bool) {
		o, ok := all[schema.Address{Kind: kind, Key: key}]
		return o, ok
	}
}

// usersByKey returns the users of objects by kind.
func usersByKey(objects map[string][]schema.Object) map[string]*schema.Object {
	out := map[string]*schema.Object{}
	for i := range objects[userKind.Name] {
		o := &objects[userKind.Name][i]
		out[o.Addr.Key] = o
	}
	return out
}

// A switching is what users may do when a plan changes the permission system: before the plan, right before
// the switch, right after it, and at the end. Users and what widens change before the switch or, if
// Governs says so, after it.
type switching struct {
	users, usersEnd                   map[string]*schema.Object // at the switch, and at the end
	start, justBefore, justAfter, end schema.Lookup
	usersFollow                       bool // users change after the switch
	requests                          int  // to read all of it again right before the switch
}

// newSwitching reads the roles that the plan did not need, and that somebody has right after the switch.
func (c *client) newSwitching(ctx context.Context, v *provider.View, change *provider.Request) (*switching, error) {
	w := &switching{users: usersByKey(v.After), usersEnd: usersByKey(v.After), start: lookIn(v.Live, nil), end: lookIn(v.After, nil)}
	for i := range v.Changes {
		if r := &v.Changes[i]; r.Action.Removes() {
			delete(w.usersEnd, r.Addr.Key) // one who is deactivated is still there
		}
	}
	roles := v.After
	if w.usersFollow = permissionSystemKind.Governs(change.Want); w.usersFollow {
		w.users = usersByKey(v.Live)
		live, err := c.heldRoles(ctx, v.Live[roleKind.Name], w.users)
		if err != nil {
			return nil, err
		}
		roles = narrowed(map[string][]schema.Object{roleKind.Name: live, builtinRoleKind.Name: v.Live[builtinRoleKind.Name]}, v.After)
	}
	w.justBefore, w.justAfter = lookIn(roles, change.Have), lookIn(roles, change.Want)
	const status, organization, fields, invitedAndDisabled = 1, 1, 1, 2
	users, each := len(w.usersEnd), len(v.After[roleKind.Name])+len(v.After[builtinRoleKind.Name])
	w.requests = users/perPage + 1 + invitedAndDisabled + each/perPage + 1 + each + status + organization + fields
	if c.incompleteUsers.Load() {
		w.requests += users
	}
	return w, nil
}

// heldRoles returns live roles with the permissions of those that users have.
func (c *client) heldRoles(ctx context.Context, live []schema.Object, users map[string]*schema.Object) ([]schema.Object, error) {
	held := map[string]bool{}
	for _, o := range users {
		held[o.Body.(*User).CustomRole] = true
	}
	out := slices.Clone(live)
	for i, o := range out {
		if !held[o.Addr.Key] || !o.Incomplete {
			continue
		}
		whole, err := roles{c, &roleKind}.Read(ctx, o)
		if err != nil {
			return nil, err
		}
		out[i] = whole
	}
	return out, nil
}

// narrowed returns the roles when everything that the plan takes from them is taken, and nothing is added.
func narrowed(live, end map[string][]schema.Object) map[string][]schema.Object {
	out := map[string][]schema.Object{}
	for _, kind := range []string{roleKind.Name, builtinRoleKind.Name} {
		after := lookIn(map[string][]schema.Object{kind: end[kind]}, nil)
		for i := range live[kind] {
			o := live[kind][i].Clone()
			if end, ok := after(kind, o.Addr.Key); ok && end.Has("permissions") {
				*permissionsIn(&o) = slices.DeleteFunc(*permissionsIn(&o), func(p string) bool { return !contains(*permissionsIn(end), p) })
			}
			out[kind] = append(out[kind], o)
		}
	}
	return out
}

// permissionsIn returns the permissions of a role or built-in role.
func permissionsIn(o *schema.Object) *[]string {
	if r, is := o.Body.(*Role); is {
		return &r.Permissions
	}
	return &o.Body.(*BuiltinRole).Permissions
}

// gains returns what a user may do right after a switch and not right before it.
func gains(user *schema.Object, before, after schema.Lookup) map[right]bool {
	out := rightsAt(user, after)
	for r := range rightsAt(user, before) {
		delete(out, r)
	}
	return out
}

// forAWhile returns what a user whom the plan creates, changes or removes may do between that and the switch,
// and neither before the plan nor at its end.
func (w *switching) forAWhile(r *provider.Request) []string {
	meanwhile := rightsAt(w.users[r.Addr.Key], w.justBefore)
	if w.usersFollow {
		meanwhile = rightsAt(r.Have, w.justAfter)
	}
	before, end := rightsAt(r.Have, w.start), rightsAt(w.usersEnd[r.Addr.Key], w.end)
	var out []string
	for x := range meanwhile {
		if !before[x] && !end[x] {
			out = append(out, x.permission)
		}
	}
	return schema.Canonical(out)
}

// unseen reads everybody again right before the switch, because users, roles and business fields may have changed
// since the plan, and returns an error if somebody could do by the switch what the plan does not show.
func (s systems) unseen(ctx context.Context, want *schema.Object) error {
	s.Forget()
	s.legacyRead.Clear()
	live := map[string][]schema.Object{}
	for _, kind := range LegacyKinds() {
		list, err := s.whole(ctx, s.resource(kind))
		if err != nil {
			return fmt.Errorf("nothing was switched, because reading everybody again before it failed: %w", err)
		}
		live[kind] = list
	}
	now, err := s.Read(ctx, schema.Object{ID: idText(s.org)})
	if err != nil {
		return fmt.Errorf("nothing was switched, because reading the legacy permissions again before it failed: %w", err)
	}
	then := now.Clone()
	then.Body.(*PermissionSystem).CustomRoles = want.Body.(*PermissionSystem).CustomRoles
	before, after := lookIn(live, &now), lookIn(live, &then)
	var who []string
	for key, o := range usersByKey(live) {
		gained := gains(o, before, after)
		if len(gained) == 0 {
			continue
		}
		if s.planned != nil {
			for r := range gains(s.planned.users[key], s.planned.justBefore, s.planned.justAfter) {
				delete(gained, r)
			}
		}
		if len(gained) > 0 {
			who = append(who, key)
		}
	}
	if len(who) == 0 {
		return nil
	}
	slices.Sort(who)
	return fmt.Errorf("nothing was switched: users, roles or legacy permissions were changed after the plan, and the switch would now give %s "+
		"rights that the plan does not show. Plan again", text.List(who, 10))
}

// whole lists the objects of a kind, and reads those of which the list does not show everything. Of users,
// it leaves out those who cannot act or whose rights no switch changes.
func (s systems) whole(ctx context.Context, res crud.Resource) (out []schema.Object, err error) {
	res.List(ctx, func(o schema.Object, problem error) bool {
		if err = problem; err == nil {
			out = append(out, o)
		}
		return err == nil
	})
	if err != nil {
		return nil, err
	}
	kept := out[:0]
	for _, o := range out {
		if u, is := o.Body.(*User); is && (u.Disabled || !roleOf(u.Role).customizable()) {
			continue
		}
		if o.Incomplete {
			if o, err = res.Read(ctx, o); errors.Is(err, provider.ErrNotFound) {
				continue
			} else if err != nil {
				return nil, err
			}
		}
		kept = append(kept, o)
	}
	return kept, nil
}

// Estimate implements crud.Estimator: everybody is read again before the switch.
func (s systems) Estimate(provider.Request) crud.Requests {
	n := 3
	if s.planned != nil {
		n += s.planned.requests
	}
	return crud.Requests{"": n}
}
