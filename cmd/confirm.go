package cmd

import (
	"context"
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A confirmation is a change that concerns everybody in a tenant, and what has to be typed for it.
type confirmation struct {
	address schema.Address
	name    string
}

// confirmations lists what has to be confirmed besides the approval of the plan (schema.Kind.Confirm).
func confirmations(d *plan.Document) []confirmation {
	var out []confirmation
	for _, p := range d.Plans {
		for i := range p.Changes {
			c := &p.Changes[i]
			if o := c.Want; o != nil && c.Action.Writes() && o.Kind.Confirm != nil {
				out = append(out, confirmation{c.Addr, o.Kind.Confirm(o)})
			}
		}
	}
	return out
}

// confirm asks for the name of each tenant in which everybody is concerned, unless --confirm has it.
// A digest approves exactly the plan that was shown, so it needs no more.
func confirm(ctx context.Context, s *Streams, d *plan.Document, o *applyOptions) error {
	if o.digest != "" {
		return nil
	}
	for _, c := range confirmations(d) {
		typed := func(s string) bool { return s == c.name || s == text.Clean(c.name) } // as it is, or as it is shown
		if slices.ContainsFunc(o.confirm, typed) {
			continue
		}
		flag := "--confirm " + text.ShellWord(c.name)
		if o.yes || !s.InTerminal || len(o.confirm) > 0 {
			return withCode(exitRefused, advise("Nothing was changed. Review the plan; then run the command again with "+flag+".",
				"the change of %s concerns everybody in %s and has to be confirmed by that name%s", c.address, text.Quote(c.name), given(o.confirm)))
		}
		line, err := s.ask(ctx, fmt.Sprintf("\nThe change of %s concerns everybody in %s. Type that name to confirm: ", c.address, text.Quote(c.name)))
		switch {
		case err != nil:
			return advise("Nothing was changed.", "interrupted before anything was applied")
		case !typed(line):
			return advise("Nothing was changed. Only the name exactly as shown confirms the change.", "%s was not confirmed: the name is %s, and %s was typed", c.address, text.Quote(c.name), text.Quote(line))
		}
	}
	return nil
}

// given says which names the flag --confirm had instead.
func given(names []string) string {
	if len(names) == 0 {
		return ""
	}
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = text.Quote(n)
	}
	return "; --confirm has " + text.And(quoted)
}
