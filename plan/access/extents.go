package access

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Extents says how much of a scope each subject has a right on.
type Extents struct {
	state   *State
	extents map[*cohort]Extent
	unknown map[*cohort]bool // it may have the right, besides
}

// Extents returns how much of a scope each subject has a right on; a nil scope means anywhere. It answers as Who does,
// without the chains, and is meant for many questions: subjects with equal rights are looked at once.
func (s *State) Extents(right string, sc *Scope) *Extents {
	h := &Extents{s, map[*cohort]Extent{}, map[*cohort]bool{}}
	w := s.newSearch(right, sc)
	for _, c := range s.allCohorts() {
		most, some := None, []schema.Grant(nil)
		for _, part := range c.parts {
			for _, x := range w.hitsOf(part.profile, part.holder) {
				if x.unknown {
					h.unknown[c] = true
					continue
				}
				if most = max(most, x.extent); x.extent == Part {
					some = append(some, part.profile.grants[x.grant])
				}
			}
		}
		if most == Part && s.places.Covers(sc.set, some) {
			most = All
		}
		if most != None {
			h.extents[c] = most
		}
	}
	return h
}

// Of returns how much of the scope the subject has the right on: Unknown if it has it nowhere for certain and
// rights that are not known.
func (h *Extents) Of(sub *Subject) Extent {
	c := h.state.cohortOf[sub]
	if x := h.extents[c]; x != None {
		return x
	}
	if h.unknown[c] {
		return Unknown
	}
	return None
}

// List lists the subjects with the right on a part of the scope or all of it, and those of which it is not
// known, in no order.
func (h *Extents) List() (with, unknown []*Subject) {
	for _, c := range h.state.allCohorts() {
		switch {
		case h.extents[c] != None:
			with = append(with, c.members...)
		case h.unknown[c]:
			unknown = append(unknown, c.members...)
		}
	}
	return with, unknown
}

// Administrators lists the administrators, in no order: the subjects with all rights on the whole tenant or the role
// of an administrator. They need not have signed in. known is false if the product does not say who is one.
func (s *State) Administrators() (list []*Subject, known bool) {
	for _, k := range s.Tenant.Product.Kinds {
		known = known || k.Administers != nil
	}
	for _, c := range s.allCohorts() {
		unlimited := slices.ContainsFunc(c.parts, func(p part) bool {
			return slices.ContainsFunc(p.profile.grants, func(g schema.Grant) bool { return g.Unlimited() })
		})
		for _, sub := range c.members {
			if o := sub.Object; unlimited || o != nil && o.Kind.MadeAdministrator != nil && o.Kind.MadeAdministrator(o) {
				list = append(list, sub)
			}
		}
	}
	return list, known
}

// A cohort is subjects with the same shared profiles, or one subject.
type cohort struct {
	members []*Subject
	parts   []part
}

// A part is what one object gives to a cohort.
type part struct {
	profile *profile
	holder  *schema.Object // of the first member
}

// allCohorts returns the cohorts of the subjects that have rights. It computes them once.
func (s *State) allCohorts() []*cohort {
	if s.cohortOf != nil {
		return s.cohorts
	}
	s.cohortOf = make(map[*Subject]*cohort, len(s.subjects))
	by, numbers := map[string]*cohort{}, map[*profile]uint64{}
	for _, sub := range s.subjects {
		c, shared, id := &cohort{}, true, []byte(nil)
		s.each(sub, func(p *profile, holder *schema.Object) {
			c.parts = append(c.parts, part{p, holder})
			if shared = shared && p.shared; !shared {
				return
			}
			if _, ok := numbers[p]; !ok {
				numbers[p] = uint64(len(numbers))
			}
			id = binary.AppendUvarint(id, numbers[p])
		})
		if len(c.parts) == 0 {
			continue
		}
		if shared {
			if other := by[string(id)]; other != nil {
				c = other
			} else {
				by[string(id)] = c
			}
		}
		if len(c.members) == 0 {
			s.cohorts = append(s.cohorts, c)
		}
		c.members = append(c.members, sub)
		s.cohortOf[sub] = c
	}
	return s.cohorts
}

// A nameIndex finds subjects by what files call them.
type nameIndex struct{ exact, folded map[string][]*Subject }

// Named returns the subjects that files name so: by the key, the address or the e-mail address. Unlike
// FindSubject it does not guess from a part of a name.
func (s *State) Named(text string) []*Subject {
	if s.names == nil {
		s.names = &nameIndex{make(map[string][]*Subject, 2*len(s.subjects)), make(map[string][]*Subject, 2*len(s.subjects))}
		add := func(to map[string][]*Subject, name string, sub *Subject) {
			if list := to[name]; name != "" && !slices.Contains(list, sub) {
				to[name] = append(list, sub)
			}
		}
		for _, sub := range s.subjects {
			for _, name := range []string{sub.Addr.Key, sub.Addr.String(), sub.Addr.Full()} {
				add(s.names.exact, name, sub)
				add(s.names.folded, schema.FoldName(name), sub)
			}
			if sub.Object != nil {
				email, _ := sub.Object.Any("email").(string)
				add(s.names.folded, schema.FoldName(email), sub)
			}
		}
	}
	if list := s.names.exact[text]; list != nil {
		return list
	}
	return s.names.folded[schema.FoldName(text)]
}

// NameOf returns the key of a subject, or its address if others have the key too. Named finds it.
func (s *State) NameOf(sub *Subject) string {
	if list := s.Named(sub.Addr.Key); len(list) == 1 && list[0] == sub {
		return sub.Addr.Key
	}
	return sub.Addr.String()
}

// RightNames lists the names of the rights of a subject, sorted. An error says why not all are known.
func (s *State) RightNames(sub *Subject) ([]string, error) {
	list, whole := s.Rights(sub)
	var out []string
	for i := range list {
		if list[i].Unknown {
			return nil, fmt.Errorf("what %s may do through %s is not known", sub.Addr, list[i].Holder.Addr)
		}
		out = append(out, list[i].Right)
	}
	if !whole {
		return nil, fmt.Errorf("not everything that gives %s rights could be read", sub.Addr)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}
