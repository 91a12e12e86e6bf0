package plan

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
		if entry := b.protect[place{b.table[a.Kind], a.Key}]; entry != "" {
			return entry
		}
	}
	return ""
}

// protections lists what the entries of protect name.
func (b *builder) protections() map[place]string {
	out := map[place]string{}
	for _, entry := range b.Tenant.Protect {
		t, key := b.parse(entry)
		if t == nil {
			continue // told by checkProtect
		}
		out[place{t, key}] = entry
		if j, live := t.find(key); live {
			out[place{t, t.live[j].Addr.Key}] = entry
		}
	}
	return out
}

// checkProtect reports entries of protect that cannot name anything.
func (b *builder) checkProtect() {
	for _, entry := range b.Tenant.Protect {
		t, key := b.parse(entry)
		f := schema.Finding{
			Code: "plan/bad-protect", Pos: b.Tenant.Pos, Value: entry, Addr: schema.Address{Provider: b.plan.Provider},
			Summary: "An entry of protect is not an address",
			Detail:  fmt.Sprintf("%q protects nothing. An entry is a kind, a dot and a key, such as %q.", entry, b.tables[0].kind.Name+".some_key"),
		}
		switch {
		case t == nil || key == "":
			b.find(f)
		case t.kind.Virtual && len(t.held) == 0:
			f.Severity, f.Addr.Kind, f.Summary = schema.Warning, t.kind.Name, "What is protected lives in files only"
			f.Detail = fmt.Sprintf("protect names %q, and %s has no %s: there is nothing to protect.", entry, b.product.Title, many(t.kind))
			b.find(f)
		}
	}
}
