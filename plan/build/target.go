package build

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// applyTargets keeps the changes that --target names and whatever they need, and puts the
// others aside. Mistakes in what is put aside become warnings: they do not touch
// what is left.
func (b *builder) applyTargets() {
	if len(b.Targets) == 0 {
		return
	}
	keep := make([]bool, len(b.candidates))
	for _, target := range b.Targets {
		if !b.mark(target, keep) {
			b.addFinding(b.unknownTarget(target))
		}
	}
	for i := len(b.candidates) - 1; i >= 0; i-- { // needs point to what comes earlier
		if keep[i] {
			for _, at := range b.candidates[i].DependsOn {
				keep[at] = true
			}
		}
	}
	b.plan.Excluded = b.part(keep)
	b.downgradeFindings()
}

// mark marks the changes that a target names, and reports whether it names any
// object at all.
func (b *builder) mark(target string, keep []bool) bool {
	t, key := b.parse(target)
	if t == nil || t.kind.Virtual {
		return false
	}
	known := false
	for i := range b.candidates {
		if d := &b.candidates[i]; d.table == t && (d.Addr.Key == key || d.From == key && key != "") {
			keep[i], known = true, true
		}
	}
	if known {
		return true
	}
	_, live := t.find(key)
	return live || t.declares(key)
}

// parse finds the kind and the key of an address that somebody wrote, with or
// without the provider. The key is in the form of the kind's keys, also where it was
// copied from what was printed.
func (b *builder) parse(address string) (*kindState, string) {
	address = strings.TrimPrefix(address, b.plan.Provider+".")
	kind, key, _ := strings.Cut(address, ".")
	t := b.table[kind]
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

// part keeps some of the drafts and returns the changes of the others.
func (b *builder) part(keep []bool) (left []plan.Change) {
	var kept []int
	for i := range b.candidates {
		if keep[i] {
			kept = append(kept, i)
			continue
		}
		d := b.candidates[i].Change
		d.DependsOn = nil
		left = append(left, d)
	}
	b.candidates = rearrange(b.candidates, kept)
	return left
}

// downgradeFindings turns the errors of objects that are not aimed at into warnings.
func (b *builder) downgradeFindings() {
	kept := map[schema.Address]bool{}
	for i := range b.candidates {
		kept[b.candidates[i].Addr] = true
	}
	for _, target := range b.Targets {
		if t, key := b.parse(target); t != nil {
			kept[schema.Address{Provider: b.plan.Provider, Kind: t.kind.Name, Key: key}] = true
		}
	}
	b.findings = slices.DeleteFunc(b.findings, func(f schema.Finding) bool { // nobody asked for these
		left := f.Code == plan.CodeDuplicate || f.Code == plan.CodeExcluded
		return left && !kept[f.Addr]
	})
	for i := range b.findings {
		f := &b.findings[i]
		aimed := f.Addr.Key == "" || kept[f.Addr]
		if t := b.table[f.Addr.Kind]; !aimed && (t == nil || !t.kind.Virtual) {
			f.Severity = schema.Warning
		}
	}
}

func (b *builder) unknownTarget(target string) schema.Finding {
	f := schema.Finding{
		Code: "plan/unknown-target", Value: target, Summary: "The target names nothing",
		Detail: fmt.Sprintf("--target %s: no object of %q has this address, neither in the files nor in %s.",
			target, b.plan.Provider, b.product.Title),
	}
	t, key := b.parse(target)
	switch {
	case t != nil && t.kind.Virtual:
		f.Detail = fmt.Sprintf("--target %s: %s exist in the files only, so no change is about one. Name an object of these kinds: %s.",
			target, many(t.kind), strings.Join(b.product.Planned(), ", "))
	case t == nil:
		kinds := b.product.Planned()
		word, rest, divided := strings.Cut(target, ".")
		if n := schema.Nearest(word, kinds); n != "" && divided {
			f.Detail += fmt.Sprintf(" Did you mean %q?", n+"."+rest)
			break
		}
		if hint := b.product.BareEmail(target); hint != "" {
			f.Detail += " " + hint
			break
		}
		f.Detail += fmt.Sprintf(" An address is a kind and a key, such as %s.some_key. The kinds are %s.", kinds[0], text.And(kinds))
	case key == "":
		f.Detail += fmt.Sprintf(" An address is a kind and a key, such as %s.some_key. For several objects, repeat --target.", t.kind.Name)
	case !t.listed:
		f.Detail += fmt.Sprintf(" The files do not speak about %s.", many(t.kind))
	case len(t.kind.Keys()) > 1 && strings.Count(key, "/")+1 != len(t.kind.Keys()):
		f.Detail += fmt.Sprintf(" The key of a %s has %d parts with a slash between them; a slash within a part is written %%2F.", noun(t.kind), len(t.kind.Keys()))
	default:
		if n := b.suggest(key, t); n != "" {
			f.Detail += fmt.Sprintf(" Did you mean %q?", t.kind.Name+"."+n)
		}
	}
	return f
}
