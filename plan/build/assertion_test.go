package build

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// broken writes which assertions do not hold, with their failures.
func broken(p *plan.Plan) []string {
	var out []string
	d := &plan.Document{Plans: []*plan.Plan{p}}
	for _, a := range d.Assert([]plan.AssertionName{plan.NoAccessChange, plan.NoNewAdmin, plan.NoLoss}) {
		for _, f := range a.Failures {
			out = append(out, fmt.Sprintf("%s: %s", a.Name, f.Text))
		}
		if a.Holds != (a.Total == 0) || len(a.Failures) > a.Total {
			out = append(out, fmt.Sprintf("%+v", a))
		}
	}
	return out
}

func TestAssertions(t *testing.T) {
	meat := [][]string{{"Food/Meat"}}
	start := func() *zoo {
		z := newZoo()
		z.in.Tenant.Privileged = []string{"cull"}
		z.both(&zooSection{Name: "Food"})
		z.both(&zooGroup{Section: "Food", Name: "Meat"})
		z.both(&zooRole{ID: "keeper", Permissions: []string{"clean", "feed"}})
		z.both(&zooUser{Email: "boss@x", Admin: true})
		return z
	}
	for _, c := range []struct {
		name  string
		write func(z *zoo)
		want  []string
	}{
		{"nothing", func(*zoo) {}, nil},
		{"another role with the same permissions", func(z *zoo) {
			z.live(&zooUser{Email: "eve@x", Role: "keeper", Accesses: meat})
			z.files(&zooRole{ID: "warden", Permissions: []string{"feed", "clean"}})
			z.files(&zooUser{Email: "eve@x", Role: "warden", Accesses: meat})
		}, nil},
		{"a role that nobody holds", func(z *zoo) {
			z.live(&zooRole{ID: "old", Permissions: []string{"cull"}})
			z.removed("role", "old")
			z.files(&zooRole{ID: "new", Permissions: []string{"cull"}})
		}, nil},
		{"more and less, for an undeclared user", func(z *zoo) {
			z.live(&zooUser{Email: "eve@x", Role: "keeper", Accesses: meat})
			z.in.Tenant.Objects[2].Body = &zooRole{ID: "keeper", Permissions: []string{"feed", "cull", "weigh"}}
		}, []string{
			"no-access-change: user.eve@x loses clean on Food/Meat, and gains cull on Food/Meat and 1 more right, because of role.keeper (zoo.hcl:3)",
			"no-new-admin: user.eve@x gains the privileged right cull on Food/Meat, because of role.keeper (zoo.hcl:3)",
			"no-loss: user.eve@x loses clean on Food/Meat, because of role.keeper (zoo.hcl:3)",
		}},
		{"a new user without rights", func(z *zoo) { z.files(&zooUser{Email: "eve@x"}) }, []string{
			"no-access-change: user.eve@x gets an account (zoo.hcl:5)",
		}},
		{"a user without rights is deleted", func(z *zoo) {
			z.live(&zooUser{Email: "eve@x", Disabled: true})
			z.manage("user", schema.Manage{OnRemoval: schema.Delete})
			z.removed("user", "eve@x")
		}, []string{
			"no-access-change: user.eve@x is deleted (zoo.hcl:80)",
			"no-loss: user.eve@x is deleted (zoo.hcl:80)",
		}},
		{"a user without rights becomes inactive", func(z *zoo) {
			z.live(&zooUser{Email: "eve@x"})
			z.files(&zooUser{Email: "eve@x", Disabled: true})
		}, []string{
			"no-access-change: user.eve@x becomes inactive (zoo.hcl:5)",
			"no-loss: user.eve@x becomes inactive (zoo.hcl:5)",
		}},
		{"a user without rights becomes active", func(z *zoo) {
			z.live(&zooUser{Email: "eve@x", Disabled: true})
			z.files(&zooUser{Email: "eve@x"})
		}, []string{"no-access-change: user.eve@x becomes active (zoo.hcl:5)"}},
		{"an account gets another name", func(z *zoo) {
			z.live(&zooUser{Email: "ana@x", Role: "keeper", Accesses: meat})
			z.files(&zooUser{Email: "eve@x", Role: "keeper", Accesses: meat}).Previously = []string{"ana@x"}
		}, []string{
			"no-access-change: user.ana@x loses clean on Food/Meat and 1 more right, because of user.eve@x (zoo.hcl:5)",
			"no-access-change: user.eve@x gains clean on Food/Meat and 1 more right (zoo.hcl:5)",
		}},
		{"an account gets another name and fewer rights", func(z *zoo) {
			z.live(&zooUser{Email: "ana@x", Role: "keeper", Accesses: meat})
			z.files(&zooRole{ID: "vet", Permissions: []string{"feed"}})
			z.files(&zooUser{Email: "eve@x", Role: "vet", Accesses: meat}).Previously = []string{"ana@x"}
		}, []string{
			"no-access-change: user.ana@x loses clean on Food/Meat and 1 more right, because of role.vet (zoo.hcl:5), with 1 other change",
			"no-access-change: user.eve@x gains feed on Food/Meat (zoo.hcl:6), with 1 other change",
			"no-loss: user.ana@x loses clean on Food/Meat and 1 more right, because of role.vet (zoo.hcl:5), with 1 other change",
		}},
		{"an account without rights gets another name", func(z *zoo) {
			z.live(&zooUser{Email: "ana@x"})
			z.files(&zooUser{Email: "eve@x"}).Previously = []string{"ana@x"}
		}, []string{"no-access-change: user.eve@x gets the account of user.ana@x (zoo.hcl:5)"}},
		{"an object that cannot be read", func(z *zoo) {
			z.live(&zooUser{Email: "eve@x", Name: "Eva", Role: "keeper", Accesses: meat}).LastWritten = true
			z.files(&zooUser{Email: "eve@x", Name: "Eve", Role: "keeper", Accesses: meat})
		}, []string{
			"no-access-change: the product does not let user.eve@x be read, so it is not known what the update changes (zoo.hcl:5)",
			"no-new-admin: the product does not let user.eve@x be read, so it is not known what the update changes (zoo.hcl:5)",
			"no-loss: the product does not let user.eve@x be read, so it is not known what the update changes (zoo.hcl:5)",
		}},
		{"a role of a user who cannot be read", func(z *zoo) {
			z.live(&zooUser{Email: "eve@x", Role: "keeper"}, "role").LastWritten = true
			z.in.Tenant.Objects[2].Body = &zooRole{ID: "keeper", Permissions: []string{"clean", "feed", "weigh"}}
		}, []string{
			"no-access-change: the product does not let user.eve@x be read, so its rights are not known, because of role.keeper (zoo.hcl:3)",
			"no-new-admin: the product does not let user.eve@x be read, so its rights are not known, because of role.keeper (zoo.hcl:3)",
			"no-loss: the product does not let user.eve@x be read, so its rights are not known, because of role.keeper (zoo.hcl:3)",
		}},
		{"a role whose rights are not known", func(z *zoo) {
			kind := z.in.Tenant.Product.Kind("user")
			kind.Grants = func(o *schema.Object, look schema.Lookup) []schema.Grant {
				if u := o.Body.(*zooUser); u.Role == "guard" {
					return []schema.Grant{{Right: "what guard permits", Scope: "the zoo", Unknown: true}}
				}
				return zooGrants(o, look)
			}
			z.both(&zooRole{ID: "guard"})
			z.live(&zooUser{Email: "eve@x"})
			z.files(&zooUser{Email: "eve@x", Role: "guard"})
		}, []string{
			"no-access-change: user.eve@x gains what guard permits on the zoo (zoo.hcl:6)",
			"no-new-admin: it is not known which rights user.eve@x gains (zoo.hcl:6)",
		}},
		{"duplicates", func(z *zoo) {
			z.live(&zooTeam{Name: "Day"}).ID = "1"
			z.live(&zooTeam{Name: "Day"}).ID = "2"
			z.files(&zooTeam{Name: "Day", Members: []string{"boss@x"}})
		}, []string{
			"no-access-change: 1 object is left out of the plan because of duplicates in the product",
			"no-new-admin: 1 object is left out of the plan because of duplicates in the product",
			"no-loss: 1 object is left out of the plan because of duplicates in the product",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			z := start()
			c.write(z)
			r := Build(z.in)
			if !r.Missing.Empty() {
				t.Fatalf("the plan is unfinished: %+v", r.Missing)
			}
			if diff := cmp.Diff(c.want, broken(r.Plan)); diff != "" {
				t.Errorf("failures (-want +got):\n%s", diff)
			}
		})
	}
}

