package access

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Holding is rights on some scopes, with the objects through which they come. Subjects who have the same
// rights through the same objects share one.
type Holding struct {
	Via        string
	Rights     []string // sorted
	Scopes     []string // as grants write them, sorted; several only if the subject itself names the places
	Set        int      // number of the set of places of the scope, for State.PlaceNames; 0 if it has none
	Everywhere bool     // the scope is the whole tenant
	All        bool     // every right on the scope
	Unknown    bool     // the rights are not known
	Privileged bool     // one of the rights is privileged
	// Chain are the objects that give the rights, without the subject and what holds rights for it alone.
	Chain []Link
	area  string // schema.Grant.Area of the grants
}

// A Held is a holding of one subject.
type Held struct {
	*Holding
	Through *schema.Object // what holds the rights for this subject alone, such as a membership; nil if nothing does
	// Until is the day from which on the files do not give the rights any more, "" if they are standing, and Why
	// the reason of the files. Of several terms, it is the one that ends first.
	Until, Why string
}

// A Roster lists what subjects hold. What many subjects have alike is computed once.
type Roster struct {
	*State
	privileges *rights.Privileges
	gives      map[string]given    // by alike, and what only files say about the holder
	known      map[string]*Holding // by what they are
}

// A given is what one object gives a subject.
type given struct {
	list  []*Holding
	whole bool
}

// Roster returns the roster of the state.
func (s *State) Roster() *Roster {
	return &Roster{s, rights.NewPrivileges(s.Tenant), map[string]given{}, map[string]*Holding{}}
}

// Of lists what a subject holds, what everything comes with first. whole is false if not everything could be
// read. An inactive subject holds nothing.
func (r *Roster) Of(sub *Subject) (list []Held, whole bool) {
	whole = true
	sub.holders(func(holder *schema.Object, key string) {
		var through *schema.Object
		if holder != sub.Object && !shares(holder) {
			through = holder
		}
		has := r.holdings(sub, holder, key)
		whole = whole && has.whole
		for _, h := range has.list {
			until, why := r.term(sub, holder, h)
			list = append(list, Held{h, through, until, why})
		}
	})
	slices.SortStableFunc(list, func(a, b Held) int { return compareHoldings(a.Holding, b.Holding) })
	return list, whole
}

// PlaceNames lists the places of a set, sorted.
func (s *State) PlaceNames(set int) []string { return s.places.Names(set) }

// holdings returns what an object gives a subject. It does not keep the grants, which are many.
func (r *Roster) holdings(sub *Subject, holder *schema.Object, key string) given {
	id, shared := r.alike(holder)
	if d := r.declaration(holder); shared && d != nil {
		id += "\x00" + onlyInFiles(d)
	}
	if has, ok := r.gives[id]; shared && ok {
		return has
	}
	p := r.compute(holder, key)
	has := given{r.collect(sub, p, holder), p.whole}
	if shared {
		r.gives[id] = has
	}
	return has
}

// collect divides the grants of a profile by where and through what they are.
func (r *Roster) collect(sub *Subject, p *profile, holder *schema.Object) []*Holding {
	var all []*Holding
	var own []bool
	at := map[place]*Holding{}
	for i := range p.grants {
		g := &p.grants[i]
		id := place{holder, g.Scope, g.Via, g.Unknown}
		h := at[id]
		if h == nil {
			right := &Right{*g, holder, p.used}
			chain := r.Chain(sub, right)
			h = &Holding{Via: g.Via, Scopes: []string{g.Scope}, Set: g.Set, area: g.Area, Everywhere: g.Places == schema.Everywhere, Unknown: g.Unknown}
			for _, l := range chain.Links() {
				if l.Addr != holder.Addr || chain.Shared {
					h.Chain = append(h.Chain, l)
				}
			}
			at[id] = h
			all, own = append(all, h), append(own, ownPlaces(right, &chain))
		}
		h.Rights = append(h.Rights, g.Right)
		h.All = h.All || g.All
		h.Privileged = h.Privileged || r.privileges.Has(g)
	}
	return r.merge(all, own)
}

// merge makes one holding of those with the same rights on places that the subject itself names, and shares
// what other subjects hold too.
func (r *Roster) merge(all []*Holding, own []bool) []*Holding {
	var out []*Holding
	same := map[string]*Holding{}
	for i, h := range all {
		slices.Sort(h.Rights)
		h.Rights = slices.Compact(h.Rights)
		if own[i] && h.area == "" {
			id := h.id(nil)
			if first := same[id]; first != nil {
				first.Scopes = append(first.Scopes, h.Scopes...)
				continue
			}
			same[id] = h
		}
		out = append(out, h)
	}
	for i, h := range out {
		slices.Sort(h.Scopes)
		id := h.id(h.Scopes)
		if known := r.known[id]; known != nil {
			out[i] = known
		} else {
			r.known[id] = h
		}
	}
	return out
}

// id identifies a holding with some scopes.
func (h *Holding) id(scopes []string) string {
	parts := []string{h.Via, strconv.Itoa(h.Set), strconv.FormatBool(h.Unknown), strconv.FormatBool(h.Everywhere), strings.Join(h.Rights, "\x01"), strings.Join(scopes, "\x01")}
	for i := range h.Chain {
		parts = append(parts, h.Chain[i].Addr.String())
	}
	return strings.Join(parts, "\x00")
}

// compareHoldings puts every right and the whole tenant first.
func compareHoldings(a, b *Holding) int {
	rank := func(h *Holding) int {
		switch {
		case h.All && h.Everywhere:
			return 0
		case h.All:
			return 1
		case h.Everywhere:
			return 2
		}
		return 3
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), slices.Compare(a.Scopes, b.Scopes), cmp.Compare(a.Via, b.Via), slices.Compare(a.Rights, b.Rights))
}

// shares reports whether an object holds rights for several subjects, as a group of users does.
func shares(holder *schema.Object) bool {
	if holder.Kind.People.Kind != "" {
		return true // the users of a role, or the role itself
	}
	g := holder.Kind.Index(holder.Kind.Grantee)
	return g >= 0 && holder.Kind.Attributes[g].Type.Many()
}
