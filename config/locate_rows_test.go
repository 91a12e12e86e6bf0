package config

import (
	"cmp"
	"fmt"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A row is named only if the finding is about it.
func TestLocateRows(t *testing.T) {
	c := load(t, desk+`
-- a.hcl --
locals {
  rows    = csvdecode(file("team.csv"))
  written = ["read"]
}
role "computed" { permissions = [for r in local.rows : r.right] }
role "written"  { permissions = local.written }
role "literal"  { permissions = concat([for r in local.rows : r.right], ["write"]) }
user "team" {
  for_each   = { for r in local.rows : r.email => r if r.right != "" }
  first_name = each.value.first
}
user "pair" {
  for_each   = { for r in csvdecode(file("pairs.csv")) : r.email => { first = "P" } }
  first_name = each.value.first
}
user "out" {
  for_each   = toset(["c@desk.example.org"])
  first_name = "C"
}
-- pairs.csv --
email,lead
top@desk.example,c@desk.example.org
low@desk.example,top@desk.example
-- team.csv --
email,first,right,lead
lead@desk.example,L,read,
a@desk.example,A,write,lead@desk.example
b@desk.example,B,other,lead@desk.example
c@desk.example,C,odd,lead@desk.example
`, Options{})
	find := func(kind, key string) *schema.Object {
		for i := range c.Tenants[0].Objects {
			if o := &c.Tenants[0].Objects[i]; o.Addr.Kind == kind && o.Addr.Key == key {
				return o
			}
		}
		t.Fatalf("no %s %s", kind, key)
		return nil
	}
	about := func(kind, key, attribute, value string) schema.Finding {
		return find(kind, key).Problem("desk/wrong", attribute, "Wrong", "It is wrong.").About(value)
	}
	also := about("user", "a@desk.example", "", "")
	also.Also = []schema.Address{find("user", "c@desk.example").Addr}
	for _, tc := range []struct {
		name    string
		finding schema.Finding
		lines   []int
		file    string // if it is not team.csv
	}{
		{"the own row, not those that name the person", about("user", "lead@desk.example", "", ""), []int{2}, ""},
		{"of rows that are as similar, the one that begins with the key", about("user", "top@desk.example", "", ""), []int{2}, "pairs.csv"},
		{"a key that is written out", about("user", "c@desk.example.org", "first_name", ""), nil, ""},
		{"a value of another row does not lead away", about("user", "b@desk.example", "first_name", "odd"), []int{4}, ""},
		{"other objects with the same mistake", also, []int{3, 5}, ""},
		{"a computed list", about("role", "computed", "permissions", "odd"), []int{5}, ""},
		{"a value that stands in a local", about("role", "written", "permissions", "read"), nil, ""},
		{"a value that stands in the block", about("role", "literal", "permissions", "write"), nil, ""},
		{"a value that is in no file", about("role", "computed", "permissions", "none"), nil, ""},
		{"a value that stands in no file, of no object", schema.Finding{Value: "odd"}, nil, ""},
	} {
		found := []schema.Finding{tc.finding}
		c.LocateRows(found)
		var lines []int
		for _, p := range found[0].Rows {
			equal(t, tc.name+": file", p.File, cmp.Or(tc.file, "team.csv"))
			lines = append(lines, p.Line)
		}
		equal(t, tc.name, lines, tc.lines)
	}
}

// The row of a user whom thousands of rows name is found.
func TestLocateRowOfMany(t *testing.T) {
	var b strings.Builder
	b.WriteString(desk + `
-- a.hcl --
user "team" {
  for_each   = { for r in csvdecode(file("team.csv")) : r.email => r }
  first_name = "A"
}
-- team.csv --
email,lead
`)
	for i := range 2 * maxTried {
		fmt.Fprintf(&b, "u%d@desk.example,u7@desk.example\n", i)
	}
	c := load(t, b.String(), Options{})
	found := []schema.Finding{c.Tenants[0].Objects[0].Problem("desk/wrong", "", "Wrong", "It is wrong.")}
	for i := range c.Tenants[0].Objects {
		if o := &c.Tenants[0].Objects[i]; o.Addr.Key == "u7@desk.example" {
			found = append(found, o.Problem("desk/wrong", "", "Wrong", "It is wrong."))
		}
	}
	c.LocateRows(found)
	equal(t, "rows", found[1].Rows, []schema.Pos{{File: "team.csv", Line: 9}})
}
