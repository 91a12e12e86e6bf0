package access

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/partoo"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// large is an organization of Partoo with users who have a role and two accesses each, as files
// declare it.
func large(users, roles, groups, stores int) *schema.Tenant {
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
		for n := range stores / 50 {
			businesses = append(businesses, fmt.Sprintf("%06d", (g*37+n*53)%stores))
		}
		add("group", &partoo.Group{Section: fmt.Sprint("S", g%5), Name: fmt.Sprint("G", g), Businesses: schema.Canonical(businesses)}, "section", "name", "businesses")
	}
	for r := range roles {
		var permissions []string
		for n := range 30 {
			permissions = append(permissions, fmt.Sprintf("permission_%02d", (r+n)%60))
		}
		add("role", &partoo.Role{APIID: fmt.Sprint("role", r), Permissions: schema.Canonical(permissions)}, "api_id", "permissions")
	}
	for u := range users {
		a, b := u%groups, (u*7+1)%groups
		add("user", &partoo.User{
			Email: fmt.Sprintf("user%06d@zoo.example", u), Role: "GROUP_MANAGER", CustomRole: fmt.Sprint("role", u%roles),
			Accesses: [][]string{{key(a)}, {key(b)}},
		}, "email", "role", "custom_role", "accesses")
	}
	return t
}

func key(g int) string { return fmt.Sprintf("S%d/G%d", g%5, g) }

// BenchmarkWho answers one question about 100,000 users, as who-can does after reading.
func BenchmarkWho(b *testing.B) {
	t := large(100_000, 50, 500, 20_000)
	for b.Loop() {
		s := New(Input{Tenant: t})
		found, _ := s.FindRight("permission_07")
		scopes, _ := s.FindScope("000042")
		a := s.Who(found[0], scopes[0], nil)
		if n, _, _ := Count(a.Ways); n == 0 {
			b.Fatal("nobody")
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapSys)/(1<<20), "MB-heap")
}

// BenchmarkExplain explains one of 100,000 users.
func BenchmarkExplain(b *testing.B) {
	t := large(100_000, 50, 500, 20_000)
	for b.Loop() {
		s := New(Input{Tenant: t})
		found, _ := s.FindSubject("user.user000007@zoo.example")
		if shares, _ := s.Explain(found[0], "", nil); len(shares) != 2 {
			b.Fatal(shares)
		}
	}
}

// BenchmarkWhyNot proposes changes for one of 100,000 users.
func BenchmarkWhyNot(b *testing.B) {
	t := large(100_000, 50, 500, 20_000)
	for b.Loop() {
		s := New(Input{Tenant: t})
		found, _ := s.FindSubject("user.user000007@zoo.example")
		scopes, _ := s.FindScope("000042")
		if proposals, _ := s.WhyNot(found[0], "permission_59", scopes[0]); len(proposals) == 0 {
			b.Fatal("none")
		}
	}
}

// BenchmarkRoster lists what each of 100,000 users holds.
func BenchmarkRoster(b *testing.B) {
	t := large(100_000, 50, 500, 20_000)
	for b.Loop() {
		s := New(Input{Tenant: t})
		r, n := s.Roster(), 0
		for _, sub := range s.Subjects() {
			held, _ := r.Of(sub)
			n += len(held)
		}
		if n != 200_000 {
			b.Fatal(n)
		}
	}
}
