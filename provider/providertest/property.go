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

// A Property is what holds for any tenant and any files that it shall follow.
type Property struct {
	Provider *provider.Provider
	// Draw draws a tenant and the files, and starts an emulator of the tenant.
	Draw func(t *rapid.T) Drawn
	// Refusals says that files may be drawn which a plan rightly refuses. Without it
	// a plan with errors is one that fails the test.
	Refusals bool
	// Narrow says that nobody may have more for a moment even where the plan said
	// that it cannot be helped.
	Narrow bool
	// Leave changes a person who was active to what deactivating made of them, and
	// returns the name of the attribute that says so. Nil means that nobody is
	// deactivated.
	Leave func(o *schema.Object) string
}

// A Drawn is a tenant with the files that it shall follow.
type Drawn struct {
	// Product is an emulator of the tenant. It must tell what people can see and do.
	Product Product
	// Head is the provider block.
	Head string
	// From are the blocks that say what the tenant is, and To those that say what it
	// shall be, both the whole of it.
	From, To []string
}

// A trial holds the property against one drawn tenant.
type trial struct {
	*rapid.T
	property *Property
	drawn    Drawn
	dir      string
}

// Check draws tenants and the files that they shall follow:
//
//   - planning a tenant against itself gives nothing;
//   - the order of the blocks makes no difference;
//   - after applying the plan, the next plan is empty;
//   - after each write nobody can see or do more than before or after;
//   - undoing the journal, last write first, leads back to the beginning.
func (p Property) Check(t *testing.T) {
	applied, undone := 0, 0
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		now, back := (&trial{T: t, property: &p, drawn: p.Draw(t), dir: dir}).hold()
		applied, undone = applied+now, undone+back
	})
	if applied == 0 || undone == 0 {
		t.Errorf("%d changes were applied, %d undone: the property says nothing", applied, undone)
	}
}

// hold returns how many changes were applied and how many writes undone.
func (r *trial) hold() (applied, undone int) {
	r.Helper()
	from, to := r.drawn.From, r.drawn.To
	if again := r.plan(from).plan; len(again.Changes) > 0 || again.Errors() > 0 {
		r.Fatalf("a tenant against itself: %s", encoded(again))
	}
	d := r.plan(to)
	if d.plan.Errors() > 0 || len(d.plan.Violations) > 0 {
		if !r.property.Refusals {
			r.Fatalf("not to be carried out: %s", encoded(d.plan))
		}
		return 0, 0
	}
	said := encoded(d.plan)
	if other := encoded(r.plan(rapid.Permutation(to).Draw(r.T, "order")).plan); said != other {
		r.Fatalf("in another order the plan is another one:\n%s\nand:\n%s", said, other)
	}
	record := r.apply(d)
	if next := r.plan(to).plan; len(next.Changes) > 0 || next.Errors() > 0 {
		r.Fatalf("after\n%s\nthere is more to do:\n%s", said, encoded(next))
	}
	r.narrow(d.plan)
	undone = r.undo(d.client, record)
	if back := r.plan(from).plan; len(back.Changes) > 0 {
		r.Fatalf("after undoing\n%s\nthere is a difference to the beginning:\n%s", said, encoded(back))
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

// encoded is what a plan says, so that two can be compared. Where a block stands in
// the files is left out.
func encoded(p *plan.Plan) string {
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

// narrow holds every moment against the first and the last.
func (r *trial) narrow(p *plan.Plan) {
	r.Helper()
	moments := r.drawn.Product.Reach()
	if len(moments) == 0 {
		r.Fatal("nobody was seen at any moment")
	}
	all := reach{next: func() []map[string][]string { return moments }}
	if !r.property.Narrow {
		all.warn(p)
	}
	if err := all.narrow(); err != nil {
		r.Fatalf("%v\n%s", err, encoded(p))
	}
}
