package build

import (
	"fmt"
	"maps"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// frozen reports whether a change sets attributes that the product does not let change, and adds
// a finding about them.
func frozen(s stage, d *candidate) bool {
	k := d.table.kind
	if held := d.Changed & d.Have.Frozen; held != 0 {
		by := d.Have.FrozenBy
		if by == "" {
			by = s.product.Title + " does not allow it"
		}
		f := d.problem("plan/frozen", first(k, held), title("Attribute "+first(k, held)+" cannot change", "An attribute cannot change"))
		f.Detail = fmt.Sprintf("%s of %s cannot change: %s. %s", text.Capital(theAttributes(k, held)), d.Have.Addr, by, putBack(d, held))
		s.addFinding(f)
		return true
	}
	held := d.Changed & d.table.immutable
	if held == 0 {
		return false
	}
	f := d.problem("plan/immutable", first(k, held), title("Attribute "+first(k, held)+" cannot change any more", "An attribute cannot change any more"))
	f.Detail = fmt.Sprintf("%s sets %s of a %s when it is created and never again. %s Or %s",
		s.product.Title, theAttributes(k, held), noun(k), putBack(d, held), createAnew(d))
	s.addFinding(f)
	return true
}

// problem returns a finding about a change, at the block that asks for it.
func (d *candidate) problem(code, attribute, summary string) schema.Finding {
	return schema.Finding{Code: code, Addr: d.Addr, Pos: d.Pos, Attribute: attribute, Summary: summary}
}

// putBack says how to undo a change that cannot be made.
func putBack(d *candidate, held schema.Mask) string {
	if d.Pos == (schema.Pos{}) {
		return "Change it by hand in the product first, then plan again."
	}
	var parts []string
	for i := range d.table.kind.Attributes {
		if a := &d.table.kind.Attributes[i]; held.Has(i) {
			parts = append(parts, a.Name+" = "+live(a, d.Have.Body))
		}
	}
	return "Write the live value, " + text.And(parts) + ", or delete the attribute from the block."
}

// live prints a value as in a file, shortened to fit a sentence.
func live(a *schema.Attribute, body any) string {
	switch v := a.Any(body).(type) {
	case string:
		return fmt.Sprintf("%q", v)
	case bool, int64:
		return fmt.Sprint(v)
	}
	return "[" + some(a.Members(body), shown) + "]"
}

// createAnew says how to replace the object by a new one.
func createAnew(d *candidate) string {
	if d.table.keys&^d.table.immutable == 0 {
		return fmt.Sprintf("declare it under a new key with previously = [%q]: rolecall then creates the new one, changes "+
			"all references to it and deletes the old one.", d.Have.Addr.Key)
	}
	return fmt.Sprintf("write a removed block in its place, apply, and declare it again: that deletes the %s with everything "+
		"in it and creates a new one.", noun(d.table.kind))
}

// notThere reports a declared object that does not exist and that only the product can create.
func notThere(s stage, t *kindState, w *schema.Object) schema.Finding {
	keys := slices.Sorted(maps.Keys(t.byKey))
	existing := "It has none."
	switch {
	case t.kind.NoList:
		existing = fmt.Sprintf("It does not list them, and has none with the key %q.", w.Addr.Key)
	case len(keys) > 0:
		existing = fmt.Sprintf("It has %s.", some(keys, 20))
	}
	return w.Problem("plan/not-found", "", title("The "+noun(t.kind)+" does not exist", "The object does not exist"), fmt.Sprintf(
		"%s owns its %s: rolecall can change them, but not create or delete one. %s%s",
		s.product.Title, many(t.kind), existing, s.suggestAny(w.Addr.Key, t)))
}

// notCreated reports a declared object that does not exist if the manage block forbids creating it.
func notCreated(s stage, t *kindState, w *schema.Object) schema.Finding {
	return w.Problem("plan/not-created", "", title("This "+noun(t.kind)+" does not exist", "This object does not exist"), fmt.Sprintf(
		`manage %q has create = false, so rolecall only changes %s that exist, and %s has no %q.%s Create it there, correct `+
			`the key, or delete create = false.`, t.kind.Name, many(t.kind), s.product.Title, w.Addr.Key, s.suggestAny(w.Addr.Key, t)))
}

// notRemoved reports an object that the product does not let be removed.
func notRemoved(s stage, t *kindState, l *schema.Object, pos schema.Pos) schema.Finding {
	by := l.FrozenBy
	if by == "" {
		by = s.product.Title + " does not allow it"
	}
	asks := "removed block or the previously that asks for it"
	if r := t.removal(l); r != nil && r.Expired != nil {
		asks = asksFor(r)
	}
	return schema.Finding{
		Code: "plan/frozen-removal", Addr: l.Addr, Pos: pos,
		Summary: title("This "+noun(t.kind)+" cannot be removed", "This object cannot be removed"),
		Detail:  fmt.Sprintf("%s cannot be changed or removed: %s. Delete the %s.", l.Addr, by, asks),
	}
}

func removedProblem(s stage, t *kindState, r *schema.Removal, code, summary, detail string) schema.Finding {
	return schema.Finding{
		Code: code, Addr: schema.Address{Provider: s.Tenant.Name, Kind: t.kind.Name, Key: r.Key}, Pos: r.Pos,
		Summary: summary, Detail: detail,
	}
}

func declaredAndRemoved(s stage, t *kindState, r *schema.Removal) schema.Finding {
	return removedProblem(s, t, r, "plan/declared-and-removed", "Declared and removed at once", fmt.Sprintf(
		"The files declare %s %q, or rename it, and a %s removes it. Delete one of the two.",
		noun(t.kind), r.Key, asksFor(r)))
}

func removesExisting(s stage, t *kindState, r *schema.Removal) schema.Finding {
	return removedProblem(s, t, r, "plan/cannot-delete", title("A "+noun(t.kind)+" cannot be removed", "This object cannot be removed"), fmt.Sprintf(
		"%s owns its %s, so none can be deleted. Delete the removed block: without it, %q is left as it is.",
		s.product.Title, many(t.kind), r.Key))
}

func removesIgnored(s stage, t *kindState, r *schema.Removal) schema.Finding {
	return removedProblem(s, t, r, "plan/removed-ignored", "Removed and ignored at once", fmt.Sprintf(
		"The manage block of %s ignores %q, so rolecall does not manage it. Narrow the ignore patterns, or delete the %s.",
		many(t.kind), r.Key, asksFor(r)))
}
