package config

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"golang.org/x/tools/txtar"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

const deskFiles = "-- provider.hcl --\nprovider \"desk\" {\n  team = 7\n  manage \"role\" {\n    ignore = [\"x\", \"[0-9]\"]\n  }\n}\n" + `-- a.hcl --
role "r" {
  title       = "A title"
  permissions = concat(["read", "Write"], [for p in ["x"] : upper(p)])
}
section "s" {}
group "north" { section = section.s }
user "team" {
  for_each   = toset(["a@desk.example"])
  first_name = "A"
  accesses   = [[group.north, "s/south"]]
}
-- b.hcl.json --
{
  "role": {
    "j": {
      "permissions": ["read", "write"]
    }
  }
}
`

// located returns the range of the diagnostic that a finding becomes.
func located(f schema.Finding) *hcl.Range {
	return Reader{}.Diagnostics([]schema.Finding{f})[0].Subject
}

func TestLocate(t *testing.T) {
	dir := write(t, txtar.Parse([]byte(deskFiles)))
	c, diags := Load(dir, Options{Products: products()})
	if len(diags) > 0 {
		t.Fatal(printed(t, diags))
	}
	objects := map[string]*schema.Object{}
	for i := range c.Tenants[0].Objects {
		objects[c.Tenants[0].Objects[i].Addr.String()] = &c.Tenants[0].Objects[i]
	}
	tenant := c.Tenants[0]
	manage := func(kind string) schema.Finding {
		return schema.Finding{Pos: tenant.Manage[kind].Pos, Attribute: "ignore", Value: "[0-9]"}
	}
	for _, x := range []struct {
		f    schema.Finding
		want string
	}{
		{objects["role.r"].Problem("c", "", "s", "d"), "a.hcl:1,1-9"},
		{objects["role.r"].Problem("c", "permissions", "s", "d"), "a.hcl:3,3-71"},
		{objects["role.r"].Problem("c", "permissions", "s", "d").About("write"), "a.hcl:3,33-40"},
		{objects["role.r"].Problem("c", "permissions", "s", "d").About("X"), "a.hcl:3,54-57"},
		{objects["role.r"].Problem("c", "permissions", "s", "d").About("other"), "a.hcl:3,3-71"},
		{objects["role.r"].Problem("c", "rank", "s", "d"), "a.hcl:1,1-9"},
		{objects["user.a@desk.example"].Problem("c", "accesses", "s", "d").About("s/south"), "a.hcl:10,31-40"},
		{objects["user.a@desk.example"].Problem("c", "accesses", "s", "d").About("north"), "a.hcl:10,18-29"},
		{objects["role.j"].Problem("c", "permissions", "s", "d").About("write"), "b.hcl.json:4,31-38"},
		{objects["role.j"].Problem("c", "title", "s", "d"), "b.hcl.json:3,10-11"},
		{tenant.Settings.Problem("c", "team", "s", "d"), "provider.hcl:2,3-11"},
		{manage("role"), "provider.hcl:4,20-27"},
		{schema.Finding{Pos: schema.Pos{File: filepath.Join(dir, "gone.hcl"), Line: 3, Column: 4}}, "gone.hcl:3,4-4"},
		{schema.Finding{Pos: schema.Pos{File: filepath.Join(dir, "a.hcl"), Line: 2, Column: 4}}, "a.hcl:2,4-4"},
	} {
		got := "nothing"
		if r := located(x.f); r != nil {
			r.Filename = filepath.Base(r.Filename)
			got = r.String()
		}
		if got != x.want {
			t.Errorf("%s %s %s: got %s, want %s", x.f.Addr, x.f.Attribute, x.f.Value, got, x.want)
		}
	}
	if r := located(schema.Finding{Addr: schema.Address{Kind: "user", Key: "live"}}); r != nil {
		t.Errorf("a finding without a place is at %s", r)
	}
}

