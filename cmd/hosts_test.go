package cmd_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/rolecall-dev/rolecall/cmd"
	"github.com/rolecall-dev/rolecall/provider"
)

const hostsKey = "the-key-of-the-zoo"

// A network answers every request with 401 and keeps the hosts that it went to. It
// is given the whole request, so what it never sees never left the program.
type network struct {
	mu    sync.Mutex
	hosts []string
	key   bool // the key was in a request
}

func (n *network) RoundTrip(r *http.Request) (*http.Response, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.hosts = append(n.hosts, r.URL.Host)
	text := fmt.Sprint(r.URL, r.Header)
	if r.Body != nil {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		text += string(b)
	}
	n.key = n.key || strings.Contains(text, hostsKey)
	return &http.Response{StatusCode: http.StatusUnauthorized, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("{}")), Request: r}, nil
}

// hostsRun runs the program on one provider block with a role, and returns what it
// said. The person types the answer; without one nobody is at a terminal.
func hostsRun(t *testing.T, block, answer string, environ []string, args ...string) (code int, said string, n *network) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "site.hcl"), []byte(block), 0o600); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	n = &network{}
	f := cmd.System()
	f.In, f.Out, f.Err = strings.NewReader(answer), &out, &out
	f.InTerminal, f.OutTerminal, f.ErrTerminal, f.Color, f.ErrColor, f.Width = answer != "", false, false, false, false, 400
	f.Environ = append([]string{"PARTOO_API_KEY=" + hostsKey, "TINES_API_KEY=" + hostsKey, "ROSEROCKET_CLIENT_SECRET=" + hostsKey}, environ...)
	f.Transport = n
	return cmd.Main(append(args, dir), f), out.String(), n
}

func partooAt(endpoint string) string {
	return fmt.Sprintf("provider \"partoo\" {\n  org_id = 42\n  endpoint = %q\n}\n", endpoint)
}

func tinesAt(alias, settings string) string {
	return fmt.Sprintf("provider \"tines\" %s {\n  key_user = \"none\"\n%s\n}\n", alias, settings)
}

func rocketAt(settings string) string {
	return "provider \"roserocket\" {\n  org_id = \"o-4711\"\n  client_id = \"c\"\n  user_id = \"u\"\n" + settings + "\n}\n"
}

