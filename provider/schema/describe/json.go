package describe

import "github.com/rolecall-dev/rolecall/provider/schema"

// FormatVersion is the version of the JSON of JSON. It increases when the meaning of a member
// changes or a member is removed.
const FormatVersion = 2

// A Document is what the tables of some products say, for programs.
type Document struct {
	FormatVersion int           `json:"format_version"`
	Products      []ProductJSON `json:"products"`
}

// A ProductJSON is one product.
type ProductJSON struct {
	Name     string          `json:"name"`
	Title    string          `json:"title"`
	Doc      string          `json:"doc"`
	KeyEnv   string          `json:"key_env"`
	Hosts    []string        `json:"hosts,omitempty"`    // that the key is sent to
	HostEnv  string          `json:"host_env,omitempty"` // variable with one more, of the tenant
	Settings []AttributeJSON `json:"settings"`
	Kinds    []KindJSON      `json:"kinds"` // in the order in which objects are created
}

// A KindJSON is one kind.
type KindJSON struct {
	Name       string          `json:"name"`
	Plural     string          `json:"plural"`
	Doc        string          `json:"doc"`
	Subject    bool            `json:"subject"`           // the objects hold rights
	Virtual    bool            `json:"virtual"`           // the objects live in files only
	UpdateOnly bool            `json:"update_only"`       // never created or deleted
	NoList     bool            `json:"no_list"`           // only what files declare is looked at
	Grantee    string          `json:"grantee,omitempty"` // attribute that says whose the rights are
	OnRemoval  []string        `json:"on_removal,omitempty"`
	Attributes []AttributeJSON `json:"attributes"`
	Example    string          `json:"example,omitempty"` // HCL
}

// An AttributeJSON is one attribute.
type AttributeJSON struct {
	Name     string   `json:"name"`
	Type     string   `json:"type"`
	Doc      string   `json:"doc"`
	Rules    []string `json:"rules,omitempty"` // any of those in the list of flags
	RefersTo []string `json:"refers_to,omitempty"`
	Through  string   `json:"through,omitempty"` // kind that may stand for an inner set
	Values   []string `json:"values,omitempty"`
	Entries  []string `json:"entries,omitempty"` // the only names in a map
	Example  string   `json:"example,omitempty"` // HCL
}

// flagNames are the names of flags in JSON.
var flagNames = []struct {
	flag schema.Flags
	name string
}{
	{schema.Key, "key"}, {schema.Label, "label"}, {schema.Required, "required"},
	{schema.Immutable, "immutable"}, {schema.WriteOnce, "write_once"}, {schema.ConfigOnly, "config_only"},
	{schema.ReadOnly, "read_only"}, {schema.CarriesRights, "carries_rights"}, {schema.LongText, "long_text"},
	{schema.WeakRef, "weak_ref"}, {schema.Computed, "computed"}, {schema.MergeEntries, "merge_entries"}, {schema.ServerManaged, "server_managed"},
	{schema.OwnedBy, "owned_by"}, {schema.EmptyMayMeanAll, "empty_may_mean_all"},
	{schema.Steering, "steering"},
}

// JSON returns the document for products, or for one kind if kind is not nil.
func JSON(products []*schema.Product, kind *schema.Kind) Document {
	d := Document{FormatVersion: FormatVersion, Products: []ProductJSON{}}
	for _, p := range products {
		j := ProductJSON{Name: p.Name, Title: p.Title, Doc: p.Doc, KeyEnv: p.KeyEnv, Hosts: p.Hosts, HostEnv: p.HostEnv, Settings: attributesJSON(p.Settings)}
		for _, k := range p.Kinds {
			if kind == nil || k == kind {
				j.Kinds = append(j.Kinds, kindJSON(k))
			}
		}
		d.Products = append(d.Products, j)
	}
	return d
}

func kindJSON(k *schema.Kind) KindJSON {
	j := KindJSON{
		Name: k.Name, Plural: k.Many(), Doc: k.Doc, Subject: k.Subject, Virtual: k.Virtual, UpdateOnly: k.UpdateOnly,
		NoList: k.NoList, Grantee: k.Grantee,
		Attributes: attributesJSON(k), Example: Example(k),
	}
	if !k.Virtual {
		j.OnRemoval = schema.ActionNames(k.RemovalActions())
	}
	return j
}

func attributesJSON(k *schema.Kind) []AttributeJSON {
	out := []AttributeJSON{}
	for i := range k.Attributes {
		a := &k.Attributes[i]
		j := AttributeJSON{
			Name: a.Name, Type: a.Type.String(), Doc: a.Doc,
			RefersTo: a.Kinds, Through: a.Via, Values: a.OneOf, Entries: a.Names, Example: a.Example,
		}
		for _, f := range flagNames {
			if a.Is(f.flag) {
				j.Rules = append(j.Rules, f.name)
			}
		}
		out = append(out, j)
	}
	return out
}
