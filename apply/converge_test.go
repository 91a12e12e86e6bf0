package apply

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/build"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// planned lists the world and plans what brings it to the tenant's files.
func planned(t *rapid.T, w *world, tenant *schema.Tenant, index *schema.Index) *plan.Plan {
	live := map[string][]schema.Object{}
	for _, k := range product.Kinds {
		live[k.Name] = w.list(k)
		for _, o := range live[k.Name] {
			index.Add(k.Name, o.Addr.Key, o.ID)
		}
	}
	r := build.Build(build.Input{Tenant: tenant, ID: "42", Live: live})
	for _, k := range r.NewKeys {
		index.Add(k.Kind, k.Key, k.ID)
	}
	p := r.Plan
	if len(p.Violations) > 0 || slices.ContainsFunc(p.Findings, func(f schema.Finding) bool { return f.Severity == schema.Error }) {
		t.Fatalf("violations %+v, findings %+v", p.Violations, p.Findings)
	}
	return p
}

// writes counts the changes that are still to be made.
func writes(p *plan.Plan) int {
	n := 0
	for i := range p.Changes {
		if p.Changes[i].Action.Writes() {
			n++
		}
	}
	return n
}

// drawTenant draws files that own every kind whole. names says which objects there
// are; of the groups, some were called otherwise in the world.
func drawTenant(t *rapid.T) *schema.Tenant {
	own := schema.Manage{Mode: schema.Authoritative, OnRemoval: schema.Delete}
	tenant := &schema.Tenant{
		Name: "fake", Product: product,
		Manage: map[string]schema.Manage{"role": own, "group": own, "user": own},
		Limits: schema.Limits{MaxDeletes: 1000, MaxDeletePercent: 100, AllowEmpty: true},
	}
	roles, groups := drawSome(t, "r", 1), drawSome(t, "g", 0)
	for _, name := range roles {
		tenant.Objects = append(tenant.Objects, *aRole(name, drawSome(t, "p", 0)...))
	}
	for i, name := range groups {
		g := aGroup(name, drawSome(t, "s", 0)...)
		if rapid.Bool().Draw(t, "renamed") {
			g.Body.(*group).Name, g.Previously = "new "+name, []string{name}
			g.Rekey()
			groups[i] = g.Addr.Key
		}
		tenant.Objects = append(tenant.Objects, *g)
	}
	for _, u := range drawUsers(t, roles, groups) {
		tenant.Objects = append(tenant.Objects, *u)
	}
	return tenant
}

func drawSome(t *rapid.T, prefix string, least int) []string {
	var out []string
	for i := range 5 {
		if i < least || rapid.Bool().Draw(t, prefix) {
			out = append(out, fmt.Sprintf("%s%d", prefix, i))
		}
	}
	return out
}

func drawUsers(t *rapid.T, roles, groups []string) []*schema.Object {
	var out []*schema.Object
	for _, email := range drawSome(t, "u", 0) {
		u := aUser(email, rapid.SampledFrom(roles).Draw(t, "role"))
		if len(groups) > 0 {
			sees := rapid.SliceOfN(rapid.SliceOfNDistinct(rapid.SampledFrom(groups), 1, min(2, len(groups)), rapid.ID[string]), 0, 3).Draw(t, "sees")
			u.Body.(*user).Sees = schema.CanonicalSets(sees)
		}
		out = append(out, u)
	}
	return out
}

func drawWorld(t *rapid.T) *world {
	w := newWorld()
	roles, groups := drawSome(t, "r", 1), drawSome(t, "g", 0)
	for _, name := range roles {
		w.insert(aRole(name, drawSome(t, "p", 0)...))
	}
	for _, name := range groups {
		w.insert(aGroup(name, drawSome(t, "s", 0)...))
	}
	for _, u := range drawUsers(t, roles, groups) {
		w.insert(u)
	}
	return w
}

