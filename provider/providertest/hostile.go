package providertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/render"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// runHostile plans every step once for each wrong answer to each call: an answer of another
// shape, without one of its lists, a web page, 404 or 405, with odd names, and while the
// context is canceled. Such a plan must fail or be the same as with the right answers; a
// missing list must never be taken for an empty one. A wrong clock of the machine must not
// matter. Then each call that writes is refused once.
//
// The calls whose answers have lists must be those of Suite.ListCalls, unless that is nil.
func (s *Suite) runHostile(t *testing.T) {
	c := s.newRun(t, nil, mode{record: &record{suite: s}})
	answers := &tamperTransport{next: c.transport.next, contract: s.Contract, prefix: c.product.Endpoint, reads: s.Provider.Reads}
	c.transport.next = answers
	tried, lists := map[string]bool{}, map[string]bool{}
	first := map[string]int{} // first step of each call that writes
	for i := range s.Steps {
		step := c.stepAt(i)
		answers.restore()
		if right, err := c.planAndDescribe(t.Context(), step.HCL); err == nil {
			for call, paths := range answers.listsByCall() {
				if tried[call] {
					continue
				}
				tried[call], lists[call] = true, len(paths) > 0
				s.checkWrongAnswers(t, c, step, answers, call, paths, right)
			}
			answers.restore()
			c.clockOffset = 48 * time.Hour
			if got, err := c.planAndDescribe(t.Context(), step.HCL); err != nil || got != right {
				t.Errorf("%s: with a clock that is two days ahead: %v\n%s", step.Name, err, cmp.Diff(right, got))
			}
			c.clockOffset = 0
			s.checkOddNames(t, c, step, answers)
		}
		answers.restore()
		if err := c.step(t.Context(), i); err != nil {
			t.Fatalf("%s: %v", step.Name, err)
		}
		for call := range answers.writeCalls() {
			if _, known := first[call]; !known {
				first[call] = i
			}
		}
	}
	maps.DeleteFunc(lists, func(_ string, has bool) bool { return !has })
	if d := cmp.Diff(slices.Sorted(slices.Values(s.ListCalls)), slices.Sorted(maps.Keys(lists))); s.ListCalls != nil && d != "" {
		t.Errorf("calls whose answers have lists (-Suite.ListCalls +called):\n%s", d)
	}
	for _, call := range slices.Sorted(maps.Keys(first)) {
		s.checkRefusedWrite(t, call, first[call])
	}
}

