package providertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/live"
	"github.com/rolecall-dev/rolecall/plan/planfile"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A mode is one way of telling the story.
type mode struct {
	record  *record // written to, the first time
	compare *record // what the tenant must be like after each step
	saved   bool
	trouble trouble
	at      int  // the write of each step that meets the trouble; 0 means by turns
	mixed   bool // the trouble is another one from step to step
}

// A scenario is a story under way: a product, and the folder with the files.
type scenario struct {
	suite    *Suite
	variants []string
	how      mode
	wire     *wire
	start    Product
	dir      string
	last     *schema.Tenant // as loaded last, to connect with
	reach    reach
	spoken   map[schema.Address]schema.Object // declared so far, of kinds without a list
	journal  memory                           // of whoever applies at the moment
	others   memory                           // of whoever does not: us, or somebody else
	later    time.Duration                    // by which the clock of the machine is fast
	hostile  bool                             // what is sent need not be described

	obstacles []KnownLimitation // of the reading
	met       []bool            // of obstacles
}

func (s *Suite) newScenario(t testing.TB, variants []string, how mode) (c *scenario) {
	t.Helper()
	p := s.Start(t, variants)
	if p.Wait == nil {
		p.Wait = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	}
	if s.Contract != nil {
		p.Transport = s.Contract.Watch(p.Transport, func(err error) {
			if !c.hostile {
				t.Error(err)
			}
		})
	}
	c = &scenario{suite: s, variants: variants, how: how, start: p, dir: t.TempDir(), wire: &wire{next: p.Transport, reads: s.Provider.Reads}}
	c.reach.next = p.Reach
	c.journal, c.others = memory{}, memory{}
	c.obstacles = s.obstacles(variants)
	c.met = make([]bool, len(c.obstacles))
	c.reach.opens = func() bool { return c.meet(func(o KnownLimitation) bool { return o.Opens }) }
	return c
}

// load writes the files anew and reads them.
func (c *scenario) load(text string) (*schema.Tenant, hcl.Diagnostics) {
	if err := os.WriteFile(filepath.Join(c.dir, "main.hcl"), []byte(text), 0o600); err != nil {
		return nil, hcl.Diagnostics{{Severity: hcl.DiagError, Summary: err.Error()}}
	}
	cfg, diags := config.Load(c.dir, config.Options{Products: []*schema.Product{&c.suite.Provider.Product}})
	if diags.HasErrors() {
		return nil, diags
	}
	if len(cfg.Tenants) != 1 {
		return nil, append(diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: fmt.Sprintf("%d provider blocks, the suite wants one", len(cfg.Tenants))})
	}
	c.last = cfg.Tenants[0]
	c.remember(c.last)
	return c.last, diags
}

// connect opens a connection that reads only, until its gate is opened.
func (c *scenario) connect(ctx context.Context, tenant *schema.Tenant, index *schema.Index) (provider.Client, *gate, error) {
	g := &gate{reading: rest.ReadOnly(c.wire, c.suite.Provider.Reads), writing: c.wire}
	client, err := c.suite.Provider.Connect(ctx, provider.Options{
		Tenant: tenant.Name, Settings: tenant.Settings, Key: c.start.Key, Endpoint: c.start.Endpoint,
		Transport: g, Index: index, UserAgent: "rolecall/providertest",
		Wait: c.start.Wait, Recall: c.journal.recall(), Now: func() time.Time { return time.Now().Add(c.later) },
	})
	if err != nil {
		return nil, nil, fmt.Errorf("connect: %w", err)
	}
	return client, g, nil
}

// A draft is a plan with the connection that it was made on.
type draft struct {
	plan   *plan.Plan
	tenant *schema.Tenant
	index  *schema.Index
	client provider.Client
	gate   *gate
}

// plan plans the files, and makes sure that only reads were sent.
func (c *scenario) plan(ctx context.Context, tenant *schema.Tenant) (draft, error) {
	return c.planApproved(ctx, tenant, nil)
}

