package cmd

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/rolecall-dev/rolecall/plan/drift"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// auditWindow is how far back the audit log is read without a baseline, and longestWindow how far
// with one.
const (
	auditWindow   = 7 * 24 * time.Hour
	longestWindow = 90 * 24 * time.Hour
)

// mostEntries is the number of entries of an audit log that a difference has.
const mostEntries = 3

// attribute finds in the product's audit log who made the differences: the entries since the baseline
// about the same object. Those of rolecall itself are left out if there are others.
func attribute(ctx context.Context, t *connection, d *drift.Drift, b *drift.Baseline, now time.Time) {
	if !slices.ContainsFunc(d.Differences, func(x drift.Difference) bool { return x.Origin != drift.Pending }) {
		return
	}
	reader, ok := t.client.(provider.AuditReader)
	why := d.Title + " has no audit log that can be read"
	entries := map[schema.Address][]provider.Event{}
	if ok {
		since := auditSince(d, now)
		knownIDs(t.index, b)
		why = "the audit log has no entry about them in the last 7 days"
		if d.Since != "" {
			why = "the audit log has no entry about them since " + d.Since
		}
		for e, err := range reader.History(ctx, since) {
			if err != nil {
				why = "the audit log could not be read: " + text.Error(err)
				break
			}
			for _, a := range e.About {
				entries[a] = append(entries[a], e)
			}
		}
	}
	for i := range d.Differences {
		x := &d.Differences[i]
		if x.Origin == drift.Pending {
			continue
		}
		list := entries[x.Addr]
		if x.Live != x.Addr {
			list = slices.Concat(list, entries[x.Live])
		}
		if len(list) == 0 && (x.Origin != drift.Unknown || d.Since == "") { // what is as in the baseline was not made now
			d.Unattributed = why
		}
		if others := slices.DeleteFunc(slices.Clone(list), func(e provider.Event) bool { return e.Own }); len(others) > 0 {
			list = others
		}
		slices.SortStableFunc(list, func(a, b provider.Event) int { return b.At.Compare(a.At) })
		list = slices.CompactFunc(list, func(a, b provider.Event) bool { return a.ID == b.ID })
		for _, e := range list[:min(len(list), mostEntries)] {
			x.By = append(x.By, drift.Entry{At: e.At.UTC().Format(time.RFC3339), Who: cmp.Or(e.Who, unknownPerson), Did: didWhat(&e)})
		}
	}
}

// auditSince returns the time since which the audit log is read.
func auditSince(d *drift.Drift, now time.Time) time.Time {
	since, err := time.Parse(time.RFC3339, d.Since)
	switch {
	case err != nil || since.After(now): // the baseline is damaged, or from a clock that was wrong
		return now.Add(-auditWindow)
	case now.Sub(since) > longestWindow:
		return now.Add(-longestWindow)
	}
	return since
}

// knownIDs adds the ids of objects that exist no more, which an audit log may name them by.
func knownIDs(x *schema.Index, b *drift.Baseline) {
	if b == nil {
		return
	}
	for kind, k := range b.Kinds {
		for key, o := range k.Objects {
			if _, known := x.ID(kind, key); known {
				continue
			}
			if _, used := x.Key(kind, o.ID); !used {
				x.Add(kind, key, o.ID)
			}
		}
	}
}

// unknownPerson is who did what an audit log does not say, and byRolecall is behind what rolecall did.
const (
	unknownPerson = "not known"
	byRolecall    = " by rolecall"
)

// didWhat names the operation of an entry.
func didWhat(e *provider.Event) string {
	if e.Own {
		return e.What + byRolecall
	}
	return e.What
}
