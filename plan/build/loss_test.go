package build

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/plan"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// keepers lets n live users hold the role "keeper" in one place each.
func keepers(z *zoo, n int, permissions ...string) {
	z.live(&zooRole{ID: "keeper", Permissions: permissions})
	z.live(&zooSection{Name: "Food"})
	z.live(&zooGroup{Section: "Food", Name: "Meat"})
	for i := range n {
		z.live(&zooUser{Email: fmt.Sprintf("u%02d@zoo.example", i), Role: "keeper", Accesses: [][]string{{"Food/Meat"}}})
	}
}

// others are users who are there and lose nothing.
func others(z *zoo, n int) {
	z.live(&zooRole{ID: "vet", Permissions: []string{"cure"}})
	for i := range n {
		z.live(&zooUser{Email: fmt.Sprintf("v%02d@zoo.example", i), Role: "vet", Accesses: [][]string{{"Food/Meat"}}})
	}
}

// Users who keep their account and lose what they could do with it count as removed,
// whatever it is through.
func TestLimitLosses(t *testing.T) {
	each := func(n int, change func(*zooUser), set ...string) func(z *zoo) {
		return func(z *zoo) {
			keepers(z, n, "clean", "feed", "weigh")
			for i := range n {
				u := &zooUser{Email: fmt.Sprintf("u%02d@zoo.example", i), Role: "keeper", Accesses: [][]string{{"Food/Meat"}}}
				change(u)
				z.files(u, set...)
			}
		}
	}
	tooMany := []string{"plan/limit-removals user."}
	violations(t, []scene{
		{"a role is emptied", func(z *zoo) {
			keepers(z, 12, "clean", "feed")
			z.files(&zooRole{ID: "keeper"}, "permissions")
		}, tooMany},
		{"a role keeps one tiny right", func(z *zoo) {
			keepers(z, 12, "clean", "feed", "weigh")
			z.files(&zooRole{ID: "keeper", Permissions: []string{"clean"}}, "permissions")
		}, tooMany},
		{"a role loses one right of three", func(z *zoo) {
			keepers(z, 12, "clean", "feed", "weigh")
			z.files(&zooRole{ID: "keeper", Permissions: []string{"clean", "feed"}}, "permissions")
		}, nil},
		{"a role that five hold is emptied", func(z *zoo) {
			keepers(z, 5, "clean", "feed")
			z.files(&zooRole{ID: "keeper"}, "permissions")
		}, nil},
		{"a role that a quarter holds is emptied", func(z *zoo) {
			keepers(z, 6, "clean", "feed")
			others(z, 18)
			z.files(&zooRole{ID: "keeper"}, "permissions")
		}, nil},
		{"a role that more than a quarter holds is emptied", func(z *zoo) {
			keepers(z, 6, "clean", "feed")
			others(z, 17)
			z.files(&zooRole{ID: "keeper"}, "permissions")
		}, tooMany},
		{"removed users and those who lose everything count together", func(z *zoo) {
			keepers(z, 3, "clean", "feed")
			others(z, 9)
			z.files(&zooRole{ID: "keeper"}, "permissions")
			for i := range 3 {
				z.removed("user", fmt.Sprintf("v%02d@zoo.example", i))
			}
		}, tooMany},
		{"who is removed and loses everything counts once", func(z *zoo) {
			keepers(z, 5, "clean", "feed")
			z.files(&zooRole{ID: "keeper"}, "permissions")
			for i := range 3 {
				z.removed("user", fmt.Sprintf("u%02d@zoo.example", i))
			}
		}, nil},
		{"every place is taken", each(8, func(u *zooUser) { u.Accesses = nil }, "accesses"), tooMany},
		{"another role of the same size", func(z *zoo) {
			z.live(&zooRole{ID: "doctor", Permissions: []string{"cure", "scan"}})
			each(8, func(u *zooUser) { u.Role = "doctor" }, "role")(z)
		}, tooMany}, // nobody keeps anything
		{"another role, with one right", func(z *zoo) {
			z.live(&zooRole{ID: "guest", Permissions: []string{"look"}})
			each(8, func(u *zooUser) { u.Role = "guest" }, "role")(z)
		}, tooMany},
		{"administrators become something small", func(z *zoo) {
			z.live(&zooRole{ID: "guest", Permissions: []string{"look"}})
			z.live(&zooUser{Email: "root@zoo.example", Admin: true})
			for i := range 8 {
				z.live(&zooUser{Email: fmt.Sprintf("u%02d@zoo.example", i), Admin: true})
				z.files(&zooUser{Email: fmt.Sprintf("u%02d@zoo.example", i)}, "admin")
			}
		}, tooMany},
		{"what is held for them goes", func(z *zoo) {
			z.live(&zooRole{ID: "keeper", Permissions: []string{"feed"}})
			z.live(&zooTeam{Name: "Night"})
			z.files(&zooTeam{Name: "Night"})
			z.files(&zooRole{ID: "keeper"}, "permissions")
			for i := range 8 {
				z.live(&zooUser{Email: fmt.Sprintf("u%02d@zoo.example", i)})
				z.live(&zooShift{Team: "Night", Person: fmt.Sprintf("u%02d@zoo.example", i), Role: "keeper"})
			}
		}, tooMany},
		{"through thin shifts of which nobody knows the role", func(z *zoo) {
			z.live(&zooRole{ID: "keeper", Permissions: []string{"feed"}})
			z.files(&zooRole{ID: "keeper"}, "permissions")
			z.live(&zooTeam{Name: "Night"})
			for i := range maxImpactReads + 1 {
				z.live(&zooUser{Email: fmt.Sprintf("u%03d@zoo.example", i)})
				z.live(&zooShift{Team: "Night", Person: fmt.Sprintf("u%03d@zoo.example", i)}, "team").Incomplete = true
			}
		}, tooMany},
		{"rights that cannot be read become known ones", func(z *zoo) {
			unread(z, &zooRole{ID: "tiny", Permissions: []string{"look"}})
		}, tooMany},
		{"rights that cannot be read become everything", func(z *zoo) {
			z.in.Tenant.Product.Kind("user").GrantsAll = func(o *schema.Object) bool { return o.Body.(*zooUser).Role == "most" }
			unread(z, &zooRole{ID: "most", Permissions: []string{"cull", "feed", "look"}})
		}, nil},
		{"lifted", func(z *zoo) {
			keepers(z, 12, "clean", "feed")
			z.in.Tenant.Limits.MaxDeletes = 12
			z.files(&zooRole{ID: "keeper"}, "permissions")
		}, nil},
	})
}

