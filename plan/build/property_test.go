package build

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// drawState draws the objects of a zoo in which every reference leads somewhere.
func drawState(t *rapid.T, label string, add func(body any)) {
	pick := func(name string, from []string) []string {
		if len(from) == 0 {
			return nil
		}
		return schema.Canonical(rapid.SliceOfN(rapid.SampledFrom(from), 0, 3).Draw(t, label+" "+name))
	}
	sections := pick("sections", []string{"A", "B", "C"})
	for _, s := range sections {
		add(&zooSection{Name: s})
	}
	var groups []string
	if len(sections) > 0 {
		for _, g := range pick("groups", []string{"x", "y", "z"}) {
			s := rapid.SampledFrom(sections).Draw(t, label+" section")
			groups = append(groups, s+"/"+g)
			add(&zooGroup{Section: s, Name: g, Animals: pick("animals", []string{"elk", "lion"})})
		}
	}
	roles := pick("roles", []string{"keeper", "vet", "guide", "head"})
	for _, r := range roles {
		add(&zooRole{ID: r, Name: rapid.SampledFrom([]string{"", "Name"}).Draw(t, label+" name"), Permissions: pick("permissions", []string{"feed", "clean", "cull"})})
	}
	var people []string
	for _, n := range pick("users", []string{"ana", "ben", "cleo", "dan"}) {
		u := &zooUser{
			Email: n + "@zoo.example", Role: rapid.SampledFrom(append([]string{""}, roles...)).Draw(t, label+" role"),
			Admin: rapid.Bool().Draw(t, label+" admin"), Disabled: rapid.Bool().Draw(t, label+" disabled"),
		}
		for range rapid.IntRange(0, 2).Draw(t, label+" accesses") {
			if set := pick("access", groups); len(set) > 0 {
				u.Accesses = append(u.Accesses, set)
			}
		}
		u.Accesses = schema.CanonicalSets(u.Accesses)
		people = append(people, u.Email)
		add(u)
	}
	for _, team := range pick("teams", []string{"Day", "Night"}) {
		add(&zooTeam{Name: team, Members: pick("members", people)})
		for _, person := range pick("shifts", append([]string{"zoe@zoo.example"}, people...)) { // Zoe is no user
			add(&zooShift{Team: team, Person: person, Role: rapid.SampledFrom(append([]string{""}, roles...)).Draw(t, label+" shift")})
		}
	}
}

// drawZoo draws both sides and how the kinds are owned.
func drawZoo(t *rapid.T) *zoo {
	z := newZoo()
	z.in.Tenant.Limits = schema.Limits{MaxDeletes: 1000, AllowEmpty: true}
	drawState(t, "live", func(body any) { z.live(body) })
	drawState(t, "files", func(body any) { z.files(body) })
	for _, kind := range []string{"section", "group", "role", "user", "team", "shift"} {
		z.manage(kind, schema.Manage{
			Mode:      rapid.SampledFrom([]schema.Mode{schema.Additive, schema.Authoritative}).Draw(t, kind+" mode"),
			OnRemoval: rapid.SampledFrom([]schema.Action{schema.NoOp, schema.Delete}).Draw(t, kind+" removal"),
		})
	}
	for i := range z.in.Tenant.Objects {
		o := &z.in.Tenant.Objects[i]
		earlier := map[string][]string{"section": {"A", "B"}, "group": {"x", "y"}, "role": {"keeper", "vet"}, "user": {"ana@zoo.example"}, "team": {"Day"}, "shift": {"Day/ana@zoo.example"}}[o.Addr.Kind]
		if len(earlier) > 0 && rapid.IntRange(0, 3).Draw(t, "renamed") == 0 {
			if p := rapid.SampledFrom(earlier).Draw(t, "previously"); p != o.Addr.Key {
				o.Previously = []string{p}
			}
		}
	}
	for _, team := range []string{"Day", "Night"} {
		if rapid.IntRange(0, 3).Draw(t, team+" removed") == 0 && !slices.ContainsFunc(z.in.Tenant.Objects, func(o schema.Object) bool { return o.Addr.Kind == "team" && o.Addr.Key == team }) {
			z.removed("team", team)
		}
	}
	return z
}

// hasErrors reports whether a plan cannot be applied, or says itself that applying
// it does not end there.
func hasErrors(p *plan.Plan) bool {
	return len(p.Violations) > 0 || slices.ContainsFunc(p.Findings, func(f schema.Finding) bool {
		return f.Severity == schema.Error || f.Code == "plan/grantee-removed"
	})
}

// A model is the product: objects by id, with references by key that follow a
// rename, as they do in a product that refers by id.
type model struct {
	t       *rapid.T
	product *schema.Product
	objects []schema.Object
	next    int
}

func (m *model) at(o *schema.Object) int {
	i := slices.IndexFunc(m.objects, func(x schema.Object) bool { return x.ID == o.ID && x.Kind == o.Kind })
	if i < 0 {
		m.t.Fatalf("%s is not there", o.Addr)
	}
	return i
}

