package cmd_test

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rolecall-dev/rolecall/cmd"
	"github.com/rolecall-dev/rolecall/provider/rest"
)

// A sharedServer is a product on a server, and runs of rolecall that each see it through a
// transport of their own.
type sharedServer struct {
	t       *testing.T
	server  serving
	env     string // with the key
	product string
	answer  io.Reader // of the person at the terminal of the next run
}

func newSharedServer(t *testing.T, product string, args ...string) *sharedServer {
	t.Helper()
	s := serveProduct(t, product, args...)
	t.Cleanup(func() { s.stop() })
	return &sharedServer{t: t, server: s, env: providerOf(t, product).KeyEnv + "=" + s.Key, product: product}
}

// An intercept may answer a request in the product's place, or let something happen first.
type intercept func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error)

func (h intercept) RoundTrip(r *http.Request) (*http.Response, error) {
	return h(r, func() (*http.Response, error) { return rest.NewTransport().RoundTrip(r) })
}

// run runs rolecall for a user with the home, without waiting between tries.
func (m *sharedServer) run(home string, h intercept, args ...string) (code int, out string) {
	m.t.Helper()
	var b strings.Builder
	transport := rest.NewTransport()
	defer transport.CloseIdleConnections()
	f := cmd.System()
	f.In, f.Out, f.Err = strings.NewReader(""), &b, &b
	f.InTerminal, f.OutTerminal, f.ErrTerminal, f.Color, f.ErrColor, f.Width = false, false, false, false, false, 100
	f.Environ = []string{m.env, "XDG_STATE_HOME=" + home}
	f.Transport = transport
	if h != nil {
		f.Transport = intercept(func(r *http.Request, _ func() (*http.Response, error)) (*http.Response, error) {
			return h(r, func() (*http.Response, error) { return transport.RoundTrip(r) })
		})
	}
	f.Wait = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	if m.answer != nil {
		f.In, f.InTerminal = m.answer, true
		m.answer = nil
	}
	code = cmd.Main(args, f)
	return code, b.String()
}

// A delayedAnswer is a person who says yes after something else has happened.
type delayedAnswer struct {
	meanwhile func()
	io.Reader
}

func (p *delayedAnswer) Read(b []byte) (int, error) {
	if p.meanwhile != nil {
		p.meanwhile()
		p.meanwhile = nil
	}
	return p.Reader.Read(b)
}

func (m *sharedServer) must(want int, says string, home string, h intercept, args ...string) {
	m.t.Helper()
	if code, out := m.run(home, h, args...); code != want || !strings.Contains(flat(out), says) {
		m.t.Fatalf("rolecall %s: exit code %d, want %d and %q:\n%s", args[0], code, want, says, out)
	}
}

const unreadSeed = `{"service_account_role": "admin", "clients": [{"id": "rolecall", "secret": "secret"}], "objects": [{"key": "order", "boards": ["order"], "fields": ["status", "margin"]}]}`

// margin is a permission in which the margin is hidden or read.
func margin(right string) string {
	return `
permission "sales" "order" {
  data   = "custom"
  boards = { order = true }
  record = { create = true, delete = false }
  fields = { edit = ["status"], ` + right + ` = ["margin"] }
}
`
}

