package providertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/apply/datadir"
	"github.com/rolecall-dev/rolecall/apply/undo"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/live"
	"github.com/rolecall-dev/rolecall/plan/planfile"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// runUndone runs the steps and undoes each of them as rolecall undo does. The tenant must be as before
// the step. Then the undo is undone, for the next step.
func (s *Suite) runUndone(t *testing.T) {
	c := s.newRun(t, nil, mode{})
	used := map[string]bool{}
	for i := range s.Steps {
		if !t.Run(s.Steps[i].Name, func(t *testing.T) {
			if err := errors.Join(c.undoStep(t.Context(), c.stepAt(i), used), c.rights.check()); err != nil {
				t.Error(err)
			}
		}) {
			t.FailNow() // the next steps depend on this one
		}
	}
	for kind, reasons := range s.NotUndone {
		for _, why := range reasons {
			if !used[kind+why] {
				t.Errorf("no %s is left alone because: %s", kind, why)
			}
		}
	}
}

// undoStep runs a step, undoes it, and undoes the undo.
func (c *scenarioRun) undoStep(ctx context.Context, s *Step, used map[string]bool) error {
	for _, text := range []string{s.Before, s.Meanwhile} {
		if err := c.applyByOthers(ctx, text); err != nil {
			return err
		}
	}
	tenant, diags := c.load(s.HCL)
	if tenant == nil || diags.HasErrors() {
		return nil
	}
	d, err := c.plan(ctx, tenant)
	if err != nil {
		return err
	}
	if d.plan.Errors() > 0 || len(d.plan.Violations) > 0 || d.plan.Summary().Writes() == 0 {
		return nil
	}
	before, err := c.state(ctx, tenant)
	if err != nil {
		return err
	}
	record, err := c.executeRecorded(ctx, d)
	if err != nil {
		return fmt.Errorf("apply: %w", err)
	}
	if err := c.rights.check(); err != nil {
		return err
	}
	after, err := c.state(ctx, tenant)
	if err != nil {
		return err
	}
	undone, err := c.undo(ctx, tenant, record, before, used)
	if err != nil {
		return fmt.Errorf("undo: %w", err)
	}
	if _, err = c.undo(ctx, tenant, undone, after, used); err != nil {
		return fmt.Errorf("undo of the undo: %w", err)
	}
	return c.converge(ctx, s.HCL)
}

// undo undoes a run and returns its own journal. The tenant must be as before, but for what is left alone
// for a reason that Suite.NotUndone has.
func (c *scenarioRun) undo(ctx context.Context, tenant *schema.Tenant, record *apply.Record, before map[string]string, used map[string]bool) (*apply.Record, error) {
	u, err := undo.Of(record, &c.suite.Provider.Product)
	if err != nil {
		return nil, err
	}
	files := *tenant
	files.Limits = schema.Limits{MaxDeletes: 1000, MaxDeletePercent: 100, MaxDailyRemovals: schema.SameAsOnePlan, AllowEmpty: true}
	d := draft{tenant: &files, index: &schema.Index{}}
	if d.client, d.gate, err = c.connect(ctx, &files, d.index); err != nil {
		return nil, err
	}
	in := live.Input{Client: d.client, Index: d.index, Endpoint: c.product.Endpoint}
	err = u.Plan(&files, func(t *schema.Tenant) (*plan.Plan, map[string][]schema.Object, error) {
		in.Tenant = t
		s, err := live.Look(ctx, in)
		if err != nil {
			return nil, nil, err
		}
		d.plan, in.Listed = s.Plan, s.Live
		return s.Plan, s.Live, nil
	})
	if err != nil {
		return nil, err
	}
	for _, f := range slices.Concat(d.plan.Findings, d.plan.Violations) {
		if f.Severity == schema.Error {
			return nil, fmt.Errorf("%s %s: %s. %s", f.Code, f.Addr, f.Summary, f.Detail)
		}
	}
	c.rights.readWarnings(d.plan)
	done, err := c.executeRecorded(ctx, d)
	if err := errors.Join(err, c.rights.check()); err != nil {
		return nil, fmt.Errorf("%w\nof %s", err, pending(d.plan))
	}
	return done, c.checkUndone(ctx, u, tenant, before, used)
}

// checkUndone compares the tenant with its state before.
func (c *scenarioRun) checkUndone(ctx context.Context, u *undo.Undo, tenant *schema.Tenant, before map[string]string, used map[string]bool) error {
	now, err := c.state(ctx, tenant)
	if err != nil {
		return err
	}
	before = maps.Clone(before)
	for _, l := range u.LeftAlone() {
		reasons := c.suite.NotUndone[l.Addr.Kind]
		i := slices.IndexFunc(reasons, func(why string) bool { return strings.Contains(l.Why, why) })
		if i < 0 {
			return fmt.Errorf("%s is left alone: %s", l.Addr, l.Why)
		}
		used[l.Addr.Kind+reasons[i]] = true
		delete(before, l.Addr.String())
		delete(now, l.Addr.String())
	}
	for address := range c.suite.MadeBesides {
		if _, was := before[address]; !was {
			delete(now, address)
		}
	}
	if d := cmp.Diff(before, now); d != "" {
		return fmt.Errorf("the tenant is not as before (-before +now):\n%s", d)
	}
	return nil
}

// state returns what the tenant has: the compared attributes of all objects, by address.
func (c *scenarioRun) state(ctx context.Context, tenant *schema.Tenant) (map[string]string, error) {
	all := *tenant
	in := live.Input{Tenant: &all, Index: &schema.Index{}, Endpoint: c.product.Endpoint}
	client, _, err := c.connect(ctx, &all, in.Index)
	if err != nil {
		return nil, err
	}
	in.Client = client
	all.Objects = nil
	for _, a := range slices.SortedFunc(maps.Keys(c.declared), schema.Address.Compare) {
		all.Objects = append(all.Objects, c.declared[a])
	}
	objects, err := live.Read(ctx, in, importedKinds(&all))
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, list := range objects {
		for i := range list {
			text, err := planfile.EncodeValues(&list[i], schema.Everything&^list[i].Kind.Having(schema.ReadOnly))
			if err != nil {
				return nil, err
			}
			out[list[i].Addr.String()] = string(text)
		}
	}
	return out, nil
}

// executeRecorded applies a plan and returns its journal.
func (c *scenarioRun) executeRecorded(ctx context.Context, d draft) (*apply.Record, error) {
	c.transport.inject(noFault, 0)
	folder, err := datadir.Open(c.dir, true, "journal")
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	journal, err := apply.OpenJournal(folder, apply.NewHeader(d.plan, "test", time.Now()), nil)
	if err != nil {
		return nil, err
	}
	d.gate.open()
	report, err := apply.Run(ctx, d.plan, d.client, d.index, apply.Options{Journal: journal, Wait: noWait})
	if err = errors.Join(err, failures(report), journal.Close()); err != nil {
		return nil, err
	}
	c.journal.record(report)
	text, err := os.ReadFile(journal.Path())
	if err != nil {
		return nil, err
	}
	return apply.ReadJournal(bytes.NewReader(text), []*schema.Product{&c.suite.Provider.Product})
}
