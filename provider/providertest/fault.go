package providertest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
)

// A fault is what happens to one write.
type fault int

const (
	noFault     fault = iota
	requestLost       // the connection breaks before the product sees the write
	answerLost        // the product executes the write and the answer is lost
	killed            // the product executes the write, and the process dies
)

func (t fault) String() string {
	return [...]string{"no fault", "a request is lost", "an answer is lost", "the process is killed"}[t]
}

// errBroken is the error of a broken connection. Like a real one, it does not say
// whether the request was executed.
var errBroken = errors.New("connection reset by the suite")

// A faultTransport sends requests to the product, counts them, and injects a fault.
type faultTransport struct {
	next  http.RoundTripper
	reads func(method, path string) bool

	mu       sync.Mutex
	requests int
	writes   int
	fault    fault
	at       int // number of the write with the fault, counted since inject
	dead     bool
}

// inject resets the counters and sets the fault of a write.
func (w *faultTransport) inject(t fault, at int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.requests, w.writes, w.fault, w.at, w.dead = 0, 0, t, at, false
}

// counts returns the numbers of requests and of writes among them since inject.
func (w *faultTransport) counts() (requests, writes int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.requests, w.writes
}

func (w *faultTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	fault, dead := w.nextFault(r)
	if dead || fault == requestLost {
		return nil, errors.Join(errBroken, closeBody(r.Body))
	}
	answer, err := w.next.RoundTrip(r)
	if err != nil || fault == noFault {
		return answer, err
	}
	_, err = io.Copy(io.Discard, answer.Body)
	return nil, errors.Join(errBroken, err, answer.Body.Close())
}

// nextFault counts the request and returns its fault.
func (w *faultTransport) nextFault(r *http.Request) (t fault, dead bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.dead {
		return noFault, true
	}
	w.requests++
	if w.reads(r.Method, r.URL.EscapedPath()) {
		return noFault, false
	}
	if w.writes++; w.fault == noFault || w.writes != w.at {
		return noFault, false
	}
	w.dead = w.fault == killed
	return w.fault, false
}

func closeBody(body io.Closer) error {
	if body == nil {
		return nil
	}
	return body.Close()
}

// A gate lets reads through, and writes once it is open.
type gate struct {
	reads, writes http.RoundTripper
	opened        atomic.Bool
}

func (g *gate) open() { g.opened.Store(true) }

func (g *gate) RoundTrip(r *http.Request) (*http.Response, error) {
	if g.opened.Load() {
		return g.writes.RoundTrip(r)
	}
	return g.reads.RoundTrip(r)
}

// faultyWrite returns the number of the write that has the fault, beginning with 1.
func (c *scenarioRun) faultyWrite(i int) int {
	if c.mode.compare == nil || c.mode.at > 0 {
		return c.mode.at
	}
	return 1 + i%max(1, c.mode.compare.writes[i])
}

// hasFault reports whether the step has the write with the fault, or is to have none.
func (c *scenarioRun) hasFault(s *Step, i int) bool {
	return c.mode.fault == noFault || c.mode.compare == nil || c.faultyWrite(i) <= c.mode.compare.writes[i]
}

// stepWithoutFault leads the tenant to the end of a step that has too few writes for the fault: the
// step as written has shown all that it does.
func (c *scenarioRun) stepWithoutFault(ctx context.Context, s *Step, i int) error {
	for _, text := range []string{s.Before, s.Meanwhile} {
		if err := c.applyByOthers(ctx, text); err != nil {
			return err
		}
	}
	if c.mode.compare.writes[i] > 0 {
		return c.converge(ctx, s.HCL)
	}
	c.load(s.HCL) // it may declare objects of kinds without a list
	return nil
}
