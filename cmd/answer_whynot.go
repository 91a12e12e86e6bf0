package cmd

import (
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/plan/access"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// proposals writes the changes that would give the subject the right.
func (w *answerText) proposals(x *explained) {
	head := "The user does not have " + x.right + inScope(x.scope)
	if len(x.shares) > 0 {
		head = "It is not known whether the user has " + x.right + inScope(x.scope)
		if x.scope != nil && slices.ContainsFunc(x.shares, func(s access.Share) bool { return !s.Unknown }) {
			head = "The user has " + x.right + " only on a part of " + x.scope.Text
		}
	}
	if len(x.proposals) == 0 {
		w.line(0, head+". rolecall knows no change, and no pair of changes, that gives it.")
		return
	}
	w.line(0, head+". These changes would give it; those that grant the fewest other rights come first:")
	for i := range x.proposals {
		p := &x.proposals[i]
		w.blank()
		for n, step := range p.Steps {
			words := stepWords(step)
			if n == 0 {
				w.item(fmt.Sprintf("%d. ", i+1), text.Capital(words))
			} else {
				w.line(3, "and "+words)
			}
		}
		for _, s := range w.effects(p, x.scope) {
			w.line(5, s)
		}
	}
}

// stepWords describes one change.
func stepWords(s access.Step) string {
	switch {
	case s.Create && s.Value != "":
		return "declare " + s.Addr.String() + " with " + s.Value
	case s.Create:
		return "declare " + s.Addr.String()
	case s.Add:
		return fmt.Sprintf("add %s to %s of %s  %s", s.Value, s.Attribute, s.Addr, originWords(s.Link))
	}
	if s.Attribute == "" {
		return fmt.Sprintf("let %s have %s  %s", s.Addr, s.Value, originWords(s.Link))
	}
	return fmt.Sprintf("set %s of %s to %s  %s", s.Attribute, s.Addr, s.Value, originWords(s.Link))
}

// effects says what comes along with a proposal.
func (w *answerText) effects(p *access.Proposal, sc *access.Scope) []string {
	var out []string
	where := ""
	switch {
	case p.Everywhere:
		where = " in the whole tenant"
	case sc != nil && p.Places > max(sc.Places, 1):
		where = " on " + text.Number(p.Places) + " places"
	}
	switch {
	case p.Wide:
		out = append(out, "The user may then do everything in the whole tenant.")
	case len(p.More) > 0:
		out = append(out, fmt.Sprintf("Also gives %s%s: %s", text.Count(len(p.More), "right", "rights"), where, text.List(p.More, w.limit(shownPlaces))))
	case where != "":
		out = append(out, "Gives it"+where+".")
	case len(p.Others) == 0:
		out = append(out, "Gives nothing else.")
	}
	if len(p.Lost) > 0 {
		out = append(out, fmt.Sprintf("Removes %s: %s", text.Count(len(p.Lost), "right", "rights"), text.List(p.Lost, w.limit(shownPlaces))))
	}
	if len(p.Others) > 0 {
		var names []string
		for _, sub := range p.Others {
			names = append(names, sub.Addr.Key)
		}
		out = append(out, fmt.Sprintf("Affects %s: %s", text.Count(len(names), "other user", "other users"), text.List(names, w.limit(shownPlaces))))
	}
	return out
}
