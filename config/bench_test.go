package config

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// rosterOf is a configuration with n users from a CSV file.
func rosterOf(n int) string {
	var b strings.Builder
	b.WriteString(desk + `
-- a.hcl --
role "reader" { permissions = ["read"] }
role "writer" { permissions = concat(role.reader.permissions, ["write"]) }
section "s" {}
group "north" { section = section.s }
access "north" { groups = [group.north] }
user "team" {
  for_each   = { for r in csvdecode(file("team.csv")) : r.email => r }
  first_name = each.value.first
  role       = role[each.value.role]
  lang       = "en"
  disabled   = each.value.disabled
  accesses   = [access.north]
}
-- team.csv --
email,first,role,disabled
`)
	for i := range n {
		fmt.Fprintf(&b, "user%06d@desk.example,First%d,%s,false\n", i, i, []string{"reader", "writer"}[i%2])
	}
	return b.String()
}

func benchmarkLoad(b *testing.B, archive string, objects int) {
	dir := write(b, txtar.Parse([]byte(archive)))
	b.ReportAllocs()
	for b.Loop() {
		c, diags := Load(dir, Options{Products: products()})
		if diags.HasErrors() || len(c.Tenants[0].Objects) != objects {
			b.Fatalf("%d objects, %v", len(c.Tenants[0].Objects), diags)
		}
	}
}

func BenchmarkLoadRows(b *testing.B) {
	for _, n := range []int{1_000, 20_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) { benchmarkLoad(b, rosterOf(n), n+5) })
	}
}

// BenchmarkLoadWholeKind: blocks that pick from a kind by a computed name.
func BenchmarkLoadWholeKind(b *testing.B) {
	const n = 5_000
	var s strings.Builder
	s.WriteString(desk + "-- a.hcl --\nsection \"s\" {}\n")
	for i := range n {
		fmt.Fprintf(&s, "group \"g%d\" { section = section.s }\nuser \"u%d@desk.example\" {\n  first_name = group[\"g${%d + 1}\"].name\n}\n", i, i, (i+7)%n-1)
	}
	benchmarkLoad(b, s.String(), 2*n+1)
}

func BenchmarkLoadBlocks(b *testing.B) {
	for _, n := range []int{1_000, 20_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var s strings.Builder
			s.WriteString(rosterOf(0) + "-- blocks.hcl --\n")
			for i := range n {
				fmt.Fprintf(&s, "user \"u%05d@desk.example\" {\n  first_name = \"U\"\n  role       = role.writer\n  accesses   = [access.north]\n}\n\n", i)
			}
			benchmarkLoad(b, s.String(), n+5)
		})
	}
}

// BenchmarkLocateRows finds the rows of as many findings as there are people.
func BenchmarkLocateRows(b *testing.B) {
	c, diags := Load(write(b, txtar.Parse([]byte(rosterOf(20_000)))), Options{Products: products()})
	if diags.HasErrors() {
		b.Fatal(diags)
	}
	for b.Loop() {
		var found []schema.Finding
		for i := range c.Tenants[0].Objects {
			found = append(found, c.Tenants[0].Objects[i].Problem("desk/wrong", "role", "Wrong", "It is wrong."))
		}
		c.LocateRows(found)
		if f := found[len(found)-1]; len(f.Rows) != 1 {
			b.Fatal(f)
		}
	}
}
