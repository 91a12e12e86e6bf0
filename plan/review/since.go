package review

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Since says what changed since an earlier review.
type Since struct {
	At string `json:"at"` // time of the earlier review
	// Complete says that both reviews are complete. Otherwise changes are not certain: who was not seen
	// may have been there.
	Complete bool `json:"complete"`
	// NotIdentified says that both reviews are about files, and that not both name the tenant: they may be
	// about two.
	NotIdentified bool     `json:"not_identified,omitempty"`
	Changes       []Change `json:"changes"` // by kind and key
}

// A Change is what changed about one person.
type Change struct {
	What    What      `json:"change"`
	Kind    string    `json:"kind"`
	Key     string    `json:"key"`
	Earlier string    `json:"earlier_key,omitempty"` // if it was another one; the product's id is the same
	Name    string    `json:"name,omitempty"`
	Anyone  string    `json:"anyone,omitempty"` // as Person.Who, of an object that stands for users
	Gained  []Delta   `json:"gained,omitempty"`
	Lost    []Delta   `json:"lost,omitempty"`
	Before  *Standing `json:"before,omitempty"` // only if it differs
	After   *Standing `json:"after,omitempty"`
}

// A What is what happened to a person.
type What string

// What can happen.
const (
	Added   What = "added"
	Removed What = "removed"
	Changed What = "changed"
)

// A Standing is what a person is besides their rights.
type Standing struct {
	State         State `json:"state,omitempty"`
	Administrator bool  `json:"administrator"`
	Orphan        bool  `json:"orphan"`
}

// A Delta is rights that a person gains or loses on some scopes.
type Delta struct {
	Rights []string `json:"rights"`
	Scopes []string `json:"scopes"` // as people read them
	Via    string   `json:"via,omitempty"`
}

// ErrNotComparable is the reason why two reviews say nothing about changes.
var ErrNotComparable = errors.New("cannot be compared")

// Compare notes in the tenants of a review what changed since an earlier one. Tenants are the same if their
// provider blocks have the same name, or if they are the same tenant of a product; those that are missing now are
// noted too. People are the same
// by kind and key, or by the product's id if the key changed. What counts as gained and lost is as in a plan:
// rights.Diff decides.
func Compare(earlier, now *Document) error {
	found := map[*Tenant]bool{}
	for _, t := range now.Tenants {
		was := earlier.tenant(t)
		known := was != nil && was.Tenant != "" && t.Tenant != ""
		switch {
		case was == nil:
			return fmt.Errorf("%w: the earlier review does not have %s", ErrNotComparable, t.Provider)
		case was.Product != t.Product || known && was.Tenant != t.Tenant && was.Source == t.Source:
			return fmt.Errorf("%w: %s is tenant %s of %s, and was tenant %s of %s", ErrNotComparable, t.Provider, t.Tenant, t.Product, was.Tenant, was.Product)
		case was.Source != t.Source:
			return fmt.Errorf("%w: one is about the files, the other about what exists", ErrNotComparable)
		}
		c := comparison{was: was, now: t, sets: map[setOf]int{}, ids: map[string]int{}}
		t.Since = &Since{At: earlier.At, Complete: was.Complete && t.Complete, NotIdentified: !known, Changes: c.changes()}
		found[was] = true
	}
	for _, t := range earlier.Tenants {
		if !found[t] {
			now.Missing = append(now.Missing, Missing{t.Provider, t.Product, t.Tenant, len(t.People)})
		}
	}
	return nil
}

// tenant finds the tenant of an earlier review that is the same as one now, or nil.
func (d *Document) tenant(now *Tenant) *Tenant {
	for _, t := range d.Tenants {
		if t.Provider == now.Provider {
			return t
		}
	}
	for _, t := range d.Tenants {
		if t.Product == now.Product && t.Tenant == now.Tenant && t.Tenant != "" {
			return t
		}
	}
	return nil
}

// A comparison compares two reviews of a tenant.
type comparison struct {
	was, now *Tenant
	places   rights.Places
	sets     map[setOf]int  // numbers of places
	ids      map[string]int // of ways, by what they give
}

// A setOf is a set of places of a review.
type setOf struct {
	*Tenant
	number int
}

// A who identifies a person.
type who struct{ kind, key string }

