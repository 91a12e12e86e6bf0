package writer

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// declarable returns the objects that a file can declare, sorted by key, with the attributes to
// write. It adds the others to the skipped ones of the file.
func (w *writer) declarable(f *kindFile, objects []schema.Object) []entry {
	all := sorted(objects)
	ignored := schema.NewIgnoreSet(w.product, w.Tenant.Manage)
	out := make([]entry, 0, len(all))
	for i, o := range all {
		e := entry{object: o, shape: Written(o)}
		w.omitInvalid(&e)
		s := Skipped{Object: o, Ignore: true}
		switch {
		case i > 0 && all[i-1].Addr.Key == o.Addr.Key || i+1 < len(all) && all[i+1].Addr.Key == o.Addr.Key:
			s.Why = fmt.Sprintf("the product has several %s with this key. Rename or delete all but one, and import again", o.Kind.Many())
		case o.Frozen == schema.Everything && !o.Kind.Subject:
			s.Why, s.Ignore = "cannot be managed: "+o.FrozenBy, false
		case o.OutcomeUnknown != "" || o.LastWritten:
			s.Why, s.Ignore = "the product does not show what it is now", false
		case w.Excluded[o.Addr] != "":
			s.Why, s.Ignore = w.Excluded[o.Addr], !o.Kind.NoList && !o.Kind.UpdateOnly
		default:
			s.Why = w.undeclarable(o, e.shape)
			if s.Why != "" {
				e.shape |= demanded(o, e.shape)
				s.Why = w.undeclarable(o, e.shape)
			}
		}
		if s.Why == "" {
			out = append(out, e)
			continue
		}
		if s.Ignore {
			if _, already := ignored.Match(o.Kind, o.Addr.Key); already || w.secret(o.Addr.Key) {
				s.Ignore = false
			}
			w.leave(o)
		}
		f.skipped = append(f.skipped, s)
	}
	return out
}

// omitInvalid leaves out attributes whose values no file can have, such as a language that rolecall does
// not know, if the object can be declared without them: what a file does not set stays as it is.
func (w *writer) omitInvalid(e *entry) {
	o := e.object
	for i := range o.Kind.Attributes {
		a := &o.Kind.Attributes[i]
		if !e.shape.Has(i) || len(a.Kinds) > 0 || a.Flags&(schema.Key|schema.Required|schema.CarriesRights|schema.Steering) != 0 {
			continue
		}
		var wrong error
		a.Each(o.Body, func(s string) { wrong = cmp.Or(wrong, w.valid(a, s)) })
		if wrong != nil {
			e.shape = e.shape.Without(i)
			w.omitted[o] = append(w.omitted[o], fmt.Sprintf("%s is left out: it %v.", a.Name, wrong))
		}
	}
}

// valid returns why no file can have a text, or nil.
func (w *writer) valid(a *schema.Attribute, s string) error {
	if w.secret(s) {
		return errSecret
	}
	return a.Valid(s)
}

var errSecret = errors.New("holds what looks like a key or a password; take it out of the product, and import again")

// secret reports whether no file may have the text.
func (w *writer) secret(s string) bool { return w.Secret != nil && w.Secret(s) }

// leave records that an object is ignored, and with it what belongs to it.
func (w *writer) leave(o *schema.Object) {
	if w.left == nil {
		w.left = map[string]map[string]bool{}
	}
	if w.left[o.Kind.Name] == nil {
		w.left[o.Kind.Name] = map[string]bool{}
	}
	w.left[o.Kind.Name][o.Addr.Key] = true
}

// undeclarable returns why a file cannot declare the object as it is, or "".
func (w *writer) undeclarable(o *schema.Object, shape schema.Mask) string {
	if w.secret(o.Addr.Key) {
		return fmt.Sprintf("its name %v", errSecret)
	}
	if err := o.Kind.UncleanKey(o.Addr.Key); err != nil {
		return fmt.Sprintf("its name %v. Rename it in the product, and import again", err)
	}
	var a *schema.Attribute
	var wrong error
	check := func(s string) {
		if wrong == nil {
			wrong = w.valid(a, s)
		}
	}
	for i := range o.Kind.Attributes {
		a = &o.Kind.Attributes[i]
		if a.Is(schema.Required) && (!o.Set.Has(i) || isEmpty(a, o.Body)) {
			return fmt.Sprintf("it has no %s, which a file must set", a.Name)
		}
		if !shape.Has(i) {
			continue
		}
		if a.Each(o.Body, check); wrong != nil {
			return fmt.Sprintf("its %s %v", a.Name, wrong)
		}
		if !a.Is(schema.Key) {
			continue
		}
		for _, kind := range a.Kinds {
			if w.left[kind][a.Text(o.Body)] {
				return fmt.Sprintf("it belongs to %s %q, which is not declared", kind, a.Text(o.Body))
			}
		}
	}
	if o.Kind.Validate == nil {
		return ""
	}
	said := *o
	said.Set = shape
	for _, f := range o.Kind.Validate(&said) {
		if f.Severity == schema.Error {
			return f.Summary + ". " + f.Detail
		}
	}
	return ""
}

// Written returns the attributes of a live object that its block sets: those that a file may
// set and that differ from their default.
func Written(o *schema.Object) schema.Mask {
	var m schema.Mask
	for i := range o.Kind.Attributes {
		a := &o.Kind.Attributes[i]
		if !o.Set.Has(i) || a.Flags&(schema.ReadOnly|schema.Computed|schema.WriteOnce) != 0 {
			continue
		}
		if a.Is(schema.Required) || !isDefault(o, a) {
			m = m.With(i)
		}
	}
	return m
}

// demanded returns the attributes without which a block that sets the given ones has an error, such as the
// permissions of a role that grants nothing.
func demanded(o *schema.Object, set schema.Mask) (more schema.Mask) {
	if o.Kind.Validate == nil {
		return 0
	}
	said := *o
	said.Set = set
	for _, f := range o.Kind.Validate(&said) {
		if i := o.Kind.Index(f.Attribute); f.Severity == schema.Error && i >= 0 && o.Set.Has(i) {
			more = more.With(i)
		}
	}
	return more
}

// isDefault reports whether the attribute has the value that a new object has without it.
func isDefault(o *schema.Object, a *schema.Attribute) bool {
	if o.Kind.Inactive != nil && a.Name == activation(o.Kind) {
		return !o.Kind.Inactive(o)
	}
	switch a.Type {
	case schema.TypeBool:
		return !a.Any(o.Body).(bool)
	case schema.TypeInt:
		return a.Any(o.Body).(int64) == 0
	case schema.TypeBoolMap:
		return len(a.Any(o.Body).(map[string]bool)) == 0
	}
	return isEmpty(a, o.Body)
}

// isEmpty reports whether the value has no text. Switches and numbers are never empty.
func isEmpty(a *schema.Attribute, body any) bool {
	switch a.Type {
	case schema.TypeString:
		return a.Text(body) == ""
	case schema.TypeBool, schema.TypeInt, schema.TypeBoolMap:
		return false
	}
	empty := true
	a.Each(body, func(string) { empty = false })
	return empty
}
