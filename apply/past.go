package apply

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/apply/datadir"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Some products let an object be written and not be read. What is known of one is
// then what the journals say that was written last.

// A History is the objects of one tenant as they were last written, by their
// addresses without a provider, because a provider block may get another name.
// Of an object whose last write may have taken effect or not, it only holds that the
// outcome is unknown (schema.Object.OutcomeUnknown). Only a later write that succeeded
// ends that: a look-up of an object that the product does not show says nothing.
type History map[schema.Address]schema.Object

// Of returns an object of the past under the address that was asked for.
func (p History) Of(a schema.Address) (schema.Object, bool) {
	o, ok := p[schema.Address{Kind: a.Kind, Key: a.Key}]
	if !ok {
		return schema.Object{}, false
	}
	if o.Body != nil {
		o = o.Clone() // it may be asked for again
	}
	o.Addr = a
	return o, true
}

// ReadPast reads the journals in the directory that are about the tenant: those
// whose headers have its product, id and endpoint. The newest entry about an
// object wins; which run is newer is said by the sequence numbers, and by the clock
// only between runs that have the same. A journal that cannot be read is an error,
// because what only it knows would seem never to have been written. A nil directory
// has no journals.
func ReadPast(dir *datadir.Dir, products []*schema.Product, about Header) (History, error) {
	past := History{}
	if dir == nil {
		return past, nil
	}
	names, err := journals(dir)
	if err != nil {
		return nil, err
	}
	var runs []journalRecord
	for _, name := range names {
		r, err := readAbout(dir, name, products, func(h *Header) bool {
			return h.Product == about.Product && h.Tenant == about.Tenant && h.Endpoint == about.Endpoint
		})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", dir.Path(name), err)
		}
		if r != nil {
			runs = append(runs, journalRecord{name, r})
		}
	}
	inOrder(runs)
	for _, r := range runs {
		past.follow(r.name, r.record)
	}
	return past, nil
}

// A journalRecord is what a journal says, with its name.
type journalRecord struct {
	name   string
	record *Record
}

// inOrder sorts runs by their sequence numbers, and by the clock between those that
// have the same.
func inOrder(runs []journalRecord) {
	slices.SortStableFunc(runs, func(a, b journalRecord) int {
		x, y := &a.record.Header, &b.record.Header
		return cmp.Or(cmp.Compare(x.Sequence, y.Sequence), x.Started.Compare(y.Started))
	})
}

// journals returns the names of the journals in the directory; of those of one
// second, the one that was made later comes later (-2 after none).
func journals(dir *datadir.Dir) ([]string, error) {
	names, err := dir.Names()
	if err != nil {
		return nil, err
	}
	names = slices.DeleteFunc(names, func(name string) bool { return !strings.HasSuffix(name, ".jsonl") })
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(len(a), len(b)) })
	return names, nil
}

// lastSequence returns the highest sequence number of the journals in the directory,
// 0 where there is none. A journal whose header cannot be understood has none.
func lastSequence(dir *datadir.Dir) (int, error) {
	names, err := journals(dir)
	if err != nil {
		return 0, err
	}
	last := 0
	for _, name := range names {
		f, err := dir.Open(name)
		if err != nil {
			return 0, err
		}
		h, _, err := firstLine(bufio.NewReader(f))
		f.Close()
		if err == nil && h != nil {
			last = max(last, h.Sequence)
		}
	}
	return last, nil
}

// lastPossible is more runs than a directory ever has. A number near the greatest one
// would make every later run an older one.
const lastPossible = 1 << 40

// firstLine reads the header of a journal, and returns the line too. The header is
// nil where the line is something else or is not whole.
func firstLine(lines *bufio.Reader) (*Header, []byte, error) {
	line, err := lines.ReadBytes('\n')
	if errors.Is(err, io.EOF) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	var e entry
	if err := json.Unmarshal(line, &e); err != nil {
		return nil, line, fmt.Errorf("line 1 of the journal: %w", err)
	}
	if e.Header != nil && (e.Header.Sequence < 0 || e.Header.Sequence > lastPossible) {
		return nil, line, fmt.Errorf("line 1 of the journal: no run has the sequence number %d", e.Header.Sequence)
	}
	return e.Header, line, nil
}

// readAbout reads a journal where it is about the tenant, else it returns nil. One
// without a whole header is of a run that never began to write.
func readAbout(dir *datadir.Dir, name string, products []*schema.Product, about func(*Header) bool) (*Record, error) {
	f, err := dir.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewReader(f)
	h, first, err := firstLine(lines)
	if err != nil || first == nil {
		return nil, err
	}
	if h != nil && !about(h) {
		return nil, nil
	}
	return ReadJournal(io.MultiReader(bytes.NewReader(first), lines), products)
}

// follow goes through a run.
func (p History) follow(name string, r *Record) {
	for i := range r.Entries {
		e := &r.Entries[i]
		if e.Begun.IsZero() {
			continue // nothing was sent
		}
		at := schema.Address{Kind: e.Addr.Kind, Key: e.Addr.Key}
		written := e.Status == Done || e.Status == Diverged
		if !written && !e.OutcomeUnknown {
			continue // it is as it was
		}
		delete(p, schema.Address{Kind: at.Kind, Key: e.From})
		switch {
		case e.OutcomeUnknown:
			p[at] = schema.Object{OutcomeUnknown: fmt.Sprintf("since the write of %s, recorded in %s, got no clear answer", e.Begun.Format("2006-01-02 15:04:05 MST"), name)}
		case e.After != nil:
			p[at] = *e.After
		default:
			delete(p, at)
		}
	}
}