func (c *comparison) changes() []Change {
	out := []Change{}
	was := map[who]*Person{}
	for _, p := range c.was.People {
		was[who{p.Kind, p.Key}] = p
	}
	var added []*Person
	for _, p := range c.now.People {
		old := was[who{p.Kind, p.Key}]
		if old == nil {
			added = append(added, p)
			continue
		}
		delete(was, who{p.Kind, p.Key})
		if x, changed := c.change(old, p); changed {
			out = append(out, x)
		}
	}
	byID := map[who]*Person{}
	for _, p := range was {
		if p.ID != "" {
			byID[who{p.Kind, p.ID}] = p
		}
	}
	for _, p := range added {
		old := byID[who{p.Kind, p.ID}]
		if old != nil {
			delete(was, who{old.Kind, old.Key})
			delete(byID, who{p.Kind, p.ID})
		}
		x, _ := c.change(old, p)
		out = append(out, x)
	}
	for _, p := range was {
		x, _ := c.change(p, nil)
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Key, b.Key), cmp.Compare(a.What, b.What))
	})
	return out
}

// change compares a person with how they were. Either may be nil.
func (c *comparison) change(was, is *Person) (Change, bool) {
	p := cmp.Or(is, was)
	x := Change{What: Changed, Kind: p.Kind, Key: p.Key, Name: p.Name}
	if !p.User {
		x.Anyone = p.Who()
	}
	switch {
	case was == nil:
		x.What = Added
	case is == nil:
		x.What = Removed
	default:
		if was.Key != is.Key {
			x.Earlier = was.Key
		}
		if before, after := was.standing(), is.standing(); before != after {
			x.Before, x.After = &before, &after
		}
		if slices.Equal(c.gives(c.was, was), c.gives(c.now, is)) {
			return x, x.Before != nil || x.Earlier != ""
		}
	}
	gained, lost := rights.Diff(c.grants(c.was, was), c.grants(c.now, is), &c.places)
	x.Gained, x.Lost = c.deltas(gained), c.deltas(lost)
	return x, len(x.Gained)+len(x.Lost) > 0 || x.Before != nil || x.Earlier != ""
}

func (p *Person) standing() Standing { return Standing{p.State, p.Administrator, p.Orphan} }

// gives returns numbers that two people share if the same ways give the same rights.
func (c *comparison) gives(t *Tenant, p *Person) []int {
	out := make([]int, len(p.Holds))
	for i := range p.Holds {
		w := p.Holds[i].Way
		if w.id == "" {
			w.id = fmt.Sprint(w.Via, "\x00", c.set(t, w), w.Everywhere, w.All, w.Unknown, "\x00", strings.Join(w.Rights, "\x01"), "\x00", strings.Join(w.Scopes, "\x01"))
		}
		n, known := c.ids[w.id]
		if !known {
			n = len(c.ids)
			c.ids[w.id] = n
		}
		out[i] = n
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (c *comparison) set(t *Tenant, w *Way) int {
	if w.Places == 0 {
		return 0
	}
	id := setOf{t, w.Places}
	n, known := c.sets[id]
	if !known {
		n = c.places.Set(t.PlaceSets[w.Places-1])
		c.sets[id] = n
	}
	return n
}

func (c *comparison) grants(t *Tenant, p *Person) []schema.Grant {
	var out []schema.Grant
	if p == nil {
		return nil
	}
	for i := range p.Holds {
		w := p.Holds[i].Way
		g := schema.Grant{Via: w.Via, All: w.All, Unknown: w.Unknown, Set: c.set(t, w)}
		if w.Everywhere {
			g.Places = schema.Everywhere
		}
		for _, g.Scope = range w.Scopes {
			for _, g.Right = range w.Rights {
				out = append(out, g)
			}
		}
	}
	return out
}

// deltas puts grants together that are on the same scopes by the same way.
func (c *comparison) deltas(grants []schema.Grant) []Delta {
	type at struct{ scope, via string }
	rightsAt := map[at][]string{}
	for i := range grants {
		id := at{grants[i].Scope, grants[i].Via}
		rightsAt[id] = append(rightsAt[id], grants[i].Right)
	}
	type of struct{ rights, via string }
	found := map[of]int{}
	var out []Delta
	for id, names := range rightsAt {
		slices.Sort(names)
		names = slices.Compact(names)
		what := of{strings.Join(names, "\x00"), id.via}
		n, known := found[what]
		if !known {
			n = len(out)
			found[what] = n
			out = append(out, Delta{Rights: names, Via: id.via})
		}
		label := id.scope
		for _, t := range []*Tenant{c.now, c.was} {
			if l := t.Labels[id.scope]; l != "" {
				label = l
				break
			}
		}
		out[n].Scopes = append(out[n].Scopes, label)
	}
	for i := range out {
		slices.Sort(out[i].Scopes)
	}
	slices.SortFunc(out, func(a, b Delta) int {
		return cmp.Or(slices.Compare(a.Scopes, b.Scopes), cmp.Compare(a.Via, b.Via), slices.Compare(a.Rights, b.Rights))
	})
	return out
}
