package build

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/planfile"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// saved takes a plan through its written form and returns what that permits.
func saved(t interface{ Fatal(...any) }, p *plan.Plan) *plan.Approval {
	var b bytes.Buffer
	if err := planfile.Encode(&b, &plan.Document{Plans: []*plan.Plan{p}}); err != nil {
		t.Fatal(err)
	}
	d, err := planfile.Decode(&b, []*schema.Product{zooProduct()})
	if err != nil {
		t.Fatal(err, b.String())
	}
	return d.Approval(p.Product, p.Tenant)
}

// deviate says how a plan differs from what was approved.
func deviate(p *plan.Plan) []string {
	var out []string
	for _, d := range p.Deviations {
		line := fmt.Sprintf("%s %s %s", d.Why, d.Action, d.Addr)
		if len(d.Before) > 0 {
			line += " before " + strings.Join(d.Before, ",")
		}
		if len(d.After) > 0 {
			line += " after " + strings.Join(d.After, ",")
		}
		if d.DependsOn.Key != "" {
			line += " needs " + d.DependsOn.String()
		}
		out = append(out, line)
	}
	return out
}

// told lists what a plan changes, in its order.
func told(p *plan.Plan) []string {
	var out []string
	for _, c := range p.Changes {
		out = append(out, c.Action.String()+" "+c.Addr.String())
	}
	return out
}

// headKeepers has a new role, somebody who gets it, and a person whose name changes.
func headKeepers(z *zoo) {
	z.files(&zooRole{ID: "head", Permissions: []string{"feed"}})
	z.files(&zooUser{Email: "ana@zoo.example", Role: "head"}, "role")
	z.live(&zooUser{Email: "ana@zoo.example", Name: "Ana", Role: "vet"})
	z.files(&zooUser{Email: "ben@zoo.example", Name: "Ben"}, "name")
	z.live(&zooUser{Email: "ben@zoo.example", Name: "B", Role: "vet"})
	z.both(&zooRole{ID: "vet", Permissions: []string{"cull"}})
}

func without(addresses ...string) func(p *plan.Plan) {
	return func(p *plan.Plan) {
		p.Changes = slices.DeleteFunc(p.Changes, func(c plan.Change) bool { return slices.Contains(addresses, c.Addr.String()) })
		for i := range p.Changes {
			p.Changes[i].DependsOn = nil
		}
	}
}

func user(z *zoo, i int) *zooUser { return z.in.Live["user"][i].Body.(*zooUser) }