// dangling returns a reference to an object that does not exist.
func (w *world) dangling() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	there := map[schema.Address]bool{}
	for _, o := range w.objects {
		there[o.Addr] = true
	}
	for _, o := range w.objects {
		for i := range o.Kind.Attributes {
			a := &o.Kind.Attributes[i]
			for _, kind := range a.Kinds {
				for _, key := range a.Texts(o.Body) {
					if !there[schema.Address{Provider: "fake", Kind: kind, Key: key}] {
						return fmt.Sprintf("%s refers to %s.%s", o.Addr, kind, key)
					}
				}
			}
		}
	}
	return ""
}

// TestKilledRunsConverge kills runs at any write, before or after its effect, with
// others in flight. The next plan goes on from whatever is there; in the end the
// world is what the files say, nothing exists twice, and at no time does anything
// refer to an object that is gone.
func TestKilledRunsConverge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, tenant := drawWorld(t), drawTenant(t)
		for round := 0; ; round++ {
			index := &schema.Index{}
			p := planned(t, w, tenant, index)
			if writes(p) == 0 {
				break
			}
			if round == 12 {
				t.Fatalf("after %d runs %d changes are left, the first is %s %s", round, writes(p), p.Changes[0].Action, p.Changes[0].Addr)
			}
			killAt := 0 // never, from the sixth round on
			if round < 6 {
				killAt = rapid.IntRange(0, 8).Draw(t, "kill at")
			}
			effect := rapid.Bool().Draw(t, "effect")
			ctx, kill := context.WithCancel(context.Background())
			n := 0
			var loose []string
			w.apply = func(ctx context.Context, r provider.Request) fault {
				d := w.dangling()
				w.mu.Lock()
				defer w.mu.Unlock()
				if d != "" {
					loose = append(loose, d)
				}
				if err := ctx.Err(); err != nil {
					return fault{err: err, effect: !effect}
				}
				if n++; n == killAt {
					kill()
					return fault{err: ctx.Err(), effect: effect}
				}
				return fault{}
			}
			report, err := Run(ctx, p, w.full(), index, Options{Parallelism: 3})
			kill()
			if err != nil {
				t.Fatal(err)
			}
			if killAt == 0 && !report.OK() {
				t.Fatalf("an undisturbed run is not OK: %q", told(report))
			}
			if d := w.dangling(); d != "" || len(loose) > 0 {
				t.Fatalf("run %d: %q, in the end %q\n%q", round, loose, d, told(report))
			}
			w.apply = nil
		}
		var want []string
		for i := range tenant.Objects {
			want = append(want, tenant.Objects[i].Addr.String())
		}
		slices.Sort(want)
		if diff := cmp.Diff(want, w.keys()); diff != "" {
			t.Fatalf("objects in the end (-want +got):\n%s", diff)
		}
	})
}

// A saved plan that is applied again after a kill finds what the first time made.
func TestSavedPlanAppliedAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, tenant := drawWorld(t), drawTenant(t)
		index := &schema.Index{}
		p := planned(t, w, tenant, index)
		killAt := rapid.IntRange(1, 8).Draw(t, "kill at")
		effect := rapid.Bool().Draw(t, "effect")
		ctx, kill := context.WithCancel(context.Background())
		defer kill()
		n := 0
		w.apply = func(context.Context, provider.Request) fault {
			if n++; n == killAt {
				kill()
				return fault{err: ctx.Err(), effect: effect}
			}
			return fault{}
		}
		if _, err := Run(ctx, p, w.full(), index, Options{Parallelism: 1}); err != nil {
			t.Fatal(err)
		}
		w.apply = nil
		report, err := Run(context.Background(), p, w.full(), index, Options{})
		if err != nil || !report.OK() {
			t.Fatalf("error %v, %q", err, told(report))
		}
		if left := planned(t, w, tenant, &schema.Index{}); writes(left) != 0 {
			t.Fatalf("%d changes are left", writes(left))
		}
	})
}
