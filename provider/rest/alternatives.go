package rest

import (
	"sync"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Alternatives are the ways of making one call among which a product's documentation does
// not decide. The first call tries them in order while the others wait; the way that the
// product takes is remembered for the connection. The zero value is ready.
type Alternatives struct {
	trial sync.Mutex // held by the call that finds out

	mu    sync.Mutex
	known bool
	way   int
	payer schema.Address // see Extra
}

// Known reports whether it is known which way the product takes.
func (a *Alternatives) Known() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.known
}

// Try calls do with the way that the product takes. Where that is not known, it calls do
// with 0, 1, ... ways-1 until do does not ask for the next one; a way for which do then
// returns nil is remembered. Where every way was tried, the result is nil if the product
// accepted one of the calls, and otherwise the first error: later ones may be about anything.
func (a *Alternatives) Try(ways int, do func(way int) (next bool, err error)) error {
	if way, known := a.get(); known {
		_, err := do(way)
		return err
	}
	a.trial.Lock()
	defer a.trial.Unlock()
	if way, known := a.get(); known {
		_, err := do(way)
		return err
	}
	var first error
	accepted := false
	for way := range ways {
		next, err := do(way)
		switch {
		case !next && err == nil:
			a.learn(way)
			return nil
		case !next:
			return err
		case err == nil:
			accepted = true
		case first == nil:
			first = err
		}
	}
	if accepted {
		return nil
	}
	return first
}

// Extra returns how many requests more than usual a change may take to find out: most for
// the change that is asked about first, and 0 for the others, because only one finds out.
func (a *Alternatives) Extra(change schema.Address, most int) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.payer == (schema.Address{}) {
		a.payer = change
	}
	if a.known || a.payer != change {
		return 0
	}
	return most
}

func (a *Alternatives) get() (way int, known bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.way, a.known
}

func (a *Alternatives) learn(way int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.way, a.known = way, true
}
