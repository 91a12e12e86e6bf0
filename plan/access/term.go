package access

import (
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// entryTerm returns the term that ends first of the entries of the holder's block that give the subject the
// right, such as an access or the member of a group; an empty one if these are standing.
func (s *State) entryTerm(sub *Subject, r *Right) (first schema.Term) {
	d := s.declaration(r.Holder)
	if d == nil || d.Term == nil || len(d.Term.Entries) == 0 {
		return schema.Term{}
	}
	var keys []string
	for _, o := range s.placesOf(r) {
		keys = append(keys, o.Addr.Key)
	}
	slices.Sort(keys)
	names := append([]string{sub.Addr.Key, "[" + strings.Join(keys, ", ") + "]"}, keys...)
	for i := range d.Term.Entries {
		e := &d.Term.Entries[i]
		if e.Expires != "" && !e.Expired() && slices.Contains(names, e.Name) && (first.Expires == "" || e.Expires < first.Expires) {
			first = e.Term
		}
	}
	return first
}

// term returns until when the files give a subject a holding, and why: of the terms of the subject, of what
// holds the rights, of its entry that gives them, and of the objects of the chain, the one that ends first.
func (r *Roster) term(sub *Subject, holder *schema.Object, h *Holding) (until, why string) {
	add := func(day, reason string) {
		switch {
		case day != "" && (until == "" || day < until):
			until, why = day, reason
		case until == "" && why == "":
			why = reason
		}
	}
	if holder != sub.Object {
		l := r.Link(holder)
		add(l.Until, l.Why)
	}
	l := r.Subject(sub)
	add(l.Until, l.Why)
	e := r.entryTerm(sub, &Right{Grant: schema.Grant{Area: h.area}, Holder: holder})
	add(e.Expires, e.Reason)
	for i := range h.Chain {
		if h.Chain[i].Until != "" {
			add(h.Chain[i].Until, h.Chain[i].Why)
		}
	}
	return until, why
}
