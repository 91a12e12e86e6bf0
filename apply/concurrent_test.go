package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A gate holds writes up until the test lets them go.
type gate struct {
	arrived chan string   // address of each write that is under way
	leave   chan struct{} // one receive per write that may go on
}

func newGate() *gate { return &gate{make(chan string), make(chan struct{})} }

func (g *gate) apply(ctx context.Context, r provider.Request) fault {
	g.arrived <- r.Addr.String()
	select {
	case <-g.leave:
		return fault{}
	case <-ctx.Done():
		return fault{err: fmt.Errorf("write: %w", ctx.Err()), effect: true}
	}
}

// background runs the plan while the test steers it.
func background(ctx context.Context, w *world, p *plan.Plan, o Options) <-chan *Report {
	out := make(chan *Report, 1)
	go func() {
		r, err := Run(ctx, p, w.full(), &schema.Index{}, o)
		if err != nil {
			panic(err)
		}
		out <- r
	}()
	return out
}

func fiveRoles() *plan.Plan {
	return planOf(create(aRole("a")), create(aRole("b")), create(aRole("c")), create(aRole("d")), create(aUser("u@x", "a"), 0))
}

func TestWorkersRunTogetherAndNoMore(t *testing.T) {
	w, g := newWorld(), newGate()
	w.apply = g.apply
	report := background(t.Context(), w, fiveRoles(), Options{Parallelism: 2})
	first := []string{<-g.arrived, <-g.arrived} // two are under way at once
	slices.Sort(first)
	if diff := cmp.Diff([]string{"role.a", "role.b"}, first); diff != "" {
		t.Errorf("first two (-want +got):\n%s", diff)
	}
	select {
	case third := <-g.arrived:
		t.Errorf("%s started beside two others", third)
	default:
	}
	for range 3 {
		g.leave <- struct{}{}
		<-g.arrived
	}
	g.leave <- struct{}{}
	g.leave <- struct{}{}
	if r := <-report; !r.OK() {
		t.Errorf("not OK: %q", told(r))
	}
}

func TestStopFinishesWhatIsInFlight(t *testing.T) {
	w, g := newWorld(), newGate()
	w.apply = g.apply
	stop := make(chan struct{})
	report := background(t.Context(), w, fiveRoles(), Options{Parallelism: 2, Stop: stop})
	<-g.arrived
	<-g.arrived
	close(stop)
	g.leave <- struct{}{}
	g.leave <- struct{}{}
	r := <-report
	if !errors.Is(r.Halted, ErrStopped) || r.OK() || !r.Partial() {
		t.Errorf("halted %v, OK %v, partial %v", r.Halted, r.OK(), r.Partial())
	}
	want := []string{"create role.a: done", "create role.b: done", "create role.c: not-started", "create role.d: not-started", "create user.u@x: not-started"}
	if diff := cmp.Diff(want, told(r)); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
}

func TestLateStopStopsNothing(t *testing.T) {
	w := newWorld()
	stop := make(chan struct{})
	w.apply = func(_ context.Context, r provider.Request) fault {
		if r.Addr.Key == "last" {
			close(stop)
		}
		return fault{}
	}
	r, err := Run(t.Context(), planOf(create(aRole("first")), create(aRole("last"))), w.full(), &schema.Index{}, Options{Parallelism: 1, Stop: stop})
	if err != nil || !r.OK() {
		t.Errorf("error %v, halted %v, %q", err, r.Halted, told(r))
	}
}

func TestStoppedBeforeTheFirstWrite(t *testing.T) {
	w := newWorld()
	stop := make(chan struct{})
	close(stop)
	r, err := Run(t.Context(), fiveRoles(), w.full(), &schema.Index{}, Options{Stop: stop})
	if err != nil || !errors.Is(r.Halted, ErrStopped) || r.Partial() || r.Count(NotStarted) != 5 || w.counts["apply"] != 0 {
		t.Errorf("error %v, halted %v, %q", err, r.Halted, told(r))
	}
}

func TestCancelAbortsWhatIsInFlight(t *testing.T) {
	w, g := newWorld(), newGate()
	w.apply = g.apply
	ctx, cancel := context.WithCancel(t.Context())
	report := background(ctx, w, fiveRoles(), Options{Parallelism: 1})
	<-g.arrived
	cancel()
	r := <-report
	want := []string{
		"create role.a: failed: write: context canceled; looking it up failed as well: context canceled [outcome unknown]",
		"create role.b: not-started", "create role.c: not-started", "create role.d: not-started",
		"create user.u@x: skipped: needs role.a, which failed",
	}
	if diff := cmp.Diff(want, told(r)); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	if !errors.Is(r.Halted, context.Canceled) || !r.Partial() {
		t.Errorf("halted %v, partial %v", r.Halted, r.Partial())
	}
}

