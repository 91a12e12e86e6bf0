// Package providertest is the conformance suite that every provider passes. The
// author of a provider writes steps: a series of configurations of one tenant, each
// with the changes that its plan must show. The suite runs the steps against an
// emulator of the product, many times:
//
//   - as written: planning sends no write, the plan is as expected, applying it succeeds
//     within the estimated number of requests, and a second plan is empty. Where the steps
//     run in every mode, the order of the blocks changes nothing, and applying the first
//     plan again writes nothing;
//   - with saved plans: each plan is encoded and decoded, the files are planned again
//     on another connection, and what both plans contain is applied;
//   - with faults: in every step that writes, each write in turn is lost before its effect,
//     loses its answer, or is the last one before the process is killed; planning and
//     applying again must lead to the same tenant;
//   - undone: each step is undone by its journal, which leads to the tenant before it, and the undo is
//     undone;
//   - with hostile answers: without their list, which must never be taken for an
//     empty one, of another shape, a web page, 404 or 405, or with odd names.
//
// It does so for each combination of variants, which are what a documentation leaves
// open (with fewer faults where they are not the defaults), and reports the kinds,
// attributes and removals that no step covers.
//
// Under some variants no client can make a product do what the files declare. Such a
// KnownLimitation must be reported clearly, and nothing may be lost. At no time may a
// user have rights that the user has neither before nor after (Product.TakeRights).
package providertest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Suite is one provider with its steps.
type Suite struct {
	Provider *provider.Provider
	// Scenarios choose the combinations of variants, in addition to those in Variants,
	// RunFaulted and RunOnce.
	Scenarios Scenarios
	// Start starts a new emulator with the variants ("name=value"; those not named have
	// their default), always with the same initial state. It ends with the test. It
	// must not limit requests by the clock of the machine.
	Start func(t testing.TB, variants []string) Product
	// Variants lists combinations of variants under which the steps run in every mode.
	// The defaults are always among them.
	Variants [][]string
	// RunFaulted lists combinations under which the steps run as written, and once with
	// a different fault in each step.
	RunFaulted [][]string
	// RunOnce lists combinations under which the steps run only as written.
	RunOnce [][]string
	Steps   []Step
	// AdaptStep returns a step for a combination of variants under which the product
	// uses other words for the same thing. Nil leaves all steps unchanged.
	AdaptStep func(s Step, variants []string) Step
	// KnownLimitations are what no client can make right. After one has occurred, the
	// steps need not converge. Each must occur under the combination that is exactly its
	// Under, which must be one of those that the suite runs.
	KnownLimitations []KnownLimitation
	// ExpectedFollowups are codes of errors that plans may have after a known limitation
	// occurred, because an object that could not be created is missing later.
	ExpectedFollowups []string
	// Contract, if not nil, checks every request and every answer. An operation that it
	// describes and no step uses is an error.
	Contract *Contract
	// ListCalls names every call whose answer has a list, as the contract does or by method
	// and path: "GET /user/search". A missing list must never look like an empty one.
	// Nil, for a second suite of a product, checks nothing.
	ListCalls []string
	// NotFoundHandled names calls to which 404 or 405 is an answer that the client
	// handles: the object does not exist yet, or can be written and not read. Another
	// test must cover that.
	NotFoundHandled []string
	// OtherTenant is a provider block that names another tenant than that of the key.
	// Connect must then fail with provider.ErrTenant. It is empty if the product does not
	// tell to which tenant a key belongs.
	OtherTenant string
	// NotUndone has, by kind, parts of the reasons for which undoing a step leaves objects alone. Each must
	// occur.
	NotUndone map[string][]string
	// MadeBesides has addresses of objects that the product makes by itself during a step, so that no
	// journal has them and undo leaves them, with the reason.
	MadeBesides map[string]string
	// NotCovered names what the steps cannot cover, with the reason:
	// "user.sso_only" for an attribute, "user delete" for a removal, "user create".
	NotCovered map[string]string
}

// A Product is a running emulator.
type Product struct {
	Transport http.RoundTripper
	Endpoint  string
	Key       string
	// Wait and Now are those of the client's provider.Options. An emulator that limits requests
	// needs the same Clock as its client. Without Wait nothing waits, and without Now the clock is
	// that of the machine.
	Wait func(ctx context.Context, d time.Duration) error
	Now  func() time.Time
	// TakeRights returns the rights of each user after each change since the last call:
	// user -> rights, in the product's words. The first call begins with the initial
	// state. Renaming a user or an object must not change the words. Nil disables the
	// check.
	TakeRights func() []map[string][]string
}

// A Step is one configuration and the plan that it must lead to.
type Step struct {
	Name string
	// Before, if not empty, is a configuration that another user applies first.
	Before string
	// HCL is the whole configuration.
	HCL string
	// Expect holds the action of every change of the plan, by address: "role.editor".
	// Observed is the same for differences in kinds with mode = "observe".
	Expect   map[string]schema.Action
	Observed map[string]schema.Action
	// Findings are codes that loading, planning or the limits must report. All errors
	// must be named here. A plan with an error is not applied, and the tenant stays
	// unchanged.
	Findings []string
	// Meanwhile, if not empty, is a configuration that another user applies between plan
	// and apply. Stale are the addresses of the changes that apply must then skip.
	Meanwhile string
	Stale     []string
}

