package rights

import (
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Privileges knows which grants are privileged in a tenant.
type Privileges struct {
	patterns []schema.Privilege
	admits   map[string][]schema.Privilege // by right: the patterns that may match it
}

// NewPrivileges returns the privileges of a tenant: those of its provider block, or else of its product.
func NewPrivileges(t *schema.Tenant) *Privileges {
	return &Privileges{patterns: t.Privileges(), admits: map[string][]schema.Privilege{}}
}

// Has reports whether the grant is privileged.
func (p *Privileges) Has(g *schema.Grant) bool {
	return g.Unlimited() || slices.ContainsFunc(p.of(g.Right), func(x schema.Privilege) bool { return x.Matches(g) })
}

// Gained reports whether a grant that a subject gains is privileged. A pattern for a place or a role
// without a particular right does not match if the subject had another right there before.
func (p *Privileges) Gained(g *schema.Grant, had []schema.Grant) bool {
	return g.Unlimited() || slices.ContainsFunc(p.of(g.Right), func(x schema.Privilege) bool {
		return x.Matches(g) && !(x.AnyRight() && slices.ContainsFunc(had, func(h schema.Grant) bool { return h.Scope == g.Scope && x.Matches(&h) }))
	})
}

// of returns the patterns that may match grants of a right.
func (p *Privileges) of(right string) []schema.Privilege {
	admits, ok := p.admits[right]
	if !ok {
		for _, x := range p.patterns {
			if x.MatchesRight(right) {
				admits = append(admits, x)
			}
		}
		p.admits[right] = admits
	}
	return admits
}
