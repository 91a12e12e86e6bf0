package providertest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// step runs one step.
func (c *scenarioRun) step(ctx context.Context, i int) error {
	s := c.stepAt(i)
	if c.mode.rotate {
		c.mode.fault = requestLost + fault(i)%(killed-noFault)
	}
	switch {
	case len(c.limitations) > 0:
		if err := c.stepWithLimitations(ctx, s); err != nil {
			return err
		}
		return c.rights.check()
	case !c.hasFault(s, i):
		return errors.Join(c.stepWithoutFault(ctx, s, i), c.rights.check())
	}
	return errors.Join(c.stepToEnd(ctx, s, i), c.rights.check())
}

// stepAt returns a step, adapted to the variants.
func (c *scenarioRun) stepAt(i int) *Step {
	s := c.suite.Steps[i]
	if c.suite.AdaptStep != nil {
		s = c.suite.AdaptStep(s, c.variants)
	}
	return &s
}

// stepToEnd runs a step that must succeed.
func (c *scenarioRun) stepToEnd(ctx context.Context, s *Step, i int) error {
	if c.mode.record != nil {
		c.mode.record.writes = append(c.mode.record.writes, 0)
	}
	before := s.Before
	if c.mode.fault != noFault && s.Meanwhile != "" {
		// One fault at a time: the other user applies before the plan.
		if err := c.applyByOthers(ctx, before); err != nil {
			return err
		}
		before = s.Meanwhile
	}
	if err := c.applyByOthers(ctx, before); err != nil {
		return err
	}
	tenant, diags := c.load(s.HCL)
	var codes []string
	for _, d := range diags {
		codes = append(codes, config.Code(d))
		if d.Severity == hcl.DiagError && !slices.Contains(s.Findings, config.Code(d)) {
			return fmt.Errorf("load the files: %w", diags)
		}
	}
	if tenant == nil {
		return errors.Join(s.checkCodes(codes), c.checkTenant(ctx, i))
	}
	d, err := c.plan(ctx, tenant)
	if err != nil {
		return err
	}
	failed, err := s.checkPlan(d.plan, codes)
	if err != nil && (c.mode.fault == noFault || s.Meanwhile == "") {
		return err
	}
	if c.mode.thorough {
		if err := c.checkBlockOrder(ctx, s, d.plan); err != nil {
			return err
		}
	}
	if failed {
		return errors.Join(c.checkNotApplied(ctx, d), c.checkTenant(ctx, i))
	}
	return c.applyStep(ctx, s, i, d)
}

// applyByOthers applies a configuration as another user, who has another journal.
func (c *scenarioRun) applyByOthers(ctx context.Context, text string) error {
	if text == "" {
		return nil
	}
	c.journal, c.others = c.others, c.journal
	defer func() { c.journal, c.others = c.others, c.journal }()
	if err := c.converge(ctx, text); err != nil {
		return fmt.Errorf("another user: %w", err)
	}
	return c.rights.check()
}

// checkPlan compares the plan with the step, and reports whether it has errors.
func (s *Step) checkPlan(p *plan.Plan, codes []string) (failed bool, err error) {
	var unexpected []string
	for _, f := range slices.Concat(p.Findings, p.Violations) {
		codes = append(codes, f.Code)
		if f.Severity == schema.Error {
			failed = true
			if !slices.Contains(s.Findings, f.Code) {
				unexpected = append(unexpected, fmt.Sprintf("%s %s: %s. %s", f.Code, f.Addr, f.Summary, f.Detail))
			}
		}
	}
	failed = failed || len(p.Violations) > 0
	if len(unexpected) > 0 {
		return failed, fmt.Errorf("errors in the plan that Step.Findings does not name: %s", strings.Join(unexpected, "; "))
	}
	if err := s.checkCodes(codes); err != nil {
		return failed, err
	}
	if d := cmp.Diff(actionNames(s.Expect), actions(p.Changes)); d != "" {
		return failed, fmt.Errorf("changes (-expected +planned):\n%s", d)
	}
	if d := cmp.Diff(actionNames(s.Observed), actions(p.Observed)); d != "" {
		return failed, fmt.Errorf("observed differences (-expected +planned):\n%s", d)
	}
	return failed, nil
}

// checkCodes makes sure that all codes of Findings were reported.
func (s *Step) checkCodes(codes []string) error {
	for _, code := range s.Findings {
		if !slices.Contains(codes, code) {
			return fmt.Errorf("%s is not reported, only %v", code, codes)
		}
	}
	return nil
}

