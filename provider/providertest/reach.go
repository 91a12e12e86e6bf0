package providertest

import (
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A reach watches what people can see and do while something is changed.
type reach struct {
	next func() []map[string][]string // may be nil
	last map[string][]string          // when it was looked at last
	told bool                         // a plan since then said that it cannot be helped

	opens func() bool // whether it is an obstacle that somebody may have more
}

// warn notes whether a plan says that somebody may have more for a moment.
func (r *reach) warn(p *plan.Plan) {
	r.told = r.told || slices.ContainsFunc(p.Findings, func(f schema.Finding) bool { return f.Code == "plan/transient-rights" })
}

// narrow holds each moment since the last look against its beginning and its end:
// nobody may have had in between what is in neither of them.
func (r *reach) narrow() error {
	if r.next == nil {
		return nil
	}
	moments := r.next()
	if len(moments) == 0 {
		return nil
	}
	before, after, told := r.last, moments[len(moments)-1], r.told
	r.last, r.told = after, false
	if told {
		return nil
	}
	if before == nil {
		before = moments[0]
	}
	for n, moment := range moments {
		for who, words := range moment {
			for _, word := range words {
				switch {
				case slices.Contains(before[who], word) || slices.Contains(after[who], word):
				case r.opens != nil && r.opens():
				default:
					return fmt.Errorf("after change %d %s could for a while: %s", n+1, who, word)
				}
			}
		}
	}
	return nil
}
