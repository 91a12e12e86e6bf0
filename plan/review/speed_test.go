package review

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/partoo"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// large is an organization with users who have a role and two accesses each. Every 20th user is declared
// by no file.
func large(users int) *zoo {
	const roles, groups, stores = 50, 500, 20_000
	z := &zoo{}
	for g := range groups {
		var businesses []string
		for n := range stores / 50 {
			businesses = append(businesses, fmt.Sprintf("%06d", (g*37+n*53)%stores))
		}
		z.add(1, "", "group", &partoo.Group{Section: fmt.Sprint("S", g%5), Name: fmt.Sprint("G", g), Businesses: schema.Canonical(businesses)}, "section", "name", "businesses")
	}
	for r := range roles {
		var permissions []string
		for n := range 30 {
			permissions = append(permissions, fmt.Sprintf("permission_%02d", (r+n)%60))
		}
		z.add(2, "", "role", &partoo.Role{APIID: fmt.Sprint("role", r), Permissions: schema.Canonical(permissions)}, "api_id", "permissions")
	}
	key := func(g int) []string { return []string{fmt.Sprintf("S%d/G%d", g%5, g)} }
	for u := range users {
		line := 10 + u
		if u%20 == 0 {
			line = 0
		}
		z.user(line, fmt.Sprint("u", u), partoo.User{
			Email: fmt.Sprintf("user%06d@zoo.example", u), Role: "GROUP_MANAGER", CustomRole: fmt.Sprint("role", u%roles),
			Accesses: [][]string{key(u % groups), key((u*7 + u/groups) % groups)},
		})
	}
	return z
}

func reportHeap(b *testing.B) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapSys)/(1<<20), "MB-heap")
}

// BenchmarkReview makes the review of 100,000 users.
func BenchmarkReview(b *testing.B) {
	z := large(100_000)
	for b.Loop() {
		if n := len(z.review(b).Tenants[0].People); n != 100_000 {
			b.Fatal(n)
		}
	}
	reportHeap(b)
}

// BenchmarkWrite writes the review of 100,000 users.
func BenchmarkWrite(b *testing.B) {
	d := large(100_000).review(b)
	for name, write := range map[string]func(io.Writer, *Document) error{"csv": CSV, "json": Encode} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := write(io.Discard, d); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkCompare reads an earlier review of 100,000 users and compares, after a role got a right more.
func BenchmarkCompare(b *testing.B) {
	var earlier bytes.Buffer
	if err := Encode(&earlier, large(100_000).review(b)); err != nil {
		b.Fatal(err)
	}
	z := large(100_000)
	z.live[500].Body.(*partoo.Role).Permissions = append(z.live[500].Body.(*partoo.Role).Permissions, "permission_99")
	now := z.review(b)
	for b.Loop() {
		was, err := Decode(bytes.NewReader(earlier.Bytes()))
		if err != nil {
			b.Fatal(err)
		}
		if err := Compare(was, now); err != nil {
			b.Fatal(err)
		}
		if n := len(now.Tenants[0].Since.Changes); n != 2000 {
			b.Fatal(n)
		}
	}
	b.ReportMetric(float64(earlier.Len())/(1<<20), "MB-json")
	reportHeap(b)
}
