package emulator

import (
	"maps"
	"slices"
)

// A rightsIndex stores the rights of each document, so that after a write only those of its
// role are computed again.
type rightsIndex struct {
	rows  map[string][]string // role -> ids of its documents, in order
	words map[string][]string // document -> rights
	whole map[string][]string // role -> rights of all its documents
}

func newRightsIndex() rightsIndex {
	return rightsIndex{rows: map[string][]string{}, words: map[string][]string{}, whole: map[string][]string{}}
}

// changed updates the index after a document was added, changed or deleted.
func (r *rightsIndex) changed(row string, old, now *permission) {
	delete(r.words, row)
	switch {
	case now == nil:
		delete(r.whole, old.Role)
		r.rows[old.Role] = slices.DeleteFunc(r.rows[old.Role], func(other string) bool { return other == row })
	case old == nil:
		delete(r.whole, now.Role)
		r.rows[now.Role] = append(r.rows[now.Role], row)
	default:
		delete(r.whole, now.Role)
	}
}

// Rights returns the rights of every role, by its key: "order create", "order board
// dispatch", "order.margin read" and "order.margin edit"; and of every member of a user
// group, by user id: "in group Dispatch". The lists must not be changed. The error is that
// of storing the state.
func (s *Server) Rights() (all map[string][]string, err error) {
	err = s.Do(func() error { all = s.rights(); return nil })
	return all, err
}

func (s *Server) rights() map[string][]string {
	w := &s.rightsIndex
	for role, rows := range w.rows {
		if w.whole[role] != nil || len(rows) == 0 {
			continue
		}
		all := []string{}
		for _, row := range rows {
			if w.words[row] == nil {
				w.words[row] = s.rightsOf(s.permissions.Find(row))
			}
			all = append(all, w.words[row]...)
		}
		w.whole[role] = all
	}
	out := maps.Clone(w.whole)
	for _, g := range s.groups.All() {
		for _, m := range g.Members {
			out[m.ID] = append(out[m.ID], "in group "+g.Name)
		}
	}
	return out
}

// rightsOf returns the rights of a document.
func (s *Server) rightsOf(p *permission) []string {
	d, out := p.parse(), []string{}
	say := func(yes bool, text string) {
		if yes {
			out = append(out, p.Object+text)
		}
	}
	say(is(d.record, "isCreateAllowed"), " create")
	say(is(d.record, "isDeleteAllowed"), " delete")
	for _, b := range d.boards {
		say(!is(b, "isDisabled"), " board "+keyOf(b))
	}
	w := s.wordOf(d)
	for _, row := range d.fields {
		r := s.fieldRight(w, p.Object, row)
		say(r >= reads, "."+keyOf(row)+" read")
		say(r == edits, "."+keyOf(row)+" edit")
	}
	if s.is("extra-keys", "some") {
		s.extraWords(p.Object, d, say)
	}
	return out
}

// fieldRight returns the right on a field in a document with the word. The word has
// precedence over the row; a derived field is never editable.
func (s *Server) fieldRight(w word, object string, row orderedObject) right {
	r := hide
	switch w {
	case full:
		r = edits
	case readOnly:
		r = reads
	case custom:
		r = rightOn(row)
	}
	if s.derived(object, row) {
		r = min(r, reads)
	}
	return r
}
