package build

import (
	"fmt"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// markIgnored marks the live objects that manage blocks ignore, and reports patterns without
// effect: with a typing error there, the plan might remove an object that should be ignored.
func markIgnored(s stage, t *kindState) {
	if !s.ignored.Affects(t.kind.Name) {
		return
	}
	t.ignored = make([]bool, len(t.live))
	for j := range t.live {
		t.ignored[j] = s.ignores(t, j)
	}
	for _, pattern := range s.ignored.Unmatched(t.kind, t.knownKeys) {
		switch {
		case !schema.ValidPattern(pattern):
			s.addFinding(badPattern(t, s.Tenant.Name, pattern))
		case t.kind.UncleanKey(pattern) != nil:
			f := ignoreFinding(t, s.Tenant.Name, "plan/bad-pattern", pattern, "An ignore pattern is not clean")
			f.Detail = fmt.Sprintf("A pattern in ignore %v. It matches no %s of %s, so it ignores nothing. Delete the character.",
				t.kind.UncleanKey(pattern), noun(t.kind), s.product.Title)
			s.addFinding(f)
		case t.listed && !t.kind.NoList:
			s.addFinding(unmatchedPattern(s, t, pattern))
		}
	}
}

// knownKeys yields the keys of live objects, before and after the plan, and of declared ones.
func (t *kindState) knownKeys(yield func(string) bool) {
	for j := range t.live {
		if !yield(t.live[j].Addr.Key) || !yield(t.source[j].Addr.Key) {
			return
		}
	}
	for _, w := range t.want {
		if !yield(w.Addr.Key) {
			return
		}
	}
}

func ignoreFinding(t *kindState, provider, code, pattern, summary string) schema.Finding {
	return schema.Finding{
		Code: code, Addr: schema.Address{Provider: provider, Kind: t.kind.Name},
		Pos: t.manage.Pos, Attribute: "ignore", Value: pattern, Summary: summary,
	}
}

func badPattern(t *kindState, provider, pattern string) schema.Finding {
	f := ignoreFinding(t, provider, "plan/bad-pattern", pattern, "The ignore pattern is not a valid glob")
	f.Detail = fmt.Sprintf("%q cannot be read as a pattern: * stands for any text, ? for one character, [a-z] for one of "+
		"several, {a,b} for either. Put a backslash before a bracket or a brace that is meant literally.", pattern)
	return f
}

func unmatchedPattern(s stage, t *kindState, pattern string) schema.Finding {
	f := ignoreFinding(t, s.Tenant.Name, "plan/unmatched-ignore", pattern, title("The ignore pattern matches no "+noun(t.kind), "The ignore pattern matches nothing"))
	f.Detail = fmt.Sprintf("%s has no %s whose key matches %q, so the pattern has no effect. Correct the pattern, or delete it.",
		s.product.Title, noun(t.kind), pattern)
	f.Severity = schema.Warning
	return f
}

func declaredAndIgnored(s stage, w *schema.Object, m schema.IgnoreMatch) schema.Finding {
	detail := fmt.Sprintf("The manage block of %s ignores %q with the pattern %q, so rolecall does not manage it. "+
		"Narrow the pattern, or delete the block.", many(s.table[m.Kind].kind), m.Key, m.Pattern)
	if m.Kind != w.Addr.Kind {
		detail = fmt.Sprintf("The manage block of %s ignores %q with the pattern %q, and %s belongs to it, so rolecall does not manage that either. "+
			"Narrow the pattern, or delete the block.", many(s.table[m.Kind].kind), m.Key, m.Pattern, w.Addr)
	}
	return w.Problem("plan/ignored", "", "Object is declared and ignored", detail)
}
