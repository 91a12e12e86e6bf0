package build

import (
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A protection has the entries of protect, as written, by the objects that they name. An entry may
// name an object by its key before or after the plan, or by its alias.
type protection map[schema.Address]string // by addresses without a provider

func newProtection(x *tenant) protection {
	out := protection{}
	for _, entry := range x.Tenant.Protect {
		t, key := x.parse(entry)
		if t == nil {
			continue // checkProtect reports it
		}
		out[schema.Address{Kind: t.kind.Name, Key: key}] = entry
		if j, live := t.find(key); live {
			out[schema.Address{Kind: t.kind.Name, Key: t.live[j].Addr.Key}] = entry
		}
	}
	return out
}

// entry returns the entry that names one of the addresses, or "".
func (p protection) entry(about ...schema.Address) string {
	if len(p) == 0 {
		return ""
	}
	for _, a := range about {
		if entry := p[plan.WithoutProvider(a)]; entry != "" {
			return entry
		}
	}
	return ""
}

// checkProtect reports entries of protect that are no addresses, that name no object, or that have
// invisible characters: an entry with a typing error would protect nothing, and go unnoticed.
func checkProtect(s stage) {
	for _, entry := range s.Tenant.Protect {
		t, key := s.parse(entry)
		if t == nil || key == "" {
			f := protectFinding(s, entry, "plan/bad-protect", "An entry of protect is not an address")
			f.Detail = fmt.Sprintf("%q protects nothing. An entry is a kind, a dot and a key, such as %q.", entry, s.tables[0].kind.Name+".some_key")
			s.addFinding(f)
			continue
		}
		if t.kind.Virtual && len(t.grantKinds) == 0 {
			f := protectFinding(s, entry, "plan/bad-protect", "protect names an object that exists in files only")
			f.Severity, f.Addr.Kind = schema.Warning, t.kind.Name
			f.Detail = fmt.Sprintf("protect names %q, and %s exist in the files only, so there is nothing in %s to protect.", entry, many(t.kind), s.product.Title)
			s.addFinding(f)
		}
		if _, live := t.find(key); live {
			continue
		}
		if err := t.kind.UncleanKey(key); err != nil {
			f := protectFinding(s, entry, "plan/bad-protect", "An entry of protect is not clean")
			f.Addr.Kind, f.Addr.Key = t.kind.Name, key
			f.Detail = fmt.Sprintf("A key in protect %v. %s has nothing with this key, so it protects nothing. Delete the character.", err, s.product.Title)
			s.addFinding(f)
			continue
		}
		if !t.listed || t.kind.NoList || t.declares(key) {
			continue
		}
		f := protectFinding(s, entry, "plan/unknown-protected", "protect names an unknown object")
		f.Severity, f.Addr.Kind, f.Addr.Key = schema.Warning, t.kind.Name, key
		f.Detail = fmt.Sprintf("protect names %q, which is neither in the files nor in %s, so it protects nothing.", entry, s.product.Title)
		if n := s.suggest(key, t); n != "" {
			f.Detail += fmt.Sprintf(" Did you mean %q?", t.kind.Name+"."+n)
		}
		s.addFinding(f)
	}
}

// protectFinding returns a finding about an entry of protect.
func protectFinding(s stage, entry, code, summary string) schema.Finding {
	return schema.Finding{
		Code: code, Addr: schema.Address{Provider: s.Tenant.Name},
		Pos: s.Tenant.Pos, Attribute: "protect", Value: entry, Summary: summary,
	}
}

// limitOwnUser forbids plans that remove the key's own user or take rights from it, also through
// objects that hold rights for it.
func (g *limits) limitOwnUser(d *candidate) {
	if g.Self.Key == "" {
		return
	}
	guarded := d.Changed & d.table.guarded
	self := func(a schema.Address) bool { return a.Kind == g.Self.Kind && a.Key == g.Self.Key }
	switch held := slices.ContainsFunc(g.holders(d), self); {
	case d.HandsOver() && g.Self.Kind == d.Addr.Kind && d.is(g.Self.Key):
		g.addViolation("plan/self-lockout", d.Addr, d.Pos, "The key's own user would get another name",
			fmt.Sprintf("The key in use belongs to %s, and the account of %s would become that of %s. Plan with the key of another "+
				"administrator. No flag overrides this.", g.Self, d.Have.Addr, d.Addr))
	case held && d.cascadedBy != nil && !g.harmsSelf(d):
	case held && d.deactivates():
		g.addViolation("plan/self-lockout", d.Addr, d.Pos, "The key's own user would lose rights",
			fmt.Sprintf("The key in use belongs to %s, for whom %s would be removed%s, and the key might no longer be able to "+
				"finish or undo the plan. Plan with the key of another administrator. No flag overrides this.", g.Self, d.Have.Addr, cascadeWords(d)))
	case held && guarded != 0:
		g.addViolation("plan/self-lockout", d.Addr, d.Pos, "The key's own user would get other rights",
			fmt.Sprintf("The key in use belongs to %s, for whom %s of %s would change, and the key might no longer be able to "+
				"finish or undo the plan. Plan with the key of another administrator. No flag overrides this.",
				g.Self, theAttributes(d.table.kind, guarded), d.Have.Addr))
	case g.Self.Kind != d.Addr.Kind || !d.is(g.Self.Key):
	case d.deactivates():
		g.addViolation("plan/self-lockout", d.Addr, d.Pos, "The key's own user would be removed",
			fmt.Sprintf("The key in use belongs to %s, and would stop working in the middle of the plan. Plan with the key "+
				"of another administrator. No flag overrides this.", d.Addr))
	case guarded != 0:
		g.addViolation("plan/self-lockout", d.Addr, d.Pos, "The key's own user would get other rights",
			fmt.Sprintf("The key in use belongs to %s, whose %s would change, and the key might no longer be able to finish "+
				"or undo the plan. Plan with the key of another administrator. No flag overrides this.", d.Addr, theAttributes(d.table.kind, guarded)))
	}
}

// is reports whether the change is about the object with the key, before or after.
func (d *candidate) is(key string) bool { return d.Addr.Key == key || d.Have.Addr.Key == key }

// holders returns the users for whom the object of a change holds rights, before and after.
func (g *limits) holders(d *candidate) []schema.Address {
	if d.table.grantee == nil {
		return nil
	}
	var who []schema.Address
	note := func(p objectRef) {
		who = append(who, g.address(p.table, p.key))
	}
	d.table.grantees("", d.Have, note)
	d.table.grantees("", d.Want, note)
	return who
}

// limitProtected forbids changes that remove protected objects, or take rights from them or from
// objects that hold rights for them.
func (g *limits) limitProtected(d *candidate) {
	live := d.Have.Addr
	about := append([]schema.Address{d.Addr, live}, g.holders(d)...)
	entry := g.protection.entry(about...)
	if entry == "" {
		return
	}
	what := live.String()
	if g.protection.entry(d.Addr, live) == "" {
		what = fmt.Sprintf("What %s has through %s", entry, what)
	}
	way := fmt.Sprintf("protect names %q. To allow this plan, remove it from protect.", entry)
	switch {
	case d.HandsOver():
		g.addViolation("plan/protected", d.Addr, d.Pos, "A protected account would get another name",
			fmt.Sprintf("The account of %s would become that of %s, and %s", live, d.Addr, way))
	case d.deactivates():
		g.addViolation("plan/protected", d.Addr, d.Pos, "A protected object would be removed",
			fmt.Sprintf("%s would be removed or deactivated%s, and %s", what, cascadeWords(d), way))
	case g.weakens(d, entry):
		g.addViolation("plan/protected", d.Addr, d.Pos, "A protected object would lose rights",
			fmt.Sprintf("A change to %s of %s takes rights away, and %s",
				theAttributes(d.table.kind, d.Changed&d.table.guarded), live, way))
	}
}

// weakens reports whether a change of an object's own attributes takes rights from the object that
// the entry of protect names. If the kind has no function that lists rights, every change of
// attributes that carry rights counts.
func (g *limits) weakens(d *candidate, entry string) bool {
	switch {
	case d.Changed&d.table.guarded == 0:
		return false
	case d.demotes():
		return true
	case d.table.grantee == nil && !d.table.subject():
		return d.table.kind.Administers == nil
	}
	ofObject := d.table.grantee == nil || g.protection.entry(d.Addr, d.Have.Addr) == entry
	return g.losesRights(d, func(p objectRef) bool { return ofObject || g.protection.entry(g.address(p.table, p.key)) == entry })
}

// losesRights reports whether one of the grantees of a changed object, among those asked for, loses
// rights.
func (g *limits) losesRights(d *candidate, asked func(objectRef) bool) bool {
	loses := false
	d.table.grantees(d.Addr.Key, d.Have, func(p objectRef) {
		if loses || !asked(p) {
			return
		}
		had, _ := g.before.rights(p)
		has, _ := g.after.rights(p)
		_, lost := rights.Diff(had, has, &g.places)
		loses = loses || len(lost) > 0 && !rights.CoversAll(has)
	})
	return loses
}

// harmsSelf reports whether the key's own user loses rights and does not stay administrator.
func (g *limits) harmsSelf(d *candidate) bool {
	self, ok := g.after.Lookup(g.Self.Kind, g.Self.Key)
	return !(ok && self.Administers()) && g.losesRights(d, func(objectRef) bool { return true })
}

// cascadeWords names the object with which the product deletes another one, or returns "".
func cascadeWords(d *candidate) string {
	if d.cascadedBy == nil {
		return ""
	}
	return " with " + d.cascadedBy.String()
}

// limitProtectedSubjects forbids plans that take rights from protected subjects through other
// objects than limitProtected checks.
func (g *limits) limitProtectedSubjects() {
	if len(g.Tenant.Protect) == 0 {
		return
	}
	told := map[schema.Address]bool{}
	for i := range g.violations {
		if f := &g.violations[i]; f.Code == "plan/protected" {
			told[f.Addr] = true
		}
	}
	for _, d := range g.changes {
		if d.cascadedBy != nil && told[d.Addr] {
			told[*d.cascadedBy] = true
		}
	}
	for _, t := range g.tables {
		for i := range g.losses[t] {
			l := &g.losses[t][i]
			who := g.address(t, l.key)
			entry := g.protection.entry(who)
			if entry == "" || told[who] || slices.ContainsFunc(l.causes, func(i int) bool { return told[g.candidates[i].Addr] }) {
				continue
			}
			way := g.nameCauses(*l)
			g.addViolation("plan/protected", who, g.candidates[l.causes[0]].Pos, "A protected object would lose rights", fmt.Sprintf(
				"%s %s rights through %s, and protect names %q. To allow this plan, remove it from protect.",
				who, text.Choose(l.unread, "may lose", "would lose"), way, entry))
		}
	}
}