// Users whom it takes too many requests to read may have lost or gained anything.
func TestAssertionsWithUnreadUsers(t *testing.T) {
	z := newZoo()
	z.live(&zooRole{ID: "keeper", Permissions: []string{"feed"}})
	z.files(&zooRole{ID: "keeper", Permissions: []string{"feed", "clean"}}, "permissions")
	for i := range maxImpactReads + 1 {
		z.live(&zooUser{Email: fmt.Sprintf("u%d@x", i)}, "email").Incomplete = true
	}
	for _, line := range broken(Build(z.in).Plan) {
		if !strings.Contains(line, "it is not known whose rights change: Not all affected users are known (plan/affected-unknown)") {
			t.Error(line)
		}
	}
	if n := len(broken(Build(z.in).Plan)); n != 3 {
		t.Errorf("%d assertions do not hold, want 3", n)
	}
}

// An assertion counts all failures and lists the first ones.
func TestAssertionListsTheFirstFailures(t *testing.T) {
	z := newZoo()
	for i := range 25 {
		z.files(&zooUser{Email: fmt.Sprintf("u%02d@x", i), Admin: true})
	}
	d := &plan.Document{Plans: []*plan.Plan{Build(z.in).Plan}}
	a := d.Assert([]plan.AssertionName{plan.NoNewAdmin})[0]
	if a.Total != 25 || len(a.Failures) != 10 || a.Failures[0].Subject != "user.u00@x" || a.Failures[0].Line != 1 {
		t.Errorf("%+v", a)
	}
}
