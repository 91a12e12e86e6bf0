package cmd

import (
	"net/http"
	"sync/atomic"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
)

// A gate is the transport of one tenant. It passes reads and refuses
// everything else until it is opened. Only apply opens it, after the plan was
// approved, so a plan cannot write even if the code is wrong.
type gate struct {
	reading, writing http.RoundTripper
	opened           atomic.Bool
}

func newGate(next http.RoundTripper, p *provider.Provider) *gate {
	return &gate{reading: rest.ReadOnly(next, p.Reads), writing: next}
}

// RoundTrip sends a request, or refuses it while the gate is closed.
func (g *gate) RoundTrip(r *http.Request) (*http.Response, error) {
	if g.opened.Load() {
		return g.writing.RoundTrip(r)
	}
	return g.reading.RoundTrip(r)
}

// open lets writes through from now on.
func (g *gate) open() { g.opened.Store(true) }
