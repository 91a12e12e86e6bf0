package undo

import (
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// notPossible are the codes of findings about an object that cannot be restored. Limits, protection and
// lockout are not among them: they refuse the plan as a whole.
var notPossible = map[string]bool{
	"plan/cannot-delete": true, "plan/deletes-declared": true, "plan/frozen": true, "plan/frozen-removal": true, "plan/ignored": true,
	"plan/immutable": true, "plan/not-created": true, "plan/not-found": true, "plan/removed-ignored": true, "plan/still-referenced": true,
	"plan/unknown-reference": true,
}

// refuses reports whether a finding says that an object cannot be restored: as above, or a rule of the
// product.
func refuses(f *schema.Finding) bool {
	return f.Severity == schema.Error && (notPossible[f.Code] || !strings.HasPrefix(f.Code, "plan/"))
}

// Plan plans the undo with the provider block of the files. The function plans a tenant, and returns the
// live objects that it read, by kind. It is called again without the objects that changed since the run
// or cannot be restored, until there are none. The last plan is that of the undo.
func (u *Undo) Plan(files *schema.Tenant, look func(*schema.Tenant) (*plan.Plan, map[string][]schema.Object, error)) error {
	for {
		p, live, err := look(u.tenant(files))
		if err != nil || !u.leavesMore(p, live) {
			return err
		}
	}
}

// leavesMore leaves alone what changed since the run and what cannot be restored, according to a plan.
// It reports whether there is some.
func (u *Undo) leavesMore(p *plan.Plan, live map[string][]schema.Object) bool {
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
		if f := &p.Findings[i]; refuses(f) {
			for _, a := range append([]schema.Address{f.Addr}, f.Also...) {
				impossible[a] = "It cannot be restored: " + strings.TrimSuffix(f.Summary, ".") + ". " + f.Detail
			}
		}
	}
	now := indexed(live)
	again, referenced, run := false, u.references(now), map[schema.Address]bool{}
	for _, s := range u.steps {
		run[s.addr] = true
	}
	for _, s := range u.steps {
		switch by := referenced[schema.Address{Kind: s.addr.Kind, Key: s.addr.Key}]; {
		case s.why != "":
			continue
		case s.before == nil && by != "" && changes[s.target] != nil:
			s.why = "It was created, and stays, because " + by + " stays and refers to it."
		case changes[s.target] != nil:
			s.why = s.changedSince(now[s.addr])
			if s.why == "" && changes[s.target].Addr == s.target {
				s.why = addedSince(changes[s.target], run, p.Self)
			}
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

// references returns what the objects that stay as they are refer to, with the address of one that does.
// Deleting that could delete them too.
func (u *Undo) references(now map[schema.Address]*schema.Object) map[schema.Address]string {
	out := map[schema.Address]string{}
	for _, s := range u.steps {
		o := now[s.addr]
		if s.why == "" || o == nil {
			continue
		}
		for i := range o.Kind.Attributes {
			a := &o.Kind.Attributes[i]
			a.Each(o.Body, func(key string) {
				for _, kind := range a.Kinds {
					out[schema.Address{Kind: kind, Key: key}] = s.addr.String()
				}
			})
		}
	}
	return out
}

// changedSince says how an object, nil if it does not exist, differs from what the run made of it; ""
// if it does not.
func (s *step) changedSince(now *schema.Object) string {
	switch {
	case s.deleted && now == nil:
		return ""
	case s.deactivated && now != nil && now.Inactive():
		return sinceRun(now, s.changedWhileInactive(now))
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
	why := sinceRun(now, s.changedAttributes(now))
	switch {
	case why == "" || slices.ContainsFunc(s.byUndo, func(o *schema.Object) bool { return s.same(o, now) }):
		return ""
	case s.doubt:
		return why + " An undo that was interrupted may have done that. Look at it, and change it by hand."
	}
	return why
}

// addedSince says what somebody added to an object that the run created, and that would be deleted with
// it; "" if there is nothing. A product may add the user of the key by itself.
func addedSince(c *plan.Change, run map[schema.Address]bool, self schema.Address) string {
	for _, o := range c.Cascades {
		if !run[o.Addr] && !refersTo(o, self) {
			return "It stays, because " + o.Addr.String() + " would be deleted with it and is not of the run."
		}
	}
	return ""
}

func refersTo(o *schema.Object, x schema.Address) bool {
	found := false
	for i := range o.Kind.Attributes {
		if a := &o.Kind.Attributes[i]; slices.Contains(a.Kinds, x.Kind) {
			a.Each(o.Body, func(key string) { found = found || key == x.Key })
		}
	}
	return found
}

// same reports whether two states of an object agree in the attributes that would be undone.
func (s *step) same(x, y *schema.Object) bool {
	if s.before == nil {
		return false
	}
	mask := s.mask()
	for i := range x.Kind.Attributes {
		if a := &x.Kind.Attributes[i]; mask.Has(i) && !a.Equal(x.Body, y.Body) {
			return false
		}
	}
	return true
}

// sinceRun says that attributes changed since the run; "" if none did.
func sinceRun(o *schema.Object, changed schema.Mask) string {
	if changed == 0 {
		return ""
	}
	return "It changed since the run: " + strings.Join(o.Kind.AttributeNames(changed), ", ") + "."
}

// changedWhileInactive returns the attributes of a deactivated object that are not as before, without
// those that make it inactive.
func (s *step) changedWhileInactive(now *schema.Object) (changed schema.Mask) {
	mask := s.mask()
	for i := range now.Kind.Attributes {
		a := &now.Kind.Attributes[i]
		if !mask.Has(i) || !now.Set.Has(i) || a.Equal(s.before.Body, now.Body) {
			continue
		}
		with := s.before.Clone()
		a.Copy(with.Body, now.Body)
		if !with.Inactive() {
			changed = changed.With(i)
		}
	}
	return changed
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
