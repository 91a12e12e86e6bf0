package examples_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// session finds a command and its output on a page, or commands whose output does not matter.
var session = regexp.MustCompile("(?ms)^```(?:text\n\\$ rolecall ([^\n]*)\n(.*?)|sh\nrolecall ([^\n]*)\n)^```$")

// sinceDay is what depends on the day of the test.
var sinceDay = regexp.MustCompile(`Since \d{4}-\d\d-\d\d`)

// TestWhoCanWhatGuide runs every command of the guide, which must print what stands there.
func TestWhoCanWhatGuide(t *testing.T) { runGuide(t, "who-can-what.md", 6, "zoo", "soc", "checks") }

// TestAccessReviewGuide runs every command of the guide, which must print what stands there.
func TestAccessReviewGuide(t *testing.T) { runGuide(t, "access-review.md", 3, "soc") }

// runGuide runs the commands of a guide, at least some of them, beside copies of examples.
func runGuide(t *testing.T, name string, least int, examples ...string) {
	t.Helper()
	guide, err := os.ReadFile("../docs/guides/" + name)
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := t.TempDir()
	for _, name := range examples {
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
	text := strings.ReplaceAll(string(guide), "\r\n", "\n")
	for _, m := range session.FindAllStringSubmatch(text, -1) {
		ran++
		if m[3] != "" {
			plain(t, strings.Fields(m[3])...)
			continue
		}
		out := filepath.ToSlash(plain(t, strings.Fields(m[1])...))
		if sinceDay.ReplaceAllString(out, "Since") != sinceDay.ReplaceAllString(m[2], "Since") {
			t.Errorf("rolecall %s prints:\n%s", m[1], out)
		}
	}
	if blocks := strings.Count(text, "```text") + strings.Count(text, "```sh"); ran != blocks || ran < least {
		t.Errorf("%d commands in %d blocks", ran, blocks)
	}
}
