package tines

import (
	"context"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Check holds a plan against what only the live tenant knows: which permissions
// there are, which names are taken, how many roles there may be, what goes with a
// team, and whether the key's own user is in the way.
func (c *client) Check(ctx context.Context, v provider.View) ([]schema.Finding, error) {
	k := &checking{client: c, View: v}
	if err := k.roleRules(ctx); err != nil {
		return nil, err
	}
	if err := k.held(ctx); err != nil {
		return nil, err
	}
	if err := k.teamRules(ctx); err != nil {
		return nil, err
	}
	if err := k.userRules(ctx); err != nil {
		return nil, err
	}
	k.add(k.checkMembers(v)...)
	rows, err := k.checkMapping(ctx, v)
	k.add(rows...)
	return k.findings, err
}

// A checking is one plan under examination.
type checking struct {
	*client
	provider.View
	findings []schema.Finding
}

func (k *checking) add(f ...schema.Finding) { k.findings = append(k.findings, f...) }

// changes yields the planned writes of a kind, in order.
func (k *checking) changes(kind *schema.Kind) func(func(*provider.Request) bool) {
	return func(yield func(*provider.Request) bool) {
		for i := range k.Changes {
			if r := &k.Changes[i]; r.Addr.Kind == kind.Name && !yield(r) {
				return
			}
		}
	}
}

// problem starts an error about a planned write, at its block where there is one.
func problem(r *provider.Request, code, attribute, summary, detail string) schema.Finding {
	o := r.Want
	if o == nil {
		o = r.Have
	}
	f := o.Problem(code, attribute, summary, detail)
	f.Addr = r.Addr
	return f
}
