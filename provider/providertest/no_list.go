package providertest

import (
	"context"
	"errors"
	"iter"
	"maps"
	"slices"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// rememberDeclared records the keys of declared objects of kinds without a list.
func (c *scenarioRun) rememberDeclared(tenant *schema.Tenant) {
	for i := range tenant.Objects {
		o := &tenant.Objects[i]
		if !o.Kind.NoList {
			continue
		}
		if c.declared == nil {
			c.declared = map[schema.Address]schema.Object{}
		}
		key := schema.Object{Kind: o.Kind, Addr: o.Addr, Body: o.Clone().Body, Set: o.Kind.Having(schema.Key)}
		c.declared[o.Addr] = key
	}
}

// listAll yields the objects of a kind: those of a kind without a list that a step has
// declared so far.
func (c *scenarioRun) listAll(ctx context.Context, client provider.Client, k *schema.Kind) iter.Seq2[schema.Object, error] {
	if !k.NoList {
		return client.List(ctx, k)
	}
	return func(yield func(schema.Object, error) bool) {
		for _, a := range slices.SortedFunc(maps.Keys(c.declared), schema.Address.Compare) {
			if a.Kind != k.Name {
				continue
			}
			o, err := client.Read(ctx, c.declared[a])
			if errors.Is(err, provider.ErrNotFound) {
				continue
			}
			if !yield(o, err) {
				return
			}
		}
	}
}
