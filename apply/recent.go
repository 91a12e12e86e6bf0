package apply

import (
	"fmt"
	"github.com/rolecall-dev/rolecall/plan"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/rolecall-dev/rolecall/apply/datadir"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// day is how far back removals count.
const day = 24 * time.Hour

// longest is how long a run may take: journals that were begun earlier than that
// before the day that counts are not read.
const longest = 24 * time.Hour

// embedded is the endpoint of the emulator inside the program, which keeps data of
// its own for each provider block.
const embedded = "emulator"

// ReadRecent reads from the journals in the directory what was removed from the
// tenant within the 24 hours before now: of the product with the tenant's id,
// whatever the endpoint was called, but for the embedded emulator, which is apart.
// Deleted and deactivated objects count, and what the journal says was removed with
// a change; writes of which nobody knows whether they took effect count as well, and
// so does what was created again or made active again since. Whoever lost less is in
// Recent.Narrowed, with the share that all runs together left.
//
// A nil directory has no journals. Where a journal cannot be read, or tells of a
// removal more than a day after now, Recent.Unknown says so.
func ReadRecent(dir *datadir.Dir, products []*schema.Product, about Header, now time.Time) plan.Recent {
	if dir == nil {
		return plan.Recent{}
	}
	names, err := journals(dir)
	if err != nil {
		return plan.Recent{Unknown: err.Error()}
	}
	removed, narrowed := map[schema.Address]bool{}, map[schema.Address]float64{}
	var runs []journalRecord
	for _, name := range names {
		if startedBefore(name, now.Add(-day-longest)) {
			continue
		}
		r, err := readAbout(dir, name, products, func(h *Header) bool {
			return h.Product == about.Product && h.Tenant == about.Tenant && (h.Endpoint == embedded) == (about.Endpoint == embedded) &&
				(h.Endpoint != embedded || h.Provider == about.Provider)
		})
		if err != nil {
			return plan.Recent{Unknown: fmt.Sprintf("%s: %v", dir.Path(name), err)}
		}
		if r != nil {
			runs = append(runs, journalRecord{name, r})
		}
	}
	inOrder(runs)
	for _, r := range runs {
		if err := r.record.countRemovals(removed, narrowed, now); err != nil {
			return plan.Recent{Unknown: fmt.Sprintf("%s: %v", dir.Path(r.name), err)}
		}
	}
	return plan.Recent{Narrowed: narrowed, Removed: slices.SortedFunc(maps.Keys(removed), schema.Address.Compare)}
}

// startedBefore reports whether the name of a journal says that its run was begun
// before a moment.
func startedBefore(name string, moment time.Time) bool {
	stamp, _, _ := strings.Cut(name, "-")
	at, err := time.Parse(journalStamp, stamp)
	return err == nil && at.Before(moment)
}

// countRemovals notes what the run removed since a day before now, and how much those keep
// who lost less. What was brought
// back since counts as well: it may have come back with fewer rights. A removal up to
// a day after now counts too, since clocks differ. The error says that one is later.
func (r *Record) countRemovals(removed map[schema.Address]bool, narrowed map[schema.Address]float64, now time.Time) error {
	for i := range r.Entries {
		e := &r.Entries[i]
		if e.Begun.Before(now.Add(-day)) || e.Status != Done && e.Status != Diverged && !e.OutcomeUnknown {
			continue // it is long ago, or nothing was changed
		}
		all := e.Removes
		if e.Action.Removes() || e.After != nil && inactive(e.After) && (e.Before == nil || !inactive(e.Before)) {
			all = append(slices.Clip(all), e.Addr)
		}
		if len(all) > 0 && e.Begun.After(now.Add(day)) {
			return fmt.Errorf("it says that %s was removed on %s, and the clock of this machine says %s. Set the clock, if it is wrong",
				all[0], e.Begun.Format(time.DateTime), now.Format(time.DateTime))
		}
		for _, a := range all {
			removed[schema.Address{Kind: a.Kind, Key: a.Key}] = true
		}
		for a, kept := range e.Narrows {
			a.Provider = ""
			if earlier, before := narrowed[a]; before {
				kept *= earlier
			}
			narrowed[a] = kept
		}
	}
	return nil
}