func TestRefusedKeyHalts(t *testing.T) {
	w := newWorld()
	w.apply = func(_ context.Context, r provider.Request) fault {
		if r.Addr.Key == "b" {
			return fault{err: &provider.Error{Op: "create role", Status: 401, Method: "POST", URL: "/roles", Reason: "who are you", Err: provider.ErrCredentials}}
		}
		return fault{}
	}
	r := execute(t, w.full(), fiveRoles())
	want := []string{
		"create role.a: done", "create role.b: failed: create role: POST /roles answered 401: who are you",
		"create role.c: not-started", "create role.d: not-started", "create user.u@x: not-started",
	}
	if diff := cmp.Diff(want, told(r)); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	if !errors.Is(r.Err(), provider.ErrCredentials) || !r.Partial() {
		t.Errorf("err %v, partial %v", r.Err(), r.Partial())
	}
}

// recorder sees, from inside the product, what is under way and what is settled.
type recorder struct {
	mu       sync.Mutex
	inFlight int
	most     int
	ended    map[string]bool // true: succeeded
	early    []string        // writes that started before something they wait for
}

// TestOrderProperty draws plans with any needs, workers, failures and a stop at any
// point, and holds every start of a write against what it had to wait for.
func TestOrderProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 25).Draw(t, "changes")
		w := newWorld()
		p := planOf()
		for i := range n {
			var needs []int
			for j := range i {
				if rapid.IntRange(0, 4).Draw(t, "need") == 0 {
					needs = append(needs, j)
				}
			}
			o := aRole(fmt.Sprintf("r%02d", i))
			if rapid.Bool().Draw(t, "removal") {
				w.insert(o)
				p.Changes = append(p.Changes, remove(o, schema.Delete, needs...))
			} else {
				p.Changes = append(p.Changes, create(o, needs...))
			}
		}
		fails := rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "fails")
		stopAt := rapid.IntRange(0, 40).Draw(t, "stop at")
		workers := rapid.IntRange(1, 5).Draw(t, "workers")
		last := make([]bool, n) // removals that nothing but removals waits for
		for i := range p.Changes {
			last[i] = p.Changes[i].Action.Removes()
		}
		for i := n - 1; i >= 0; i-- {
			for _, need := range p.Changes[i].DependsOn {
				last[need] = last[need] && last[i]
			}
		}

		rec := &recorder{ended: map[string]bool{}}
		stop := make(chan struct{})
		started := 0
		index := map[string]int{}
		for i := range p.Changes {
			index[p.Changes[i].Addr.Key] = i
		}
		w.apply = func(_ context.Context, r provider.Request) fault {
			i := index[r.Addr.Key]
			rec.mu.Lock()
			defer rec.mu.Unlock()
			rec.inFlight++
			rec.most = max(rec.most, rec.inFlight)
			if started++; started == stopAt {
				close(stop)
			}
			for _, need := range p.Changes[i].DependsOn {
				if !rec.ended[p.Changes[need].Addr.Key] {
					rec.early = append(rec.early, r.Addr.String())
				}
			}
			if fails[i] {
				return fault{err: errors.New("no")}
			}
			return fault{}
		}
		settled := map[string]bool{}
		report, err := Run(context.Background(), p, w.full(), &schema.Index{}, Options{
			Parallelism: workers, Stop: stop,
			Observe: func(e Event) {
				if e.Result == nil {
					if c := e.Change; last[index[c.Addr.Key]] {
						for i := range p.Changes {
							if other := &p.Changes[i]; !other.Action.Removes() && !settled[other.Addr.Key] {
								t.Fatalf("%s starts before %s is settled", c.Addr, other.Addr)
							}
						}
					}
					return
				}
				settled[e.Change.Addr.Key] = true
				rec.mu.Lock()
				defer rec.mu.Unlock()
				if e.Result.Status != Skipped {
					rec.inFlight--
					rec.ended[e.Change.Addr.Key] = e.Result.Status == Done
				}
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(rec.early) > 0 {
			t.Fatalf("started before what they need: %q", rec.early)
		}
		if rec.most > workers {
			t.Fatalf("%d writes in flight with %d workers", rec.most, workers)
		}
		for i := range report.Results {
			r := &report.Results[i]
			needsGood := true
			for _, need := range r.Change.DependsOn {
				needsGood = needsGood && report.Results[need].Status == Done
			}
			switch r.Status {
			case Done, Failed:
				if !needsGood || fails[i] != (r.Status == Failed) {
					t.Fatalf("%s is %s; its needs succeeded: %v; it should fail: %v", r.Change.Addr, r.Status, needsGood, fails[i])
				}
			case Skipped:
				if needsGood {
					t.Fatalf("%s was skipped without a reason", r.Change.Addr)
				}
			case NotStarted:
				if !errors.Is(report.Halted, ErrStopped) {
					t.Fatalf("%s was not started though nobody stopped the run", r.Change.Addr)
				}
			default:
				t.Fatalf("%s is %s", r.Change.Addr, r.Status)
			}
		}
	})
}
