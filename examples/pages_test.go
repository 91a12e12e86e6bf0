package examples_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// fence finds the code of a page: its language, and its text.
var fence = regexp.MustCompile("(?ms)^ *```(hcl|json)\n(.*?)^ *```$")

// surroundings are what an example of a page refers to without declaring it.
var surroundings = []struct{ mentions, declares, hcl string }{
	{"", `provider "`, "provider \"partoo\" {\n  org_id = 42\n}\n"},
	{"role[each", `role "`, "role \"keeper\" {\n  name        = \"Keeper\"\n  permissions = []\n}\n"},
	{"role.keeper", `role "`, "role \"keeper\" {\n  name        = \"Keeper\"\n  permissions = []\n}\n"},
	{"group.Birds", `group "`, "group \"Birds\" {\n  section = \"Class\"\n}\ngroup \"France\" {\n  section = \"Country\"\n}\n"},
	{"role.store_editor", `role "`, "role \"store_editor\" {\n  name        = \"Store Editor\"\n  permissions = []\n}\n"},
	{"access.european_birds", `access "`, "access \"european_birds\" {\n  groups = [\"Class/Birds\"]\n}\n"},
	{"group.class", `group "class"`, "group \"class\" {\n  for_each = toset([\"Birds\"])\n  section  = \"Class\"\n}\n"},
	{"group.continent", `group "continent"`, "group \"continent\" {\n  for_each = toset([\"Europe\"])\n  section  = \"Continent\"\n}\n"},
}

// TestPagesHoldValidFiles takes the examples of the pages as somebody who copies
// them would: with what they refer to around them, each is valid, and nothing
// about it is worth a warning.
func TestPagesHoldValidFiles(t *testing.T) {
	for page, want := range map[string]int{
		"../README.md": 3, "../docs/language.md": 13, "../docs/guides/drift.md": 1,
		"../docs/guides/temporary-access.md": 1, "../docs/guides/tines.md": 1, "../docs/guides/roserocket.md": 1, "../docs/guides/uberall.md": 1,
	} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		ran := 0
		for _, m := range fence.FindAllStringSubmatch(string(text), -1) {
			kind, example := m[1], m[2]
			if kind == "hcl" && !strings.Contains(example, "{\n") {
				continue // attributes by themselves
			}
			ran++
			t.Run(fmt.Sprintf("%s %d", filepath.Base(page), ran), func(t *testing.T) {
				dir := t.TempDir()
				name := "example.hcl"
				if kind == "json" {
					name = "example.hcl.json"
				}
				files := map[string]string{
					name: example, "around.hcl": around(example),
					"users.csv":    "email,first_name,last_name,accesses\nben@zoo.example,Ben,Okafor,birds_france\n",
					"managers.csv": "email,first_name,last_name,store,role\nana@zoo.example,Ana,Diaz,A01,keeper\n",
				}
				for name, text := range files {
					if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				if code, out, errs := rolecall(t, "validate", dir); code != 0 || errs != "" {
					t.Errorf("exit code %d\n%s%s\nof\n%s", code, out, errs, example)
				}
			})
		}
		if ran != want {
			t.Errorf("%s holds %d examples, want %d", page, ran, want)
		}
	}
}

func around(example string) string {
	var b strings.Builder
	for _, s := range surroundings {
		if strings.Contains(example, s.mentions) && !strings.Contains(example, s.declares) {
			b.WriteString(s.hcl)
		}
	}
	return b.String()
}
