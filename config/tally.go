package config

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
)

// A tally keeps one mistake in a block with for_each from being told a hundred
// thousand times: the same text once, and at one place a few at most. How many
// more there are is added to the last one that is told.
type tally struct {
	loader *loader
	told   map[string]*hcl.Diagnostic // by place and text
	last   map[string]*hcl.Diagnostic // by place and code
	count  map[string]int             // told, by place and code
	more   map[*hcl.Diagnostic]int
	order  []*hcl.Diagnostic
}

// mostAtOnePlace is how many different mistakes of one sort are told of one place.
const mostAtOnePlace = 5

func newTally(l *loader) *tally {
	return &tally{loader: l, told: map[string]*hcl.Diagnostic{}, last: map[string]*hcl.Diagnostic{},
		count: map[string]int{}, more: map[*hcl.Diagnostic]int{}}
}

// add tells a mistake, or counts it. The key is each.key, empty without for_each.
func (t *tally) add(d *hcl.Diagnostic, key string) {
	where := placeOf(d).String() + Code(d)
	text := where + d.Summary + d.Detail
	if told := t.told[text]; told != nil {
		t.more[told]++
		return
	}
	if t.count[where] >= mostAtOnePlace {
		t.more[t.last[where]]++
		return
	}
	t.count[where]++
	t.told[text], t.last[where] = d, d
	t.order = append(t.order, d)
	if key != "" {
		d.Detail += fmt.Sprintf("\nHere each.key is %q.", key)
	}
}

// close reports what was told.
func (t *tally) close() {
	for _, d := range t.order {
		if n := t.more[d]; n > 0 {
			d.Detail += fmt.Sprintf(" The same place is wrong for %d more.", n)
		}
	}
	t.loader.report(t.order...)
}
