// Package undo turns the journal of a run into the objects that the tenant had before it, which are
// planned and applied as those of files are. It sends no requests.
package undo

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// An Undo is what would revert one run.
type Undo struct {
	product *schema.Product
	steps   []*step // in the order of the journal
}

// A step is what the run made of one object.
type step struct {
	addr          schema.Address // after the run
	before, after *schema.Object // nil if it did not exist, or if that is not known
	changed       schema.Mask    // the attributes that the run was to change
	deleted       bool
	deactivated   bool
	unknown       bool // it is not known whether the last write took effect

	byUndo []*schema.Object // what earlier undos of the run made of it
	doubt  bool             // an earlier undo of the run may have changed it

	target     schema.Address // before the run, with the names of then; set by tenant
	why        string         // why it stays as it is; empty if it is undone
	unrestored []string       // attributes that stay, because it is not known what they had
}

// A LeftAlone is an object that stays as it is, or a part of it.
type LeftAlone struct {
	Addr schema.Address
	Why  string // one or more sentences
}

// Of returns what would revert the run. An error says that the journal contradicts itself, so that
// nothing of it should be believed.
func Of(record *apply.Record, product *schema.Product) (*Undo, error) {
	u := &Undo{product: product}
	at := map[schema.Address]*step{}
	for i := range record.Entries {
		e := &record.Entries[i]
		if !e.MayHaveWritten() {
			continue
		}
		if err := u.add(e, at); err != nil {
			return nil, err
		}
	}
	u.steps = slices.DeleteFunc(u.steps, func(s *step) bool { return s.before == nil && s.after == nil && !s.unknown })
	return u, nil
}

// Continue goes on where an earlier undo of the same run stopped: what that made of an object is no
// change since the run.
func (u *Undo) Continue(earlier *apply.Record) {
	steps := map[schema.Address]*step{}
	for _, s := range u.steps {
		steps[s.addr] = s
	}
	for i := range earlier.Entries {
		e := &earlier.Entries[i]
		s := steps[e.Addr]
		switch {
		case s == nil || e.Begun.IsZero():
		case e.OutcomeUnknown:
			s.doubt = true
		case e.MayHaveWritten() && e.After != nil:
			s.byUndo = append(s.byUndo, e.After)
		}
	}
}

// add joins an entry with what the run did to the same object before.
func (u *Undo) add(e *apply.Entry, at map[schema.Address]*step) error {
	for _, o := range append([]*schema.Object{e.Before, e.After}, e.Cascades...) {
		if err := settleKey(o); err != nil {
			return err
		}
	}
	if (e.Action == schema.Create) == (e.Before != nil) {
		return fmt.Errorf("the journal is damaged: the action of %s is %s, which does not agree with what was before", e.Addr, e.Action)
	}
	from := e.Addr
	if e.From != "" {
		from.Key = e.From
	}
	s := at[from]
	if s == nil {
		s = &step{before: e.Before}
		u.steps = append(u.steps, s)
	}
	delete(at, from)
	at[e.Addr] = s
	s.addr, s.after, s.unknown = e.Addr, e.After, e.OutcomeUnknown
	s.changed |= e.Changed
	s.deleted, s.deactivated = e.Action == schema.Delete, e.Action == schema.Deactivate
	if e.Action.Removes() {
		s.after = nil
	}
	for _, o := range e.Cascades {
		u.steps = append(u.steps, &step{addr: o.Addr, before: o, deleted: true, unknown: e.OutcomeUnknown})
	}
	return nil
}

// settleKey sets the attributes of the key that the journal lacks. Those that it has must be the key.
func settleKey(o *schema.Object) error {
	if o == nil {
		return nil
	}
	keys := o.Kind.Keys()
	parts, ok := schema.SplitKey(o.Addr.Key, len(keys))
	if !ok {
		return fmt.Errorf("the journal is damaged: %q is not the key of a %s", o.Addr.Key, o.Kind.Name)
	}
	for i, a := range keys {
		if at := o.Kind.Index(a.Name); !o.Set.Has(at) && a.Type == schema.TypeString {
			a.SetAny(o.Body, parts[i])
			o.Set = o.Set.With(at)
		}
	}
	if key := o.Kind.KeyOf(o.Body); key != o.Addr.Key {
		return fmt.Errorf("the journal is damaged: it has %s with the attributes of %q", o.Addr, key)
	}
	return nil
}

// Empty reports whether the run changed nothing.
func (u *Undo) Empty() bool { return len(u.steps) == 0 }

// LeftAlone lists the objects that stay as they are, and those of which a part stays.
func (u *Undo) LeftAlone() []LeftAlone {
	var out []LeftAlone
	for _, s := range u.steps {
		switch {
		case s.why != "":
			out = append(out, LeftAlone{s.addr, s.why})
		case len(s.unrestored) > 0:
			out = append(out, LeftAlone{s.addr, "It is not known what these had before, so they stay: " + strings.Join(s.unrestored, ", ") + "."})
		}
	}
	slices.SortStableFunc(out, func(a, b LeftAlone) int { return a.Addr.Compare(b.Addr) })
	return out
}

// Recreated lists by kind the objects that the run deleted and that are created again.
func (u *Undo) Recreated(k *schema.Kind) []schema.Address {
	var out []schema.Address
	for _, s := range u.steps {
		if s.deleted && s.why == "" && s.addr.Kind == k.Name {
			out = append(out, s.target)
		}
	}
	slices.SortFunc(out, schema.Address.Compare)
	return out
}
