package live

import (
	"context"
	"maps"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// maxNamed is for how many affected users names of opaque values are looked up. A plan lists few more
// one by one.
const maxNamed = 100

// nameAffected looks up the names of opaque values of declared users whose rights a plan with a scope
// changes although it does not compare them, such as the stores of a user who has a changed role.
func (s *planner) nameAffected(ctx context.Context, p *plan.Plan) error {
	r, ok := s.Client.(provider.Resolver)
	if !ok || s.Scope.Whole() || len(p.Affected) == 0 {
		return nil
	}
	affected := map[schema.Address]bool{}
	for i := range p.Affected[:min(len(p.Affected), maxNamed)] {
		affected[p.Affected[i].Subject] = true
	}
	var others []schema.Object
	found := false
	for i := range s.Tenant.Objects {
		o := &s.Tenant.Objects[i]
		if other := affected[o.Addr] && !s.Scope.Compares(o.Addr); other || o.Kind.Virtual {
			found = found || other
			others = append(others, o.Clone()) // they stay as the files have them
		}
	}
	if !found {
		return nil
	}
	res, err := r.Resolve(ctx, others)
	if err != nil {
		return err
	}
	names := map[string]string{}
	maps.Copy(names, res.Labels)
	maps.Copy(names, p.DisplayNames)
	p.DisplayNames = names
	return nil
}
