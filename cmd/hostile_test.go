package cmd_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/rolecall-dev/rolecall/cmd"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// hostile is a name that erases the screen, writes over lines, sets a link and the
// clipboard, reverses the direction, and hides characters. It holds a colour that
// rolecall itself uses, which only cleaning the value can tell from its own.
const hostile = "EVIL\x1b[2J\x1b[31mRED\x1b[0m\u009b2J\x1b]8;;http://evil.example\x1b\\\x1b]52;c;YQ==\a\r\b\x7f" +
	"\u202e\u2066\u200e\u061c\u200b\u200c\u200d\u2060\u00ad\u034f\ufe0f\u3164\U000e0041\ufeff\u2028\u00a0"

// hostilePath is hostile as far as a name of a file can be.
var hostilePath = strings.ReplaceAll(hostile, "/", ":")

// hostileHCL is hostile as the inside of an HCL string.
var hostileHCL = func() string {
	var b strings.Builder
	for _, r := range hostile {
		if r < 0x80 && r >= ' ' && r != '\\' && r != 0x7f {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	return b.String()
}()

var ownStyle = regexp.MustCompile(`\x1b\[[0-9;]+m`)

// harmless fails where something that was printed can do more than be read.
func harmless(t *testing.T, what, printed string, colour bool) {
	t.Helper()
	if strings.Contains(printed, "\x1b[31mRED") {
		t.Errorf("%s lets a colour of the name through: %q", what, printed)
	}
	if colour {
		printed = ownStyle.ReplaceAllString(printed, "")
	}
	for _, r := range printed {
		if !text.Visible(r) && r != '\n' && r != '\t' {
			t.Fatalf("%s has %U: %q", what, r, printed)
		}
	}
}

// A hostileRun is one call of the program in a directory of its own.
type hostileRun struct {
	files  map[string]string
	args   []string
	in     string
	env    []string
	code   int  // -1 for any
	quiet  bool // the name is not printed at all
	person bool // somebody answers and watches
}

func (r hostileRun) run(t *testing.T, colour bool, transport http.RoundTripper) (out, err string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, content := range r.files {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var o, e bytes.Buffer
	f := cmd.System()
	f.In, f.Out, f.Err, f.Width = strings.NewReader(r.in), &o, &e, 100
	f.InTerminal, f.OutTerminal, f.ErrTerminal, f.Color, f.ErrColor = r.person, true, false, colour, colour
	f.Wait = func(context.Context, time.Duration) error { return nil }
	f.Environ, f.Transport = append([]string{"PARTOO_API_KEY=secret-of-the-test", "HOME=" + t.TempDir()}, r.env...), transport
	if code := cmd.Main(r.args, f); code != r.code && r.code >= 0 {
		t.Errorf("exit code %d, want %d:\n%s%s", code, r.code, &o, &e)
	}
	return o.String(), e.String()
}

// check runs the program with and without colour.
func (r hostileRun) check(t *testing.T, transport http.RoundTripper) {
	t.Helper()
	for _, colour := range []bool{false, true} {
		out, err := r.run(t, colour, transport)
		harmless(t, "standard output", out, colour)
		harmless(t, "standard error", err, colour)
		if told := strings.Contains(out+err, "EVIL"); told == r.quiet {
			t.Errorf("the name is printed: %v\n%s%s", told, out, err)
		}
	}
}

// hostileTenant is a directory with an emulated tenant that holds hostile names.
func hostileTenant() map[string]string {
	name, err := json.Marshal(hostile)
	if err != nil {
		panic(err)
	}
	return map[string]string{
		"access/main.hcl": `
provider "tines" {
  tenant   = "https://soc.tines.com"
  endpoint = "emulator"
  key_user = "olga@soc.example"
  manage "role" { mode = "authoritative" }
  manage "team" { mode = "authoritative" }
}
role "NEW" {
  description = "` + hostileHCL + `"
  permissions = ["CASE_VIEW"]
}
role "CHANGED" {
  description = "` + hostileHCL + ` and\nanother line"
  permissions = ["CASE_VIEW"]
}
user "ana@soc.example" { admin = true }
`,
		"access/tines.seed.json": fmt.Sprintf(`{
 "tenant": {"id": 7, "name": %[1]s},
 "roles": [
  {"name": %[1]s, "description": %[1]s, "permissions": ["CASE_VIEW"]},
  {"name": "CHANGED", "description": %[1]s, "permissions": ["CASE_VIEW"]}],
 "teams": [{"name": %[1]s}],
 "users": [
  {"email": "olga@soc.example", "first_name": %[1]s, "last_name": "Berg", "admin": true},
  {"email": "omar@soc.example", "first_name": "Omar", "last_name": "Haddad", "admin": true},
  {"email": "ana@soc.example", "first_name": "Ana", "last_name": "Diaz"}],
 "keys": [{"key": "soc", "kind": "personal", "user": "olga@soc.example"}]
}`, name),
	}
}

// TestHostileTenant plans and applies on a tenant whose names attack the terminal.
func TestHostileTenant(t *testing.T) {
	for _, r := range []hostileRun{
		{args: []string{"plan", "access"}},
		{args: []string{"plan", "--verbose", "access"}},
		{args: []string{"plan", "--format", "html", "access"}},
		{args: []string{"apply", "--auto-approve", "--max-deletes", "5", "--max-delete-percent", "100", "access"}},
		{args: []string{"plan", "--target", "role." + hostile, "access"}},
		{args: []string{"plan", "--target", "role.other" + hostile, "access"}, code: 1},
		{args: []string{"plan", "--json", "access"}},
		{args: []string{"plan", "--assert", "no-loss", "--max-deletes", "5", "--max-delete-percent", "100", "access"}, code: 5},
		{args: []string{"plan", "--assert", hostile, "access"}, code: 1},
		{args: []string{"plan", "--format", "markdown", "access"}},
		{args: []string{"plan", "--format", "annotations", "access"}},
		{args: []string{"plan", "--since", hostile, "access"}, code: 1},
		{args: []string{"drift", "access"}, code: 2},
		{args: []string{"drift", "--verbose", "--update-baseline", "access"}, code: 2},
		{args: []string{"drift", "--json", "access"}, code: 2},
		{args: []string{"drift", "--format", "markdown", "access"}, code: 2},
		{args: []string{"import", "access"}},
		{args: []string{"import", "--only", hostile, "access"}, code: -1},
		{args: []string{"import", "--kind", hostile, "access"}, code: 1},
		{args: []string{"permissions", "access"}},
		{args: []string{"permissions", "--hcl", "access"}},
		{args: []string{"permissions", "--json", "access"}},
		{args: []string{"apply", "--json", "--auto-approve", "access"}},
		{args: []string{"plan", "--out", hostilePath + ".json", "access"}},
	} {
		r.files = hostileTenant()
		t.Run(r.args[0]+" "+r.args[1], func(t *testing.T) { r.check(t, nil) })
	}
}

// TestHostileJSON decodes what is escaped and gets what was there.
func TestHostileJSON(t *testing.T) {
	out, _ := hostileRun{files: hostileTenant(), args: []string{"plan", "--json", "--out", "saved.json", "access"}}.run(t, false, nil)
	saved, err := os.ReadFile("saved.json")
	if err != nil {
		t.Fatal(err)
	}
	harmless(t, "the plan file", string(saved), false)
	for what, doc := range map[string][]byte{"--json": []byte(out), "the plan file": saved} {
		var v any
		if err := json.Unmarshal(doc, &v); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if !holds(v, hostile) {
			t.Errorf("%s does not hold the name as it is", what)
		}
	}
}

// holds reports whether a JSON value holds a text.
func holds(v any, want string) bool {
	switch v := v.(type) {
	case string:
		return v == want
	case []any:
		for _, m := range v {
			if holds(m, want) {
				return true
			}
		}
	case map[string]any:
		for _, m := range v {
			if holds(m, want) {
				return true
			}
		}
	}
	return false
}

// TestHostileJournal reads the journal of an apply that deleted the hostile role.
func TestHostileJournal(t *testing.T) {
	r := hostileRun{files: hostileTenant(), args: []string{"apply", "--auto-approve", "--max-deletes", "5", "--max-delete-percent", "100", "access"}}
	r.run(t, false, nil)
	journals, err := filepath.Glob("access/.rolecall/journal/*")
	if err != nil || len(journals) == 0 {
		t.Fatalf("no journal: %v", err)
	}
	for _, name := range journals {
		lines, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		harmless(t, "the journal", string(lines), false)
		if !bytes.Contains(lines, []byte("EVIL")) {
			t.Errorf("the journal does not name the role: %s", lines)
		}
		for _, colour := range []bool{false, true} {
			for _, args := range [][]string{{"history", "--dir", ".", "role." + hostile}, {"history", "--dir", ".", "--json", "role." + hostile}} {
				history := hostileRun{files: map[string]string{".rolecall/journal/20260102T150405Z-tines.jsonl": string(lines)}, args: args}
				out, _ := history.run(t, colour, nil)
				harmless(t, "history", out, colour)
				if !strings.Contains(out, "EVIL") {
					t.Errorf("history does not name the role: %s", out)
				}
			}
		}
	}
}

const hostileProvider = "provider \"partoo\" {\n  org_id   = 42\n  endpoint = \"emulator\"\n}\n"

// TestHostileFiles makes a mistake with a hostile text in each thing that files hold.
func TestHostileFiles(t *testing.T) {
	raw := strings.NewReplacer("\r", "", "\u2028", "").Replace(hostile) // what a line of a file can hold
	for name, files := range map[string]map[string]string{
		"syntax error":       {"d/a.hcl": hostileProvider + "role \"" + raw + "\" bad {\n"},
		"comment beside it":  {"d/a.hcl": hostileProvider + "role \"x\" { /* " + raw + " */ bad }\n"},
		"carriage return":    {"d/a.hcl": hostileProvider + "role \"x\" { bad } # " + hostile + "\n"},
		"unknown block":      {"d/a.hcl": hostileProvider + "\"" + raw + "\" {}\n"},
		"unknown kind":       {"d/a.hcl": hostileProvider + "resource \"" + raw + "\" \"x\" {}\n"},
		"label":              {"d/a.hcl": hostileProvider + "user \"" + hostileHCL + "\" { role = \"ORG_ADMIN\" }\n"},
		"value of a list":    {"d/a.hcl": hostileProvider + "user \"a@zoo.example\" { role = \"" + hostileHCL + "\" }\n"},
		"unknown attribute":  {"d/a.hcl": hostileProvider + "user \"a@zoo.example\" {\n  role = \"ORG_ADMIN\"\n  EVIL\u200b = 1 /* " + raw + " */\n}\n"},
		"provider name":      {"d/a.hcl": "provider \"" + raw + "\" {}\n"},
		"provider alias":     {"d/a.hcl": "provider \"partoo\" {\n  org_id = 42\n  alias = \"" + hostileHCL + "\"\n  endpoint = \"emulator\"\n}\n"},
		"variable name":      {"d/a.hcl": hostileProvider + "variable \"" + raw + "\" {}\n"},
		"variable reference": {"d/a.hcl": hostileProvider + "locals { x = var[\"" + hostileHCL + "\"] }\n"},
		"error message": {"d/a.hcl": hostileProvider + "variable \"x\" {\n  default = 1\n  validation {\n    condition = var.x > 1\n    error_message = \"" +
			hostileHCL + "\"\n  }\n}\n"},
		"value in an expression": {"d/a.hcl": hostileProvider + "locals {\n  n = tonumber(\"" + hostileHCL + "\")\n}\n"},
		"key of a map":           {"d/a.hcl": hostileProvider + "locals {\n  m = { a = 1 }\n  v = local.m[\"" + hostileHCL + "\"]\n}\n"},
		"for_each key":           {"d/a.hcl": hostileProvider + "user \"x\" {\n  for_each = [\"" + hostileHCL + "\"]\n  email = each.key\n  role = \"ORG_ADMIN\"\n}\n"},
		"CSV header": {"d/a.hcl": hostileProvider + "user \"x\" {\n  for_each = { for r in csvdecode(file(\"x.csv\")) : r.email => r }\n  role = each.value.role\n}\n",
			"d/x.csv": "email," + raw + "\na@zoo.example,1\n"},
		"YAML key": {"d/a.hcl": hostileProvider + "locals {\n  y = yamldecode(file(\"x.yaml\"))\n  z = local.y.EVIL_missing\n}\n",
			"d/x.yaml": "\"" + strings.ReplaceAll(hostileHCL, "\\U", "\\U") + "\": 1\n"},
		"JSON of a file": {"d/a.hcl": hostileProvider + "locals { j = jsondecode(file(\"" + hostileHCL + "\")) }\n"},
		"JSON syntax":    {"d/a.hcl.json": "{\"provider\": {\"partoo\": {\"endpoint\": \"emulator\"}}, \"" + text.Clean("EVIL") + raw[4:] + "\": }"},
		"JSON block":     {"d/a.hcl.json": string(text.JSON(mustJSON(map[string]any{"EVIL" + hostile: map[string]any{"x": map[string]any{}}})))},
		"name of a file": {"d/" + hostilePath + ".hcl": hostileProvider + "bad {\n"},
		"not UTF-8":      {"d/" + hostilePath + ".hcl": hostileProvider + "# \xff\x9b2J\n"},
		"manage":         {"d/a.hcl": "provider \"partoo\" {\n  org_id = 42\n  endpoint = \"emulator\"\n  manage \"" + hostileHCL + "\" {}\n}\n"},
		"protect":        {"d/a.hcl": "provider \"partoo\" {\n  org_id = 42\n  endpoint = \"emulator\"\n  protect = [\"" + hostileHCL + "\"]\n  rate = \"" + hostileHCL + "\"\n}\n"},
		"removed":        {"d/a.hcl": hostileProvider + "removed \"" + hostileHCL + "\" {}\n"},
		"declared twice": {"d/a.hcl": hostileProvider + "section \"" + hostileHCL + "\" {}\nsection \"" + hostileHCL + "\" {}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			hostileRun{files: files, args: []string{"validate", "d"}, code: 1}.check(t, nil)
			out, _ := hostileRun{files: files, args: []string{"validate", "--json", "d"}, code: 1}.run(t, false, nil)
			harmless(t, "--json", out, false)
			if !json.Valid([]byte(out)) {
				t.Errorf("--json is not JSON: %s", out)
			}
		})
	}
}

func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// TestHostileEnvironment gives hostile variables, keys and files of keys.
func TestHostileEnvironment(t *testing.T) {
	variable := hostileProvider + "variable \"n\" { type = number }\n"
	real := "provider \"partoo\" {\n  org_id = 42\n  endpoint = \"http://127.0.0.1:1/v2\"\n}\nsection \"a\" {}\n"
	for name, r := range map[string]hostileRun{
		"value of a variable": {env: []string{"ROLECALL_VAR_n=" + hostile}, files: map[string]string{"d/a.hcl": variable}, args: []string{"validate", "d"}, quiet: true},
		"name of a variable":  {env: []string{"ROLECALL_VAR_" + hostile + "=1", "ROLECALL_VAR_n=1"}, files: map[string]string{"d/a.hcl": variable}, args: []string{"validate", "d"}, quiet: true},
		"file of values":      {files: map[string]string{"d/a.hcl": variable, hostilePath + ".hcl": "m = \"" + hostileHCL + "\"\n"}, args: []string{"validate", "--var-file", hostilePath + ".hcl", "d"}},
		"key":                 {env: []string{"PARTOO_API_KEY=" + hostile}, files: map[string]string{"d/a.hcl": real}, args: []string{"plan", "d"}, quiet: true},
		"file of a key":       {env: []string{"PARTOO_API_KEY=", "PARTOO_API_KEY_FILE=" + hostilePath}, files: map[string]string{"d/a.hcl": real}, args: []string{"plan", "d"}},
		"endpoint":            {files: map[string]string{"d/a.hcl": strings.Replace(real, "127.0.0.1:1", hostileHCL, 1)}, args: []string{"plan", "d"}},
	} {
		t.Run(name, func(t *testing.T) {
			r.code = -1
			r.check(t, nil)
		})
	}
}

// TestHostileRecords reads plan files and journals that somebody has edited.
func TestHostileRecords(t *testing.T) {
	files := hostileTenant()
	hostileRun{files: files, args: []string{"plan", "--out", "saved.json", "access"}}.run(t, false, nil)
	saved, err := os.ReadFile("saved.json")
	if err != nil {
		t.Fatal(err)
	}
	evil := string(text.JSON(mustJSON(hostile)))
	asserted := `"assertions": [{"name": ` + evil + `, "holds": false, "text": ` + evil + `, "total": 3, "failures": [{"provider": "", "text": ` + evil + `}]}], "plans"`
	for name, r := range map[string]hostileRun{
		"provider":         {files: map[string]string{"saved.json": strings.ReplaceAll(string(saved), `"tines"`, evil)}, args: []string{"apply", "--auto-approve", "saved.json"}},
		"kind":             {files: map[string]string{hostilePath + ".json": strings.ReplaceAll(string(saved), `"role"`, evil)}, args: []string{"apply", "--auto-approve", hostilePath + ".json"}},
		"directory":        {files: map[string]string{"saved.json": strings.ReplaceAll(string(saved), `"access"`, evil)}, args: []string{"apply", "--auto-approve", "saved.json"}},
		"action":           {files: map[string]string{"saved.json": strings.ReplaceAll(string(saved), `"delete"`, evil)}, args: []string{"apply", "--auto-approve", "saved.json"}},
		"name of a member": {files: map[string]string{"saved.json": strings.ReplaceAll(string(saved), `"findings"`, evil)}, args: []string{"apply", "--auto-approve", "saved.json"}},
		"assertion":        {files: map[string]string{"saved.json": strings.Replace(string(saved), `"plans"`, asserted, 1)}, args: []string{"show", "saved.json"}},
		"journal":          {files: map[string]string{"access/.rolecall/journal/" + hostilePath + ".jsonl": "{\"" + hostile + "\""}, args: []string{"plan", "access"}},
	} {
		t.Run(name, func(t *testing.T) {
			all := hostileTenant()
			for name, content := range r.files {
				all[name] = content
			}
			r.files, r.code = all, -1
			r.check(t, nil)
		})
	}
}

// TestHostileImport writes the names of a hostile tenant into files.
func TestHostileImport(t *testing.T) {
	r := hostileRun{files: map[string]string{"mine/tines.seed.json": hostileTenant()["access/tines.seed.json"]}, args: []string{
		"import", "tines", "mine", "--set", "tenant=https://soc.tines.com", "--set", "endpoint=emulator", "--roster-above", "1",
	}}
	r.run(t, false, nil)
	names, err := filepath.Glob("mine/*.hcl")
	if err != nil || len(names) < 3 {
		t.Fatalf("files %v: %v", names, err)
	}
	lists, err := filepath.Glob("mine/*.csv")
	if err != nil {
		t.Fatal(err)
	}
	told := false
	for _, name := range append(names, lists...) {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		harmless(t, name, string(content), false)
		told = told || strings.Contains(string(content), "EVIL")
	}
	if !told {
		t.Error("no file has the name")
	}
}

// TestHostileQuestion asks before a hostile plan is applied.
func TestHostileQuestion(t *testing.T) {
	r := hostileRun{files: hostileTenant(), args: []string{"apply", "--max-deletes", "5", "--max-delete-percent", "100", "access"}, code: 1, in: "no\n", person: true}
	r.check(t, nil)
}

// TestHostileArguments gives hostile arguments, names of files and directories.
func TestHostileArguments(t *testing.T) {
	valid := hostileProvider + "section \"a\" {}\n"
	key, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	journalKey := []string{"ROLECALL_JOURNAL_KEY=" + key.String()}
	unformatted := "section   \"a\"   {} # " + strings.ReplaceAll(hostile, "\r", "") + "\n"
	for _, r := range []hostileRun{
		{args: []string{hostile}, code: 1},
		{args: []string{"--" + hostile}, code: 1},
		{args: []string{"plan", "--" + hostile}, code: 1},
		{args: []string{"plan", "-" + hostile}, code: 1},
		{args: []string{"plan", "-out=" + hostile}, code: 1},
		{args: []string{"import", hostile}, code: 1},
		{args: []string{"import", hostile, "partoo"}, code: 1},
		{args: []string{"import", "partoo", hostilePath + "/a"}, code: 1},
		{args: []string{"import", "partoo", "d", "--set", hostile}, code: 1},
		{args: []string{"import", "partoo", "d", "--set", "org_id=" + hostile}, code: 1},
		{args: []string{"import", "partoo", "d"}, code: 1, in: hostile + "\n", person: true},
		{args: []string{"plan", "a", hostile}, code: 1},
		{args: []string{"plan", hostile}, code: 1},
		{args: []string{"plan", "--max-deletes", hostile}, code: 1},
		{args: []string{"plan", "--var", hostile, "d"}, code: 1, files: map[string]string{"d/a.hcl": valid}},
		{args: []string{"plan", "--var", hostile + "=1", "d"}, code: 1, files: map[string]string{"d/a.hcl": valid}},
		{args: []string{"plan", "--var-file", hostile, "d"}, code: 1, files: map[string]string{"d/a.hcl": valid}},
		{args: []string{"plan", "--target", hostile, "d"}, code: 1, files: map[string]string{"d/a.hcl": valid}},
		{args: []string{"plan", "--out", hostile + "/x", "d"}, code: 1, files: map[string]string{"d/a.hcl": valid}},
		{args: []string{"apply", hostile}, code: 1},
		{args: []string{"apply", hostilePath}, code: 1, files: map[string]string{hostilePath: `{"format": "` + "EVIL\u200b" + `"}`}},
		{args: []string{"validate", hostile}, code: 1},
		{args: []string{"validate", hostilePath}, files: map[string]string{hostilePath + "/a.hcl": valid}},
		{args: []string{"version", hostile}, code: 1},
		{args: []string{"ci", hostile}, code: 1},
		{args: []string{"ci", "journal", hostile}, code: 1},
		{args: []string{"ci", "journal", "unpack", hostile}, code: 1, env: journalKey},
		{args: []string{"ci", "journal", "unpack", "d", hostile}, code: 1, env: journalKey, files: map[string]string{"d/a.hcl": valid}},
		{args: []string{"ci", "journal", "pack", "--out", hostile + "/x", "d"}, code: 1, env: journalKey, files: map[string]string{"d/a.hcl": valid}},
		{args: []string{"ci", "journal", "pack", "--out", "x", "--recipient", hostile, "d"}, code: 1, env: journalKey, files: map[string]string{"d/a.hcl": valid}},
		{args: []string{"schema", hostile}, code: 1},
		{args: []string{"schema", "partoo." + hostile}, code: 1},
		{args: []string{"help", hostile}, code: 1},
		{args: []string{"completion", hostile}, code: 1},
		{args: []string{"__complete", hostile, ""}, quiet: true},
		{args: []string{"__complete", "schema", hostile}, quiet: true},
		{args: []string{"init", hostile}, code: 1},
		{args: []string{"init", "partoo", hostilePath}},
		{args: []string{"init", "partoo", hostilePath}, code: 1, files: map[string]string{hostilePath + "/a.hcl": ""}},
		{args: []string{"emulator", hostile}, code: 1},
		{args: []string{"emulator", "partoo", "--variant", hostile}, code: 1},
		{args: []string{"emulator", "partoo", "--fault", hostile}, code: 1},
		{args: []string{"emulator", "partoo", "--listen", hostile}, code: 1},
		{args: []string{"emulator", "partoo", "--seed", hostile}, code: 1},
		{args: []string{"emulator", "partoo", "--log", hostile + "/x"}, code: 1},
		{args: []string{"fmt", hostile}, code: 1},
		{args: []string{"fmt", hostilePath}, code: 1, files: map[string]string{hostilePath: ""}},
		{args: []string{"fmt", "d"}, files: map[string]string{"d/" + hostilePath + ".hcl": unformatted}},
		{args: []string{"fmt", "--check", "d"}, code: 1, files: map[string]string{"d/" + hostilePath + ".hcl": unformatted}},
		{args: []string{"fmt", "--diff", "d"}, files: map[string]string{"d/" + hostilePath + ".hcl": unformatted}},
		{args: []string{"fmt", "--json", "--check", "d"}, code: 1, files: map[string]string{"d/" + hostilePath + ".hcl": unformatted}},
		{args: []string{"fmt", "-"}, in: unformatted},
		{args: []string{"fmt", "-"}, in: "bad = = " + unformatted, code: 1, quiet: true},
	} {
		t.Run(text.Clean(strings.Join(r.args, " "))[:min(40, len(strings.Join(r.args, " ")))], func(t *testing.T) { r.check(t, nil) })
	}
}

// TestFormatKeepsContent writes the text of a file as it is where a program reads it.
func TestFormatKeepsContent(t *testing.T) {
	src := "section   \"a\" {} # " + strings.ReplaceAll(hostile, "\r", "") + "\n"
	want := strings.Replace(src, "   ", " ", 1)
	var o bytes.Buffer
	f := cmd.System()
	f.In, f.Out, f.Err, f.OutTerminal = strings.NewReader(src), &o, io.Discard, false
	if code := cmd.Main([]string{"fmt", "-"}, f); code != 0 || o.String() != want {
		t.Errorf("exit code %d, got %q, want %q", code, o.String(), want)
	}
}

// TestHostileProduct answers each request with a hostile message.
func TestHostileProduct(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"message": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write(mustJSON(map[string]any{"message": hostile, "errors": map[string]string{"json": hostile}}))
		},
		"plain text": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, hostile)
		},
		"web page": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusBadGateway)
			_, _ = io.WriteString(w, "<html><title>"+hostile+"</title></html>")
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(answer)
			defer s.Close()
			transport := rest.NewTransport()
			defer transport.CloseIdleConnections()
			f := "provider \"partoo\" {\n  org_id = 42\n  endpoint = \"" + s.URL + "/v2\"\n}\nsection \"a\" {}\n"
			r := hostileRun{files: map[string]string{"d/a.hcl": f}, args: []string{"plan", "d"}, code: 1}
			if name == "plain text" {
				r.code = 4
			}
			r.check(t, transport)
		})
	}
}

