package cmd_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	partooemulator "github.com/rolecall-dev/rolecall/provider/partoo/emulator"
)

// A proxy stands between rolecall and an emulated Partoo, over the loopback. It
// numbers the requests, lets a test meddle with each one, and looks at the
// organization after every write.
type proxy struct {
	*partooemulator.Server
	Endpoint string

	server  *httptest.Server
	active  sync.WaitGroup
	writing sync.Mutex   // writes go one by one, so that each is looked at by itself
	watch   *rightsWatch // may be nil

	mu     sync.Mutex
	seen   []string // method and path of the requests since begin
	meddle meddler  // may be nil
}

// A meddler decides what becomes of request n, from 1. It returns the answer to
// send, or nil to cut the connection; pass lets the request through and returns
// its answer.
type meddler func(n int, r *http.Request, pass func() *httptest.ResponseRecorder) *httptest.ResponseRecorder

func newProxy(t testing.TB, seed *partooemulator.Seed) *proxy {
	t.Helper()
	s, err := partooemulator.New(partooemulator.Options{Seed: seed, Rate: -1})
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{Server: s}
	p.server = httptest.NewServer(http.HandlerFunc(p.serve))
	t.Cleanup(func() {
		p.idle()
		p.server.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	p.Endpoint = p.server.URL + "/v2"
	return p
}

// idle ends all connections and waits for what was asked on them: a process that
// is dead may have sent something before.
func (p *proxy) idle() {
	p.server.CloseClientConnections()
	p.active.Wait()
}

// begin counts from 1 again, with another meddler.
func (p *proxy) begin(m meddler) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen, p.meddle = nil, m
}

// requests lists what was asked since begin.
func (p *proxy) requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.seen...)
}

// writes counts the requests since begin that were not only questions.
func (p *proxy) writes() int {
	n := 0
	for _, r := range p.requests() {
		if !strings.HasPrefix(r, http.MethodGet+" ") {
			n++
		}
	}
	return n
}

func (p *proxy) serve(w http.ResponseWriter, r *http.Request) {
	p.active.Add(1)
	defer p.active.Done()
	p.mu.Lock()
	p.seen = append(p.seen, r.Method+" "+r.URL.Path)
	n, meddle := len(p.seen), p.meddle
	p.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	pass := func() *httptest.ResponseRecorder {
		again := r.Clone(r.Context())
		again.Body = io.NopCloser(bytes.NewReader(body))
		rec := httptest.NewRecorder()
		if r.Method == http.MethodGet {
			p.ServeHTTP(rec, again)
			return rec
		}
		p.writing.Lock()
		defer p.writing.Unlock()
		p.ServeHTTP(rec, again)
		if p.watch != nil {
			p.watch.record(r.Method+" "+r.URL.Path, p.reach())
		}
		return rec
	}
	if meddle == nil {
		meddle = untouched
	}
	a := meddle(n, r, pass)
	if a == nil {
		panic(http.ErrAbortHandler)
	}
	for name, values := range a.Header() {
		w.Header()[name] = values
	}
	if w.Header().Get(drip) != "" {
		inDrips(w, a)
		return
	}
	w.WriteHeader(a.Code)
	if _, err := w.Write(a.Body.Bytes()); err != nil {
		panic(http.ErrAbortHandler) // nobody is there to read it, or there is more announced
	}
	if a.Header().Get("Content-Length") != "" {
		panic(http.ErrAbortHandler) // the rest of what is announced never comes
	}
}

// drip is a header by which a meddler asks for an answer that comes byte by byte.
const drip = "X-Drip"

func inDrips(w http.ResponseWriter, a *httptest.ResponseRecorder) {
	w.WriteHeader(a.Code)
	flush := http.NewResponseController(w)
	for _, b := range a.Body.Bytes() {
		if _, err := w.Write([]byte{b}); err != nil {
			return
		}
		if flush.Flush() != nil {
			return
		}
	}
}

func untouched(_ int, _ *http.Request, pass func() *httptest.ResponseRecorder) *httptest.ResponseRecorder {
	return pass()
}

// says makes an answer.
func says(status int, body string, header ...string) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	rec.Header().Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		rec.Header().Set(header[i], header[i+1])
	}
	rec.WriteHeader(status)
	rec.Body.WriteString(body)
	return rec
}
