package cmd_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const councilSeed = `{"users": [
  {"id": 11, "email": "olga@soc.example", "first_name": "Olga", "last_name": "O", "admin": true},
  {"id": 12, "email": "omar@soc.example", "first_name": "Omar", "last_name": "O", "admin": true},
  {"id": 13, "email": "api@soc.example", "first_name": "Access", "last_name": "Key", "service": true, "admin": true}],
  "keys": [{"key": "emulator-key", "kind": "tenant_owner", "user": "api@soc.example"}]}`

// demotion leaves one of the two administrators.
const demotion = `
user "omar@soc.example" { admin = false }
`

// While a person looks at a plan that demotes one administrator, somebody else demotes
// the other one. What was listed for the plan does not count any more.
func TestOtherAdministratorGoesWhileAsked(t *testing.T) {
	seed := filepath.Join(t.TempDir(), "seed.json")
	if err := os.WriteFile(seed, []byte(councilSeed), 0o600); err != nil {
		t.Fatal(err)
	}
	m := newSharedServer(t, "tines", "--seed", seed)
	dir := m.keyless(demotion)
	m.answer = &delayedAnswer{Reader: strings.NewReader("yes\n"), meanwhile: func() {
		m.put("/admin/users/11", `{"first_name": "Olga", "last_name": "O", "admin": false, "tenant_permissions": [], "is_active": true}`)
	}}
	m.must(1, "no active administrator was found besides those whom this plan demotes", t.TempDir(), nil, "apply", dir)
}

// keyless writes a configuration for a key of Tines behind which there is no person.
func (m *sharedServer) keyless(blocks string) (dir string) {
	m.t.Helper()
	dir = m.t.TempDir()
	files := fmt.Sprintf("provider \"tines\" {\n  endpoint = %q\n  key_user = \"none\"\n}\n%s", m.server.Endpoint, blocks)
	if err := os.WriteFile(filepath.Join(dir, "access.hcl"), []byte(files), 0o600); err != nil {
		m.t.Fatal(err)
	}
	return dir
}

// put changes something in the product as somebody else.
func (m *sharedServer) put(path, body string) {
	m.t.Helper()
	r, err := http.NewRequestWithContext(m.t.Context(), http.MethodPut, m.server.Endpoint+path, strings.NewReader(body))
	if err != nil {
		m.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+m.server.Key)
	r.Header.Set("Content-Type", "application/json")
	c := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := c.Do(r)
	if err != nil {
		m.t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode >= 300 {
		m.t.Fatalf("PUT %s: %s", path, res.Status)
	}
}

// All names of this machine are one tenant of Tines: two blocks for it are refused, and
// a second apply is kept out by whichever name.
func TestLoopbackNamesAreOneTenant(t *testing.T) {
	m, home := newSharedServer(t, "tines"), t.TempDir()
	dir := m.keyless("")
	_, port, _ := strings.Cut(strings.TrimPrefix(m.server.Endpoint, "http://"), ":")
	for _, name := range []string{"localhost", "LOCALHOST", "[::1]", "127.0.0.9", "[::ffff:127.0.0.1]"} {
		second := fmt.Sprintf("provider \"tines\" \"second\" {\n  endpoint = \"http://%s:%s\"\n  key_user = \"none\"\n}\n", name, port)
		m.write(dir, second)
		m.must(1, "Two provider blocks for one tenant", home, nil, "validate", dir)
	}
	here := m.keyless("team \"Blue\" {}\n")
	there := m.keyless("team \"Red\" {}\n")
	m.rename(there, "127.0.0.1", "localhost")
	m.answer = &delayedAnswer{Reader: strings.NewReader("yes\n"), meanwhile: func() {
		m.must(1, "another apply is running for", home, nil, "apply", "--auto-approve", there)
	}}
	m.must(0, "Applied", home, nil, "apply", here)
}

// rename writes another name of the server into the files of a directory.
func (m *sharedServer) rename(dir, from, to string) {
	m.t.Helper()
	path := filepath.Join(dir, "access.hcl")
	b, err := os.ReadFile(path)
	if err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(b), from, to)), 0o600); err != nil {
		m.t.Fatal(err)
	}
}
