package cmd_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/rolecall-dev/rolecall/cmd"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
)

// A rash client tries to write before every request that it makes. It stands for a
// fault in a provider.
type rash struct {
	next http.RoundTripper

	mu      sync.Mutex
	through int // writes that were not refused
	refused int
}

func (c *rash) RoundTrip(r *http.Request) (*http.Response, error) {
	write, err := http.NewRequestWithContext(r.Context(), http.MethodDelete, r.URL.String(), nil)
	if err != nil {
		return nil, err
	}
	write.Header = r.Header
	res, err := c.next.RoundTrip(write)
	c.mu.Lock()
	if errors.Is(err, rest.ErrReadOnly) {
		c.refused++
	} else {
		c.through++
	}
	c.mu.Unlock()
	if err == nil {
		if err := res.Body.Close(); err != nil {
			return nil, err
		}
	}
	return c.next.RoundTrip(r)
}

// TestCannotWriteUnasked runs every command that speaks to a product with a client
// that writes whenever it can. Nothing but a read leaves the program until somebody
// approved of a plan, and then something does, so the test would notice.
func TestCannotWriteUnasked(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	seed := write("seed.json", `{"org": {"id": 42}, "users": [{"email": "ana@zoo.example", "role": "ORG_ADMIN"}],
		"api_keys": [{"key": "ana-key", "user": "ana@zoo.example"}]}`)
	s := serve(t, "--seed", seed, "--rate", "-1")
	defer s.stop()
	write("site.hcl", "provider \"partoo\" {\n  org_id   = 42\n  endpoint = \""+s.Endpoint+"\"\n}\n\n"+
		"role \"keeper\" {\n  name        = \"Keeper\"\n  permissions = []\n}\n")
	saved := filepath.Join(dir, "plan.json")

	for _, c := range []struct {
		name    string
		args    []string
		answer  string // of the person who is asked, if somebody is
		code    int
		writes  bool
		offline bool
	}{
		{name: "validate", args: []string{"validate", dir}, offline: true},
		{name: "plan", args: []string{"plan", dir}},
		{name: "plan as JSON", args: []string{"plan", "--json", dir}},
		{name: "plan that is saved", args: []string{"plan", "--out", saved, dir}},
		{name: "drift", args: []string{"drift", dir}, code: 2},
		{name: "drift that writes a baseline", args: []string{"drift", "--update-baseline", dir}, code: 2},
		{name: "apply that is not approved", args: []string{"apply", dir}, answer: "no\n", code: 1},
		{name: "apply that nobody can approve", args: []string{"apply", dir}, code: 1},
		{name: "apply of a saved plan that is not approved", args: []string{"apply", "--dir", dir, saved}, answer: "no\n", code: 1},
		{name: "plan file that is shown", args: []string{"show", saved}, offline: true},
		{name: "apply of another digest", args: []string{"apply", "--digest", "sha256:" + strings.Repeat("0", 64), dir}, code: 5},
		{name: "apply that is approved", args: []string{"apply", "--auto-approve", dir}, code: -1, writes: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			transport := rest.NewTransport()
			defer transport.CloseIdleConnections()
			var out strings.Builder
			f := cmd.System()
			f.In, f.Out, f.Err = strings.NewReader(c.answer), &out, &out
			f.InTerminal, f.OutTerminal, f.ErrTerminal, f.Color, f.ErrColor = c.answer != "", false, false, false, false
			f.Environ = []string{"PARTOO_API_KEY=" + s.Key, "XDG_STATE_HOME=" + dir}
			f.Transport = transport
			client := &rash{}
			for i := range f.Products {
				p := *f.Products[i].Provider
				connect := p.Connect
				p.Connect = func(ctx context.Context, o provider.Options) (provider.Client, error) {
					client.next, o.Transport = o.Transport, client
					return connect(ctx, o)
				}
				f.Products[i].Provider = &p
			}
			code := cmd.Main(c.args, f)
			if c.code >= 0 && code != c.code {
				t.Errorf("exit code %d, want %d:\n%s", code, c.code, out.String())
			}
			if (client.through > 0) != c.writes {
				t.Errorf("%d writes left the program:\n%s", client.through, out.String())
			}
			if client.refused == 0 && !c.offline {
				t.Errorf("the client never tried to write:\n%s", out.String())
			}
		})
	}
}

// The log of an emulator holds what was sent to it, bodies and people included.
func TestRequestLogIsPrivate(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log.jsonl")
	s := serve(t, "--log", log)
	status, _ := s.me(t, s.Key)
	if code := s.stop(); code != 0 || status != http.StatusOK {
		t.Errorf("answer %d, exit code %d", status, code)
	}
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	if len(text) == 0 || strings.Contains(string(text), s.Key) {
		t.Errorf("the log holds the key, or nothing:\n%s", text)
	}
	info, err := os.Stat(log)
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode != 0o600 && runtime.GOOS != "windows" {
		t.Errorf("the log has mode %o, want 600", mode)
	}
}
