package access

import (
	"slices"

	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A trial is a subject with other objects in place of some, to see what it could do then.
type trial struct {
	*State
	sub     Subject
	changed objects // what takes the place of the objects of the state, and new ones
}

// try returns a trial in which nothing is changed yet.
func (s *State) try(sub *Subject) *trial {
	t := &trial{State: s, sub: *sub, changed: objects{}}
	t.sub.held, t.sub.as = slices.Clone(sub.held), slices.Clone(sub.as)
	return t
}

// object returns an object as it is in the trial.
func (t *trial) object(o *schema.Object) *schema.Object {
	if c := t.changed[o.Addr.Kind][o.Addr.Key]; c != nil {
		return c
	}
	return o
}

// put puts an object in the place of the one with its address.
func (t *trial) put(o *schema.Object) {
	t.changed.add(o)
	for _, list := range [...][]*schema.Object{t.sub.held, t.sub.as} {
		for i := range list {
			if list[i].Addr == o.Addr {
				list[i] = o
			}
		}
	}
	if t.sub.Object != nil && t.sub.Object.Addr == o.Addr {
		t.sub.Object = o
	}
}

// hold adds an object that holds rights for the subject.
func (t *trial) hold(o *schema.Object) {
	t.changed.add(o)
	if i := slices.IndexFunc(t.sub.held, func(h *schema.Object) bool { return h.Addr == o.Addr }); i >= 0 {
		t.sub.held[i] = o
		return
	}
	t.sub.held = append(t.sub.held, o)
}

// rights lists the rights of the subject in the trial. Areas are as they are, because no trial changes
// what has places.
func (t *trial) rights() []Right {
	t.overlay = t.changed
	defer func() { t.overlay = nil }()
	list, _ := t.Rights(&t.sub)
	return list
}

// grants returns the grants of some rights.
func grants(list []Right) []schema.Grant {
	out := make([]schema.Grant, len(list))
	for i := range list {
		out[i] = list[i].Grant
	}
	return out
}

// A goal is a right on a scope.
type goal struct {
	*search
}

// met reports whether the rights are the right on the whole scope, and whether one is the right
// anywhere.
func (g goal) met(list []Right) (met, right bool) {
	var some []schema.Grant
	for i := range list {
		r := &list[i]
		match, unknown := g.matches(&r.Grant, r.Holder)
		if !match || unknown {
			continue
		}
		right = true
		switch extent, _ := g.covers(&r.Grant, r.Holder, g.scope); extent {
		case All:
			return true, true
		case Part:
			some = append(some, r.Grant)
		}
	}
	return len(some) > 0 && g.places.Covers(g.scope.set, some), right
}

// reaches reports whether one of the rights is on the whole scope, whatever it is.
func (g goal) reaches(list []Right) bool {
	return slices.ContainsFunc(list, func(r Right) bool {
		extent, _ := g.covers(&r.Grant, r.Holder, g.scope)
		return extent == All
	})
}

// effects says what the subject gains and loses besides the goal.
func (g goal) effects(before, after []Right) (x Proposal) {
	gained, gone := rights.Diff(grants(before), grants(after), &g.places)
	seen, where := map[string]bool{}, map[string]int{}
	for i := range gained {
		r := &gained[i]
		n := max(r.Places, 1)
		if r.Places == schema.Everywhere {
			n, x.Everywhere = 1<<20, true
		} else {
			where[r.Scope] = n
		}
		if r.All {
			n *= 1 << 10
		}
		if x.weight += n; r.Right != g.right && !seen[r.Right] {
			seen[r.Right] = true
			x.More = append(x.More, r.Right)
		}
	}
	for i := range gone {
		if r := &gone[i]; !seen[r.Right] {
			seen[r.Right] = true
			x.Lost = append(x.Lost, r.Right)
		}
		x.weight += max(gone[i].Places, 1)
	}
	for _, n := range where {
		x.Places += n
	}
	return x
}