// apply makes one change, and checks that afterwards no reference leads nowhere.
func (m *model) apply(c *plan.Change) {
	switch c.Action {
	case schema.Create:
		o := c.Want.Clone()
		m.next++
		o.ID, o.Pos, o.Previously = fmt.Sprintf("new%d", m.next), schema.Pos{}, nil
		if u, ok := o.Body.(*zooUser); ok {
			u.Invite = ""
			o.Set &^= o.Kind.Mask("invite")
		}
		m.objects = append(m.objects, o)
	case schema.Update, schema.Rename:
		i := m.at(c.Have)
		old := m.objects[i].Addr.Key
		o := c.Want.Clone()
		o.Pos, o.Previously = schema.Pos{}, nil
		m.objects[i] = o
		if c.Action == schema.Rename {
			m.follow(o.Kind.Name, old, o.Addr.Key)
		}
	case schema.Deactivate:
		i := m.at(c.Have)
		o := m.objects[i].Clone()
		o.Body.(*zooUser).Disabled = true
		m.objects[i] = o
	case schema.Delete:
		m.objects = slices.Delete(m.objects, m.at(c.Have), m.at(c.Have)+1)
		m.drop(c.Addr)
		m.objects = slices.DeleteFunc(m.objects, func(o schema.Object) bool { // the product drops what was held for them
			s, held := o.Body.(*zooShift)
			return held && c.Addr.Kind == "user" && s.Person == c.Addr.Key
		})
	}
	m.sound(c)
}

// drop takes away what is within an object that went.
func (m *model) drop(gone schema.Address) {
	var also []schema.Address
	m.objects = slices.DeleteFunc(m.objects, func(o schema.Object) bool {
		within := false
		for n := range o.Kind.Attributes {
			a := &o.Kind.Attributes[n]
			within = within || a.Is(schema.OwnedBy) && slices.Contains(a.Kinds, gone.Kind) && slices.Contains(a.Texts(o.Body), gone.Key)
		}
		if within {
			also = append(also, o.Addr)
		}
		return within
	})
	for _, a := range also {
		m.drop(a)
	}
}

// follow gives references to a renamed object its new key.
func (m *model) follow(kind, old, key string) {
	for i := range m.objects {
		o := m.objects[i].Clone()
		before := o.Addr.Key
		for n := range o.Kind.Attributes {
			if a := &o.Kind.Attributes[n]; slices.Contains(a.Kinds, kind) {
				a.Replace(o.Body, func(s string) string {
					if s == old {
						return key
					}
					return s
				})
			}
		}
		o.Rekey()
		m.objects[i] = o
		if o.Addr.Key != before {
			m.follow(o.Kind.Name, before, o.Addr.Key)
		}
	}
}

func (m *model) sound(c *plan.Change) {
	there := map[string]bool{}
	for _, o := range m.objects {
		if there[o.Addr.String()] {
			m.t.Fatalf("after %s %s there are two of %s", c.Action, c.Addr, o.Addr)
		}
		there[o.Addr.String()] = true
	}
	for _, o := range m.objects {
		for n := range o.Kind.Attributes {
			a := &o.Kind.Attributes[n]
			if len(a.Kinds) == 0 || a.Is(schema.WeakRef) {
				continue
			}
			for _, key := range a.Texts(o.Body) {
				if !slices.ContainsFunc(a.Kinds, func(k string) bool { return there[k+"."+key] }) {
					m.t.Fatalf("after %s %s, %s refers to %q, which does not exist", c.Action, c.Addr, o.Addr, key)
				}
			}
		}
	}
}

func (m *model) live() map[string][]schema.Object {
	out := map[string][]schema.Object{}
	for _, k := range m.product.Kinds {
		if !k.Virtual {
			out[k.Name] = []schema.Object{}
		}
	}
	for _, o := range m.objects {
		out[o.Addr.Kind] = append(out[o.Addr.Kind], o)
	}
	return out
}

// TestApplyingConverges applies plans to a model: references are sound after every
// single step, the outcome is what the plan said, and the next plan is empty.
func TestApplyingConverges(t *testing.T) {
	applied := 0
	rapid.Check(t, func(t *rapid.T) {
		z := drawZoo(t)
		r := Build(z.in)
		p := r.Plan
		checkNeeds(t, p)
		if hasErrors(p) {
			return
		}
		m := &model{t: t, product: z.in.Tenant.Product}
		for _, k := range m.product.Kinds {
			m.objects = append(m.objects, z.in.Live[k.Name]...)
		}
		for i := range p.Changes {
			m.apply(&p.Changes[i])
			applied++
		}
		for kind, objects := range r.After {
			var want, got []string
			for _, o := range objects {
				want = append(want, o.Addr.Key)
			}
			for _, o := range m.live()[kind] {
				got = append(got, o.Addr.Key)
			}
			slices.Sort(want)
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%ss after the plan (-foretold +are):\n%s", kind, diff)
			}
		}
		z.in.Live = m.live()
		again := Build(z.in).Plan
		if len(again.Changes) > 0 || hasErrors(again) {
			t.Fatalf("first plan:\n%q\nsecond plan:\n%q", tell(p), tell(again))
		}
	})
	if applied == 0 {
		t.Error("no change was ever applied: the property says nothing")
	}
}