// TestKeyStaysAtHome lets files send the key of each product to servers that are not
// the product's. Nothing leaves the program, whether it plans or applies.
func TestKeyStaysAtHome(t *testing.T) {
	for _, test := range []struct {
		name, block string
		environ     []string
		says        string
	}{
		{"another host", partooAt("https://evil.example/v2"), nil, "the files send the key of Partoo to evil.example, which is no host of Partoo"},
		{"the vendor as a user", partooAt("https://api.partoo.co@evil.example/v2"), nil, "user or password in front of the host"},
		{"the vendor as a subdomain", partooAt("https://api.partoo.co.evil.example/v2"), nil, "to api.partoo.co.evil.example"},
		{"a dot at the end", partooAt("https://api.partoo.co./v2"), nil, "plain letters"},
		{"a look-alike", partooAt("https://аpi.partoo.co/v2"), nil, `"\u0430pi.partoo.co"`},
		{"a look-alike in punycode", partooAt("https://xn--pi-6kc.partoo.co/v2"), nil, "to xn--pi-6kc.partoo.co"},
		{"another port", partooAt("https://api.partoo.co:8443/v2"), nil, "to api.partoo.co:8443"},
		{"plain http", partooAt("http://api.partoo.co/v2"), nil, "plain http"},
		{"a name like this machine", partooAt("https://localhost.evil.example/v2"), nil, "to localhost.evil.example"},
		{"a name with an address", partooAt("https://127.0.0.1.nip.io/v2"), nil, "to 127.0.0.1.nip.io"},
		{"a decimal address", partooAt("https://2130706433/v2"), nil, "to 2130706433"},
		{"another path", partooAt("https://api.partoo.co/v2/../evil"), nil, `must be "https://api.partoo.co/v2"`},
		{"a query", partooAt("https://api.partoo.co/v2?x="), nil, "must be"},
		{"a default of a variable", "variable \"at\" {\n  type = string\n  default = \"https://evil.example/v2\"\n}\nprovider \"partoo\" {\n  org_id = 42\n  endpoint = var.at\n}\n",
			nil, "to evil.example"},
		{"a variable of the environment", "variable \"at\" { type = string }\nprovider \"partoo\" {\n  org_id = 42\n  endpoint = var.at\n}\n",
			[]string{"ROLECALL_VAR_at=https://evil.example/v2"}, "to evil.example"},
		{"no entry that is a pattern", partooAt("https://evil.example/v2"), []string{"ROLECALL_ALLOW_HOSTS=*.example"}, "environment variable ROLECALL_ALLOW_HOSTS"},

		{"a tenant that nobody named", tinesAt("", `tenant = "https://zoo.tines.com"`), nil, "export TINES_HOST=zoo.tines.com"},
		{"another tenant", tinesAt("", `tenant = "https://evil.tines.com"`), []string{"TINES_HOST=zoo.tines.com"}, "to evil.tines.com, but TINES_HOST is zoo.tines.com"},
		{"an endpoint beside the tenant", tinesAt("", "tenant = \"https://zoo.tines.com\"\nendpoint = \"https://evil.example/api/v1\""), []string{"TINES_HOST=zoo.tines.com"},
			"tenant and endpoint name different servers"},
		{"the tenant of another alias", tinesAt(`"soc"`, `tenant = "https://zoo.tines.com"`), []string{"TINES_API_KEY_SOC=" + hostsKey, "TINES_HOST=zoo.tines.com", "TINES_HOST_SOC=soc.tines.com"},
			"to zoo.tines.com, but TINES_HOST_SOC is soc.tines.com"},
		{"no host for the alias", tinesAt(`"soc"`, `tenant = "https://soc.tines.com"`), []string{"TINES_API_KEY_SOC=" + hostsKey}, "export TINES_HOST_SOC=soc.tines.com"},
		{"the host of another key", tinesAt(`"soc"`, `tenant = "https://soc.tines.com"`), []string{"TINES_HOST_SOC=soc.tines.com"},
			"The key comes from TINES_API_KEY. If this tenant has a key of its own, set TINES_API_KEY_SOC"},
		{"the key of another host", tinesAt(`"soc"`, `tenant = "https://zoo.tines.com"`), []string{"TINES_API_KEY_SOC=" + hostsKey, "TINES_HOST=zoo.tines.com"},
			"the environment variable TINES_HOST_SOC, which names the host of your tenant, is empty"},
		{"an address for a host", tinesAt("", `tenant = "https://zoo.tines.com"`), []string{"TINES_HOST=https://zoo.tines.com"}, "Write only the host"},

		{"an organization that nobody named", rocketAt(`endpoint = "https://zoo.roserocket.com"`), nil, "export ROSEROCKET_HOST=zoo.roserocket.com"},
		{"another organization", rocketAt(`endpoint = "https://evil.roserocket.com"`), []string{"ROSEROCKET_HOST=zoo.roserocket.com"}, "ROSEROCKET_HOST is zoo.roserocket.com"},
		{"tokens from elsewhere", rocketAt("endpoint = \"https://zoo.roserocket.com\"\nauth_endpoint = \"https://evil.example\""), []string{"ROSEROCKET_HOST=zoo.roserocket.com"},
			"to evil.example, which is no host of Rose Rocket"},
		{"tokens over plain http", rocketAt("endpoint = \"https://zoo.roserocket.com\"\nauth_endpoint = \"http://a.roserocket.com\""), []string{"ROSEROCKET_HOST=zoo.roserocket.com"}, "plain http"},
		{"tokens from a path", rocketAt("endpoint = \"https://zoo.roserocket.com\"\nauth_endpoint = \"https://a.roserocket.com/x\""), []string{"ROSEROCKET_HOST=zoo.roserocket.com"}, "must be"},
		{"tokens from elsewhere for this machine", rocketAt("endpoint = \"http://127.0.0.1:9\"\nauth_endpoint = \"https://evil.example\""), nil, "to evil.example"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, args := range [][]string{{"plan"}, {"apply", "--auto-approve"}} {
				code, said, n := hostsRun(t, test.block, "", test.environ, args...)
				if code == 0 || len(n.hosts) != 0 {
					t.Errorf("%s: exit code %d, requests to %v", args[0], code, n.hosts)
				}
				if !strings.Contains(said, test.says) || strings.Contains(said, hostsKey) {
					t.Errorf("%s does not say %q, or shows the key:\n%s", args[0], test.says, said)
				}
			}
		})
	}
}

