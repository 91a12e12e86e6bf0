package apply

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A gateway may time out while the product is still creating an object. It is looked up once
// more after a pause, so that it is neither reported as failed nor created twice.
func TestCreateThatTakesEffectLate(t *testing.T) {
	w := newWorld()
	late := aRole("late")
	w.apply = func(context.Context, provider.Request) fault {
		return fault{err: &provider.Error{Op: "write", Err: provider.ErrAmbiguous, Reason: "no answer came"}}
	}
	var pauses []time.Duration
	wait := func(_ context.Context, d time.Duration) error {
		pauses = append(pauses, d)
		w.objects["9"] = *late
		return nil
	}
	r, err := Run(t.Context(), planOf(create(late)), w.full(), &schema.Index{}, Options{Parallelism: 1, Now: clock(), Wait: wait})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"create role.late: done (no answer came, and a look-up shows that it was created)"}
	if diff := cmp.Diff(want, told(r)); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	if len(pauses) != 1 || pauses[0] <= 0 || w.counts["apply"] != 1 {
		t.Errorf("%d writes, pauses %v", w.counts["apply"], pauses)
	}
}
