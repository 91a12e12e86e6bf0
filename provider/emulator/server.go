package emulator

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options are what a product gives to New.
type Options struct {
	// Product is its name: "partoo".
	Product string
	// Prefixes are the path prefixes that the product is reached under, as
	// "/api/v2". They are cut off before Handler, faults and the log see the path. Any
	// other path but those of Beside is answered 404. Nil means every path.
	Prefixes []string
	// Beside are paths that the product serves without a prefix, as "/oauth/token".
	Beside []string
	// Store holds the state. Its effects are committed after each request.
	Store *Store
	// Handler answers one request at a time, with the lock held.
	Handler http.Handler
	// Reset puts the state back to how it started, with the lock held.
	Reset func() error
	// Changed is called with the lock held: by New, and after each request and each Do that
	// changed the store. May be nil; see Watch.
	Changed func()
	// Choice is how the product behaves, to be shown to people.
	Choice Choice
	// Secrets are names of body fields whose values never reach the log.
	Secrets []string
	// Faults are armed from the start.
	Faults []Fault
	// Latency is waited before each answer.
	Latency time.Duration
	// Log gets one JSON line for each request; may be nil.
	Log io.Writer
	// Wait waits, or returns the context's error; nil waits by the clock.
	Wait func(ctx context.Context, d time.Duration) error
}

// A Server runs a product's handler: one request after the other over the store,
// with faults, latency, log and control routes around it.
type Server struct {
	o      Options
	faults faults
	log    requestLog
	mu     sync.Mutex // guards the store and whatever the handler keeps
}

// New returns a server for the product, whose store is open.
func New(o Options) *Server {
	if o.Wait == nil {
		o.Wait = wait
	}
	if o.Changed == nil {
		o.Changed = func() {}
	}
	s := &Server{o: o}
	s.log.w, s.log.secrets = o.Log, o.Secrets
	s.faults.add(o.Faults...)
	o.Changed()
	return s
}

// Watch returns a function for Options.Changed that calls watch with what read returns, or nil
// if watch is nil.
func Watch[T any](watch func(T), read func() T) func() {
	if watch == nil {
		return nil
	}
	return func() { watch(read()) }
}

// Transport returns a transport to this server without a socket.
func (s *Server) Transport() *InProcess { return Transport(s) }

// changed reports whether the store has changed since Effects returned before, and calls
// Options.Changed if so.
func (s *Server) changed(before uint64) bool {
	if s.o.Store.Effects() == before {
		return false
	}
	s.o.Changed()
	return true
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// Inject adds faults. If several match a request, the first one applies.
func (s *Server) Inject(list ...Fault) { s.faults.add(list...) }

// ClearFaults disarms all faults.
func (s *Server) ClearFaults() { s.faults.clear() }

// Entries returns the log after the entry with that number; 0 for all of it.
func (s *Server) Entries(seq int) []Entry { return s.log.since(seq) }

// Reset puts the state back to how it started. The log and the faults stay.
func (s *Server) Reset() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.o.Store.Empty()
	if err := s.o.Reset(); err != nil {
		return err
	}
	return s.o.Store.Commit()
}

// Do runs f as a request is run: alone, and what it does to the store lasts. A
// product lets tests change with it what no request of its API can.
func (s *Server) Do(f func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.o.Store.Effects()
	if err := f(); err != nil {
		return err
	}
	s.changed(before)
	return s.o.Store.Commit()
}

// Close waits for the request under way and closes the store.
func (s *Server) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.o.Store.Close()
}

// ServeHTTP answers one request. If a fault cuts the connection, it panics with
// http.ErrAbortHandler, as net/http expects.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r, served := s.strip(r)
	if r.URL.Path == ControlRoot || strings.HasPrefix(r.URL.Path, ControlRoot+"/") {
		s.control(w, r)
		return
	}
	if !served {
		http.Error(w, "the API is below "+strings.Join(s.o.Prefixes, " and ")+"; nothing is at "+r.URL.Path, http.StatusNotFound)
		return
	}
	body, ok := readBody(w, r, maxBody)
	if !ok {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	s.serve(w, r, body)
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request, body []byte) {
	strike := s.faults.take(r.Method, r.URL.Path)
	e := Entry{Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery}
	if d := s.o.Latency + strike.Delay; d > 0 && s.o.Wait(r.Context(), d) != nil {
		panic(http.ErrAbortHandler)
	}
	var a *answer
	switch {
	case strike.Cut == CutBefore:
		a = &answer{}
	case strike.Status != 0:
		a = strike.answer()
	default:
		a, e.Effect = s.run(r)
	}
	e.Status = a.status
	if err := s.log.add(e, body); err != nil {
		a = failure("the request log cannot be written: " + err.Error())
	}
	switch strike.Cut {
	case CutBefore, CutAfter:
		panic(http.ErrAbortHandler)
	case CutBody:
		a.send(w, a.body.Len()/2)
		panic(http.ErrAbortHandler)
	}
	a.send(w, a.body.Len())
}

// run lets the product answer and makes its effects last.
func (s *Server) run(r *http.Request) (a *answer, effect bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.o.Store.Effects()
	a = &answer{header: http.Header{}}
	s.o.Handler.ServeHTTP(a, r)
	if a.status == 0 {
		a.status = http.StatusOK
	}
	effect = s.changed(before)
	if err := s.o.Store.Commit(); err != nil {
		a = failure(err.Error())
	}
	return a, effect
}

// strip returns the request with the first of the prefixes that fits cut off, and whether
// the product is reached under its path.
func (s *Server) strip(r *http.Request) (stripped *http.Request, served bool) {
	r2 := *r
	for _, prefix := range s.o.Prefixes {
		if strings.HasPrefix(r.URL.Path, prefix+"/") {
			u := *r.URL
			u.Path = u.Path[len(prefix):]
			u.RawPath = strings.TrimPrefix(u.RawPath, prefix)
			r2.URL = &u
			return &r2, true
		}
	}
	return &r2, len(s.o.Prefixes) == 0 || slices.Contains(s.o.Beside, r.URL.Path)
}

// An answer is a response that is held back until it is known whether and how it
// is sent.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func failure(text string) *answer {
	a := &answer{header: http.Header{}, status: http.StatusInternalServerError}
	a.header.Set("Content-Type", "text/plain; charset=utf-8")
	a.body.WriteString(text + "\n")
	return a
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}

// send writes the answer, of its body the first n bytes.
func (a *answer) send(w http.ResponseWriter, n int) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	if n < a.body.Len() {
		w.Header().Set("Content-Length", itoa(a.body.Len()))
	}
	w.WriteHeader(a.status)
	if _, err := w.Write(a.body.Bytes()[:n]); err != nil {
		panic(http.ErrAbortHandler) // no client reads the answer
	}
	if n < a.body.Len() {
		if f, ok := w.(http.Flusher); ok {
			f.Flush()
		}
	}
}
