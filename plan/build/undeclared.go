package build

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Undeclared objects that are left alone.

// An unmanagedLister lists undeclared objects after the plan.
type unmanagedLister struct {
	stage
	*planned
	look schema.Lookup // in the listed kinds
}

// listUndeclared lists the undeclared objects of the kinds that the files mention.
func listUndeclared(s stage, p *planned) []plan.Unmanaged {
	u := unmanagedLister{s, p, func(kind, key string) (*schema.Object, bool) {
		if t := s.table[kind]; t != nil && t.listed {
			return p.object(t, key, true)
		}
		return nil, false
	}}
	var out []plan.Unmanaged
	for _, t := range s.tables {
		if t.kind.Virtual || !mentions(s, t) && !(s.All && t.listed) {
			continue
		}
		out = append(out, u.unmanaged(t, u.givenPrivileges(t))...)
	}
	return out
}

// mentions reports whether the files mention the kind, also only in the short form of another
// kind's block.
func mentions(s stage, t *kindState) bool {
	_, managed := s.Tenant.Manage[t.kind.Name]
	return managed || len(t.want) > 0 || len(t.removed) > 0 || t.declaredInShort()
}

// unmanaged lists the undeclared objects of a kind that are left alone, grouped by their notes,
// and ignored users with privileges.
func (u unmanagedLister) unmanaged(t *kindState, given map[string][]string) []plan.Unmanaged {
	byNote := u.undeclared[t]
	for _, j := range u.cascaded[t] {
		if !u.deletes(t, t.live[j]) { // the object that contains it stays
			if byNote == nil {
				byNote = map[string][]int{}
			}
			byNote[""] = append(byNote[""], j)
		}
	}
	var out []plan.Unmanaged
	for _, note := range slices.Sorted(maps.Keys(byNote)) {
		live := slices.DeleteFunc(byNote[note], func(j int) bool { return !u.looksFor(t, j) })
		if len(live) == 0 && !u.Scope.Whole() {
			continue
		}
		list := u.list(t, live, given, false)
		list.Note = note
		out = append(out, list)
	}
	var ignored []int
	for j, hidden := range t.ignored {
		if hidden && t.kind.Subject && t.owner[j] == none && u.ignores(t, j) && u.looksFor(t, j) {
			ignored = append(ignored, j)
		}
	}
	if list := u.list(t, ignored, given, true); len(list.Keys) > 0 {
		out = append(out, list)
	}
	return out
}

// list lists live objects of a kind; of ignored ones only the notable.
func (u unmanagedLister) list(t *kindState, live []int, given map[string][]string, ignored bool) plan.Unmanaged {
	list := plan.Unmanaged{Kind: t.kind.Name, Ignored: ignored}
	if !ignored {
		list.Keys = make([]string, 0, len(live))
	}
	for _, j := range live {
		n := u.notable(t, t.live[j], given)
		if n.What != "" {
			list.Notable = append(list.Notable, n)
		}
		if n.What != "" || !ignored {
			list.Keys = append(list.Keys, n.Key)
		}
	}
	slices.Sort(list.Keys)
	slices.SortFunc(list.Notable, func(x, y plan.Notable) int {
		return cmp.Or(compareBool(!x.Administrator, !y.Administrator), cmp.Compare(x.Key, y.Key))
	})
	return list
}

// notable returns what readers of a plan should know about an undeclared object: the privileges of
// an active user, and the role of a member of a parent that a file mentions, because the member's
// line may have been deleted from the file by mistake. What is "" if there is nothing.
func (u unmanagedLister) notable(t *kindState, l *schema.Object, given map[string][]string) plan.Notable {
	n := plan.Notable{Key: l.Addr.Key}
	switch {
	case l.Inactive():
	case t.kind.Subject:
		n.What, n.Administrator = privilege(l, u.look), l.Administers()
		if more := given[l.Addr.Key]; len(more) > 0 {
			slices.Sort(more)
			if n.What != "" {
				more = append([]string{n.What}, more...)
			}
			n.What = strings.Join(more, ", ")
		}
	case t.grantee != nil && t.parent != nil && u.parentMentioned(t, l):
		if n.What = heldRights(t, l); n.What == "" {
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

// heldRights lists what an object gives to its grantee, such as a role.
func heldRights(t *kindState, l *schema.Object) string {
	var out []string
	for i := range t.kind.Attributes {
		if a := &t.kind.Attributes[i]; t.guarded.Has(i) && l.Set.Has(i) {
			a.Each(l.Body, func(s string) { out = append(out, s) })
		}
	}
	return strings.Join(out, ", ")
}

// givenPrivileges lists by key the privileges that objects of other kinds give to objects of this
// kind after the plan.
func (u unmanagedLister) givenPrivileges(t *kindState) map[string][]string {
	var out map[string][]string
	for _, held := range t.grantKinds {
		if held.kind.Privilege == nil {
			continue
		}
		u.each(held, true, func(_ string, o *schema.Object) {
			what := privilege(o, u.look)
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

// setNames returns the key of the virtual object for each set that one declares.
func setNames(s stage) map[string]string {
	var out map[string]string
	for _, t := range s.tables {
		at := slices.IndexFunc(t.kind.Attributes, func(a schema.Attribute) bool { return a.Type == schema.TypeSet })
		if !t.kind.Virtual || at < 0 {
			continue
		}
		for _, w := range t.want {
			if out == nil {
				out = map[string]string{}
			}
			text := "[" + strings.Join(t.kind.Attributes[at].Texts(w.Body), ", ") + "]" // as Attribute.Members gives it
			if have, ok := out[text]; !ok || w.Addr.Key < have {
				out[text] = w.Addr.Key
			}
		}
	}
	return out
}