// Run runs the suite.
func Run(t *testing.T, s Suite) {
	s.Provider.Check()
	collectRarely(t)
	s = s.withScenarios()
	s.checkContractUsed(t)
	if !t.Run("default", func(t *testing.T) { s.runAllModes(t, nil) }) {
		return // the same steps would fail again and again
	}
	t.Run("another tenant", s.runOtherTenant)
	t.Run("hostile answers", s.runHostile)
	for _, v := range s.Variants {
		t.Run(variantsName(v), func(t *testing.T) {
			t.Parallel()
			s.runAllModes(t, v)
		})
	}
	for _, v := range s.RunFaulted {
		t.Run(variantsName(v), func(t *testing.T) {
			t.Parallel()
			s.runFaulted(t, v)
		})
	}
	for _, v := range s.RunOnce {
		t.Run(variantsName(v), func(t *testing.T) {
			t.Parallel()
			s.runOnce(t, v)
		})
	}
	t.Run("limitations", func(t *testing.T) {
		for _, o := range s.untestedLimitations() {
			t.Errorf("the suite does not run with exactly the variants %v of a known limitation", o.Under)
		}
	})
}

// collectRarely lets the heap of the test grow more between collections: the steps leave little
// behind, and collecting it would take a fifth of the processor time.
func collectRarely(t *testing.T) {
	before := debug.SetGCPercent(400)
	t.Cleanup(func() { debug.SetGCPercent(before) })
}

// runOtherTenant connects to another tenant than that of the key.
func (s *Suite) runOtherTenant(t *testing.T) {
	if s.OtherTenant == "" {
		return
	}
	c := s.newRun(t, nil, mode{})
	tenant, diags := c.load(s.OtherTenant)
	if tenant == nil {
		t.Fatalf("Suite.OtherTenant: %v", diags)
	}
	if _, _, err := c.connect(t.Context(), tenant, &schema.Index{}); !errors.Is(err, provider.ErrTenant) {
		t.Errorf("Connect must return provider.ErrTenant if the key belongs to another tenant than the provider block names; it returned %v", err)
	}
}

// runOnce runs the steps as written.
func (s *Suite) runOnce(t *testing.T, variants []string) {
	if err := s.run(t, variants, mode{record: &record{suite: s}}); err != nil {
		t.Error(err)
	}
}

// runFaulted runs the steps as written and, unless a known limitation applies, with a
// different fault in each step.
func (s *Suite) runFaulted(t *testing.T, variants []string) {
	first := &record{suite: s}
	if err := s.run(t, variants, mode{record: first}); err != nil {
		t.Error(err)
		return
	}
	if len(s.limitations(variants)) > 0 {
		return
	}
	if err := s.run(t, variants, mode{compare: first, rotate: true}); err != nil {
		t.Errorf("with faults: %v", err)
	}
}

// runAllModes runs the steps in every mode with one combination of variants. With a
// known limitation it runs them once.
func (s *Suite) runAllModes(t *testing.T, variants []string) {
	if len(s.limitations(variants)) > 0 {
		s.runOnce(t, variants)
		return
	}
	first := &record{suite: s}
	if !t.Run("as written", func(t *testing.T) { s.runSteps(t, variants, first) }) {
		return
	}
	if variants == nil {
		t.Run("undone", s.runUndone)
		t.Run("coverage", func(t *testing.T) {
			for _, what := range first.uncovered() {
				t.Error(what)
			}
		})
	}
	t.Run("with saved plans", func(t *testing.T) {
		if err := s.run(t, variants, mode{compare: first, saved: true}); err != nil {
			t.Error(err)
		}
	})
	for fault := requestLost; fault <= killed; fault++ {
		t.Run(fault.String(), func(t *testing.T) { s.runFaults(t, variants, first, fault) })
	}
}

// runSteps runs each step as a subtest and records the results. After each step, what rolecall
// import writes must plan to nothing.
func (s *Suite) runSteps(t *testing.T, variants []string, first *record) {
	c := s.newRun(t, variants, mode{record: first, thorough: true})
	for i := range s.Steps {
		if !t.Run(s.Steps[i].Name, func(t *testing.T) {
			if err := c.step(t.Context(), i); err != nil {
				t.Error(err)
			} else if err := c.checkImport(t.Context()); err != nil {
				t.Error(err)
			}
		}) {
			t.FailNow() // the next steps depend on this one
		}
	}
}

// runFaults runs the steps with the fault at the first write of every step, then at
// the second, until no step has that many writes. With variants it runs them once,
// with the fault at a different write in each step.
func (s *Suite) runFaults(t *testing.T, variants []string, first *record, fault fault) {
	if variants != nil {
		if err := s.run(t, variants, mode{compare: first, fault: fault}); err != nil {
			t.Error(err)
		}
		return
	}
	for at := 1; at <= slices.Max(first.writes); at++ {
		t.Run(fmt.Sprintf("write %d", at), func(t *testing.T) {
			if err := s.run(t, variants, mode{compare: first, fault: fault, at: at}); err != nil {
				t.Error(err)
			}
		})
	}
}

// run runs all steps against a new product.
func (s *Suite) run(t testing.TB, variants []string, m mode) error {
	c := s.newRun(t, variants, m)
	for i := range s.Steps {
		if m.at > 0 && m.at > slices.Max(m.compare.writes[i:]) {
			break // no more step has so many writes
		}
		if err := c.step(t.Context(), i); err != nil {
			return fmt.Errorf("%s: %w", s.Steps[i].Name, err)
		}
	}
	return c.checkLimitationsMet()
}

// variantsName names a combination by its variants, and shortens long ones.
func variantsName(variants []string) string {
	if len(variants) > 3 {
		return fmt.Sprintf("%s and %d more", variants[0], len(variants)-1)
	}
	return strings.Join(variants, ",")
}