// unread lets eight users whose rights cannot be read get a role.
func unread(z *zoo, role *zooRole) {
	z.live(role)
	z.live(&zooSection{Name: "Food"})
	z.live(&zooGroup{Section: "Food", Name: "Meat"})
	others(z, 1)
	for i := range 8 {
		email := fmt.Sprintf("u%02d@zoo.example", i)
		z.live(&zooUser{Email: email}, "email").LastWritten = true
		z.files(&zooUser{Email: email, Role: role.ID, Accesses: [][]string{{"Food/Meat"}}}, "role", "accesses")
	}
}

// A protected user may not lose a right, whatever it is through.
func TestProtectedThroughOthers(t *testing.T) {
	protect := func(z *zoo) {
		z.in.Tenant.Protect = []string{"user.u00@zoo.example"}
		keepers(z, 2, "clean", "feed", "weigh")
	}
	violations(t, []scene{
		{"a role loses a right", func(z *zoo) {
			protect(z)
			z.files(&zooRole{ID: "keeper", Permissions: []string{"clean", "feed"}}, "permissions")
		}, []string{"plan/protected user.u00@zoo.example"}},
		{"a role gains a right", func(z *zoo) {
			protect(z)
			z.files(&zooRole{ID: "keeper", Permissions: []string{"clean", "cull", "feed", "weigh"}}, "permissions")
		}, nil},
		{"through what is held for the user", func(z *zoo) {
			protect(z)
			z.live(&zooRole{ID: "guard", Permissions: []string{"lock"}})
			z.live(&zooTeam{Name: "Night"})
			z.live(&zooShift{Team: "Night", Person: "u00@zoo.example", Role: "guard"})
			z.files(&zooRole{ID: "guard"}, "permissions")
		}, []string{"plan/protected user.u00@zoo.example"}},
		{"who is an administrator loses nothing that matters", func(z *zoo) {
			protect(z)
			z.in.Live["user"][0].Body.(*zooUser).Admin = true
			z.files(&zooRole{ID: "keeper"}, "permissions")
		}, nil},
	})
}

