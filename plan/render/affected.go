package render

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/grant"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

const (
	mostAffected = 12 // groups of subjects
	mostRights   = 8  // of one line
	mostScopes   = 3
	fewScopes    = 4 // so many groups that differ only in where become one
)

// affected says who gains or loses what. Subjects to whom the same happens are
// told together, most of them first.
func (p *page) affected(pl *plan.Plan) {
	if len(pl.Affected) == 0 {
		return
	}
	handed := pl.HandedOver()
	groups := append(handovers(pl.Affected, handed), p.gather(others(pl.Affected, handed))...)
	p.gap()
	p.line(row(0, as(strong, "Who is affected"), as(dim, ": "+who(pl.Affected))))
	shown := len(groups)
	if most := max(mostAffected, 2*len(handed)); !p.Verbose && shown > most+2 {
		shown = most
	}
	for _, g := range groups[:shown] {
		g.handed = handed
		p.outcome(pl, g)
	}
	if shown < len(groups) {
		var rest []grant.Difference
		for _, g := range groups[shown:] {
			rest = append(rest, g.subjects...)
		}
		p.gap()
		p.line(row(margin, as(dim, "… "+who(rest)+" more: --verbose shows all")).hanging(margin))
	}
}

// An outcome is what happens to one or more subjects alike.
type outcome struct {
	subjects []grant.Difference
	apart    bool                              // the places differ from subject to subject
	handed   map[schema.Address]schema.Address // accounts that get another name
}

// handovers gives each account that gets another name an outcome of its own.
func handovers(all []grant.Difference, handed map[schema.Address]schema.Address) []outcome {
	var out []outcome
	for _, d := range all {
		if _, is := handed[d.Subject]; is {
			out = append(out, outcome{subjects: []grant.Difference{d}})
		}
	}
	return out
}

// others are the subjects whose account keeps its name.
func others(all []grant.Difference, handed map[schema.Address]schema.Address) []grant.Difference {
	if len(handed) == 0 {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(d grant.Difference) bool { _, is := handed[d.Subject]; return is })
}

// gather puts subjects with equal differences together, and then those that
// differ only in where they hold, such as a thousand managers of their own store.
func (p *page) gather(all []grant.Difference) []outcome {
	exact := bucket(all, true)
	if p.Verbose {
		return exact
	}
	alike := map[string]int{}
	for i := range exact {
		alike[key(&exact[i].subjects[0], false)]++
	}
	var groups []outcome
	var loose []grant.Difference
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

func bucket(all []grant.Difference, scopes bool) []outcome {
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
		slices.SortFunc(g.subjects, func(a, b grant.Difference) int { return a.Subject.Compare(b.Subject) })
	}
	slices.SortStableFunc(groups, func(a, b outcome) int {
		return cmp.Or(cmp.Compare(len(b.subjects), len(a.subjects)), a.subjects[0].Subject.Compare(b.subjects[0].Subject))
	})
}

// key is what subjects must share to be told together. Without scopes, rights
// that someone has in several places count once.
func key(d *grant.Difference, scopes bool) string {
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

// A bundle is rights that someone has in the same places through the same thing.
type bundle struct {
	rights, scopes []string
	via            string
}

// bundles turns grants into as few statements as possible: first the rights of
// each place, then the places with equal rights.
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

// who counts subjects by kind: "37 users".
func who(all []grant.Difference) string {
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
