package schema

import (
	"fmt"
	"slices"
	"strings"
)

// A Product is what the files may say about one product: its provider block's
// settings and its kinds.
type Product struct {
	Name   string // provider block label: "partoo"
	Title  string // as the vendor writes it: "Partoo"
	Doc    string
	KeyEnv string // environment variable with the credential: "PARTOO_API_KEY"
	// Hosts are the vendor's servers to which the credential may be sent, each as
	// "host" in lower case, reached over https.
	Hosts []string
	// HostEnv is the environment variable with the host of the customer's tenant, to which the
	// credential may be sent: "TINES_HOST". It is empty if all customers use the same Hosts.
	HostEnv string
	// UserEnv and PasswordEnv are the environment variables with the name and the password of a
	// user to sign in as. They are empty if the credential is enough.
	UserEnv     string
	PasswordEnv string
	Settings    *Kind // attributes of the provider block; its key is not used
	// Kinds in the order of their references: a kind comes after every kind that
	// it refers to. Creates run in this order, deletes in the reverse.
	Kinds []*Kind
	// ReadOnlyKinds lists the kinds that can only be compared under the settings, because
	// something else owns them there, such as an identity provider. Their mode is
	// observe, whatever the manage blocks say. It may be nil.
	ReadOnlyKinds func(settings *Object) []string
	// NotRemoved returns why objects of a kind are not removed under the settings, in full sentences with
	// what to do; "" if they are. It may be nil.
	NotRemoved func(k *Kind, settings *Object) string
	// Privileged lists the privileged rights of the product, as patterns of ParsePrivilege,
	// unless a provider block has privileged = [...]. The right to everything everywhere is
	// always privileged.
	Privileged []string
	// Offline sets, of declared objects that no Resolver has seen, what follows from the files alone for
	// attributes that carry rights or have places: a store code stands for its store. It returns what
	// then stays unknown, as full sentences. It is for questions about files without the product, and
	// may be nil.
	Offline func(desired []Object) []string
	// OwnLints are the lints of the product alone: the warnings of Kind.Validate, and the findings of Lint.
	OwnLints []Lint
	// Lint returns what is probably not meant in the declared objects of a tenant, though each of them is
	// valid, as warnings with codes of OwnLints. It may be nil.
	Lint func(desired []Object) []Finding
	// Titles returns by the name of a right what people see in the product, as far as it has other words
	// for it. It may be nil.
	Titles func() map[string][]string
	// Tenant names the tenant of the settings, so that two provider blocks for one tenant are
	// refused; "" if it is not known, and for the emulator inside the program, which has separate
	// data for each block. It may be nil.
	Tenant func(settings *Object) string
}

// Person returns the kind whose objects are users, or nil if the product has none.
func (p *Product) Person() *Kind {
	for _, k := range p.Kinds {
		if k.Subject {
			return k
		}
		if k.People.Kind != "" {
			return p.Kind(k.People.Kind)
		}
	}
	return nil
}

// BareEmail returns a hint for an e-mail address that is written in place of the address of an
// object. It is "" if the text is no e-mail address, or no kind is about users.
func (p *Product) BareEmail(written string) string {
	k := p.Person()
	switch {
	case k == nil || !strings.Contains(written, "@"):
		return ""
	case k.Virtual:
		return fmt.Sprintf("%q is an e-mail address, and %s of %s are named by their ids. protect takes %q with an id; --target takes the kinds that are changed: %s.",
			written, k.Many(), p.Title, k.Name+".ID", strings.Join(p.Planned(), ", "))
	}
	return fmt.Sprintf("An address begins with a kind. Write %q.", k.Name+"."+written)
}

// Planned lists the names of the kinds that a change can be about.
func (p *Product) Planned() []string {
	var names []string
	for _, k := range p.Kinds {
		if !k.Virtual {
			names = append(names, k.Name)
		}
	}
	return names
}

// EnvNames returns the environment variables for a provider block, the most specific first.
// A block with an alias has one of its own, so that one directory can have several tenants of
// a product.
func EnvNames(variable, alias string) []string {
	if alias == "" {
		return []string{variable}
	}
	return []string{variable + "_" + EnvSuffix(alias), variable}
}

// EnvSuffix is what an alias adds to the name of an environment variable.
func EnvSuffix(alias string) string { return strings.ToUpper(strings.ReplaceAll(alias, "-", "_")) }

