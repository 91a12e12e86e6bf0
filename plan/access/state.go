// Package access answers who can do what in a tenant, and through what: for each right of a subject
// it has the chain of objects that gives it. The rights themselves are those of package rights. It is
// pure: it sends no requests, reads no files and has no clock.
package access

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Input is what questions are answered from.
type Input struct {
	// Tenant has the declared objects. They are resolved, or as Product.Offline sets them.
	Tenant *schema.Tenant
	// Live has the live objects by kind; a kind without a key was not listed. Nil means that the
	// questions are about the files.
	Live map[string][]schema.Object
	// Unlisted says by kind why not all live objects could be read.
	Unlisted map[string]error
	// Labels are readable names of places, by their ids.
	Labels map[string]string
	// Removed are objects of Live, by kind and key, that a plan removes: they have and give no rights, and
	// their names are known.
	Removed map[schema.Address]bool
	// Permissions are rights that exist in the product, besides those that are granted.
	Permissions []string
}

// A State is a tenant at one time, live or as the files declare it. It is not safe for concurrent
// use.
type State struct {
	Input
	objects  objects
	declared objects
	expired  objects          // what files declare and has expired
	twice    []schema.Address // of further objects with the key of another
	subjects []*Subject       // by kind and key
	byAddr   map[schema.Address]*Subject
	named    map[string]map[string]*schema.Object // virtual objects that stand for a set of keys, by kind and set
	places   rights.Places
	snapshot *rights.Snapshot
	catalog  *catalog // nil until it is needed
	overlay  objects  // what a trial has in place of objects
	profiles profiles
	titles   map[string][]string
	names    *nameIndex            // nil until it is needed
	placesBy []map[string][]string // nil until it is needed; see indexPlaces
	cohorts  []*cohort             // of Extents
	cohortOf map[*Subject]*cohort  // nil until it is needed
}

// objects are objects by kind and key.
type objects map[string]map[string]*schema.Object

func (x objects) add(o *schema.Object) {
	if x[o.Addr.Kind] == nil {
		x[o.Addr.Kind] = map[string]*schema.Object{}
	}
	x[o.Addr.Kind][o.Addr.Key] = o
}

// A Subject has rights: a user, or an object that stands for users whom the product does not name.
type Subject struct {
	Addr   schema.Address
	Object *schema.Object // nil if only other objects name it
	Person bool           // it is a user
	held   []*schema.Object
	gone   bool             // see Input.Removed
	as     []*schema.Object // subjects that stand for users like this one; see schema.Kind.People
}

// New returns the state of a tenant. It keeps pointers to the objects.
func New(in Input) *State {
	s := &State{Input: in, objects: objects{}, declared: objects{}, expired: objects{}, byAddr: map[schema.Address]*Subject{}, profiles: profiles{}, named: map[string]map[string]*schema.Object{}}
	var all []*schema.Object
	add := func(o *schema.Object) {
		if s.find(o.Addr.Kind, o.Addr.Key) != nil {
			s.twice = append(s.twice, o.Addr)
			return
		}
		s.objects.add(o)
		all = append(all, o)
	}
	for i := range in.Tenant.Objects {
		o := &in.Tenant.Objects[i]
		if s.declared.add(o); in.Live == nil || o.Kind.Virtual {
			add(o)
		}
	}
	for _, o := range in.Tenant.Expired() {
		s.expired.add(o)
	}
	for _, k := range in.Tenant.Product.Kinds {
		for i := range in.Live[k.Name] {
			add(&in.Live[k.Name][i])
		}
	}
	s.snapshot = rights.NewSnapshot(&s.places, func(kind, key string) (*schema.Object, bool) { return s.find(kind, key), true })
	if in.Tenant.Product.Titles != nil {
		s.titles = in.Tenant.Product.Titles()
	}
	s.addSubjects(all)
	s.nameSets()
	return s
}

func (s *State) find(kind, key string) *schema.Object {
	if o := s.overlay[kind][key]; o != nil {
		return o
	}
	return s.objects[kind][key]
}

// addSubjects finds the subjects, and the objects that hold rights for them. all are the objects.
func (s *State) addSubjects(all []*schema.Object) {
	for _, o := range all {
		if k := o.Kind; k.Grants != nil && k.Grantee == "" || k.Subject {
			s.subject(o.Addr, k, o)
		}
	}
	for _, o := range all {
		i := o.Kind.Index(o.Kind.Grantee)
		if o.Kind.Grants == nil || i < 0 || o.Inactive() || s.removes(o.Addr) {
			continue
		}
		a := &o.Kind.Attributes[i]
		a.Each(o.Body, func(key string) {
			sub := s.grantee(o, a, key)
			sub.held = append(sub.held, o)
		})
	}
	s.addPeople()
	for _, sub := range s.subjects {
		slices.SortFunc(sub.as, func(a, b *schema.Object) int { return a.Addr.Compare(b.Addr) })
		slices.SortFunc(sub.held, func(a, b *schema.Object) int { return a.Addr.Compare(b.Addr) })
	}
	slices.SortFunc(s.subjects, func(a, b *Subject) int { return a.Addr.Compare(b.Addr) })
}

