package render

import (
	"fmt"
	"strings"
	"time"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// symbol returns the one-column mark of an action.
func symbol(a schema.Action) string {
	switch a {
	case schema.Create:
		return "+"
	case schema.Update:
		return "~"
	case schema.Rename:
		return "→"
	case schema.Deactivate:
		return "×"
	case schema.Delete:
		return "-"
	case schema.Forget:
		return "·"
	case schema.Refuse:
		return "!"
	}
	return " "
}

func styleOf(a schema.Action) style {
	switch a {
	case schema.Create:
		return added
	case schema.Update, schema.Rename:
		return altered
	case schema.Deactivate, schema.Delete:
		return warning
	case schema.Refuse:
		return failed
	}
	return dim
}

// Duration rounds a duration up: "under a minute", "about 3 minutes", "about 2 hours".
func Duration(d time.Duration) string {
	up := func(unit time.Duration) int { return int((d + unit - 1) / unit) }
	switch {
	case d < time.Minute:
		return "under a minute"
	case d == time.Minute:
		return "about a minute"
	case d <= 90*time.Minute:
		return fmt.Sprintf("about %d minutes", up(time.Minute))
	}
	return fmt.Sprintf("about %d hours", up(time.Hour))
}

// Summary counts the changes of a plan on one line:
// "Plan: 3 to create, 1 to delete; 994 unchanged".
func Summary(p *plan.Plan) string {
	s := p.Summary()
	what := counts(s)
	if what == "" {
		what = "nothing to do"
	}
	if s.Unchanged > 0 {
		what += "; " + text.Number(s.Unchanged) + " unchanged"
	}
	return "Plan: " + what
}

// counts lists the numbers of a summary.
func counts(s plan.Summary) string {
	var parts []string
	for _, c := range []struct {
		n    int
		what string
	}{
		{s.Create, "to create"}, {s.Update, "to update"}, {s.Rename, "to rename"}, {s.Delete, "to delete"},
		{s.Deactivate, "to deactivate"}, {s.Forget, "to forget"}, {s.Refuse, "refused"},
	} {
		if c.n > 0 {
			parts = append(parts, text.Number(c.n)+" "+c.what)
		}
	}
	return strings.Join(parts, ", ")
}

// Requests writes the numbers of requests on one line:
// "12 requests used to plan; applying needs about 45 requests, under a minute at
// 240 a minute".
func Requests(c plan.Requests) string {
	line := text.Count(c.Spent, "request", "requests") + " used to plan"
	if c.Estimated == 0 {
		return line
	}
	line += "; applying needs about " + text.Count(c.Estimated, "request", "requests")
	if c.Budget > 0 {
		line += ", " + Duration(time.Duration(c.Minutes*float64(time.Minute)))
	}
	if c.Budget > 0 && c.Minutes <= float64(c.Spent+c.Estimated)/float64(c.Budget) { // no narrower limit of the product decides
		line += " at " + text.Number(c.Budget) + " a minute"
	}
	return line
}
