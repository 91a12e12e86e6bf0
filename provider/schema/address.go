package schema

import "strings"

// An Address names one object of one tenant: user.ana@zoo.example.
//
// Key is the product's natural key in its normal form (lower-case e-mail,
// api_id, "Section/Group"), never a server id.
type Address struct {
	Provider string // name of the tenant's provider block: "partoo", "tines.soc"
	Kind     string
	Key      string
}

// String gives the form that people write in protect and --target: kind.key.
// The provider is left out because most repositories have one; see Full.
func (a Address) String() string { return a.Kind + "." + a.Key }

// Full gives provider.kind.key, which is unique across tenants.
func (a Address) Full() string { return a.Provider + "." + a.Kind + "." + a.Key }

// Match reports whether pattern, written as String or Full, names the address.
func (a Address) Match(pattern string) bool {
	return pattern == a.String() || pattern == a.Full()
}

// Compare orders addresses by provider, kind and key.
func (a Address) Compare(b Address) int {
	if c := strings.Compare(a.Provider, b.Provider); c != 0 {
		return c
	}
	if c := strings.Compare(a.Kind, b.Kind); c != 0 {
		return c
	}
	return strings.Compare(a.Key, b.Key)
}
