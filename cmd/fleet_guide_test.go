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
	dir := t.TempDir()
	t.Chdir(dir)
	for _, name := range []string{"tenants/paris", "shared"} {
		if err := os.MkdirAll(name, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	git(t, dir, "init", "-q", "-b", "main")
	git(t, dir, "commit", "-q", "--allow-empty", "-m", "start")
	ran := 0
	for _, m := range regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$").FindAllStringSubmatch(string(text), -1) {
		block := m[2]
		if name, content, ok := strings.Cut(strings.TrimPrefix(block, "# "), "\n"); m[1] != "sh" && ok {
			if filepath.Base(name) != name || filepath.Ext(name) != "."+m[1] {
				t.Fatalf("no name of a file begins this block:\n%s", block)
			}
			if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		for line := range strings.Lines(block) {
			command, want, _ := strings.Cut(line, "#")
			args := strings.Fields(command)
			if len(args) == 0 || args[0] != "rolecall" {
				t.Fatalf("nothing runs this line: %s", line)
			}
			var out, said bytes.Buffer
			f := cmd.System()
			f.In, f.Out, f.Err, f.Environ = strings.NewReader(""), &out, &said, os.Environ()
			if code := cmd.Main(args[1:], f); code != 0 {
				t.Errorf("%s: exit code %d\n%s", line, code, &said)
			}
			if names := strings.Join(strings.Fields(out.String()), ", "); strings.Contains(want, "paris") && names != strings.TrimSpace(want) {
				t.Errorf("%s: printed %s", line, names)
			}
			ran++
		}
	}
	if ran < 5 {
		t.Errorf("%d commands ran", ran)
	}
}
