package providertest

import (
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

func TestReach(t *testing.T) {
	type moments = []map[string][]string
	ana := func(words string) map[string][]string { return map[string][]string{"ana": strings.Fields(words)} }
	tests := map[string]struct {
		moments moments
		warned  bool
		want    string
	}{
		"nothing happens": {moments{ana("a")}, false, ""},
		"taken and given": {moments{ana("a"), ana(""), ana("b")}, false, ""},
		"given and taken": {moments{ana("a"), ana("a b"), ana("b")}, false, ""},
		"more in passing": {moments{ana("a"), ana("a b c"), ana("b")}, false, "ana could for a while: c"},
		"somebody new":    {moments{nil, ana("a b"), ana("a")}, false, "ana could for a while: b"},
		"somebody left":   {moments{ana("a"), ana("a b"), nil}, false, "ana could for a while: b"},
		"it was told":     {moments{ana("a"), ana("c"), ana("b")}, true, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := reach{next: func() []map[string][]string { return test.moments }, last: test.moments[0]}
			if test.warned {
				r.warn(&plan.Plan{Findings: []schema.Finding{{Code: "plan/transient-rights"}}})
			}
			err := r.narrow()
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("narrow: %v, want %q", err, test.want)
			}
		})
	}
}

// A product that gives more than it was asked to is an obstacle, where one says so.
func TestReachThatOpens(t *testing.T) {
	more := []map[string][]string{{"ana": {"a"}}, {"ana": {"a", "c"}}, {"ana": {"a"}}}
	for _, opens := range []bool{true, false} {
		met := false
		r := reach{next: func() []map[string][]string { return more }, last: more[0], opens: func() bool { met = true; return opens }}
		if err := r.narrow(); (err == nil) != opens || !met {
			t.Errorf("an obstacle that opens is %v: %v, asked %v", opens, err, met)
		}
	}
}

// An object may be gone where the plan removes it, and in no other case.
func TestLost(t *testing.T) {
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
	if err := lost(before, left, report); err != nil {
		t.Error(err)
	}
	delete(left, identity{"job", "2/rex"})
	if err := lost(before, left, report); err == nil || !strings.Contains(err.Error(), "job.2/rex is gone") {
		t.Errorf("what was in a den that stays is gone, and what is said is %v", err)
	}
	if err := lost(before, map[identity]schema.Object{{"den", "1"}: *den("1"), {"job", "2/rex"}: work("2")}, report); err == nil || !strings.Contains(err.Error(), "den.2 is gone") {
		t.Errorf("an object that was only updated is gone, and what is said is %v", err)
	}
}

// An obstacle that is declared and never met is noticed, and so is one that no
// reading is about.
func TestObstaclesMustBeMet(t *testing.T) {
	s := toySuite(mistakes{})
	s.Obstacles = []KnownLimitation{{Under: []string{"fur=none"}, Status: apply.Failed, Kind: "den", Says: "x"}}
	err := s.tell(t, []string{"fur=none"}, mode{})
	if err == nil || !strings.Contains(err.Error(), "never meets the obstacle") {
		t.Errorf("told %v", err)
	}
	if n := len(s.unreached()); n != 1 {
		t.Errorf("%d obstacles are unreached, want 1", n)
	}
}

// Where a product keeps what it was told to change, the client has to say so, and
// the suite takes that for an answer only where it was declared.
func TestObstacleIsAnAnswer(t *testing.T) {
	s := toySuite(mistakes{dropsFood: true})
	s.Obstacles = []KnownLimitation{{Under: []string{"food=dropped"}, Status: apply.Diverged, Kind: "animal", Says: "food"}}
	if err := s.tell(t, []string{"food=dropped"}, mode{}); err != nil {
		t.Error(err)
	}
	s.Obstacles[0].Kind = "den"
	if err := s.tell(t, []string{"food=dropped"}, mode{}); err == nil || !strings.Contains(err.Error(), "diverged") {
		t.Errorf("told %v", err)
	}
}
