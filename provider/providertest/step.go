package providertest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// step tells one step.
func (c *scenario) step(ctx context.Context, i int) error {
	s := c.turn(i)
	if c.how.mixed {
		c.how.trouble = lostBefore + trouble(i)%(killed-none)
	}
	if len(c.obstacles) > 0 {
		if err := c.hindered(ctx, s); err != nil {
			return err
		}
		return c.reach.narrow()
	}
	return errors.Join(c.unhindered(ctx, s, i), c.reach.narrow())
}

// turn is a step in the words of the reading.
func (c *scenario) turn(i int) *Step {
	s := c.suite.Story[i]
	if c.suite.AdaptStep != nil {
		s = c.suite.AdaptStep(s, c.variants)
	}
	return &s
}

// unhindered tells a step that must come to its end.
func (c *scenario) unhindered(ctx context.Context, s *Step, i int) error {
	if c.how.record != nil {
		c.how.record.writes = append(c.how.record.writes, 0)
	}
	before := s.Before
	if c.how.trouble != none && s.Meanwhile != "" {
		// Trouble of one sort at a time: somebody else was there before the plan.
		if err := c.elsewhere(ctx, before); err != nil {
			return err
		}
		before = s.Meanwhile
	}
	if err := c.elsewhere(ctx, before); err != nil {
		return err
	}
	tenant, diags := c.load(s.HCL)
	var codes []string
	for _, d := range diags {
		codes = append(codes, config.Code(d))
		if d.Severity == hcl.DiagError && !slices.Contains(s.Findings, config.Code(d)) {
			return fmt.Errorf("the files: %w", diags)
		}
	}
	if tenant == nil {
		return errors.Join(s.named(codes), c.kept(ctx, i))
	}
	d, err := c.plan(ctx, tenant)
	if err != nil {
		return err
	}
	failed, err := s.expected(d.plan, codes)
	if err != nil && (c.how.trouble == none || s.Meanwhile == "") {
		return err
	}
	if c.how.record != nil {
		if err := c.reversed(ctx, s, d.plan); err != nil {
			return err
		}
	}
	if failed {
		return c.refused(ctx, i, d)
	}
	return c.carryOut(ctx, s, i, d)
}

// elsewhere lets somebody else apply a configuration, who keeps a journal elsewhere.
func (c *scenario) elsewhere(ctx context.Context, text string) error {
	if text == "" {
		return nil
	}
	c.journal, c.others = c.others, c.journal
	defer func() { c.journal, c.others = c.others, c.journal }()
	if err := c.settle(ctx, text); err != nil {
		return fmt.Errorf("somebody else: %w", err)
	}
	return c.reach.narrow()
}

// expected holds the plan against what the step says, and tells whether it has
// errors.
func (s *Step) expected(p *plan.Plan, codes []string) (failed bool, err error) {
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
		return failed, fmt.Errorf("errors in the plan: %s", strings.Join(unexpected, "; "))
	}
	if err := s.named(codes); err != nil {
		return failed, err
	}
	if d := cmp.Diff(words(s.Expect), actions(p.Changes)); d != "" {
		return failed, fmt.Errorf("changes (-expected +planned):\n%s", d)
	}
	if d := cmp.Diff(words(s.Observed), actions(p.Observed)); d != "" {
		return failed, fmt.Errorf("observed differences (-expected +planned):\n%s", d)
	}
	return failed, nil
}

// named makes sure that everything is said that has to be.
func (s *Step) named(codes []string) error {
	for _, code := range s.Findings {
		if !slices.Contains(codes, code) {
			return fmt.Errorf("nothing says %s; what is said: %v", code, codes)
		}
	}
	return nil
}

// troubled says which write of a step meets the trouble.
func (c *scenario) troubled(i int) int {
	if c.how.compare == nil || c.how.at > 0 {
		return c.how.at
	}
	return 1 + i%max(1, c.how.compare.writes[i])
}

// carryOut executes the plan and makes sure that it is done.
func (c *scenario) carryOut(ctx context.Context, s *Step, i int, d draft) error {
	if c.how.trouble == none {
		if err := c.elsewhere(ctx, s.Meanwhile); err != nil {
			return err
		}
	}
	var report *apply.Report
	var requests, writes int
	var err error
	if c.how.saved {
		report, requests, writes, err = c.executeSaved(ctx, s.HCL, d.plan)
	} else {
		report, requests, writes, err = c.execute(ctx, d, c.how.trouble, c.troubled(i))
	}
	switch {
	case c.how.trouble != none:
		return errors.Join(c.settle(ctx, s.HCL), c.kept(ctx, i))
	case err != nil:
		return fmt.Errorf("apply: %w", err)
	case s.Meanwhile != "":
		if d := cmp.Diff(s.Stale, stale(report)); d != "" {
			return fmt.Errorf("stale (-expected +found):\n%s", d)
		}
		return errors.Join(c.settle(ctx, s.HCL), c.kept(ctx, i))
	}
	if err := failures(report); err != nil {
		return fmt.Errorf("apply: %w", err)
	}
	if c.how.record != nil {
		c.how.record.carriedOut(d.plan, writes)
		if c.variants == nil && requests > d.plan.Requests.Estimated {
			return fmt.Errorf("the plan announces %d requests, and applying it took %d", d.plan.Requests.Estimated, requests)
		}
	}
	return errors.Join(c.done(ctx, s, d), c.kept(ctx, i))
}

// done makes sure that nothing is left to do, and that a plan which was carried
// out already is not carried out a second time.
func (c *scenario) done(ctx context.Context, s *Step, d draft) error {
	again, err := c.read(ctx, s.HCL)
	if err != nil {
		return err
	}
	if rest := pending(again.plan); rest != "" {
		return fmt.Errorf("the second plan is not empty: %s", rest)
	}
	for _, d := range []draft{again, d} {
		if _, _, writes, err := c.executeSaved(ctx, s.HCL, d.plan); err != nil || writes != 0 {
			return fmt.Errorf("applying a second time sent %d writes (%v)", writes, err)
		}
	}
	return nil
}

// refused makes sure that a plan with errors is not carried out.
func (c *scenario) refused(ctx context.Context, i int, d draft) error {
	if _, _, writes, err := c.execute(ctx, d, none, 0); err == nil || writes != 0 {
		return fmt.Errorf("a plan with errors was applied: %d writes, error %v", writes, err)
	}
	return c.kept(ctx, i)
}

// reversed plans the same blocks in the opposite order.
func (c *scenario) reversed(ctx context.Context, s *Step, p *plan.Plan) error {
	text, err := reverse(s.HCL)
	if err != nil {
		return err
	}
	d, err := c.read(ctx, text)
	if err != nil {
		return fmt.Errorf("with the blocks in opposite order: %w", err)
	}
	if diff := cmp.Diff(outline(p), outline(d.plan)); diff != "" {
		return fmt.Errorf("the order of blocks makes a difference (-as written +reversed):\n%s", diff)
	}
	return nil
}

// pending says what a plan would still change, or "".
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

// failures says what did not succeed.
func failures(r *apply.Report) error {
	if r == nil {
		return nil
	}
	errs := []error{r.Halted}
	for i := range r.Results {
		if res := &r.Results[i]; res.Status != apply.Done {
			errs = append(errs, fmt.Errorf("%s %s %s (differs in %v): %w", res.Change.Action, res.Change.Addr, res.Status,
				names(res.Change, res.Differs), orNothing(res.Err)))
		}
	}
	return errors.Join(errs...)
}

func orNothing(err error) error {
	if err == nil {
		return errors.New("no error")
	}
	return err
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