// addPeople finds the subjects that stand for users who are declared.
func (s *State) addPeople() {
	for _, k := range s.Tenant.Product.Kinds {
		if k.People.Kind == "" {
			continue
		}
		by := map[string][]*schema.Object{}
		for _, o := range s.objects[k.Name] {
			if text, _ := o.Any(k.People.By).(string); text != "" {
				by[text] = append(by[text], o)
			}
		}
		for _, person := range s.objects[k.People.Kind] {
			text, _ := person.Any(k.People.By).(string)
			sub := s.subject(person.Addr, person.Kind, person)
			sub.as = append(sub.as, by[text]...)
		}
	}
}

// Unplaced reports whether a subject may have what an object gives to users whom the product does not name,
// and no file says whether it does.
func (s *State) Unplaced(sub *Subject) bool {
	return !sub.Inactive() && slices.ContainsFunc(s.Tenant.Product.Kinds, func(k *schema.Kind) bool {
		if k.People.Kind == "" || k.People.Kind != sub.Addr.Kind {
			return false
		}
		text := ""
		if sub.Object != nil {
			text, _ = sub.Object.Any(k.People.By).(string)
		}
		return text == ""
	})
}

// grantee returns the subject that an attribute of an object names. It need not exist.
func (s *State) grantee(o *schema.Object, a *schema.Attribute, key string) *Subject {
	for _, kind := range a.Kinds {
		if to := s.find(kind, key); to != nil {
			return s.subject(to.Addr, to.Kind, to)
		}
	}
	kind := s.Tenant.Product.Kind(a.Kinds[0])
	return s.subject(schema.Address{Provider: o.Addr.Provider, Kind: kind.Name, Key: key}, kind, nil)
}

func (s *State) subject(a schema.Address, k *schema.Kind, o *schema.Object) *Subject {
	sub := s.byAddr[a]
	if sub == nil {
		sub = &Subject{Addr: a, Object: o, Person: k.Subject, gone: s.removes(a)}
		s.byAddr[a], s.subjects = sub, append(s.subjects, sub)
	}
	return sub
}

// nameSets notes the virtual objects that stand for sets of keys, such as the accesses of Partoo.
func (s *State) nameSets() {
	for _, k := range s.Tenant.Product.Kinds {
		for i := range k.Attributes {
			via := k.Attributes[i].Via
			if via == "" || s.named[via] != nil {
				continue
			}
			s.named[via] = map[string]*schema.Object{}
			for _, o := range s.declared[via] {
				if set, ok := firstSet(o); ok {
					id := setID(set)
					if other := s.named[via][id]; other == nil || o.Addr.Key < other.Addr.Key {
						s.named[via][id] = o
					}
				}
			}
		}
	}
}

// firstSet returns the value of the first attribute that is a set.
func firstSet(o *schema.Object) ([]string, bool) {
	for i := range o.Kind.Attributes {
		if a := &o.Kind.Attributes[i]; a.Type == schema.TypeSet && o.Set.Has(i) {
			set, ok := a.Any(o.Body).([]string)
			return set, ok
		}
	}
	return nil, false
}

func setID(keys []string) string { return strings.Join(schema.Canonical(slices.Clone(keys)), "\x00") }

// Subjects lists the subjects by kind and key.
func (s *State) Subjects() []*Subject { return s.subjects }

// Inactive reports whether a subject exists and can do nothing.
func (sub *Subject) Inactive() bool { return sub.gone || sub.Object.Inactive() }

// removes reports whether an address is one of Removed.
func (s *State) removes(a schema.Address) bool {
	return len(s.Removed) > 0 && s.Removed[schema.Address{Kind: a.Kind, Key: a.Key}]
}

// A Right is one right of a subject, with the object that has it or holds it for the subject.
type Right struct {
	schema.Grant
	Holder *schema.Object
	used   []*schema.Object
}

// Rights lists the rights of a subject, sorted. whole is false if objects that give rights or have
// places are incomplete. An inactive subject has none.
func (s *State) Rights(sub *Subject) (list []Right, whole bool) {
	whole = s.each(sub, func(p *profile, holder *schema.Object) {
		for _, g := range p.grants {
			list = append(list, Right{g, holder, p.used})
		}
	})
	slices.SortStableFunc(list, func(a, b Right) int {
		return cmp.Or(rights.Compare(a.Grant, b.Grant), a.Holder.Addr.Compare(b.Holder.Addr))
	})
	return list, whole
}

// each calls f with the grants of each object that gives a subject rights.
func (s *State) each(sub *Subject, f func(p *profile, holder *schema.Object)) (whole bool) {
	whole = true
	sub.holders(func(o *schema.Object, key string) {
		p := s.profile(o, key)
		whole = whole && p.whole
		f(p, o)
	})
	return whole
}

// holders calls f with each object that gives a subject rights, and the key by which it names the subject.
// An inactive subject has none.
func (sub *Subject) holders(f func(o *schema.Object, key string)) {
	if sub.Inactive() {
		return
	}
	if sub.Object != nil && sub.Object.Kind.Grants != nil {
		f(sub.Object, "")
	}
	for _, h := range sub.held {
		f(h, sub.Addr.Key)
	}
	for _, o := range sub.as {
		f(o, "")
	}
}

// Label returns the readable name of a scope or a place.
func (s *State) Label(name string) string {
	if label := s.Labels[name]; label != "" {
		return label
	}
	return name
}

// Name returns what people call a subject besides its key: "Ben Okoro"; "" if that is not known.
func Name(o *schema.Object) string {
	if o == nil {
		return ""
	}
	var parts []string
	for _, name := range []string{"first_name", "last_name", "name", "email"} {
		if text, _ := o.Any(name).(string); text != "" && text != o.Addr.Key {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, " ")
}
