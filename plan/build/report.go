package build

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A report collects the findings of the stages, and what they have to read.
type report struct {
	findings         []schema.Finding
	lists            map[*kindState]bool // kinds to be listed
	reads            map[liveRef]bool    // incomplete objects to be read
	suggestionBudget int                 // comparisons left for "Did you mean"
}

func newReport() *report {
	return &report{lists: map[*kindState]bool{}, reads: map[liveRef]bool{}, suggestionBudget: 4_000_000}
}

func (r *report) addFinding(f schema.Finding) { r.findings = append(r.findings, f) }

// requestList requests the list of a kind that can be listed and was not.
func (r *report) requestList(t *kindState) {
	if !t.listed && !t.kind.Virtual {
		r.lists[t] = true
	}
}

// requestRead requests that a live object is read if it is incomplete.
func (r *report) requestRead(t *kindState, j int) {
	if t.live[j].Incomplete {
		r.reads[liveRef{t, j}] = true
	}
}

func (r *report) unfinished() bool { return len(r.lists)+len(r.reads) > 0 }

// missing returns what is still to be read, in a fixed order.
func (r *report) missing() Missing {
	var m Missing
	for _, t := range slices.SortedFunc(maps.Keys(r.lists), func(x, y *kindState) int { return cmp.Compare(x.level, y.level) }) {
		m.Kinds = append(m.Kinds, t.kind.Name)
	}
	for _, x := range slices.SortedFunc(maps.Keys(r.reads), func(x, y liveRef) int {
		return cmp.Or(cmp.Compare(x.table.level, y.table.level), compareLive(x.table.source[x.at], y.table.source[y.at]))
	}) {
		m.Objects = append(m.Objects, x.table.source[x.at])
	}
	return m
}

// inOrder sorts findings by position in the files, those without one last.
func inOrder(findings []schema.Finding) []schema.Finding {
	slices.SortStableFunc(findings, func(a, b schema.Finding) int {
		return cmp.Or(
			compareBool(a.Pos == schema.Pos{}, b.Pos == schema.Pos{}),
			comparePos(a.Pos, b.Pos), a.Addr.Compare(b.Addr),
			cmp.Compare(a.Code, b.Code), cmp.Compare(a.Attribute, b.Attribute), cmp.Compare(a.Value, b.Value),
		)
	})
	return findings
}

// requestDeclared requests the kinds that the files mention and that were not listed.
func requestDeclared(s stage) {
	scoped := !s.Scope.Whole()
	var kinds map[string]bool
	if scoped {
		kinds = s.Scope.Kinds()
	}
	for _, t := range s.tables {
		declared := len(t.want) > 0 || len(t.removed) > 0 || t.manage.Mode == schema.Authoritative || t.declaredInShort()
		if !scoped && declared || kinds[t.kind.Name] {
			s.requestList(t)
		}
	}
}

// suggestAny returns a sentence with the nearest key of the tables, or "".
func (r *report) suggestAny(key string, tables ...*kindState) string {
	if n := r.suggest(key, tables...); n != "" {
		return fmt.Sprintf(" Did you mean %q?", n)
	}
	return ""
}

// suggest returns the nearest key of the tables, or "". Comparing many keys is slow, so a plan
// with thousands of errors stops suggesting at some point.
func (r *report) suggest(key string, tables ...*kindState) string {
	for _, t := range tables {
		if bare := withoutKind(t, key); bare != "" {
			return bare
		}
	}
	var near []string
	for _, t := range tables {
		if r.suggestionBudget -= len(t.byKey) + len(t.declared); r.suggestionBudget < 0 {
			return ""
		}
		near = similarKeys(t, key, near)
	}
	slices.Sort(near)
	return schema.Nearest(key, slices.DeleteFunc(near, func(s string) bool { return s == key }))
}