// TestApproved plans, saves, lets something happen, and plans again with what was
// saved as the approval.
func TestApproved(t *testing.T) {
	for _, c := range []struct {
		name     string
		set      func(z *zoo)
		edit     func(p *plan.Plan) // of the plan file
		meantime func(z *zoo)       // before it is planned again
		changes  []string
		deviates []string
	}{
		{name: "as it was", set: headKeepers, changes: []string{"create role.head", "update user.ana@zoo.example", "update user.ben@zoo.example"}},
		{
			name: "nothing is approved", set: headKeepers, edit: func(p *plan.Plan) { p.Changes = nil },
			deviates: []string{"not-approved create role.head", "not-approved update user.ana@zoo.example", "not-approved update user.ben@zoo.example"},
		},
		{
			name: "what a change needs was taken out", set: headKeepers, edit: without("role.head"),
			changes:  []string{"update user.ben@zoo.example"},
			deviates: []string{"not-approved create role.head", "depends-on-unapproved update user.ana@zoo.example needs role.head"},
		},
		{
			name: "what was left out on purpose is not told", set: headKeepers,
			edit: func(p *plan.Plan) {
				p.Excluded = []plan.Change{p.Changes[2]}
				p.Changes = p.Changes[:2]
			},
			changes: []string{"create role.head", "update user.ana@zoo.example"},
		},
		{
			name: "another attribute was changed by hand", set: headKeepers,
			meantime: func(z *zoo) { user(z, 1).Role = "head" },
			changes:  []string{"create role.head", "update user.ana@zoo.example"},
			deviates: []string{"differs update user.ben@zoo.example before role"},
		},
		{
			name: "the files ask for something else", set: headKeepers,
			meantime: func(z *zoo) { z.in.Tenant.Objects[2].Body.(*zooUser).Name = "Benjamin" },
			changes:  []string{"create role.head", "update user.ana@zoo.example"},
			deviates: []string{"differs update user.ben@zoo.example after name"},
		},
		{
			name: "the plan file asks for something else", set: headKeepers,
			edit:     func(p *plan.Plan) { p.Changes[0].Want.Body.(*zooRole).Permissions = []string{"cull", "feed"} },
			changes:  []string{"update user.ben@zoo.example"},
			deviates: []string{"differs create role.head after permissions", "depends-on-unapproved update user.ana@zoo.example needs role.head"},
		},
		{
			name: "what is sent only at creation is approved too", set: func(z *zoo) { z.files(&zooUser{Email: "eve@zoo.example", Invite: "mail"}) },
			edit:     func(p *plan.Plan) { p.Changes[0].Want.Body.(*zooUser).Invite = "none" },
			deviates: []string{"differs create user.eve@zoo.example"},
		},
		{
			name: "somebody did it already", set: headKeepers,
			meantime: func(z *zoo) { user(z, 1).Name = "Ben" },
			changes:  []string{"create role.head", "update user.ana@zoo.example"},
			deviates: []string{"already-done update user.ben@zoo.example"},
		},
		{
			name: "the files no longer ask for it", set: headKeepers,
			meantime: func(z *zoo) { z.in.Tenant.Objects = slices.Delete(z.in.Tenant.Objects, 2, 3) },
			changes:  []string{"create role.head", "update user.ana@zoo.example"},
			deviates: []string{"not-needed update user.ben@zoo.example"},
		},
		{
			name: "the object is gone", set: func(z *zoo) {
				z.files(&zooUser{Email: "ben@zoo.example", Name: "Ben"}, "name")
				z.live(&zooUser{Email: "ben@zoo.example", Name: "B"})
			},
			meantime: func(z *zoo) { z.in.Live["user"] = []schema.Object{} },
			deviates: []string{"differs update user.ben@zoo.example"},
		},
		{
			name: "another action at the address", set: headKeepers,
			edit: func(p *plan.Plan) {
				p.Changes[2].Action, p.Changes[2].Want, p.Changes[2].Changed = schema.Delete, nil, 0
			},
			changes:  []string{"create role.head", "update user.ana@zoo.example"},
			deviates: []string{"differs delete user.ben@zoo.example"},
		},
		{
			name: "removed already", set: func(z *zoo) { z.removed("role", "vet"); z.live(&zooRole{ID: "vet"}) },
			meantime: func(z *zoo) { z.in.Live["role"] = []schema.Object{} },
			deviates: []string{"already-done delete role.vet"},
		},
		{
			name: "deactivated already", set: func(z *zoo) { z.removed("user", "ana@zoo.example"); z.live(&zooUser{Email: "ana@zoo.example"}) },
			meantime: func(z *zoo) { user(z, 0).Disabled = true },
			deviates: []string{"already-done deactivate user.ana@zoo.example"},
		},
		{
			name: "something new goes with a team", set: nightGoes(schema.Additive),
			meantime: func(z *zoo) { z.live(shift("Night", "dan", "vet")) },
			deviates: []string{"differs delete team.Night"},
		},
		{
			name: "what goes with a team has other rights by now", set: nightGoes(schema.Additive),
			meantime: func(z *zoo) { z.in.Live["shift"][0].Body.(*zooShift).Role = "boss" },
			deviates: []string{"differs delete team.Night"},
		},
		{
			name: "what the product does not let be read", set: headKeepers,
			edit:     func(p *plan.Plan) { p.Changes = p.Changes[:2] },
			meantime: func(z *zoo) { z.in.Live["user"][0].LastWritten = true },
			changes:  []string{"create role.head"},
			deviates: []string{"differs update user.ana@zoo.example", "not-approved update user.ben@zoo.example"},
		},
		{
			name: "unverified before and now", set: func(z *zoo) { headKeepers(z); z.in.Live["user"][1].LastWritten = true },
			changes: []string{"create role.head", "update user.ana@zoo.example", "update user.ben@zoo.example"},
		},
		{
			name: "a rename", set: func(z *zoo) {
				z.files(&zooSection{Name: "Foods"}, "name").Previously = []string{"Food"}
				z.live(&zooSection{Name: "Food"})
				z.live(&zooGroup{Section: "Food", Name: "Meat"})
				z.files(&zooUser{Email: "ana@zoo.example", Accesses: [][]string{{"Foods/Meat"}}}, "accesses")
			},
			changes: []string{"rename section.Foods", "create user.ana@zoo.example"},
		},
		{
			name: "a user who needs a rename", set: func(z *zoo) {
				z.files(&zooSection{Name: "Foods"}, "name").Previously = []string{"Food"}
				z.live(&zooSection{Name: "Food"})
				z.live(&zooGroup{Section: "Food", Name: "Meat"})
				z.files(&zooUser{Email: "ana@zoo.example", Accesses: [][]string{{"Foods/Meat"}}}, "accesses")
			},
			edit:     without("section.Foods"),
			deviates: []string{"not-approved rename section.Foods", "depends-on-unapproved create user.ana@zoo.example needs section.Foods"},
		},
		{
			name: "the next administrator was taken out", set: func(z *zoo) {
				z.files(&zooUser{Email: "ana@zoo.example"}, "admin")
				z.live(&zooUser{Email: "ana@zoo.example", Admin: true})
				z.files(&zooUser{Email: "ben@zoo.example", Admin: true}, "admin")
				z.live(&zooUser{Email: "ben@zoo.example"})
			},
			edit:     without("user.ben@zoo.example"),
			deviates: []string{"depends-on-unapproved update user.ana@zoo.example needs user.ben@zoo.example", "not-approved update user.ben@zoo.example"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			z := newZoo()
			c.set(z)
			p := Build(z.in).Plan
			// The plan file is edited on copies, as everything else shares the objects.
			for i := range p.Changes {
				if w := p.Changes[i].Want; w != nil {
					o := w.Clone()
					p.Changes[i].Want = &o
				}
			}
			if c.edit != nil {
				c.edit(p)
			}
			approved := saved(t, p)
			if c.meantime != nil {
				c.meantime(z)
			}
			z.in.Approved = approved
			p = Build(z.in).Plan
			if diff := cmp.Diff(c.changes, told(p)); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.deviates, deviate(p)); diff != "" {
				t.Errorf("deviations (-want +got):\n%s", diff)
			}
			if len(p.Excluded) > 0 {
				t.Errorf("left out %v", p.Excluded)
			}
			checkNeeds(t, p)
		})
	}
}

