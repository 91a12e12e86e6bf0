package rest_test

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/rest"
)

// What every address that a credential can travel to is taken for: the name of the
// server, "local" for this machine, or the reason why no credential goes there.
var serverCases = []struct{ address, want string }{
	{"https://api.zoo.example/v2", "api.zoo.example"},
	{"https://API.Zoo.example", "api.zoo.example"},
	{"https://api.zoo.example:443/v2", "api.zoo.example"},
	{"https://api.zoo.example:0443/v2", "api.zoo.example"},
	{"https://api.zoo.example:8443/v2", "api.zoo.example:8443"},
	{"https://api.zoo.example?x", "api.zoo.example"},
	{"https://api.zoo.example.evil.example", "api.zoo.example.evil.example"},
	{"https://evil.example/api.zoo.example", "evil.example"},
	{"https://evil.example#api.zoo.example", "evil.example"},
	{"https://xn--pi-6kc.zoo.example", "xn--pi-6kc.zoo.example"},
	{"https://10.1.2.3/v2", "10.1.2.3"},
	{"https://0.0.0.0/v2", "0.0.0.0"},
	{"https://2130706433/v2", "2130706433"},
	{"https://127.1/v2", "127.1"},
	{"https://0x7f.0.0.1/v2", "0x7f.0.0.1"},
	{"https://127.0.0.1.nip.io/v2", "127.0.0.1.nip.io"},
	{"https://localhost.evil.example", "localhost.evil.example"},
	{"https://evil.localhost", "evil.localhost"},
	{"https://[2001:DB8::1]:8443/v2", "[2001:db8::1]:8443"},

	{"http://127.0.0.1:8042/v2", "local"},
	{"http://127.9.9.9", "local"},
	{"http://localhost:8042", "local"},
	{"http://LOCALHOST:8042", "local"},
	{"http://[::1]:8042", "local"},

	{"http://api.zoo.example/v2", "plain http"},
	{"http://localhost.evil.example", "plain http"},
	{"http://127.0.0.1.nip.io", "plain http"},
	{"http://2130706433", "plain http"},
	{"https://api.zoo.example@evil.example/", "user or password"},
	{"https://me:word@api.zoo.example/", "user or password"},
	{"https://api.zoo.example./v2", "plain letters"},
	{"http://localhost./v2", "plain letters"},
	{"https://аpi.zoo.example/v2", `"\u0430pi.zoo.example" is not written in plain letters`},
	{"https://ａpi.zoo.example", "plain letters"},
	{"https://api.zoo。example", "plain letters"},
	{"https://api_zoo.example", "plain letters"},
	{"https://*.zoo.example", "plain letters"},
	{"https://[fe80::1%25eth0]/v2", "network interface"},
	{"http://[::1%25eth0]/v2", "network interface"},
	{"https://api.zoo.example:0/v2", "not a port"},
	{"https://api.zoo.example:99999/v2", "not a port"},
	{"https://api.zoo.example:/v2", "not an address"},
	{"https:///v2", "not an address"},
	{"https:api.zoo.example", "not an address"},
	{"ftp://api.zoo.example", "not an address"},
	{"//api.zoo.example/v2", "not an address"},
}

func TestServerOf(t *testing.T) {
	for _, test := range serverCases {
		u, err := url.Parse(test.address)
		if err != nil {
			t.Fatal(err)
		}
		s, err := rest.ServerOf(u)
		switch {
		case err != nil && !strings.Contains(err.Error(), test.want):
			t.Errorf("%s: error %q, want one with %q", test.address, err, test.want)
		case err == nil && s.Local && test.want != "local" || err == nil && !s.Local && s.Name != test.want:
			t.Errorf("%s: %+v, want %s", test.address, s, test.want)
		}
	}
}

// A recorder stands for the network: it keeps what reaches it.
type recorder struct{ hosts []string }

func (c *recorder) RoundTrip(r *http.Request) (*http.Response, error) {
	c.hosts = append(c.hosts, r.URL.Host)
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("{}")), Request: r}, nil
}

