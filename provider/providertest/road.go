package providertest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
)

// A Middleware is what is put between a client and an emulator.
type Middleware func(http.RoundTripper) http.RoundTripper

// Described opens the description of a product's API that is kept with its tests,
// in testdata/openapi.yaml.
func Described(t testing.TB) *Contract {
	t.Helper()
	c, err := OpenContract(filepath.Join("testdata", "openapi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Guarded is a road that the contract watches. A violation fails the test.
func (c *Contract) Guarded(t testing.TB) Middleware {
	return func(next http.RoundTripper) http.RoundTripper {
		return c.Watch(next, func(err error) { t.Error(err) })
	}
}

// Edited is a road on which every object in a good answer is changed, the inner
// ones first. The path is that of the request.
func Edited(t testing.TB, change func(path string, o map[string]any)) Middleware {
	return func(next http.RoundTripper) http.RoundTripper { return &editor{t, next, change} }
}

type editor struct {
	t      testing.TB
	next   http.RoundTripper
	change func(path string, o map[string]any)
}

func (e *editor) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := e.next.RoundTrip(r)
	if err != nil || answer.StatusCode != http.StatusOK {
		return answer, err
	}
	d := json.NewDecoder(answer.Body)
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		e.t.Errorf("the emulator's answer: %v", err)
	}
	EachObject(v, func(o map[string]any) { e.change(r.URL.Path, o) })
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	if err := answer.Body.Close(); err != nil {
		return nil, err
	}
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
	answer.Header.Del("Content-Length")
	return answer, nil
}

// EachObject visits the objects of a JSON value, the inner ones first.
func EachObject(v any, visit func(map[string]any)) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			EachObject(item, visit)
		}
	case map[string]any:
		for _, item := range v {
			EachObject(item, visit)
		}
		visit(v)
	}
}

// Writes notes the requests that write. It may be used by several goroutines.
type Writes struct {
	Login string // where a token is had, which writes nothing; may be ""

	mu    sync.Mutex
	lines []string
}

// Lines are the writes as they came: method, address and body.
func (w *Writes) Lines() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.lines
}

// RecordWrites is the road whose writes are noted. They pass unchanged.
func (w *Writes) RecordWrites(next http.RoundTripper) http.RoundTripper { return &witness{w, next} }

type witness struct {
	*Writes
	next http.RoundTripper
}

func (w *witness) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodGet || w.Login != "" && r.URL.Path == w.Login {
		return w.next.RoundTrip(r)
	}
	line := r.Method + " " + r.URL.RequestURI()
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		if err := r.Body.Close(); err != nil {
			return nil, err
		}
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(body))
		line += " " + string(body)
	}
	w.mu.Lock()
	w.lines = append(w.lines, line)
	w.mu.Unlock()
	return w.next.RoundTrip(r)
}