// TestKeyGoesWhereItBelongs is about the hosts that get the key: the product's, the
// tenant's, and those that the command line or the environment allows.
func TestKeyGoesWhereItBelongs(t *testing.T) {
	for _, test := range []struct {
		name, block, answer string
		environ, args       []string
		host                string
	}{
		{"production", "provider \"partoo\" { org_id = 42 }\n", "", nil, nil, "api.partoo.co"},
		{"the sandbox", partooAt("https://api.sandbox.partoo.co/v2"), "", nil, nil, "api.sandbox.partoo.co"},
		{"in capitals", partooAt("https://API.partoo.co/v2/"), "", nil, nil, "API.partoo.co"},
		{"allowed by a flag", partooAt("https://proxy.zoo.example:8443/v2"), "", nil, []string{"--allow-host", "proxy.zoo.example:8443"}, "proxy.zoo.example:8443"},
		{"allowed by the environment", partooAt("https://proxy.zoo.example/v2"), "", []string{"ROLECALL_ALLOW_HOSTS=a.example, proxy.zoo.example"}, nil, "proxy.zoo.example"},
		{"the tenant", tinesAt("", `tenant = "https://zoo.tines.com"`), "", []string{"TINES_HOST=zoo.tines.com"}, nil, "zoo.tines.com"},
		{"a tenant of one's own domain", tinesAt("", `tenant = "https://tines.zoo.example"`), "", []string{"TINES_HOST=tines.zoo.example"}, nil, "tines.zoo.example"},
		{"the tenant of an alias", tinesAt(`"soc"`, `tenant = "https://soc.tines.com"`), "", []string{"TINES_API_KEY_SOC=" + hostsKey, "TINES_HOST_SOC=soc.tines.com"}, nil, "soc.tines.com"},
		{"one tenant for every alias", tinesAt(`"soc"`, `tenant = "https://soc.tines.com"`), "", []string{"TINES_HOST=soc.tines.com"}, nil, "soc.tines.com"},
		{"a tenant that a person confirms", tinesAt("", `tenant = "https://zoo.tines.com"`), "zoo.tines.com\n", nil, nil, "zoo.tines.com"},
		{"an organization", rocketAt(`endpoint = "https://zoo.roserocket.com"`), "", []string{"ROSEROCKET_HOST=zoo.roserocket.com"}, nil, "a.roserocket.com"},
		{"the host of all organizations", rocketAt(`endpoint = "https://network.roserocket.com"`), "", nil, nil, "a.roserocket.com"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, said, n := hostsRun(t, test.block, test.answer, test.environ, append([]string{"plan"}, test.args...)...)
			if len(n.hosts) == 0 || n.hosts[0] != test.host || !n.key {
				t.Errorf("requests to %v, want %s:\n%s", n.hosts, test.host, said)
			}
		})
	}
}