// A place with the same upper and lower case is preferred to one in another case.
func TestLocateWithTheSameCase(t *testing.T) {
	dir := t.TempDir()
	for name, src := range map[string]string{
		"a.hcl":      "role \"r\" {\n  m = {\n    x = \"EDITOR\"\n    Editor = \"VIEWER\"\n    \"Ana\" = \"ANA\"\n    y = [\"ana\", role.Boss, \"boss\"]\n  }\n}\n",
		"b.hcl.json": "{\"role\": {\"r\": {\"m\": {\n\"x\": \"EDITOR\",\n\"Editor\": \"VIEWER\",\n\"y\": [\"boss\", \"${role.Boss}\", \"ana\"]}}}}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(src), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, x := range []struct{ file, value, want string }{
		{"a.hcl", "Editor", "4,5-11"},
		{"a.hcl", "EDITOR", "3,9-17"},
		{"a.hcl", "editor", "3,9-17"},
		{"a.hcl", "ANA", "5,13-18"},
		{"a.hcl", "ana", "6,10-15"},
		{"a.hcl", "Boss", "6,17-26"},
		{"a.hcl", "boss", "6,28-34"},
		{"b.hcl.json", "Editor", "3,1-9"},
		{"b.hcl.json", "EDITOR", "2,6-14"},
		{"b.hcl.json", "Boss", "4,15-29"},
		{"b.hcl.json", "boss", "4,7-13"},
	} {
		file := filepath.Join(dir, x.file)
		var got []string // a JSON file has a block for each number of labels that it may have
		files := Reader{}.reopen()
		for at := range files.open(file).at {
			if r := files.locate(schema.Finding{Pos: at, Attribute: "m", Value: x.value}); r != nil {
				_, where, _ := strings.Cut(r.String(), x.file+":")
				got = append(got, where)
			}
		}
		if !slices.Contains(got, x.want) {
			t.Errorf("%s in %s: got %s, want %s", x.value, x.file, got, x.want)
		}
	}
}

func TestWriteFindings(t *testing.T) {
	abs, err := filepath.Abs(filepath.Join("testdata", "findings.golden"))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(write(t, txtar.Parse([]byte(deskFiles))))
	c, _ := Load(".", Options{Products: products()})
	o := c.Tenants[0].Objects
	live := schema.Object{Addr: schema.Address{Provider: "desk", Kind: "user", Key: "ghost@desk.example"}}
	findings := []schema.Finding{
		live.Problem("desk/ghost", "", "User is in no file", "It exists in the product only. Declare it, or let it be.").Warn(),
		o[len(o)-1].Problem("desk/lang", "lang", "User has no language", "The product needs one. Add lang."),
		o[1].Problem("desk/unknown", "permissions", "Unknown permission \"write\"", "There is no such permission. Did you mean \"wrote\"?").About("write"),
		{Code: "desk/empty", Summary: "Nothing is declared", Detail: "Declare something."},
	}
	var plain, colored bytes.Buffer
	for _, x := range []struct {
		b     *bytes.Buffer
		width int
		color bool
	}{{&plain, 60, false}, {&colored, 60, true}} {
		if err := (Reader{}).WriteDiagnostics(x.b, (Reader{}).Diagnostics(findings), x.width, x.color); err != nil {
			t.Fatal(err)
		}
	}
	golden(t, abs, plain.String())
	bare := plain.String()
	for _, style := range []string{"\x1b[31;1m", "\x1b[33;1m", "\x1b[1m", "\x1b[2m"} {
		if !strings.Contains(colored.String(), style) {
			t.Errorf("no style %q", style)
		}
	}
	equal(t, "text without colours", regexp.MustCompile(`\x1b\[[0-9;]*m`).ReplaceAllString(colored.String(), ""), bare)
}

func TestWriteNothingAndLongLines(t *testing.T) {
	equal(t, "nothing", printed(t, nil), "")
	dir := write(t, txtar.Parse([]byte(desk+fmt.Sprintf("-- a.hcl --\nlocals { a = [%s nope, %s 1] }\n", strings.Repeat("1, ", 500), strings.Repeat("2, ", 500)))))
	_, diags := Load(dir, Options{Products: products()})
	for line := range strings.Lines(printed(t, diags)) {
		if strings.Contains(line, "nope,") && (len([]rune(line)) > 180 || !strings.Contains(line, "…")) {
			t.Errorf("the line is not cut: %s", line)
		}
	}
	equal(t, "codes", codesOf(diags), []string{codeUnknownName})
}

// An object in short form is shown by the whole entry that it comes from.
func TestLocateEntry(t *testing.T) {
	dir := write(t, txtar.Parse([]byte("-- a.hcl --\nteam \"soc\" {\n  members = {\n    \"ana@x\" = role.analyst\n    ben     = \"VIEWER\"\n  }\n}\n")))
	file := filepath.Join(dir, "a.hcl")
	for line, want := range map[int]string{3: `5-27`, 4: `5-23`} {
		got := located(schema.Finding{Pos: schema.Pos{File: file, Line: line, Column: 5}, Attribute: "role"})
		if span := fmt.Sprintf("%d-%d", got.Start.Column, got.End.Column); span != want {
			t.Errorf("line %d: %s, want %s", line, span, want)
		}
	}
	if got := located(schema.Finding{Pos: schema.Pos{File: file, Line: 3, Column: 9}}); got.Start != got.End {
		t.Errorf("a place where nothing begins has a length: %v", got)
	}
}