// TestHostsTransport sends a request with a key to every address of the table. Only
// those for the hosts that were allowed, and for this machine, leave.
func TestHostsTransport(t *testing.T) {
	hosts, err := rest.NewHosts("api.zoo.example", "desk.zoo.example:8443")
	if err != nil {
		t.Fatal(err)
	}
	allowed := map[string]bool{"api.zoo.example": true, "local": true}
	for _, test := range serverCases {
		var net recorder
		u, err := url.Parse(test.address)
		if err != nil {
			t.Fatal(err)
		}
		r := &http.Request{Method: http.MethodPost, URL: u, Header: http.Header{"Authorization": {"Bearer " + key}}, Body: io.NopCloser(strings.NewReader(key))}
		res, err := hosts.Transport(&net).RoundTrip(r)
		if allowed[test.want] {
			if err != nil || len(net.hosts) != 1 {
				t.Errorf("%s was not sent: %v", test.address, err)
			} else if err := res.Body.Close(); err != nil {
				t.Error(err)
			}
			continue
		}
		if !errors.Is(err, rest.ErrHost) || len(net.hosts) != 0 {
			t.Errorf("%s was sent to %v: %v", test.address, net.hosts, err)
		}
	}
	if s := (rest.Server{Name: "desk.zoo.example:8443"}); !hosts.Allows(s) || hosts.Allows(rest.Server{Name: "desk.zoo.example"}) || (rest.Hosts{}).Allows(s) {
		t.Error("a host is allowed with its port, and no other")
	}
}

// A client tells of a request that was kept back as of one that was not sent, and
// does not try again.
func TestHostsRefusal(t *testing.T) {
	var net recorder
	c := rest.New(rest.Config{Base: "https://evil.example/v2", Header: http.Header{"X-Api-Key": {key}}, Transport: rest.Hosts{}.Transport(&net)})
	err := c.Do(t.Context(), rest.Call{Op: "create an animal", Method: http.MethodPost, Path: "/animals"}, nil)
	if !errors.Is(err, rest.ErrHost) || len(net.hosts) != 0 || c.Sent() != 0 || !strings.Contains(err.Error(), "evil.example is neither a host of the product nor allowed") {
		t.Errorf("sent %d, error %v", c.Sent(), err)
	}
}

func TestParseHost(t *testing.T) {
	for name, want := range map[string]string{
		"api.zoo.example": "api.zoo.example", "API.zoo.example:443": "api.zoo.example", "api.zoo.example:8443": "api.zoo.example:8443",
		"10.1.2.3": "10.1.2.3", "[::1]:8042": "[::1]:8042",
		"": "", "https://api.zoo.example": "", "api.zoo.example/v2": "", "*.zoo.example": "", "api.zoo.example.": "", "me@api.zoo.example": "",
		"api.zoo.example:": "", "api.zoo.example?": "", "аpi.zoo.example": "", "a b": "", "api.zoo.example#": "",
	} {
		got, err := rest.ParseHost(name)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("ParseHost(%q) = %q, %v; want %q", name, got, err, want)
		}
	}
}

// An address in the files names a server and the documented path, and nothing else.
func TestCheckAddress(t *testing.T) {
	for address, want := range map[string]string{
		"https://api.zoo.example/v2":        "",
		"https://api.zoo.example/v2/":       "",
		"HTTPS://API.zoo.example/v2":        "",
		"http://127.0.0.1:8042/v2":          "",
		"https://api.zoo.example":           `must be "https://api.zoo.example/v2"`,
		"https://API.zoo.example:8443/":     `must be "https://api.zoo.example:8443/v2"`,
		"https://api.zoo.example/v2//":      "must be",
		"https://api.zoo.example//v2":       "must be",
		"https://api.zoo.example/V2":        "must be",
		"https://api.zoo.example/v2/../x":   "must be",
		"https://api.zoo.example/x/v2":      "must be",
		"https://api.zoo.example/%76%32":    "must be",
		"https://api.zoo.example%2fv2":      "must be",
		"https://api.zoo.example/v2?x=1":    "must be",
		"https://api.zoo.example/v2?":       "must be",
		"https://api.zoo.example/v2#x":      "must be",
		"https://api.zoo.example/v2 ":       "must be",
		" https://api.zoo.example/v2":       "must be",
		`https://api.zoo.example\v2`:        "must be",
		`https://evil.example\@api.zoo/v2`:  "must be",
		"https://api.zoo.example/v2\n":      "must be",
		"https://api.zoo.example@evil.x/v2": "user or password",
		"http://api.zoo.example/v2":         "plain http",
		"https://api.zoo.example./v2":       "plain letters",
		"api.zoo.example/v2":                "must be",
		"":                                  "must be",
	} {
		err := rest.CheckAddress(address, "an address", "/v2")
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("CheckAddress(%q): %v, want %q", address, err, want)
		}
	}
}
