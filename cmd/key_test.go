package cmd

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

func TestKey(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	one, two, empty := write("one", "k1\n"), write("two", "k1\nk2\n"), write("empty", "\n")
	p := &Product{Provider: &provider.Provider{Product: schema.Product{Title: "Club", KeyEnv: "CLUB_KEY"}}}
	for _, c := range []struct {
		name, tenant string
		environ      []string
		want, err    string
	}{
		{"from the variable", "club", []string{"CLUB_KEY= k0 "}, "k0", ""},
		{"from a file", "club", []string{"CLUB_KEY_FILE=" + one}, "k1", ""},
		{"of the alias", "club.north", []string{"CLUB_KEY=all", "CLUB_KEY_NORTH=own"}, "own", ""},
		{"one for every alias", "club.north", []string{"CLUB_KEY=all"}, "all", ""},
		{"a dash in the alias", "club.far-north", []string{"CLUB_KEY_FAR_NORTH=own"}, "own", ""},
		{"nowhere", "club", nil, "", "no key for Club: the environment variable CLUB_KEY is empty"},
		{"nowhere, with an alias", "club.north", nil, "", "CLUB_KEY_NORTH or CLUB_KEY is empty"},
		{"the path of a file for an alias", "club.file", []string{"CLUB_KEY_FILE=" + one}, "k1", ""},
		{"a path is no key", "club.north-file", []string{"CLUB_KEY_NORTH_FILE=" + one}, "", "no key for Club"},
		{"a file with two lines", "club", []string{"CLUB_KEY_FILE=" + two}, "", "does not contain one key"},
		{"an empty file", "club", []string{"CLUB_KEY_FILE=" + empty}, "", "does not contain one key"},
		{"no such file", "club", []string{"CLUB_KEY_FILE=" + one + "x"}, "", "the key cannot be read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, _, err := block{name: c.tenant, product: p}.findKey(c.environ)
			if got != c.want {
				t.Errorf("key %q, want %q", got, c.want)
			}
			switch {
			case c.err == "" && err != nil:
				t.Errorf("error %v", err)
			case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
				t.Errorf("error %v, want one with %q", err, c.err)
			case c.err != "" && exitCode(err) != exitCredentials:
				t.Errorf("exit code %d, want %d", exitCode(err), exitCredentials)
			}
		})
	}
}

// The user to sign in as comes from variables with the suffix of the key's.
func TestLogin(t *testing.T) {
	club := schema.Product{Title: "Club", KeyEnv: "CLUB_KEY", UserEnv: "CLUB_EMAIL", PasswordEnv: "CLUB_PASSWORD"}
	plain := club
	plain.UserEnv = ""
	environ := Environment{"CLUB_EMAIL= ana@club.example ", "CLUB_PASSWORD=secret", "CLUB_EMAIL_NORTH=ben@club.example"}
	for _, c := range []struct {
		product             schema.Product
		key, user, password string
	}{
		{club, "CLUB_KEY", "ana@club.example", "secret"},
		{club, "CLUB_KEY_NORTH", "ben@club.example", ""},
		{plain, "CLUB_KEY", "", ""},
	} {
		user, password := block{product: &Product{Provider: &provider.Provider{Product: c.product}}}.findLogin(environ, c.key)
		if user != c.user || password != c.password {
			t.Errorf("%s: user %q with password %q, want %q with %q", c.key, user, password, c.user, c.password)
		}
	}
}
