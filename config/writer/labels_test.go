package writer_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/partoo"
)

// Labels are the names of objects where an expression can use them, and else short identifiers.
func TestLabels(t *testing.T) {
	p := &partoo.Provider().Product
	for name, want := range map[string]string{
		"Keeper": "Keeper", "head-keeper": "head-keeper", "Store editor": "store_editor", "1st": "role_1st", "日本語": "日本語",
		"Müller & Söhne": "müller_söhne", "${x}": "x", `"q"`: "q", "!": "role", "\u2600\ufe0f sun": "sun",
		strings.Repeat("word ", 40): strings.TrimSuffix(strings.Repeat("word_", 12), "_"),
	} {
		files, _ := write(t, p, byKind(liveRole(p, strings.TrimSpace(name), "n", "", "business_edit")), 20)
		got := regexp.MustCompile(`role "(.*)" {`).FindStringSubmatch(files["roles.hcl"])
		if len(got) < 2 || got[1] != want {
			if len(name) > 100 && strings.Contains(files["roles.hcl"], "at most 100 characters") {
				continue
			}
			t.Errorf("the label of %q is not %q:\n%s", name, want, files["roles.hcl"])
		}
	}
}

// Blocks whose names become the same identifier have numbers, but for the one that has this name.
func TestLabelsDiffer(t *testing.T) {
	p := &partoo.Provider().Product
	files, _ := write(t, p, byKind(liveSection(p, "x y"), liveSection(p, "x_y"), liveSection(p, "x-y"), liveSection(p, "X Y")), 20)
	for _, block := range []string{`section "x_y" {}`, `section "x-y" {}`, `section "x_y_2" { name = "X Y" }`, `section "x_y_3" { name = "x y" }`} {
		if !strings.Contains(files["sections.hcl"], block+"\n") {
			t.Errorf("no %s in\n%s", block, files["sections.hcl"])
		}
	}
}
