package rest_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// The first call tries the ways in order, the others wait for it, and the way that was
// taken is the only one from then on.
func TestAlternatives(t *testing.T) {
	var a rest.Alternatives
	one, other := schema.Address{Key: "one"}, schema.Address{Key: "other"}
	if a.Extra(one, 2) != 2 || a.Extra(other, 2) != 0 || a.Extra(one, 2) != 2 {
		t.Error("not exactly the first change pays for finding out")
	}
	if err := a.Try(2, func(way int) (bool, error) { return true, fmt.Errorf("way %d is refused", way) }); a.Known() || fmt.Sprint(err) != "way 0 is refused" {
		t.Errorf("where every way is refused: %v", err)
	}
	if err := a.Try(2, func(way int) (bool, error) { return true, map[int]error{0: errors.New("refused")}[way] }); err != nil || a.Known() {
		t.Errorf("where a call was accepted and did not do what it should: %v", err)
	}
	down, calls := errors.New("down"), 0
	if err := a.Try(2, func(way int) (bool, error) { calls++; return false, down }); err != down || calls != 1 || a.Known() {
		t.Errorf("after a failure that says nothing of the way: %v, %d calls", err, calls)
	}
	var mu sync.Mutex
	var tried []int
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			err := a.Try(3, func(way int) (bool, error) {
				mu.Lock()
				defer mu.Unlock()
				tried = append(tried, way)
				return way != 1, map[bool]error{true: errors.New("refused")}[way != 1]
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if len(tried) != 21 || tried[0] != 0 || slices.Contains(tried[1:], 0) || slices.Contains(tried, 2) {
		t.Errorf("tried %v", tried)
	}
	if !a.Known() || a.Extra(one, 2) != 0 {
		t.Error("what was found out still costs something")
	}
}
