package access

import (
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Link is one object of a chain.
type Link struct {
	Addr   schema.Address
	Origin Origin
	Pos    schema.Pos // of the block; zero if no file declares the object
	// Until is the day from which on the block counts as removed, "" if it is standing, and Why its reason.
	Until, Why string
}

// An Origin says where an object of a chain comes from.
type Origin string

// The origins.
const (
	Declared Origin = "declared"  // a file declares it
	Differs  Origin = "differs"   // a file declares it otherwise than it is
	LiveOnly Origin = "live-only" // no file declares it
	BuiltIn  Origin = "built-in"  // the product owns it
	Missing  Origin = "missing"   // it is named and was not found
	Expired  Origin = "expired"   // it exists, and its block has expired
)

// A Chain is how a subject comes to a right, from the subject to what has the places.
type Chain struct {
	// Holder is the object that has the right or holds it for the subject.
	Holder Link
	// Shared says that the holder holds rights for several subjects, as a group of users does.
	Shared bool
	// Own says that the holder is the subject itself.
	Own bool
	// Roles are the objects that say what may be done, or within what, such as a role and a team.
	Roles []Link
	// Places are the objects that have the places, such as groups. They are empty if the scope is the whole
	// tenant, or if the holder names the places itself.
	Places []Link
	// Set is the declared object that stands for the places, such as an access; nil if there is none.
	Set *Link
}

// Chain returns how a subject comes to one of its rights.
func (s *State) Chain(sub *Subject, r *Right) Chain {
	c := Chain{Holder: s.link(r.Holder.Addr, r.Holder), Own: r.Holder == sub.Object, Shared: shares(r.Holder)}
	c.Roles = s.roles(sub, r)
	for _, o := range s.placesOf(r) {
		c.Places = append(c.Places, s.link(o.Addr, o))
	}
	if o := s.setOf(r); o != nil {
		link := s.link(o.Addr, o)
		c.Set = &link
	}
	return c
}

// Links lists the objects of the chain without the subject: what holds its rights, the roles, and what has
// the places. A holder that has the rights of the subject alone, such as a membership, is there too.
func (c *Chain) Links() []Link {
	var out []Link
	if !c.Own {
		out = append(out, c.Holder)
	}
	out = append(out, c.Roles...)
	if c.Set != nil {
		out = append(out, *c.Set)
	}
	for _, l := range c.Places {
		if !slices.ContainsFunc(out, func(x Link) bool { return x.Addr == l.Addr }) {
			out = append(out, l)
		}
	}
	return out
}

// roles lists the objects that the holder names one by one, and those that were looked up for its
// grants and whose keys it has.
func (s *State) roles(sub *Subject, r *Right) []Link {
	var out []Link
	add := func(a schema.Address, o *schema.Object) {
		if a != sub.Addr && a != r.Holder.Addr && !slices.ContainsFunc(out, func(l Link) bool { return l.Addr == a }) {
			out = append(out, s.link(a, o))
		}
	}
	reference := func(kind, key string) {
		if to := s.Tenant.Product.Kind(kind); !to.Subject {
			add(schema.Address{Provider: r.Holder.Addr.Provider, Kind: kind, Key: key}, s.find(kind, key))
		}
	}
	s.references(r.Holder, reference)
	if r.Holder.Kind.GrantsTo != nil && sub.Object != nil {
		s.references(sub.Object, reference) // the rights are those of the subject
	}
	for _, o := range r.used {
		if !o.Kind.Subject && names(r.Holder, o.Addr.Key) {
			add(o.Addr, o)
		}
	}
	return out
}

// references calls f with what the single references of an object name, and with what its declaration
// names in attributes that only files have, such as a profile.
func (s *State) references(o *schema.Object, f func(kind, key string)) {
	each := func(of *schema.Object, onlyFiles bool) {
		for i := range of.Kind.Attributes {
			a := &of.Kind.Attributes[i]
			if len(a.Kinds) == 0 || a.Type != schema.TypeString || !of.Set.Has(i) || a.Is(schema.ConfigOnly) != onlyFiles || a.Name == of.Kind.Grantee {
				continue
			}
			a.Each(of.Body, func(key string) {
				if kind := s.target(a, key); kind != "" {
					f(kind, key)
				}
			})
		}
	}
	each(o, false)
	if d := s.declaration(o); d != nil {
		each(d, true)
	}
}

// target returns the kind of the object that a reference names, or the only kind that it may name.
func (s *State) target(a *schema.Attribute, key string) string {
	for _, kind := range a.Kinds {
		if s.find(kind, key) != nil || s.declared[kind][key] != nil {
			return kind
		}
	}
	if len(a.Kinds) == 1 {
		return a.Kinds[0]
	}
	return ""
}

// names reports whether a text of an attribute of the object is the key.
func names(o *schema.Object, key string) bool {
	found := false
	for i := range o.Kind.Attributes {
		if a := &o.Kind.Attributes[i]; o.Set.Has(i) && a.Type == schema.TypeString && !found {
			a.Each(o.Body, func(s string) { found = found || s == key })
		}
	}
	return found
}

// placesOf lists the objects that have the places of the right's area.
func (s *State) placesOf(r *Right) []*schema.Object {
	if r.Area == "" || r.Holder.Kind.Area == nil {
		return nil
	}
	return s.snapshot.AreaObjects(r.Holder.Kind, r.Area)
}

// setOf returns the declared object that stands for the places of the right's area, or nil.
func (s *State) setOf(r *Right) *schema.Object {
	if r.Area == "" {
		return nil
	}
	var keys []string
	for _, o := range s.placesOf(r) {
		keys = append(keys, o.Addr.Key)
	}
	for i := range r.Holder.Kind.Attributes {
		if via := r.Holder.Kind.Attributes[i].Via; via != "" {
			return s.named[via][setID(keys)]
		}
	}
	return nil
}

// link says where an object comes from. A nil object was named and not found.
func (s *State) link(a schema.Address, o *schema.Object) Link {
	l := Link{Addr: a, Origin: LiveOnly}
	d := s.declared[a.Kind][a.Key]
	if d == nil && o != nil {
		d = s.declaration(o)
	}
	if d != nil {
		l.Until, l.Why = d.Until(), d.Why()
	}
	ended := s.expired[a.Kind][a.Key]
	switch {
	case d != nil && o == nil:
		l.Origin, l.Pos = Missing, d.Pos
	case d != nil:
		l.Origin, l.Pos = Declared, d.Pos
		if s.Live != nil && differs(o, d) {
			l.Origin = Differs
		}
	case o == nil:
		l.Origin = Missing
	case ended != nil:
		l.Origin, l.Pos, l.Until, l.Why = Expired, ended.Pos, ended.Until(), ended.Why()
	case o.Kind.UpdateOnly || !o.Kind.Subject && o.Frozen == schema.Everything:
		l.Origin = BuiltIn
	}
	return l
}

// Link returns the link of an object.
func (s *State) Link(o *schema.Object) Link { return s.link(o.Addr, o) }

// Subject returns the link of a subject itself.
func (s *State) Subject(sub *Subject) Link {
	l := s.link(sub.Addr, sub.Object)
	if l.Origin == Missing {
		l.Origin = LiveOnly // another object names it
	}
	return l
}

// Declared reports whether a file declares a subject, or that another object holds rights for it, such as a
// membership.
func (s *State) Declared(sub *Subject) bool {
	if s.Subject(sub).Origin != LiveOnly {
		return true
	}
	found := false
	for _, o := range sub.held {
		if d := s.declaration(o); d != nil {
			if i := d.Kind.Index(d.Kind.Grantee); i >= 0 && d.Set.Has(i) {
				d.Kind.Attributes[i].Each(d.Body, func(key string) { found = found || key == sub.Addr.Key })
			}
		}
	}
	return found
}

// declaration returns the block that declares an object, or nil.
func (s *State) declaration(o *schema.Object) *schema.Object {
	if d := s.declared[o.Addr.Kind][o.Addr.Key]; d != nil {
		return d
	}
	if o.Alias != "" {
		return s.declared[o.Addr.Kind][o.Alias]
	}
	return nil
}

// differs reports whether a live object is not as its block declares it, in attributes on which rights
// depend.
func differs(have, want *schema.Object) bool {
	for i := range want.Kind.Attributes {
		a := &want.Kind.Attributes[i]
		if !want.Set.Has(i) || !a.Comparable() || !a.Is(schema.CarriesRights) && len(a.Kinds) == 0 && a.Name != want.Kind.Places {
			continue
		}
		if have.Set.Has(i) && !a.Satisfies(want.Body, have.Body) {
			return true
		}
	}
	return false
}

// id identifies a chain without the subject and, if that holds only its rights, the holder.
func (c *Chain) id() string {
	var parts []string
	if c.Shared {
		parts = append(parts, c.Holder.Addr.String())
	}
	for _, l := range c.Roles {
		parts = append(parts, l.Addr.String())
	}
	parts = append(parts, "")
	for _, l := range c.Places {
		parts = append(parts, l.Addr.String())
	}
	return strings.Join(parts, "\x00")
}
