package providertest

import (
	"fmt"
	"slices"
)

// A reach watches what people can see and do while something is changed.
type reach struct {
	next func() []map[string][]string // may be nil
	last map[string][]string          // when it was looked at last
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
	before, after := r.last, moments[len(moments)-1]
	r.last = after
	if before == nil {
		before = moments[0]
	}
	for n, moment := range moments {
		for who, words := range moment {
			for _, word := range words {
				if !slices.Contains(before[who], word) && !slices.Contains(after[who], word) {
					return fmt.Errorf("after change %d %s could for a while: %s", n+1, who, word)
				}
			}
		}
	}
	return nil
}
