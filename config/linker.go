package config

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A linker collects the objects of one tenant and compares them with each other.
type linker struct {
	*reporter
	tenant    *tenant
	data      bool        // data files were decoded, so origins are kept
	instances []*instance // of tenant.Objects, in their order
}

// link collects a tenant's objects, sorted by level and key, and compares them
// with each other: one key is one object.
func (l *linker) link() {
	t := l.tenant
	t.collectExpanded()
	total := 0
	for _, g := range t.groups {
		for _, r := range g.all() {
			total += len(r.instances)
		}
	}
	t.Objects = make([]schema.Object, 0, total)
	if l.data {
		t.origins = make([]origin, 0, total)
	}
	for _, k := range t.Product.Kinds {
		ins := t.groups[k.Name].inOrder()
		for i, in := range ins {
			if i > 0 && ins[i-1].object.Addr.Key == in.object.Addr.Key {
				l.reportDuplicate(k, ins[i-1], in)
				continue
			}
			t.Objects, l.instances = append(t.Objects, in.object), append(l.instances, in)
			if l.data {
				t.origins = append(t.origins, in.origin())
			}
		}
	}
	l.linkIgnored()
	l.linkRemoved()
	l.linkPreviously()
	l.linkTerms()
	l.linkNamed()
}

// all lists the blocks of the kind, and then what others declare in short form.
func (g *group) all() []*resource {
	if len(g.expanded) == 0 {
		return g.resources
	}
	return slices.Concat(g.resources, g.expanded)
}

func comparePos(a, b schema.Pos) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}

// inOrder lists the objects that have a key, by key and then by place.
func (g *group) inOrder() []*instance {
	var out []*instance
	for _, r := range g.all() {
		for i := range r.instances {
			if r.instances[i].object.Addr.Key != "" {
				out = append(out, &r.instances[i])
			}
		}
	}
	byKey := func(a, b *instance) int { return cmp.Compare(a.object.Addr.Key, b.object.Addr.Key) }
	if !slices.IsSortedFunc(out, byKey) {
		slices.SortStableFunc(out, byKey)
	}
	return out
}

// reportDuplicate reports two declarations of one object. The later one is the subject.
func (l *linker) reportDuplicate(k *schema.Kind, first, second *instance) {
	if comparePos(second.object.Pos, first.object.Pos) < 0 {
		first, second = second, first
	}
	p := first.object.Pos
	detail := fmt.Sprintf("It was already declared at %s line %d%s. ", p.File, p.Line, underKey(first))
	switch {
	case first.resource.parent != nil && first.resource.parent == second.resource.parent:
		detail = fmt.Sprintf("Two entries of %s have this key. ", first.resource.parent.name)
	case first.resource.parent != nil || second.resource.parent != nil:
		detail = fmt.Sprintf("It was already declared at %s line %d, %s; here it is declared %s. Keep one of the two. ",
			p.File, p.Line, first.howDeclared(), second.howDeclared())
	case first.resource == second.resource:
		detail = fmt.Sprintf("Both each.key %q and %q lead to this key. ", first.key, second.key)
	case second.key != "":
		detail += fmt.Sprintf("Here it comes from each.key %q. ", second.key)
	}
	l.report(withRows(about(problem("config/duplicate-key", second.at(), capitalize(k.Name)+" "+quoted(second.object.Addr.Key)+" is declared twice",
		"%sAn object can be declared only once; keys are compared in their normal form.", detail), second.object.Addr.String()), rowsWithKeys(first.key, second.key)...))
}

func underKey(in *instance) string {
	if in.key == "" {
		return ""
	}
	return fmt.Sprintf(" under each.key %q", in.key)
}

// linkIgnored reports objects that are declared although a manage block says that
// rolecall shall not see them.
func (l *linker) linkIgnored() {
	t := l.tenant
	ignored := schema.NewIgnoreSet(t.Product, t.Manage)
	for _, k := range t.Product.Kinds {
		if !ignored.Affects(k.Name) {
			continue
		}
		for _, in := range t.groups[k.Name].inOrder() {
			m, hit := ignored.Match(k, in.object.Addr.Key)
			if !hit {
				continue
			}
			what := ""
			if m.Kind != k.Name {
				what = fmt.Sprintf(" and with it the %s %q, which this object belongs to", m.Kind, m.Key)
			}
			l.report(about(problem("config/ignored", in.at(), "Object is declared and ignored",
				"The manage block at %s line %d ignores %q%s, so rolecall would neither see nor change this object. Narrow the pattern, or delete the object here.",
				t.Manage[m.Kind].Pos.File, t.Manage[m.Kind].Pos.Line, m.Pattern, what), in.object.Addr.String()))
		}
	}
}

// linkRemoved reports removed blocks for objects that are declared, or that are
// removed twice.
func (l *linker) linkRemoved() {
	t := l.tenant
	if len(t.Removed) == 0 {
		return
	}
	seen := map[schema.Address]schema.Pos{}
	for i := range t.Objects {
		o := &t.Objects[i]
		seen[schema.Address{Kind: o.Addr.Kind, Key: o.Addr.Key}] = o.Pos
	}
	for i, r := range t.Removed {
		a := schema.Address{Kind: r.Kind, Key: r.Key}
		if p, ok := seen[a]; ok {
			l.report(problem("config/removed", &t.removedAt[i], quoted(a.String())+" has two blocks",
				"This block removes the object, and the block at %s line %d is about the same object. Delete one of the two blocks.", p.File, p.Line))
		}
		seen[a] = r.Pos
	}
}

// linkPreviously reports earlier names that still are, or also were, another
// object's name.
func (l *linker) linkPreviously() {
	t := l.tenant
	owners := map[schema.Address]*schema.Object{}
	for i := range t.Objects {
		for _, key := range t.Objects[i].Previously {
			owners[schema.Address{Kind: t.Objects[i].Addr.Kind, Key: key}] = nil
		}
	}
	if len(owners) == 0 {
		return
	}
	for i := range t.Objects {
		o := &t.Objects[i]
		a := schema.Address{Kind: o.Addr.Kind, Key: o.Addr.Key}
		if _, wanted := owners[a]; wanted {
			owners[a] = o
		}
	}
	for i := range t.Objects {
		o := &t.Objects[i]
		for _, key := range o.Previously {
			a := schema.Address{Kind: o.Addr.Kind, Key: key}
			if other := owners[a]; other != nil {
				l.report(about(problem("config/previously", l.instances[i].at(), quoted(key)+" is also the name of another object",
					"previously says that %s was called %q, but the block at %s line %d uses that name too. An old name belongs to one object.",
					o.Addr, key, other.Pos.File, other.Pos.Line), o.Addr.String()))
			}
			owners[a] = o
		}
	}
}
