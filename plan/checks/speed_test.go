package checks_test

import (
	"fmt"
	"testing"

	"github.com/rolecall-dev/rolecall/plan/access"
	"github.com/rolecall-dev/rolecall/plan/checks"
	"github.com/rolecall-dev/rolecall/provider/partoo"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// organization has users with a role and two accesses each, of which every tenth may also flag.
func organization(users, groups, stores int) *schema.Tenant {
	p := &partoo.Provider().Product
	t := &schema.Tenant{Name: "partoo", Product: p}
	add := func(kind string, body any, names ...string) {
		k := p.Kind(kind)
		o := schema.Object{Kind: k, Addr: schema.Address{Provider: "partoo", Kind: kind}, Body: body, Set: k.Mask(names...)}
		o.Rekey()
		t.Objects = append(t.Objects, o)
	}
	for g := range groups {
		var businesses []string
		for n := range stores / groups * 2 {
			businesses = append(businesses, fmt.Sprintf("%06d", (g*stores/groups+n)%stores))
		}
		add("group", &partoo.Group{Section: "S", Name: fmt.Sprint("G", g), Businesses: schema.Canonical(businesses)}, "section", "name", "businesses")
	}
	add("role", &partoo.Role{APIID: "answers", Permissions: []string{"answer"}}, "api_id", "permissions")
	add("role", &partoo.Role{APIID: "both", Permissions: []string{"answer", "flag"}}, "api_id", "permissions")
	for u := range users {
		role := "answers"
		if u%10 == 0 {
			role = "both"
		}
		add("user", &partoo.User{
			Email: fmt.Sprintf("user%06d@zoo.example", u), Role: "GROUP_MANAGER", CustomRole: role,
			Accesses: [][]string{{fmt.Sprint("S/G", u%groups)}, {fmt.Sprint("S/G", (u*7+1)%groups)}},
		}, "email", "role", "custom_role", "accesses")
	}
	return t
}

// duties asks one question for everybody who has a right, as a check with for_each does.
func duties(a schema.CheckAnswers) (out schema.CheckOutcome) {
	who, p := a.WhoCan("answer", "")
	if p != nil {
		panic(p)
	}
	for _, name := range who {
		can, p := a.Can(name, "flag", "")
		if p != nil {
			panic(p)
		}
		if out.Members++; can {
			out.Failed++
		}
	}
	return out
}

// managers asks who has a right at each store.
func managers(stores int) func(schema.CheckAnswers) schema.CheckOutcome {
	return func(a schema.CheckAnswers) (out schema.CheckOutcome) {
		for n := range stores {
			who, p := a.WhoCan("flag", fmt.Sprintf("%06d", n))
			if p != nil {
				panic(p)
			}
			if out.Members++; len(who) == 0 {
				out.Failed++
			}
		}
		return out
	}
}

// BenchmarkChecks evaluates checks about 100,000 users and 1,000 stores.
func BenchmarkChecks(b *testing.B) {
	t := organization(100_000, 500, 20_000)
	t.Checks = []schema.Check{{Name: "duties", Evaluate: duties}, {Name: "managers", Evaluate: managers(1000)}}
	for b.Loop() {
		s := access.New(access.Input{Tenant: t})
		out := checks.Evaluate(checks.Input{Tenant: t, State: s})
		if out[0].Members != 100_000 || out[0].Failed != 10_000 || out[1].Members != 1000 {
			b.Fatal(out[0].Members, out[0].Failed, out[1].Members)
		}
	}
}