// TestDoubt cuts writes of what the product does not show, in every way that leaves
// open whether they took effect. The file then goes back to what was written before:
// the plan must write it again, because the other value may be live, and says since
// when that is open. Once a write has succeeded, nothing is open any more.
func TestDoubt(t *testing.T) {
	refuse := func(r *http.Request, status int) *http.Response {
		rec := says(status, `{"message":"no"}`)
		rec.Header().Set("Content-Type", "application/json")
		res := rec.Result()
		res.Request = r
		return res
	}
	after := func(end func(r *http.Request) (*http.Response, error)) func(int, *http.Request, func() (*http.Response, error)) (*http.Response, error) {
		return func(_ int, r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
			if res, err := send(); err == nil {
				res.Body.Close()
			}
			return end(r)
		}
	}
	for name, c := range map[string]struct {
		write func(n int, r *http.Request, send func() (*http.Response, error)) (*http.Response, error)
		doubt bool
	}{
		"the connection is cut": {after(func(*http.Request) (*http.Response, error) { return nil, http.ErrServerClosed }), true},
		"a gateway gives up":    {after(func(r *http.Request) (*http.Response, error) { return refuse(r, 504), nil }), true},
		"a request times out":   {after(func(r *http.Request) (*http.Response, error) { return refuse(r, 408), nil }), true},
		"a page instead of an answer": {after(func(r *http.Request) (*http.Response, error) {
			res := says(200, "<html>", "Content-Type", "text/html").Result()
			res.Request = r
			return res, nil
		}), true},
		"cut, and then refused": {func(n int, r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
			if n > 1 {
				return refuse(r, 403), nil
			}
			return after(func(*http.Request) (*http.Response, error) { return nil, http.ErrServerClosed })(n, r, send)
		}, true},
		"refused": {func(_ int, r *http.Request, _ func() (*http.Response, error)) (*http.Response, error) {
			return refuse(r, 400), nil
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			seed := filepath.Join(t.TempDir(), "seed.json")
			if err := os.WriteFile(seed, []byte(unreadSeed), 0o600); err != nil {
				t.Fatal(err)
			}
			m, home := newSharedServer(t, "roserocket", "--variant", "permissions-get=404", "--seed", seed), t.TempDir()
			dir := m.server.tenant(t, "roserocket", "")
			access := filepath.Join(dir, "access.hcl")
			text, err := os.ReadFile(access)
			if err != nil {
				t.Fatal(err)
			}
			text = []byte(strings.Replace(string(text), "\n}", "\n  literals = { custom = \"custom\" }\n}", 1))
			if err := os.WriteFile(access, text, 0o600); err != nil {
				t.Fatal(err)
			}
			m.write(dir, margin("hide"))
			m.must(0, "Applied 1 change.", home, nil, "apply", "--auto-approve", dir)
			m.must(0, "No changes", home, nil, "plan", "--detailed-exitcode", dir)

			writes := 0
			m.write(dir, margin("read"))
			code, out := m.run(home, func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
				if r.Method == http.MethodGet || !strings.Contains(r.URL.Path, "/permissions/") {
					return send()
				}
				writes++
				return c.write(writes, r, send)
			}, "apply", "--auto-approve", dir)
			if want := map[bool]int{true: 3, false: 1}[c.doubt]; code != want {
				t.Fatalf("exit code %d, want %d:\n%s", code, want, out)
			}

			m.write(dir, margin("hide"))
			if !c.doubt {
				m.must(0, "No changes", home, nil, "plan", "--detailed-exitcode", dir)
				return
			}
			for range 2 { // a plan settles nothing
				m.must(2, "its state is not known since the write of", home, nil, "plan", "--detailed-exitcode", dir)
			}
			m.must(0, "Applied 1 change.", home, nil, "apply", "--auto-approve", dir)
			m.must(0, "No changes", home, nil, "plan", "--detailed-exitcode", dir)
		})
	}
}

// write puts blocks into the directory, beside the provider block.
func (m *sharedServer) write(dir, blocks string) {
	m.t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "blocks.hcl"), []byte(blocks), 0o600); err != nil {
		m.t.Fatal(err)
	}
}

// TestTwoAtOnce has one person wait at the question while a colleague applies the same
// files. On one machine the colleague is told so. On another one the colleague goes
// first, and what the first person then approves is found and not made once more:
// where the product refuses a second one of the name, and where it does not.
func TestTwoAtOnce(t *testing.T) {
	for name, c := range map[string]struct {
		product string
		blocks  string
	}{
		"Partoo section and groups": {product: "partoo", blocks: `
section "Country" {}
group "France" {
  section    = section.Country
  businesses = []
}`},
		"Partoo role and user": {product: "partoo", blocks: `
role "keeper" {
  name        = "Keeper"
  permissions = ["business_edit"]
}
user "eve@zoo.example" {
  first_name = "Eve"
  last_name  = "Ng"
  role       = "ORG_ADMIN"
}`},
		"Tines role": {product: "tines", blocks: `
role "ANALYST" { permissions = ["STORY_VIEW"] }`},
		"Tines teams": {product: "tines", blocks: `
team "Blue" {}
team "Red" {}`},
		"Tines team, user and membership": {product: "tines", blocks: `
user "eve@soc.example" {
  first_name = "Eve"
  last_name  = "Ng"
}
team "Blue" { members = { "eve@soc.example" = "EDITOR" } }`},
		"Rose Rocket group": {product: "roserocket", blocks: `
user_group "Dispatch" { members = [] }`},
	} {
		t.Run(name, func(t *testing.T) {
			m, here, there := newSharedServer(t, c.product), t.TempDir(), t.TempDir()
			dir, copied := m.server.tenant(t, c.product, c.blocks), m.server.tenant(t, c.product, c.blocks)
			m.answer = &delayedAnswer{Reader: strings.NewReader("yes\n"), meanwhile: func() {
				m.must(1, "another apply is running for", here, nil, "apply", "--auto-approve", dir)
				m.must(1, "another apply is running for", here, nil, "apply", "--auto-approve", copied)
				m.must(0, "Applied", there, nil, "apply", "--auto-approve", copied)
			}}
			m.must(0, "Nothing was written", here, nil, "apply", dir)
			m.must(0, "No changes", here, nil, "plan", "--detailed-exitcode", dir)
		})
	}
}
