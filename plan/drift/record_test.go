package drift

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// after checks a club with a baseline, and compares the differences but that of the role ghost.
func (c *club) after(t *testing.T, b *Baseline, want ...string) {
	t.Helper()
	got := slices.DeleteFunc(lines(c.find(t, b)), func(s string) bool { return s == "~ unknown: role ghost exists; no file declares it" })
	if diff := cmp.Diff(append([]string{}, want...), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// apply returns the observation of an apply in which the changes that done admits were made.
func (c *club) apply(t *testing.T, done func(*plan.Change) bool) Observation {
	o := c.observation(t)
	o.At = "2026-02-02T00:00:00Z"
	for i := range o.Plan.Changes {
		x := &o.Plan.Changes[i]
		if !done(x) {
			continue
		}
		var now schema.Object
		if x.Want != nil {
			now = *x.Want
			if now.ID = "made"; x.Have != nil {
				now.ID = x.Have.ID
			}
		}
		o.Applied[x] = now
	}
	return o
}

func all(*plan.Change) bool  { return true }
func none(*plan.Change) bool { return false }

func (c *club) edited(live, files []string) *club {
	next := *c
	next.live, next.files = edit(c.live, live), edit(c.files, files)
	return &next
}

func TestRefreshBlessesNothing(t *testing.T) {
	c := settled()
	first := Refresh(c.observation(t), nil)
	moved := c.edited([]string{
		"user ana@club role=keeper -> user ana@club role=ghost",
		"user ben@club role=keeper -> user ben@club role=keeper id=9",
		"- member zoo ana@club",
		"+ user new@club",
	}, nil)
	want := []string{
		"! drift: ben@club is another account now: its id changed from user-3 to 9, so somebody else may own this address",
		"~ drift: ana@club became ghost",
		"~ drift: new@club was added; no file declares this user",
		"~ drift: ana@club was removed from team zoo",
	}
	moved.after(t, first, want...)
	// An apply that fails at its first change, and one that was never allowed to make them.
	b := Refresh(moved.apply(t, none), first)
	moved.after(t, b, want...)
	if b.At != first.At {
		t.Errorf("the baseline is of %s, so the audit log is not read back to the changes after %s", b.At, first.At)
	}
	unapproved := moved.apply(t, none)
	for _, x := range unapproved.Plan.Changes {
		unapproved.Plan.Deviations = append(unapproved.Plan.Deviations, plan.Deviation{Addr: x.Addr, Action: x.Action, Why: plan.NotApproved})
	}
	unapproved.Plan.Changes = nil
	moved.after(t, Refresh(unapproved, first), want...)
}

func TestRefreshKnowsWhatApplyDid(t *testing.T) {
	c := settled()
	first := Refresh(c.observation(t), nil)

	next := c.edited(nil, []string{"role keeper feed -> role keeper clean", "+ user new@club role=keeper"})
	b := Refresh(next.apply(t, all), first)
	if b.At != "2026-02-02T00:00:00Z" {
		t.Errorf("the baseline is of %s, although all is as declared", b.At)
	}
	applied := next.edited([]string{"role keeper feed -> role keeper clean", "+ user new@club role=keeper id=made"}, nil)
	applied.after(t, b)
	applied.edited([]string{"role keeper clean -> role keeper feed"}, nil).after(t, b,
		"~ drift: role keeper gained one right and lost one right; ana@club, ben@club and new@club gained rights through it; ana@club, ben@club and new@club lost rights through it")
	applied.edited([]string{"user new@club role=keeper id=made -> user new@club role=keeper id=other"}, nil).after(t, b,
		"! drift: new@club is another account now: its id changed from made to other, so somebody else may own this address")
}

func TestRefreshAfterTheFirstOfTwoSteps(t *testing.T) {
	c := settled()
	first := Refresh(c.observation(t), nil)
	next := c.edited(nil, []string{"role keeper feed -> role keeper clean"})
	o := next.apply(t, none)
	i := slices.IndexFunc(o.Plan.Changes, func(x plan.Change) bool { return x.Addr.Kind == "role" })
	whole := o.Plan.Changes[i]
	middle := whole.Want.Clone()
	middle.Body.(*clubRole).Rights = nil
	one, two := whole, whole
	one.Want, two.Have = &middle, &middle
	o.Plan.Changes = []plan.Change{one, two}
	o.Applied[&o.Plan.Changes[0]] = middle
	b := Refresh(o, first)

	// The second step failed, so it is the files that are not applied yet; nobody took "feed" by hand.
	next.live = edit(next.live, []string{"role keeper feed -> role keeper"})
	next.after(t, b, "~ pending: role keeper is not updated yet: rights; it affects the rights of ana@club and ben@club")
}

func TestRefreshAfterRemovals(t *testing.T) {
	c := settled()
	c.manage["user"] = schema.Manage{Mode: schema.Authoritative}
	c.files = append(c.files, "user sue@club role=ghost", "user bob@club disabled")
	first := Refresh(c.observation(t), nil)
	next := c.edited(nil, []string{"- user sue"})
	b := Refresh(next.apply(t, all), first)
	next.manage = nil // the user is left alone now
	next.edited([]string{"user sue@club role=ghost -> user sue@club role=ghost disabled"}, nil).after(t, b)
	next.after(t, b, "~ drift: sue@club was activated; no file declares this user")
}

func TestRefreshAfterRename(t *testing.T) {
	c := settled()
	first := Refresh(c.observation(t), nil)
	next := c.edited(nil, []string{"user ben@club role=keeper -> user eve@club role=keeper previously=ben@club"})
	b := Refresh(next.apply(t, all), first)
	renamed := next.edited([]string{"user ben@club role=keeper -> user eve@club role=keeper"}, nil)
	renamed.after(t, b)
	renamed.edited([]string{"user eve@club role=keeper -> user eve@club role=ghost"}, nil).after(t, b, "~ drift: eve@club became ghost")
}

// A kind that an earlier baseline does not have is known from the first time that it is listed.
func TestRefreshOfAnotherKind(t *testing.T) {
	c := settled()
	o := c.observation(t)
	delete(o.Live, "user")
	first := Refresh(o, nil)
	d := c.find(t, first)
	if len(d.Notes) == 0 {
		t.Error("no note says that the baseline lacks the users")
	}
	c.after(t, Refresh(c.apply(t, all), first))
}

func TestRecord(t *testing.T) {
	c := settled()
	first := Refresh(c.observation(t), nil)
	moved := c.edited([]string{
		"user ana@club role=keeper -> user ana@club role=ghost",
		"user ben@club role=keeper -> user ben@club role=keeper disabled",
		"user sue@club role=ghost -> user sue@club role=ghost owner",
		"- member zoo ana@club",
		"+ user new@club",
	}, nil)
	moved.after(t, first,
		"! drift: sue@club became owner; no file declares this user",
		"~ drift: ana@club became ghost",
		"~ drift: ben@club was deactivated",
		"~ drift: new@club was added; no file declares this user",
		"~ drift: ana@club was removed from team zoo")
	// What was done by hand stays so, and privileges stay differences.
	moved.after(t, Record(moved.observation(t), first),
		"! unknown: sue@club is owner; no file declares this user",
		"~ drift: ana@club became ghost",
		"~ drift: ben@club was deactivated",
		"~ drift: ana@club was removed from team zoo")
	// Without an earlier baseline it is not known who did it.
	moved.after(t, Record(moved.observation(t), nil),
		"! unknown: sue@club is owner; no file declares this user",
		"~ unknown: ana@club is not as in the files: role",
		"~ unknown: ben@club cannot sign in, and no file says so",
		"~ unknown: ana@club is not in team zoo: removed by hand, or not added yet")
}

func TestRecordOfAnotherAccount(t *testing.T) {
	c := settled()
	first := Refresh(c.observation(t), nil)
	moved := c.edited([]string{"user ben@club role=keeper -> user ben@club role=keeper id=9"}, nil)
	moved.after(t, Record(moved.observation(t), first))
}
