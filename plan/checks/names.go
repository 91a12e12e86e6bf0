package checks

import (
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// most is the number of names that a message lists.
const most = 8

// unknown is the problem that a name means nothing.
func (a *answers) unknown(summary string, near []string, hint string) *schema.CheckProblem {
	where := ""
	if a.State.Live == nil {
		where = " in the files"
	}
	detail := hint
	if near = distinct(near); len(near) > 0 {
		detail = "Did you mean " + text.Or(near[:min(len(near), most)]) + "? " + hint
	}
	return &schema.CheckProblem{Summary: summary + where, Detail: detail, Absent: len(near) == 0}
}

func ambiguous(name, what string, meant []string) *schema.CheckProblem {
	meant = distinct(meant)
	return &schema.CheckProblem{
		Summary: quoted(name) + " means several " + what,
		Detail:  "It may mean " + text.AndMore(meant[:min(len(meant), most)], len(meant)-min(len(meant), most)) + ". Write one of them.",
	}
}

// distinct returns the names in quotes, sorted, each once.
func distinct(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = text.Quote(n)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// quoted shortens a name for a summary and puts it in quotes.
func quoted(name string) string {
	const longest = 26
	return text.Quote(text.Shorten(name, longest))
}