// What the journals tell of the last day counts together with the plan.
func TestLimitDaily(t *testing.T) {
	gone := func(n int) plan.Recent {
		var r plan.Recent
		for i := range n {
			r.Removed = append(r.Removed, schema.Address{Kind: "user", Key: fmt.Sprintf("gone%02d@zoo.example", i)})
		}
		return r
	}
	leaving := func(z *zoo) { // 3 of 21
		others(z, 21)
		for i := range 3 {
			z.removed("user", fmt.Sprintf("v%02d@zoo.example", i))
		}
	}
	daily := []string{"plan/limit-daily user."}
	violations(t, []scene{
		{"nothing before", leaving, nil},
		{"a quarter of what there was", func(z *zoo) { leaving(z); z.in.Recent = gone(3) }, nil},
		{"more than a quarter", func(z *zoo) { leaving(z); z.in.Recent = gone(4) }, daily},
		{"five of few", func(z *zoo) {
			others(z, 3)
			z.removed("user", "v00@zoo.example")
			z.in.Recent = gone(4)
		}, nil},
		{"other kinds do not count", func(z *zoo) {
			leaving(z)
			for i := range 9 {
				z.in.Recent.Removed = append(z.in.Recent.Removed, schema.Address{Kind: "role", Key: fmt.Sprint(i)})
			}
		}, nil},
		{"who lost everything earlier and goes now counts once", func(z *zoo) {
			leaving(z)
			z.in.Recent = gone(3)
			for i := range 3 {
				z.in.Recent.Removed = append(z.in.Recent.Removed, schema.Address{Kind: "user", Key: fmt.Sprintf("v%02d@zoo.example", i)})
			}
		}, nil},
		{"losing everything counts like going", func(z *zoo) {
			keepers(z, 3, "clean", "feed")
			others(z, 17)
			z.files(&zooRole{ID: "keeper"}, "permissions")
			z.in.Recent = gone(4)
		}, daily},
		{"lifted", func(z *zoo) { leaving(z); z.in.Recent = gone(4); z.in.Tenant.Limits.MaxDailyRemovals = 7 }, nil},
		{"lowered", func(z *zoo) {
			others(z, 3)
			z.removed("user", "v00@zoo.example")
			z.in.Recent = gone(4)
			z.in.Tenant.Limits.MaxDailyRemovals = 4
		}, daily},
		{"a plan that removes nothing", func(z *zoo) { others(z, 3); z.in.Recent = gone(40) }, nil},
		{"not known", func(z *zoo) { leaving(z); z.in.Recent.Unknown = "the journal is damaged" }, daily},
		{"not known, and nothing removed", func(z *zoo) { others(z, 3); z.in.Recent.Unknown = "the journal is damaged" }, nil},
	})
}

// The plan hands over what apply and the journal need.
func TestRemovesOfChanges(t *testing.T) {
	z := newZoo()
	keepers(z, 2, "clean", "feed")
	z.files(&zooRole{ID: "keeper"}, "permissions")
	z.live(&zooUser{Email: "ana@zoo.example", Admin: true})
	z.live(&zooUser{Email: "ben@zoo.example", Admin: true})
	z.live(&zooUser{Email: "cem@zoo.example", Admin: true})
	z.live(&zooUser{Email: "dan@zoo.example", Admin: true, Disabled: true})
	z.in.Self = schema.Address{Provider: "zoo", Kind: "user", Key: "cem@zoo.example"}
	z.removed("user", "ana@zoo.example")
	p := Build(z.in).Plan
	var got []string
	for _, c := range p.Changes {
		var removes []string
		for _, a := range c.Removes {
			removes = append(removes, a.Key)
		}
		slices.Sort(removes)
		got = append(got, fmt.Sprintf("%s demotes=%t [%s]", c.Addr, c.Demotes, strings.Join(removes, " ")))
	}
	if diff := cmp.Diff([]string{
		"role.keeper demotes=false [u00@zoo.example u01@zoo.example]",
		"user.ana@zoo.example demotes=true []",
	}, got); diff != "" {
		t.Error(diff)
	}
	keys := func(list []schema.Object) (out []string) {
		for _, o := range list {
			out = append(out, o.Addr.Key)
		}
		return out
	}
	if diff := cmp.Diff([]string{"ana@zoo.example"}, keys(p.Administrators.Demoted)); diff != "" {
		t.Errorf("demoted: %s", diff)
	}
	if diff := cmp.Diff([]string{"cem@zoo.example", "ben@zoo.example"}, keys(p.Administrators.Staying)); diff != "" {
		t.Errorf("staying: %s", diff)
	}
}
