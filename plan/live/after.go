package live

import (
	"context"
	"maps"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// readRights reads the whole tenant, of which after has the kinds that the plan listed, as they would be after it:
// it lists the other kinds, and reads what is incomplete. It leaves alone what the plan was computed from.
func (s *planner) readRights(ctx context.Context, out *Survey, after map[string][]schema.Object, labels map[string]string) error {
	rest := *s
	rest.All, rest.live = true, maps.Clone(s.live)
	for kind, list := range rest.live {
		if slices.ContainsFunc(list, func(o schema.Object) bool { return o.Incomplete }) {
			rest.live[kind] = slices.Clone(list) // complete objects take the places of incomplete ones
		}
	}
	unlisted, err := rest.listOthers(ctx)
	if err != nil {
		return err
	}
	if err := rest.completePlaces(ctx); err != nil {
		return err
	}
	out.Now, out.After, out.PartlyRead = map[string][]schema.Object{}, map[string][]schema.Object{}, unlisted
	for kind, list := range rest.live {
		out.Now[kind] = schema.Normal(list)
		if changed, ok := after[kind]; ok {
			out.After[kind] = schema.Normal(takeComplete(changed, list))
		} else {
			out.After[kind] = out.Now[kind]
		}
	}
	return rest.readNames(ctx, out, labels)
}

// takeComplete returns the objects after the plan, of which those that were incomplete and were read meanwhile are
// replaced. A plan reads the objects that it changes.
func takeComplete(after, read []schema.Object) []schema.Object {
	if !slices.ContainsFunc(after, func(o schema.Object) bool { return o.Incomplete }) {
		return after
	}
	whole := map[string]*schema.Object{}
	for i := range read {
		if o := &read[i]; o.ID != "" && !o.Incomplete {
			whole[o.ID] = o
		}
	}
	out := slices.Clone(after)
	for i := range out {
		if w := whole[out[i].ID]; out[i].Incomplete && w != nil {
			addr := out[i].Addr // planning may change keys
			out[i] = *w
			out[i].Addr = addr
		}
	}
	return out
}
