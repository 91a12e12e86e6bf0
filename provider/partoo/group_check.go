package partoo

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// groups reports sections that would be deleted with groups in them, and groups that would be
// deleted or emptied while accesses name them.
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
		if held := usersOf(users, key); len(held) > 0 {
			f := gone[key].Have.Problem("partoo/group-in-use", "", "The group is still part of accesses",
				fmt.Sprintf("Without %s the accesses of %s could show more than before, because a missing group no longer filters. "+
					"Change those accesses first, in the same plan or in the Partoo app.", key, text.List(held, 5)))
			f.Addr = gone[key].Addr
			k.add(f)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(emptied)) {
		if held := usersOf(users, key); len(held) > 0 {
			k.add(emptied[key].Want.Problem("partoo/group-in-use", "businesses", "The group is emptied while accesses name it",
				fmt.Sprintf("What an access with an empty group shows is not documented: it could be nothing or more than before. %s is part of the accesses of %s. "+
					"Remove it from those accesses, or keep a business in it.", key, text.List(held, 5))))
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

// users returns the users as they would be after the plan. They are listed if the plan did not
// need them.
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

// usersOf lists the users with an access that has the group.
func usersOf(users []schema.Object, group string) []string {
	var out []string
	for i := range users {
		u := users[i].Body.(*User)
		if roleOf(u.Role).reach == byAccesses && slices.ContainsFunc(u.Accesses, func(a []string) bool { return contains(a, group) }) {
			out = append(out, u.Email)
		}
	}
	slices.Sort(out)
	return out
}
