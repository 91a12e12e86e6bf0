package drift

import (
	"fmt"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// accept hides the differences that accept blocks name and that the baseline knows.
func (f *finder) accept() {
	byAddr := map[schema.Address]*schema.Acceptance{}
	for i := range f.Tenant.Accepted {
		a := &f.Tenant.Accepted[i]
		if a.Until < f.Today {
			f.note("accept %s ended on %s and hides nothing any more.", a, a.Until)
			continue
		}
		byAddr[schema.Address{Provider: f.Tenant.Name, Kind: a.Kind, Key: a.Key}] = a
	}
	kept := f.out.Differences[:0]
	for _, d := range f.out.Differences {
		a := byAddr[d.Addr]
		if a == nil {
			a = byAddr[d.Subject]
		}
		switch {
		case a == nil:
			kept = append(kept, d)
		case f.Baseline != nil && f.Baseline.knows(d.Fingerprint):
			f.out.Accepted = append(f.out.Accepted, Accepted{d, a.Until, a.Reason})
		case f.Baseline == nil:
			f.note("accept %s hides nothing yet: nothing records what is known now, so it could not be told from what is gained later. Record it with rolecall drift --update-baseline.", a)
			kept = append(kept, d)
		default:
			f.note("accept %s does not hide this: only what rolecall drift --update-baseline recorded is known. If it is meant, record it.", a)
			kept = append(kept, d)
		}
	}
	f.out.Differences = kept
}

// note adds a note, once.
func (f *finder) note(format string, a *schema.Acceptance, more ...any) {
	s := fmt.Sprintf(format, append([]any{fmt.Sprintf("%q %q", a.Kind, a.Key)}, more...)...)
	for _, have := range f.out.Notes {
		if have == s {
			return
		}
	}
	f.out.Notes = append(f.out.Notes, s)
}
