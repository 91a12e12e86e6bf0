package apply

import (
	"bytes"
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// While what was written is read back, others are written: as many at a time as
// there are workers, and as many again that are read back.
func TestReadingBackOverlaps(t *testing.T) {
	const workers, n = 3, 30
	var changes []plan.Change
	for i := range n {
		changes = append(changes, create(aRole(string(rune('a'+i)))))
	}
	var writing, inFlight, mostWriting, mostInFlight atomic.Int32
	most := func(at *atomic.Int32, now int32) {
		for old := at.Load(); now > old && !at.CompareAndSwap(old, now); old = at.Load() {
		}
	}
	full := make(chan struct{}) // closed once as much is in flight as may be
	once := sync.Once{}
	w := newWorld()
	w.apply = func(_ context.Context, r provider.Request) fault {
		most(&mostWriting, writing.Add(1))
		now := inFlight.Add(1)
		most(&mostInFlight, now)
		if now == 2*workers {
			once.Do(func() { close(full) })
		}
		writing.Add(-1)
		r.Accepted()
		<-full
		inFlight.Add(-1)
		return fault{}
	}
	r, err := Run(t.Context(), planOf(changes...), w.full(), &schema.Index{}, Options{Parallelism: workers})
	if err != nil || r.Count(Done) != n {
		t.Fatalf("%d done, %v", r.Count(Done), err)
	}
	if mostWriting.Load() > workers || mostInFlight.Load() != 2*workers {
		t.Errorf("%d writes at a time and %d in flight, with %d workers", mostWriting.Load(), mostInFlight.Load(), workers)
	}
}

// What waits for a change starts when it was read back, not when it was written.
// One worker does one thing after the other, and telling twice is telling once.
func TestDependentsWaitForReadingBack(t *testing.T) {
	for _, workers := range []int{1, 4} {
		var reading atomic.Int32
		w := newWorld()
		w.apply = func(_ context.Context, r provider.Request) fault {
			if at := reading.Add(1); at != 1 {
				t.Errorf("%d workers: %s was started before what it waits for was read back", workers, r.Addr)
			}
			r.Accepted()
			r.Accepted()
			reading.Add(-1)
			return fault{}
		}
		changes := []plan.Change{create(aRole("a"))}
		for i := range 10 {
			c := create(aRole(string(rune('b' + i))))
			if workers > 1 {
				c.DependsOn = []int{i}
			}
			changes = append(changes, c)
		}
		r, err := Run(t.Context(), planOf(changes...), w.full(), &schema.Index{}, Options{Parallelism: workers})
		if err != nil || r.Count(Done) != len(changes) {
			t.Fatalf("%d done, %v", r.Count(Done), err)
		}
	}
}

// A slowDisk takes its time for the first lines until all the others have come.
type slowDisk struct {
	mu    sync.Mutex
	text  bytes.Buffer
	lines int
	all   chan struct{} // closed when that many lines have come
	wait  int
	syncs int
}

func (d *slowDisk) Write(b []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.lines++; d.lines == d.wait {
		close(d.all)
	}
	return d.text.Write(b)
}

func (d *slowDisk) Sync() error {
	<-d.all
	d.syncs++ // one at a time, or the race detector tells
	return nil
}

func (d *slowDisk) Close() error { return nil }

// Lines that come while others are seen onto the disk go there together.
func TestLinesAreSyncedTogether(t *testing.T) {
	const n = 40
	d := &slowDisk{all: make(chan struct{}), wait: n}
	j := &Journal{file: d}
	var g sync.WaitGroup
	for range n {
		g.Go(func() {
			if err := j.line(true, entry{End: &end{}}); err != nil {
				t.Error(err)
			}
		})
	}
	g.Wait()
	if d.syncs < 1 || d.syncs > 2 {
		t.Errorf("%d lines were seen onto the disk in %d steps, want 2 at most", n, d.syncs)
	}
	if got := bytes.Count(d.text.Bytes(), []byte("\n")); got != n {
		t.Errorf("%d lines, want %d", got, n)
	}
}
