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

// Check checks a plan against the live tenant: which permissions exist, which names are taken,
// how many roles there may be, what is deleted with a team, and whether the key's own user
// loses access.
func (c *client) Check(ctx context.Context, v provider.View) ([]schema.Finding, error) {
	k := &checking{client: c, View: v}
	if err := k.roleRules(ctx); err != nil {
		return nil, err
	}
	if err := k.heldRoles(ctx); err != nil {
		return nil, err
	}
	if err := k.teamRules(ctx); err != nil {
		return nil, err
	}
	if err := k.userRules(ctx); err != nil {
		return nil, err
	}
	k.memberRules()
	if err := k.mappingRules(ctx); err != nil {
		return nil, err
	}
	return k.findings, nil
}

// A checking is the check of one plan.
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

// objectOf returns the object that a change wants, or the one that it removes.
func objectOf(r *provider.Request) *schema.Object {
	if r.Want == nil {
		return r.Have
	}
	return r.Want
}

// problem returns an error about a change, at its block if there is one.
func problem(r *provider.Request, code, attribute, summary, detail string) schema.Finding {
	f := objectOf(r).Problem(code, attribute, summary, detail)
	f.Addr = r.Addr
	return f
}

// Tines does not document what happens to members whose role is deleted. The plan itself covers
// members of teams and rows of the mapping. Case groups have members of their own, which
// rolecall never changes, so they are checked here. No call shows what else may have a role,
// such as the keys of teams.

// A caseGroup is a case group with those of its members whose role the plan deletes.
type caseGroup struct {
	name    string // with that of its team
	id      wireID
	unread  bool                // its members cannot be read
	holders map[string][]string // addresses by role
}

// heldRoles finds case groups whose members have roles that the plan deletes.
func (k *checking) heldRoles(ctx context.Context) error {
	deleted := map[string]*provider.Request{}
	for r := range k.changes(&roleKind) {
		if r.Action == schema.Delete {
			deleted[r.Addr.Key] = r
		}
	}
	if len(deleted) == 0 {
		return nil
	}
	groups, err := k.caseGroups(ctx)
	if err != nil {
		return err
	}
	if err := k.holders(ctx, groups, deleted); err != nil {
		return err
	}
	k.reportHeld(groups, deleted)
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
	teams.SetLimit(maxConcurrent)
	for i := range all {
		teams.Go(func() error {
			w, err := k.team(ctx, string(all[i].ID))
			if err != nil {
				return err
			}
			if err := rest.RequireList("groups", w.Groups); err != nil {
				return &provider.Error{Op: "list case groups of team " + w.Name, Err: err,
					Hint: "Without the case groups, rolecall cannot check whether their members have a role that the plan deletes. Keep the roles, or delete them in Tines."}
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

// holders reads the members of the groups. Whether the call accepts the id of a case group is not
// documented; if it answers 404, the members are unread.
func (k *checking) holders(ctx context.Context, groups []caseGroup, deleted map[string]*provider.Request) error {
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(maxConcurrent)
	for i := range groups {
		g := &groups[i]
		work.Go(func() error {
			members, err := memberships{k.client}.members(ctx, string(g.id))
			if provider.Status(err) == http.StatusNotFound {
				g.unread = true
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
				if deleted[role] != nil {
					g.holders[role] = append(g.holders[role], schema.FoldName(m.Email))
				}
			}
			return nil
		})
	}
	return work.Wait()
}

func (k *checking) reportHeld(groups []caseGroup, deleted map[string]*provider.Request) {
	var unread []string
	for i := range groups {
		if groups[i].unread {
			unread = append(unread, groups[i].name)
		}
	}
	for _, role := range slices.Sorted(maps.Keys(deleted)) {
		var held []string
		for i := range groups {
			if people := groups[i].holders[role]; len(people) > 0 {
				slices.Sort(people)
				held = append(held, fmt.Sprintf("%s in %s", text.List(people, 3), groups[i].name))
			}
		}
		if len(held) > 0 {
			k.add(problem(deleted[role], "tines/role-in-case-group", "", "Members of case groups have the role",
				fmt.Sprintf("Tines does not document what happens to members whose role is deleted, and rolecall never changes case groups. %s: %s. "+
					"Give them another role in Tines, then plan again.", role, text.List(held, 5))))
		}
	}
	where := "Keys of teams may"
	if len(unread) > 0 {
		where = fmt.Sprintf("Keys of teams and members of %s may", text.List(unread, 5))
	}
	roles := slices.Sorted(maps.Keys(deleted))
	k.add(problem(deleted[roles[0]], "tines/unseen-holders", "", "Other holders of a deleted role cannot be checked",
		fmt.Sprintf("%s also have %s, and no call shows it. Tines may then refuse the deletion, or give them another role.", where, text.List(roles, 5))).Warn().HidesRights())
}

// oneOf returns one or, if n is not 1, many.
func oneOf(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
