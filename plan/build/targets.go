package build

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// applyTargets keeps the changes that --target names and their dependencies. Errors about other
// objects become warnings, because they do not affect these changes.
func applyTargets(s stage, p *planned) {
	if len(s.Targets) == 0 {
		return
	}
	keep := make([]bool, len(p.candidates))
	for _, target := range s.Targets {
		if !mark(s, p, target, keep) {
			s.addFinding(unknownTarget(s, target))
		}
	}
	p.keepWithDependencies(keep)
	downgradeFindings(s, p)
}

// keepWithDependencies keeps the marked changes and those that they depend on, and excludes the
// others.
func (p *planned) keepWithDependencies(keep []bool) {
	for i := len(p.candidates) - 1; i >= 0; i-- { // dependencies come earlier
		if keep[i] {
			for _, at := range p.candidates[i].DependsOn {
				keep[at] = true
			}
		}
	}
	p.excluded = p.part(keep)
}

// mark marks the changes that a target names, and reports whether it names an object.
func mark(s stage, p *planned, target string, keep []bool) bool {
	t, key := s.parse(target)
	if t == nil || t.kind.Virtual {
		return false
	}
	known := false
	for i := range p.candidates {
		if d := &p.candidates[i]; d.table == t && (d.Addr.Key == key || d.From == key && key != "") {
			keep[i], known = true, true
		}
	}
	if known {
		return true
	}
	_, live := t.find(key)
	return live || t.declares(key)
}

// part keeps some of the candidates and returns the changes of the others.
func (p *planned) part(keep []bool) (left []plan.Change) {
	var kept []int
	for i := range p.candidates {
		if keep[i] {
			kept = append(kept, i)
			continue
		}
		d := p.candidates[i].Change
		d.DependsOn = nil
		left = append(left, d)
	}
	p.candidates = rearrange(p.candidates, kept)
	return left
}

// downgradeFindings turns errors about objects that are not targets into warnings.
func downgradeFindings(s stage, p *planned) {
	kept := map[schema.Address]bool{}
	for i := range p.candidates {
		kept[p.candidates[i].Addr] = true
	}
	for _, target := range s.Targets {
		if t, key := s.parse(target); t != nil {
			kept[s.address(t, key)] = true
		}
	}
	for _, t := range s.tables {
		for i, changed := range t.changed {
			kept[t.want[i].Addr] = kept[t.want[i].Addr] || changed
		}
	}
	s.findings = slices.DeleteFunc(s.findings, func(f schema.Finding) bool { // neither --target nor the scope names these
		left := f.Code == plan.CodeDuplicate || f.Code == plan.CodeExcluded
		return left && !kept[f.Addr]
	})
	for i := range s.findings {
		f := &s.findings[i]
		aimed := f.Addr.Key == "" || kept[f.Addr]
		if t := s.table[f.Addr.Kind]; !aimed && (t == nil || !t.kind.Virtual) {
			f.Severity = schema.Warning
		}
	}
}

func unknownTarget(s stage, target string) schema.Finding {
	f := schema.Finding{
		Code: "plan/unknown-target", Value: target, Summary: "--target names an unknown object",
		Detail: fmt.Sprintf("--target %s: no object of %q has this address, neither in the files nor in %s.",
			target, s.Tenant.Name, s.product.Title),
	}
	t, key := s.parse(target)
	switch {
	case t != nil && t.kind.Virtual:
		f.Detail = fmt.Sprintf("--target %s: %s exist in the files only, so they have no changes. Name an object of these kinds: %s.",
			target, many(t.kind), strings.Join(s.product.Planned(), ", "))
	case t == nil:
		kinds := s.product.Planned()
		word, rest, divided := strings.Cut(target, ".")
		if n := schema.Nearest(word, kinds); n != "" && divided {
			f.Detail += fmt.Sprintf(" Did you mean %q?", n+"."+rest)
			break
		}
		if hint := s.product.BareEmail(target); hint != "" {
			f.Detail += " " + hint
			break
		}
		f.Detail += fmt.Sprintf(" An address is a kind and a key, such as %s.some_key. The kinds are %s.", kinds[0], text.And(kinds))
	case key == "":
		f.Detail += fmt.Sprintf(" An address is a kind and a key, such as %s.some_key. For several objects, repeat --target.", t.kind.Name)
	case !t.listed:
		f.Detail += fmt.Sprintf(" The files do not mention %s.", many(t.kind))
	case len(t.kind.Keys()) > 1 && strings.Count(key, "/")+1 != len(t.kind.Keys()):
		f.Detail += fmt.Sprintf(" The key of a %s has %d parts with a slash between them; a slash within a part is written %%2F.", noun(t.kind), len(t.kind.Keys()))
	default:
		if n := s.suggest(key, t); n != "" {
			f.Detail += fmt.Sprintf(" Did you mean %q?", t.kind.Name+"."+n)
		}
	}
	return f
}
