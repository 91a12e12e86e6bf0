package schema

import "testing"

type boards struct{ Shown map[string]bool }

// A change of one entry has come about whatever became of the others, where they
// may follow it, and otherwise only where they are as before.
func TestReached(t *testing.T) {
	at := func(b *boards) *map[string]bool { return &b.Shown }
	partial := BoolMap("boards", "", at).With(MergeEntries)
	following := BoolMap("boards", "", at).With(MergeEntries | ServerManaged)
	of := func(m map[string]bool) any { return &boards{m} }
	have, want := of(map[string]bool{"a": true, "b": true}), of(map[string]bool{"a": false, "b": true})
	for _, c := range []struct {
		name            string
		have, now       any
		strict, lenient bool
	}{
		{"as wanted", have, of(map[string]bool{"a": false, "b": true, "c": true}), true, true},
		{"another entry moved", have, of(map[string]bool{"a": false, "b": false}), false, true},
		{"another entry went", have, of(map[string]bool{"a": false}), false, true},
		{"the entry did not change", have, of(map[string]bool{"a": true, "b": true}), false, false},
		{"the entry went", have, of(map[string]bool{"b": true}), false, false},
		{"there was nothing before", nil, of(map[string]bool{"a": false, "b": false}), false, false},
		{"the entry was not there before", of(map[string]bool{"a": true}), of(map[string]bool{"a": false, "b": false}), false, false},
	} {
		if got := partial.Applied(c.have, want, c.now); got != c.strict {
			t.Errorf("%s: Partial says %t", c.name, got)
		}
		if got := following.Applied(c.have, want, c.now); got != c.lenient {
			t.Errorf("%s: Following says %t", c.name, got)
		}
	}
}
