package cmd_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/cmd"
)

// The guide's files are written, and its commands run, in the order of the page.
func TestFleetGuide(t *testing.T) {
	text, err := os.ReadFile("../docs/guides/fleet.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "fleet")
	for name, content := range map[string]string{
		"tenants/paris/main.hcl": `provider "partoo" {
			org_id   = 1
			endpoint = "emulator"
		}`,
		"../keys/README": "",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	git(t, dir, "init", "-q", "-b", "main")
	git(t, dir, "commit", "-q", "--allow-empty", "-m", "start")
	ran := 0
	for _, m := range regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$").FindAllStringSubmatch(string(text), -1) {
		block := m[2]
		if name, content, ok := strings.Cut(strings.TrimPrefix(block, "# "), "\n"); m[1] != "sh" && ok {
			if !filepath.IsLocal(name) || filepath.Ext(name) != "."+m[1] {
				t.Fatalf("no name of a file begins this block:\n%s", block)
			}
			content = strings.Replace(content, "  org_id = var.org_id\n", "  org_id = var.org_id\n  endpoint = \"emulator\"\n", 1)
			if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		for line := range strings.Lines(block) {
			command, want, _ := strings.Cut(line, "#")
			command, saved, _ := strings.Cut(command, ">")
			args := strings.Fields(command)
			if len(args) == 0 || args[0] != "rolecall" {
				t.Fatalf("nothing runs this line: %s", line)
			}
			var out, said bytes.Buffer
			f := cmd.System()
			f.In, f.Out, f.Err, f.Environ = strings.NewReader(""), &out, &said, append(os.Environ(), "XDG_STATE_HOME="+dir)
			if code := cmd.Main(args[1:], f); code != 0 {
				t.Errorf("%s: exit code %d\n%s", line, code, &said)
			}
			if names := strings.Join(strings.Fields(out.String()), ", "); strings.Contains(want, "paris") && names != strings.TrimSpace(want) {
				t.Errorf("%s: printed %s", line, names)
			}
			if saved = strings.TrimSpace(saved); saved != "" {
				if err := os.WriteFile(saved, out.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			ran++
		}
	}
	if ran < 14 {
		t.Errorf("%d commands ran", ran)
	}
}
