package access

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// An Answer says who has a right on a scope.
type Answer struct {
	Right string
	Scope *Scope // nil means anywhere
	// Ways are the ways by which subjects have the right, those to less first.
	Ways []Way
	// Unknown are the ways by which subjects have rights that are not known, so that they may have the
	// right too.
	Unknown []Way
}

// A Way is one way by which one or more subjects have a right.
type Way struct {
	Chain   Chain  // without what only one subject has
	Via     string // what carries the right, as grants write it
	Scope   string // where, as people read it; "" if each of the subjects has places of its own
	All     bool   // every right on the scope
	Extent  Extent // Part, All or Unknown
	Covered int    // number of places of the asked scope, if the Extent is Part; 0 if each of the subjects has places of its own
	Right   string // the right as it is granted, such as "everything"
	Who     []Holder
	// Anyone says who else has the right, if the product does not name the users: "everyone with role
	// sales". Who then has those whom files declare.
	Anyone string
}

// A Holder is a subject with a right.
type Holder struct {
	*Subject
	Through *Link    // what holds the right for this subject alone, such as a membership; may be nil
	Scopes  []string // the places of its own, as people read them
	Until   string   // the day on which the entry ends that gives the right, such as an access; "" if it is standing
}

// Count returns how many different users and other subjects have a right by one of the ways, and the
// sets of users whom the product does not name.
func Count(ways []Way) (persons, others int, anyone []string) {
	seen := map[*Subject]bool{}
	for i := range ways {
		if who := ways[i].Anyone; who != "" && !slices.Contains(anyone, who) {
			anyone = append(anyone, who)
		}
		for _, h := range ways[i].Who {
			if seen[h.Subject] {
				continue
			}
			seen[h.Subject] = true
			if h.Person {
				persons++
			} else {
				others++
			}
		}
	}
	return persons, others, anyone
}

// Who answers who has a right on a scope; a nil scope means anywhere. With a subject, the answer is
// about it alone.
func (s *State) Who(right string, sc *Scope, only *Subject) *Answer {
	w := s.newSearch(right, sc)
	for _, sub := range s.subjects {
		if only == nil || sub == only {
			w.look(sub)
		}
	}
	return w.answer()
}

func (s *State) newSearch(right string, sc *Scope) *search {
	return &search{State: s, right: right, scope: sc, homes: s.granted().rights[right], ways: map[string]*Way{}, hits: map[*profile][]hit{}, shared: map[wayOf]placed{}}
}

// A search is a question that is being answered.
type search struct {
	*State
	right string
	scope *Scope
	homes map[home]bool // what grants the right; empty if nothing does
	ways  map[string]*Way

	hits   map[*profile][]hit // of shared profiles
	shared map[wayOf]placed
}

// A hit is a grant of a profile that may be the right on the scope.
type hit struct {
	grant   int
	extent  Extent
	covered int
	unknown bool
}

// look adds the ways of a subject.
func (w *search) look(sub *Subject) {
	w.each(sub, func(p *profile, holder *schema.Object) {
		for _, h := range w.hitsOf(p, holder) {
			w.add(sub, p, holder, h)
		}
	})
}

// hitsOf returns the hits of a profile.
func (w *search) hitsOf(p *profile, holder *schema.Object) []hit {
	if list, ok := w.hits[p]; ok {
		return list
	}
	var list []hit
	for i := range p.grants {
		g := &p.grants[i]
		if match, unknown := w.matches(g, holder); match {
			if extent, covered := w.covers(g, holder, w.scope); extent != None {
				list = append(list, hit{i, extent, covered, unknown || extent == Unknown})
			}
		}
	}
	if p.shared {
		w.hits[p] = list
	}
	return list
}

// matches reports whether a grant is of the right, or of rights that are not known and may be it.
func (w *search) matches(g *schema.Grant, holder *schema.Object) (match, unknown bool) {
	switch {
	case g.Right == w.right, w.everything(g, holder):
		return true, false
	}
	unknown = g.Unknown && (len(w.homes) == 0 || w.homes[home{holder.Kind, g.Sort}])
	return unknown, unknown
}

// everything reports whether a grant of every right covers the right. All rights on a part of the tenant
// do not cover a right that only other kinds of objects grant, as those of a team do not cover rights
// on the whole tenant.
func (w *search) everything(g *schema.Grant, holder *schema.Object) bool {
	if !g.All || g.Places == schema.Everywhere || len(w.homes) == 0 {
		return g.All
	}
	for at := range w.homes {
		if at.kind == holder.Kind {
			return true
		}
	}
	return false
}