// swap moves Ana out of a role that gains a right, and takes another one from it:
// a change of the role in two steps, around hers.
func swap(z *zoo) {
	z.files(&zooRole{ID: "keeper", Permissions: []string{"cull"}}, "permissions")
	z.live(&zooRole{ID: "keeper", Permissions: []string{"feed"}})
	z.both(&zooRole{ID: "vet", Permissions: []string{"clean"}})
	z.files(&zooUser{Email: "ana@zoo.example", Role: "vet"}, "role")
	z.live(&zooUser{Email: "ana@zoo.example", Role: "keeper", Accesses: [][]string{{"A/x"}}})
	z.files(&zooUser{Email: "ben@zoo.example", Role: "keeper"}, "role")
	z.live(&zooUser{Email: "ben@zoo.example", Role: "vet", Accesses: [][]string{{"A/x"}}})
	z.both(&zooSection{Name: "A"})
	z.both(&zooGroup{Section: "A", Name: "x"})
}

// A change in two steps is approved as the change that they make together, and
// what the order of privileges lets it wait for has to be approved too.
func TestApprovedInTwoSteps(t *testing.T) {
	z := newZoo()
	swap(z)
	whole := Build(z.in).Plan
	if got := len(whole.Changes); got != 4 {
		t.Fatalf("%d changes, want a role in two steps and two users: %v", got, tell(whole))
	}
	build := func(edit func(p *plan.Plan)) *plan.Plan {
		p := *whole
		p.Changes = slices.Clone(whole.Changes)
		if edit != nil {
			edit(&p)
		}
		in := z.in
		in.Approved = saved(t, &p)
		return Build(in).Plan
	}
	if p := build(nil); cmp.Diff(tell(whole), tell(p)) != "" || len(p.Deviations) > 0 {
		t.Errorf("the whole plan is approved, and gives\n%v\n%v", tell(p), deviate(p))
	}
	for _, c := range []struct {
		name string
		edit func(p *plan.Plan)
		want []string
	}{
		{"the second step is missing", func(p *plan.Plan) {
			p.Changes = slices.DeleteFunc(p.Changes, func(c plan.Change) bool {
				return c.Addr.Kind == "role" && len(c.Want.Body.(*zooRole).Permissions) > 0
			})
		}, []string{
			"update user.ana@zoo.example", "differs update role.keeper after permissions",
			"depends-on-unapproved update user.ben@zoo.example needs role.keeper",
		}},
		{"the first step is missing", func(p *plan.Plan) {
			p.Changes = slices.DeleteFunc(p.Changes, func(c plan.Change) bool {
				return c.Addr.Kind == "role" && len(c.Want.Body.(*zooRole).Permissions) == 0
			})
		}, []string{
			"update user.ana@zoo.example", "differs update role.keeper before permissions",
			"depends-on-unapproved update user.ben@zoo.example needs role.keeper",
		}},
		{"who leaves is missing", without("user.ana@zoo.example"), []string{
			"depends-on-unapproved update role.keeper needs user.ana@zoo.example", "not-approved update user.ana@zoo.example",
			"depends-on-unapproved update user.ben@zoo.example needs role.keeper",
		}},
		{"who comes is missing", without("user.ben@zoo.example"), []string{
			"update user.ana@zoo.example", "update role.keeper", // nobody comes between its steps
			"not-approved update user.ben@zoo.example",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := build(c.edit)
			if diff := cmp.Diff(c.want, append(told(p), deviate(p)...)); diff != "" {
				t.Errorf("changes and deviations (-want +got):\n%s", diff)
			}
		})
	}
}

