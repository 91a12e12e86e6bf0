package cmd_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rolecall-dev/rolecall/cmd"
)

// TestRunsShareABudget runs plans of one tenant one after the other, on one machine and
// on another. The second run knows what the first one sent within the last minute, and
// the first run on a machine starts with half of the budget.
func TestRunsShareABudget(t *testing.T) {
	dir := t.TempDir()
	seed := filepath.Join(dir, "seed.json")
	put(t, seed, `{"org": {"id": 42}, "users": [{"email": "ana@zoo.example", "role": "ORG_ADMIN"}],
		"api_keys": [{"key": "ana-key", "user": "ana@zoo.example"}]}`)
	s := serve(t, "--seed", seed)
	t.Cleanup(func() { s.stop() })
	site := oneRoleConfiguration(t, s.Endpoint)
	file := filepath.Join(site, "site.hcl")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	plan := func(home string) (waited time.Duration, used int) {
		t.Helper()
		var out bytes.Buffer
		f := cmd.System()
		f.Out, f.Err, f.InTerminal, f.ErrTerminal = &out, &out, false, false
		f.Environ = []string{"PARTOO_API_KEY=ana-key", "HOME=" + home, "NO_PROXY=*"}
		f.Now = func() time.Time { return now }
		f.Wait = func(_ context.Context, d time.Duration) error {
			now = now.Add(d)
			waited += d
			return nil
		}
		if code := cmd.Main([]string{"plan", site}, f); code != 0 {
			t.Fatalf("%d: %s", code, out.String())
		}
		words := strings.Fields(out.String()[:strings.Index(out.String(), " requests used to plan")])
		if used, err = strconv.Atoi(words[len(words)-1]); err != nil {
			t.Fatal(err)
		}
		return waited, used
	}
	_, used := plan(t.TempDir())
	put(t, file, strings.Replace(string(text), "org_id", fmt.Sprintf("requests_per_minute = %d\n  org_id", 2*used), 1))
	home := t.TempDir()
	for n, wants := range []bool{false, false, true} {
		if waited, _ := plan(home); (waited > 0) != wants || waited > 2*time.Minute {
			t.Errorf("plan %d waited %s", n+1, waited)
		}
	}
	if waited, _ := plan(t.TempDir()); waited > 0 {
		t.Errorf("the first plan on another machine waited %s", waited)
	}
	// The address of one server can be written in several ways.
	written, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	home = t.TempDir()
	for n, endpoint := range []string{
		s.Endpoint, strings.Replace(s.Endpoint, "127.0.0.1", "LOCALHOST", 1) + "/", strings.Replace(s.Endpoint, "http:", "HTTP:", 1),
	} {
		put(t, file, strings.Replace(string(written), strconv.Quote(s.Endpoint), strconv.Quote(endpoint), 1))
		if waited, _ := plan(home); (waited > 0) != (n == 2) {
			t.Errorf("plan of %s waited %s", endpoint, waited)
		}
	}
}
