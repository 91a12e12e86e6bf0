package drift

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// change adds the difference that a change of the plan would undo.
func (f *finder) change(c *plan.Change) {
	for _, o := range c.Cascades { // undeclared objects in one that is deleted
		if f.matters(o, &plan.Unmanaged{}, true) {
			f.add(f.undeclaredObject(o))
		}
	}
	switch {
	case c.Have == nil && c.Want == nil, c.Action == schema.NoOp:
		return
	case c.Action == schema.Forget: // the files let go of it, and it stays as it is
		return
	case c.Have != nil && c.Have.LastWritten: // it cannot be read, which unseen reports
		return
	case c.Have == nil:
		f.missing(c)
	case c.Want == nil:
		f.added(c.Have, c.Pos)
	default:
		f.changed(c)
	}
}

// missing adds a declared object that does not exist.
func (f *finder) missing(c *plan.Change) {
	d := Difference{Addr: c.Addr, Subject: granteeOf(c.Want), Pos: c.Pos}
	before, known := f.Baseline.entry(c.Addr)
	switch {
	case !f.Baseline.has(c.Addr.Kind):
		d.Text = missingWords(c.Want)
	case !known:
		d.Origin, d.Text = Pending, name(c.Want)+" is declared and was not created yet"
	default:
		d.Origin, d.Text = Moved, goneWords(c.Want)
		if now := f.renamedTo(c.Want.Kind, before.ID); now != nil {
			d.Text = fmt.Sprintf("%s was renamed to %s", name(c.Want), now.Addr.Key)
			if f.rights.privileged(now) != "" {
				d.Danger, d.Text = true, d.Text+", who is "+f.rights.privileged(now)
			}
			f.seen[now.Addr] = true // it is the same object
		}
	}
	f.add(d)
}

// renamedTo returns the live object with the id that no file declares, or nil.
func (f *finder) renamedTo(k *schema.Kind, id string) *schema.Object {
	if id == "" {
		return nil
	}
	o := f.rights.byID(k.Name, id)
	if o == nil || f.rights.declared[o.Addr] {
		return nil
	}
	return o
}

// added adds a live object that no file declares and that the plan removes.
func (f *finder) added(o *schema.Object, pos schema.Pos) {
	d := f.undeclaredObject(o)
	d.Pos = pos
	f.add(d)
}

// changed adds a declared object with other values than the files.
func (f *finder) changed(c *plan.Change) {
	d := Difference{Addr: c.Addr, Subject: granteeOf(c.Have), Pos: c.Pos}
	k := c.Have.Kind
	for i := range k.Attributes {
		a := &k.Attributes[i]
		if !c.Changed.Has(i) || a.Flags&schema.ConfigOnly != 0 {
			continue
		}
		x := Attribute{Name: a.Name, Origin: f.Baseline.origin(a, c)}
		x.Live, x.Files = f.values(a, c.Have, c.Want)
		d.Attributes = append(d.Attributes, x)
		d.Origin = combine(d.Origin, x.Origin, len(d.Attributes) == 1)
	}
	if c.Action == schema.Rename && f.Baseline != nil {
		d.Origin = Pending
	}
	gained := f.rights.gained(c.Have, c.Want)
	d.Text, d.Danger = f.changedWords(c, gained), gained != ""
	if others, danger := f.others(c); others != "" {
		d.Text += "; " + others
		d.Danger = d.Danger || danger
	}
	f.add(d)
}

// others says how many users beside the object's own have more or fewer rights because of it.
func (f *finder) others(c *plan.Change) (words string, danger bool) {
	var more, fewer, dangerous []string
	for _, d := range f.affected[c.Addr] {
		if d.Subject == c.Addr || d.Subject == granteeOf(c.Have) {
			danger = danger || f.rights.anyPrivileged(d.Lost)
			continue
		}
		if len(d.Lost) > 0 { // by the plan, so it was gained by hand
			more = append(more, f.display(d.Subject.Key))
		}
		if len(d.Gained) > 0 {
			fewer = append(fewer, f.display(d.Subject.Key))
		}
		if f.rights.anyPrivileged(d.Lost) {
			dangerous = append(dangerous, f.display(d.Subject.Key))
		}
	}
	var parts []string
	switch {
	case len(dangerous) > 0:
		danger = true
		parts = append(parts, text.List(dangerous, mostNames)+" gained privileged rights through it")
	case len(more) > 0:
		parts = append(parts, text.List(more, mostNames)+" gained rights through it")
	}
	if len(fewer) > 0 {
		parts = append(parts, text.List(fewer, mostNames)+" lost rights through it")
	}
	return strings.Join(parts, "; "), danger
}

// whole returns the changes with one for each object: a plan may change an object in two steps, or
// delete it and create it again.
func whole(lists ...[]plan.Change) []plan.Change {
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
				first.Changed = differing(first.Have, first.Want)
			}
			first.Cascades = append(slices.Clone(first.Cascades), c.Cascades...)
		}
	}
	return out
}

// differing returns the compared attributes in which a live object differs from the wanted one.
func differing(have, want *schema.Object) schema.Mask {
	var m schema.Mask
	for i := range want.Kind.Attributes {
		a := &want.Kind.Attributes[i]
		if a.Comparable() && want.Set.Has(i) && !(have.Set.Has(i) && a.Equal(have.Body, want.Body)) {
			m = m.With(i)
		}
	}
	return m
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
