package config

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// around is a configuration with something to refer to in every way, and places
// for one expression.
const around = `
provider "desk" { team = 7 }
variable "who" { default = "ann" }
locals { names = ["x", "y"] }

role "plain" { permissions = ["read"] }
role "many" {
  for_each    = toset(local.names)
  name        = each.key
  permissions = ["write"]
}
builtin_role "owner" {}
section "shelf" {}
group "one" {
  section = section.shelf
  name    = "One"
}
group "each" {
  for_each = { a = "A", b = "B" }
  section  = section.shelf
  name     = each.value
}
access "both" { groups = [group.one, group.each["a"]] }
access "each" {
  for_each = toset(["p"])
  name     = each.key
  groups   = [group.each["b"]]
}
user "ann@desk.example" {
  first_name = "Ann"
  role       = role.plain
}
`

// places are attributes that refer: to one object, to a set of them, to sets.
var places = []string{
	"user \"bob@desk.example\" {\n  first_name = \"Bob\"\n  role = EXPR\n}\n",
	"user \"bob@desk.example\" {\n  first_name = \"Bob\"\n  mentor = EXPR\n}\n",
	"user \"bob@desk.example\" {\n  first_name = \"Bob\"\n  accesses = EXPR\n}\n",
	"user \"bob@desk.example\" {\n  for_each = toset([\"b\", \"c\"])\n  email = \"${each.key}@desk.example\"\n  first_name = \"Bob\"\n  accesses = [EXPR]\n}\n",
	"access \"new\" {\n  groups = EXPR\n}\n",
	"group \"new\" {\n  section = EXPR\n  name = \"New\"\n}\n",
	"seat \"One\" \"ann@desk.example\" {\n  group = EXPR\n  user = EXPR\n}\n",
	"locals { chosen = EXPR }\nuser \"bob@desk.example\" {\n  first_name = \"Bob\"\n  role = local.chosen\n}\n",
	"user \"bob@desk.example\" {\n  for_each = EXPR\n  first_name = \"Bob\"\n  role = each.value\n}\n",
}

// expressions are what may stand there, some of it wrong.
var expressions = []string{
	`role.plain`, `user["ann@desk.example"]`, `[access.both]`, `access.each["p"]`, `[group.one, group.each["b"]]`, `section.shelf`, `group.one`,
	`var.who == "ann" ? role.plain : role.many["x"]`, `role.many`, `[for k, r in role.many : r]`, `merge(role.many, {})`, `{ for k, r in role.many : upper(k) => r }`,
	`"role.plain"`, `null`, `""`, `[null]`, `[[]]`, `[[group.one], access.both.groups]`, `concat(access.both.groups, ["Shelf/Two"])`, `[for g in group.each : [g]]`,
	`each.key`, `builtin_role.owner`, `role.plain.permissions`, `group.each[*].section`, `access["both"]`, `role`, `user.bob@desk.example`,
	`values(group.each)`, `try(role.none, role.plain)`, `jsonencode(role.plain)`, `tostring(role.plain)`, `sort([group.one])`, `lookup(role.many, "x", role.plain)`,
	`[setunion(access.both.groups, toset([group.one]))]`, `role.plain == role.many["x"] ? "a" : "b"`, `"${role.plain}"`, `user["bob@desk.example"]`, `local.chosen`,
	`true ? { "(declared)" = null, name = group["new"].name } : { "(declared)" = group.one["(declared)"], name = "x" }`,
	`group.each[!].s`, `group.each[role.none.name].s`, `(role.none == null ? group.one : group.each["a"]).s`, `role.many[local.none].permissions.s`,
	`A(0..0`, `[0..0]`, `{ 0..0 = role.plain }`, `group.each[0..0]`, `-0..0`, `0..0 == 0 ? role.plain : null`, `"${0..0}"`, `group.each[0..0].x`,
}

// FuzzReference: whatever expression stands where a reference belongs, loading
// ends, gives every diagnostic a text and a code, and where there is no error no
// reference is left without a key and the same comes out twice. (With errors,
// comparing an object that has one may or may not add another: cty compares the
// attributes of objects in any order, and ends at the first unknown one.)
func FuzzReference(f *testing.F) {
	for i, expr := range expressions {
		f.Add(byte(i), expr)
		f.Add(byte(i+4), expr)
	}
	f.Fuzz(func(t *testing.T, place byte, expr string) {
		dir := write(t, referring(place, expr))
		first := loadFuzzed(t, dir, expr)
		if second := loadFuzzed(t, dir, expr); first != second {
			t.Errorf("the second time, other words:\n%s\n---\n%s", first, second)
		}
	})
}

// referring is a configuration with the expression at a place.
func referring(place byte, expr string) *txtar.Archive {
	text := around + strings.ReplaceAll(places[int(place)%len(places)], "EXPR", expr)
	return &txtar.Archive{Files: []txtar.File{{Name: "a.hcl", Data: []byte(text)}}}
}

// TestReferenceInLargeDirectory: an expression gives the same result in a large directory as in a
// small one.
func TestReferenceInLargeDirectory(t *testing.T) {
	for i, expr := range expressions {
		for _, place := range []byte{byte(i), byte(i + 4)} {
			a := referring(place, expr)
			if whole, stream := loadFuzzed(t, write(t, a), expr), loadFuzzed(t, write(t, stretched(a)), expr); whole != stream {
				t.Errorf("%s gives in a small directory:\n%s\nand in a large one:\n%s", expr, whole, stream)
			}
		}
	}
}

// loadFuzzed loads, and returns what comes out, or that there are errors.
func loadFuzzed(t *testing.T, dir, expr string) string {
	t.Helper()
	c, diags := Load(dir, Options{Products: products(), Version: "1.0.0"})
	var b bytes.Buffer
	if err := (Reader{}).WriteDiagnostics(&b, diags, 80, false); err != nil {
		t.Fatal(err)
	}
	for _, d := range diags {
		if d.Summary == "" || Code(d) == "" {
			t.Errorf("a diagnostic without a text or code: %v", d)
		}
	}
	if diags.HasErrors() {
		return "errors"
	}
	for _, tn := range c.Tenants {
		for i := range tn.Objects {
			fmt.Fprintf(&b, "%s %x %+v\n", tn.Objects[i].Addr, tn.Objects[i].Set, tn.Objects[i].Body)
			switch body := tn.Objects[i].Body.(type) {
			case *deskUser:
				if slices.ContainsFunc(body.Accesses, func(set []string) bool { return slices.Contains(set, "") }) {
					t.Errorf("%s: a reference without a key in %q", expr, body.Accesses)
				}
			case *deskAccess:
				if slices.Contains(body.Groups, "") {
					t.Errorf("%s: a reference without a key in %q", expr, body.Groups)
				}
			case *deskGroup:
				if o := &tn.Objects[i]; o.Addr.Kind == "group" && body.Section == "" {
					t.Errorf("%s: a group without a section", expr)
				}
			}
		}
	}
	return b.String()
}
