package emulator

import (
	"maps"
	"slices"
)

// A reach remembers what each document allows in words, so that after a write only
// the role that it was about is put into words anew.
type reach struct {
	rows  map[string][]string // role -> rows of its documents, in order
	words map[string][]string // row -> what it allows
	whole map[string][]string // role -> what all its documents allow
}

func newReach() reach {
	return reach{rows: map[string][]string{}, words: map[string][]string{}, whole: map[string][]string{}}
}

// changed is told of every document that comes, changes or goes.
func (r *reach) changed(row string, old, now *permission) {
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

// Reach returns who can do what: of every role, by the key that URLs have, words
// as "order create", "order board dispatch", "order.margin read" and "order.margin
// edit"; of every user who is in a user group, by id, words as "in group Dispatch".
// The lists must not be changed. The error is that of a state that cannot be kept.
func (s *Server) Reach() (all map[string][]string, err error) {
	err = s.Do(func() error { all = s.reach(); return nil })
	return all, err
}

func (s *Server) reach() map[string][]string {
	w := &s.watch
	for role, rows := range w.rows {
		if w.whole[role] != nil || len(rows) == 0 {
			continue
		}
		all := []string{}
		for _, row := range rows {
			if w.words[row] == nil {
				w.words[row] = s.words(s.permissions.Find(row))
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

// told tells the watcher.
func (s *Server) told() {
	if s.o.Watch != nil {
		s.o.Watch(s.reach())
	}
}

// words says what a document allows.
func (s *Server) words(p *permission) []string {
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
		r := s.under(w, p.Object, row)
		say(r >= reads, "."+keyOf(row)+" read")
		say(r == edits, "."+keyOf(row)+" edit")
	}
	if s.is("extra-keys", "some") {
		s.extraWords(p.Object, d, say)
	}
	return out
}

// under is the right on a field in a document of the word. Where the word and the
// row disagree the word counts; a derived field is never edited.
func (s *Server) under(w word, object string, row orderedObject) right {
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
