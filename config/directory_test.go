package config

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"golang.org/x/tools/txtar"
)

// codesOf lists the codes of diagnostics, in their order.
func codesOf(diags hcl.Diagnostics) []string {
	var out []string
	for _, d := range diags {
		out = append(out, Code(d))
	}
	return out
}

func TestUnreadable(t *testing.T) {
	fine := desk + "-- z.hcl --\nrole \"r\" { permissions = [\"x\"] }\n"
	for _, c := range []struct {
		name    string
		prepare func(t *testing.T, dir string) string // returns the directory to load
		want    []string
		says    string
	}{
		{"no directory", func(t *testing.T, dir string) string { return filepath.Join(dir, "none") }, []string{"config/no-directory"}, "There is no directory"},
		{"a file", func(t *testing.T, dir string) string { return filepath.Join(dir, "z.hcl") }, []string{"config/no-directory"}, "Name the directory that holds it"},
		{"not UTF-8", func(t *testing.T, dir string) string {
			return put(t, dir, "a.hcl", "locals {\n  a = \"caf\xe9\"\n}\n")
		}, []string{"config/not-utf8"}, "line 2, column 11"},
		{"UTF-16", func(t *testing.T, dir string) string {
			return put(t, dir, "a.hcl", "\xff\xfel\x00o\x00")
		}, []string{"config/not-utf8"}, "line 1, column 1"},
		{"a byte order mark", func(t *testing.T, dir string) string {
			return put(t, dir, "a.hcl", "\xef\xbb\xbflocals {}\n")
		}, nil, ""},
		{"a directory that is named like a file", func(t *testing.T, dir string) string {
			if err := os.Mkdir(filepath.Join(dir, "a.hcl"), 0o755); err != nil {
				t.Fatal(err)
			}
			return dir
		}, nil, ""},
		{"too big", func(t *testing.T, dir string) string {
			put(t, dir, "a.hcl", "")
			if err := os.Truncate(filepath.Join(dir, "a.hcl"), 50<<20); err != nil {
				t.Fatal(err)
			}
			return dir
		}, []string{"config/too-big"}, "has 50 MB; the limit is 32 MB. Split it"},
		{"too deep", func(t *testing.T, dir string) string {
			return put(t, dir, "a.hcl", "locals {\n  a = "+strings.Repeat("[", 1<<16)+"\n}\n")
		}, []string{"config/too-deep"}, "never closed"},
		{"too deep in JSON", func(t *testing.T, dir string) string {
			return put(t, dir, "a.hcl.json", strings.Repeat(`{"a":`, 1<<16))
		}, []string{"config/too-deep"}, "never closed"},
		{"empty files", func(t *testing.T, dir string) string { return put(t, dir, "a.hcl", "") }, nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := c.prepare(t, write(t, txtar.Parse([]byte(fine))))
			_, diags := Load(dir, Options{Products: products()})
			equal(t, "codes", codesOf(diags), c.want)
			if text := printed(t, diags); !strings.Contains(text, c.says) {
				t.Errorf("want %q in:\n%s", c.says, text)
			}
		})
	}
}

func TestLinks(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // links need a privilege there
	}
	dir := write(t, txtar.Parse([]byte(desk+"-- other/role.txt --\nrole \"r\" { permissions = [\"x\"] }\n")))
	link := func(to, name string) {
		t.Helper()
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	link("other/role.txt", "linked.hcl")
	link(".", "loop.d")
	link("loop.hcl", "loop.hcl")
	link("nowhere", "gone.hcl")
	link(".", "self.hcl")
	c, diags := Load(dir, Options{Products: products()})
	equal(t, "objects", len(c.Tenants[0].Objects), 1)
	equal(t, "codes", codesOf(diags), []string{"config/unreadable", "config/unreadable", "config/unreadable"})
	text := printed(t, diags)
	for _, says := range []string{"a link to a file that does not exist", "leads through too many links", "self.hcl is a directory"} {
		if !strings.Contains(text, says) {
			t.Errorf("want %q in:\n%s", says, text)
		}
	}
}

func TestVariableFileMistakes(t *testing.T) {
	dir := write(t, txtar.Parse([]byte(desk+"-- a.hcl --\nvariable \"v\" {}\n-- bad.vars.hcl --\nv = [1\n")))
	for _, c := range []struct {
		file string
		want []string
	}{
		{"none.vars.hcl", []string{"config/unreadable"}},
		{"bad.vars.hcl", []string{"config/brackets"}},
	} {
		_, diags := Load(dir, Options{Products: products(), Inputs: []Input{{File: filepath.Join(dir, c.file)}}})
		equal(t, c.file, codesOf(diags), c.want)
	}
}

func put(t *testing.T, dir, name, text string) string {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Lines of a .hcl file end in LF or CRLF, which is no part of a text, and never in CR
// alone: a comment would go on to the end of the file.
func TestLineEnds(t *testing.T) {
	lines := func(end string) string {
		return strings.ReplaceAll("# desk\nprovider \"desk\" { team = 7 }\nrole \"a\" {\n  title = <<EOT\none\ntwo\nEOT\n  permissions = [\"read\"]\n}\n", "\n", end)
	}
	c, diags := Load(writeFiles(t, map[string]string{"a.hcl": lines("\r\n")}), Options{Products: products()})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	if title := c.Tenants[0].Objects[0].Body.(*deskRole).Title; title != "one\ntwo\n" {
		t.Errorf("title is %q", title)
	}
	_, diags = Load(writeFiles(t, map[string]string{"a.hcl": lines("\r")}), Options{Products: products()})
	if len(diags) == 0 || Code(diags[0]) != "config/line-ends" {
		t.Errorf("CR alone: %v", diags)
	}
}

// A file is opened by the name that fileset gives, however the letters of its name are
// composed on disk, and two such files are told apart.
func TestComposedFileNames(t *testing.T) {
	composed, decomposed := "Rh\u00f4ne.csv", "Rho\u0302ne.csv"
	dir := writeFiles(t, map[string]string{"a/" + decomposed: "email\nana@zoo.example\n"})
	for _, src := range []string{
		`flatten([for f in fileset(".", "**/*.csv") : csvdecode(file(f))])[0].email`,
		`csvdecode(file("a/` + composed + `"))[0].email`,
		`csvdecode(file("a/` + decomposed + `"))[0].email`,
		`csvdecode(file(one(fileset("a", "` + composed + `")) == null ? "" : "a/` + composed + `"))[0].email`,
	} {
		if got, problem := evaluate(t, dir, src); got != `"ana@zoo.example"` {
			t.Errorf("%s gives %s %s", src, got, problem)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "a", composed), []byte("email\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(filepath.Join(dir, "a"))
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) < 2 {
		t.Skip("this file system has one name for both")
	}
	if _, problem := evaluate(t, dir, `fileset(".", "**/*.csv")`); !strings.Contains(problem, "differ only in how their letters are composed") {
		t.Errorf("two files with one name: %s", problem)
	}
}