// Who comes to a role that gains rights does not wait for it, so that the role can
// wait for who leaves. What is approved must hold the role all the same.
func TestApprovedDependsOnMoreThanOrder(t *testing.T) {
	z := newZoo()
	z.files(&zooRole{ID: "keeper", Permissions: []string{"cull", "feed"}}, "permissions")
	z.live(&zooRole{ID: "keeper", Permissions: []string{"feed"}})
	z.both(&zooRole{ID: "vet"})
	z.files(&zooUser{Email: "ana@zoo.example", Role: "keeper"}, "role")
	z.live(&zooUser{Email: "ana@zoo.example", Role: "vet"})
	z.files(&zooUser{Email: "ben@zoo.example", Role: "vet"}, "role")
	z.live(&zooUser{Email: "ben@zoo.example", Role: "keeper"})
	p := Build(z.in).Plan
	if len(p.Changes) != 3 || p.Changes[2].Addr.Key != "keeper" {
		t.Fatalf("the role does not come last: %v", tell(p))
	}
	without("role.keeper")(p)
	z.in.Approved = saved(t, p)
	p = Build(z.in).Plan
	want := []string{
		"update user.ben@zoo.example",
		"not-approved update role.keeper", "depends-on-unapproved update user.ana@zoo.example needs role.keeper",
	}
	if diff := cmp.Diff(want, append(told(p), deviate(p)...)); diff != "" {
		t.Errorf("changes and deviations (-want +got):\n%s", diff)
	}
	checkNeeds(t, p)
}

