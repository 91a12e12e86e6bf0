// Package providertest is the conformance suite that every provider passes. A
// provider's author tells a story: a series of configurations of one tenant, each
// with what the plan must say. The suite tells it to an emulator of the product,
// again and again:
//
//   - as written: planning sends no write, the plan says what the author expects
//     whatever the order of the blocks, applying it succeeds within the announced
//     number of requests, a second plan is empty, and applying the first plan once
//     more writes nothing;
//   - with saved plans: each plan goes through its written form, the files are
//     planned again on another connection, and what both plans hold is applied;
//   - with trouble: in every step each write in turn is lost before its effect,
//     loses its answer, or is the last thing that the process does; planning and
//     applying again must lead to the very same tenant.
//
// In between, each answer in turn is a hostile one: without its list, which must never be
// taken for an empty one, of another shape, a web page, 404 or 405, or with odd names.
//
// All of it is done for each reading of a documentation that leaves things open
// (variants), with each trouble once under those that are not the default, and in
// the end the suite says which kinds, attributes and removals the story left out.
//
// Under some readings a product does not do what is asked, whoever asks. Those are
// obstacles: there the client must say clearly what it ran into, and nothing may be
// lost. And whatever happens, at no moment may anybody see or do more than before
// or after (Product.Reach).
package providertest

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Suite is one provider with its story.
type Suite struct {
	Provider *provider.Provider
	// Scenarios choose the readings. What is in Variants, RunFaulted and RunOnce is
	// told beside them.
	Scenarios Scenarios
	// Start starts a fresh emulator that behaves as the variants say
	// ("name=value"; none means by default), always with the same first state. It
	// ends with the test. Requests must not be limited by the clock.
	Start func(t testing.TB, variants []string) Product
	// Variants lists the readings under which the story is told besides the
	// default one.
	Variants [][]string
	// RunFaulted lists readings under which the story is told as written, and once with
	// another trouble from step to step.
	RunFaulted [][]string
	// RunOnce lists readings under which the story is told as written, and in no other
	// way.
	RunOnce [][]string
	Story   []Step
	// AdaptStep returns a step as it is under a reading, where the product has other
	// words for the same thing. Nil means as it stands.
	AdaptStep func(s Step, variants []string) Step
	// Obstacles are what the client cannot make right. A story that meets one need
	// not converge from there on. Each must be met under the reading that is just
	// its Under, which has to be in Variants or Brief.
	Obstacles []KnownLimitation
	// ExpectedFollowups are codes of errors that plans may have once an obstacle was met: what
	// could not be made before is missing later.
	ExpectedFollowups []string
	// Contract, where there is one, is held against every request and every answer
	// in the story; what it describes and the whole story does not use is an error.
	Contract *Contract
	// Lists names every call whose answer has a list, as the contract does or by method
	// and path: "GET /user/search". A missing list must never look like an empty one.
	// Nil, for a second story of a product, does not hold the calls against anything.
	Lists []string
	// Unreadable names calls of which 404 or 405 has a meaning that the client acts on: that
	// there is no such object yet, or that objects can be written and not read. A test of
	// its own is about that.
	Unreadable []string
	// Excused names what the story cannot tell, with the reason:
	// "user.sso_only" for an attribute, "user delete" for a removal, "user create".
	Excused map[string]string
}

// A Product is a running emulator.
type Product struct {
	Transport http.RoundTripper
	Endpoint  string
	Key       string
	// Wait is given to the client instead of a clock; nil waits for nothing.
	Wait func(ctx context.Context, d time.Duration) error
	// Reach returns what everybody could see and do after each change since the last
	// call, in the product's words by person; the first call begins with the first
	// state. A word stays the same while a person or a thing gets another name. Nil
	// means that the product cannot tell.
	Reach func() []map[string][]string
}

// A Step is one turn of the story: what the files say now, and what follows.
type Step struct {
	Name string
	// Before, where it is not empty, is a configuration that somebody else applies
	// first, behind the back of the files.
	Before string
	// HCL is the whole configuration.
	HCL string
	// Expect holds the action of every change by address, as in "role.editor".
	// Changes that it does not name must not be there. Observed is the same for
	// differences in kinds that are only observed.
	Expect   map[string]schema.Action
	Observed map[string]schema.Action
	// Findings are codes that the files, the plan or its limits must bring up.
	// Errors that are not named must not be there. With an error the plan is not
	// applied and the tenant stays as it was.
	Findings []string
	// Meanwhile is a configuration that somebody else applies between the plan and
	// its execution, and Stale are the addresses of the changes that must notice.
	Meanwhile string
	Stale     []string
}

