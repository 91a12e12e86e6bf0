package apply

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

func TestRunAppliesEveryAction(t *testing.T) {
	editor, old := aRole("editor", "read"), aRole("old")
	north := aGroup("north", "1", "2")
	ana, bob, cleo := aUser("ana@x", "editor", []string{"north"}), aUser("bob@x", "old"), aUser("cleo@x", "editor")
	w := newWorld(editor, old, north, ana, bob, cleo)
	client := w.full()
	// The plan speaks of a renamed group by its new key, and so does what is read
	// after the rename.
	ana = with(ana, func(u *user) { u.Sees = [][]string{{"nord"}} })
	south, viewer := aGroup("south", "3"), aRole("viewer", "look")
	p := planOf(
		create(viewer),
		update(editor, with(editor, func(r *role) { r.Permissions = []string{"read", "write"} })),
		update(north, with(north, func(g *group) { g.Name = "nord" })),
		create(south),
		update(ana, with(ana, func(u *user) { u.Sees = [][]string{{"nord"}, {"south"}} }), 2, 3),
		update(bob, with(bob, func(u *user) { u.Role = "viewer" }), 0),
		remove(cleo, schema.Deactivate),
		remove(old, schema.Delete, 5),
		plan.Change{Action: schema.Forget, Addr: schema.Address{Provider: "fake", Kind: "role", Key: "kept"}},
	)
	index := &schema.Index{}
	var events []string
	r, err := Run(t.Context(), p, client, index, Options{Parallelism: 3, Observe: func(e Event) {
		if e.Result != nil {
			events = append(events, fmt.Sprintf("%d/%d", e.Settled, e.Total))
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if !r.OK() || r.Partial() || r.Err() != nil {
		t.Errorf("not OK: %q", told(r))
	}
	want := []string{
		"group.nord", "group.south", "role.editor", "role.viewer", "user.ana@x", "user.bob@x", "user.cleo@x",
	}
	if diff := cmp.Diff(want, w.keys()); diff != "" {
		t.Errorf("objects afterwards (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"1/8", "2/8", "3/8", "4/8", "5/8", "6/8", "7/8", "8/8"}, events); diff != "" {
		t.Errorf("progress (-want +got):\n%s", diff)
	}
	for _, key := range []string{"north", "nord"} {
		if id, _ := index.ID("group", key); key == "nord" && id != north.ID {
			t.Errorf("the index has %q for the renamed group, want %q", id, north.ID)
		}
	}
	if _, ok := index.ID("group", "south"); !ok {
		t.Error("the index does not know the created group")
	}
}

// A run of one change each, to see every way in which it can end.
func TestOneChange(t *testing.T) {
	const lost = "no answer came"
	ambiguous := &provider.Error{Op: "write", Err: provider.ErrAmbiguous, Reason: lost}
	refused := &provider.Error{Op: "write", Method: "POST", URL: "/x", Status: 400, Reason: "bad words"}
	gateway := &provider.Error{Op: "write", Method: "POST", URL: "/x", Status: 502, Reason: "Bad Gateway"}
	always := func(f fault) func(*world) {
		return func(w *world) {
			w.apply = func(context.Context, provider.Request) fault { return f }
		}
	}
	blind := func(key string) func(*world) {
		return func(w *world) { w.lookErr = map[string]error{key: errors.New("cannot look")} }
	}
	// The world has role.a, role.b and user.u; the change is made from these.
	a, b := aRole("a", "p"), aRole("b")
	u := aUser("u@x", "a")
	a2 := with(a, func(r *role) { r.Permissions = []string{"p", "q"} })
	renamed := with(a, func(r *role) { r.Name = "c" })
	unknown := func() *schema.Object { // cannot be read, and is remembered by now
		o := with(a, func(r *role) { r.Permissions = nil })
		o.Set, o.LastWritten = roleKind.Mask("name"), true
		return o
	}
	fresh := aRole("new", "p")

	tests := []struct {
		name   string
		change func() plan.Change
		world  func(*world)
		saved  bool // the plan is not fresh
		want   string
		log    []string
		differ []string
	}{
		{"create", func() plan.Change { return create(fresh) }, nil, false,
			"create role.new: done", []string{"create role.new"}, nil},
		{"create from a saved plan", func() plan.Change { return create(fresh) }, nil, true,
			"create role.new: done", []string{"create role.new"}, nil},
		{"create of what exists as wanted", func() plan.Change { return create(fresh) }, func(w *world) { w.insert(aRole("new", "p")) }, true,
			"create role.new: done (existed already)", nil, nil},
		{"create of what exists otherwise", func() plan.Change { return create(fresh) }, func(w *world) { w.insert(aRole("new")) }, true,
			"create role.new: stale: it exists now and differs in permissions", nil, []string{"permissions"}},
		{"create that cannot be looked up", func() plan.Change { return create(fresh) }, blind("role.new"), true,
			"create role.new: failed: it could not be looked up before creating it, so nothing was written: cannot look", nil, nil},
		{"create refused", func() plan.Change { return create(fresh) }, always(fault{err: refused}), false,
			"create role.new: failed: write: POST /x answered 400: bad words", nil, nil},
		{"create comes out otherwise", func() plan.Change { return create(fresh) },
			always(fault{alter: func(o *schema.Object) { o.Body.(*role).Permissions = nil }}), false,
			"create role.new: diverged", []string{"create role.new"}, []string{"permissions"}},
		{"create not read back", func() plan.Change { return create(fresh) }, always(fault{empty: true}), false,
			"create role.new: failed: the write was accepted, but the object could not be read back [outcome unknown]", []string{"create role.new"}, nil},
		{"create lost before its effect", func() plan.Change { return create(fresh) }, always(fault{err: ambiguous}), false,
			"create role.new: failed: write: no answer came; a look-up does not show it, and it may still be created [outcome unknown]", nil, nil},
		{"create lost after its effect", func() plan.Change { return create(fresh) }, always(fault{err: ambiguous, effect: true}), false,
			"create role.new: done (no answer came, and a look-up shows that it was created)", []string{"create role.new"}, nil},
		{"create lost in a gateway", func() plan.Change { return create(fresh) }, always(fault{err: gateway, effect: true}), false,
			"create role.new: done (no answer came, and a look-up shows that it was created)", []string{"create role.new"}, nil},
		{"create lost and altered", func() plan.Change { return create(fresh) },
			always(fault{err: ambiguous, effect: true, alter: func(o *schema.Object) { o.Body.(*role).Title = "Other" }}), false,
			"create role.new: diverged: write: no answer came; a look-up shows that only a part of it was done", []string{"create role.new"}, []string{"title"}},
		{"create lost for good", func() plan.Change { return create(fresh) }, func(w *world) {
			w.apply = func(context.Context, provider.Request) fault {
				blind("role.new")(w)
				return fault{err: ambiguous, effect: true}
			}
		}, false,
			"create role.new: failed: write: no answer came; looking it up failed as well: cannot look [outcome unknown]", []string{"create role.new"}, nil},

		{"update", func() plan.Change { return update(a, a2) }, nil, false,
			"update role.a: done", []string{"update role.a"}, nil},
		{"update of what changed", func() plan.Change { return update(a, a2) }, func(w *world) { edit(w, a.ID, func(r *role) { r.Title = "Mine" }) }, false,
			"update role.a: stale: changed since the plan: title", nil, []string{"title"}},
		{"update of what is as wanted", func() plan.Change { return update(a, a2) }, func(w *world) { edit(w, a.ID, func(r *role) { r.Permissions = []string{"p", "q"} }) }, false,
			"update role.a: done (already as wanted)", nil, nil},
		{"update of what was not known", func() plan.Change { return update(unknown(), a2) }, nil, false,
			"update role.a: stale: changed since the plan: permissions", nil, []string{"permissions"}},
		{"update of what was not known and is as wanted", func() plan.Change { return update(unknown(), a2) }, func(w *world) { edit(w, a.ID, func(r *role) { r.Permissions = []string{"p", "q"} }) }, false,
			"update role.a: done (already as wanted)", nil, nil},
		{"update of what is gone", func() plan.Change { return update(a, a2) }, func(w *world) { delete(w.objects, a.ID) }, false,
			"update role.a: stale: it is gone", nil, nil},
		{"update that cannot be read", func() plan.Change { return update(a, a2) }, blind("role.a"), false,
			"update role.a: failed: it could not be read again before the write, so nothing was written: cannot look", nil, nil},
		{"update refused", func() plan.Change { return update(a, a2) }, always(fault{err: refused}), false,
			"update role.a: failed: write: POST /x answered 400: bad words", nil, nil},
		{"update lost before its effect", func() plan.Change { return update(a, a2) }, always(fault{err: ambiguous}), false,
			"update role.a: failed: write: no answer came; a look-up shows that nothing was changed", nil, nil},
		{"update lost after its effect", func() plan.Change { return update(a, a2) }, always(fault{err: ambiguous, effect: true}), false,
			"update role.a: done (no answer came, and a look-up shows how it ended)", []string{"update role.a"}, nil},
		{"update lost half way", func() plan.Change { return update(a, a2) },
			always(fault{err: ambiguous, effect: true, alter: func(o *schema.Object) { o.Body.(*role).Permissions = []string{"q"} }}), false,
			"update role.a: diverged: write: no answer came; a look-up shows that only a part of it was done", []string{"update role.a"}, []string{"permissions"}},
		{"rename", func() plan.Change { return update(a, renamed) }, nil, false,
			"rename role.c: done", []string{"rename role.c"}, nil},
		{"rename lost after its effect", func() plan.Change { return update(a, renamed) }, always(fault{err: ambiguous, effect: true}), false,
			"rename role.c: done (no answer came, and a look-up shows how it ended)", []string{"rename role.c"}, nil},

		{"delete", func() plan.Change { return remove(b, schema.Delete) }, nil, false,
			"delete role.b: done", []string{"delete role.b"}, nil},
		{"delete of what is gone", func() plan.Change { return remove(b, schema.Delete) }, func(w *world) { delete(w.objects, b.ID) }, false,
			"delete role.b: done (already gone)", nil, nil},
		{"delete of what went a moment ago", func() plan.Change { return remove(b, schema.Delete) },
			always(fault{err: &provider.Error{Op: "write", Status: 404, Err: provider.ErrNotFound}}), false,
			"delete role.b: done (already gone)", nil, nil},
		{"delete of what changed", func() plan.Change { return remove(b, schema.Delete) }, func(w *world) { edit(w, b.ID, func(r *role) { r.Permissions = []string{"x"} }) }, false,
			"delete role.b: stale: changed since the plan: permissions", nil, []string{"permissions"}},
		{"delete lost before its effect", func() plan.Change { return remove(b, schema.Delete) }, always(fault{err: ambiguous}), false,
			"delete role.b: failed: write: no answer came; a look-up shows that it is still there", nil, nil},
		{"delete lost after its effect", func() plan.Change { return remove(b, schema.Delete) }, always(fault{err: ambiguous, effect: true}), false,
			"delete role.b: done (no answer came, and a look-up shows that it is gone)", []string{"delete role.b"}, nil},
		{"deactivate", func() plan.Change { return remove(u, schema.Deactivate) }, nil, false,
			"deactivate user.u@x: done", []string{"deactivate user.u@x"}, nil},
		{"deactivate of what is inactive", func() plan.Change { return remove(u, schema.Deactivate) }, func(w *world) { edit(w, u.ID, func(u *user) { u.Disabled = true }) }, false,
			"deactivate user.u@x: done (already inactive)", nil, nil},
		{"deactivate lost after its effect", func() plan.Change { return remove(u, schema.Deactivate) }, always(fault{err: ambiguous, effect: true}), false,
			"deactivate user.u@x: done (no answer came, and a look-up shows that it can no longer be used)", []string{"deactivate user.u@x"}, nil},
		{"deactivate lost, and something else changed", func() plan.Change { return remove(u, schema.Deactivate) }, func(w *world) {
			w.apply = func(context.Context, provider.Request) fault {
				edit(w, u.ID, func(u *user) { u.Role = "b" })
				return fault{err: ambiguous}
			}
		}, false,
			"deactivate user.u@x: diverged: write: no answer came; a look-up shows that it changed, and the next plan shows whether it is as declared [outcome unknown]", nil, []string{"role"}},
		{"update lost, and gone", func() plan.Change { return update(a, a2) }, func(w *world) {
			w.apply = func(context.Context, provider.Request) fault {
				delete(w.objects, a.ID)
				return fault{err: ambiguous}
			}
		}, false,
			"update role.a: failed: write: no answer came; a look-up shows that it is gone", nil, nil},
		{"deactivate lost before its effect", func() plan.Change { return remove(u, schema.Deactivate) }, always(fault{err: ambiguous}), false,
			"deactivate user.u@x: failed: write: no answer came; a look-up shows that nothing was changed", nil, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(a, b, u)
			if test.world != nil {
				test.world(w)
			}
			r, err := Run(t.Context(), planOf(test.change()), w.full(), &schema.Index{}, Options{Wait: noWait})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{test.want}, told(r)); diff != "" {
				t.Errorf("result (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.log, w.log); diff != "" {
				t.Errorf("writes (-want +got):\n%s", diff)
			}
			res := r.Results[0]
			if diff := cmp.Diff(test.differ, attributes(product.Kind(res.Change.Addr.Kind), res.Differs)); diff != "" {
				t.Errorf("differs (-want +got):\n%s", diff)
			}
			if w.counts["apply"] > 1 {
				t.Errorf("%d writes were sent, want at most one", w.counts["apply"])
			}
		})
	}
}

// thinly finds objects without all their attributes, as product searches do.
type thinly struct{ client }

func (f thinly) Find(ctx context.Context, want schema.Object) (schema.Object, error) {
	o, err := f.client.Find(ctx, want)
	if err == nil {
		o = o.Clone()
		o.Body.(*role).Permissions, o.Incomplete = nil, true
	}
	return o, err
}

func TestIncompleteFindsAreCompleted(t *testing.T) {
	w := newWorld(aRole("a", "p"))
	r, err := Run(t.Context(), planOf(create(aRole("a", "p"))), thinly{client{w}}, &schema.Index{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"create role.a: done (existed already)"}, told(r)); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
}

func TestAnotherObjectHasTheKey(t *testing.T) {
	a := aRole("a")
	w := newWorld(a)
	have := a.Clone()
	have.ID = "77"
	r := execute(t, byName{client{w}}, planOf(update(&have, with(&have, func(r *role) { r.Title = "T" }))))
	if diff := cmp.Diff([]string{"update role.a: stale: another object has its name now"}, told(r)); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
}

// byName reads by name, as products do whose addresses carry it.
type byName struct{ client }

func (b byName) Read(_ context.Context, o schema.Object) (schema.Object, error) {
	return b.find("read", o.Addr.String(), func(x schema.Object) bool { return x.Addr == o.Addr })
}

// TestRequestsOfChecks: a create is looked up first, unless the product says that a
// second object with its key is refused.
func TestRequestsOfChecks(t *testing.T) {
	a := aRole("a")
	for _, unique := range []bool{false, true} {
		kind := *roleKind
		kind.Unique = unique
		n := aRole("n")
		n.Kind = &kind
		w := newWorld(a)
		_, err := Run(t.Context(), planOf(create(n), update(a, with(a, func(r *role) { r.Title = "T" }))), w.full(), &schema.Index{}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]int{"apply": 2, "read": 1}
		if !unique {
			want["find"] = 1
		}
		if diff := cmp.Diff(want, w.counts); diff != "" {
			t.Errorf("unique %v: calls (-want +got):\n%s", unique, diff)
		}
	}
}

func TestPlansThatAreNotExecuted(t *testing.T) {
	loop := planOf(create(aRole("a"), 1), create(aRole("b"), 0))
	tests := []struct {
		name string
		edit func(*plan.Plan)
		want string
	}{
		{"limit", func(p *plan.Plan) { p.Violations = []schema.Finding{{Summary: "Too many removals"}} }, "the plan exceeds a limit: Too many removals"},
		{"refused change", func(p *plan.Plan) {
			p.Changes[0].DependsOn = []int{1}
			p.Changes = append(p.Changes, plan.Change{Action: schema.Refuse, Addr: schema.Address{Provider: "fake", Kind: "role", Key: "kept"}})
		}, "the plan refuses the change of role.kept"},
		{"finding", func(p *plan.Plan) {
			p.Findings = []schema.Finding{{Severity: schema.Warning}, {Addr: schema.Address{Kind: "role", Key: "a"}, Summary: "Unknown permission"}}
		}, "the plan has an error at role.a: Unknown permission"},
		{"tenant", func(p *plan.Plan) { p.Tenant = "7" }, "wrong tenant: the plan is for fake 7, and the key belongs to 42"},
		{"circle", func(p *plan.Plan) { *p = *loop }, "the plan is damaged: role.a waits for itself through other changes"},
		{"need outside", func(p *plan.Plan) { p.Changes[0].DependsOn = []int{3} }, "the plan is damaged: role.n needs change 3 of 1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld()
			p := planOf(create(aRole("n")))
			test.edit(p)
			r, err := Run(t.Context(), p, w.full(), &schema.Index{}, Options{})
			if err == nil || err.Error() != test.want {
				t.Errorf("error %v, want %s", err, test.want)
			}
			if r.Count(NotStarted) != len(r.Results) || w.counts["apply"] != 0 {
				t.Errorf("something was written: %q", told(r))
			}
		})
	}
}

func BenchmarkRun(b *testing.B) {
	changes := make([]plan.Change, 0, 100_000)
	for i := range 100 {
		changes = append(changes, create(aRole(fmt.Sprintf("role%d", i))))
	}
	for i := len(changes); i < cap(changes); i++ {
		changes = append(changes, create(aUser(fmt.Sprintf("user%d@x", i), "role1"), i%100))
	}
	p := planOf(changes...)
	for b.Loop() {
		r, err := Run(b.Context(), p, newWorld().full(), &schema.Index{}, Options{})
		if err != nil || !r.OK() {
			b.Fatal(err)
		}
	}
}
