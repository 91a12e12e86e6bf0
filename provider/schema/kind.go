package schema

import (
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A Kind describes one sort of object of one product: a Go struct and a table
// with one row per attribute.
type Kind struct {
	Name   string // block type in HCL: "user"
	Plural string // for sentences: "users"; Name+"s" where empty
	Doc    string // one or two full sentences

	// Subject: the objects hold rights (people), so guards count and protect them.
	Subject bool
	// Virtual: the objects live in files only and are written into the objects
	// that refer to them (a Partoo access lives in users' accesses).
	Virtual bool
	// UpdateOnly: the product owns the objects; they are never created or deleted,
	// only changed, and leaving the file means Forget.
	UpdateOnly bool
	// Unique: the product's documentation says that it refuses to create a second
	// object with the same key, so a create needs no look-up before it. The zero value
	// is the safe one: every create is looked up first, because two runs at once would
	// otherwise make two objects.
	Unique bool
	// NoList: the product has no list of the objects. Only those that the files
	// declare are looked at, one by one through provider.Client.Read, which finds them by
	// their key; what no file declares is unknown, so it cannot be removed.
	NoList bool

	// ListScope names the setting that says for which scope the list of the objects is
	// whole, for products that list only what the key sees. Without the setting, the kind
	// cannot be authoritative. Empty means that the list is whole.
	ListScope string

	// Removals lists what leaving the file may do under mode = "authoritative",
	// the default first. Empty means Delete only (Forget for UpdateOnly kinds).
	Removals []Action

	Attributes []Attribute

	// Recreated says, in sentences, what is not as before if a deleted object is created again as it
	// was, besides its id. It may be empty.
	Recreated string

	// Validate checks one desired object without the product. It may be nil.
	Validate func(o *Object) []Finding
	// Administers reports whether the object is an active administrator, of which
	// the last must stay. It is nil for kinds that are never administrators.
	Administers func(o *Object) bool
	// MadeAdministrator reports whether the object has the role of an administrator, also one who is invited or to
	// be created. It is nil if administrators have a grant of all rights on the whole tenant.
	MadeAdministrator func(o *Object) bool
	// Where names the attributes of a Subject that give it places to act in, or rights in the whole tenant,
	// besides those that objects with a Grantee give. Nil means that it has no such attributes.
	Where []string
	// Takes reports whether an attribute has a meaning for the object, as accesses do only for users
	// with some roles. It may be nil if each attribute has one for all objects.
	Takes func(o *Object, attribute string) bool
	// NeverSignedIn reports whether the product says that the user has never signed in. Such an
	// administrator does not count as one that stays. It is nil if the product does not show
	// sign-ins, or if Administers considers them.
	NeverSignedIn func(o *Object) bool
	// Invited reports whether the product says that the user was invited and has not accepted. It is nil
	// if the product does not show that.
	Invited func(o *Object) bool
	// Inactive reports whether the object exists but can no longer be used, which
	// is what Deactivate brings about. It is nil for kinds without that state.
	Inactive func(o *Object) bool
	// Activate is the line in a file by which an Inactive object can be used again, such
	// as "disabled = false"; it begins with the name of an attribute. It is empty for
	// kinds without Inactive.
	Activate string
	// StayInactive is the line by which an Inactive object is declared to stay so. Empty means
	// Activate with the other Boolean.
	StayInactive string
	// Privilege names the privilege of an object that people must know of although no file
	// declares it, such as "ORG_ADMIN", or returns "". It is about what a Subject has itself, or
	// what an object with a Grantee grants. It must not allocate if it returns "". It may be nil.
	Privilege func(o *Object, look Lookup) string
	// Adjust changes attributes of a desired object that no file sets to agree with those that a
	// file sets: a user who becomes a group manager has no businesses. The plan shows what it
	// changes. It may be nil.
	Adjust func(want *Object)
	// Expand gives the objects of other kinds that a block of this kind declares
	// besides itself, such as a team's memberships; they need a Kind, a Body and Set.
	// They belong to the block's place. It may be nil.
	Expand func(o *Object) []Object
	// Grants lists the rights of a subject, given a look-up of other objects. It is nil for kinds
	// without rights. An object that grants rights to users whom the product does not name, such
	// as the members of a group of an identity provider, is itself the subject.
	Grants func(o *Object, look Lookup) []Grant
	// GrantsTo is Grants for one of several users that Grantee refers to, if these do not all have
	// the same: a member of a location group has their own features on the locations of the
	// group. It may be nil. Grants must not be nil with it.
	GrantsTo func(o *Object, key string, look Lookup) []Grant
	// GrantsAll reports whether an object grants everything that one of the kind can grant, so
	// that no change to it can take rights. It may be nil, for kinds that are always read or if
	// that is not known.
	GrantsAll func(o *Object) bool
	// Area lists the places of the Area of a Grant, sorted and without duplicates; false if they
	// are not known. It is called once per area. It may be nil if no Grants of the kind have an
	// Area.
	Area func(area string, look Lookup) ([]string, bool)
	// Places names the attribute with the places of an object of which an Area consists, such as the
	// businesses of a group. It is "" if the objects have no places.
	Places string
	// People names the virtual kind of the users whom a subject that is no user represents: those
	// whose attribute of the given name has the same text as the subject's. The zero value means
	// none.
	People PeopleOf
	// Governs is for a kind whose one object decides what the rights of all subjects mean, such as
	// the switch from one system of permissions to another: a change of it reaches all of them.
	// It reports whether that change comes first, so that the changes of subjects, and of shared
	// objects that widen, wait for it: if the product accepts them only then, and on the way back to
	// a system in which they have no effect. Otherwise it waits for all other changes. It is nil for
	// all other kinds.
	Governs func(want *Object) (first bool)
	// Confirm returns the text, such as the name of the tenant, that a person has to type before
	// a change of the object is applied. It is nil for kinds whose changes need no more than an approval.
	Confirm func(o *Object) string
	// Grantee names the attribute that refers to the user who has the Grants: a membership's
	// rights are its user's. If it refers to several, each has all of them, as the members of a
	// user group do. "" means the object itself.
	Grantee string
}

// A Lookup finds another object of the same tenant by kind and key.
type Lookup func(kind, key string) (*Object, bool)

// A Grant is one right of one subject: "may review_reply on group X through role Y".
type Grant struct {
	Right string // permission name, or a word for a role that has none
	Scope string // where the right applies, as the product writes it
	Via   string // what carries it: "custom_role business_editor"
	All   bool   // it covers every other right of its scope, so having it is losing none of them

	// Places is the number of places of the Scope, such as the businesses of a group; 0 means
	// one, and Everywhere the whole tenant. Limits use it to measure how much of its scope a
	// subject loses.
	Places int
	// Area names the places of the Scope if they can be listed, in the form of Kind.Area; ""
	// means that Scope is one place. Rights are compared place by place, so that a user who moves
	// from one store to a country with that store keeps the rights there. Resolving the area sets
	// Places and Least.
	Area string
	// Set is the number of the set of places of the Area; 0 if Area is empty or not resolved.
	// Equal numbers are equal sets.
	Set int
	// Least marks what guards do not count: what even the weakest role of the product
	// lets its holders do, and rights whose scope holds nothing.
	Least bool
	// Unknown marks rights that could not be read. Limits count them as lost if something
	// replaces them.
	Unknown bool
	// Sort sets apart rights of different sorts, such as to see boards and to edit fields:
	// guards measure each sort by itself, so that one cannot make up for another. The
	// zero value is a sort too.
	Sort string
}

// Unlimited reports whether the grant is every right in the whole tenant.
func (g *Grant) Unlimited() bool { return g.All && g.Places == Everywhere }

// PeopleOf says who the people of a subject are; see Kind.People.
type PeopleOf struct {
	Kind string // virtual kind
	By   string // attribute of both kinds
}

// Everywhere is the Places of a scope that is the whole tenant.
const Everywhere = 1 << 30

// New returns an empty body of the kind.
func (k *Kind) New() any { return k.Attributes[0].slot.new() }

// Index returns the position of the named attribute, or -1.
func (k *Kind) Index(name string) int {
	for i := range k.Attributes {
		if k.Attributes[i].Name == name {
			return i
		}
	}
	return -1
}

// Mask returns the mask of the named attributes; an unknown name is a bug.
func (k *Kind) Mask(names ...string) Mask {
	var m Mask
	for _, n := range names {
		i := k.Index(n)
		if i < 0 {
			panic("schema: kind " + k.Name + " has no attribute " + n)
		}
		m = m.With(i)
	}
	return m
}

// Having returns the mask of the attributes that have all the flags.
func (k *Kind) Having(f Flags) Mask {
	var m Mask
	for i := range k.Attributes {
		if k.Attributes[i].Flags&f == f {
			m = m.With(i)
		}
	}
	return m
}

// Fixed reports whether rolecall cannot change anything about objects of the kind: files only refer to
// them.
func (k *Kind) Fixed() bool {
	return k.UpdateOnly && !slices.ContainsFunc(k.Attributes, func(a Attribute) bool { return a.Comparable() && !a.Is(Key) })
}

// Labels lists the attributes that a block's labels fill by default, in order.
// A kind without one takes a single label that only names the block.
func (k *Kind) Labels() []*Attribute {
	var out []*Attribute
	for i := range k.Attributes {
		if k.Attributes[i].Flags&Label != 0 {
			out = append(out, &k.Attributes[i])
		}
	}
	return out
}

// References lists the kinds that the kind's attributes may refer to.
func (k *Kind) References() []string {
	var out []string
	seen := map[string]bool{}
	for i := range k.Attributes {
		for _, n := range k.Attributes[i].Kinds {
			if !seen[n] {
				seen[n] = true
				out = append(out, n)
			}
		}
	}
	return out
}

// Parent returns the attribute that names what an object of the kind is in, which is the
// first part of a key of several: a membership's team, a group's section. It is nil where
// objects are in no other one. A WeakRef names no parent, because what it names
// need not exist.
func (k *Kind) Parent() *Attribute {
	keys := k.Keys()
	if len(keys) < 2 || len(keys[0].Kinds) == 0 || keys[0].Is(WeakRef) {
		return nil
	}
	return keys[0]
}

// DefaultRemoval returns what happens to an object whose block is removed, by default.
func (k *Kind) DefaultRemoval() Action {
	switch {
	case k.UpdateOnly:
		return Forget
	case len(k.Removals) > 0:
		return k.Removals[0]
	}
	return Delete
}

// Removal returns what happens to an object of the kind whose block is removed, with the manage block
// of the kind.
func (k *Kind) Removal(m Manage) Action {
	if m.OnRemoval != NoOp {
		return m.OnRemoval
	}
	return k.DefaultRemoval()
}

// RemovalActions lists what removing an object of the kind can mean, the default first.
func (k *Kind) RemovalActions() []Action {
	if len(k.Removals) > 0 {
		return k.Removals
	}
	return []Action{k.DefaultRemoval()}
}

// Many returns the word for several objects of the kind.
func (k *Kind) Many() string {
	if k.Plural != "" {
		return k.Plural
	}
	return k.Name + "s"
}

// InactiveLine returns the line by which an Inactive object is declared to stay so, such as
// "disabled = true"; "" for kinds without Inactive.
func (k *Kind) InactiveLine() string {
	attribute, value, _ := strings.Cut(k.Activate, " = ")
	switch {
	case k.StayInactive != "" || attribute == "":
		return k.StayInactive
	case value == "true":
		return attribute + " = false"
	}
	return attribute + " = true"
}

// Title returns the kind's name for the start of a sentence.
func (k *Kind) Title() string {
	return strings.ToUpper(k.Name[:1]) + text.Words(k.Name[1:])
}

// AttributeNames lists the names of the attributes of a mask, in the order of the table.
func (k *Kind) AttributeNames(m Mask) []string {
	var names []string
	for i := range k.Attributes {
		if m.Has(i) {
			names = append(names, k.Attributes[i].Name)
		}
	}
	return names
}