// planApproved plans what is approved; everything where approved is nil.
func (c *scenario) planApproved(ctx context.Context, tenant *schema.Tenant, approved *plan.Approval) (d draft, err error) {
	c.wire.expect(none, 0)
	d = draft{tenant: tenant, index: &schema.Index{}}
	if d.client, d.gate, err = c.connect(ctx, tenant, d.index); err != nil {
		return d, err
	}
	d.plan, err = live.Plan(ctx, live.Input{Client: d.client, Tenant: tenant, Index: d.index, Endpoint: c.start.Endpoint, Approved: approved})
	if err != nil {
		return d, fmt.Errorf("plan: %w", err)
	}
	c.reach.warn(d.plan)
	if _, writes := c.wire.counts(); writes != 0 {
		return d, fmt.Errorf("planning sent %d writes", writes)
	}
	return d, nil
}

// read loads and plans in one go, for configurations that must be in order.
func (c *scenario) read(ctx context.Context, text string) (draft, error) {
	tenant, diags := c.load(text)
	if diags.HasErrors() {
		return draft{}, diags
	}
	return c.plan(ctx, tenant)
}

// execute applies a plan under the given trouble, on the connection that it was
// made on. It tells how many requests and writes that took. One worker makes it
// certain which write meets the trouble.
func (c *scenario) execute(ctx context.Context, d draft, t trouble, at int) (report *apply.Report, requests, writes int, err error) {
	o := apply.Options{Wait: noWait}
	if t != none {
		o.Parallelism = 1
	}
	c.wire.expect(t, at)
	d.gate.open()
	report, err = apply.Run(ctx, d.plan, d.client, d.index, o)
	c.journal.note(report)
	requests, writes = c.wire.counts()
	return report, requests, writes, err
}

// noWait lets no time pass before an unanswered create is looked up again.
func noWait(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// executeSaved plans the files again with the written form of a plan as the
// approval, and applies what both hold.
func (c *scenario) executeSaved(ctx context.Context, text string, saved *plan.Plan) (report *apply.Report, requests, writes int, err error) {
	approved, err := c.approval(saved)
	if err != nil {
		return nil, 0, 0, err
	}
	tenant, diags := c.load(text)
	if diags.HasErrors() {
		return nil, 0, 0, diags
	}
	d, err := c.planApproved(ctx, tenant, approved)
	if err != nil {
		return nil, 0, 0, err
	}
	report, requests, writes, err = c.execute(ctx, d, none, 0)
	return report, requests, writes, err
}

// approval takes a plan through its written form.
func (c *scenario) approval(p *plan.Plan) (*plan.Approval, error) {
	var b bytes.Buffer
	if err := planfile.Encode(&b, &plan.Document{Plans: []*plan.Plan{p}}); err != nil {
		return nil, fmt.Errorf("save the plan: %w", err)
	}
	doc, err := planfile.Decode(&b, []*schema.Product{&c.suite.Provider.Product})
	if err != nil {
		return nil, fmt.Errorf("read the saved plan: %w", err)
	}
	return doc.Approval(p.Product, p.Tenant), nil
}

// settle plans and applies until the plan is empty, as somebody does after an
// interruption.
func (c *scenario) settle(ctx context.Context, text string) error {
	if len(c.obstacles) > 0 {
		return c.attempt(ctx, text)
	}
	for range 3 {
		d, err := c.read(ctx, text)
		if err != nil {
			return err
		}
		if pending(d.plan) == "" {
			return nil
		}
		report, _, _, err := c.execute(ctx, d, none, 0)
		if err := errors.Join(err, failures(report)); err != nil {
			return fmt.Errorf("apply: %w", err)
		}
	}
	d, err := c.read(ctx, text)
	if err != nil {
		return err
	}
	return fmt.Errorf("the plan does not get empty: %s", pending(d.plan))
}
