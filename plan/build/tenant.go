package build

import (
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A tenant is the input of a plan, arranged by kind. Only match writes to it: it pairs live and
// desired objects.
type tenant struct {
	Input
	product *schema.Product
	tables  []*kindState // in the order of references
	table   map[string]*kindState
	ignored *schema.IgnoreSet
}

func newTenant(in Input) *tenant {
	t := in.Tenant
	x := &tenant{Input: in, product: t.Product, table: map[string]*kindState{}, ignored: schema.NewIgnoreSet(t.Product, t.Manage)}
	if k := x.product.Kind(in.Self.Kind); k != nil && in.Self.Key != "" {
		x.Self.Key, _ = k.NormalKey(in.Self.Key)
	}
	count := map[string]int{}
	for i := range t.Objects {
		count[t.Objects[i].Addr.Kind]++
	}
	for level, k := range x.product.Kinds {
		tab := newKindState(k, level, t.Manage[k.Name], in.Live)
		if n := count[k.Name]; n > 0 {
			tab.want = make([]*schema.Object, 0, n)
		}
		x.tables = append(x.tables, tab)
		x.table[k.Name] = tab
	}
	for _, tab := range x.tables {
		bindReferences(tab, x.table)
		bindGrantee(tab)
	}
	for i := range t.Objects {
		tab := x.table[t.Objects[i].Addr.Kind]
		tab.want = append(tab.want, &t.Objects[i])
		tab.inScope = append(tab.inScope, in.Scope.Compares(t.Objects[i].Addr))
		if !in.Scope.Whole() {
			tab.changed = append(tab.changed, in.Scope.Changed[t.Objects[i].Addr])
		}
	}
	for i := range t.Removed {
		r := &t.Removed[i]
		if tab := x.table[r.Kind]; tab != nil && in.Scope.Compares(x.address(tab, r.Key)) {
			tab.removed = append(tab.removed, r)
		}
	}
	return x
}

// address returns the address of an object of the tenant.
func (x *tenant) address(t *kindState, key string) schema.Address {
	return schema.Address{Provider: x.Tenant.Name, Kind: t.kind.Name, Key: key}
}

// ignores reports whether a pattern ignores the live object, by its key before or after the plan.
func (x *tenant) ignores(t *kindState, j int) bool {
	_, now := x.ignored.Match(t.kind, t.live[j].Addr.Key)
	if now {
		return true
	}
	_, before := x.ignored.Match(t.kind, t.source[j].Addr.Key)
	return before
}

// parse returns the kind and the key of an address that a person wrote, with or without the
// provider. The key is normalized, also if it was copied from output with escapes.
func (x *tenant) parse(address string) (*kindState, string) {
	address = strings.TrimPrefix(address, x.Tenant.Name+".")
	kind, key, _ := strings.Cut(address, ".")
	t := x.table[kind]
	if t != nil {
		key, _ = t.kind.NormalKey(key)
		if _, exact := t.byKey[key]; !exact && !t.declares(key) {
			if j, ok := t.printedAs(key); ok {
				key = t.live[j].Addr.Key
			}
		}
	}
	return t, key
}