// Run tells the story.
func Run(t *testing.T, s Suite) {
	s.Provider.Check()
	s = s.withScenarios()
	s.wholeContract(t)
	t.Run("default", func(t *testing.T) { s.variant(t, nil) })
	t.Run("hostile answers", s.hostile)
	for _, v := range s.Variants {
		t.Run(readingName(v), func(t *testing.T) {
			t.Parallel()
			s.variant(t, v)
		})
	}
	for _, v := range s.RunFaulted {
		t.Run(readingName(v), func(t *testing.T) {
			t.Parallel()
			s.mixed(t, v)
		})
	}
	for _, v := range s.RunOnce {
		t.Run(readingName(v), func(t *testing.T) {
			t.Parallel()
			s.briefly(t, v)
		})
	}
	t.Run("obstacles", func(t *testing.T) {
		for _, o := range s.unreached() {
			t.Errorf("no reading is just %v", o.Under)
		}
	})
}

// briefly tells the story in one way.
func (s *Suite) briefly(t *testing.T, variants []string) {
	if err := s.tell(t, variants, mode{record: &record{suite: s}}); err != nil {
		t.Error(err)
	}
}

// mixed tells the story in two ways, where it can be told to its end.
func (s *Suite) mixed(t *testing.T, variants []string) {
	told := &record{suite: s}
	if err := s.tell(t, variants, mode{record: told}); err != nil {
		t.Error(err)
		return
	}
	if len(s.obstacles(variants)) > 0 {
		return
	}
	if err := s.tell(t, variants, mode{compare: told, mixed: true}); err != nil {
		t.Errorf("with trouble: %v", err)
	}
}

// variant tells the story in every way under one reading.
func (s *Suite) variant(t *testing.T, variants []string) {
	if len(s.obstacles(variants)) > 0 {
		s.briefly(t, variants)
		return
	}
	told := &record{suite: s}
	if !t.Run("as written", func(t *testing.T) { s.asWritten(t, variants, told) }) {
		return
	}
	if variants == nil {
		t.Run("nothing left out", func(t *testing.T) {
			for _, what := range told.leftOut() {
				t.Error(what)
			}
		})
	}
	t.Run("with saved plans", func(t *testing.T) {
		if err := s.tell(t, variants, mode{compare: told, saved: true}); err != nil {
			t.Error(err)
		}
	})
	for trouble := lostBefore; trouble <= killed; trouble++ {
		t.Run(trouble.String(), func(t *testing.T) { s.troubles(t, variants, told, trouble) })
	}
}

// asWritten tells the story step by step and notes what it comes to.
func (s *Suite) asWritten(t *testing.T, variants []string, told *record) {
	c := s.newScenario(t, variants, mode{record: told})
	for i := range s.Story {
		if !t.Run(s.Story[i].Name, func(t *testing.T) {
			if err := c.step(t.Context(), i); err != nil {
				t.Error(err)
			}
		}) {
			t.FailNow() // the rest of the story builds on this step
		}
	}
}

// troubles tells the story with trouble at the first write of every step, then at
// the second, until no step has so many. Under readings other than the default
// one it is told once, with the trouble at another write from step to step.
func (s *Suite) troubles(t *testing.T, variants []string, told *record, trouble trouble) {
	if variants != nil {
		if err := s.tell(t, variants, mode{compare: told, trouble: trouble}); err != nil {
			t.Error(err)
		}
		return
	}
	for at := 1; at <= slices.Max(told.writes); at++ {
		t.Run(fmt.Sprintf("write %d", at), func(t *testing.T) {
			if err := s.tell(t, variants, mode{compare: told, trouble: trouble, at: at}); err != nil {
				t.Error(err)
			}
		})
	}
}

// tell tells the whole story to a fresh product.
func (s *Suite) tell(t testing.TB, variants []string, how mode) error {
	c := s.newScenario(t, variants, how)
	for i := range s.Story {
		if err := c.step(t.Context(), i); err != nil {
			return fmt.Errorf("%s: %w", s.Story[i].Name, err)
		}
	}
	return c.unmet()
}

// readingName names a reading by its variants, or by how many they are.
func readingName(variants []string) string {
	if len(variants) > 3 {
		return fmt.Sprintf("%s and %d more", variants[0], len(variants)-1)
	}
	return strings.Join(variants, ",")
}
