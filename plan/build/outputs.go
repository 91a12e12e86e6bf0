package build

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// writeOutputs fills in what readers, checkers and the applier need besides the changes.
func (b *builder) writeOutputs() {
	p := b.plan
	b.describeCascades()
	for i := range b.candidates {
		p.Changes = append(p.Changes, b.candidates[i].Change)
	}
	handoversFirst(p)
	slices.SortFunc(p.Observed, func(x, y plan.Change) int {
		return cmp.Or(cmp.Compare(b.level(x.Addr.Kind), b.level(y.Addr.Kind)), x.Addr.Compare(y.Addr), cmp.Compare(x.Action, y.Action))
	})
	b.listUndeclared()
	for _, t := range b.tables {
		if t.kind.Virtual {
			b.names(t)
		}
	}
}

// outcome lists the objects of the listed kinds as they would be after the plan.
func (b *builder) outcome() map[string][]schema.Object {
	out := map[string][]schema.Object{}
	for _, t := range b.tables {
		if t.listed && !t.kind.Virtual {
			out[t.kind.Name] = t.outcome()
		}
	}
	return out
}

func (b *builder) level(kind string) int { return b.table[kind].level }

// names notes which virtual object stands for which set.
func (b *builder) names(t *kindState) {
	at := slices.IndexFunc(t.kind.Attributes, func(a schema.Attribute) bool { return a.Type == schema.TypeSet })
	if at < 0 {
		return
	}
	for _, w := range t.want {
		if b.plan.SetNames == nil {
			b.plan.SetNames = map[string]string{}
		}
		text := "[" + strings.Join(t.kind.Attributes[at].Texts(w.Body), ", ") + "]" // as Attribute.Members gives it
		if have, ok := b.plan.SetNames[text]; !ok || w.Addr.Key < have {
			b.plan.SetNames[text] = w.Addr.Key
		}
	}
}

// outcome lists the live objects of a kind as they would be after the plan. What is
// deactivated is still among them, as it was; what is held for somebody who is
// deleted goes with them, as does what is within something that is. A kind without a change is the list that came in.
func (t *kindState) outcome() []schema.Object {
	bereaves, loses := t.deletesGrantees(), t.hasCascade()
	if len(t.changes)+len(t.created) == 0 && !t.rekeyedAny && !bereaves && !loses {
		return t.source
	}
	out := make([]schema.Object, 0, len(t.live)+len(t.created))
	for j, l := range t.live {
		switch d := t.changes[j]; {
		case loses && t.cascades(l):
		case bereaves && (d == nil || d.Want != nil) && t.orphaned(l):
		case d == nil || d.Action == schema.Deactivate:
			out = append(out, *l)
		case d.Want != nil:
			out = append(out, *d.Want)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(t.created)) {
		out = append(out, *t.created[key])
	}
	return out
}

// newKeys lists the keys that renamed objects, and those whose key contains theirs, will
// have.
func (b *builder) newKeys() []NewKey {
	var out []NewKey
	for _, t := range b.tables {
		for j, l := range t.live {
			key := l.Addr.Key
			if d := t.changes[j]; d != nil && d.Action == schema.Rename {
				key = d.Addr.Key
			}
			if key != t.source[j].Addr.Key {
				out = append(out, NewKey{t.kind.Name, key, l.ID})
			}
		}
	}
	return out
}
