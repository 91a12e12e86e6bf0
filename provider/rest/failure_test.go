package rest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
)

// told is the message and the advice of an error, with the server's address made
// stable.
func told(p *product, err error) string {
	s := fmt.Sprintf("%v\n%s", err, provider.Hint(err))
	return strings.ReplaceAll(s, strings.TrimPrefix(p.server.URL, "http://"), "zoo.example")
}

func TestMessages(t *testing.T) {
	html := func(title string) string {
		return "<!DOCTYPE html>\n<html><head><title>\n" + title + "</title></head></html>"
	}
	tests := map[string]struct {
		answer func(w http.ResponseWriter)
		want   string
	}{
		"own words": {
			func(w http.ResponseWriter) { say(w, 400, `{"error":{"json":{"name":"too long"}}}`) },
			`list animals: GET http://zoo.example/v2/animals?page=1 answered 400: {"error":{"json":{"name":"too long"}}}` + "\n",
		},
		"wrong key": {
			func(w http.ResponseWriter) { say(w, 401, `User not authenticated`) },
			"list animals: GET http://zoo.example/v2/animals?page=1 answered 401: User not authenticated\n" +
				"The key was not accepted: it may be mistyped, expired, or made for another environment.",
		},
		"too few rights": {
			func(w http.ResponseWriter) { say(w, 403, "") },
			"list animals: GET http://zoo.example/v2/animals?page=1 answered 403: Forbidden\n" +
				"The key is known and has too few rights for this request. Use the key of an administrator, or a less restricted one.",
		},
		"wrong address": {
			func(w http.ResponseWriter) { say(w, 404, "404 page not found\nsecond line") },
			"list animals: GET http://zoo.example/v2/animals?page=1 answered 404: 404 page not found\n" +
				"The address does not exist for this key. Check the rights of the key. Check the endpoint in the provider block.",
		},
		"too many": {
			func(w http.ResponseWriter) { say(w, 429, "Slow down") },
			"list animals: GET http://zoo.example/v2/animals?page=1 answered 429: Slow down\n" +
				"Too many requests were sent to Zoo, by rolecall or by others. Wait a few minutes, then run the same command again.",
		},
		"down": {
			func(w http.ResponseWriter) { say(w, 502, html("502 Bad Gateway")) },
			`list animals: GET http://zoo.example/v2/animals?page=1 answered 502: a web page with the title "502 Bad Gateway"` + "\n" +
				"This is an error of Zoo. Wait, then run the same command again; changes that were made are not repeated.",
		},
		"web page": {
			func(w http.ResponseWriter) { say(w, 200, html("Sign in")) },
			"list animals: GET http://zoo.example/v2/animals?page=1 answered 200: the answer is a web page, not JSON\n" +
				"The answer does not come from the API: a proxy or a sign-in page may be in between. Check the endpoint in the provider block.",
		},
		"redirect": {
			func(w http.ResponseWriter) {
				w.Header().Set("Location", "https://user:pw@elsewhere.example/v3?token=abcdef&page=1")
				w.WriteHeader(302)
			},
			"list animals: GET http://zoo.example/v2/animals?page=1 answered 302: redirects to https://elsewhere.example/v3?page=1&token=redacted\n" +
				"Redirects are not followed, so that the key is sent nowhere else. Write the final address as the endpoint in the provider block.",
		},
		"key in the answer": {
			func(w http.ResponseWriter) { say(w, 400, "bad key "+key+"\x1b[31m!") },
			"list animals: GET http://zoo.example/v2/animals?page=1 answered 400: bad key (redacted)\\x1b[31m!\n",
		},
		"key with invisible characters": {
			func(w http.ResponseWriter) {
				say(w, 400, "bad key\u200b "+key[:3]+"\u200b"+key[3:5]+"\x1b"+key[5:]+"!")
			},
			"list animals: GET http://zoo.example/v2/animals?page=1 answered 400: bad key\\u200b (redacted)!\n",
		},
		"cut": {
			cut,
			"list animals: GET http://zoo.example/v2/animals?page=1: the connection was closed before an answer came\n" +
				"The connection broke, or the answer is damaged. Run the same command again; changes that were made are not repeated.",
		},
		"truncated": {
			func(w http.ResponseWriter) { say(w, 200, `{"name":`) },
			"list animals: GET http://zoo.example/v2/animals?page=1 answered 200: unexpected end of JSON input\n" +
				"The connection broke, or the answer is damaged. Run the same command again; changes that were made are not repeated.",
		},
		"endless": {
			func(w http.ResponseWriter) {
				for block := make([]byte, 1<<20); ; {
					if _, err := w.Write(block); err != nil {
						return
					}
				}
			},
			"list animals: GET http://zoo.example/v2/animals?page=1 answered 200: the answer is larger than 32 MiB\n" +
				"The connection broke, or the answer is damaged. Run the same command again; changes that were made are not repeated.",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { test.answer(w) })
			err := rest.New(p.config(t)).Do(t.Context(), rest.Call{Op: "list animals", Path: "/animals", Query: map[string][]string{"page": {"1"}}}, new(animal))
			if d := cmp.Diff(test.want, told(p, err)); d != "" {
				t.Error(d)
			}
		})
	}
}