// A rename that is not approved gives nothing a new name.
func TestApprovedWithoutRename(t *testing.T) {
	z := newZoo()
	z.files(&zooSection{Name: "Foods"}, "name").Previously = []string{"Food"}
	z.live(&zooSection{Name: "Food"}).ID = "7"
	z.in.Approved = &plan.Approval{}
	if r := Build(z.in); len(r.Plan.Changes)+len(r.NewKeys) != 0 {
		t.Errorf("%v, new keys: %v", tell(r.Plan), r.NewKeys)
	}
}

// The guards look at what is executed, and at nothing else.
func TestApprovedGuards(t *testing.T) {
	z := newZoo()
	z.in.Tenant.Limits = schema.Limits{MaxDeletes: 2, MaxDeletePercent: 10}
	z.manage("role", schema.Manage{Mode: schema.Authoritative})
	z.both(&zooRole{ID: "keeper"})
	for i := range 4 {
		z.live(&zooRole{ID: fmt.Sprintf("old%d", i)})
	}
	whole := Build(z.in).Plan
	if len(whole.Violations) != 1 || len(whole.Changes) != 4 {
		t.Fatalf("the whole plan: %v", tell(whole))
	}
	z.in.Approved = saved(t, whole)
	if p := Build(z.in).Plan; len(p.Violations) != 1 {
		t.Errorf("everything is approved, and no limit is exceeded: %v", tell(p))
	}
	part := *whole
	part.Changes = whole.Changes[:2]
	z.in.Approved = saved(t, &part)
	if p := Build(z.in).Plan; len(p.Violations) != 0 || len(p.Changes) != 2 {
		t.Errorf("two removals are approved, and the limit is two: %v", tell(p))
	}
	z.in.Tenant.Protect = []string{"role.old0"}
	if p := Build(z.in).Plan; len(p.Violations) != 1 || p.Violations[0].Code != "plan/protected" {
		t.Errorf("an approved removal is protected by now: %v", tell(p))
	}
	z.in.Tenant.Protect = []string{"role.old3"}
	if p := Build(z.in).Plan; len(p.Violations) != 0 {
		t.Errorf("something is protected that nobody removes: %v", tell(p))
	}
}

// A mistake in the files about an object that is approved stops the plan; one about
// another object does not.
func TestApprovedFindings(t *testing.T) {
	z := newZoo()
	headKeepers(z)
	z.in.Approved = saved(t, Build(z.in).Plan)
	z.files(&zooUser{Email: "eve@zoo.example", Role: "nowhere"}, "role")
	if p := Build(z.in).Plan; p.Errors() != 0 || len(p.Findings) != 1 || len(p.Changes) != 3 {
		t.Errorf("a mistake elsewhere: %v", tell(p))
	}
	z.files(&zooRole{ID: "head", Permissions: []string{"cull"}})
	if p := Build(z.in).Plan; p.Errors() != 1 {
		t.Errorf("an approved object is declared twice: %v", tell(p))
	}
}

// A plan of one tenant approves nothing in another one.
func TestApprovedForAnotherTenant(t *testing.T) {
	z := newZoo()
	headKeepers(z)
	p := Build(z.in).Plan
	d := &plan.Document{Plans: []*plan.Plan{p}}
	for _, tenant := range []string{"43", ""} {
		z.in.Approved = d.Approval(p.Product, tenant)
		if q := Build(z.in).Plan; len(q.Changes) != 0 || len(q.Deviations) != 3 {
			t.Errorf("tenant %q: %v", tenant, tell(q))
		}
	}
	other := *p
	other.Tenant = "43"
	if got := len(d.Missing(&plan.Document{Plans: []*plan.Plan{&other}})); got != 3 {
		t.Errorf("%d changes are missing, want 3", got)
	}
}

