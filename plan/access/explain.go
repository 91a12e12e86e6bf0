package access

import (
	"slices"

	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Share is the rights that a subject has on one scope by one chain.
type Share struct {
	Chain      Chain
	Via        string
	Rights     []string // sorted
	Scopes     []string // as people read them; several if the subject itself names the places
	Places     []string // of the scope, as people read them; nil if it has none of its own
	All        bool     // every right on the scope
	Unknown    bool     // the rights are not known, or not whether they hold on the scope that was asked for
	Privileged bool     // one of the rights is privileged
	Until      string   // as Holder.Until
}

// Explain lists the rights of a subject by scope and chain. With a right, it lists the shares with this
// right; with a scope, those on a part of it or more. whole is false if not everything could be read.
func (s *State) Explain(sub *Subject, right string, sc *Scope) (shares []Share, whole bool) {
	e := explanation{State: s, sub: sub, at: map[place]int{}, privileges: rights.NewPrivileges(s.Tenant)}
	w := &search{State: s, right: right}
	if right != "" {
		w.homes = s.granted().rights[right]
	}
	list, whole := s.Rights(sub)
	for i := range list {
		r := &list[i]
		if match, _ := w.matches(&r.Grant, r.Holder); right != "" && !match {
			continue
		}
		if extent, _ := s.covers(&r.Grant, r.Holder, sc); extent != None {
			e.add(r, r.Unknown || extent == Unknown)
		}
	}
	return e.merged(), whole
}

// An explanation collects shares.
type explanation struct {
	*State
	sub        *Subject
	shares     []Share
	own        []bool
	at         map[place]int // index of the share
	privileges *rights.Privileges
}

// A place is where one share is.
type place struct {
	holder     *schema.Object
	scope, via string
	unknown    bool
}

func (e *explanation) add(r *Right, unknown bool) {
	id := place{r.Holder, r.Scope, r.Via, unknown}
	n, ok := e.at[id]
	if !ok {
		n = len(e.shares)
		e.at[id] = n
		chain := e.Chain(e.sub, r)
		x := Share{Chain: chain, Via: r.Via, Scopes: []string{e.Label(r.Scope)}, All: r.All, Unknown: unknown, Until: e.entryTerm(e.sub, r).Expires}
		if r.Set != 0 {
			for _, name := range e.places.Names(r.Set) {
				x.Places = append(x.Places, e.Label(name))
			}
			slices.Sort(x.Places)
		}
		e.shares, e.own = append(e.shares, x), append(e.own, ownPlaces(r, &chain))
	}
	x := &e.shares[n]
	x.Rights = append(x.Rights, r.Right)
	x.Privileged = x.Privileged || e.privileges.Has(&r.Grant)
}

// merged returns the shares, of which those with the same rights on places that the subject itself names
// are one.
func (e *explanation) merged() []Share {
	var out []Share
	var from []int
	for n, x := range e.shares {
		slices.Sort(x.Rights)
		x.Rights = slices.Compact(x.Rights)
		i := slices.IndexFunc(from, func(m int) bool {
			y := &e.shares[m]
			return e.own[n] && e.own[m] && x.Via == y.Via && x.Until == y.Until && x.Unknown == y.Unknown && len(x.Places)+len(y.Places) == 0 && slices.Equal(x.Rights, y.Rights)
		})
		if i >= 0 {
			out[i].Scopes = append(out[i].Scopes, x.Scopes...)
			continue
		}
		e.shares[n] = x
		out, from = append(out, x), append(from, n)
	}
	for i := range out {
		slices.Sort(out[i].Scopes)
	}
	return out
}

// Administers reports whether a subject is an active administrator.
func (sub *Subject) Administers() bool { return sub.Object.Administers() }
