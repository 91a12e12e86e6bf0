package plan

import (
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Danger is a subject that becomes administrator or gains privileged rights; see
// schema.Tenant.Privileged. The subject is a user, or an object that stands for users whom the
// product does not name.
type Danger struct {
	Subject       schema.Address
	Person        bool           // the subject is a user
	Administrator bool           // it has all rights on everything afterwards
	Gained        []schema.Grant // privileged rights, sorted
	CausedBy      []schema.Address
	People        []schema.Address // as in rights.Difference
}

// An Unknown is a subject that changes reach and whose rights are not known, because the product
// does not let it be read.
type Unknown struct {
	Subject  schema.Address
	Gained   bool // only rights that it gains are not known, such as those of a role that cannot be read
	CausedBy []schema.Address
}

// String says what is not known, without a period.
func (u *Unknown) String() string {
	if u.Gained {
		return "it is not known which rights " + u.Subject.String() + " gains"
	}
	return "the product does not let " + u.Subject.String() + " be read, so its rights are not known"
}

// A MassChange is an attribute with rights that a plan changes for so many objects of a kind that a
// mistake is likely, such as a spreadsheet in which one column was sorted on its own. The limits
// allow such a plan, because each object has as many rights as before.
type MassChange struct {
	Kind      string `json:"kind"`
	Attribute string `json:"attribute"`
	Changed   int    `json:"changed"` // objects whose attribute changes
	Total     int    `json:"total"`   // all objects of the kind
	Text      string `json:"text"`    // for people: "212 of 240 users get other businesses", "role changes for 212 of 240 users"
}

// NoImpactText says what a plan without impact lacks.
const NoImpactText = "who gains and loses rights was not computed, and limits were not checked (--no-impact). This plan cannot be applied or approved."

// HandsOver reports whether the change renames the account of a user: the old name loses all
// rights, and the new one gains them.
func (c *Change) HandsOver() bool {
	return c.Action == schema.Rename && c.Have != nil && c.Have.Kind.Subject
}

// HandedOver maps the old address of every renamed account to the new one, and the new one to the
// old one.
func (p *Plan) HandedOver() map[schema.Address]schema.Address {
	out := map[schema.Address]schema.Address{}
	for i := range p.Changes {
		if c := &p.Changes[i]; c.HandsOver() {
			out[c.Have.Addr], out[c.Addr] = c.Addr, c.Have.Addr
		}
	}
	return out
}

// Inactive reports whether a declared user is inactive and its block does not say so, so that "no
// changes" would be misleading.
func (p *Plan) Inactive() bool {
	return slices.ContainsFunc(p.Findings, func(f schema.Finding) bool { return f.Code == CodeInactive })
}

// Ambiguous counts the objects that the plan leaves out because several live objects have the same
// key. Such a plan does not bring the tenant to the state of the files.
func (p *Plan) Ambiguous() int {
	n := 0
	for i := range p.Findings {
		if c := p.Findings[i].Code; c == CodeDuplicate || c == CodeExcluded {
			n++
		}
	}
	return n
}

// The codes of objects that a plan leaves out because of duplicates.
const (
	CodeDuplicate = "plan/ambiguous"
	CodeExcluded  = "plan/ambiguous-reference"
)

// CodeInactive is the code of warnings about declared users who cannot sign in.
const CodeInactive = "plan/declared-inactive"

// Recent has the objects of a tenant that were removed within the last day, according to the
// journals.
type Recent struct {
	// Removed are the addresses of objects that counted as removed, each once, without a provider.
	Removed []schema.Address
	// Narrowed are other subjects that lost rights, with the share that each kept, from 0 to 1.
	Narrowed map[schema.Address]float64
	// Unknown says why the removals are not known; empty if they are.
	Unknown string
}