// Whatever part of a plan is approved, what is executed is approved, needs nothing
// that is not, and nothing of it differs from what was approved.
func TestOnlyApprovedChangesAreMade(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := drawZoo(t)
		whole := Build(z.in).Plan
		if whole.Errors() > 0 {
			t.Skip()
		}
		part := *whole
		part.Changes = nil
		permitted := map[plan.Identity]bool{}
		for _, ch := range plan.Joined(whole.Changes) {
			if rapid.Bool().Draw(t, ch.Addr.String()) {
				permitted[ch.Identity()] = true
				ch.DependsOn = nil
				part.Changes = append(part.Changes, ch)
			}
		}
		z.in.Approved = saved(t, &part)
		p := Build(z.in).Plan
		made := map[schema.Address]bool{}
		for _, ch := range plan.Joined(p.Changes) {
			if !permitted[ch.Identity()] {
				t.Fatalf("%s %s is made and not approved", ch.Action, ch.Addr)
			}
			made[ch.Addr] = true
		}
		for _, ch := range whole.Changes {
			for _, n := range ch.DependsOn {
				if need := whole.Changes[n].Addr; made[ch.Addr] && !made[need] {
					t.Fatalf("%s is made without %s", ch.Addr, need)
				}
			}
		}
		checkNeeds(t, p)
	})
}

// digests has documents that do different things, by what sets them apart.
func digests(t *testing.T) map[string]*plan.Document {
	document := func(edit func(z *zoo, p *plan.Plan)) *plan.Document {
		z := newZoo()
		headKeepers(z)
		p := Build(z.in).Plan
		if edit != nil {
			edit(z, p)
		}
		return &plan.Document{Plans: []*plan.Plan{p}}
	}
	want := func(p *plan.Plan, i int, edit func(o *schema.Object)) {
		o := p.Changes[i].Want.Clone()
		edit(&o)
		p.Changes[i].Want = &o
	}
	return map[string]*plan.Document{
		"base":    document(nil),
		"tenant":  document(func(_ *zoo, p *plan.Plan) { p.Tenant = "43" }),
		"product": document(func(_ *zoo, p *plan.Plan) { p.Product = "farm" }),
		"two tenants": func() *plan.Document {
			d, e := document(nil), document(func(_ *zoo, p *plan.Plan) { p.Tenant = "43" })
			return &plan.Document{Plans: append(d.Plans, e.Plans...)}
		}(),
		"fewer":  document(func(_ *zoo, p *plan.Plan) { p.Changes = p.Changes[:2] }),
		"none":   {},
		"action": document(func(_ *zoo, p *plan.Plan) { p.Changes[1].Action = schema.Rename }),
		"address": document(func(_ *zoo, p *plan.Plan) {
			p.Changes[0].Addr.Key = "heads"
		}),
		"value": document(func(_ *zoo, p *plan.Plan) {
			want(p, 0, func(o *schema.Object) { o.Body.(*zooRole).Permissions = []string{"fee", "d"} })
		}),
		"other value": document(func(_ *zoo, p *plan.Plan) {
			want(p, 0, func(o *schema.Object) { o.Body.(*zooRole).Permissions = []string{"fe", "ed"} })
		}),
		"not set": document(func(_ *zoo, p *plan.Plan) { want(p, 0, func(o *schema.Object) { o.Set = o.Kind.Mask("id") }) }),
		"creation": document(func(_ *zoo, p *plan.Plan) {
			want(p, 2, func(o *schema.Object) {})
			p.Changes[2].Action, p.Changes[2].Have = schema.Create, nil
		}),
		"instruction": document(func(_ *zoo, p *plan.Plan) {
			want(p, 2, func(o *schema.Object) { o.Body.(*zooUser).Invite = "mail"; o.Set |= o.Kind.Mask("invite") })
			p.Changes[2].Action, p.Changes[2].Have = schema.Create, nil
		}),
		"before": document(func(_ *zoo, p *plan.Plan) {
			o := p.Changes[2].Have.Clone()
			o.Body.(*zooUser).Disabled = true
			p.Changes[2].Have = &o
		}),
		"unverified": document(func(_ *zoo, p *plan.Plan) {
			o := p.Changes[2].Have.Clone()
			o.LastWritten = true
			p.Changes[2].Have = &o
		}),
		"cascade": document(func(_ *zoo, p *plan.Plan) { p.Changes[2].Cascades = []*schema.Object{p.Changes[2].Have} }),
	}
}

