package checks_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/access"
	"github.com/rolecall-dev/rolecall/plan/checks"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

var errUnread = errors.New("it may not be read")

// ask evaluates a check that asks one question, and returns what became of it.
func ask(t *testing.T, in access.Input, p *plan.Plan, question func(schema.CheckAnswers) (bool, *schema.CheckProblem)) plan.Check {
	t.Helper()
	in.Tenant.Checks = []schema.Check{{Name: "one", OfChanges: p != nil, Evaluate: func(a schema.CheckAnswers) (out schema.CheckOutcome) {
		holds, problem := question(a)
		switch {
		case problem != nil:
			out.Problems = []schema.Finding{{Code: schema.CheckUndecided, Summary: problem.Summary, Detail: problem.Detail}}
		case !holds:
			out.Failed, out.Failures = 1, []schema.CheckFailure{{Text: "No."}}
		}
		return out
	}}}
	return checks.Evaluate(checks.Input{Tenant: in.Tenant, State: access.New(in), Plan: p})[0]
}

func can(subject, right, scope string) func(schema.CheckAnswers) (bool, *schema.CheckProblem) {
	return func(a schema.CheckAnswers) (bool, *schema.CheckProblem) { return a.Can(subject, right, scope) }
}

// TestAnswersAreNeverGuessed asks what has an answer and what has none.
func TestAnswersAreNeverGuessed(t *testing.T) {
	for _, c := range []struct {
		question func(schema.CheckAnswers) (bool, *schema.CheckProblem)
		result   plan.CheckResult
		says     string
	}{
		{can("user000000@zoo.example", "flag", ""), plan.CheckPassed, ""},
		{can("USER000000@zoo.example", "Flag", ""), plan.CheckPassed, ""},
		{can("user.user000000@zoo.example", "flag", "group.S/G0"), plan.CheckPassed, ""},
		{can("user000001@zoo.example", "flag", ""), plan.CheckFailed, "No."},
		{can("user000000@zoo.example", "flag", "000009"), plan.CheckFailed, "No."},
		{can("user000000", "flag", ""), plan.CheckUndecided, "No user is called"},
		{can("user000000@zoo.example", "flagg", ""), plan.CheckUndecided, "No right is called"},
		{can("user000000@zoo.example", "flag", "S/G77"), plan.CheckUndecided, "Nothing is called"},
		{can("user000000@zoo.example", "flag", "group.S/G4"), plan.CheckUndecided, "on a part only"},
		{can("user000001@zoo.example", "answer", "group.S/G2"), plan.CheckPassed, ""}, // its groups G1 and G3 have the places of G2
	} {
		got := ask(t, access.Input{Tenant: organization(20, 5, 10)}, nil, c.question)
		text := got.Text(1)
		for _, p := range got.Problems {
			text += p.Summary
		}
		if got.Result != c.result || !strings.Contains(text, c.says) {
			t.Errorf("%s %q, want %s %q", got.Result, text, c.result, c.says)
		}
	}
}

// TestUnreadListsGiveNoAnswer has a list that could not be read: only yes is certain then.
func TestUnreadListsGiveNoAnswer(t *testing.T) {
	tenant := organization(20, 5, 10)
	live := map[string][]schema.Object{}
	for _, o := range tenant.Objects {
		o.ID = o.Addr.Key
		live[o.Addr.Kind] = append(live[o.Addr.Kind], o)
	}
	in := access.Input{Tenant: tenant, Live: live, Unlisted: map[string]error{"section": errUnread}}
	for _, c := range []struct {
		question func(schema.CheckAnswers) (bool, *schema.CheckProblem)
		result   plan.CheckResult
	}{
		{can("user000000@zoo.example", "flag", ""), plan.CheckPassed},
		{can("user000001@zoo.example", "flag", ""), plan.CheckUndecided},
		{func(a schema.CheckAnswers) (bool, *schema.CheckProblem) { _, p := a.WhoCan("flag", ""); return true, p }, plan.CheckUndecided},
		{func(a schema.CheckAnswers) (bool, *schema.CheckProblem) { _, p := a.Subjects(); return true, p }, plan.CheckUndecided},
		{func(a schema.CheckAnswers) (bool, *schema.CheckProblem) { _, p := a.Administrators(); return true, p }, plan.CheckUndecided},
		{func(a schema.CheckAnswers) (bool, *schema.CheckProblem) {
			_, p := a.Rights("user000001@zoo.example")
			return true, p
		}, plan.CheckUndecided},
	} {
		if got := ask(t, in, nil, c.question); got.Result != c.result {
			t.Errorf("%s, want %s", got.Result, c.result)
		}
	}
}

// TestRemovedSubjectsAreKnown asks about users whom a plan removes: they have no rights, and are no typing mistakes.
func TestRemovedSubjectsAreKnown(t *testing.T) {
	tenant := organization(20, 5, 10)
	in := access.Input{Tenant: tenant, Removed: map[schema.Address]bool{{Kind: "user", Key: "user000000@zoo.example"}: true}}
	if got := ask(t, in, nil, can("user000000@zoo.example", "flag", "")); got.Result != plan.CheckFailed {
		t.Errorf("a user who is removed: %s %v", got.Result, got.Problems)
	}
	got := ask(t, in, nil, func(a schema.CheckAnswers) (bool, *schema.CheckProblem) {
		who, p := a.WhoCan("flag", "")
		all, _ := a.Subjects()
		return len(who) == 1 && len(all) == 19, p
	})
	if got.Result != plan.CheckPassed {
		t.Errorf("lists have users who are removed: %s %v", got.Result, got.Problems)
	}
}

// TestUnknownChanges has a plan of which not everything is known, so that a check about it has no result.
func TestUnknownChanges(t *testing.T) {
	changes := func(a schema.CheckAnswers) (bool, *schema.CheckProblem) {
		c, p := a.Changes()
		return len(c.Gains) == 0, p
	}
	tenant := organization(20, 5, 10)
	for name, c := range map[string]struct {
		p      *plan.Plan
		result plan.CheckResult
	}{
		"nothing":  {&plan.Plan{}, plan.CheckPassed},
		"a person": {&plan.Plan{Unknown: []plan.Unknown{{Subject: schema.Address{Kind: "user", Key: "a"}}}}, plan.CheckUndecided},
		"a right":  {&plan.Plan{Findings: []schema.Finding{{Severity: schema.Warning, RightsUnknown: true}}}, plan.CheckUndecided},
	} {
		if got := ask(t, access.Input{Tenant: tenant}, c.p, changes); got.Result != c.result {
			t.Errorf("%s: %s, want %s", name, got.Result, c.result)
		}
	}
}
