package cmd_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/rolecall-dev/rolecall/cmd"
)

// unreachable counts the requests that somebody tries to send.
type unreachable struct{ requests atomic.Int64 }

func (u *unreachable) RoundTrip(*http.Request) (*http.Response, error) {
	u.requests.Add(1)
	return nil, errors.New("no network in this test")
}

// Of nine tenants one has no key: nothing is sent with the keys of the others. They
// connect side by side, so without the check before some of them would have.
func TestMissingKeySendsNothing(t *testing.T) {
	var files strings.Builder
	var keys []string
	for n := range 9 {
		fmt.Fprintf(&files, "provider \"partoo\" \"t%d\" {\n  org_id = %d\n}\n\nsection \"food%[1]d\" {\n  provider = partoo.t%[1]d\n}\n", n, n+1)
		if n > 0 {
			keys = append(keys, fmt.Sprintf("PARTOO_API_KEY_T%d=key-%d", n, n))
		}
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "access.hcl"), []byte(files.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"plan", dir}, {"apply", "--auto-approve", dir}} {
		u := &unreachable{}
		f := cmd.System()
		var out strings.Builder
		f.Out, f.Err, f.Environ, f.Transport = &out, &out, keys, u
		if code := cmd.Main(args, f); code != 4 || !strings.Contains(out.String(), "PARTOO_API_KEY_T0") {
			t.Errorf("%s: exit code %d\n%s", args[0], code, out.String())
		}
		if n := u.requests.Load(); n > 0 {
			t.Errorf("%s: %d requests were sent", args[0], n)
		}
	}
}
