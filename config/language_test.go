package config

import (
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

func TestVariablePrecedence(t *testing.T) {
	files := desk + `
-- a.hcl --
variable "v" {
  type    = string
  default = "default"
}
role "r" {
  title       = var.v
  permissions = ["x"]
}
-- a.auto.vars.hcl --
v = "a.auto"
-- b.auto.vars.hcl.json --
{"v": "b.auto"}
-- c.vars.hcl --
v = "file"
-- d.vars.hcl.json --
{"v": "json file"}
`
	noAuto := desk + "-- a.hcl --\nvariable \"v\" {\n  default = \"default\"\n}\nrole \"r\" {\n  title = var.v\n  permissions = [\"x\"]\n}\n"
	env := []string{"PATH=/bin", "ROLECALL_VAR_v=env", "ROLECALL_VAR_other=x"}
	for _, c := range []struct {
		name, files, want string
		o                 func(dir string) Options
	}{
		{"default", noAuto, "default", func(string) Options { return Options{} }},
		{"environment over default", noAuto, "env", func(string) Options { return Options{Environ: env} }},
		{"the last automatic file over the environment", files, "b.auto", func(string) Options { return Options{Environ: env} }},
		{"file over automatic files", files, "file", func(d string) Options { return Options{Inputs: []Input{{File: filepath.Join(d, "c.vars.hcl")}}} }},
		{"later file over earlier", files, "json file", func(d string) Options {
			return Options{Inputs: []Input{{File: filepath.Join(d, "c.vars.hcl")}, {File: filepath.Join(d, "d.vars.hcl.json")}}}
		}},
		{"flag over file", files, "flag = 2", func(d string) Options {
			return Options{Inputs: []Input{{File: filepath.Join(d, "c.vars.hcl")}, {Var: "v=flag"}, {Var: "v=flag = 2"}}}
		}},
		{"order of the command line", files, "file", func(d string) Options {
			return Options{Inputs: []Input{{Var: "v=flag"}, {File: filepath.Join(d, "c.vars.hcl")}}}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := write(t, txtar.Parse([]byte(c.files)))
			o := c.o(dir)
			o.Products = products()
			cfg, diags := Load(dir, o)
			if len(diags) > 0 {
				t.Fatal(printed(t, diags))
			}
			equal(t, "title", cfg.Tenants[0].Objects[0].Any("title"), c.want)
		})
	}
}

func TestVariableTypes(t *testing.T) {
	c := load(t, desk+`
-- a.hcl --
variable "count" { type = number }
variable "on"    { type = bool }
variable "codes" { type = list(string) }
variable "untyped" {}
variable "regions" {
  type = map(object({ title = string, rank = optional(number, 4) }))
  validation {
    condition     = alltrue([for k, r in var.regions : length(r.title) > length(var.untyped)])
    error_message = "Titles are long."
  }
  description = "Where people are."
}
role "region" {
  for_each    = var.regions
  name        = "${each.key}-${var.untyped}"
  title       = each.value.title
  rank        = each.value.rank + var.count
  permissions = var.on ? var.codes : []
}
`, Options{Inputs: []Input{{Var: "count=3"}, {Var: "on=true"}, {Var: `codes=["007", "8"]`}, {Var: "untyped=7"}, {Var: `regions={ north = { title = "North" }, south = { title = "South", rank = 1 } }`}}})
	equal(t, "bodies", bodies(c.Tenants[0]), map[string]any{
		"desk.role.north-7": &deskRole{Name: "north-7", Title: "North", Rank: 7, Permissions: []string{"007", "8"}},
		"desk.role.south-7": &deskRole{Name: "south-7", Title: "South", Rank: 4, Permissions: []string{"007", "8"}},
	})
}

func TestSeveralProviders(t *testing.T) {
	c := load(t, `
-- a.hcl --
provider "desk" { team = 1 }
provider "desk" "second" {
  team     = 2
  endpoint = local.address
}
provider "hall" "soc" {}
role "reader" {
  provider    = desk
  permissions = ["read"]
}
role "reader" {
  provider    = desk.second
  permissions = ["read", "second"]
}
role "reader" {
  provider = hall.soc
  rights   = ["enter"]
}
role "writer" {
  provider    = desk
  permissions = local.all
}
role "writer" {
  provider    = desk.second
  permissions = local.all
}
badge "front" {
  provider = hall.soc
  role     = role.reader
}
locals {
  address = "https://desk.example"
  all     = concat(role.reader.permissions, ["write"])
  alone   = role.nowhere
}
removed "role" "old" {
  provider = hall.soc
}
`, Options{})
	var got []string
	all := map[string]any{}
	for _, tn := range c.Tenants {
		got = append(got, tn.Name)
		for k, v := range bodies(tn) {
			all[k] = v
		}
	}
	equal(t, "tenants", got, []string{"desk", "desk.second", "hall.soc"})
	equal(t, "bodies", all, map[string]any{
		"desk.role.reader":        &deskRole{Name: "reader", Permissions: []string{"read"}},
		"desk.role.writer":        &deskRole{Name: "writer", Permissions: []string{"read", "write"}},
		"desk.second.role.reader": &deskRole{Name: "reader", Permissions: []string{"read", "second"}},
		"desk.second.role.writer": &deskRole{Name: "writer", Permissions: []string{"read", "second", "write"}},
		"hall.soc.role.reader":    &hallRole{Name: "reader", Rights: []string{"enter"}},
		"hall.soc.badge.front":    &hallRole{Name: "front", Team: "reader"},
	})
	equal(t, "settings", c.Tenants[1].Settings.Body, any(&deskSettings{Team: 2, Endpoint: "https://desk.example"}))
	equal(t, "removed", c.Tenants[2].Removed[0].Key, "old")
}

func TestProviderBlock(t *testing.T) {
	c := load(t, `
-- a.hcl --
variable "team" { default = 7 }
provider "desk" {
  team    = var.team
  protect = ["user.CEO@desk.example", "desk.role.admin", "group.Shelf/North"]
  manage "role" { mode = "authoritative" }
  dynamic "manage" {
    for_each = toset(["group", "user"])
    labels   = [manage.value]
    content {
      mode       = local.modes[manage.key]
      ignore     = ["*@${manage.value}.example"]
      on_removal = "delete"
      create     = false
    }
  }
  limits {
    max_deletes        = 50
    max_delete_percent = 0
    max_daily_removals = 9
    allow_empty        = true
  }
}
locals { modes = { group = "observe", user = "additive" } }
`, Options{})
	tn := c.Tenants[0]
	for k, m := range tn.Manage {
		m.Pos = schema.Pos{}
		tn.Manage[k] = m
	}
	equal(t, "manage", tn.Manage, map[string]schema.Manage{
		"role":  {Mode: schema.Authoritative},
		"group": {Mode: schema.Observe, Ignore: []string{"*@group.example"}, OnRemoval: schema.Delete, NoCreate: true},
		"user":  {Ignore: []string{"*@user.example"}, OnRemoval: schema.Delete, NoCreate: true},
	})
	equal(t, "limits", tn.Limits, schema.Limits{MaxDeletes: 50, AllowEmpty: true, MaxDailyRemovals: 9})
	equal(t, "protect", tn.Protect, []string{"user.CEO@desk.example", "desk.role.admin", "group.Shelf/North"})
	equal(t, "set", tn.Settings.Has("team") && !tn.Settings.Has("endpoint"), true)
}

func TestLabelsAndEarlierNames(t *testing.T) {
	c := load(t, desk+`
-- a.hcl --
seat "Shelf/North" "Ana@desk.example" { level = "reader" }
seat "Shelf/South" "all" {
  for_each = toset(["Ben@desk.example", "cleo@desk.example"])
  level    = upper(each.key) == each.key ? "writer" : "reader"
}
group "north" {
  section    = "Shelf"
  name       = "North"
  previously = ["Nord", "Old shelf/North"]
}
user "ana@desk.example" {
  first_name = seat["Shelf/North"]["Ana@desk.example"].level
  previously = ["Anna@desk.example", "anna@desk.example"]
}
user "team" {
  for_each   = { "b@desk.example" = seat["Shelf/South"].all["Ben@desk.example"] }
  first_name = each.value.group
}
removed "user" "Gone@desk.example" {}
`, Options{})
	tn := c.Tenants[0]
	equal(t, "bodies", bodies(tn), map[string]any{
		"desk.group.Shelf/North":                    &deskGroup{Section: "Shelf", Name: "North"},
		"desk.seat.Shelf%2FNorth/ana@desk.example":  &deskSeat{Group: "Shelf/North", User: "ana@desk.example", Level: "reader"},
		"desk.seat.Shelf%2FSouth/ben@desk.example":  &deskSeat{Group: "Shelf/South", User: "ben@desk.example", Level: "reader"},
		"desk.seat.Shelf%2FSouth/cleo@desk.example": &deskSeat{Group: "Shelf/South", User: "cleo@desk.example", Level: "reader"},
		"desk.user.ana@desk.example":                &deskUser{Email: "ana@desk.example", First: "reader"},
		"desk.user.b@desk.example":                  &deskUser{Email: "b@desk.example", First: "Shelf/South"},
	})
	equal(t, "group's earlier names", tn.Objects[0].Previously, []string{"Shelf/Nord", "Old shelf/North"})
	equal(t, "user's earlier names", tn.Objects[1].Previously, []string{"anna@desk.example"})
	equal(t, "removed", tn.Removed[0].Key, "gone@desk.example")
}

func TestUnsetDiffersFromEmpty(t *testing.T) {
	c := load(t, desk+`
-- a.hcl --
locals { nothing = null }
user "empty@desk.example" {
  first_name = "E"
  role       = ""
  accesses   = []
  disabled   = false
}
user "null@desk.example" {
  first_name = "N"
  role       = local.nothing
  accesses   = null
}
role "copy" {
  title       = user["null@desk.example"].role == null ? "unset" : "set"
  permissions = ["x"]
}
`, Options{})
	kind := deskUserKind()
	set := map[string]schema.Mask{}
	for _, o := range c.Tenants[0].Objects {
		set[o.Addr.Key] = o.Set
	}
	equal(t, "empty", set["empty@desk.example"], kind.Mask("email", "first_name", "role", "accesses", "disabled"))
	equal(t, "null", set["null@desk.example"], kind.Mask("email", "first_name"))
	equal(t, "copy", c.Tenants[0].Objects[0].Any("title"), "unset")
}

func TestExpressionsOverResources(t *testing.T) {
	c := load(t, desk+`
-- a.hcl --
variable "strict" { default = true }
role "a" { permissions = ["a"] }
role "b" {
  permissions = ["b"]
  title       = "B"
}
role "sum" {
  title       = join(",", sort([for label, r in { a = role.a, b = role.b } : "${label}${r.title == null ? "-" : r.title}"]))
  permissions = flatten([for r in toset([role.a, role.b, role.a]) : r.permissions])
}
role "each" {
  for_each    = toset(["p", "q"])
  permissions = try(role.a.rank, null) == null ? ["none"] : ["some"]
}
user "u@desk.example" {
  first_name = length(role.each) == 2 && can(role.each["p"]) ? "both" : "no"
  role       = var.strict ? role.a : role.b
}
user "v@desk.example" {
  first_name = join(",", role.each["p"].permissions)
  role       = [for k, r in role.each : r if k == "q"][0]
}
user "w@desk.example" {
  first_name = join("+", keys(role))
  role       = values(role.each)[0]
}
`, Options{})
	equal(t, "bodies", bodies(c.Tenants[0]), map[string]any{
		"desk.role.a":              &deskRole{Name: "a", Permissions: []string{"a"}},
		"desk.role.b":              &deskRole{Name: "b", Title: "B", Permissions: []string{"b"}},
		"desk.role.sum":            &deskRole{Name: "sum", Title: "a-,bB", Permissions: []string{"a", "b"}},
		"desk.role.p":              &deskRole{Name: "p", Permissions: []string{"none"}},
		"desk.role.q":              &deskRole{Name: "q", Permissions: []string{"none"}},
		"desk.user.u@desk.example": &deskUser{Email: "u@desk.example", First: "both", Role: "a"},
		"desk.user.v@desk.example": &deskUser{Email: "v@desk.example", First: "none", Role: "q"},
		"desk.user.w@desk.example": &deskUser{Email: "w@desk.example", First: "a+b+each+sum", Role: "p"},
	})
}

func TestJSONIsTheSameLanguage(t *testing.T) {
	native := load(t, `
-- a.hcl --
provider "desk" "second" {
  team = 7
  manage "user" { mode = "authoritative" }
  limits { max_deletes = 1 }
}
variable "lang" { default = "es" }
locals { people = { "a@desk.example" = "A" } }
role "r" { permissions = ["x"] }
section "s" {}
group "g" { section = section.s }
access "a" { groups = [group.g] }
seat "s/g" "a@desk.example" {}
user "people" {
  for_each   = local.people
  first_name = each.value
  lang       = var.lang
  role       = role.r
  accesses   = [access.a]
}
removed "role" "old" { provider = desk.second }
`, Options{})
	inJSON := load(t, `
-- a.hcl.json --
{
  "//": "the same in JSON",
  "provider": {"desk": {"alias": "second", "team": 7, "manage": {"user": {"mode": "authoritative"}}, "limits": {"max_deletes": 1}}},
  "variable": {"lang": {"default": "es"}},
  "locals": {"people": {"a@desk.example": "A"}},
  "role": {"r": {"permissions": ["x"], "//": "a comment"}},
  "section": {"s": {}},
  "group": {"g": {"section": "${section.s}"}},
  "access": {"a": {"groups": ["${group.g}"]}},
  "seat": {"s/g": {"a@desk.example": {}}},
  "user": {"people": {"for_each": "${local.people}", "first_name": "${each.value}", "lang": "${var.lang}", "role": "${role.r}", "accesses": ["${access.a}"]}},
  "removed": {"role": {"old": {"provider": "desk.second"}}}
}
`, Options{})
	a, b := native.Tenants[0], inJSON.Tenants[0]
	equal(t, "bodies", bodies(b), bodies(a))
	equal(t, "settings", b.Settings.Body, a.Settings.Body)
	equal(t, "limits", b.Limits, a.Limits)
	equal(t, "names", b.Name+b.Removed[0].Key+b.Manage["user"].Mode.String(), a.Name+a.Removed[0].Key+a.Manage["user"].Mode.String())
}

func TestOrderAndPlaces(t *testing.T) {
	archive := txtar.Parse([]byte(desk + `
-- b.hcl --
user "z@desk.example" { first_name = "Z" }
role "b" { permissions = ["x"] }
-- c.hcl --

user "a@desk.example" {
  first_name = "A"
}
-- sub/ignored.hcl --
this is not read
-- .hidden.hcl --
nor is this
-- x.vars.hcl --
nor = "this"
`))
	dir := write(t, archive)
	t.Chdir(filepath.Dir(dir))
	c, diags := Load(filepath.Base(dir)+"/", Options{Products: products()})
	if len(diags) > 0 {
		t.Fatal(printed(t, diags))
	}
	type at struct {
		Addr string
		Pos  schema.Pos
	}
	var got []at
	for _, o := range c.Tenants[0].Objects {
		got = append(got, at{o.Addr.Full(), o.Pos})
	}
	file := func(name string) string { return filepath.Join(filepath.Base(dir), name) }
	equal(t, "objects", got, []at{
		{"desk.role.b", schema.Pos{File: file("b.hcl"), Line: 2, Column: 1}},
		{"desk.user.a@desk.example", schema.Pos{File: file("c.hcl"), Line: 2, Column: 1}},
		{"desk.user.z@desk.example", schema.Pos{File: file("b.hcl"), Line: 1, Column: 1}},
	})
	equal(t, "files", c.Files, []string{file("b.hcl"), file("c.hcl"), file("provider.hcl")})
}
