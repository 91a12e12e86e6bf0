package config

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"golang.org/x/tools/txtar"
)

// stretched makes a directory large without changing what it says: behind every
// block come so many blanks that each is a piece of its own.
func stretched(a *txtar.Archive) *txtar.Archive {
	blanks := strings.Repeat(" ", pieceSize) + "\n"
	out := &txtar.Archive{Files: []txtar.File{{Name: "zz.hcl", Data: []byte(strings.Repeat(blanks, largeSize/pieceSize))}}}
	for _, f := range a.Files {
		text := string(f.Data)
		if filepath.Ext(f.Name) == ".hcl" {
			text = strings.ReplaceAll(strings.ReplaceAll(text, "\n}\n", "\n}\n"+blanks), "\r\n}\r\n", "\r\n}\r\n"+blanks)
		}
		out.Files = append(out.Files, txtar.File{Name: f.Name, Data: []byte(text)})
	}
	return out
}

// said is all that a configuration says, and all that is said about it.
func said(t *testing.T, c *Config, diags hcl.Diagnostics) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintln(&b, c.Files)
	for _, tn := range c.Tenants {
		fmt.Fprintf(&b, "%s %+v %v %v %v %v\n", tn.Name, tn.Settings.Body, tn.Manage, tn.Limits, tn.Protect, tn.Removed)
		for _, o := range tn.Objects {
			fmt.Fprintf(&b, "%s %x %v %v %+v\n", o.Addr.Full(), o.Set, o.Pos, o.Previously, o.Body)
		}
	}
	return b.String() + printed(t, diags)
}

// both loads a directory with and without deferring, which must give the same, and
// reports whether deferring succeeds.
func both(t *testing.T, dir string, o Options) bool {
	t.Helper()
	o.Products = products()
	whole := newLoader(filepath.Clean(dir), o, nil)
	whole.load()
	c, diags := Load(dir, o)
	if got, want := said(t, c, diags), said(t, whole.config(), whole.finish()); got != want {
		equal(t, "what is said", strings.Split(got, "\n"), strings.Split(want, "\n"))
	}
	l := newLoader(filepath.Clean(dir), o, nil)
	loaded := l.loadDeferring()
	if !l.deferral.active {
		t.Error("the directory is too small for deferring")
	}
	return loaded
}

// many writes 5,000 users, all but one with another as their mentor.
func many(alone int, mentor func(i int) int) string {
	var b strings.Builder
	for i := range 5_000 {
		mentored := ""
		if i != alone {
			mentored = fmt.Sprintf("\n  mentor = user[\"u%d@desk.example\"].email", mentor(i))
		}
		fmt.Fprintf(&b, "user \"u%d@desk.example\" {\n  first_name = \"U\"%s\n}\n", i, mentored)
	}
	return b.String()
}