// An answer that never ends in time, in its head and in its body.
func TestTimeLimit(t *testing.T) {
	for _, head := range []bool{false, true} {
		p := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
			if head {
				w.WriteHeader(200)
				w.(http.Flusher).Flush()
			}
			<-r.Context().Done()
		})
		config := p.config(t)
		config.Timeout = 20 * time.Millisecond
		err := rest.New(config).Do(t.Context(), rest.Call{Op: "list animals", Path: "/animals"}, nil)
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "no complete answer within 20ms") || p.requests() != 6 {
			t.Errorf("%d requests, %v", p.requests(), err)
		}
		err = rest.New(config).Do(t.Context(), rest.Call{Op: "create animal", Method: "POST", Path: "/animals"}, nil)
		if !errors.Is(err, provider.ErrAmbiguous) || p.requests() != 7 {
			t.Errorf("%d requests, %v", p.requests(), err)
		}
	}
}

// broken is a network on which every connection fails in the same way.
func broken(err error) http.RoundTripper {
	return &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return nil, err }}
}

// Nothing was sent, so a write may be tried again and is never ambiguous.
func TestNoConnection(t *testing.T) {
	tests := map[string]struct {
		err   error
		tries int
		want  string
	}{
		"unknown host": {
			&net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "zoo.exmple", IsNotFound: true}}, 1,
			"create animal: POST http://zoo.example/v2/animals: dial tcp: lookup zoo.exmple: no such host\n" +
				"No host has the name zoo.exmple. Check the endpoint in the provider block.",
		},
		"name service down": {
			&net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "server misbehaving", Name: "zoo.example"}}, 6,
			"create animal: POST http://zoo.example/v2/animals: dial tcp: lookup zoo.example: server misbehaving\n" +
				"The name of the host could not be looked up. Check the network and the name server (DNS) of this machine.",
		},
		"refused": {
			&net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", errors.New("connection refused"))}, 6,
			"create animal: POST http://zoo.example/v2/animals: dial tcp: connect: connection refused\n" +
				"Nothing accepts connections at that address. Check the endpoint in the provider block.",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := serve(t, nil)
			config := p.config(t)
			config.Transport = broken(test.err)
			c := rest.New(config)
			err := c.Do(t.Context(), rest.Call{Op: "create animal", Method: "POST", Path: "/animals"}, nil)
			if d := cmp.Diff(test.want, told(p, err)); d != "" {
				t.Error(d)
			}
			if errors.Is(err, provider.ErrAmbiguous) || len(p.Waits()) != test.tries-1 || c.Sent() != 0 {
				t.Errorf("%d waits, %d sent, %v", len(p.Waits()), c.Sent(), err)
			}
		})
	}
}

// Advice does not speak of a setting that the files do not have.
func TestDefaultAddress(t *testing.T) {
	for setting, want := range map[string]string{
		"":       "No host has the name zoo.example. This is the default address of Zoo, because the provider block names no other: check the network and the proxy of this machine.",
		"tenant": "No host has the name zoo.example. Check the tenant in the provider block.",
	} {
		p := serve(t, nil)
		config := p.config(t)
		config.Setting = setting
		config.Transport = broken(&net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "zoo.example", IsNotFound: true}})
		err := rest.New(config).Do(t.Context(), rest.Call{Op: "list animals", Path: "/animals"}, nil)
		if got := provider.Hint(err); got != want {
			t.Errorf("%q: %s", setting, got)
		}
	}
}

