package access

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rolecall-dev/rolecall/provider/partoo"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// organization draws a small organization of Partoo.
func organization() *rapid.Generator[*schema.Tenant] {
	return rapid.Custom(func(t *rapid.T) *schema.Tenant {
		p := &partoo.Provider().Product
		out := &schema.Tenant{Name: "partoo", Product: p}
		add := func(kind string, body any, names ...string) {
			k := p.Kind(kind)
			o := schema.Object{Kind: k, Addr: schema.Address{Provider: "partoo", Kind: kind}, Body: body, Set: k.Mask(names...)}
			o.Rekey()
			out.Objects = append(out.Objects, o)
		}
		some := func(label string, from ...string) []string {
			return schema.Canonical(rapid.SliceOfN(rapid.SampledFrom(from), 0, len(from)).Draw(t, label))
		}
		for _, g := range []string{"A/1", "A/2", "B/1"} {
			add("group", &partoo.Group{Section: g[:1], Name: g[2:], Businesses: some("businesses", stores...)}, "section", "name", "businesses")
		}
		for _, r := range []string{"r1", "r2"} {
			add("role", &partoo.Role{APIID: r, Permissions: some("permissions", permissions...)}, "api_id", "permissions")
		}
		for u := range 4 {
			user := &partoo.User{
				Email: fmt.Sprintf("u%d@zoo.example", u), CustomRole: rapid.SampledFrom([]string{"r1", "r2"}).Draw(t, "custom role"),
				Role:     rapid.SampledFrom([]string{"GROUP_MANAGER", "BUSINESS_MANAGER", "ORG_MANAGER", "ORG_ADMIN"}).Draw(t, "role"),
				Disabled: rapid.Bool().Draw(t, "disabled"),
			}
			for range rapid.IntRange(0, 2).Draw(t, "accesses") {
				if access := some("access", "A/1", "A/2", "B/1"); len(access) > 0 {
					user.Accesses = append(user.Accesses, access)
				}
			}
			user.Accesses = schema.CanonicalSets(user.Accesses)
			user.Businesses = some("own", stores...)
			add("user", user, "email", "role", "custom_role", "accesses", "businesses", "disabled")
		}
		return out
	})
}

var (
	stores      = []string{"s1", "s2", "s3", "s4"}
	permissions = []string{"edit", "reply", "view_reviews"}
)

// holds lists who can do what where: "user edit s1".
func holds(s *State) map[string]bool {
	out := map[string]bool{}
	for _, right := range permissions {
		for _, store := range stores {
			for _, way := range s.Who(right, s.place(store), nil).Ways {
				for _, h := range way.Who {
					out[h.Addr.Key+" "+right+" "+store] = true
				}
			}
		}
	}
	return out
}

// TestNarrowingNeverAdds takes something away, after which nobody may do anything more.
func TestNarrowingNeverAdds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tenant := organization().Draw(t, "organization")
		before := holds(New(Input{Tenant: tenant}))
		n := rapid.IntRange(0, len(tenant.Objects)-1).Draw(t, "object")
		o := tenant.Objects[n].Clone()
		switch body := o.Body.(type) {
		case *partoo.Group:
			body.Businesses = body.Businesses[:len(body.Businesses)/2]
		case *partoo.Role:
			body.Permissions = body.Permissions[:len(body.Permissions)/2]
		case *partoo.User:
			switch rapid.IntRange(0, 2).Draw(t, "less") {
			case 0:
				body.Disabled = true
			case 1:
				body.Accesses = body.Accesses[:len(body.Accesses)/2] // whole accesses: one without a group shows more
			case 2:
				body.Businesses = body.Businesses[:len(body.Businesses)/2]
			}
		}
		tenant.Objects[n] = o
		for held := range holds(New(Input{Tenant: tenant})) {
			if !before[held] {
				t.Fatalf("less of %s gives %s", o.Addr, held)
			}
		}
	})
}

// TestWhoAgreesWithExplain asks each question in both ways, and without shared profiles.
func TestWhoAgreesWithExplain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := New(Input{Tenant: organization().Draw(t, "organization")})
		held := holds(s)
		alone := New(s.Input)
		alone.overlay = objects{} // as a trial, which shares nothing
		for _, sub := range s.Subjects() {
			for _, right := range permissions {
				for _, store := range stores {
					shares, _ := s.Explain(sub, right, s.place(store))
					can := s.Extents(right, s.place(store)).Of(sub)
					canAlone := alone.Extents(right, alone.place(store)).Of(alone.byAddr[sub.Addr])
					if want := held[sub.Addr.Key+" "+right+" "+store]; (len(shares) > 0) != want || (can == All) != want || can != canAlone {
						t.Fatalf("%s %s %s: who-can says %t, explain %v, a check %v, alone %v", sub.Addr, right, store, want, shares, can, canAlone)
					}
				}
			}
		}
	})
}

// TestWhyNot proposes changes only for a right that is missing, the least first.
func TestWhyNot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := New(Input{Tenant: organization().Draw(t, "organization")})
		sub := rapid.SampledFrom(s.Subjects()).Draw(t, "user")
		right, store := rapid.SampledFrom(permissions).Draw(t, "right"), rapid.SampledFrom(stores).Draw(t, "store")
		can := s.Extents(right, s.place(store)).Of(sub) == All
		proposals, has := s.WhyNot(sub, right, s.place(store))
		if has != can {
			t.Fatalf("Extents says %t, WhyNot %t", can, has)
		}
		for i, p := range proposals {
			if len(p.Steps) == 0 || slices.Contains(p.More, right) {
				t.Fatalf("%+v", p)
			}
			if i > 0 && p.weight < proposals[i-1].weight {
				t.Fatalf("%+v comes after %+v", p, proposals[i-1])
			}
		}
	})
}

// TestRosterAgreesWithRights lists the rights of each subject in both ways.
func TestRosterAgreesWithRights(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := New(Input{Tenant: organization().Draw(t, "organization")})
		r := s.Roster()
		for _, sub := range s.Subjects() {
			got, want := map[string]bool{}, map[string]bool{}
			held, _ := r.Of(sub)
			for _, h := range held {
				for _, right := range h.Rights {
					for _, scope := range h.Scopes {
						got[fmt.Sprintln(right, scope, h.Via, h.Set, h.Everywhere)] = true
					}
				}
			}
			list, _ := s.Rights(sub)
			for _, x := range list {
				want[fmt.Sprintln(x.Right, x.Scope, x.Via, x.Set, x.Places == schema.Everywhere)] = true
			}
			if !maps.Equal(got, want) {
				t.Fatalf("%s: %v, want %v", sub.Addr, got, want)
			}
		}
	})
}