// A large directory gives what a small one gives, whatever its blocks refer to.
func TestDeferredBlocksAreTheWhole(t *testing.T) {
	const base = "section \"s\" {\n}\ngroup \"north\" {\n  section = section.s\n}\naccess \"north\" {\n  groups = [group.north]\n}\nrole \"reader\" {\n  permissions = [\"read\"]\n}\n"
	const user = "user \"ann@desk.example\" {\n  first_name = \"Ann\"\n"
	for name, files := range map[string]string{
		"one file, the wrong way round": "-- a.hcl --\n" + user + "  role = role.reader\n  accesses = [access.north]\n}\naccess \"south\" {\n  groups = [group.north]\n}\n" + base +
			"provider \"desk\" {\n  team = 7\n}\n",
		"a chain through kinds": desk + "-- a.hcl --\n" + user + "  role = role.chief\n}\n" + base + "role \"chief\" {\n  permissions = role.clerk.permissions\n}\nrole \"clerk\" {\n  permissions = role.reader.permissions\n}\n",
		"locals": desk + "-- a.hcl --\n" + user + "  role = local.first\n  accesses = local.seen\n}\n" + base +
			"locals {\n  seen  = [local.north, [\"Shelf/Live\"]]\n  north = access.north\n  first = \"live\"\n}\n",
		"a whole kind": desk + "-- a.hcl --\n" + user + "  accesses = [[for g in group : g]]\n}\n" + base,
		"a local with a whole kind": desk + "-- a.hcl --\n" + user + "  accesses = [local.all]\n}\n" + base + "locals {\n  all = values(group)\n}\n" +
			"user \"bob@desk.example\" {\n  first_name = \"Bob\"\n  accesses = [local.all]\n  role = local.all[0].name\n}\n",
		"for_each over what waits": desk + "-- a.hcl --\n" + base + "user \"all\" {\n  for_each = { for i, g in values(group) : \"u${i}@desk.example\" => g }\n  first_name = each.value.name\n}\n" +
			user + "  mentor = user.all[\"u0@desk.example\"]\n}\n",
		"for_each": desk + "-- a.hcl --\n" + base + "user \"all\" {\n  for_each = { for r in csvdecode(file(\"t.csv\")) : r.email => r }\n  first_name = each.value.first\n  role = role[\"reader\"]\n}\n" +
			"-- t.csv --\nemail,first\na@desk.example,A\nb@desk.example,B\n",
		"live keys": desk + "-- a.hcl --\n" + base + user + "  role = \"role.none\"\n  accesses = [[\"group.none\"]]\n}\n",
		"two tenants": desk + "provider \"hall\" \"x\" {\n}\n-- a.hcl --\nrole \"r\" {\n  provider = hall.x\n}\nbadge \"b\" {\n  provider = hall.x\n  role = role.r\n}\n" +
			"role \"r\" {\n  provider = desk\n  permissions = [\"read\"]\n}\n",
		"earlier names, removed blocks":    desk + "-- a.hcl --\n" + user + "  previously = [\"anna@desk.example\"]\n}\nremoved \"user\" \"bob@desk.example\" {\n}\n",
		"words in comments and texts":      desk + "-- a.hcl --\n" + base + "/*\nprovider\nuser\n*/\nrole \"r\" {\n  permissions = [<<EOT\nlocals\nuser\nEOT\n  ]\n}\n",
		"one key twice":                    desk + "-- a.hcl --\n" + user + "}\nuser \"ANN@desk.example\" {\n  first_name = \"Ann\"\n}\n",
		"a quoted reference to what comes": desk + "-- a.hcl --\n" + user + "  mentor = \"user.bob\"\n}\nuser \"bob\" {\n  first_name = \"Bob\"\n}\n",
		"a circle":                         desk + "-- a.hcl --\n" + user + "  lang = user.bob.lang\n}\nuser \"bob\" {\n  first_name = \"Bob\"\n  lang = user[\"ann@desk.example\"].lang\n}\n",
		"a circle of locals":               desk + "-- a.hcl --\nlocals {\n  a = [user.bob, local.b]\n  b = local.a\n}\nuser \"bob\" {\n  first_name = local.a\n}\n",
		"what is not declared":             desk + "-- a.hcl --\n" + user + "  role = role.none\n  mentor = nobody\n  lang = local.none\n}\n",
		"the wrong type":                   desk + "-- a.hcl --\n" + user + "  disabled = \"often\"\n}\n",
		"a JSON file": desk + "-- a.hcl --\n" + user + "  role = role.json\n}\n" + base + "-- b.hcl.json --\n" +
			`{"role": {"json": {"permissions": "${role.reader.permissions}"}}, "user": {"bob@desk.example": {"first_name": "Bob", "mentor": "${user[\"ann@desk.example\"]}"}}}` + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			if !both(t, write(t, stretched(txtar.Parse([]byte(files)))), Options{}) {
				t.Error("deferring fails")
			}
		})
	}
}

// Files with blocks where headers are not looked for, and files with errors, are read again.
func TestDeferringFails(t *testing.T) {
	const user = "user \"ann@desk.example\" {\n  first_name = \"Ann\"\n"
	for name, files := range map[string]string{
		"a provider block that is indented": "-- a.hcl --\n" + user + "}\n  provider \"desk\" {\n  team = 7\n}\n",
		"locals that are indented":          desk + "-- a.hcl --\n" + user + "  lang = local.en\n}\n  locals {\n  en = \"en\"\n}\n",
		"a block in a comment":              desk + "-- a.hcl --\n" + user + "}\n/*\n" + user + "}\n*/\n",
		"no provider block":                 "-- a.hcl --\n" + user + "}\n",
		"an unknown kind":                   desk + "-- a.hcl --\nusser \"ann@desk.example\" {\n}\n",
		"an attribute outside":              desk + "-- a.hcl --\n" + user + "}\nuser = 1\n",
		"too many labels":                   desk + "-- a.hcl --\nuser \"ann\" \"bob\" {\n}\n",
		"an empty label":                    desk + "-- a.hcl --\nuser \"\" {\n}\n",
		"one label twice":                   desk + "-- a.hcl --\n" + user + "}\n-- b.hcl --\nremoved \"user\" \"x\" {\n}\n" + user + "}\n",
		"the last file is broken":           desk + "-- a.hcl --\n" + user + "}\n-- b.hcl --\nrole \"r\" {\n",
	} {
		t.Run(name, func(t *testing.T) {
			if both(t, write(t, stretched(txtar.Parse([]byte(files)))), Options{}) {
				t.Error("deferring succeeds")
			}
		})
	}
}

// The diagnostics of a large directory are those of a small one.
func TestDiagnosticsOfLargeDirectories(t *testing.T) {
	archives, err := filepath.Glob(filepath.Join("testdata", "wrong", "*.txt"))
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, path := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			a, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			both(t, write(t, stretched(a)), Options{Version: "1.4.0"})
		})
	}
}

// Blocks refer to blocks that are parsed before and after them.
func TestReferencesBetweenChunks(t *testing.T) {
	for name, users := range map[string]string{
		"back":    many(0, func(i int) int { return i - 1 }),
		"forward": many(4_999, func(i int) int { return i + 1 }),
	} {
		t.Run(name, func(t *testing.T) {
			if !both(t, write(t, txtar.Parse([]byte(desk+"-- a.hcl --\n"+users))), Options{}) {
				t.Error("deferring fails")
			}
		})
	}
}
