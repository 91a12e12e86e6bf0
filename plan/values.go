package plan

import (
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Danger is a subject that gains what a reader of a plan must not miss: it becomes
// administrator, or gains rights that are privileged; see schema.Tenant.Privileged. The
// subject is a person, or an object that stands for people whom the product does not name.
type Danger struct {
	Subject       schema.Address
	Person        bool           // the subject is a person
	Administrator bool           // it may do everything everywhere afterwards
	Gained        []schema.Grant // the privileged ones, sorted
	CausedBy      []schema.Address
	People        []schema.Address // as in rights.Difference
}

// A MassChange tells that a plan changes what carries rights for so many objects of a
// kind at once that a mistake is likely, such as a spreadsheet with one column sorted by
// itself. The limits let such a plan through, because each object keeps as much as it had.
type MassChange struct {
	Kind      string `json:"kind"`
	Attribute string `json:"attribute"`
	Changed   int    `json:"changed"` // objects whose attribute changes
	Total     int    `json:"total"`   // objects that there are
	Text      string `json:"text"`    // as people read it: "212 of 240 users get other businesses", "role changes for 212 of 240 users"
}

// HandsOver reports whether the change gives the account of one person to another
// name: the old name loses every right, and the new one gains them.
func (c *Change) HandsOver() bool {
	return c.Action == schema.Rename && c.Have != nil && c.Have.Kind.Subject
}

// HandedOver gives for the old and the new name of every account that gets another
// name the respective other one.
func (p *Plan) HandedOver() map[schema.Address]schema.Address {
	out := map[schema.Address]schema.Address{}
	for i := range p.Changes {
		if c := &p.Changes[i]; c.HandsOver() {
			out[c.Have.Addr], out[c.Addr] = c.Addr, c.Have.Addr
		}
	}
	return out
}

// Inactive reports whether a declared user is inactive and stays so although its block
// does not ask for that, so that "no changes" is not the whole truth.
func (p *Plan) Inactive() bool {
	return slices.ContainsFunc(p.Findings, func(f schema.Finding) bool { return f.Code == CodeInactive })
}

// Ambiguous counts what the files ask for and the plan leaves out, because several live
// objects have the same key. A plan with any does not bring the files into effect.
func (p *Plan) Ambiguous() int {
	n := 0
	for i := range p.Findings {
		if c := p.Findings[i].Code; c == CodeDuplicate || c == CodeExcluded {
			n++
		}
	}
	return n
}

// The codes of what a plan leaves out because of duplicates.
const (
	CodeDuplicate = "plan/ambiguous"
	CodeExcluded  = "plan/ambiguous-reference"
)

// CodeInactive is the code of the warnings about declared people who cannot sign in.
const CodeInactive = "plan/declared-inactive"

// Recent is what was removed from the tenant within the last day, according to the
// journals. The zero value says that nothing was.
type Recent struct {
	// Removed are the addresses of what counted as removed, each once. Their provider
	// does not matter.
	Removed []schema.Address
	// Narrowed are other subjects that lost rights, with how much each kept, from 0 to 1.
	Narrowed map[schema.Address]float64
	// Unknown says why what was removed is not known; empty where it is.
	Unknown string
}
