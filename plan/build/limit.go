package build

import (
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// checkLimits holds the whole plan against the guards. A violation forbids the plan, not
// one change: who removes too much has probably not meant any of it.
func (b *builder) checkLimits() {
	along := b.removals()
	for _, t := range b.tables {
		b.limitRemovals(t, along)
	}
	for i := range b.candidates {
		if d := &b.candidates[i]; d.Action.Writes() && d.Have != nil {
			b.limitOwnUser(d)
			b.limitProtected(d)
		}
	}
	for i := range along {
		b.limitOwnUser(&along[i])
		b.limitProtected(&along[i])
	}
	b.limitProtectedSubjects(along)
	b.limitAdministrators(along)
	b.warnUnknownProtected()
	b.tellMassChanges()
	b.noteRemoved()
}

func (b *builder) addViolation(code string, addr schema.Address, pos schema.Pos, summary, detail string) {
	b.plan.Violations = append(b.plan.Violations, schema.Finding{
		Code: code, Addr: addr, Pos: pos, Summary: summary, Detail: detail,
	})
}

// limitOwnUser keeps whoever plans from removing or weakening themselves, or what
// is held for them.
func (b *builder) limitOwnUser(d *candidate) {
	if b.Self.Key == "" {
		return
	}
	guarded := d.Changed & d.table.guarded
	self := func(a schema.Address) bool { return a.Kind == b.Self.Kind && a.Key == b.Self.Key }
	switch held := slices.ContainsFunc(b.holders(d), self); {
	case d.HandsOver() && b.Self.Kind == d.Addr.Kind && d.is(b.Self.Key):
		b.addViolation("plan/self-lockout", d.Addr, d.Pos, "The key's own user would get another name",
			fmt.Sprintf("The key in use belongs to %s, and the account of %s would become that of %s. Plan with the key of another "+
				"administrator. No flag overrides this.", b.Self, d.Have.Addr, d.Addr))
	case held && d.cascadedBy != nil && !b.harms(d):
	case held && d.deactivates():
		b.addViolation("plan/self-lockout", d.Addr, d.Pos, "The key's own user would lose rights",
			fmt.Sprintf("The key in use belongs to %s, for whom %s would be removed%s, and the key might no longer be able to "+
				"finish or undo the plan. Plan with the key of another administrator. No flag overrides this.", b.Self, d.Have.Addr, d.along()))
	case held && guarded != 0:
		b.addViolation("plan/self-lockout", d.Addr, d.Pos, "The key's own user would get other rights",
			fmt.Sprintf("The key in use belongs to %s, for whom %s of %s would change, and the key might no longer be able to "+
				"finish or undo the plan. Plan with the key of another administrator. No flag overrides this.",
				b.Self, theAttributes(d.table.kind, guarded), d.Have.Addr))
	case b.Self.Kind != d.Addr.Kind || !d.is(b.Self.Key):
	case d.deactivates():
		b.addViolation("plan/self-lockout", d.Addr, d.Pos, "The key's own user would be removed",
			fmt.Sprintf("The key in use belongs to %s, and would stop working in the middle of the plan. Plan with the key "+
				"of another administrator. No flag overrides this.", d.Addr))
	case guarded != 0:
		b.addViolation("plan/self-lockout", d.Addr, d.Pos, "The key's own user would get other rights",
			fmt.Sprintf("The key in use belongs to %s, whose %s would change, and the key might no longer be able to finish "+
				"or undo the plan. Plan with the key of another administrator. No flag overrides this.", d.Addr, theAttributes(d.table.kind, guarded)))
	}
}

// is reports whether the change is about the object with the key, before or after.
func (d *candidate) is(key string) bool { return d.Addr.Key == key || d.Have.Addr.Key == key }

// holders names those for whom the object of a change holds rights, before and
// after; nobody where they are its own.
func (b *builder) holders(d *candidate) []schema.Address {
	if d.table.grantee == nil {
		return nil
	}
	var who []schema.Address
	note := func(p objectRef) {
		who = append(who, schema.Address{Provider: b.plan.Provider, Kind: p.table.kind.Name, Key: p.key})
	}
	d.table.grantees("", d.Have, note)
	d.table.grantees("", d.Want, note)
	return who
}

// limitProtected keeps what the files protect, and what is held for it.
func (b *builder) limitProtected(d *candidate) {
	live := d.Have.Addr
	about := append([]schema.Address{d.Addr, live}, b.holders(d)...)
	entry := b.protector(about...)
	if entry == "" {
		return
	}
	what := live.String()
	if b.protector(d.Addr, live) == "" {
		what = fmt.Sprintf("What %s has through %s", entry, what)
	}
	way := fmt.Sprintf("protect names %q. To allow this plan, remove it from protect.", entry)
	switch {
	case d.HandsOver():
		b.addViolation("plan/protected", d.Addr, d.Pos, "A protected account would get another name",
			fmt.Sprintf("The account of %s would become that of %s, and %s", live, d.Addr, way))
	case d.deactivates():
		b.addViolation("plan/protected", d.Addr, d.Pos, "A protected object would be removed",
			fmt.Sprintf("%s would be removed or deactivated%s, and %s", what, d.along(), way))
	case b.weakens(d, entry):
		b.addViolation("plan/protected", d.Addr, d.Pos, "A protected object would lose rights",
			fmt.Sprintf("A change to %s of %s takes rights away, and %s",
				theAttributes(d.table.kind, d.Changed&d.table.guarded), live, way))
	}
}

// weakens reports whether a change to an object's own attributes takes rights from
// what the entry of protect names. Where the kind does not tell rights, every change that
// touches them might.
func (b *builder) weakens(d *candidate, entry string) bool {
	switch {
	case d.Changed&d.table.guarded == 0:
		return false
	case d.demotes():
		return true
	case d.table.grantee == nil && !d.table.subject():
		return d.table.kind.Administers == nil
	}
	ofObject := d.table.grantee == nil || b.protector(d.Addr, d.Have.Addr) == entry
	return b.robs(d, func(p objectRef) bool { return ofObject || b.protect[p] == entry })
}

// robs reports whether one of those whose the rights of a changed object are loses any.
// Only those of whom it is asked count.
func (b *builder) robs(d *candidate, asked func(objectRef) bool) bool {
	before, after := b.sides()
	robbed := false
	d.table.grantees(d.Addr.Key, d.Have, func(p objectRef) {
		if robbed || !asked(p) {
			return
		}
		has := after.rights(p.table, p.key)
		_, lost := rights.Diff(before.rights(p.table, p.key), has, &b.places)
		robbed = robbed || len(lost) > 0 && !rights.CoversAll(has)
	})
	return robbed
}

// harms reports whether the key's own user may miss what goes with something else:
// who stays an administrator does not.
func (b *builder) harms(d *candidate) bool {
	_, after := b.sides()
	self, ok := after.lookup(b.Self.Kind, b.Self.Key)
	return !(ok && administers(self)) && b.robs(d, func(objectRef) bool { return true })
}

// along says what the removal goes with, or nothing.
func (d *candidate) along() string {
	if d.cascadedBy == nil {
		return ""
	}
	return " with " + d.cascadedBy.String()
}

// hiddenAdministrators asks for the thin objects among which there may be another
// administrator, and reports whether there are any.
func (b *builder) hiddenAdministrators() bool {
	hidden := false
	for _, t := range b.tables {
		if t.kind.Administers == nil {
			continue
		}
		for j, l := range t.live {
			if l.Incomplete && t.guarded&^l.Set != 0 && t.changes[j] == nil && !b.ignores(t, j) {
				b.requestRead(t, j)
				hidden = true
			}
		}
	}
	return hidden
}