// checkWrongAnswers plans a step with each wrong answer to one call. lists are the paths
// of the lists in the right answer, and right is the plan with it.
func (s *Suite) checkWrongAnswers(t *testing.T, c *scenarioRun, step *Step, answers *tamperTransport, call string, lists []string, right string) {
	t.Helper()
	wrongs := slices.Concat(wrongShapes(len(lists) == 0), withoutLists(lists))
	for _, status := range []int{http.StatusNotFound, http.StatusMethodNotAllowed} {
		if !slices.Contains(s.NotFoundHandled, call) {
			wrongs = append(wrongs, wrongAnswer{name: fmt.Sprintf("the answer is %d", status), maySucceed: true, status: status})
		}
	}
	for _, f := range wrongs {
		answers.tamper(call, f)
		got, err := c.planAndDescribe(t.Context(), step.HCL)
		if err == nil && (!f.maySucceed || got != right) {
			t.Errorf("%s: %s: %s. Planning must fail, and succeeds (-plan with the right answer +plan with this one):\n%s", step.Name, call, f.name, cmp.Diff(right, got))
		}
	}
	if len(lists) == 0 {
		return
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	answers.tamper(call, wrongAnswer{change: func(body []byte) []byte { cancel(); return body }})
	if got, err := c.planAndDescribe(ctx, step.HCL); err == nil {
		t.Errorf("%s: %s: planning succeeds although it was canceled:\n%s", step.Name, call, cmp.Diff(right, got))
	}
}

// checkOddNames plans a step while one object of each kind has an odd name. Planning may
// fail; a printed plan must contain no control characters.
func (s *Suite) checkOddNames(t *testing.T, c *scenarioRun, step *Step, answers *tamperTransport) {
	answers.restore()
	tenant, diags := c.load(step.HCL)
	if diags.HasErrors() {
		return
	}
	objects, err := c.liveObjects(t.Context(), tenant)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{} // of one object of each kind
	for it, o := range objects {
		if old := names[it.kind]; old == "" || o.Addr.Key < old {
			names[it.kind] = o.Addr.Key
		}
	}
	c.skipContract = true
	defer func() { c.skipContract = false }()
	for _, odd := range []string{"e\u0301", "#1", "a/b", "\x1b[2K\x00", "\u202e", "..", " "} {
		answers.tamper("", wrongAnswer{change: func(body []byte) []byte { return appendToNames(body, names, odd) }})
		d, err := c.plan(t.Context(), tenant)
		if err != nil {
			continue // a product may refuse such a name
		}
		var page bytes.Buffer
		if err := render.Terminal(&page, &plan.Document{Plans: []*plan.Plan{d.plan}}, render.Options{Verbose: true}); err != nil {
			t.Errorf("%s: a name with %q cannot be printed: %v", step.Name, odd, err)
		}
		if strings.ContainsAny(page.String(), "\x1b\x00\u202e") {
			t.Errorf("%s: a name with %q is printed unchanged:\n%q", step.Name, odd, page.String())
		}
	}
}

// checkRefusedWrite runs the steps before step at, then applies that step while the call is
// answered 404 and 405 and never executed. Such a change must not be reported as done.
func (s *Suite) checkRefusedWrite(t *testing.T, call string, at int) {
	t.Helper()
	c := s.newRun(t, nil, mode{record: &record{suite: s}})
	for i := range at {
		if err := c.step(t.Context(), i); err != nil {
			t.Fatalf("%s: %v", s.Steps[i].Name, err)
		}
	}
	step := c.stepAt(at)
	if err := c.applyByOthers(t.Context(), step.Before); err != nil {
		t.Fatalf("%s: %v", step.Name, err)
	}
	answers := &tamperTransport{next: c.transport.next, contract: s.Contract, prefix: c.product.Endpoint, reads: s.Provider.Reads}
	c.transport.next = answers
	for _, status := range []int{http.StatusNotFound, http.StatusMethodNotAllowed} {
		answers.restore()
		d, err := c.loadAndPlan(t.Context(), step.HCL)
		if err != nil {
			t.Fatalf("%s: %v", step.Name, err)
		}
		before, err := c.liveObjects(t.Context(), d.tenant)
		if err != nil {
			t.Fatal(err)
		}
		c.skipContract = true
		answers.tamper(call, wrongAnswer{status: status})
		report, _, _, err := c.execute(t.Context(), d, noFault, 0)
		if err != nil {
			t.Fatalf("%s: %v", step.Name, err)
		}
		answers.restore()
		c.skipContract = false
		after, err := c.liveObjects(t.Context(), d.tenant)
		if err != nil {
			t.Fatal(err)
		}
		next, err := c.loadAndPlan(t.Context(), step.HCL)
		if err != nil {
			t.Fatalf("%s: %v", step.Name, err)
		}
		if left := pending(next.plan); report.OK() && left != "" {
			t.Errorf("%s: %s is answered %d, and all changes are reported as done. The next plan: %s", step.Name, call, status, left)
		}
		if err := checkNothingLost(before, after, report); err != nil {
			t.Errorf("%s: %s is answered %d: %v", step.Name, call, status, err)
		}
	}
}

// planAndDescribe plans the files, reads the audit log if the client can, and returns a
// description of the changes and events. A plan with errors is an error.
func (c *scenarioRun) planAndDescribe(ctx context.Context, text string) (string, error) {
	tenant, diags := c.load(text)
	if diags.HasErrors() {
		return "", diags
	}
	d, err := c.plan(ctx, tenant)
	if err != nil {
		return "", err
	}
	for _, f := range slices.Concat(d.plan.Findings, d.plan.Violations) {
		if f.Severity == schema.Error {
			return "", errors.New(f.Summary)
		}
	}
	log, err := eventsOf(ctx, d.client)
	if err != nil {
		return "", err
	}
	return fmt.Sprintln(actions(d.plan.Changes), actions(d.plan.Observed), log), nil
}

func eventsOf(ctx context.Context, client provider.Client) (ids []string, err error) {
	log, ok := client.(provider.AuditReader)
	if !ok {
		return nil, nil
	}
	for e, err := range log.History(ctx, time.Time{}) {
		if err != nil {
			return nil, err
		}
		ids = append(ids, e.ID)
	}
	return ids, nil
}
