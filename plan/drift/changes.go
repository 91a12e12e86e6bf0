package drift

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// Changes returns the changes of a plan that differences come from, with one for each object.
func Changes(p *plan.Plan) []plan.Change { return joined(p.Changes, p.Observed, p.Excluded) }

// joined returns the changes with one for each object: a plan may change an object in two steps, or
// delete it and create it again. Unlike plan.Joined, it has the changes that write nothing.
func joined(lists ...[]plan.Change) []plan.Change {
	var out []plan.Change
	at := map[schema.Address]int{}
	for _, list := range lists {
		for _, c := range list {
			i, twice := at[c.Addr]
			if !twice {
				at[c.Addr] = len(out)
				out = append(out, c)
				continue
			}
			first := &out[i]
			if first.Have == nil {
				first.Have = c.Have
			}
			if c.Want != nil {
				first.Want = c.Want
			}
			if first.Have != nil && first.Want != nil {
				first.Changed = first.Have.ChangedTo(first.Want)
			}
			first.Cascades = append(slices.Clone(first.Cascades), c.Cascades...)
		}
	}
	return out
}

// change adds the difference that a change of the plan would undo.
func (f *finder) change(c *plan.Change) {
	for _, o := range c.Cascades { // undeclared objects in one that is deleted
		f.addUndeclared(o, true, schema.Pos{})
	}
	switch {
	case c.Have == nil && c.Want == nil, c.Action == schema.NoOp:
	case c.Action == schema.Forget: // the files let go of it, and it stays as it is
	case c.Have != nil && c.Have.LastWritten: // it cannot be read, which unseen reports
	case c.Have == nil:
		f.missing(c)
	case c.Want == nil:
		f.addUndeclared(c.Have, true, c.Pos)
	default:
		f.changed(c)
	}
}

// missing adds a declared object that does not exist.
func (f *finder) missing(c *plan.Change) {
	d := Difference{Addr: c.Addr, Subject: granteeOf(c.Want), Pos: c.Pos}
	before, known := f.Baseline.entry(c.Addr)
	var now *schema.Object
	switch {
	case !f.Baseline.has(c.Addr.Kind), f.Baseline.absent(c.Addr):
		d.Text = missingWords(c.Want)
	case !known:
		d.Origin, d.Text = Pending, name(c.Want)+" is declared and was not created yet"
	default:
		now = f.renamedTo(c.Want.Kind, before.ID)
		if f.follows(c.Want, now) {
			return
		}
		if now != nil && f.carried(c.Want) {
			now = nil // a difference of its own, because it is not only in another place
		}
		d.Origin, d.Text = Moved, goneWords(c.Want)
		if now != nil {
			what := f.rights.all(now)
			d.Danger, d.Text = !what.none(), renamedWords(c.Want, now, what)
			d.Attributes = f.attributes(now, c.Want, now.ChangedTo(c.Want))
		}
	}
	f.add(d, now)
}

// renamedTo returns the live object with the id that no file declares, or nil.
func (f *finder) renamedTo(k *schema.Kind, id string) *schema.Object {
	if id == "" {
		return nil
	}
	o := f.rights.ids[k.Name][id]
	if o == nil || f.rights.declares(o.Addr) != nil {
		return nil
	}
	return o
}

// follows reports whether a missing object is gone only because what it belongs to was deleted or
// renamed, such as the membership of a deleted user. now is the same object under another key, or nil.
func (f *finder) follows(want, now *schema.Object) bool {
	if !f.carried(want) {
		return false
	}
	if now == nil {
		return true
	}
	if now.ChangedTo(want)&want.Kind.Having(schema.CarriesRights) != 0 {
		return false
	}
	f.seen[now.Addr] = true
	return true
}

// carried reports whether the key of a missing object names an object that was deleted or renamed.
func (f *finder) carried(want *schema.Object) bool {
	for _, a := range want.Kind.Keys() {
		for _, kind := range a.Kinds {
			of := schema.Address{Provider: want.Addr.Provider, Kind: kind, Key: a.Text(want.Body)}
			if _, known := f.Baseline.entry(of); known && f.rights.declares(of) != nil && f.rights.find(of) == nil {
				return true
			}
		}
	}
	return false
}