func TestDigestDiffers(t *testing.T) {
	seen := map[string]string{}
	for name, d := range digests(t) {
		digest := d.Digest()
		if other, twice := seen[digest]; twice {
			t.Errorf("%s and %s have the same digest", name, other)
		}
		seen[digest] = name
		if again, err := plan.ParseDigest(" " + strings.ToUpper(digest) + "\n"); err != nil || again != digest {
			t.Errorf("%s: %q, %v", name, again, err)
		}
	}
}

// What is only told, counted or named differently is no part of the digest.
func TestDigestIsStable(t *testing.T) {
	z := newZoo()
	swap(z)
	d := &plan.Document{Plans: []*plan.Plan{Build(z.in).Plan}}
	want := d.Digest()
	p := d.Plans[0]
	q := *p
	q.Changes = slices.Clone(p.Changes)
	for i := range q.Changes {
		c := &q.Changes[i]
		c.Reason, c.Pos, c.DependsOn, c.Addr.Provider = "because", schema.Pos{File: "x.hcl", Line: 7}, nil, "zoo.other"
		if c.Have != nil {
			o := c.Have.Clone()
			o.ID, o.Alias, o.Addr.Provider = "17", "other", "zoo.other"
			o.Body.(interface{ touch() }).touch()
			c.Have = &o
		}
	}
	q.Provider, q.Endpoint, q.Requests, q.DisplayNames = "zoo.other", "https://other.example", plan.Requests{Spent: 7}, map[string]string{"a": "b"}
	empty := plan.Plan{Provider: "zoo.empty", Product: "zoo", Tenant: "77", Changes: []plan.Change{{Action: schema.Refuse, Addr: p.Changes[0].Addr}}}
	e := &plan.Document{Version: "9", Directory: "elsewhere", Plans: []*plan.Plan{&empty, &q}}
	if got := e.Digest(); got != want {
		t.Errorf("digest %s, want %s", got, want)
	}
	joint := *p
	joint.Changes = plan.Joined(p.Changes)
	slices.Reverse(joint.Changes)
	if got := (&plan.Document{Plans: []*plan.Plan{&joint}}).Digest(); got != want || len(joint.Changes) != 3 {
		t.Errorf("in one step and another order: digest %s, want %s", got, want)
	}
	var b bytes.Buffer
	if err := planfile.Encode(&b, d); err != nil {
		t.Fatal(err)
	}
	read, err := planfile.Decode(&b, []*schema.Product{zooProduct()})
	if err != nil || read.Digest() != want {
		t.Errorf("after reading it back: digest %s, want %s (%v)", read.Digest(), want, err)
	}
}

// touch changes what is not compared.
func (u *zooUser) touch() { u.Invite = "touched" }
func (r *zooRole) touch() {}

type zooSettings struct {
	Vault string
	Pace  int64
	Mode  string
}

