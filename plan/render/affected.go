package render

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

const (
	mostAffected = 12 // groups of subjects
	mostRights   = 8  // on one line
	mostScopes   = 3
	fewScopes    = 4 // this many groups that differ only in their places become one
)

// An effects groups the subjects whose rights a plan changes.
type effects struct {
	*values
	privileges map[schema.Address]*plan.Danger // by subject
}

// An outcomeList writes which subjects gain and lose which rights.
type outcomeList struct {
	*page
	effects
}

// outcomes groups subjects with equal differences: those that lose rights or whose account is
// renamed, and those that only gain rights.
func (p *effects) outcomes() (losing, gaining []outcome) {
	handed := p.plan.HandedOver()
	var lose, gain []rights.Difference
	for _, d := range p.plan.Affected {
		if _, is := handed[d.Subject]; is {
			losing = append(losing, outcome{subjects: []rights.Difference{d}, handed: handed})
		} else if len(d.Lost) > 0 {
			lose = append(lose, d)
		} else {
			gain = append(gain, d)
		}
	}
	return append(losing, p.dangerousFirst(p.gather(lose))...), p.dangerousFirst(p.gather(gain))
}

// losesAll lists the subjects that lose all rights, except those whose account is renamed.
func losesAll(p *plan.Plan) []rights.Difference {
	handed := p.HandedOver()
	return slices.DeleteFunc(slices.Clone(p.Affected), func(d rights.Difference) bool {
		_, is := handed[d.Subject]
		return !d.LosesAll || is
	})
}

// losesAllWords counts such subjects: "2 users lose all rights".
func losesAllWords(subjects []rights.Difference) string {
	return strings.ReplaceAll(whoOf(subjects), ", ", " and ") + " " + text.Choose(len(subjects) == 1 && subjects[0].Person, "loses", "lose") + " all rights"
}

// dangerousFirst puts groups that gain privileged rights first.
func (p *effects) dangerousFirst(groups []outcome) []outcome {
	slices.SortStableFunc(groups, func(a, b outcome) int { return trueFirst(p.dangerous(a), p.dangerous(b)) })
	return groups
}

func (p *effects) dangerous(g outcome) bool {
	return slices.ContainsFunc(g.subjects, func(d rights.Difference) bool { return p.privileges[d.Subject] != nil })
}

// affected writes which subjects gain or lose which rights, the largest group first.
func (p *outcomeList) affected(title string, groups []outcome) {
	if len(groups) == 0 {
		return
	}
	p.gap()
	p.line(row(0, as(strong, title), as(dim, ": "+whoOf(subjectsOf(groups)))))
	shown, first := len(groups), 0
	for first < len(groups) && (groups[first].handed != nil || p.dangerous(groups[first])) {
		first++
	}
	if most := max(mostAffected, first); !p.Verbose && shown > most+2 {
		shown = most
	}
	for _, g := range groups[:shown] {
		p.outcome(g)
	}
	if shown < len(groups) {
		p.gap()
		p.line(row(margin, as(dim, "… "+who(subjectsOf(groups[shown:]))+" more: --verbose shows all")).hanging(margin))
	}
}

func subjectsOf(groups []outcome) []rights.Difference {
	var all []rights.Difference
	for _, g := range groups {
		all = append(all, g.subjects...)
	}
	return all
}

// An outcome is a group of subjects with equal differences.
type outcome struct {
	subjects []rights.Difference
	apart    bool                              // the places differ from subject to subject
	handed   map[schema.Address]schema.Address // accounts that get another name
}

