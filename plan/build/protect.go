package build

import (
	"fmt"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// protector returns the entry of protect, as it is written, that names one of the
// addresses, or "". An entry may name an object by its old key, its new key or its
// second name, in any letter case where that does not matter.
func (b *builder) protector(about ...schema.Address) string {
	if b.protect == nil {
		b.protect = b.protections()
	}
	for _, a := range about {
		if entry := b.protect[objectRef{b.table[a.Kind], a.Key}]; entry != "" {
			return entry
		}
	}
	return ""
}

// protections lists what the entries of protect name.
func (b *builder) protections() map[objectRef]string {
	out := map[objectRef]string{}
	for _, entry := range b.Tenant.Protect {
		t, key := b.parse(entry)
		if t == nil {
			continue // told by checkProtect
		}
		out[objectRef{t, key}] = entry
		if j, live := t.find(key); live {
			out[objectRef{t, t.live[j].Addr.Key}] = entry
		}
	}
	return out
}

// checkProtect reports entries of protect that cannot name anything.
func (b *builder) checkProtect() {
	for _, entry := range b.Tenant.Protect {
		t, key := b.parse(entry)
		switch {
		case t == nil || key == "":
			f := b.protectFinding(entry, "plan/bad-protect", "An entry of protect is not an address")
			f.Detail = fmt.Sprintf("%q protects nothing. An entry is a kind, a dot and a key, such as %q.", entry, b.tables[0].kind.Name+".some_key")
			b.addFinding(f)
		case t.kind.Virtual && len(t.grantKinds) == 0:
			f := b.protectFinding(entry, "plan/bad-protect", "protect names an object that exists in files only")
			f.Severity, f.Addr.Kind = schema.Warning, t.kind.Name
			f.Detail = fmt.Sprintf("protect names %q, and %s exist in the files only, so there is nothing in %s to protect.", entry, many(t.kind), b.product.Title)
			b.addFinding(f)
		}
	}
}

// warnUnknownProtected tells of entries of protect that name no object, where that is known,
// and refuses those with characters that nobody sees: a typing mistake there would protect
// nobody, and nobody would notice.
func (b *builder) warnUnknownProtected() {
	for _, entry := range b.Tenant.Protect {
		t, key := b.parse(entry)
		if t == nil || key == "" {
			continue // told by checkProtect
		}
		if _, live := t.find(key); live {
			continue
		}
		if err := t.kind.UncleanKey(key); err != nil {
			f := b.protectFinding(entry, "plan/bad-protect", "An entry of protect is not clean")
			f.Addr.Kind, f.Addr.Key = t.kind.Name, key
			f.Detail = fmt.Sprintf("A key in protect %v. %s has nothing with this key, so it protects nothing. Delete the character.", err, b.product.Title)
			b.addFinding(f)
			continue
		}
		if !t.listed || t.kind.NoList || t.declares(key) {
			continue
		}
		f := b.protectFinding(entry, "plan/unknown-protected", "protect names an unknown object")
		f.Severity, f.Addr.Kind, f.Addr.Key = schema.Warning, t.kind.Name, key
		f.Detail = fmt.Sprintf("protect names %q, which is neither in the files nor in %s, so it protects nothing.", entry, b.product.Title)
		if n := b.suggest(key, t); n != "" {
			f.Detail += fmt.Sprintf(" Did you mean %q?", t.kind.Name+"."+n)
		}
		b.addFinding(f)
	}
}

// protectFinding starts a finding about an entry of protect.
func (b *builder) protectFinding(entry, code, summary string) schema.Finding {
	return schema.Finding{
		Code: code, Addr: schema.Address{Provider: b.plan.Provider},
		Pos: b.Tenant.Pos, Attribute: "protect", Value: entry, Summary: summary,
	}
}
