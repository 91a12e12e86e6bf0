package providertest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"testing"
)

// A Middleware wraps the transport between a client and an emulator.
type Middleware func(http.RoundTripper) http.RoundTripper

// Middleware checks requests and answers. A violation fails the test.
func (c *Contract) Middleware(t testing.TB) Middleware {
	return func(next http.RoundTripper) http.RoundTripper {
		return c.Transport(next, func(err error) { t.Error(err) })
	}
}

// EditObjects calls change with every object in each answer of status 200, the inner
// ones first, and with the path of the request.
func EditObjects(t testing.TB, change func(path string, o map[string]any)) Middleware {
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
		e.t.Errorf("decode the answer of the emulator: %v", err)
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

// Writes records the requests that write. It is safe for concurrent use.
type Writes struct {
	Login string // path that returns a token, which is no write; may be ""

	mu    sync.Mutex
	lines []string
}

// Lines returns the writes in their order: method, URL and body.
func (w *Writes) Lines() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.lines
}

// RecordWrites is a Middleware that records the writes and passes them on unchanged.
func (w *Writes) RecordWrites(next http.RoundTripper) http.RoundTripper {
	return &writeRecorder{w, next}
}

type writeRecorder struct {
	*Writes
	next http.RoundTripper
}

func (w *writeRecorder) RoundTrip(r *http.Request) (*http.Response, error) {
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
