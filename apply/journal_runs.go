package apply

import (
	"cmp"
	"slices"

	"github.com/rolecall-dev/rolecall/apply/datadir"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A PastRun is one journal of a directory. Either Record or Err is set.
type PastRun struct {
	Path   string
	Record *Record
	Err    error // why the journal cannot be read
}

// ReadPastRuns reads all journals in the directory, the newest run first, and then those that cannot
// be read. A journal without a whole header is left out, because its run never began to write. A
// nil directory has no journals.
func ReadPastRuns(dir *datadir.Dir, products []*schema.Product) ([]PastRun, error) {
	if dir == nil {
		return nil, nil
	}
	names, err := journalNames(dir)
	if err != nil {
		return nil, err
	}
	var runs, damaged []PastRun
	for _, name := range names {
		r, err := readAccepted(dir, name, products, func(*Header) bool { return true })
		switch {
		case err != nil:
			damaged = append(damaged, PastRun{Path: dir.Path(name), Err: err})
		case r != nil:
			runs = append(runs, PastRun{Path: dir.Path(name), Record: r})
		}
	}
	slices.SortStableFunc(runs, func(a, b PastRun) int {
		x, y := &a.Record.Header, &b.Record.Header
		return cmp.Or(cmp.Compare(y.Sequence, x.Sequence), y.Started.Compare(x.Started))
	})
	return append(runs, damaged...), nil
}

// Counts counts the changes of the run by status. Changes that were never started are the
// difference to those of the plan.
func (r *Record) Counts() map[Status]int {
	counts, total := map[Status]int{}, 0
	for i := range r.Entries {
		counts[r.Entries[i].Status]++
	}
	for _, n := range r.Header.Changes {
		total += n
	}
	if left := total - len(r.Entries); left > 0 {
		counts[NotStarted] = left
	}
	return counts
}