// steered plans with settings of the provider block.
func steered(s *zooSettings, set ...string) (*zoo, *plan.Document) {
	z := newZoo()
	z.in.Tenant.Product.Settings = &schema.Kind{Name: "zoo", Attributes: []schema.Attribute{
		schema.String("vault", "", func(s *zooSettings) *string { return &s.Vault }).With(schema.Steering),
		schema.Int("pace", "", func(s *zooSettings) *int64 { return &s.Pace }),
		schema.String("mode", "", func(s *zooSettings) *string { return &s.Mode }).With(schema.Steering).
			Default(func(body any) bool { return body.(*zooSettings).Mode == "plain" }),
	}}
	k := z.in.Tenant.Product.Settings
	z.in.Tenant.Settings = schema.Object{Kind: k, Body: s, Set: k.Mask(set...)}
	headKeepers(z)
	return z, &plan.Document{Plans: []*plan.Plan{Build(z.in).Plan}}
}

// Settings on which it depends what apply writes are approved with the changes. Others
// are not, nor is a setting that says what is so without it.
func TestSettingsAreApproved(t *testing.T) {
	_, plain := steered(&zooSettings{})
	for _, test := range []struct {
		name     string
		settings zooSettings
		set      []string
		same     bool
	}{
		{"a setting that steers", zooSettings{Vault: "north"}, []string{"vault"}, false},
		{"another one", zooSettings{Mode: "fast"}, []string{"mode"}, false},
		{"the pace", zooSettings{Pace: 7}, []string{"pace"}, true},
		{"what is the default", zooSettings{Mode: "plain"}, []string{"mode"}, true},
		{"an empty text", zooSettings{}, []string{"vault"}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			z, d := steered(&test.settings, test.set...)
			if (d.Digest() == plain.Digest()) != test.same {
				t.Errorf("digests %s and %s", d.Digest(), plain.Digest())
			}
			var b bytes.Buffer
			if err := planfile.Encode(&b, d); err != nil {
				t.Fatal(err)
			}
			read, err := planfile.Decode(&b, []*schema.Product{z.in.Tenant.Product})
			if err != nil || read.Digest() != d.Digest() {
				t.Fatalf("read back: %s, want %s (%v)", read.Digest(), d.Digest(), err)
			}
			z.in.Approved = plain.Approval("zoo", z.in.ID)
			p := Build(z.in).Plan
			if (len(p.Changes) > 0) != test.same || len(p.Deviations) > 0 == test.same {
				t.Errorf("changes %v, deviations %v", told(p), p.Deviations)
			}
			for _, v := range p.Deviations {
				if v.Why != plan.SettingsDiffer {
					t.Errorf("%s %s", v.Addr, v.Why)
				}
			}
			z.in.Approved = read.Approval("zoo", z.in.ID)
			if p := Build(z.in).Plan; len(p.Deviations) > 0 || len(p.Changes) != len(d.Plans[0].Changes) {
				t.Errorf("approved as it is: changes %v, deviations %v", told(p), p.Deviations)
			}
		})
	}
}

// An instruction that says what is so without it makes no other digest.
func TestDefaultInstruction(t *testing.T) {
	digest := func(invite string, set ...string) string {
		z := newZoo()
		k := z.in.Tenant.Product.Kind("user")
		i := k.Index("invite")
		k.Attributes[i] = k.Attributes[i].Default(func(body any) bool { return body.(*zooUser).Invite == "silent" })
		z.files(&zooUser{Email: "ana@zoo.example", Invite: invite}, set...)
		return (&plan.Document{Plans: []*plan.Plan{Build(z.in).Plan}}).Digest()
	}
	plain, silent, mail := digest("", "name"), digest("silent", "name", "invite"), digest("mail", "name", "invite")
	if plain != silent || plain == mail {
		t.Error(plain, silent, mail)
	}
}

func TestParseDigest(t *testing.T) {
	digest := (&plan.Document{}).Digest()
	for _, s := range []string{"", "sha256:", "sha256:0", digest[7:], digest + "0", digest[:len(digest)-1], "sha512:" + digest[7:], digest[:len(digest)-1] + "x"} {
		if got, err := plan.ParseDigest(s); err == nil {
			t.Errorf("%q is taken for %q", s, got)
		}
	}
}
