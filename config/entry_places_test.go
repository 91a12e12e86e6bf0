package config

import (
	"fmt"
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"
)

func TestPointAtEntries(t *testing.T) {
	c := load(t, desk+`
-- a.hcl --
user "single@desk.example" { first_name = "S" }
user "roster" {
  for_each   = { for r in csvdecode(file("team.csv")) : r.email => r }
  first_name = each.value.first
}
user "one_row" {
  for_each   = { for r in csvdecode(file("one.csv")) : r.email => r }
  first_name = each.value.first
}
user "written" {
  for_each = {
    "c@desk.example" = "C"
    "D@desk.example" = "D"
  }
  first_name = each.value
}
user "twice" {
  for_each   = { for r in csvdecode(file("twice.csv")) : r.email => r }
  first_name = "T"
}
-- one.csv --
email,first
one@desk.example,O
-- team.csv --
email,first
a@desk.example,A
B@desk.example,B
-- twice.csv --
email
f@desk.example
g@desk.example
-- z.hcl --
locals { again = csvdecode(file("again.csv")) }
-- again.csv --
email
f@desk.example
`, Options{})
	c.PointAtEntries()
	want := map[string]string{
		"user.single@desk.example": "a.hcl:1", "user.a@desk.example": "team.csv:2", "user.b@desk.example": "team.csv:3",
		"user.one@desk.example": "one.csv:2", "user.c@desk.example": "a.hcl:12", "user.d@desk.example": "a.hcl:13",
		"user.f@desk.example": "a.hcl:17", // two rows are as likely
		"user.g@desk.example": "twice.csv:3",
	}
	for _, o := range c.Tenants[0].Objects {
		if filepath.Dir(o.Pos.File) != c.Dir {
			t.Errorf("%s is in %s", o.Addr, o.Pos.File)
		}
		if at := fmt.Sprintf("%s:%d", filepath.Base(o.Pos.File), o.Pos.Line); o.Addr.Kind == "user" && at != want[o.Addr.String()] {
			t.Errorf("%s: %s, want %s", o.Addr, at, want[o.Addr.String()])
		}
	}
}

// Without data files, and in short form.
func TestPointAtEntriesWithoutData(t *testing.T) {
	c := load(t, desk+`
-- a.hcl --
user "pair" {
  for_each = toset([
    "a@desk.example",
    "b@desk.example",
  ])
  first_name = "X"
}
`, Options{})
	c.PointAtEntries()
	for i, line := range []int{3, 4} {
		if got := c.Tenants[0].Objects[i].Pos.Line; got != line {
			t.Errorf("object %d is at line %d, want %d", i, got, line)
		}
	}
}

// BenchmarkPointAtEntries finds the rows of 100,000 people.
func BenchmarkPointAtEntries(b *testing.B) {
	c, diags := Load(write(b, txtar.Parse([]byte(rosterOf(100_000)))), Options{Products: products()})
	if diags.HasErrors() {
		b.Fatal(diags)
	}
	first := c.Tenants[0].Objects[0].Pos
	for b.Loop() {
		for i := range c.Tenants[0].Objects {
			c.Tenants[0].Objects[i].Pos = first
		}
		c.PointAtEntries()
	}
}
