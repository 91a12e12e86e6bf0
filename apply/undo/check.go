package undo

import (
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// notPossible are the codes of findings about an object that cannot be as before. Limits, protection and
// lockout are not among them: they refuse the plan as a whole.
var notPossible = map[string]bool{
	"plan/cannot-delete": true, "plan/deletes-declared": true, "plan/frozen": true, "plan/frozen-removal": true, "plan/ignored": true,
	"plan/immutable": true, "plan/not-created": true, "plan/not-found": true, "plan/removed-ignored": true, "plan/still-referenced": true,
	"plan/unknown-reference": true,
}

// Check looks at a plan of Tenant and at the live objects that it was computed from, by kind. Objects
// that changed since the run, and those that cannot be as before, are left alone from now on. It
// returns true if there are some, and then Tenant has to be planned again.
func (u *Undo) Check(p *plan.Plan, live map[string][]schema.Object) bool {
	changes, impossible := map[schema.Address]*plan.Change{}, map[schema.Address]string{}
	for i := range p.Changes {
		c := &p.Changes[i]
		if changes[c.Addr] == nil {
			changes[c.Addr] = c
		}
		for _, o := range c.Cascades {
			changes[o.Addr] = c
		}
	}
	for i := range p.Findings {
		if f := &p.Findings[i]; f.Severity == schema.Error && notPossible[f.Code] {
			impossible[f.Addr] = "It cannot be as before: " + strings.TrimSuffix(f.Summary, ".") + ". " + f.Detail
		}
	}
	now := indexed(live)
	again := false
	for _, s := range u.steps {
		switch {
		case s.why != "":
			continue
		case changes[s.target] != nil:
			s.why = s.changedSince(now[s.addr])
		}
		if s.why == "" {
			s.why = impossible[s.target]
		}
		again = again || s.why != ""
	}
	return again
}

// indexed returns the live objects by address.
func indexed(live map[string][]schema.Object) map[schema.Address]*schema.Object {
	out := map[schema.Address]*schema.Object{}
	for _, list := range live {
		list = schema.Normal(list)
		for i := range list {
			out[list[i].Addr] = &list[i]
		}
	}
	return out
}

// changedSince says how an object, nil if it does not exist, differs from what the run made of it; ""
// if it does not.
func (s *step) changedSince(now *schema.Object) string {
	switch {
	case s.deleted && now == nil, s.deactivated && now != nil && inactive(now):
		return ""
	case s.deleted && s.unknown:
		return "It is not known whether the run deleted it, and it is not as before. Look at it, and change it by hand."
	case s.deleted:
		return "It changed since the run: it exists again."
	case now == nil:
		return "It changed since the run: it is gone, or has another name."
	case s.deactivated:
		return "It changed since the run: it is active."
	case s.after == nil:
		return "It is not known what the run made of it, and it is not as before. Look at it, and change it by hand."
	case s.after.ID != "" && now.ID != "" && s.after.ID != now.ID:
		return "It changed since the run: another object has its name."
	}
	if changed := s.changedAttributes(now); changed != 0 {
		return "It changed since the run: " + strings.Join(now.Kind.AttributeNames(changed), ", ") + "."
	}
	return ""
}

// changedAttributes returns the attributes that would be undone and changed since the run: all of an
// object that the run created, or those that it changed.
func (s *step) changedAttributes(now *schema.Object) (changed schema.Mask) {
	k, mask := now.Kind, schema.Everything
	if s.before != nil {
		mask = s.mask()
	}
	for i := range k.Attributes {
		a := &k.Attributes[i]
		if !mask.Has(i) || !a.Comparable() || !s.after.Set.Has(i) && !now.Set.Has(i) {
			continue
		}
		made := k.New()
		a.Copy(made, s.after.Body)
		if s.before != nil {
			made = k.New()
			a.Difference(made, s.after.Body, s.before.Body)
		}
		if !a.Satisfies(made, now.Body) {
			changed = changed.With(i)
		}
	}
	return changed
}

func inactive(o *schema.Object) bool { return o.Kind.Inactive != nil && o.Kind.Inactive(o) }
