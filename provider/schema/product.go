package schema

import "strings"

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
	// HostEnv is the environment variable with the host of the customer's own tenant,
	// to which the credential may be sent as well: "TINES_HOST". It is empty where all
	// customers use the same Hosts.
	HostEnv  string
	Settings *Kind // attributes of the provider block; its key is not used
	// Kinds in the order of their references: a kind comes after every kind that
	// it refers to. Creates run in this order, deletes in the reverse.
	Kinds []*Kind
	// Observed lists the kinds that can only be compared under the settings, because
	// something else owns them there, such as an identity provider. Their mode is
	// observe, whatever the manage blocks say. It may be nil.
	Observed func(settings *Object) []string
	// Tenant names the tenant that the settings are about, so that two provider blocks
	// for one are refused; "" where they do not tell, and for the emulator inside the
	// program, which keeps data of its own for each block. It may be nil.
	Tenant func(settings *Object) string
}

// EnvNames lists the environment variables that stand for one in a provider block,
// the most particular first. A block with an alias has one of its own, so that two
// tenants of one product can be in one directory.
func EnvNames(variable, alias string) []string {
	if alias == "" {
		return []string{variable}
	}
	return []string{variable + "_" + EnvSuffix(alias), variable}
}

// EnvSuffix is what an alias adds to the name of an environment variable.
func EnvSuffix(alias string) string { return strings.ToUpper(strings.ReplaceAll(alias, "-", "_")) }

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