// changed adds a declared object with other values than the files.
func (f *finder) changed(c *plan.Change) {
	d := Difference{Addr: c.Addr, Subject: granteeOf(c.Have), Pos: c.Pos, Attributes: f.attributes(c.Have, c.Want, c.Changed)}
	for i, x := range d.Attributes {
		d.Origin = combine(d.Origin, x.Origin, i == 0)
	}
	if c.Action == schema.Rename && f.Baseline != nil {
		d.Origin = combine(d.Origin, Pending, len(d.Attributes) == 0)
	}
	declared := f.rights.declares(c.Addr)
	if declared == nil {
		declared = c.Want
	}
	more := f.rights.exceeding(c.Have, declared)
	d.Text, d.Danger = f.changedWords(c, &d, more, f.rights.lost(c.Have, declared)), !more.none()
	if others, danger := f.others(c, d.Origin == Moved || d.Origin == Conflict); others != "" {
		d.Text += "; " + others
		d.Danger = d.Danger || danger
	}
	if ended := f.overdueWords(declared, c.Have); len(ended) > 0 {
		d.Text += "; expired and not removed yet: " + text.List(ended, mostNames)
	}
	f.add(d, c.Have)
}

// attributes lists the attributes that differ. The baseline may know the live object by the key that the
// files have.
func (f *finder) attributes(have, want *schema.Object, changed schema.Mask) []Attribute {
	var out []Attribute
	was := have.Addr
	if _, known := f.Baseline.entry(was); !known {
		was = want.Addr
	}
	for i := range have.Kind.Attributes {
		a := &have.Kind.Attributes[i]
		if !changed.Has(i) || a.Flags&(schema.ConfigOnly|schema.Key) != 0 {
			continue
		}
		x := Attribute{Name: a.Name, Origin: f.Baseline.origin(a, was, have, want), Set: a.Type == schema.TypeSet || a.Type == schema.TypeSets}
		x.Live, x.Files = f.values(a, have, want)
		out = append(out, x)
	}
	return out
}

// others says which users beside the object's own have more or fewer rights because of it. byHand says
// that somebody made the change.
func (f *finder) others(c *plan.Change, byHand bool) (words string, danger bool) {
	var more, fewer, dangerous []string
	for _, d := range f.affected[c.Addr] {
		if d.Subject == c.Addr || d.Subject == granteeOf(c.Have) || slices.Contains(d.CausedBy, d.Subject) {
			continue // its own difference says so
		}
		if len(d.Lost) > 0 { // by the plan, so it was gained by hand
			more = append(more, f.display(d.Subject.Key))
		}
		if len(d.Gained) > 0 {
			fewer = append(fewer, f.display(d.Subject.Key))
		}
		if f.rights.anyGained(d.Subject, d.Lost, c) {
			f.named[d.Subject] = true
			dangerous = append(dangerous, f.display(d.Subject.Key))
		}
	}
	if !byHand {
		if len(dangerous) > 0 {
			return "it gives " + text.List(dangerous, mostNames) + " privileged rights that no file gives", true
		}
		affected := slices.Concat(more, fewer)
		slices.Sort(affected)
		if affected = slices.Compact(affected); len(affected) == 0 {
			return "", false
		}
		return "it affects the rights of " + text.List(affected, mostNames), false
	}
	var parts []string
	switch {
	case len(dangerous) > 0:
		parts = append(parts, text.List(dangerous, mostNames)+" gained privileged rights through it")
	case len(more) > 0:
		parts = append(parts, text.List(more, mostNames)+" gained rights through it")
	}
	if len(fewer) > 0 {
		parts = append(parts, text.List(fewer, mostNames)+" lost rights through it")
	}
	return strings.Join(parts, "; "), len(dangerous) > 0
}

// combine returns the origin of an object of which some attributes moved.
func combine(a, b Origin, first bool) Origin {
	switch {
	case first, a == b:
		return b
	case a == Unknown || b == Unknown:
		return cmp.Or(a, b)
	}
	return Conflict
}
