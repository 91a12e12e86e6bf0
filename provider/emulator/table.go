package emulator

import (
	"encoding/json"
	"fmt"
	"iter"
	"sort"
)

// A Table is one collection of a Store, in the order in which its rows were
// first put. Values are never changed in place: who wants to change one copies
// it and puts the copy. A Table is not safe for concurrent use; the Server's lock
// guards it.
type Table[T any] struct {
	// OnChange is called for every row that is added (old is nil), changed, or deleted (now is
	// nil), also while a file is loaded. It maintains indexes. May be nil.
	OnChange func(id string, old, now *T)

	store   *Store
	name    string
	rows    []*row[T]
	byID    map[string]*row[T]
	next    uint64 // of the row put next
	version uint64 // changes with every effect on this table
	views   map[string]view[T]
}

type row[T any] struct {
	id    string
	at    uint64
	value *T
}

// A view is a selection of a table that was made at a version of it.
type view[T any] struct {
	version uint64
	rows    []*T
}

// maxViews bounds how many selections of one table are remembered.
const maxViews = 16

// NewTable registers a table with the store. It must happen before Load.
func NewTable[T any](s *Store, name string) *Table[T] {
	t := &Table[T]{store: s, name: name, byID: map[string]*row[T]{}, views: map[string]view[T]{}}
	s.register(name, t)
	return t
}

// Len is the number of rows.
func (t *Table[T]) Len() int { return len(t.rows) }

// Find returns the value with the id, or nil.
func (t *Table[T]) Find(id string) *T {
	if r := t.byID[id]; r != nil {
		return r.value
	}
	return nil
}

// All yields every row in order. The table must not be changed meanwhile.
func (t *Table[T]) All() iter.Seq2[string, *T] {
	return func(yield func(string, *T) bool) {
		for _, r := range t.rows {
			if !yield(r.id, r.value) {
				return
			}
		}
	}
}

// Span returns the values from row from up to row to, both clipped to the table.
func (t *Table[T]) Span(from, to int) []*T {
	from, to = min(max(from, 0), len(t.rows)), min(max(to, 0), len(t.rows))
	values := make([]*T, 0, max(to-from, 0))
	for i := from; i < to; i++ {
		values = append(values, t.rows[i].value)
	}
	return values
}

// View returns the selection that build makes, remembered under key until the
// table changes, so that walking the pages of a filtered or sorted list filters
// and sorts it once. The result must not be changed.
func (t *Table[T]) View(key string, build func() []*T) []*T {
	if v, ok := t.views[key]; ok && v.version == t.version {
		return v.rows
	}
	if len(t.views) >= maxViews {
		clear(t.views)
	}
	v := view[T]{version: t.version, rows: build()}
	t.views[key] = v
	return v.rows
}

// Put adds the row or replaces its value, keeping its place.
func (t *Table[T]) Put(id string, v *T) {
	t.place(id, v)
	t.store.record(t.name, id, v)
}

// Delete removes the row, if there is one.
func (t *Table[T]) Delete(id string) {
	if t.remove(id) {
		t.store.record(t.name, id, nil)
	}
}

func (t *Table[T]) place(id string, v *T) {
	t.version++
	r := t.byID[id]
	if r == nil {
		r = &row[T]{id: id, at: t.next}
		t.next++
		t.rows = append(t.rows, r)
		t.byID[id] = r
	}
	old := r.value
	r.value = v
	if t.OnChange != nil {
		t.OnChange(id, old, v)
	}
}

func (t *Table[T]) remove(id string) bool {
	r := t.byID[id]
	if r == nil {
		return false
	}
	t.version++
	delete(t.byID, id)
	i := sort.Search(len(t.rows), func(i int) bool { return t.rows[i].at >= r.at })
	t.rows = append(t.rows[:i], t.rows[i+1:]...)
	if t.OnChange != nil {
		t.OnChange(id, r.value, nil)
	}
	return true
}

// The methods below are what the store asks of a table without knowing its type.

func (t *Table[T]) replay(o op) error {
	if o.Value == nil {
		t.remove(o.ID)
		return nil
	}
	v := new(T)
	if err := json.Unmarshal(o.Value, v); err != nil {
		return fmt.Errorf("%s %q: %w", t.name, o.ID, err)
	}
	t.place(o.ID, v)
	return nil
}

func (t *Table[T]) empty() {
	for i := len(t.rows) - 1; i >= 0; i-- { // from the end, because removing is fast there
		t.Delete(t.rows[i].id)
	}
}

func (t *Table[T]) count() int { return len(t.rows) }

func (t *Table[T]) dump(each func(id string, v any) error) error {
	for _, r := range t.rows {
		if err := each(r.id, r.value); err != nil {
			return err
		}
	}
	return nil
}
