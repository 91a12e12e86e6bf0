package apply

import (
	"container/heap"
	"context"
	"errors"

	"github.com/rolecall-dev/rolecall/plan"
)

// A run is one execution of a plan. Only the goroutine of Run uses its fields: workers get a
// change and return its outcome.
type run struct {
	plan     *plan.Plan
	options  Options
	writer   *writer
	schedule *schedule
	report   *Report

	byPages []bool    // per change: it is verified together with others
	unread  []outcome // accepted by the product, to be verified together
	result  []*Result // per change; nil for those that do not write
	settled []bool    // per node of the schedule
	count   int       // settled changes that write
	ready   minHeap   // changes that may start

	// Demotions of administrators start one at a time, because a check that another
	// administrator stays precedes and follows each.
	demotions minHeap // demotions that may start
	demoting  bool    // one of them is in flight
}

// An outcome is what a worker returns.
type outcome struct {
	change  int
	reading bool // no result yet: the change is written and being read back
	wrote   bool // an outcome with reading was sent before
	unread  bool // the product accepted it; it is verified later together with others
	result  Result
	halt    error // why no other change should start
}

// all starts changes that are ready and settles their outcomes until none is in flight and none
// can start. While a change is being read back, the next one is written; changes that depend on
// it start only after it was verified.
func (r *run) all(ctx context.Context) {
	r.prepare()
	outcomes := make(chan outcome)
	stop, cancelled := r.options.Stop, ctx.Done()
	for inFlight, writing := 0, 0; ; {
		select {
		case <-cancelled:
			r.halt(context.Cause(ctx))
		case <-stop:
			r.halt(ErrStopped)
		default:
		}
		for r.report.Halted == nil && writing < r.options.Parallelism && inFlight < r.options.inFlight() && r.startable() {
			i := r.next()
			r.tell(i, nil)
			inFlight, writing = inFlight+1, writing+1
			go func() {
				outcomes <- r.writer.do(ctx, i, &r.plan.Changes[i], r.byPages[i], func() { outcomes <- outcome{change: i, reading: true} })
			}()
		}
		if inFlight == 0 && len(r.unread) == 0 {
			break
		}
		if inFlight == 0 {
			r.verify(ctx)
			continue
		}
		select {
		case o := <-outcomes:
			if !o.wrote {
				writing--
			}
			if o.reading {
				continue
			}
			inFlight--
			r.receive(o)
		case <-stop:
			stop = nil
			r.halt(ErrStopped)
		case <-cancelled:
			cancelled = nil
			r.halt(context.Cause(ctx))
		}
	}
	r.finish()
}

// receive takes the outcome of a change that is no longer in flight.
func (r *run) receive(o outcome) {
	r.demoting = r.demoting && !demotes(&r.plan.Changes[o.change])
	r.halt(o.halt)
	if o.unread {
		r.unread = append(r.unread, o)
		return
	}
	r.conclude(o)
}

// prepare offers the changes that depend on no other.
func (r *run) prepare() {
	changes := r.plan.Changes
	r.result = make([]*Result, len(changes))
	r.settled = make([]bool, len(r.schedule.waits))
	r.byPages = r.writer.refresher.byPages(r.plan)
	r.writer.refresher.ahead = r.writer.refresher.lookAheads(r.plan, r.byPages)
	at := 0
	for i := range changes {
		if changes[i].Action.Writes() {
			r.result[i] = &r.report.Results[at]
			at++
		}
	}
	for node, waits := range append([]int(nil), r.schedule.waits...) {
		if waits == 0 {
			r.offer(node)
		}
	}
}

// offer takes a node that waits for no other: a change that writes becomes ready, and any
// other node is settled at once.
func (r *run) offer(node int) {
	if r.writes(node) {
		r.push(node)
		return
	}
	r.settle(node, nil)
}

func (r *run) push(change int) {
	if demotes(&r.plan.Changes[change]) {
		heap.Push(&r.demotions, change)
		return
	}
	heap.Push(&r.ready, change)
}

// startable reports whether next has a change to return.
func (r *run) startable() bool { return len(r.ready) > 0 || len(r.demotions) > 0 && !r.demoting }

// next returns the earliest change of the plan that may start now.
func (r *run) next() int {
	if r.demoting || len(r.demotions) == 0 || len(r.ready) > 0 && r.ready[0] < r.demotions[0] {
		return heap.Pop(&r.ready).(int)
	}
	r.demoting = true
	return heap.Pop(&r.demotions).(int)
}

func (r *run) writes(node int) bool { return node < r.schedule.removalBarrier && r.result[node] != nil }

// conclude settles a change with the outcome of its worker.
func (r *run) conclude(o outcome) {
	result := r.result[o.change]
	*result = o.result
	if result.Status == NotStarted {
		return // the run is halted, so the next plan has the change again
	}
	r.count++
	r.tell(o.change, result)
	if result.succeeded() {
		r.settle(o.change, nil)
		return
	}
	r.settle(o.change, &Blocked{By: result.Change.Addr, Status: result.Status})
}

// settle marks the node as settled. Nodes that waited for it become ready, or are skipped if
// cause is not nil. It is not recursive, because a chain of changes may be long.
func (r *run) settle(node int, cause *Blocked) {
	type step struct {
		node  int
		cause *Blocked
	}
	todo := []step{{node, cause}}
	r.settled[node] = true
	for len(todo) > 0 {
		s := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, to := range r.schedule.dependents[s.node] {
			r.schedule.waits[to]--
			switch {
			case r.settled[to]:
			case s.cause != nil && to != r.schedule.removalBarrier:
				r.settled[to] = true
				r.skip(to, s.cause)
				todo = append(todo, step{to, s.cause})
			case r.schedule.waits[to] > 0:
			case r.writes(to):
				r.push(to)
			default:
				r.settled[to] = true
				todo = append(todo, step{to, nil})
			}
		}
	}
}

// skip records that a change will not be executed, and why.
func (r *run) skip(change int, cause *Blocked) {
	result := r.result[change]
	if result == nil {
		return
	}
	result.Status, result.Err = Skipped, cause
	r.count++
	r.halt(r.writer.journal.settled(r.options.Now(), change, result))
	r.tell(change, result)
}

// halt keeps the first reason to start nothing more.
func (r *run) halt(err error) { r.report.halt(err) }

func (r *run) tell(change int, result *Result) {
	if r.options.Observe != nil {
		r.options.Observe(Event{
			Change:  &r.plan.Changes[change],
			Result:  result,
			Settled: r.count,
			Total:   len(r.report.Results),
		})
	}
}

// finish writes the last line of the journal. A reason to halt that came after all changes had
// started is dropped, unless it concerns the journal or the administrators.
func (r *run) finish() {
	var a alarm
	if r.report.Count(NotStarted) == 0 && !errors.Is(r.report.Halted, ErrJournal) && !errors.As(r.report.Halted, &a) {
		r.report.Halted = nil
	}
	r.halt(r.writer.journal.finish(r.options.Now(), r.report))
}

// A minHeap holds changes, the first one of the plan on top.
type minHeap []int

func (h minHeap) Len() int           { return len(h) }
func (h minHeap) Less(i, j int) bool { return h[i] < h[j] }
func (h minHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *minHeap) Push(x any)        { *h = append(*h, x.(int)) }
func (h *minHeap) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}
