package cmd_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/cmd"
	partooemulator "github.com/rolecall-dev/rolecall/provider/partoo/emulator"
)

// An import to a full disk leaves no file, and the files that there are as they are.
func TestImportToFullDisk(t *testing.T) {
	seed := partooemulator.Seed{
		Org: partooemulator.SeedOrg{ID: 42}, APIKeys: []partooemulator.SeedKey{{Key: "owner", User: "owner@zoo.example"}},
		Users: []partooemulator.SeedUser{{Email: "owner@zoo.example", FirstName: "O", LastName: "W", Role: "ORG_ADMIN"}},
	}
	for i := range 300 {
		seed.Users = append(seed.Users, partooemulator.SeedUser{Email: fmt.Sprintf("u%d@zoo.example", i), FirstName: strings.Repeat("n", 200), Role: "PUBLISHER"})
	}
	text, err := json.Marshal(seed)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "seed.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	s := serve(t, "--seed", file)
	defer s.stop()
	dir := t.TempDir()
	if _, ok := smallDisk(t, dir); !ok {
		t.Skip("no disk may be mounted here")
	}
	run := func(want int, args ...string) string {
		t.Helper()
		var out screen
		f := cmd.System()
		f.In, f.Out, f.Err, f.InTerminal, f.ErrTerminal = strings.NewReader(""), &out, &out, false, false
		f.Environ = []string{"PARTOO_API_KEY=" + s.Key}
		if code := cmd.Main(append([]string{"import"}, args...), f); code != want {
			t.Fatalf("exit code %d:\n%s", code, out.String())
		}
		return out.String()
	}
	left := func() map[string]string {
		out := map[string]string{}
		names, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range names {
			text, err := os.ReadFile(filepath.Join(dir, n.Name()))
			if err != nil {
				t.Fatal(err)
			}
			out[n.Name()] = string(text)
		}
		return out
	}
	settings := []string{"partoo", dir, "--set", "org_id=42", "--set", "endpoint=" + s.Endpoint, "--roster-above", "1000"}
	said := run(1, settings...)
	if !strings.Contains(said, "cannot write") || !strings.Contains(said, "no space left") {
		t.Errorf("the disk is not named:\n%s", said)
	}
	if files := left(); len(files) > 0 {
		t.Errorf("files are left: %v", files)
	}
	run(0, append(settings, "--kind", "builtin_role")...)
	before := left()
	run(1, dir, "--roster-above", "1000")
	if after := left(); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("the files are not as they were: %v", after)
	}
}
