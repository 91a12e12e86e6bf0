package apply

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestApplyTwice changes one object in two steps, and the check
// before the second step must know what the first one made.
func TestApplyTwice(t *testing.T) {
	have := aRole("a", "clean", "cull")
	w := newWorld(have)
	mid := with(have, func(r *role) { r.Permissions = []string{"clean"} })
	want := with(have, func(r *role) { r.Permissions = []string{"clean", "feed"} })
	r := execute(t, w.full(), planOf(update(have, mid), update(mid, want, 0)))
	if diff := cmp.Diff([]string{"update role.a: done", "update role.a: done"}, told(r)); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	if got := w.objects[have.ID].Body.(*role).Permissions; !cmp.Equal(got, []string{"clean", "feed"}) {
		t.Errorf("the role permits %v", got)
	}
	r = execute(t, w.full(), planOf(update(have, mid), update(mid, want, 0)))
	if len(w.log) != 2 || !r.OK() || !r.Results[0].Noop {
		t.Errorf("the same plan once more wrote %q: %q", w.log[2:], told(r))
	}
}
