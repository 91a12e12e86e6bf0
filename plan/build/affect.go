package build

import (
	"fmt"
	"maps"
	"slices"

	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// maxImpactReads is how many thin objects of a kind are read for the sole purpose of
// telling whose rights change. Beyond it a warning says that not all are known:
// each one costs a request.
const maxImpactReads = 100

// computeImpact computes what every reached subject could do before and can do after, by
// itself and through what is held for it.
// Subjects with the same difference and the same causes share them in memory.
func (b *builder) computeImpact() {
	c := b.markImpacted()
	if b.unfinished() {
		return
	}
	before, after := b.sides()
	share, danger, people := shared{}, b.newDangers(), b.people()
	because := map[int][]schema.Address{}
	for _, t := range b.tables {
		if !t.subject() {
			continue
		}
		tell := func(key string, set int, had, has []schema.Grant) {
			gained, lost := rights.Diff(had, has, &b.places)
			switch {
			case t.unreadable(key) && !rights.CoversAll(has):
				b.noteUnreadLoss(t, key, set, c)
			case len(lost) > 0:
				b.noteLoss(t, key, c.sets[set], had, has, lost)
			case b.unverifiable && !rights.CoversAll(has):
				b.noteUnreadLoss(t, key, set, c)
			}
			if len(gained)+len(lost) == 0 {
				return
			}
			if because[set] == nil {
				because[set] = b.addresses(c.sets[set])
			}
			d := rights.Difference{
				Subject: schema.Address{Provider: b.plan.Provider, Kind: t.kind.Name, Key: key}, Person: t.kind.Subject,
				Gained: share.one(gained), Lost: share.one(lost), CausedBy: because[set], People: people.of(t, key),
			}
			b.plan.Affected = append(b.plan.Affected, d)
			danger.add(t, &d, had)
		}
		renamed, given := t.handedOver()
		for _, key := range b.readable(t, slices.Sorted(maps.Keys(t.impacted)), c) {
			set := t.impacted[key]
			b.unverifiable = false
			switch old := renamed[key]; {
			case old != "":
				tell(old, c.join(set, t.impacted[old]), before.rights(t, key), after.rights(t, old))
				tell(key, set, nil, after.rights(t, key))
			case !given[key]: // or told of with the new name
				tell(key, set, before.rights(t, key), after.rights(t, key))
			}
		}
	}
	b.plan.Danger = danger.list
	b.noteEmptied()
	for _, t := range b.tables {
		if len(t.thinSources) > 0 {
			b.requestForImpact(t, slices.Sorted(maps.Keys(t.thinSources)))
		}
	}
}

// handedOver gives the old names of the accounts that get another name, by the new
// names, and which names those are.
func (t *kindState) handedOver() (renamed map[string]string, given map[string]bool) {
	if !t.kind.Subject {
		return nil, nil
	}
	for _, d := range t.changes {
		if !d.HandsOver() {
			continue
		}
		if renamed == nil {
			renamed, given = map[string]string{}, map[string]bool{}
		}
		renamed[d.Addr.Key], given[d.From] = d.From, true
	}
	return renamed, given
}

// note remembers a thin object through which a subject has rights.
func (t *kindState) note(j int) {
	if t.thinSources == nil {
		t.thinSources = map[int]bool{}
	}
	t.thinSources[j] = true
}

// addresses names the changes of a set, in order.
func (b *builder) addresses(changes []int) []schema.Address {
	out := make([]schema.Address, len(changes))
	for n, i := range changes {
		out[n] = b.candidates[i].Addr
	}
	slices.SortFunc(out, schema.Address.Compare)
	return slices.Compact(out)
}

// readable asks for reached subjects that were listed without all attributes. Where
// they are too many, it returns the others.
func (b *builder) readable(t *kindState, keys []string, c *changeSets) []string {
	var thin []int
	whole := keys[:0:0]
	for _, key := range keys {
		if j, ok := t.byKey[key]; ok && t.live[j].Incomplete && t.kind.Grants != nil {
			thin = append(thin, j)
		} else {
			whole = append(whole, key)
		}
	}
	if len(thin) == 0 || b.requestForImpact(t, thin) {
		return keys
	}
	for _, j := range thin {
		if l := t.live[j]; !inactive(l) {
			b.noteUnreadLoss(t, l.Addr.Key, t.impacted[l.Addr.Key], c)
		}
	}
	return whole
}

// thinWithout lists the thin objects of a kind that do not tell one attribute.
func (t *kindState) thinWithout(at int) []int {
	var thin []int
	for j, l := range t.live {
		if l.Incomplete && !l.Set.Has(at) {
			thin = append(thin, j)
		}
	}
	return thin
}

// requestForImpact asks for thin objects only to tell whose rights change, and reports
// whether it did. Where they are too many it asks for the protected ones alone, and
// warns once for a kind.
func (b *builder) requestForImpact(t *kindState, thin []int) bool {
	if len(thin) <= maxImpactReads {
		for _, j := range thin {
			b.requestRead(t, j)
		}
		return true
	}
	for _, j := range thin {
		if b.protector(t.live[j].Addr) != "" {
			b.requestRead(t, j)
		}
	}
	if t.warned {
		return false
	}
	t.warned = true
	b.addFinding(schema.Finding{
		Severity: schema.Warning, Code: "plan/affected-unknown",
		Addr:    schema.Address{Provider: b.plan.Provider, Kind: t.kind.Name},
		Summary: "Not all affected people are known",
		Detail: fmt.Sprintf("%s lists %s without all of their attributes, and reading the %s that this plan may reach "+
			"would take as many requests. The plan itself is complete; only the list of who gains and loses rights is not. "+
			"Where a change takes rights, limits count every one of them as losing. Declare the %s whose rights matter to you.",
			b.product.Title, many(t.kind), counted(len(thin), t.kind), many(t.kind)),
	})
	return false
}

// Shared keeps each list of grants once.
type shared map[string][]schema.Grant

func (s shared) one(grants []schema.Grant) []schema.Grant {
	if len(grants) == 0 {
		return nil
	}
	var key []byte
	for _, g := range grants {
		for _, text := range [...]string{g.Right, g.Scope, g.Via} {
			key = append(key, text...)
			key = append(key, 0)
		}
	}
	if have, ok := s[string(key)]; ok {
		return have
	}
	s[string(key)] = grants
	return grants
}