// MaxAttributes is how many attributes a kind can have: one for each bit of a Mask.
const MaxAttributes = 64

// Check panics if the tables of the product are wrong: two kinds or attributes have the same
// name; a kind has no key, has more than MaxAttributes attributes, refers to a kind that does
// not precede it, has administrators and is not a subject, or can be deactivated without
// saying which objects are inactive; or attributes carry rights, and no kind has Grants. It
// is called once for each product, at the start.
func (p *Product) Check() {
	kinds := map[string]bool{}
	for _, k := range p.Kinds {
		if kinds[k.Name] {
			panic(fmt.Sprintf("product %s: kind %s stands twice", p.Name, k.Name))
		}
		k.check(p.Name, kinds)
		kinds[k.Name] = true
	}
	p.checkRights()
	if p.Settings != nil {
		p.Settings.check(p.Name, nil)
	}
	for _, s := range p.Privileged {
		if _, err := ParsePrivilege(s); err != nil {
			panic(fmt.Sprintf("product %s: privileged: %v", p.Name, err))
		}
	}
}

// checkRights makes sure that plans can say who gains and who loses rights.
func (p *Product) checkRights() {
	for _, k := range p.Kinds {
		if carriers := k.Having(CarriesRights); carriers != 0 && !slices.ContainsFunc(p.Kinds, func(k *Kind) bool { return k.Grants != nil }) {
			panic(fmt.Sprintf("product %s: kind %s has %s, which carries rights, and no kind has Grants: they return the rights of a person",
				p.Name, k.Name, k.AttributeNames(carriers)[0]))
		}
	}
}

func (k *Kind) check(product string, before map[string]bool) {
	fail := func(format string, args ...any) {
		panic(fmt.Sprintf("product %s: kind %s ", product, k.Name) + fmt.Sprintf(format, args...))
	}
	if n := len(k.Attributes); n > MaxAttributes {
		fail("has %d attributes, more than %d", n, MaxAttributes)
	}
	names := map[string]bool{}
	for i := range k.Attributes {
		a := &k.Attributes[i]
		if names[a.Name] {
			fail("has two attributes %s", a.Name)
		}
		names[a.Name] = true
		for _, to := range a.Kinds {
			if !before[to] {
				fail("refers to %s, which does not stand before it", to)
			}
		}
	}
	if before != nil && k.Having(Key) == 0 {
		fail("has no attribute with the flag Key")
	}
	if k.Administers != nil && !k.Subject {
		fail("has Administers and is no Subject: administrators are people")
	}
	for _, name := range k.Where {
		if !names[name] {
			fail("has places in %s, and there is no such attribute", name)
		}
	}
	if k.Inactive == nil && slices.Contains(k.Removals, Deactivate) {
		fail("has the removal Deactivate and no Inactive: it reports whether an object is deactivated")
	}
	if activate, _, _ := strings.Cut(k.Activate, " "); k.Inactive != nil && !names[activate] {
		fail("has Inactive, so Activate must be the line in a file that activates an object, such as \"active = true\"; it is %q", k.Activate)
	}
	if k.Places != "" && !names[k.Places] {
		fail("has places in %s, and there is no such attribute", k.Places)
	}
	if k.People.Kind != "" && (!before[k.People.Kind] || !names[k.People.By]) {
		fail("has the people of %s by %s, and there is no such kind before it or no such attribute", k.People.Kind, k.People.By)
	}
}

// Kind returns the named kind, or nil.
func (p *Product) Kind(name string) *Kind {
	for _, k := range p.Kinds {
		if k.Name == name {
			return k
		}
	}
	return nil
}

// Level returns the position of a kind in the order of references, or -1.
func (p *Product) Level(name string) int {
	for i, k := range p.Kinds {
		if k.Name == name {
			return i
		}
	}
	return -1
}

// Referrers lists the kinds that may refer to the named one.
func (p *Product) Referrers(name string) []string {
	var out []string
	for _, k := range p.Kinds {
		for _, r := range k.References() {
			if r == name {
				out = append(out, k.Name)
			}
		}
	}
	return out
}

// KindNames lists the names of the kinds, in the product's order.
func (p *Product) KindNames() []string {
	names := make([]string, len(p.Kinds))
	for i, k := range p.Kinds {
		names[i] = k.Name
	}
	return names
}
