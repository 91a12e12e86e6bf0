package cmd

import (
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
)

// A gate is the transport of one tenant. It passes reads and refuses
// everything else until it is opened. Only apply opens it, after the plan was
// approved, so a plan cannot write even if the code is wrong. Without the lock of the
// tenant it refuses writes again.
type gate struct {
	reading, writing http.RoundTripper
	opened           atomic.Bool
	held             func() error // why nothing may be written any more; nil means that nothing forbids it. Set before open
}

func newGate(next http.RoundTripper, p *provider.Provider) *gate {
	return &gate{reading: rest.ReadOnly(next, p.Reads), writing: next}
}

// RoundTrip sends a request, or refuses it while the gate is closed.
func (g *gate) RoundTrip(r *http.Request) (*http.Response, error) {
	if !g.opened.Load() {
		return g.reading.RoundTrip(r)
	}
	if g.held != nil {
		if lost := g.held(); lost != nil {
			resp, err := g.reading.RoundTrip(r)
			if errors.Is(err, rest.ErrReadOnly) {
				err = fmt.Errorf("%w: %w", err, lost)
			}
			return resp, err
		}
	}
	return g.writing.RoundTrip(r)
}

// open lets writes through from now on.
func (g *gate) open() { g.opened.Store(true) }