// TestHostileRequestLog sends hostile requests to an emulator that logs them.
func TestHostileRequestLog(t *testing.T) {
	file := filepath.Join(t.TempDir(), "requests.jsonl")
	s := serve(t, "--log", file)
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for _, body := range []string{hostile, string(mustJSON(map[string]string{"name": hostile}))} {
		r, err := http.NewRequest(http.MethodPost, s.Endpoint+"/EVIL%1b%5b2J%e2%80%ae?q=%1b%5b2J", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
	}
	s.stop()
	lines, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	harmless(t, "the request log", string(lines), false)
	for line := range strings.Lines(string(lines)) {
		var v any
		if err := json.Unmarshal([]byte(line), &v); err != nil || !holds(v, hostile) {
			t.Errorf("the line does not hold the body: %v\n%s", err, line)
		}
	}
}

// TestHostileNotification sends hostile names to a chat that answers with hostile text.
func TestHostileNotification(t *testing.T) {
	var message strings.Builder
	transport := intercept(func(r *http.Request, _ func() (*http.Response, error)) (*http.Response, error) {
		var sent struct {
			Text        string
			Attachments []struct{ Text string }
		}
		if err := json.NewDecoder(r.Body).Decode(&sent); err != nil {
			return nil, err
		}
		for _, a := range sent.Attachments {
			message.WriteString(a.Text + "\n")
		}
		if r.Header.Get("Authorization") != "" || strings.Contains(message.String(), "secret-of-the-test") {
			t.Error("the notification has the key of the product")
		}
		return &http.Response{StatusCode: http.StatusNotFound, Status: "404 Not Found", Header: http.Header{}, Body: io.NopCloser(strings.NewReader(hostile)), Request: r}, nil
	})
	r := hostileRun{
		files: hostileTenant(), args: []string{"drift", "access"}, code: 2,
		env: []string{"ROLECALL_NOTIFY=https://hooks.slack.com/services/T00000000/B00000000/abcdefgh0123456789abcdef"},
	}
	_, stderr := r.run(t, false, transport)
	harmless(t, "standard error", stderr, false)
	if !strings.Contains(stderr, "the notification to Slack failed: ") || !strings.Contains(stderr, "EVIL") {
		t.Errorf("the answer is not shown: %s", stderr)
	}
	harmless(t, "the notification", message.String(), false)
	if !strings.Contains(message.String(), "EVIL") {
		t.Errorf("the notification does not name the role: %s", &message)
	}
}
