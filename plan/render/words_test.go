package render

import (
	"testing"
	"time"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "under a minute", 59 * time.Second: "under a minute", time.Minute: "about a minute", 61 * time.Second: "about 2 minutes",
		12*time.Minute + time.Second: "about 13 minutes", 90 * time.Minute: "about 90 minutes", 91 * time.Minute: "about 2 hours", 5 * time.Hour: "about 5 hours",
	} {
		if got := Duration(d); got != want {
			t.Errorf("Duration(%s) = %q, want %q", d, got, want)
		}
	}
}

func TestCost(t *testing.T) {
	for _, c := range []struct {
		cost plan.Requests
		want string
	}{
		{plan.Requests{Spent: 12, Estimated: 45, Budget: 240}, "12 requests used to plan; applying needs about 45 requests, under a minute at 240 a minute"},
		{plan.Requests{Spent: 1, Estimated: 1, Budget: 1, Minutes: 1}, "1 request used to plan; applying needs about 1 request, about a minute at 1 a minute"},
		{plan.Requests{Spent: 1000, Estimated: 60000, Budget: 240, Minutes: 254}, "1,000 requests used to plan; applying needs about 60,000 requests, about 5 hours at 240 a minute"},
		{plan.Requests{Spent: 3, Estimated: 2}, "3 requests used to plan; applying needs about 2 requests"},
		{plan.Requests{Spent: 3, Budget: 240}, "3 requests used to plan"},
	} {
		if got := Requests(c.cost); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

func TestSummary(t *testing.T) {
	changes := func(actions ...schema.Action) (out []plan.Change) {
		for _, a := range actions {
			out = append(out, plan.Change{Action: a})
		}
		return out
	}
	for _, c := range []struct {
		plan plan.Plan
		want string
	}{
		{plan.Plan{}, "Plan: nothing to do"},
		{plan.Plan{Unchanged: map[string]int{"user": 1200}}, "Plan: nothing to do; 1,200 unchanged"},
		{plan.Plan{Changes: changes(schema.Create, schema.Create, schema.Update, schema.Delete, schema.Deactivate), Unchanged: map[string]int{"user": 994}},
			"Plan: 2 to create, 1 to update, 1 to delete, 1 to deactivate; 994 unchanged"},
		{plan.Plan{Changes: changes(schema.Rename, schema.Forget, schema.Refuse, schema.NoOp)}, "Plan: 1 to rename, 1 to forget, 1 refused"},
	} {
		if got := Summary(&c.plan); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

func TestSymbols(t *testing.T) {
	for a := schema.NoOp; a <= schema.Refuse; a++ {
		if text.Width(symbol(a)) != 1 {
			t.Errorf("%s: the symbol is not one column wide", a)
		}
	}
}
