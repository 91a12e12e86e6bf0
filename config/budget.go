package config

import (
	"fmt"
	"runtime/metrics"
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/hcl/v2"
)

// Budget says how much the evaluation of files may take. Expressions are a small
// language without recursion, but three nested for over long lists, or a list that
// is doubled forty times, never come to an end, and evaluation cannot be cancelled.
// So the caller of the package ends the program.
type Budget struct {
	Time   time.Duration // of evaluation and linking, without reading and parsing small directories; 0 means DefaultTime
	Memory uint64        // of the heap, in bytes; 0 means DefaultMemory
	// Exceeded is called once, by another goroutine, with an error that names the
	// block that is being evaluated. It should end the program: Load goes on. Where
	// it is nil, nothing is watched.
	Exceeded func(*hcl.Diagnostic)
}

// The limits if a Budget sets none. A roster of 100,000 people takes some
// seconds and less than 1 GB.
const (
	DefaultTime   = 60 * time.Second
	DefaultMemory = 4 << 30
)

// watchInterval is the time between two looks. A machine that is suspended in between
// loses one interval and no more.
const watchInterval = 50 * time.Millisecond

// A watch knows what is being evaluated and compares it with a budget. A nil watch
// does nothing.
type watch struct {
	budget Budget
	mu     sync.Mutex
	active []*watched // the first began first
	stop   chan struct{}
	ended  chan struct{}
}

type watched struct{ at *hcl.Range } // nil for all of the work

// startWatch starts to watch. The caller ends that with end.
func startWatch(b Budget) *watch {
	if b.Exceeded == nil {
		return nil
	}
	if b.Time == 0 {
		b.Time = DefaultTime
	}
	if b.Memory == 0 {
		b.Memory = DefaultMemory
	}
	w := &watch{budget: b, stop: make(chan struct{}), ended: make(chan struct{})}
	go w.run()
	return w
}

func (w *watch) end() {
	if w != nil {
		close(w.stop)
		<-w.ended
	}
}

// during says that something is being evaluated, until the function is called that it
// returns.
func (w *watch) during(at hcl.Range) func() {
	if w == nil {
		return func() {}
	}
	return w.activate(&watched{&at})
}

// duringAll says that everything is being evaluated and linked, as during does. If nothing
// else is being evaluated, no place can be named.
func (w *watch) duringAll() func() {
	if w == nil {
		return func() {}
	}
	return w.activate(&watched{})
}

func (w *watch) activate(this *watched) func() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.active = append(w.active, this)
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if i := slices.Index(w.active, this); i >= 0 {
			w.active = slices.Delete(w.active, i, i+1)
		}
	}
}

func (w *watch) run() {
	defer close(w.ended)
	tick := time.NewTicker(watchInterval)
	defer tick.Stop()
	heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	for spent := time.Duration(0); ; {
		select {
		case <-w.stop:
			return
		case <-tick.C:
		}
		if w.busy() {
			spent += watchInterval
		}
		metrics.Read(heap)
		switch used := heap[0].Value.Uint64(); {
		case used > w.budget.Memory:
			w.budget.Exceeded(w.exceeded("memory", fmt.Sprintf("%d MB of memory", w.budget.Memory>>20), "--max-eval-memory"))
			return
		case spent > w.budget.Time:
			w.budget.Exceeded(w.exceeded("time", w.budget.Time.String(), "--max-eval-time"))
			return
		}
	}
}

// busy reports whether something is being evaluated.
func (w *watch) busy() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.active) > 0
}

// exceeded names what has been evaluated for longest.
func (w *watch) exceeded(what, limit, flag string) *hcl.Diagnostic {
	var at *hcl.Range
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, a := range w.active {
		if at = a.at; at != nil {
			break
		}
	}
	return problem("config/too-much-"+what, at, "Evaluating the files takes too much "+what,
		"It has used more than %s. Look for a for expression inside another, a setproduct, a range or a value that is "+
			"built from itself several times. If the files really need more, allow it with %s.", limit, flag)
}
