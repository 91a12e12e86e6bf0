package cmd

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
)

type counting struct{ requests []string }

func (c *counting) RoundTrip(r *http.Request) (*http.Response, error) {
	c.requests = append(c.requests, r.Method+" "+r.URL.Path)
	return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader("{}")), Header: http.Header{}, Request: r}, nil
}

// TestGate proves that nothing but a read leaves the program before the gate is
// opened, whatever a client tries.
func TestGate(t *testing.T) {
	next := &counting{}
	g := newGate(next, &provider.Provider{
		Reads: func(method, path string) bool { return method == http.MethodGet },
	})
	send := func(method string) error {
		r, err := http.NewRequest(method, "https://product.example/v2/user", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := g.RoundTrip(r)
		if err == nil {
			err = resp.Body.Close()
		}
		return err
	}

	if err := send("GET"); err != nil {
		t.Errorf("a read through a closed gate: %v", err)
	}
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
		if err := send(method); !errors.Is(err, rest.ErrReadOnly) {
			t.Errorf("%s through a closed gate: got error %v, want ErrReadOnly", method, err)
		}
	}
	g.open()
	if err := send("DELETE"); err != nil {
		t.Errorf("a write through an open gate: %v", err)
	}
	if got, want := strings.Join(next.requests, ", "), "GET /v2/user, DELETE /v2/user"; got != want {
		t.Errorf("requests that left: %s, want %s", got, want)
	}
}
