package emulator

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

func TestBadStarts(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const people = `"users":[{"email":"a@b.example"},{"email":"s@b.example","service":true}]`
	for seed, want := range map[string]string{
		`{"users":[{}]}`: "users[0] has no email",
		`{"users":[{"email":"a@b.example"},{"email":"A@b.example"}]}`:               `user "A@b.example": is there twice`,
		`{"users":[{"email":"a@b.example","id":3},{"email":"c@b.example","id":3}]}`: `user "c@b.example": is there twice`,
		`{"roles":[{"name":"","permissions":[]}]}`:                                  "roles[0] has no name",
		`{"roles":[{"name":"EDITOR","permissions":[]}]}`:                            `role "EDITOR" is there twice`,
		`{"teams":[{}]}`: "teams[0] has no name",
		`{"teams":[{"name":"T","id":2},{"name":"U","id":2}]}`:                                                 `team "U": there is another one with id 2`,
		`{"teams":[{"name":"T","groups":[{"name":"G","groups":[{"name":"H"}]}]}]}`:                            `case group "G" has case groups itself`,
		`{"teams":[{"name":"T","members":[{"email":"no@b.example"}]}]}`:                                       `team "T": there is no user "no@b.example"`,
		`{` + people + `,"teams":[{"name":"T","members":[{"email":"a@b.example","role":"KING"}]}]}`:           `there is no role "KING"`,
		`{` + people + `,"teams":[{"name":"T","members":[{"email":"a@b.example"},{"email":"a@b.example"}]}]}`: `member "a@b.example" is there twice`,
		`{"keys":[{"key":"k","kind":"personal","user":"no@b.example"}]}`:                                      `keys[0]: there is no user "no@b.example"`,
		`{` + people + `,"keys":[{"key":"","kind":"personal","user":"a@b.example"}]}`:                         "the key is empty or there twice",
		`{` + people + `,"keys":[{"key":"k","kind":"master","user":"a@b.example"}]}`:                          `kind "master" is none of`,
		`{` + people + `,"keys":[{"key":"k","kind":"personal","user":"s@b.example"}]}`:                        "a personal key needs a person",
		`{` + people + `,"keys":[{"key":"k","kind":"service","user":"a@b.example"}]}`:                         "a personal key needs a person",
		`{` + people + `,"keys":[{"key":"k","kind":"tenant_owner","user":"s@b.example"}]}`:                    "a service account owns the tenant exactly",
		`{` + people + `,"keys":[{"key":"k","kind":"team","user":"s@b.example","team":"T"}]}`:                 `there is no team "T"`,
		`{"catalogue":{"permissions":[],"tenant_permissions":[],"default_roles":[{"id":"A"},{"id":"A"}]}}`:    `default role "A" is there twice`,
	} {
		if _, err := New(Options{Seed: parse(t, seed)}); err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "emulator seed: ") {
			t.Errorf("%s: want %s, got %v", seed, want, err)
		}
	}
	for _, tt := range []struct {
		o    Options
		want string
	}{
		{Options{Variants: []string{"reinvit=update"}}, `unknown variant "reinvit"; did you mean "reinvite"?`},
		{Options{Variants: []string{"reinvite=maybe"}}, `variant reinvite has no value "maybe"; its values are update, ignore, error`},
		{Options{State: file("a", "hello\n")}, "not a state file"},
		{Options{State: file("b", `{"emulator":"partoo","version":1}`+"\n")}, "holds partoo version 1, not tines version 1"},
	} {
		if _, err := New(tt.o); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("want %s, got %v", tt.want, err)
		}
	}
}

func TestEmptySeed(t *testing.T) {
	s := open(t, Options{Seed: &Seed{}, Key: "k"})
	play(t, s, []step{
		{"k", "GET /admin/users", `200 ~"count":0`},
		{"k", "GET /teams?scope=all", `200 ~"count":0`},
		{"k", "GET /admin/roles", `200 ~"count":7`},
		{"k", "GET /admin/scim_user_group_mapping", `200 {"mappings":[],"tenant_owners_group":null}`},
		{"k", "GET /audit_logs", `200 ~"count":0`},
	})
	if s.Key() != "k" {
		t.Errorf("the key is %q", s.Key())
	}
}

func TestKey(t *testing.T) {
	for seed, want := range map[string]string{
		`{"users":[{"email":"a@b.example"},{"email":"o@b.example","admin":true}],"keys":[{"key":"a","kind":"personal","user":"a@b.example"},{"key":"o","kind":"personal","user":"o@b.example"}]}`:                 "o",
		`{"users":[{"email":"a@b.example"},{"email":"o@b.example","admin":true,"inactive":true}],"keys":[{"key":"o","kind":"personal","user":"o@b.example"},{"key":"a","kind":"personal","user":"a@b.example"}]}`: "a",
		`{"users":[{"email":"o@b.example","inactive":true}],"keys":[{"key":"o","kind":"personal","user":"o@b.example"}]}`:                                                                                         "",
	} {
		if got := open(t, Options{Seed: parse(t, seed)}).Key(); got != want {
			t.Errorf("%s: %q, want %q", seed, got, want)
		}
	}
	if got := soc(t).Key(); got != DefaultKey {
		t.Errorf("the key of the default seed is %q", got)
	}
}

// A catalogue of the seed replaces the samples.
func TestSeedCatalogue(t *testing.T) {
	s := open(t, Options{Seed: parse(t, `{"catalogue":{"permissions":["A_READ","A_WRITE"],
		"tenant_permissions":["X"],"default_roles":[{"id":"VIEWER","permissions":["A_READ"]}]}}`)})
	play(t, s, []step{
		{"", "GET /admin/roles", `200 ~"count":1`},
		{"", `POST /admin/roles {"name":"R","permissions":["A_WRITE","STORY_CREATE"]}`, `201 ~"permissions":["A_WRITE"]`},
	})
}

// Seeds may describe what rolecall does not read.
func TestSeedFieldsWithoutEffect(t *testing.T) {
	seed, err := emulator.ParseSeed[Seed]([]byte(`{
		"tenant": {"restrict_invitations": true},
		"catalogue": {"permissions": ["STORY_VIEW"], "builder": [], "view": ["STORY_VIEW"]},
		"teams": [{"name": "SOC", "stories": 3}]
	}`))
	if err != nil || seed.Teams[0].Name != "SOC" {
		t.Errorf("%+v, %v", seed, err)
	}
}