// A person who is asked about a host has to type its name. Anything else sends nothing.
func TestHostIsConfirmed(t *testing.T) {
	for _, answer := range []string{"yes\n", "\n", "evil.tines.com\n", "zoo.tines.com.\n"} {
		code, said, n := hostsRun(t, tinesAt("", `tenant = "https://zoo.tines.com"`), answer, nil, "apply", "--auto-approve")
		if code != 4 || len(n.hosts) != 0 || !strings.Contains(said, "the host zoo.tines.com was not confirmed") {
			t.Errorf("answer %q: exit code %d, requests to %v:\n%s", answer, code, n.hosts, said)
		}
	}
	// Nobody is asked about a host that no terminal can make right.
	for _, block := range []string{partooAt("https://evil.example/v2"), rocketAt("endpoint = \"https://zoo.roserocket.com\"\nauth_endpoint = \"https://evil.example\"")} {
		if code, said, n := hostsRun(t, block, "evil.example\n", nil, "plan"); code != 4 || len(n.hosts) != 0 || strings.Contains(said, "Type the name") {
			t.Errorf("exit code %d, requests to %v:\n%s", code, n.hosts, said)
		}
	}
}

// Whatever address a client sends a request to, from an answer for example, the
// request leaves for the hosts of its tenant only.
func TestClientCannotSendKeyElsewhere(t *testing.T) {
	for _, address := range []string{"https://evil.example/v2/user/me", "http://api.partoo.co/v2/user/me", "https://api.partoo.co:8443/v2", "https://evil.example@api.partoo.co/"} {
		n := &network{}
		var refused error
		f := cmd.System()
		f.In, f.Out, f.Err, f.Transport = strings.NewReader(""), io.Discard, io.Discard, n
		f.Environ = []string{"PARTOO_API_KEY=" + hostsKey}
		for i := range f.Products {
			p := *f.Products[i].Provider
			connect := p.Connect
			p.Connect = func(ctx context.Context, o provider.Options) (provider.Client, error) {
				r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
				if err != nil {
					return nil, err
				}
				r.Header.Set("x-APIKey", o.Key)
				if _, refused = o.Transport.RoundTrip(r); refused == nil {
					return nil, fmt.Errorf("%s was sent", address)
				}
				return connect(ctx, o)
			}
			f.Products[i].Provider = &p
		}
		cmd.Main([]string{"plan", oneRoleConfiguration(t, "https://api.partoo.co/v2")}, f)
		if refused == nil || len(n.hosts) != 1 || n.hosts[0] != "api.partoo.co" {
			t.Errorf("%s: requests to %v, refusal %v", address, n.hosts, refused)
		}
	}
}

// A redirect is told and not followed, to whatever server it leads: neither a request
// nor the sign-in goes on with the key.
func TestRedirectGetsNoKey(t *testing.T) {
	reached := &network{}
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if _, err := reached.RoundTrip(r); err != nil {
			t.Error(err)
		}
	}))
	defer other.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		first := httptest.NewServer(http.RedirectHandler(other.URL+"/v2/user/me", status))
		for _, block := range []string{
			partooAt(first.URL + "/v2"), tinesAt("", fmt.Sprintf("endpoint = %q", first.URL+"/api/v1")), rocketAt(fmt.Sprintf("endpoint = %q", first.URL)),
		} {
			var out strings.Builder
			f := cmd.System()
			f.In, f.Out, f.Err, f.InTerminal, f.Width = strings.NewReader(""), &out, &out, false, 400
			f.Environ = []string{"PARTOO_API_KEY=" + hostsKey, "TINES_API_KEY=" + hostsKey, "ROSEROCKET_CLIENT_SECRET=" + hostsKey}
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "site.hcl"), []byte(block), 0o600); err != nil {
				t.Fatal(err)
			}
			if code := cmd.Main([]string{"plan", dir}, f); code == 0 || !strings.Contains(out.String(), "Redirects are not followed") {
				t.Errorf("%d: exit code %d:\n%s", status, code, out.String())
			}
		}
		first.Close()
	}
	if len(reached.hosts) != 0 {
		t.Errorf("%d requests followed a redirect", len(reached.hosts))
	}
}
