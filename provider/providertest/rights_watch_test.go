package providertest

import (
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

func TestRightsWatch(t *testing.T) {
	type states = []map[string][]string
	ana := func(words string) map[string][]string { return map[string][]string{"ana": strings.Fields(words)} }
	tests := map[string]struct {
		states states
		warned bool
		want   string
	}{
		"no change":              {states{ana("a")}, false, ""},
		"taken and given":        {states{ana("a"), ana(""), ana("b")}, false, ""},
		"given and taken":        {states{ana("a"), ana("a b"), ana("b")}, false, ""},
		"extra right in between": {states{ana("a"), ana("a b c"), ana("b")}, false, "ana temporarily has: c"},
		"new user":               {states{nil, ana("a b"), ana("a")}, false, "ana temporarily has: b"},
		"deleted user":           {states{ana("a"), ana("a b"), nil}, false, "ana temporarily has: b"},
		"warned":                 {states{ana("a"), ana("c"), ana("b")}, true, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := rightsWatch{take: func() []map[string][]string { return test.states }, last: test.states[0]}
			if test.warned {
				r.readWarnings(&plan.Plan{Findings: []schema.Finding{{Code: "plan/transient-rights"}}})
			}
			err := r.check()
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("narrow: %v, want %q", err, test.want)
			}
		})
	}
}

// Extra rights are no error if a known limitation explains them.
func TestRightsWatchWithLimitation(t *testing.T) {
	more := []map[string][]string{{"ana": {"a"}}, {"ana": {"a", "c"}}, {"ana": {"a"}}}
	for _, opens := range []bool{true, false} {
		met := false
		r := rightsWatch{take: func() []map[string][]string { return more }, last: more[0], limited: func() bool { met = true; return opens }}
		if err := r.check(); (err == nil) != opens || !met {
			t.Errorf("known limitation %v: %v, asked %v", opens, err, met)
		}
	}
}

// Only objects that the plan removes may be gone.
func TestCheckNothingLost(t *testing.T) {
	den := func(id string) *schema.Object {
		return &schema.Object{Kind: denKind, ID: id, Addr: schema.Address{Kind: "den", Key: id}}
	}
	report := &apply.Report{Results: []apply.Result{
		{Change: &plan.Change{Action: schema.Delete, Addr: den("1").Addr, Have: den("1")}},
		{Change: &plan.Change{Action: schema.Update, Addr: den("2").Addr, Have: den("2"), Want: den("2")}},
	}}
	work := func(den string) schema.Object {
		o := schema.Object{Kind: jobKind, Addr: schema.Address{Kind: "job"}, Body: &job{Den: den, Animal: "rex"}}
		o.Rekey()
		return o
	}
	before := map[identity]schema.Object{
		{"den", "1"}: *den("1"), {"den", "2"}: *den("2"), {"job", "1/rex"}: work("1"), {"job", "2/rex"}: work("2"),
	}
	left := map[identity]schema.Object{{"den", "2"}: *den("2"), {"job", "2/rex"}: work("2")}
	if err := checkNothingLost(before, left, report); err != nil {
		t.Error(err)
	}
	delete(left, identity{"job", "2/rex"})
	if err := checkNothingLost(before, left, report); err == nil || !strings.Contains(err.Error(), "job.2/rex is gone") {
		t.Errorf("a job of a den that stays is gone: error %v", err)
	}
	if err := checkNothingLost(before, map[identity]schema.Object{{"den", "1"}: *den("1"), {"job", "2/rex"}: work("2")}, report); err == nil || !strings.Contains(err.Error(), "den.2 is gone") {
		t.Errorf("an object that was only updated is gone: error %v", err)
	}
}

// A known limitation that never occurs is an error, and so is one whose variants the
// suite does not run.
func TestLimitationMustOccur(t *testing.T) {
	s := sampleSuite(mistakes{})
	s.KnownLimitations = []KnownLimitation{{Under: []string{"fur=none"}, Status: apply.Failed, Kind: "den", Message: "x"}}
	err := s.run(t, []string{"fur=none"}, mode{})
	if err == nil || !strings.Contains(err.Error(), "never occurs") {
		t.Errorf("error %v", err)
	}
	if n := len(s.untestedLimitations()); n != 1 {
		t.Errorf("%d limitations are untested, want 1", n)
	}
}

// If a product does not execute a change, the client must report it, and the suite
// accepts that only as a known limitation.
func TestLimitationExplainsResult(t *testing.T) {
	s := sampleSuite(mistakes{dropsFood: true})
	s.KnownLimitations = []KnownLimitation{{Under: []string{"food=dropped"}, Status: apply.Diverged, Kind: "animal", Message: "food"}}
	if err := s.run(t, []string{"food=dropped"}, mode{}); err != nil {
		t.Error(err)
	}
	s.KnownLimitations[0].Kind = "den"
	if err := s.run(t, []string{"food=dropped"}, mode{}); err == nil || !strings.Contains(err.Error(), "diverged") {
		t.Errorf("error %v", err)
	}
}
