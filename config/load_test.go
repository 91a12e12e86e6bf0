package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/hashicorp/hcl/v2"
	"golang.org/x/tools/txtar"

	"github.com/rolecall-dev/rolecall/config/filetree"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// write puts the files of an archive into a new directory.
func write(t testing.TB, a *txtar.Archive) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range a.Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// treeOf opens a directory that holds a configuration.
func treeOf(t testing.TB, dir string) *filetree.Tree {
	t.Helper()
	files, err := filetree.Open(dir, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(files.Close)
	return files
}

// load reads files that must be right, given as an archive.
func load(t testing.TB, archive string, o Options) *Config {
	t.Helper()
	o.Products = products()
	c, diags := Load(write(t, txtar.Parse([]byte(archive))), o)
	if len(diags) > 0 {
		t.Fatalf("unexpected diagnostics:\n%s", printed(t, diags))
	}
	return c
}

func printed(t testing.TB, diags hcl.Diagnostics) string {
	t.Helper()
	var b strings.Builder
	if err := (Reader{}).WriteDiagnostics(&b, diags, 0, false); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// bodies lists the objects of a tenant by address, as their bodies.
func bodies(tn *schema.Tenant) map[string]any {
	out := map[string]any{}
	for _, o := range tn.Objects {
		out[o.Addr.Full()] = o.Body
	}
	return out
}

func equal(t testing.TB, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

const desk = "-- provider.hcl --\nprovider \"desk\" {\n  team = 7\n}\n"

func TestLoadReferences(t *testing.T) {
	c := load(t, desk+`
-- a.hcl --
user "Ana@desk.example" {
  first_name = "Ana"
  role       = role.senior
  accesses   = concat([access.north], [[group.south, "Shelf/Live"]])
  mentor     = user.team["ben@desk.example"]
}
user "team" {
  for_each   = { for r in local.rows : r.email => r }
  first_name = each.value.first
  role       = role[each.value.role]
  disabled   = each.value.disabled
  accesses   = [for a in split("+", each.value.sees) : access[a]]
}
user "cleo@desk.example" {
  first_name = "Cleo"
  role       = "a_live_role"
  lang       = null
  accesses   = [toset([group.north, group.south, group.north])]
}
-- b.hcl --
role "senior" {
  title       = "Senior ${role.junior.title}"
  permissions = concat(role.junior.permissions, local.extra, ["write"])
}
role "junior" {
  title       = "Reader"
  permissions = ["see", "read"]
  rank        = 3
  labels      = { color = "red", size = null }
}
builtin_role "boss" {
  permissions = distinct(flatten([for r in [role.junior, role.senior] : r.permissions]))
}
locals {
  rows  = csvdecode(file("team.csv"))
  extra = [for g in local.all : lower(g.name)]
  all   = [group.north, group.south]
}
section "Shelf" {}
group "north" {
  name    = "North"
  section = section.Shelf
  stores  = ["9", "1", "9"]
}
group "south" {
  section = section.Shelf
  stores  = [for s in group.north.stores : "s${s}"]
}
access "north" { groups = [group.north] }
access "both"  { groups = values({ a = group.north, b = group.south }) }
-- team.csv --
email,first,role,disabled,sees
ben@desk.example,Ben,junior,false,north
Dan@desk.example,Dan,senior,true,north+both
`, Options{})
	equal(t, "bodies", bodies(c.Tenants[0]), map[string]any{
		"desk.role.junior":            &deskRole{Name: "junior", Title: "Reader", Permissions: []string{"read", "see"}, Rank: 3, Labels: map[string]string{"color": "red"}},
		"desk.role.senior":            &deskRole{Name: "senior", Title: "Senior Reader", Permissions: []string{"north", "read", "see", "south", "write"}},
		"desk.builtin_role.boss":      &deskRole{Name: "boss", Permissions: []string{"north", "read", "see", "south", "write"}},
		"desk.section.Shelf":          &deskGroup{Name: "Shelf"},
		"desk.group.Shelf/North":      &deskGroup{Section: "Shelf", Name: "North", Stores: []string{"1", "9"}},
		"desk.group.Shelf/south":      &deskGroup{Section: "Shelf", Name: "south", Stores: []string{"s1", "s9"}},
		"desk.access.north":           &deskAccess{Name: "north", Groups: []string{"Shelf/North"}},
		"desk.access.both":            &deskAccess{Name: "both", Groups: []string{"Shelf/North", "Shelf/south"}},
		"desk.user.ana@desk.example":  &deskUser{Email: "ana@desk.example", First: "Ana", Role: "senior", Mentor: "ben@desk.example", Accesses: [][]string{{"Shelf/Live", "Shelf/south"}, {"Shelf/North"}}},
		"desk.user.ben@desk.example":  &deskUser{Email: "ben@desk.example", First: "Ben", Role: "junior", Accesses: [][]string{{"Shelf/North"}}},
		"desk.user.dan@desk.example":  &deskUser{Email: "dan@desk.example", First: "Dan", Role: "senior", Disabled: true, Accesses: [][]string{{"Shelf/North"}, {"Shelf/North", "Shelf/south"}}},
		"desk.user.cleo@desk.example": &deskUser{Email: "cleo@desk.example", First: "Cleo", Role: "a_live_role", Accesses: [][]string{{"Shelf/North", "Shelf/south"}}},
	})
}

// Blocks are evaluated side by side. That makes no difference to what they say, to
// the order of mistakes, or to references, whichever of the two comes first.
func TestManyBlocks(t *testing.T) {
	const n = 5_000
	mentor := func(i int) int {
		switch {
		case i < 500:
			return i + n - 500
		case i < n-500 && i >= n-1_000:
			return i - n + 1_000
		}
		return -1
	}
	var b strings.Builder
	b.WriteString(desk + "-- a.hcl --\n")
	var want []string
	for i := range n {
		name, wrong, code := `"Ana"`, "", ""
		if m := mentor(i); m >= 0 {
			name = fmt.Sprintf("upper(user[\"u%d@desk.example\"].email)", m)
		}
		switch i % 50 {
		case 1:
			wrong, code = "colour = 1", "config/unknown-attribute"
		case 2:
			wrong, code = "role = role.writer", codeUndeclared
		case 3:
			wrong, code = "lang = [1]", "config/wrong-type"
		}
		fmt.Fprintf(&b, "user \"u%d@desk.example\" {\n  first_name = %s\n  %s\n}\n", i, name, wrong)
		if code != "" {
			want = append(want, fmt.Sprintf("line %d: %s", 4*i+3, code))
		}
	}
	c, diags := Load(write(t, txtar.Parse([]byte(b.String()))), Options{Products: products()})
	var got []string
	for _, d := range diags {
		got = append(got, fmt.Sprintf("line %d: %s", d.Subject.Start.Line, Code(d)))
	}
	equal(t, "diagnostics", got, want)
	names := map[string]string{}
	for _, o := range c.Tenants[0].Objects {
		u := o.Body.(*deskUser)
		names[u.Email] = u.First
	}
	for i := range n {
		want := "Ana"
		if m := mentor(i); m >= 0 {
			want = fmt.Sprintf("U%d@DESK.EXAMPLE", m)
		}
		if got := names[fmt.Sprintf("u%d@desk.example", i)]; got != want {
			t.Errorf("user %d is called %q, want %q", i, got, want)
		}
	}
}
