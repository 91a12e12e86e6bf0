package apply

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/rolecall-dev/rolecall/apply/datadir"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A History holds the objects of one tenant as they were last written according to the
// journals, for products that let an object be written and not be read. The addresses have no
// provider, because a provider block may be renamed. An object whose last write may have taken
// effect or not has only OutcomeUnknown set. Only a later write that succeeds ends that; a
// look-up of an object that the product does not show does not.
type History map[schema.Address]schema.Object

// Of returns the object with the address, which the returned object has too.
func (h History) Of(a schema.Address) (schema.Object, bool) {
	o, ok := h[schema.Address{Kind: a.Kind, Key: a.Key}]
	if !ok {
		return schema.Object{}, false
	}
	if o.Body != nil {
		o = o.Clone() // Of may be called again for the same object
	}
	o.Addr = a
	return o, true
}

// ReadHistory reads the journals in the directory whose headers have the product, tenant and
// endpoint of about. The newest entry about an object counts. A journal that cannot be read is
// an error, because writes that only it records would seem never to have happened. A nil
// directory has no journals.
func ReadHistory(dir *datadir.Dir, products []*schema.Product, about Header) (History, error) {
	runs, err := readRuns(dir, products, time.Time{}, func(h *Header) bool {
		return h.Product == about.Product && h.Tenant == about.Tenant && h.Endpoint == about.Endpoint
	})
	if err != nil {
		return nil, err
	}
	history := History{}
	for _, r := range runs {
		history.add(r)
	}
	return history, nil
}

// add enters the writes of a run, which is newer than those before.
func (h History) add(r namedRecord) {
	for i := range r.Entries {
		e := &r.Entries[i]
		if !e.MayHaveWritten() {
			continue
		}
		at := schema.Address{Kind: e.Addr.Kind, Key: e.Addr.Key}
		delete(h, schema.Address{Kind: at.Kind, Key: e.From})
		switch {
		case e.OutcomeUnknown:
			h[at] = schema.Object{OutcomeUnknown: fmt.Sprintf("since the write of %s, recorded in %s, got no clear answer", e.Begun.Format("2006-01-02 15:04:05 MST"), r.name)}
		case e.After != nil:
			h[at] = *e.After
		default:
			delete(h, at)
		}
	}
}

// MayHaveWritten reports whether the change was begun and took effect or may have.
func (e *Entry) MayHaveWritten() bool {
	return !e.Begun.IsZero() && (e.Status == Done || e.Status == Diverged || e.OutcomeUnknown)
}

// day is the time for which removals count, and also the longest time that a run is expected
// to take: a journal that began earlier than two days ago is not read.
const day = 24 * time.Hour

// embedded is the endpoint of the emulator inside the program. Its data is separate for each
// provider block.
const embedded = "emulator"

// ReadRecent reads from the journals in the directory which objects of the tenant were removed
// within the 24 hours before now: all journals of the product with the tenant's id count,
// whatever their endpoint, but the embedded emulator's do not count for another endpoint.
// Objects that were deleted or deactivated count, and those that a journal records as removed
// with a change, also if the outcome of the write is unknown, and if they were created or
// activated again since. Recent.Narrowed has the users who lost fewer rights, with the share
// that they keep after all runs together.
//
// A nil directory has no journals. If a journal cannot be read, or has a removal more than a
// day after now, Recent.Unknown says so.
func ReadRecent(dir *datadir.Dir, products []*schema.Product, about Header, now time.Time) plan.Recent {
	runs, err := readRuns(dir, products, now.Add(-2*day), func(h *Header) bool {
		return h.Product == about.Product && h.Tenant == about.Tenant && (h.Endpoint == embedded) == (about.Endpoint == embedded) &&
			(h.Endpoint != embedded || h.Provider == about.Provider)
	})
	if err != nil {
		return plan.Recent{Unknown: err.Error()}
	}
	removed, narrowed := map[schema.Address]bool{}, map[schema.Address]float64{}
	for _, r := range runs {
		if err := r.countRemovals(removed, narrowed, now); err != nil {
			return plan.Recent{Unknown: fmt.Sprintf("%s: %v", dir.Path(r.name), err)}
		}
	}
	return plan.Recent{Narrowed: narrowed, Removed: slices.SortedFunc(maps.Keys(removed), schema.Address.Compare)}
}

// countRemovals adds what the run removed within a day before now, and the shares that users
// keep who lost fewer rights. A removal up to a day after now counts, because clocks differ;
// a later one is an error.
func (r *Record) countRemovals(removed map[schema.Address]bool, narrowed map[schema.Address]float64, now time.Time) error {
	for i := range r.Entries {
		e := &r.Entries[i]
		if e.Begun.Before(now.Add(-day)) || !e.MayHaveWritten() {
			continue
		}
		all := e.Removes
		if e.Action.Removes() || e.After != nil && e.After.Inactive() && (e.Before == nil || !e.Before.Inactive()) {
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
