package uberall

import (
	"context"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Declare writes the locations of users and groups by identifier, alone or with the account. A location
// whose identifier means others too, or that has none, keeps its id: names of locations change.
func (c *client) Declare(ctx context.Context, live []schema.Object) ([]schema.Object, error) {
	if !slices.ContainsFunc(live, func(o schema.Object) bool { ids, _ := o.Any("locations").([]string); return len(ids) > 0 }) {
		return live, nil
	}
	businesses, err := c.businesses(ctx)
	if err != nil {
		return nil, err
	}
	n := placeNames{byID: accountsByID(businesses)}
	if n.all, err = c.locations(ctx); err != nil {
		return nil, err
	}
	texts := map[string]string{}
	for id, text := range n.distinct() {
		texts[locationID(id)] = text
	}
	out := slices.Clone(live)
	for i := range out {
		ids, _ := out[i].Any("locations").([]string)
		if len(ids) == 0 {
			continue
		}
		named := slices.Clone(ids)
		for j, id := range ids {
			if text := texts[id]; text != "" {
				named[j] = text
			}
		}
		out[i] = out[i].Clone()
		out[i].Kind.Attributes[out[i].Kind.Index("locations")].SetAny(out[i].Body, named)
	}
	return out, nil
}