func TestCertificate(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("reached") }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	p := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { say(w, 200, "{}") })
	for base, advice := range map[string]string{
		server.URL: "The certificate of the host is not trusted here.",
		strings.Replace(p.server.URL, "http:", "https:", 1): "The server uses http, but the address says https.",
	} {
		config := p.config(t)
		config.Base = base
		err := rest.New(config).Do(t.Context(), rest.Call{Op: "create animal", Method: "POST", Path: "/animals"}, nil)
		if !strings.HasPrefix(provider.Hint(err), advice) || errors.Is(err, provider.ErrAmbiguous) || len(p.Waits()) != 0 {
			t.Errorf("%s: %v; %s; waited %v", base, err, provider.Hint(err), p.Waits())
		}
	}
}

// A redirect to another host must not carry the key there.
func TestRedirectKeepsTheKey(t *testing.T) {
	other := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { say(w, 200, "{}") })
	p := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.server.URL+"/v2/animals", http.StatusTemporaryRedirect)
	})
	if err := rest.New(p.config(t)).Do(t.Context(), rest.Call{Path: "/animals"}, nil); err == nil {
		t.Error("the redirect was followed")
	}
	if other.requests() != 0 {
		t.Error("the other host was asked")
	}
}

func TestBadEndpoint(t *testing.T) {
	for _, base := range []string{"", "zoo.example", "ftp://zoo.example", "https://zoo.example/v2?key=abcdefgh", "::"} {
		err := rest.New(rest.Config{Base: base}).Do(t.Context(), rest.Call{Op: "list animals", Path: "/animals"}, nil)
		if err == nil || !strings.Contains(err.Error(), "is not a URL such as") || strings.Contains(err.Error(), "abcdefgh") {
			t.Errorf("%q: %v", base, err)
		}
	}
}

func TestOwnAdvice(t *testing.T) {
	p := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { say(w, 401, `{"error":"no"}`) })
	config := p.config(t)
	config.Reason = func(status int, body []byte) string { return fmt.Sprint(status, " ", len(body)) }
	config.Hint = func(status int, method, path string) string {
		return fmt.Sprintf("Ask the zoo about %d %s %s.", status, method, path)
	}
	err := rest.New(config).Do(t.Context(), rest.Call{Op: "list animals", Path: "/animals"}, nil)
	if d := cmp.Diff("list animals: GET http://zoo.example/v2/animals answered 401: 401 14\nAsk the zoo about 401 GET /animals.", told(p, err)); d != "" {
		t.Error(d)
	}
}

// Neither a message nor a dump of any form shows a credential.
func TestNothingShowsTheKey(t *testing.T) {
	config := rest.Config{
		Base:   "https://admin:passw0rd-0815@zoo.example/v2",
		Header: http.Header{"Authorization": {"Bearer " + key}},
		Transport: broken(&net.OpError{Op: "dial", Net: "tcp", Err: errors.New(
			"proxy http://x:" + "passw0rd-0815" + "@proxy sent " + key)}),
		Wait: newClock().Wait,
	}
	c := rest.New(config)
	err := c.Do(t.Context(), rest.Call{Op: "find " + "animal", Path: "/animals", Query: map[string][]string{"api_key": {"query-secret"}, "q": {key}}}, nil)
	if err == nil {
		t.Fatal("no error")
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		dump := fmt.Sprintf(verb, config) + fmt.Sprintf(verb, &config) + fmt.Sprintf(verb, c) + err.Error() + fmt.Sprintf("%+v", err)
		for _, secret := range []string{key, "passw0rd-0815", "query-secret"} {
			if strings.Contains(dump, secret) || strings.Contains(dump, fmt.Sprintf("%x", secret)) {
				t.Errorf("%s shows %s: %s", verb, secret, dump)
			}
		}
	}
}