// gather groups subjects with equal differences, and then those that differ only in their places,
// such as a thousand managers of one store each.
func (p *effects) gather(all []rights.Difference) []outcome {
	exact := bucket(all, true)
	if p.Verbose {
		return exact
	}
	alike := map[string]int{}
	for i := range exact {
		alike[key(&exact[i].subjects[0], false)]++
	}
	var groups []outcome
	var loose []rights.Difference
	for _, g := range exact {
		if alike[key(&g.subjects[0], false)] >= fewScopes {
			loose = append(loose, g.subjects...)
		} else {
			groups = append(groups, g)
		}
	}
	groups = append(groups, bucket(loose, false)...)
	sortOutcomes(groups)
	return groups
}

func bucket(all []rights.Difference, scopes bool) []outcome {
	var out []outcome
	at := map[string]int{}
	for i := range all {
		k := key(&all[i], scopes)
		n, ok := at[k]
		if !ok {
			n = len(out)
			at[k] = n
			out = append(out, outcome{apart: !scopes})
		}
		out[n].subjects = append(out[n].subjects, all[i])
	}
	sortOutcomes(out)
	return out
}

func sortOutcomes(groups []outcome) {
	for _, g := range groups {
		slices.SortFunc(g.subjects, func(a, b rights.Difference) int { return a.Subject.Compare(b.Subject) })
	}
	slices.SortStableFunc(groups, func(a, b outcome) int {
		return cmp.Or(cmp.Compare(len(b.subjects), len(a.subjects)), a.subjects[0].Subject.Compare(b.subjects[0].Subject))
	})
}

// key is equal for subjects that are shown together. Without scopes, it does not depend on places.
func key(d *rights.Difference, scopes bool) string {
	var b strings.Builder
	b.WriteString(d.Subject.Kind)
	for _, side := range [][]schema.Grant{d.Gained, d.Lost} {
		b.WriteString("\x00")
		parts := make([]string, len(side))
		for i, g := range side {
			parts[i] = g.Right + "\x01" + g.Via
			if scopes {
				parts[i] += "\x01" + g.Scope
			}
		}
		b.WriteString(strings.Join(schema.Canonical(parts), "\x02"))
	}
	return b.String()
}

// A bundle is rights in the same places through the same object.
type bundle struct {
	rights, scopes []string
	via            string
}

// bundles joins the rights of each place, and then the places with equal rights.
func bundles(grants []schema.Grant) []bundle {
	var out []bundle
	at := map[[2]string]int{}
	for _, g := range grants {
		k := [2]string{g.Via, g.Scope}
		n, ok := at[k]
		if !ok {
			n = len(out)
			at[k] = n
			out = append(out, bundle{via: g.Via, scopes: []string{g.Scope}})
		}
		out[n].rights = append(out[n].rights, g.Right)
	}
	var merged []bundle
	same := map[string]int{}
	for _, b := range out {
		b.rights = schema.Canonical(b.rights)
		k := b.via + "\x00" + strings.Join(b.rights, "\x01")
		if n, ok := same[k]; ok {
			merged[n].scopes = append(merged[n].scopes, b.scopes...)
			continue
		}
		same[k] = len(merged)
		merged = append(merged, b)
	}
	for i := range merged {
		merged[i].scopes = schema.Canonical(merged[i].scopes)
	}
	return merged
}

// whoOf counts users and other subjects: "37 users, the people of 4 permissions".
func whoOf(all []rights.Difference) string {
	var parts []string
	for _, persons := range [...]bool{true, false} {
		of := slices.DeleteFunc(slices.Clone(all), func(d rights.Difference) bool { return d.Person != persons })
		switch {
		case len(of) == 0:
		case persons:
			parts = append(parts, who(of))
		default:
			parts = append(parts, "the people of "+who(of))
		}
	}
	return strings.Join(parts, ", ")
}

// who counts subjects by kind: "37 users".
func who(all []rights.Difference) string {
	n := map[string]int{}
	for i := range all {
		n[all[i].Subject.Kind]++
	}
	var kinds []string
	for k := range n {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	for i, k := range kinds {
		kinds[i] = text.Count(n[k], oneOf(k), manyOf(nil, k))
	}
	return strings.Join(kinds, ", ")
}
