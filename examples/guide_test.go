package examples_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// session finds a command and its output on a page.
var session = regexp.MustCompile("(?ms)^```text\n\\$ rolecall ([^\n]*)\n(.*?)^```$")

// TestWhoCanWhatGuide runs every command of the guide, which must print what stands there.
func TestWhoCanWhatGuide(t *testing.T) {
	guide, err := os.ReadFile("../docs/guides/who-can-what.md")
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := t.TempDir()
	for _, name := range []string{"zoo", "soc"} {
		to := filepath.Join(elsewhere, "examples", name)
		if err := os.CopyFS(to, os.DirFS(filepath.Join(root, name))); err != nil {
			t.Fatal(err)
		}
		if err := os.RemoveAll(filepath.Join(to, ".rolecall")); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(elsewhere)
	ran := 0
	for _, m := range session.FindAllStringSubmatch(strings.ReplaceAll(string(guide), "\r\n", "\n"), -1) {
		ran++
		out := filepath.ToSlash(plain(t, strings.Fields(m[1])...))
		if out != m[2] {
			t.Errorf("rolecall %s prints:\n%s", m[1], out)
		}
	}
	if blocks := strings.Count(string(guide), "```text"); ran != blocks || ran < 5 {
		t.Errorf("%d commands in %d blocks", ran, blocks)
	}
}
