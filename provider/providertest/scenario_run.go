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

// A mode is one way to run the steps.
type mode struct {
	record   *record // receives the results of the first run
	compare  *record // how the tenant must be after each step
	thorough bool    // what one run under the variants shows: the order of the blocks, and plans applied twice
	saved    bool
	fault    fault
	at       int  // the write of each step that has the fault; 0 means a different one in each step
	rotate   bool // each step has a different fault
}

// A scenarioRun is one run of the steps: a product, and the directory with the files.
type scenarioRun struct {
	suite        *Suite
	variants     []string
	mode         mode
	transport    *faultTransport
	product      Product
	dir          string
	written      string         // the text of the file in dir
	last         *schema.Tenant // as last loaded
	rights       rightsWatch
	declared     map[schema.Address]schema.Object // objects declared so far, of kinds without a list
	journal      journalMemory                    // of the user who applies now
	others       journalMemory                    // of the other user
	clockOffset  time.Duration                    // added to the clock of the client
	skipContract bool                             // do not check requests against the contract

	limitations []KnownLimitation // of the variants
	met         []bool            // by index of limitations: whether it occurred
}

func (s *Suite) newRun(t testing.TB, variants []string, m mode) (c *scenarioRun) {
	t.Helper()
	p := s.Start(t, variants)
	if p.Wait == nil {
		p.Wait = noWait
	}
	if p.Now == nil {
		p.Now = time.Now
	}
	if s.Contract != nil {
		p.Transport = s.Contract.Transport(p.Transport, func(err error) {
			if !c.skipContract {
				t.Error(err)
			}
		})
	}
	c = &scenarioRun{suite: s, variants: variants, mode: m, product: p, dir: t.TempDir(), transport: &faultTransport{next: p.Transport, reads: s.Provider.Reads}}
	c.rights.take = p.TakeRights
	c.journal, c.others = journalMemory{}, journalMemory{}
	c.limitations = s.limitations(variants)
	c.met = make([]bool, len(c.limitations))
	c.rights.limited = func() bool { return c.matchLimitation(func(o KnownLimitation) bool { return o.GrantsExtra }) }
	return c
}

// load writes and loads the files.
func (c *scenarioRun) load(text string) (*schema.Tenant, hcl.Diagnostics) {
	if text != c.written {
		if err := os.WriteFile(filepath.Join(c.dir, "main.hcl"), []byte(text), 0o600); err != nil {
			return nil, hcl.Diagnostics{{Severity: hcl.DiagError, Summary: err.Error()}}
		}
		c.written = text
	}
	cfg, diags := config.Load(c.dir, config.Options{Products: []*schema.Product{&c.suite.Provider.Product}})
	if diags.HasErrors() {
		return nil, diags
	}
	if len(cfg.Tenants) != 1 {
		return nil, append(diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: fmt.Sprintf("%d provider blocks, the suite needs one", len(cfg.Tenants))})
	}
	c.last = cfg.Tenants[0]
	c.rememberDeclared(c.last)
	return c.last, diags
}

// connect opens a connection that only reads until its gate is opened.
func (c *scenarioRun) connect(ctx context.Context, tenant *schema.Tenant, index *schema.Index) (provider.Client, *gate, error) {
	g := &gate{reads: rest.ReadOnly(c.transport, c.suite.Provider.Reads), writes: c.transport}
	client, err := c.suite.Provider.Connect(ctx, provider.Options{
		Tenant: tenant.Name, Settings: tenant.Settings, Key: c.product.Key, Endpoint: c.product.Endpoint,
		Transport: g, Index: index, UserAgent: "rolecall/providertest",
		Wait: c.product.Wait, LastWritten: c.journal.recall(), Now: func() time.Time { return c.product.Now().Add(c.clockOffset) },
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

// plan plans the files. It is an error if planning sends a write.
func (c *scenarioRun) plan(ctx context.Context, tenant *schema.Tenant) (draft, error) {
	return c.planApproved(ctx, tenant, nil)
}

// planApproved plans what is approved, or everything if approved is nil.
func (c *scenarioRun) planApproved(ctx context.Context, tenant *schema.Tenant, approved *plan.Approval) (d draft, err error) {
	c.transport.inject(noFault, 0)
	d = draft{tenant: tenant, index: &schema.Index{}}
	if d.client, d.gate, err = c.connect(ctx, tenant, d.index); err != nil {
		return d, err
	}
	d.plan, err = live.Plan(ctx, live.Input{Client: d.client, Tenant: tenant, Index: d.index, Endpoint: c.product.Endpoint, Approved: approved})
	if err != nil {
		return d, fmt.Errorf("plan: %w", err)
	}
	c.rights.readWarnings(d.plan)
	if _, writes := c.transport.counts(); writes != 0 {
		return d, fmt.Errorf("planning sent %d writes", writes)
	}
	return d, nil
}

// loadAndPlan loads and plans files that must have no errors.
func (c *scenarioRun) loadAndPlan(ctx context.Context, text string) (draft, error) {
	tenant, diags := c.load(text)
	if diags.HasErrors() {
		return draft{}, diags
	}
	return c.plan(ctx, tenant)
}

// execute applies a plan with a fault, on the connection that it was made on. It
// returns the numbers of requests and of writes among them. With a fault, writes are
// sent one after the other, so that it is certain which one has it.
func (c *scenarioRun) execute(ctx context.Context, d draft, t fault, at int) (report *apply.Report, requests, writes int, err error) {
	o := apply.Options{Wait: noWait}
	if t != noFault {
		o.Parallelism = 1
	}
	c.transport.inject(t, at)
	d.gate.open()
	report, err = apply.Run(ctx, d.plan, d.client, d.index, o)
	c.journal.record(report)
	requests, writes = c.transport.counts()
	return report, requests, writes, err
}

// noWait does not wait.
func noWait(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// executeSaved plans the files again with a saved plan as the approval, and applies
// what both plans contain.
func (c *scenarioRun) executeSaved(ctx context.Context, text string, saved *plan.Plan) (report *apply.Report, requests, writes int, err error) {
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
	report, requests, writes, err = c.execute(ctx, d, noFault, 0)
	return report, requests, writes, err
}

// approval encodes and decodes a plan.
func (c *scenarioRun) approval(p *plan.Plan) (*plan.Approval, error) {
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

// converge plans and applies until the plan is empty, as a user does after an
// interruption.
func (c *scenarioRun) converge(ctx context.Context, text string) error {
	if len(c.limitations) > 0 {
		return c.convergeOrExplain(ctx, text)
	}
	for range 3 {
		d, err := c.loadAndPlan(ctx, text)
		if err != nil {
			return err
		}
		if pending(d.plan) == "" {
			return nil
		}
		report, _, _, err := c.execute(ctx, d, noFault, 0)
		if err := errors.Join(err, failures(report)); err != nil {
			return fmt.Errorf("apply: %w", err)
		}
	}
	d, err := c.loadAndPlan(ctx, text)
	if err != nil {
		return err
	}
	return fmt.Errorf("the plan does not become empty: %s", pending(d.plan))
}
