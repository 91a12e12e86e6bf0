package config

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
)

// A told is one mistake in one object of a block. The key is each.key, empty
// without for_each.
type told struct {
	d     *hcl.Diagnostic
	key   string
	texts []string // of the member of for_each
}

// mostAtOnePlace is how many different mistakes of one sort are told of one place.
const mostAtOnePlace = 5

// tally returns what to report of the mistakes of one block. For one with for_each it keeps a mistake
// from being told a hundred thousand times: the same text once, and at one place a
// few at most. How many more there are is added to the last one that is told.
func tally(found []told) hcl.Diagnostics {
	if len(found) == 0 {
		return nil
	}
	texts := map[string]*hcl.Diagnostic{} // told, by place and text
	last := map[string]*hcl.Diagnostic{}  // told last, by place and code
	count := map[string]int{}             // told, by place and code
	more := map[*hcl.Diagnostic]int{}     // not told
	var out hcl.Diagnostics
	for _, f := range found {
		where := placeOf(f.d).String() + Code(f.d)
		text := where + f.d.Summary + f.d.Detail
		switch {
		case texts[text] != nil:
			more[texts[text]]++
		case count[where] >= mostAtOnePlace:
			more[last[where]]++
		default:
			count[where]++
			texts[text], last[where] = f.d, f.d
			out = append(out, f.d)
			if f.key != "" {
				f.d.Detail += fmt.Sprintf("\nHere each.key is %q.", f.key)
				withKeys(f.d, f.key)
				e := f.d.Extra.(extra)
				e.texts = f.texts
				f.d.Extra = e
			}
		}
	}
	for _, d := range out {
		if n := more[d]; n > 0 {
			d.Detail += fmt.Sprintf(" The same place is wrong for %d more.", n)
		}
	}
	return out
}
