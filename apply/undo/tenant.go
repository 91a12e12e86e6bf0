package undo

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/secret"
)

// created is the reason of the removal of an object that the run created.
const created = "created by the run"

// tenant returns a copy of the tenant that declares nothing but the objects as they were before the
// run. Only what the run created is removed. Limits, protection, ignored and observed objects stay as
// the files have them.
func (u *Undo) tenant(files *schema.Tenant) *schema.Tenant {
	t := *files
	t.Objects, t.Removed, t.Accepted = nil, nil, nil
	t.Manage = map[string]schema.Manage{}
	maps.Copy(t.Manage, files.Manage)
	for kind, m := range t.Manage {
		if m.Mode == schema.Authoritative {
			m.Mode, m.AllParents = schema.Additive, false
			t.Manage[kind] = m
		}
	}
	t.Objects = virtual(files.Objects)
	names := u.renamed()
	for _, s := range u.steps {
		switch {
		case s.why != "":
		case s.before == nil:
			u.remove(&t, s, names)
		default:
			o := names.object(s.before)
			if s.target = o.Addr; s.deleted {
				s.why = recreate(o)
			} else {
				s.restore(o, names)
			}
			if s.why == "" {
				t.Objects = append(t.Objects, *o)
			}
		}
	}
	slices.SortStableFunc(t.Objects, func(a, b schema.Object) int {
		return cmp.Or(cmp.Compare(t.Product.Level(a.Addr.Kind), t.Product.Level(b.Addr.Kind)), a.Addr.Compare(b.Addr))
	})
	return &t
}

// virtual returns the objects of files that stand for users and the like, and are in no product: with
// them, plans name people.
func virtual(objects []schema.Object) []schema.Object {
	var out []schema.Object
	for i := range objects {
		if k := objects[i].Kind; k.Virtual && len(k.References()) == 0 {
			out = append(out, objects[i].Clone())
		}
	}
	return out
}

// remove removes an object that the run created: it is deleted, unless a manage block says how objects
// of its kind are removed.
func (u *Undo) remove(t *schema.Tenant, s *step, names renames) {
	kind := t.Product.Kind(s.addr.Kind)
	actions := kind.RemovalActions()
	if !slices.ContainsFunc(actions, schema.Action.Writes) {
		s.why = fmt.Sprintf("It was created, and the API of %s has no call that deletes one. Delete it in %[1]s by hand.", t.Product.Title)
		return
	}
	s.target = s.addr
	s.target.Key = names.key(kind, s.addr.Key)
	if m := t.Manage[kind.Name]; m.OnRemoval == schema.NoOp && slices.Contains(actions, schema.Delete) {
		m.OnRemoval = schema.Delete
		t.Manage[kind.Name] = m
	}
	t.Removed = append(t.Removed, schema.Removal{Kind: kind.Name, Key: s.target.Key, Reason: created})
}

// restore keeps of an object, which is as before, only what the run changed.
func (s *step) restore(o *schema.Object, names renames) {
	whole := o.Body
	mask := s.mask()
	o.Body, o.Set, s.unrestored = o.Kind.New(), 0, nil
	for i := range o.Kind.Attributes {
		a := &o.Kind.Attributes[i]
		switch {
		case a.Is(schema.Key):
			a.Copy(o.Body, whole)
		case !mask.Has(i):
			continue
		case !s.before.Set.Has(i):
			s.unrestored = append(s.unrestored, a.Name)
			continue
		case s.after == nil:
			a.Copy(o.Body, whole)
		default:
			for _, entry := range a.Difference(o.Body, whole, s.after.Body) {
				s.unrestored = append(s.unrestored, a.Name+"."+entry)
			}
		}
		o.Set = o.Set.With(i)
	}
	if s.addr.Key != s.before.Addr.Key {
		o.Previously = []string{names.parts(o.Kind, s.addr.Key)}
	}
	s.why = invalid(o)
}

// mask returns the attributes that are to be as before, without those of the key.
func (s *step) mask() schema.Mask {
	k := s.before.Kind
	m := s.changed
	switch {
	case s.deactivated:
		m = s.before.Set
	case s.after != nil:
		m = 0
		for i := range k.Attributes {
			if a := &k.Attributes[i]; (s.before.Set | s.after.Set).Has(i) && !a.Equal(s.before.Body, s.after.Body) {
				m = m.With(i)
			}
		}
	}
	for i := range k.Attributes {
		if a := &k.Attributes[i]; !a.Comparable() || a.Flags&(schema.Key|schema.Immutable) != 0 {
			m = m.Without(i)
		}
	}
	return m
}

// recreate says why an object cannot be created as it was; "" if it can.
func recreate(o *schema.Object) string {
	k := o.Kind
	switch {
	case k.UpdateOnly:
		return "The product owns such objects, and does not let them be created."
	case o.Incomplete:
		return "It was deleted with the object that contained it, and not all of it had been read. Create it again by hand."
	}
	for i := range k.Attributes {
		a := &k.Attributes[i]
		if !a.Comparable() {
			o.Set = o.Set.Without(i)
		}
		empty := a.Type == schema.TypeString && a.Text(o.Body) == ""
		if empty && !a.Is(schema.Required) {
			o.Set = o.Set.Without(i) // files would leave it out
		}
		if a.Is(schema.Required) && (!o.Set.Has(i) || empty) {
			return fmt.Sprintf("It was deleted, and cannot be created again: the journal does not have its %s.", a.Name)
		}
	}
	if k.Validate != nil {
		for _, f := range k.Validate(o) {
			if f.Severity == schema.Error {
				return "It was deleted, and cannot be created again as it was: " + f.Detail
			}
		}
	}
	return invalid(o)
}

// invalid says why the values of an object cannot be set; "" if they can. A journal is a file, so its
// values are checked as those of other files.
func invalid(o *schema.Object) string {
	for i := range o.Kind.Attributes {
		a := &o.Kind.Attributes[i]
		if !o.Set.Has(i) {
			continue
		}
		if slices.ContainsFunc(a.Members(o.Body), func(s string) bool { return strings.Contains(s, secret.Redacted) }) {
			return fmt.Sprintf("It cannot be restored: the journal has %s in its %s, in place of a secret.", secret.Redacted, a.Name)
		}
		for _, s := range a.Texts(o.Body) {
			if err := a.Valid(s); err != nil {
				return fmt.Sprintf("It cannot be restored: %s %v.", a.Name, err)
			}
		}
	}
	return ""
}
