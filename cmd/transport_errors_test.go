package cmd_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rolecall-dev/rolecall/cmd"
)

// A transportFunc is a transport that is a function.
type transportFunc func(*http.Request) (*http.Response, error)

func (r transportFunc) RoundTrip(q *http.Request) (*http.Response, error) { return r(q) }

func broken(err error) transportFunc {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

// oneRoleConfiguration declares one role behind the address.
func oneRoleConfiguration(t *testing.T, endpoint string) string {
	t.Helper()
	dir := t.TempDir()
	text := "provider \"partoo\" {\n  org_id   = 42\n  endpoint = \"" + endpoint + "\"\n}\n\n" +
		"role \"keeper\" {\n  name        = \"Keeper\"\n  permissions = []\n}\n"
	if err := os.WriteFile(filepath.Join(dir, "site.hcl"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// at runs the program with a transport, and without waiting between tries.
func at(transport http.RoundTripper, width int, args ...string) (code int, stdout, stderr string) {
	var out, errs strings.Builder
	f := cmd.System()
	f.In, f.Out, f.Err = strings.NewReader(""), &out, &errs
	f.InTerminal, f.OutTerminal, f.ErrTerminal, f.Color, f.ErrColor = false, false, false, false, false
	f.Width = width
	f.Environ = []string{"PARTOO_API_KEY=very-secret-key", "ROLECALL_ALLOW_HOSTS=api.partu.invalid", "XDG_STATE_HOME=" + args[len(args)-1]}
	f.Transport = transport
	f.Wait = func(context.Context, time.Duration) error { return nil }
	code = cmd.Main(args, f)
	return code, out.String(), errs.String()
}

// Where no answer can be had, the message says what was being done, where, what
// went wrong, and what to try. Nothing is left behind.
func TestNoAnswer(t *testing.T) {
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	defer secure.Close()
	secure.Config.ErrorLog = nil
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refused := "http://" + taken.Addr().String() + "/v2"
	if err := taken.Close(); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, endpoint string
		transport      http.RoundTripper
		want           []string
	}{
		{"unknown host", "https://api.partu.invalid/v2", broken(&net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{
			Err: "no such host", Name: "api.partu.invalid", IsNotFound: true}}),
			[]string{"lookup api.partu.invalid: no such host", "No host has the name api.partu.invalid."}},
		{"no name server", "https://api.partoo.co/v2", broken(&net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{
			Err: "server misbehaving", Name: "api.partoo.co", IsTemporary: true}}),
			[]string{"server misbehaving", "The name of the host could not be looked up. Check the network and the name server (DNS) of this machine."}},
		{"refused connection", refused, nil, []string{"refused", "Nothing accepts connections at that address."}},
		{"unknown certificate", secure.URL + "/v2", nil, []string{"certificate", "is not trusted here", "SSL_CERT_FILE"}},
		{"no TLS where it is expected", strings.Replace(refused, "http:", "https:", 1), broken(http.ErrSchemeMismatch),
			[]string{"uses http, but the address says https"}},
		{"timeout", "https://api.partoo.co/v2", broken(context.DeadlineExceeded), []string{"no complete answer within 1m0s", "Check the network and proxy of this machine"}},
		{"broken connection", "https://api.partoo.co/v2", broken(errors.New("connection reset by peer")),
			[]string{"connection reset by peer", "The connection broke, or the answer is damaged."}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := oneRoleConfiguration(t, test.endpoint)
			for _, args := range [][]string{{"plan", dir}, {"apply", "--auto-approve", dir}} {
				code, stdout, stderr := at(test.transport, 0, args...)
				if code != 1 || stdout != "" {
					t.Errorf("%s: exit code %d, output %q", args[0], code, stdout)
				}
				for _, want := range append(test.want, "Error: connect to Partoo: GET "+test.endpoint+"/user/me") {
					if !strings.Contains(strings.Join(strings.Fields(stderr), " "), want) {
						t.Errorf("%s: %q is not said:\n%s", args[0], want, stderr)
					}
				}
				if strings.Contains(stderr, "very-secret-key") || strings.Contains(stderr, "goroutine ") {
					t.Errorf("%s says too much:\n%s", args[0], stderr)
				}
			}
			if _, err := os.Stat(filepath.Join(dir, ".rolecall")); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("something is left behind: %v", err)
			}
		})
	}
}

// On a narrow terminal no line of a plan is wider than it, but for single words and
// the digest, which stays on one line so that it can be copied and searched for.
func TestNarrowTerminal(t *testing.T) {
	for _, width := range []int{40, 60, 140} {
		code, stdout, stderr := at(nil, width, "plan", "../examples/zoo")
		if code != 0 {
			t.Fatalf("exit code %d: %s", code, stderr)
		}
		for line := range strings.Lines(stdout) {
			line = strings.TrimPrefix(strings.TrimRight(line, "\n"), "Digest: ")
			if n := len([]rune(line)); n > width && strings.Contains(strings.TrimLeft(line, " +-~"), " ") {
				t.Errorf("at %d columns this has %d: %q", width, n, line)
			}
		}
	}
}

// Whoever is asked has to write the whole word; anything else changes nothing.
func TestAnswer(t *testing.T) {
	for answer, want := range map[string]int{"yes\n": 0, " yes \r\n": 0, "yes": 0, "y\n": 1, "no\n": 1, "YES\n": 1, "\n": 1, "": 1} {
		dir := oneRoleConfiguration(t, "emulator")
		var out, errs strings.Builder
		f := cmd.System()
		f.In, f.Out, f.Err = strings.NewReader(answer), &out, &errs
		f.InTerminal, f.ErrTerminal, f.Color, f.ErrColor, f.Width = true, false, false, false, 80
		if code := cmd.Main([]string{"apply", dir}, f); code != want {
			t.Errorf("answer %q: exit code %d, want %d: %s", answer, code, want, errs.String())
		}
		if !strings.Contains(errs.String(), "Apply this change? Type \"yes\" to confirm: ") {
			t.Errorf("nothing is asked: %s", errs.String())
		}
		if said := strings.Contains(errs.String(), "Nothing was changed."); said != (want == 1) {
			t.Errorf("answer %q: %s", answer, errs.String())
		}
		if code := cmd.Main([]string{"plan", "--detailed-exitcode", dir}, f); code != 2*want {
			t.Errorf("answer %q: the plan after it ends with %d", answer, code)
		}
	}
}
