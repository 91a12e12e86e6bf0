package schema

import "math/bits"

// A Mask is a set of attributes of one kind: bit i is Kind.Attributes[i].
type Mask uint64

// Everything is the mask with every attribute; as Object.Frozen it also means
// that the object cannot be deleted.
const Everything = ^Mask(0)

// Has reports whether attribute i is in the mask.
func (m Mask) Has(i int) bool { return m&(1<<uint(i)) != 0 }

// With returns the mask with attribute i.
func (m Mask) With(i int) Mask { return m | 1<<uint(i) }

// Without returns the mask without attribute i.
func (m Mask) Without(i int) Mask { return m &^ (1 << uint(i)) }

// Len counts the attributes in the mask.
func (m Mask) Len() int { return bits.OnesCount64(uint64(m)) }

// A Pos is a place in a configuration file; the zero value is "not in a file".
type Pos struct {
	File   string // as opened, relative to the working directory
	Line   int    // from 1
	Column int    // from 1
}

// An Object is one thing of one kind, desired (from a file) or live (from the
// product). Both sides are the same type, so that comparing them is a loop.
type Object struct {
	Kind *Kind
	Addr Address
	ID   string // the product's id; empty while desired only
	Body any    // *T of the kind's struct; replaced, never written to, once shared

	// Set says which attributes the body has. An attribute that is not set is left alone: unset
	// differs from empty.
	Set Mask
	// Frozen says which attributes of this live object cannot be changed, and FrozenBy why, as
	// the end of a sentence "... cannot change: ".
	Frozen   Mask
	FrozenBy string

	// Respelled says which texts of this live object the product writes in another Unicode form than
	// files, which are in form C.
	Respelled Mask

	// Alias is a second name under which a file may declare or refer to the live
	// object, such as a built-in role's display name.
	Alias string
	// Incomplete marks a live object that a list answered without all its attributes;
	// provider.Client.Read completes it when they are needed.
	Incomplete bool
	// LastWritten marks a live object that the product does not let be read: it is as
	// it was last written, as far as that is known. A change made from it is shown as
	// such, and a difference is never called drift.
	LastWritten bool
	// OutcomeUnknown says since when the state of a LastWritten object is unknown, because
	// its last write may or may not have taken effect. It completes "its state is not
	// known ...". Such an object has no attributes but its key, so it differs from every
	// file. Empty means that the outcome is known.
	OutcomeUnknown string

	Previously []string // earlier keys, from the file
	Term       *Term    // from the file; nil means standing, without a reason. See Until and Why
	// Allow has the reasons of the lints that the block silences, by their codes.
	Allow map[string]string
	Pos   Pos // of the block, for desired objects
}

// Clone returns a copy of the object whose body can be written to.
func (o Object) Clone() Object {
	body := o.Kind.New()
	for i := range o.Kind.Attributes {
		o.Kind.Attributes[i].Copy(body, o.Body)
	}
	o.Body = body
	return o
}

// ChangedTo returns the compared attributes that want sets to other values than o has.
func (o *Object) ChangedTo(want *Object) (changed Mask) {
	for i := range want.Kind.Attributes {
		if a := &want.Kind.Attributes[i]; want.Set.Has(i) && a.Comparable() && !a.Equal(o.Body, want.Body) {
			changed = changed.With(i)
		}
	}
	return changed
}

// Has reports whether the named attribute is set.
func (o *Object) Has(name string) bool {
	i := o.Kind.Index(name)
	return i >= 0 && o.Set.Has(i)
}

// Any returns the named attribute's value (in the form of Attribute.Any), or nil if it is not
// set.
func (o *Object) Any(name string) any {
	i := o.Kind.Index(name)
	if i < 0 || !o.Set.Has(i) {
		return nil
	}
	return o.Kind.Attributes[i].Any(o.Body)
}

// Inactive reports whether the object exists and can do nothing, as Kind.Inactive says.
func (o *Object) Inactive() bool { return o != nil && o.Kind.Inactive != nil && o.Kind.Inactive(o) }

// Administers reports whether the object exists and is an active administrator, as Kind.Administers says.
func (o *Object) Administers() bool {
	return o != nil && o.Kind.Administers != nil && o.Kind.Administers(o)
}

// Invited reports whether the object exists and was invited only, as Kind.Invited says.
func (o *Object) Invited() bool { return o != nil && o.Kind.Invited != nil && o.Kind.Invited(o) }

// NeverSignedIn reports whether the object exists and its user has never signed in, as Kind.NeverSignedIn says.
func (o *Object) NeverSignedIn() bool {
	return o != nil && o.Kind.NeverSignedIn != nil && o.Kind.NeverSignedIn(o)
}

// Takes reports whether an attribute has a meaning for the object, as Kind.Takes says.
func (o *Object) Takes(attribute string) bool {
	return o.Kind.Takes == nil || o.Kind.Takes(o, attribute)
}

// Rekey computes the address's key from the key attributes in the body.
func (o *Object) Rekey() { o.Addr.Key = o.Kind.KeyOf(o.Body) }
