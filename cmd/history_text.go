package cmd

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// shownMembers is how many members of a value one line lists.
const shownMembers = 8

// write prints the history as text.
func (h *history) write(s *Streams, o *historyOptions) error {
	var b strings.Builder
	line := func(indent int, words string) {
		b.WriteString(text.Indent(text.Clean(words), strings.Repeat(" ", indent), s.Width) + "\n")
	}
	if len(h.runs) == 0 {
		what := "No journal of " + o.dir + " records a run."
		if o.subject != "" {
			what = "No journal of " + o.dir + " records a change of " + o.subject + ". Write a key or an address, such as user.ana@zoo.example; for another directory, add --dir."
		}
		line(0, what)
	}
	for i := range h.runs {
		if i > 0 {
			b.WriteByte('\n')
		}
		r := &h.runs[i]
		b.WriteString(text.Style(s.Color).Bold(text.Clean(headline(r.Record))) + "\n")
		line(2, result(r.Record))
		if u := r.Record.Header.Undoes; u != "" {
			line(2, "Undid "+u+".")
		}
		if d := r.Record.Header.Digest; d != "" && o.subject == "" {
			b.WriteString("  Digest: " + text.Clean(d) + "\n") // to copy, so it is not wrapped
		}
		b.WriteString("  Journal: " + text.Clean(r.Path) + "\n")
		if o.subject == "" && len(r.entries) > 0 {
			line(2, "It is not known whether these took effect; rolecall plan reads what is true now:")
		}
		for _, e := range r.entries {
			line(4, sentence(e))
			if o.subject != "" {
				for _, d := range differences(e) {
					line(6, d.String())
				}
			}
		}
	}
	_, err := io.WriteString(s.Out, b.String())
	return err
}

// headline says when, where and by whom.
func headline(r *apply.Record) string {
	h := &r.Header
	out := h.Started.UTC().Format(time.DateTime) + " UTC, " + h.Provider + " (" + h.Tenant + ")"
	if h.Actor != "" {
		out += ", by " + h.Actor
	}
	if h.Commit != "" {
		out += ", commit " + shortCommit(h.Commit)
	}
	return out
}

// shortCommit is how much of the hash of a commit git shows in a large repository.
func shortCommit(hash string) string { return hash[:min(len(hash), 12)] }

// result is the run in one sentence or two.
func result(r *apply.Record) string {
	total := 0
	for _, n := range r.Header.Changes {
		total += n
	}
	counts := r.Counts()
	var parts []string
	for _, s := range []apply.Status{apply.Failed, apply.Diverged, apply.Stale, apply.Skipped, apply.NotStarted} {
		if n := counts[s]; n > 0 {
			parts = append(parts, text.Number(n)+" "+strings.ReplaceAll(s.String(), "-", " "))
		}
	}
	out := fmt.Sprintf("Applied %s of %s", text.Number(counts[apply.Done]), text.Count(total, "change", "changes"))
	if len(parts) > 0 {
		out += ": " + strings.Join(parts, ", ")
	}
	switch out += "."; {
	case r.Halted != "":
		out += " The run ended early: " + r.Halted + "."
	case !r.Complete:
		out += " The run did not finish, or it is still running."
	}
	return out
}

// sentence says what became of a change: "update user.ana@zoo.example: done".
func sentence(e *apply.Entry) string {
	out := e.Action.String() + " " + e.Addr.String()
	if e.From != "" && e.From != e.Addr.Key {
		out += " (was " + e.From + ")"
	}
	if e.OutcomeUnknown {
		out += ": outcome unknown"
	} else {
		out += ": " + e.Status.String()
	}
	if e.Reason != "" {
		out += " (" + e.Reason + ")"
	}
	return out
}

// String says how an attribute changed: "role: A → B", or "groups: added A; removed B" for many.
func (d attributeDifference) String() string {
	if len(d.before) <= 1 && len(d.after) <= 1 {
		return fmt.Sprintf("%s: %s → %s", d.name, orNone(d.before), orNone(d.after))
	}
	var parts []string
	if gained := without(d.after, d.before); len(gained) > 0 {
		parts = append(parts, "added "+text.List(gained, shownMembers))
	}
	if lost := without(d.before, d.after); len(lost) > 0 {
		parts = append(parts, "removed "+text.List(lost, shownMembers))
	}
	return d.name + ": " + strings.Join(parts, "; ")
}

func orNone(members []string) string {
	if len(members) == 0 {
		return "(none)"
	}
	return members[0]
}
