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

// remember keeps the keys of declared objects that have no list.
func (c *scenario) remember(tenant *schema.Tenant) {
	for i := range tenant.Objects {
		o := &tenant.Objects[i]
		if !o.Kind.NoList {
			continue
		}
		if c.spoken == nil {
			c.spoken = map[schema.Address]schema.Object{}
		}
		key := schema.Object{Kind: o.Kind, Addr: o.Addr, Body: o.Clone().Body, Set: o.Kind.Having(schema.Key)}
		c.spoken[o.Addr] = key
	}
}

// every yields the objects of a kind. Of a kind without a list they are those that
// the story has spoken of so far.
func (c *scenario) every(ctx context.Context, client provider.Client, k *schema.Kind) iter.Seq2[schema.Object, error] {
	if !k.NoList {
		return client.List(ctx, k)
	}
	return func(yield func(schema.Object, error) bool) {
		for _, a := range slices.SortedFunc(maps.Keys(c.spoken), schema.Address.Compare) {
			if a.Kind != k.Name {
				continue
			}
			o, err := client.Read(ctx, c.spoken[a])
			if errors.Is(err, provider.ErrNotFound) {
				continue
			}
			if !yield(o, err) {
				return
			}
		}
	}
}
