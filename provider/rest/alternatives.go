package rest

import (
	"sync"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Alternatives are several ways to make a call, for a product whose documentation does not
// say which one works. The first call tries them in order while the others wait; the one
// that the product accepts is used from then on. The zero value is ready to use.
type Alternatives struct {
	trial sync.Mutex // held by the call that tries

	mu    sync.Mutex
	known bool
	way   int
	payer schema.Address // see Extra
}

// Known reports whether it is known which way the product accepts.
func (a *Alternatives) Known() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.known
}

// Try calls do with the way that the product accepts. If that is not known, it calls do
// with 0, 1, ... ways-1 until do returns next = false; if the error is nil then, that way
// is used from then on. After all ways, Try returns nil if one of the calls had no error,
// and otherwise the first error.
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

// Extra returns how many additional requests a change may need to find the way: most for
// the first change that it is called with, and 0 for the others.
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