// TestInterruptedConverges cuts the application off anywhere and plans again.
func TestInterruptedConverges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := drawZoo(t)
		p := Build(z.in).Plan
		if hasErrors(p) || len(p.Changes) == 0 {
			return
		}
		m := &model{t: t, product: z.in.Tenant.Product}
		for _, k := range m.product.Kinds {
			m.objects = append(m.objects, z.in.Live[k.Name]...)
		}
		for i := range p.Changes[:rapid.IntRange(0, len(p.Changes)).Draw(t, "cut")] {
			m.apply(&p.Changes[i])
		}
		z.in.Live = m.live()
		again := Build(z.in).Plan
		if hasErrors(again) {
			t.Fatalf("first plan:\n%q\nafter the cut:\n%q", tell(p), tell(again))
		}
		for i := range again.Changes {
			m.apply(&again.Changes[i])
		}
		z.in.Live = m.live()
		if last := Build(z.in).Plan; len(last.Changes) > 0 {
			t.Fatalf("after the cut:\n%q\nat last:\n%q", tell(again), tell(last))
		}
	})
}

// TestDependenciesAreEnough applies changes in any order that Needs allow, as workers side
// by side do.
func TestDependenciesAreEnough(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := drawZoo(t)
		p := Build(z.in).Plan
		if hasErrors(p) {
			return
		}
		m := &model{t: t, product: z.in.Tenant.Product}
		for _, k := range m.product.Kinds {
			m.objects = append(m.objects, z.in.Live[k.Name]...)
		}
		done := make([]bool, len(p.Changes))
		for range p.Changes {
			var ready []int
			for i, c := range p.Changes {
				if !done[i] && !slices.ContainsFunc(c.DependsOn, func(n int) bool { return !done[n] }) {
					ready = append(ready, i)
				}
			}
			i := rapid.SampledFrom(ready).Draw(t, "next")
			m.apply(&p.Changes[i])
			done[i] = true
		}
		z.in.Live = m.live()
		if again := Build(z.in).Plan; len(again.Changes) > 0 || hasErrors(again) {
			t.Fatalf("first plan:\n%q\nsecond plan:\n%q", tell(p), tell(again))
		}
	})
}

// TestOrderOfInputIsIrrelevant shuffles both sides.
func TestOrderOfInputIsIrrelevant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := drawZoo(t)
		before := tell(Build(z.in).Plan)
		z.in.Tenant.Objects = rapid.Permutation(z.in.Tenant.Objects).Draw(t, "files")
		for _, k := range z.in.Tenant.Product.Kinds {
			if list := z.in.Live[k.Name]; len(list) > 1 {
				z.in.Live[k.Name] = rapid.Permutation(list).Draw(t, k.Name)
			}
		}
		if diff := cmp.Diff(before, tell(Build(z.in).Plan)); diff != "" {
			t.Fatalf("shuffled (-before +after):\n%s", diff)
		}
	})
}

// TestEqualIsEmpty plans a zoo against itself.
func TestEqualIsEmpty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := newZoo()
		n := 0
		drawState(t, "both", func(body any) { z.both(body); n++ })
		for _, kind := range []string{"section", "group", "role", "user", "team", "shift"} {
			z.manage(kind, schema.Manage{Mode: schema.Authoritative})
		}
		p := Build(z.in).Plan
		unchanged := 0
		for _, u := range p.Unchanged {
			unchanged += u
		}
		p.Findings = slices.DeleteFunc(p.Findings, func(f schema.Finding) bool { return f.Code == plan.CodeInactive })
		if len(p.Changes)+len(p.Findings)+len(p.Affected) > 0 || unchanged != n {
			t.Fatalf("%d objects: %q", n, tell(p))
		}
	})
}

// TestInputIsNotWritten builds twice and compares what went in.
func TestInputIsNotWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := drawZoo(t)
		copied := func() (out []string) {
			for _, list := range [][]schema.Object{z.in.Tenant.Objects, slices.Concat(z.in.Live["section"], z.in.Live["group"], z.in.Live["role"], z.in.Live["user"], z.in.Live["team"], z.in.Live["shift"])} {
				for _, o := range list {
					out = append(out, fmt.Sprintf("%s %s %x %+v", o.Addr, o.ID, o.Set, o.Body))
				}
			}
			return out
		}
		before := copied()
		Build(z.in)
		if diff := cmp.Diff(before, copied()); diff != "" {
			t.Fatalf("input (-before +after):\n%s", diff)
		}
	})
}
