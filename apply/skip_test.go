package apply

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// failing answers the named writes with an error and lets the others through.
func failing(addresses ...string) func(context.Context, provider.Request) fault {
	return func(_ context.Context, r provider.Request) fault {
		for _, a := range addresses {
			if r.Addr.String() == a {
				return fault{err: errors.New("no")}
			}
		}
		return fault{}
	}
}

func TestSkipped(t *testing.T) {
	old, a := aRole("old"), aRole("a")
	north, south := aGroup("north"), aGroup("south")
	holder := aUser("holder@x", "old", []string{"north", "south"})
	newWorld(old, a) // gives them the ids that they have in every world below
	before := with(a, func(r *role) { r.Permissions = []string{"before"} })

	tests := []struct {
		name  string
		plan  *plan.Plan
		apply func(context.Context, provider.Request) fault
		want  []string
	}{
		{
			"what depends on a failure, and what depends on that",
			planOf(create(aRole("r")), create(aUser("u@x", "r"), 0), create(aUser("v@x", "r"), 1), create(aRole("free"))),
			failing("role.r"),
			[]string{
				"create role.r: failed: no",
				"create user.u@x: skipped: needs role.r, which failed",
				"create user.v@x: skipped: needs role.r, which failed",
				"create role.free: done",
			},
		},
		{
			"a diverged right stops those who would get it",
			planOf(create(aGroup("g", "1")), create(aUser("u@x", "a", []string{"g"}), 0)),
			func(_ context.Context, r provider.Request) fault {
				return fault{alter: func(o *schema.Object) {
					if g, ok := o.Body.(*group); ok {
						g.Stores = []string{"1", "2", "3"}
					}
				}}
			},
			[]string{"create group.g: diverged", "create user.u@x: skipped: needs group.g, which reads back differently"},
		},
		{
			"a diverged text stops nobody",
			planOf(create(aRole("r")), create(aUser("u@x", "r"), 0)),
			func(_ context.Context, r provider.Request) fault {
				return fault{alter: func(o *schema.Object) {
					if r, ok := o.Body.(*role); ok {
						r.Title = "ROLE"
					}
				}}
			},
			[]string{"create role.r: diverged", "create user.u@x: done"},
		},
		{
			"a removal stays where something still refers to it",
			planOf(update(holder, with(holder, func(u *user) { u.Role = "a" })), remove(old, schema.Delete, 0), remove(north, schema.Delete)),
			failing("user.holder@x"),
			[]string{
				"update user.holder@x: failed: no",
				"delete role.old: skipped: needs user.holder@x, which failed",
				"delete group.north: done",
			},
		},
		{
			"a stale change stops what needs it",
			planOf(update(before, with(before, func(r *role) { r.Permissions = []string{"after"} })), create(aUser("u@x", "a"), 0)),
			nil,
			[]string{
				"update role.a: stale: changed since the plan: permissions",
				"create user.u@x: skipped: needs role.a, which changed since the plan was made",
			},
		},
		{
			"a removal goes on where an unrelated change failed",
			planOf(create(aRole("r")), remove(old, schema.Delete)),
			failing("role.r"),
			[]string{"create role.r: failed: no", "delete role.old: done"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(old, a, north, south, holder)
			w.apply = test.apply
			if diff := cmp.Diff(test.want, told(execute(t, w.full(), test.plan))); diff != "" {
				t.Errorf("results (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRemovalsComeLast(t *testing.T) {
	old, gone := aRole("old"), aUser("gone@x", "old")
	w := newWorld(old, gone)
	execute(t, w.full(), planOf(remove(old, schema.Delete, 1), remove(gone, schema.Delete), create(aUser("next@x", "r"), 3), create(aRole("r"))))
	want := []string{"create role.r", "create user.next@x", "delete user.gone@x", "delete role.old"}
	if diff := cmp.Diff(want, w.log); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
}

// A name that must become free first: the plan says so, and the rule that
// removals come last gives way.
func TestRemovalThatAChangeNeeds(t *testing.T) {
	old := aRole("taken")
	w := newWorld(old)
	r := execute(t, w.full(), planOf(remove(old, schema.Delete), create(aRole("taken", "p"), 0)))
	if !r.OK() {
		t.Errorf("not OK: %q", told(r))
	}
	if diff := cmp.Diff([]string{"delete role.taken", "create role.taken"}, w.log); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
}