// add adds a way of a subject.
func (w *search) add(sub *Subject, p *profile, holder *schema.Object, h hit) {
	known := wayOf{p, h.grant, ""}
	if d := w.declaration(holder); d != nil {
		known.files = onlyInFiles(d)
	}
	at, ok := w.shared[known]
	if !ok {
		at = w.way(sub, p, holder, h)
		if p.shared {
			w.shared[known] = at
		}
	}
	way := at.way
	if sub.Addr == holder.Addr && Anyone(sub) != "" {
		way.Anyone = Anyone(sub)
		return
	}
	if n := len(way.Who); n == 0 || way.Who[n-1].Subject != sub {
		way.Who = append(way.Who, Holder{Subject: sub, Through: at.through})
	}
	if d := w.declaration(holder); d != nil && d.Term != nil {
		way.Who[len(way.Who)-1].Until = w.entryTerm(sub, &Right{p.grants[h.grant], holder, p.used}).Expires
	}
	if at.own {
		x := &way.Who[len(way.Who)-1]
		x.Scopes = append(x.Scopes, w.Label(p.grants[h.grant].Scope))
	}
}

// Anyone says which users a subject stands for whom the product does not name, such as "everyone with
// role sales"; "" if it is a user, or stands for itself.
func Anyone(sub *Subject) string {
	if sub.Object == nil || sub.Object.Kind.People.Kind == "" {
		return ""
	}
	by := sub.Object.Kind.People.By
	return fmt.Sprintf("everyone with %s %v", by, sub.Object.Any(by))
}

// A wayOf identifies the way of a grant of a shared profile, with what only files say about the holder.
type wayOf struct {
	*profile
	grant int
	files string
}

// onlyInFiles returns the references of a block that only files have, such as a profile.
func onlyInFiles(d *schema.Object) string {
	out := ""
	for i := range d.Kind.Attributes {
		if a := &d.Kind.Attributes[i]; a.Type == schema.TypeString && len(a.Kinds) > 0 && a.Is(schema.ConfigOnly) && d.Set.Has(i) {
			a.Each(d.Body, func(key string) { out += a.Name + " " + key })
		}
	}
	return out
}

// A placed is a way with what is special about the subjects of one profile.
type placed struct {
	way     *Way
	own     bool  // the subjects name the places
	through *Link // see Holder
}

// way returns the way of a grant: a new one, or that of other profiles by the same chain.
func (w *search) way(sub *Subject, p *profile, holder *schema.Object, h hit) placed {
	r := &Right{p.grants[h.grant], holder, p.used}
	chain := w.Chain(sub, r)
	out := placed{own: ownPlaces(r, &chain)}
	if !chain.Own && !chain.Shared {
		out.through = &Link{}
		*out.through, chain.Own = chain.Holder, true
	}
	extent := h.extent
	if h.unknown {
		extent = Unknown
	}
	parts := []string{r.Right, r.Via, chain.id(), fmt.Sprint(extent)}
	if !out.own {
		parts = append(parts, r.Scope)
	}
	id := strings.Join(parts, "\x01")
	if out.way = w.ways[id]; out.way != nil {
		return out
	}
	if chain.Shared {
		chain.Own = false
	}
	out.way = &Way{Chain: chain, Via: r.Via, All: r.All, Extent: extent, Right: r.Right}
	if extent == Part && !out.own {
		out.way.Covered = h.covered
	}
	if !out.own {
		out.way.Scope = w.Label(r.Scope)
	}
	w.ways[id] = out.way
	return out
}

// ownPlaces reports whether the subject itself names the places of the right.
func ownPlaces(r *Right, c *Chain) bool {
	return c.Own && r.Holder.Kind.Area != nil && r.Places != schema.Everywhere && len(c.Places) == 0
}

func (w *search) answer() *Answer {
	a := &Answer{Right: w.right, Scope: w.scope}
	for _, way := range w.ways {
		if way.Extent == Unknown {
			a.Unknown = append(a.Unknown, *way)
		} else {
			a.Ways = append(a.Ways, *way)
		}
	}
	for _, list := range [...][]Way{a.Ways, a.Unknown} {
		slices.SortFunc(list, func(x, y Way) int {
			if x.All != y.All {
				if x.All {
					return 1
				}
				return -1
			}
			return cmp.Or(cmp.Compare(y.Extent, x.Extent), cmp.Compare(x.Scope, y.Scope), cmp.Compare(x.Via, y.Via), cmp.Compare(x.Chain.id(), y.Chain.id()))
		})
	}
	return a
}
