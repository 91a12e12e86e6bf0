package rest_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
)

// No write may reach the product through a transport that only reads, whoever
// builds the request. Taking ReadOnly away from either row makes this test fail.
func TestReadOnly(t *testing.T) {
	reads := func(method, path string) bool {
		return method == "GET" || method == "POST" && strings.HasSuffix(path, "/animals/search")
	}
	writes := []rest.Call{
		{Method: "POST", Path: "/animals", Body: animal{"ibis"}},
		{Method: "PUT", Path: "/animals/1", Body: animal{"ibis"}},
		{Method: "PATCH", Path: "/animals/1", Body: animal{"ibis"}},
		{Method: "DELETE", Path: "/animals/1"},
		{Method: "POST", Path: "/roles/x%2Fanimals%2Fsearch", Body: animal{"ibis"}}, // a name that looks like the search
		{Method: "POST", Path: "/animals", Idempotent: true},
	}
	rows := map[string]func(c *rest.Config){
		"by the client":    func(c *rest.Config) { c.Reads = reads },
		"by the transport": func(c *rest.Config) { c.Transport = rest.ReadOnly(c.Transport, reads) },
	}
	for name, protect := range rows {
		t.Run(name, func(t *testing.T) {
			p := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { say(w, 200, "{}") })
			config := p.config(t)
			protect(&config)
			config.Observe = func(x provider.Traffic) {
				if !reads(x.Method, x.Path) {
					t.Errorf("%s %s was observed as sent", x.Method, x.Path)
				}
			}
			c := rest.New(config)
			for _, call := range writes {
				if err := c.Do(t.Context(), call, nil); !errors.Is(err, rest.ErrReadOnly) || errors.Is(err, provider.ErrAmbiguous) {
					t.Errorf("%s %s: %v", call.Method, call.Path, err)
				}
			}
			if p.requests() != 0 || c.Sent() != 0 {
				t.Fatalf("%d writes reached the product, Sent is %d", p.requests(), c.Sent())
			}
			for _, call := range []rest.Call{{Path: "/animals"}, {Method: "POST", Path: "/animals/search"}} {
				if err := c.Do(t.Context(), call, nil); err != nil {
					t.Error(err)
				}
			}
			if p.requests() != 2 {
				t.Errorf("%d reads came through", p.requests())
			}
		})
	}
}

func TestReadOnlyByDefault(t *testing.T) {
	p := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { say(w, 200, "{}") })
	config := p.config(t)
	config.Transport = rest.ReadOnly(config.Transport, nil)
	c := rest.New(config)
	if err := c.Do(t.Context(), rest.Call{Path: "/animals"}, nil); err != nil {
		t.Error(err)
	}
	if err := c.Do(t.Context(), rest.Call{Method: "POST", Path: "/animals"}, nil); !errors.Is(err, rest.ErrReadOnly) {
		t.Error(err)
	}
	if p.requests() != 1 {
		t.Errorf("%d requests", p.requests())
	}
}

// stuck is a body that cannot even be closed.
type stuck struct{ io.Reader }

func (stuck) Close() error { return errStuck }

var errStuck = errors.New("cannot be closed")

// A body that cannot be closed does not open the way for what may not be sent.
func TestReadOnlyWithStuckBody(t *testing.T) {
	r, err := http.NewRequest("POST", "http://zoo.example/animals", stuck{strings.NewReader("{}")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = rest.ReadOnly(broken(&net.OpError{Op: "dial", Err: errors.New("reached")}), nil).RoundTrip(r)
	if !errors.Is(err, errStuck) || strings.Contains(err.Error(), "reached") {
		t.Errorf("%v", err)
	}
}
