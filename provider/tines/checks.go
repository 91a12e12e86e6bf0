package tines

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// Check holds a plan against what only the live tenant knows: which permissions
// there are, which names are taken, how many roles there may be, what goes with a
// team, and whether the key's own user is in the way.
func (c *client) Check(ctx context.Context, v provider.View) ([]schema.Finding, error) {
	k := &checking{client: c, View: v}
	if err := k.roleRules(ctx); err != nil {
		return nil, err
	}
	if err := k.held(ctx); err != nil {
		return nil, err
	}
	if err := k.teamRules(ctx); err != nil {
		return nil, err
	}
	if err := k.userRules(ctx); err != nil {
		return nil, err
	}
	k.add(k.checkMembers(v)...)
	rows, err := k.checkMapping(ctx, v)
	k.add(rows...)
	return k.findings, err
}

// A checking is one plan under examination.
type checking struct {
	*client
	provider.View
	findings []schema.Finding
}

func (k *checking) add(f ...schema.Finding) { k.findings = append(k.findings, f...) }

// changes yields the planned writes of a kind, in order.
func (k *checking) changes(kind *schema.Kind) func(func(*provider.Request) bool) {
	return func(yield func(*provider.Request) bool) {
		for i := range k.Changes {
			if r := &k.Changes[i]; r.Addr.Kind == kind.Name && !yield(r) {
				return
			}
		}
	}
}

// problem starts an error about a planned write, at its block where there is one.
func problem(r *provider.Request, code, attribute, summary, detail string) schema.Finding {
	o := r.Want
	if o == nil {
		o = r.Have
	}
	f := o.Problem(code, attribute, summary, detail)
	f.Addr = r.Addr
	return f
}

// Whoever holds a role that is deleted is refused, falls back to another role, or
// keeps one that is not there: which of these is not documented. Members of teams
// and rows of the mapping are the plan's to look after. Case groups have members of
// their own, which rolecall never changes, so here they are looked at; what holds a
// role besides, such as the keys of teams, no call shows.

// A caseGroup is one of a team, with its members who hold a role that the plan deletes.
type caseGroup struct {
	name    string // with that of its team
	id      wireID
	unseen  bool
	holders map[string][]string // addresses by role
}

// held finds case groups that hold roles which are to go.
func (k *checking) held(ctx context.Context) error {
	gone := map[string]*provider.Request{}
	for r := range k.changes(&roleKind) {
		if r.Action == schema.Delete {
			gone[r.Addr.Key] = r
		}
	}
	if len(gone) == 0 {
		return nil
	}
	groups, err := k.caseGroups(ctx)
	if err != nil {
		return err
	}
	if err := k.holders(ctx, groups, gone); err != nil {
		return err
	}
	k.tellHeld(groups, gone)
	return nil
}

// caseGroups lists the case groups of all teams, by name.
func (k *checking) caseGroups(ctx context.Context) ([]caseGroup, error) {
	all, err := k.allTeams(ctx)
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex
	var out []caseGroup
	teams, ctx := errgroup.WithContext(ctx)
	teams.SetLimit(atOnce)
	for i := range all {
		teams.Go(func() error {
			w, err := k.team(ctx, string(all[i].ID))
			if err != nil {
				return err
			}
			if err := rest.RequireList("groups", w.Groups); err != nil {
				return &provider.Error{Op: "list case groups of team " + w.Name, Err: err,
					Hint: "Without the case groups it is not known who holds the roles that the plan deletes. Keep the roles, or delete them in Tines."}
			}
			mu.Lock()
			defer mu.Unlock()
			for _, g := range w.Groups {
				out = append(out, caseGroup{name: w.Name + "/" + g.Name, id: g.ID, holders: map[string][]string{}})
			}
			return nil
		})
	}
	err = teams.Wait()
	slices.SortFunc(out, func(a, b caseGroup) int { return strings.Compare(a.name+" "+string(a.id), b.name+" "+string(b.id)) })
	return out, err
}

// holders reads the members of the groups. Whether the call takes the id of a group
// is not documented; where it answers 404, the group is unseen.
func (k *checking) holders(ctx context.Context, groups []caseGroup, gone map[string]*provider.Request) error {
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(atOnce)
	for i := range groups {
		g := &groups[i]
		work.Go(func() error {
			members, err := memberships{k.client}.members(ctx, string(g.id))
			if provider.Status(err) == http.StatusNotFound {
				g.unseen = true
				return nil
			}
			if err != nil {
				return err
			}
			for _, m := range members {
				role, err := k.roleName(ctx, m.Role)
				if err != nil {
					return err
				}
				if gone[role] != nil {
					g.holders[role] = append(g.holders[role], schema.FoldName(m.Email))
				}
			}
			return nil
		})
	}
	return work.Wait()
}

func (k *checking) tellHeld(groups []caseGroup, gone map[string]*provider.Request) {
	var unseen []string
	for i := range groups {
		if groups[i].unseen {
			unseen = append(unseen, groups[i].name)
		}
	}
	for _, role := range slices.Sorted(maps.Keys(gone)) {
		var held []string
		for i := range groups {
			if people := groups[i].holders[role]; len(people) > 0 {
				slices.Sort(people)
				held = append(held, fmt.Sprintf("%s in %s", text.List(people, 3), groups[i].name))
			}
		}
		if len(held) > 0 {
			k.add(problem(gone[role], "tines/role-in-case-group", "", "People in case groups hold the role",
				fmt.Sprintf("Tines does not document what happens to users whose role is deleted, and rolecall never changes case groups. %s: %s. "+
					"Give them another role in Tines, then plan again.", role, text.List(held, 5))))
		}
	}
	where := "The keys of teams can"
	if len(unseen) > 0 {
		where = fmt.Sprintf("The keys of teams and the people in %s can", text.List(unseen, 5))
	}
	roles := slices.Sorted(maps.Keys(gone))
	k.add(problem(gone[roles[0]], "tines/unseen-holders", "", "What else holds a deleted role is not to be seen",
		fmt.Sprintf("%s hold %s, too, and no call shows it. Tines may refuse the deletion then, or give them another role.", where, text.List(roles, 5))).Warn())
}

// oneOf chooses the words for one or for several.
func oneOf(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
