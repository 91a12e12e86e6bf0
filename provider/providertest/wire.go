package providertest

import (
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
)

// A trouble is what happens to one write.
type trouble int

const (
	none       trouble = iota
	lostBefore         // the connection breaks before the product sees the write
	lostAfter          // the product executes the write and the answer is lost
	killed             // the product executes the write, and the process dies
)

func (t trouble) String() string {
	return [...]string{"no trouble", "a write is lost", "an answer is lost", "killed in the middle"}[t]
}

// errBroken is a connection that broke; like real ones it does not tell when.
var errBroken = errors.New("connection reset by the suite")

// A wire is the way to the product. It counts, and makes trouble.
type wire struct {
	next  http.RoundTripper
	reads func(method, path string) bool

	mu       sync.Mutex
	requests int
	writes   int
	trouble  trouble
	at       int // the write that meets the trouble, counted from when it was set
	dead     bool
}

// expect sets the counters to zero and the trouble for the write to come.
func (w *wire) expect(t trouble, at int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.requests, w.writes, w.trouble, w.at, w.dead = 0, 0, t, at, false
}

// counts tells of the requests and of the writes among them since expect.
func (w *wire) counts() (requests, writes int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.requests, w.writes
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	trouble, dead := w.fate(r)
	if dead || trouble == lostBefore {
		return nil, errors.Join(errBroken, drop(r.Body))
	}
	answer, err := w.next.RoundTrip(r)
	if err != nil || trouble == none {
		return answer, err
	}
	_, err = io.Copy(io.Discard, answer.Body)
	return nil, errors.Join(errBroken, err, answer.Body.Close())
}

// fate counts the request and says what happens to it.
func (w *wire) fate(r *http.Request) (t trouble, dead bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.dead {
		return none, true
	}
	w.requests++
	if w.reads(r.Method, r.URL.EscapedPath()) {
		return none, false
	}
	if w.writes++; w.trouble == none || w.writes != w.at {
		return none, false
	}
	w.dead = w.trouble == killed
	return w.trouble, false
}

func drop(body io.Closer) error {
	if body == nil {
		return nil
	}
	return body.Close()
}

// A gate lets reads through, and writes once it is open.
type gate struct {
	reading, writing http.RoundTripper
	opened           atomic.Bool
}

func (g *gate) open() { g.opened.Store(true) }

func (g *gate) RoundTrip(r *http.Request) (*http.Response, error) {
	if g.opened.Load() {
		return g.writing.RoundTrip(r)
	}
	return g.reading.RoundTrip(r)
}
