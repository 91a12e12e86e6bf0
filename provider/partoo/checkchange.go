package partoo

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// change checks one planned write by itself.
func (k *checking) change(r *provider.Request) {
	if r.Want == nil {
		return
	}
	switch w := r.Want.Body.(type) {
	case *Role:
		k.role(r, w)
	case *User:
		k.user(r, w)
	}
}

func (k *checking) role(r *provider.Request, w *Role) {
	if r.Have == nil && newAPIID(w.APIID) != nil {
		k.add(r.Want.Problem("partoo/role-api-id", "api_id", "A new api_id must not contain a dot",
			fmt.Sprintf("Whether Partoo takes a dot in %q is not documented. Write %q instead.", w.APIID, strings.ReplaceAll(w.APIID, ".", "_"))))
	}
	if r.Have != nil && w.Description == "" && r.Have.Body.(*Role).Description != "" {
		k.add(r.Want.Problem("partoo/empty-description", "description", "A description cannot be cleared",
			"Partoo documents no way to take a description away. Write another one, leave the attribute out to keep it, or clear it in the Partoo app."))
	}
}

func (k *checking) user(r *provider.Request, w *User) {
	if r.Have == nil {
		var missing []string
		if w.FirstName == "" {
			missing = append(missing, "first_name")
		}
		if w.LastName == "" {
			missing = append(missing, "last_name")
		}
		if len(missing) > 0 {
			k.add(r.Want.Problem("partoo/new-user-name", missing[0], "A new user needs a first and a last name",
				fmt.Sprintf("Partoo's search does not show %s, who would be created. Write %s, or correct the address. "+
					"Whether the search shows disabled users is not documented: look the user up in the Partoo app.", w.Email, text.List(missing, 2))))
		}
	}
	if w.Role == roleGroupManager && len(w.Accesses) == 0 && (r.Have == nil || r.Changed&userKind.Mask("role", "accesses") != 0) {
		f := r.Want.Problem("partoo/no-access", "accesses", "A group manager would have no access",
			"What a GROUP_MANAGER without an access sees is not documented: it could be nothing, or everything. Give at least one access.")
		if r.Have != nil && r.Have.Body.(*User).Role == roleGroupManager {
			f = f.Warn() // the accesses are taken away on purpose: an expression must not give an empty list
		}
		k.add(f)
	}
	if r.Have == nil {
		return
	}
	before := r.Have.Body.(*User)
	lost := lostSections(before.Accesses, w.Accesses)
	for i, access := range w.Accesses {
		if was, widened := lost[i]; widened && before.Role == roleGroupManager {
			k.add(r.Want.Problem("partoo/wider-access", "accesses", "Taking groups out of an access widens it",
				fmt.Sprintf("Until now the access was %s. Without a group of one of its sections it is %s, which lets more businesses through. "+
					"Take out the whole access if less was meant.", accessWords(was), accessWords(access))).Warn())
		}
	}
}

// groups finds sections that would go with groups in them, and groups that would
// go or be emptied while accesses name them.
func (k *checking) groups(ctx context.Context) error {
	gone, emptied := map[string]*provider.Request{}, map[string]*provider.Request{}
	for i := range k.Changes {
		r := &k.Changes[i]
		switch {
		case r.Addr.Kind == sectionKind.Name && r.Action == schema.Delete:
			if err := k.section(ctx, r); err != nil {
				return err
			}
		case r.Addr.Kind == groupKind.Name && r.Action == schema.Delete:
			gone[r.Addr.Key] = r
		case r.Addr.Kind == groupKind.Name && emptiesGroup(r):
			emptied[r.Addr.Key] = r
		}
	}
	if len(gone)+len(emptied) == 0 {
		return nil
	}
	users, err := k.users(ctx)
	if err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(gone)) {
		if held := holding(users, key); len(held) > 0 {
			f := gone[key].Have.Problem("partoo/group-in-use", "", "The group is still part of accesses",
				fmt.Sprintf("Without %s the accesses of %s could show more than before, because a missing group no longer filters. "+
					"Change those accesses first, in the same plan or in the Partoo app.", key, text.List(held, 5)))
			f.Addr = gone[key].Addr
			k.add(f)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(emptied)) {
		if held := holding(users, key); len(held) > 0 {
			k.add(emptied[key].Want.Problem("partoo/group-in-use", "businesses", "The group is emptied while accesses name it",
				fmt.Sprintf("What an access with an empty group shows is not documented: nothing, or more than before. %s is part of the accesses of %s. "+
					"Take it out of those accesses, or leave a business in it.", key, text.List(held, 5))))
		}
	}
	return nil
}

func emptiesGroup(r *provider.Request) bool {
	if r.Have == nil || r.Want == nil || !r.Have.Has("businesses") {
		return false
	}
	return len(r.Have.Body.(*Group).Businesses) > 0 && len(r.Want.Body.(*Group).Businesses) == 0
}

// section: what becomes of the groups of a deleted section is not documented.
func (k *checking) section(ctx context.Context, r *provider.Request) error {
	all, err := k.allSections(ctx)
	if err != nil {
		return err
	}
	going := map[string]bool{}
	for _, other := range k.Changes {
		if other.Addr.Kind == groupKind.Name && other.Action == schema.Delete {
			going[other.Have.ID] = true
		}
	}
	var left []string
	for _, s := range all {
		if idText(s.ID) != r.Have.ID {
			continue
		}
		for _, g := range s.Groups {
			if !going[idText(g.ID)] {
				left = append(left, g.Name)
			}
		}
	}
	if len(left) > 0 {
		slices.Sort(left)
		f := r.Have.Problem("partoo/section-in-use", "", "The section still has groups",
			fmt.Sprintf("What Partoo does with the groups of a deleted section is not documented, so it has to be empty. %s still has %s. "+
				"Remove the groups in the same plan, or keep the section.", r.Addr.Key, text.List(left, 5)))
		f.Addr = r.Addr
		k.add(f)
	}
	return nil
}

// users are those of the organization as they would be after the plan. Where the
// plan did not need them, they are listed.
func (k *checking) users(ctx context.Context) ([]schema.Object, error) {
	if users, listed := k.After[userKind.Name]; listed {
		return users, nil
	}
	if users, listed := k.Live[userKind.Name]; listed {
		return users, nil
	}
	var out []schema.Object
	all := users{k.client}
	for o, err := range func(yield func(schema.Object, error) bool) { all.List(ctx, yield) } {
		if err != nil {
			return nil, err
		}
		if o.Incomplete && !o.Has("accesses") {
			if o, err = all.Read(ctx, o); err != nil {
				return nil, err
			}
		}
		out = append(out, o)
	}
	return out, nil
}

// holding lists who has a group in an access.
func holding(users []schema.Object, group string) []string {
	var out []string
	for i := range users {
		u := users[i].Body.(*User)
		if u.Role == roleGroupManager && slices.ContainsFunc(u.Accesses, func(a []string) bool { return contains(a, group) }) {
			out = append(out, u.Email)
		}
	}
	slices.Sort(out)
	return out
}
