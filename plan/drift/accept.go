package drift

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// accept hides the differences that accept blocks name and that are known: what is as in the baseline,
// or, if the block has fingerprints, the differences with these. A block also says what it does not
// hide, so that the fingerprint can be copied from the note.
func (f *finder) accept() {
	byAddr := map[schema.Address]*schema.Acceptance{}
	for i := range f.Tenant.Accepted {
		a := &f.Tenant.Accepted[i]
		byAddr[schema.Address{Provider: f.Tenant.Name, Kind: a.Kind, Key: a.Key}] = a
	}
	hidden, shown := map[*schema.Acceptance]int{}, map[*schema.Acceptance][]string{}
	kept := f.out.Differences[:0]
	for _, d := range f.out.Differences {
		a := byAddr[d.Addr]
		if a == nil {
			a = byAddr[d.Subject]
		}
		if a != nil && a.Until >= f.Today && f.accepts(a, &d) {
			hidden[a]++
			f.out.Accepted = append(f.out.Accepted, Accepted{d, a.Until, a.Reason})
			continue
		}
		kept = append(kept, d)
		if a != nil {
			shown[a] = append(shown[a], d.Fingerprint)
		}
	}
	f.out.Differences = kept
	for i := range f.Tenant.Accepted {
		a := &f.Tenant.Accepted[i]
		what := fmt.Sprintf("accept %q %q", a.Kind, a.Key)
		quoted := `"` + strings.Join(shown[a], `", "`) + `"`
		switch {
		case a.Until < f.Today:
			f.note("%s ended on %s and hides nothing any more. Delete the block, or write a later day if the difference is still meant.", what, a.Until)
		case len(shown[a]) > 0 && len(a.Fingerprints) == 0:
			f.note("%s does not hide what is above, which is not as in the baseline. If it is meant, write fingerprints = [%s] in the block.", what, quoted)
		case len(shown[a]) > 0:
			f.note("%s does not hide what is above, which is not what was accepted. If it is meant too, add %s to the fingerprints of the block.", what, quoted)
		case hidden[a] == 0 && len(f.out.Unseen) == 0:
			f.note("%s hides nothing, because nothing differs there. Delete the block.", what)
		}
	}
}

// accepts reports whether the block hides the difference of the object that it names.
func (f *finder) accepts(a *schema.Acceptance, d *Difference) bool {
	if len(a.Fingerprints) > 0 {
		return slices.Contains(a.Fingerprints, d.Fingerprint)
	}
	o := f.rights.find(d.Live)
	if o == nil || d.Origin != Unknown || len(d.Attributes) > 0 {
		return false
	}
	_, known := f.Baseline.entry(o.Addr)
	return known && !f.movedWithHeld(o)
}

func (f *finder) note(format string, values ...any) {
	f.out.Notes = append(f.out.Notes, fmt.Sprintf(format, values...))
}
