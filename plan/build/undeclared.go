package build

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Undeclared objects that are left alone, and what people must know of them.

// listUndeclared fills in Plan.Unmanaged.
func (b *builder) listUndeclared() {
	after := &view{builder: b, planned: true}
	look := func(kind, key string) (*schema.Object, bool) {
		if t := b.table[kind]; t != nil && t.listed {
			return after.object(t, key)
		}
		return nil, false
	}
	for _, t := range b.tables {
		if t.kind.Virtual || !b.speaksAbout(t) {
			continue
		}
		given := t.givenPrivileges(look)
		b.plan.Unmanaged = append(b.plan.Unmanaged, t.unmanaged(look, given)...)
		if u := b.ignoredPrivileged(t, look, given); len(u.Keys) > 0 {
			b.plan.Unmanaged = append(b.plan.Unmanaged, u)
		}
	}
}

// speaksAbout reports whether the files say anything about the kind, if only in the
// short form of another kind's block.
func (b *builder) speaksAbout(t *kindState) bool {
	return t.mentionedIn(b.Tenant.Manage) || t.declaredInShort()
}

// unmanaged lists the undeclared objects of a kind that are left alone: first those of
// which there is nothing to say, then the others by what there is.
func (t *kindState) unmanaged(look schema.Lookup, given map[string][]string) []plan.Unmanaged {
	var out []plan.Unmanaged
	for _, j := range t.cascaded {
		if !t.cascades(t.live[j]) { // what it would have gone with stays
			t.undeclared[""] = append(t.undeclared[""], j)
		}
	}
	for _, note := range slices.Sorted(maps.Keys(t.undeclared)) {
		u := plan.Unmanaged{Kind: t.kind.Name, Note: note, Keys: make([]string, 0, len(t.undeclared[note]))}
		for _, j := range t.undeclared[note] {
			l := t.live[j]
			u.Keys = append(u.Keys, l.Addr.Key)
			if n := t.notable(l, look, given); n.What != "" {
				u.Notable = append(u.Notable, n)
			}
		}
		slices.Sort(u.Keys)
		sortNotable(u.Notable)
		out = append(out, u)
	}
	return out
}

// ignoredPrivileged lists the ignored people who have privileges.
func (b *builder) ignoredPrivileged(t *kindState, look schema.Lookup, given map[string][]string) plan.Unmanaged {
	u := plan.Unmanaged{Kind: t.kind.Name, Ignored: true}
	if !t.kind.Subject {
		return u
	}
	for j, hidden := range t.ignored {
		if !hidden || t.owner[j] != none || !b.ignores(t, j) {
			continue
		}
		if n := t.notable(t.live[j], look, given); n.What != "" {
			u.Keys = append(u.Keys, n.Key)
			u.Notable = append(u.Notable, n)
		}
	}
	slices.Sort(u.Keys)
	sortNotable(u.Notable)
	return u
}

// sortNotable puts administrators first.
func sortNotable(list []plan.Notable) {
	slices.SortFunc(list, func(x, y plan.Notable) int {
		return cmp.Or(compareBool(!x.Administrator, !y.Administrator), cmp.Compare(x.Key, y.Key))
	})
}

// notable tells what people must know of an undeclared object: the privileges of
// somebody who can sign in, and the role of somebody within a parent that a file
// mentions, because the line for it may have been taken out of the file.
func (t *kindState) notable(l *schema.Object, look schema.Lookup, given map[string][]string) plan.Notable {
	n := plan.Notable{Key: l.Addr.Key}
	switch {
	case inactive(l):
	case t.kind.Subject:
		n.What, n.Administrator = privilege(l, look), administers(l)
		if more := given[l.Addr.Key]; len(more) > 0 {
			slices.Sort(more)
			if n.What != "" {
				more = append([]string{n.What}, more...)
			}
			n.What = strings.Join(more, ", ")
		}
	case t.grantee != nil && t.parent != nil && t.parentMentioned(l):
		if n.What = t.heldRights(l); n.What == "" {
			n.What = noun(t.kind)
		}
	}
	return n
}

func privilege(o *schema.Object, look schema.Lookup) string {
	if o.Kind.Privilege == nil {
		return ""
	}
	return o.Kind.Privilege(o, look)
}

// heldRights names what an object gives to its holder: its role.
func (t *kindState) heldRights(l *schema.Object) string {
	var out []string
	for i := range t.kind.Attributes {
		if a := &t.kind.Attributes[i]; t.guarded.Has(i) && l.Set.Has(i) {
			a.Each(l.Body, func(s string) { out = append(out, s) })
		}
	}
	return strings.Join(out, ", ")
}

// givenPrivileges lists the privileges that objects of other kinds give after the plan
// to objects of this kind, by key.
func (t *kindState) givenPrivileges(look schema.Lookup) map[string][]string {
	var out map[string][]string
	for _, held := range t.grantKinds {
		if held.kind.Privilege == nil {
			continue
		}
		held.each(true, func(_ string, o *schema.Object) {
			what := privilege(o, look)
			if what == "" {
				return
			}
			held.grantees("", o, func(p objectRef) {
				if p.table == t {
					if out == nil {
						out = map[string][]string{}
					}
					out[p.key] = append(out[p.key], what)
				}
			})
		})
	}
	return out
}
