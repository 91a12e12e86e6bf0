package examples_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestLegacyGuide runs every command of the guide, in its order, in a directory that has only what the
// guide begins with, and compares what --generate writes with the example.
func TestLegacyGuide(t *testing.T) {
	page, err := os.ReadFile("../docs/guides/leaving-legacy-permissions.md")
	if err != nil {
		t.Fatal(err)
	}
	work := t.TempDir()
	dir := filepath.Join(work, "legacy")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"main.hcl", "partoo.seed.json"} {
		b, err := os.ReadFile(filepath.Join("legacy", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var said []string
	for _, block := range regexp.MustCompile("(?ms)^```sh\n(.*?)^```$").FindAllStringSubmatch(string(page), -1) {
		for line := range strings.Lines(block[1]) {
			said = append(said, strings.TrimSpace(line)+"\n"+guideCommand(t, work, strings.TrimSpace(line)))
		}
	}
	for i, want := range []string{
		"24 BUSINESS_MANAGERs without presence_analytics and review_analytics", `"has_switched": false`, "1 business has fields", "",
		"zoo_posts_publish", "with the role manager_no_posts_review_analytics", "Wrote 2 roles, 2 builtin roles, 28 users and 1 permission system",
		"Plan: 2 to create, 31 to update", "Applied 33 changes", "No changes", "Nobody, as far as is known",
	} {
		if i >= len(said) || !strings.Contains(said[i], want) {
			t.Fatalf("command %d of %d does not say %q:\n%s", i, len(said), want, strings.Join(said[i:min(i+1, len(said))], ""))
		}
	}
	if strings.Contains(said[7], "gains") || strings.Contains(said[7], "loses") {
		t.Errorf("somebody gains or loses rights:\n%s", said[7])
	}
	for _, name := range []string{"roles.hcl", "builtin_roles.hcl", "users.hcl", "users.csv", "permission_systems.hcl"} {
		want, _ := os.ReadFile(filepath.Join("legacy", name))
		got, err := os.ReadFile(filepath.Join(dir, name))
		if diff := cmp.Diff(string(want), string(got)); err != nil || diff != "" {
			t.Errorf("%s is not as in the example: %v\n%s", name, err, diff)
		}
	}
	if !strings.Contains(string(page), strings.TrimSpace("permission_system \"organization\" { custom_roles = true }")) {
		t.Error("the guide does not show what is written")
	}

	// And back.
	file := filepath.Join(dir, "permission_systems.hcl")
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(b), "custom_roles = true", "custom_roles = false", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := must(t, 0, "apply", "--auto-approve", "--confirm", "Zoo Retail", dir); !strings.Contains(out, "Applied 1 change.") {
		t.Error(out)
	}
	if out := must(t, 0, "partoo", "legacy", dir); !strings.Contains(out, "The legacy permissions decide what people can do.") {
		t.Error(out)
	}
}

// guideCommand runs a command of the guide, whose files are below a directory, and returns what it
// printed. A > saves it as a shell does.
func guideCommand(t *testing.T, work, line string) string {
	t.Helper()
	command, to, saved := strings.Cut(line, " > ")
	var args []string
	for _, m := range regexp.MustCompile(`"([^"]*)"|(\S+)`).FindAllStringSubmatch(command, -1) {
		arg := m[1] + m[2]
		if arg == "legacy" && args[len(args)-1] != "partoo" || strings.HasSuffix(arg, ".json") {
			arg = filepath.Join(work, arg)
		}
		args = append(args, arg)
	}
	if args[0] != "rolecall" {
		t.Fatalf("no command of rolecall: %s", line)
	}
	out := must(t, 0, args[1:]...)
	if saved {
		if err := os.WriteFile(filepath.Join(work, to), []byte(out), 0o600); err != nil {
			t.Fatal(err)
		}
		if to != "before.json" {
			return ""
		}
	}
	return out
}
