package apply

import (
	"context"
	"testing"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// The client gets each change with what is live now, what is wanted and which
// attributes differ.
func TestChangesReachTheClient(t *testing.T) {
	kept, gone := aRole("a", "clean"), aRole("b", "clean")
	w := newWorld(kept, gone)
	var got []provider.Request
	w.apply = func(_ context.Context, r provider.Request) fault {
		got = append(got, r)
		return fault{}
	}
	want := with(kept, func(r *role) { r.Permissions = []string{"clean", "feed"} })
	made := aRole("c", "feed")
	r := execute(t, w.full(), planOf(create(made), update(kept, want), remove(gone, schema.Delete)))
	if !r.OK() || len(got) != 3 {
		t.Fatalf("%d requests: %q", len(got), told(r))
	}
	if c := got[0]; c.Action != schema.Create || c.Addr != made.Addr || c.Have != nil || c.Want.Addr != made.Addr || c.Changed != made.Set {
		t.Errorf("create: %+v", c)
	}
	u := got[1]
	if u.Action != schema.Update || u.Addr != kept.Addr || u.Have == nil || u.Have.ID != kept.ID || len(u.Have.Body.(*role).Permissions) != 1 ||
		len(u.Want.Body.(*role).Permissions) != 2 || u.Changed != kept.Kind.Mask("permissions") {
		t.Errorf("update: %+v", u)
	}
	if d := got[2]; d.Action != schema.Delete || d.Addr != gone.Addr || d.Have == nil || d.Have.ID != gone.ID || d.Want != nil {
		t.Errorf("delete: %+v", d)
	}
}

// A second write of one object that fails is no success: neither the change nor
// what waits for it, and the report says which.
func TestFailingSecondWriteFails(t *testing.T) {
	have := aRole("a", "clean", "cull")
	w := newWorld(have)
	writes := 0
	w.apply = func(context.Context, provider.Request) fault {
		if writes++; writes == 2 {
			return fault{err: &provider.Error{Op: "update role", Status: 400, Reason: "no"}}
		}
		return fault{}
	}
	mid := with(have, func(r *role) { r.Permissions = []string{"clean"} })
	want := with(have, func(r *role) { r.Permissions = []string{"clean", "feed"} })
	r := execute(t, w.full(), planOf(update(have, mid), update(mid, want, 0), create(aUser("ana@zoo.example", "a"), 1)))
	if r.OK() || r.Err() == nil || !r.Partial() || r.Results[0].Status != Done || r.Results[1].Status == Done || r.Results[2].Status != Skipped {
		t.Errorf("the report is OK: %v, %v: %q", r.OK(), r.Err(), told(r))
	}
	if writes != 2 {
		t.Errorf("%d writes", writes)
	}
}
