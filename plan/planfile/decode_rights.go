package planfile

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A tableDecoder holds the tables to which parts of one plan refer by number.
type tableDecoder struct {
	rights [][]string
	grants []wireGrant
	causes [][]schema.Address
	lists  map[string][]schema.Grant // by their numbers
	total  int                       // rights in lists
}

func (d *planDecoder) grant(w *wireGrant) (wireGrant, error) {
	if w.Rights < 0 || w.Rights >= len(d.tables.rights) {
		return *w, fmt.Errorf(`"rights" above has no list %d`, w.Rights)
	}
	return *w, nil
}

func (d *planDecoder) difference(w *wireDifference) (g rights.Difference, err error) {
	if g.Subject, err = d.address(w.Subject); err != nil {
		return g, err
	}
	g.Person, g.LosesAll = d.person(g.Subject), w.LosesAll
	if g.Gained, err = d.tables.list(w.Gained); err != nil {
		return g, fmt.Errorf("gained: %w", err)
	}
	if g.Lost, err = d.tables.list(w.Lost); err != nil {
		return g, fmt.Errorf("lost: %w", err)
	}
	if g.People, err = d.addresses(w.People); err != nil {
		return g, fmt.Errorf("people: %w", err)
	}
	if g.CausedBy, err = d.tables.causedBy(w.CausedBy, g.Subject); err != nil {
		return g, fmt.Errorf("caused_by: %w", err)
	}
	return g, nil
}

// causedBy returns the changes that reach the subject.
func (t *tableDecoder) causedBy(number *int, subject schema.Address) ([]schema.Address, error) {
	switch {
	case number == nil:
		return []schema.Address{subject}, nil
	case *number < 0 || *number >= len(t.causes):
		return nil, fmt.Errorf(`"causes" above has no list %d`, *number)
	}
	return t.causes[*number], nil
}

// list returns the rights that the numbered grants stand for. Equal lists share
// their memory.
func (t *tableDecoder) list(numbers []int) ([]schema.Grant, error) {
	if len(numbers) == 0 {
		return nil, nil
	}
	var key []byte
	n := 0
	for _, i := range numbers {
		if i < 0 || i >= len(t.grants) {
			return nil, fmt.Errorf(`"grants" above has no grant %d`, i)
		}
		key = binary.AppendUvarint(key, uint64(i))
		n += len(t.rights[t.grants[i].Rights])
	}
	if known, ok := t.lists[string(key)]; ok {
		return known, nil
	}
	if t.total += n; t.total > maxRights {
		return nil, errors.New("the plan lists more rights than rolecall writes")
	}
	out := t.expand(numbers, make([]schema.Grant, 0, n))
	if t.lists == nil {
		t.lists = map[string][]schema.Grant{}
	}
	t.lists[string(key)] = out
	return out, nil
}

// expand appends the rights of the numbered grants, in the order that a plan has.
func (t *tableDecoder) expand(numbers []int, out []schema.Grant) []schema.Grant {
	grants := make([]wireGrant, len(numbers))
	for n, i := range numbers {
		grants[n] = t.grants[i]
	}
	slices.SortFunc(grants, func(a, b wireGrant) int {
		return cmp.Or(cmp.Compare(a.Rights, b.Rights), cmp.Compare(a.Scope, b.Scope), cmp.Compare(a.Via, b.Via))
	})
	for len(grants) > 0 {
		n := 1
		for n < len(grants) && grants[n].Rights == grants[0].Rights {
			n++
		}
		for _, right := range t.rights[grants[0].Rights] {
			for _, g := range grants[:n] {
				out = append(out, schema.Grant{Right: right, Scope: g.Scope, Via: g.Via, All: g.All})
			}
		}
		grants = grants[n:]
	}
	if !slices.IsSortedFunc(out, rights.Compare) {
		slices.SortFunc(out, rights.Compare)
	}
	return slices.CompactFunc(out, func(a, b schema.Grant) bool { return rights.Compare(a, b) == 0 })
}