// applyStep applies the plan and makes sure that it is done.
func (c *scenarioRun) applyStep(ctx context.Context, s *Step, i int, d draft) error {
	if c.mode.fault == noFault {
		if err := c.applyByOthers(ctx, s.Meanwhile); err != nil {
			return err
		}
	}
	var report *apply.Report
	var requests, writes int
	var err error
	if c.mode.saved {
		report, requests, writes, err = c.executeSaved(ctx, s.HCL, d.plan)
	} else {
		report, requests, writes, err = c.execute(ctx, d, c.mode.fault, c.faultyWrite(i))
	}
	switch {
	case c.mode.fault != noFault:
		return errors.Join(c.converge(ctx, s.HCL), c.checkTenant(ctx, i))
	case err != nil:
		return fmt.Errorf("apply: %w", err)
	case s.Meanwhile != "":
		if d := cmp.Diff(s.Stale, stale(report)); d != "" {
			return fmt.Errorf("stale (-expected +found):\n%s", d)
		}
		if c.mode.record != nil {
			c.mode.record.writes[i] = writes + len(s.Stale) // with a fault, the other user applies before
		}
		return errors.Join(c.converge(ctx, s.HCL), c.checkTenant(ctx, i))
	}
	if err := failures(report); err != nil {
		return fmt.Errorf("apply: %w", err)
	}
	if c.mode.record != nil {
		c.mode.record.addApplied(d.plan, writes)
		if c.variants == nil && requests > d.plan.Requests.Estimated {
			return fmt.Errorf("the plan estimates %d requests, and applying it took %d", d.plan.Requests.Estimated, requests)
		}
	}
	return errors.Join(c.checkConverged(ctx, s, d), c.checkTenant(ctx, i))
}

// checkConverged makes sure that nothing is left to do, and in a thorough run that a plan is
// not applied a second time.
func (c *scenarioRun) checkConverged(ctx context.Context, s *Step, d draft) error {
	again, err := c.loadAndPlan(ctx, s.HCL)
	if err != nil {
		return err
	}
	if rest := pending(again.plan); rest != "" {
		return fmt.Errorf("the second plan is not empty: %s", rest)
	}
	if !c.mode.thorough {
		return nil
	}
	for _, d := range []draft{again, d} {
		if _, _, writes, err := c.executeSaved(ctx, s.HCL, d.plan); err != nil || writes != 0 {
			return fmt.Errorf("applying a second time sent %d writes (%v)", writes, err)
		}
	}
	return nil
}

// checkBlockOrder plans the same blocks in reverse order, which must change nothing.
func (c *scenarioRun) checkBlockOrder(ctx context.Context, s *Step, p *plan.Plan) error {
	text, err := reverse(s.HCL)
	if err != nil {
		return err
	}
	d, err := c.loadAndPlan(ctx, text)
	if err != nil {
		return fmt.Errorf("with the blocks in reverse order: %w", err)
	}
	if diff := cmp.Diff(outline(p), outline(d.plan)); diff != "" {
		return fmt.Errorf("the order of the blocks changes the plan (-as written +reversed):\n%s", diff)
	}
	return nil
}

// pending describes what a plan would still change, or returns "".
func pending(p *plan.Plan) string {
	var out []string
	for i := range p.Changes {
		if c := &p.Changes[i]; c.Action.Writes() || c.Action == schema.Refuse {
			out = append(out, line(c))
		}
	}
	for _, f := range slices.Concat(p.Findings, p.Violations) {
		if f.Severity == schema.Error {
			out = append(out, fmt.Sprintf("%s %s: %s", f.Code, f.Addr, f.Summary))
		}
	}
	return strings.Join(out, "; ")
}

// failures returns an error for each change that is not done.
func failures(r *apply.Report) error {
	if r == nil {
		return nil
	}
	errs := []error{r.Halted}
	for i := range r.Results {
		if r.Results[i].Status != apply.Done {
			errs = append(errs, failure(&r.Results[i]))
		}
	}
	return errors.Join(errs...)
}

// failure says how a change ended that did not succeed.
func failure(r *apply.Result) error {
	text := fmt.Sprintf("%s %s %s", r.Change.Action, r.Change.Addr, r.Status)
	if differs := names(r.Change, r.Differs); len(differs) > 0 {
		text += ": what was read back differs from what was written in " + strings.Join(differs, ", ")
	}
	if r.Err == nil {
		return errors.New(text)
	}
	if r.Change.Action == schema.Delete && provider.Status(r.Err) == http.StatusNotFound {
		return fmt.Errorf("%s: %w. If this 404 says that the object does not exist, set NotFoundIsGone in the rest.Call", text, r.Err)
	}
	return fmt.Errorf("%s: %w", text, r.Err)
}

func stale(r *apply.Report) []string {
	var out []string
	for i := range r.Results {
		if r.Results[i].Status == apply.Stale {
			out = append(out, r.Results[i].Change.Addr.String())
		}
	}
	for _, d := range r.Plan.Deviations {
		if d.Why == plan.DiffersNow {
			out = append(out, d.Addr.String())
		}
	}
	slices.Sort(out)
	return out
}
