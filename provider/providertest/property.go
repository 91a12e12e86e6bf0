package providertest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/live"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Property is a test with random tenants and random files.
type Property struct {
	Provider *provider.Provider
	// Draw draws a tenant and files, and starts an emulator of the tenant.
	Draw func(t *rapid.T) Drawn
	// AllowRefused allows files that a plan refuses. Without it, a plan with errors fails
	// the test.
	AllowRefused bool
	// NoTransientRights forbids temporary extra rights even if the plan warns of them.
	NoTransientRights bool
	// Deactivate changes an active user as deactivating does, and returns the name of the
	// attribute that it changed. Nil means that the files deactivate no user.
	Deactivate func(o *schema.Object) string
}

// A Drawn is a random tenant with random files.
type Drawn struct {
	// Product is an emulator of the tenant. Its TakeRights must not be nil.
	Product Product
	// Head is the provider block.
	Head string
	// From are the blocks that describe the tenant as it is, and To those that describe
	// how it should be.
	From, To []string
}

// A trial checks the property with one drawn tenant.
type trial struct {
	*rapid.T
	property *Property
	drawn    Drawn
	dir      string
}

// Check draws tenants and files, and checks:
//
//   - files that describe the tenant as it is have an empty plan;
//   - the order of the blocks does not change the plan;
//   - after applying the plan, the next plan is empty;
//   - after each write, no user has a right that the user has neither before nor after;
//   - undoing the journal, last write first, restores the tenant.
func (p Property) Check(t *testing.T) {
	applied, undone := 0, 0
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		now, back := (&trial{T: t, property: &p, drawn: p.Draw(t), dir: dir}).check()
		applied, undone = applied+now, undone+back
	})
	if applied == 0 || undone == 0 {
		t.Errorf("%d changes were applied, %d undone: nothing was tested", applied, undone)
	}
}

// check returns the numbers of changes applied and of writes undone.
func (r *trial) check() (applied, undone int) {
	r.Helper()
	from, to := r.drawn.From, r.drawn.To
	if again := r.plan(from).plan; len(again.Changes) > 0 || again.Errors() > 0 {
		r.Fatalf("the plan for files that describe the tenant is not empty: %s", describePlan(again))
	}
	d := r.plan(to)
	if d.plan.Errors() > 0 || len(d.plan.Violations) > 0 {
		if !r.property.AllowRefused {
			r.Fatalf("the plan has errors: %s", describePlan(d.plan))
		}
		return 0, 0
	}
	said := describePlan(d.plan)
	if other := describePlan(r.plan(rapid.Permutation(to).Draw(r.T, "order")).plan); said != other {
		r.Fatalf("the order of the blocks changes the plan:\n%s\nand:\n%s", said, other)
	}
	record := r.apply(d)
	if next := r.plan(to).plan; len(next.Changes) > 0 || next.Errors() > 0 {
		r.Fatalf("after applying\n%s\nthe next plan is not empty:\n%s", said, describePlan(next))
	}
	r.checkRights(d.plan)
	undone = r.undo(d.client, record)
	if back := r.plan(from).plan; len(back.Changes) > 0 {
		r.Fatalf("undoing\n%s\ndoes not restore the tenant:\n%s", said, describePlan(back))
	}
	return len(d.plan.Changes), undone
}

// plan plans the blocks.
func (r *trial) plan(blocks []string) draft {
	r.Helper()
	text := r.drawn.Head + strings.Join(blocks, "")
	if err := os.WriteFile(filepath.Join(r.dir, "main.hcl"), []byte(text), 0o600); err != nil {
		r.Fatal(err)
	}
	cfg, diags := config.Load(r.dir, config.Options{Products: []*schema.Product{&r.property.Provider.Product}})
	if diags.HasErrors() {
		r.Fatal(diags)
	}
	d := draft{index: &schema.Index{}, tenant: cfg.Tenants[0]}
	product := r.drawn.Product
	var err error
	if d.client, err = r.property.Provider.Connect(context.Background(), provider.Options{
		Tenant: d.tenant.Name, Settings: d.tenant.Settings, Key: product.Key, Endpoint: product.Endpoint,
		Transport: product.Transport, Index: d.index, Wait: product.Wait,
	}); err != nil {
		r.Fatal(err)
	}
	if d.plan, err = live.Plan(context.Background(), live.Input{Client: d.client, Tenant: d.tenant, Index: d.index, Endpoint: product.Endpoint}); err != nil {
		r.Fatal(err)
	}
	return d
}

// describePlan returns the changes and findings of a plan, without positions in files.
func describePlan(p *plan.Plan) string {
	var b strings.Builder
	for i := range p.Changes {
		c := &p.Changes[i]
		fmt.Fprintf(&b, "%s %s %v %x", c.Action, c.Addr, c.DependsOn, c.Changed)
		if c.Have != nil && c.Want != nil {
			fmt.Fprintf(&b, " %+v -> %+v", c.Have.Body, c.Want.Body)
		}
		b.WriteString("\n")
	}
	var findings []string
	for _, f := range p.Findings { // these follow the files
		findings = append(findings, f.Code+" "+f.Addr.String())
	}
	slices.Sort(findings)
	return b.String() + strings.Join(findings, "\n")
}

// checkRights compares the rights after each write with the first and the last.
func (r *trial) checkRights(p *plan.Plan) {
	r.Helper()
	states := r.drawn.Product.TakeRights()
	if len(states) == 0 {
		r.Fatal("the product reported no rights")
	}
	all := rightsWatch{take: func() []map[string][]string { return states }}
	if !r.property.NoTransientRights {
		all.readWarnings(p)
	}
	if err := all.check(); err != nil {
		r.Fatalf("%v\n%s", err, describePlan(p))
	}
}
