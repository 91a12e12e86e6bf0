package live

import (
	"context"
	"fmt"
	"maps"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Observe reads all objects of the tenant, complete, with readable names of places and the names of the
// permissions that exist, without a plan. Kinds without a list have the objects that the files declare.
// It resolves the declared objects in place. What could not be read is in Survey.Unlisted, or an error
// if files declare it.
func Observe(ctx context.Context, in Input) (*Survey, error) {
	in.All = true
	s := newPlanner(in)
	labels, _, err := s.listDeclared(ctx) // plan shows the findings
	if err != nil {
		return nil, err
	}
	unlisted, err := s.listOthers(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.completePlaces(ctx); err != nil {
		return nil, err
	}
	out := &Survey{Live: make(map[string][]schema.Object, len(s.live)), Unlisted: unlisted}
	if err := s.readNames(ctx, out, labels); err != nil {
		return nil, err
	}
	for kind, list := range s.live {
		out.Live[kind] = schema.Normal(list)
	}
	if err := ctx.Err(); err != nil { // lists may be incomplete
		return nil, context.Cause(ctx)
	}
	return out, nil
}

// readNames reads the names of places, besides those that are known, and of permissions.
func (s *planner) readNames(ctx context.Context, out *Survey, labels map[string]string) error {
	out.Labels = map[string]string{}
	maps.Copy(out.Labels, labels)
	if l, ok := s.Client.(provider.Labeler); ok {
		all, err := l.Labels(ctx)
		if err != nil {
			return fmt.Errorf("read the names of places: %w", err)
		}
		maps.Copy(out.Labels, all)
	}
	if l, ok := s.Client.(provider.PermissionLister); ok {
		list, err := l.Permissions(ctx, s.compared)
		if err != nil {
			return fmt.Errorf("list permissions: %w", err)
		}
		for _, p := range list.List {
			out.Permissions = append(out.Permissions, p.Name)
		}
	}
	return nil
}

// completePlaces reads the incomplete objects that have places.
func (s *planner) completePlaces(ctx context.Context) error {
	var thin []schema.Object
	for _, k := range s.Tenant.Product.Kinds {
		for _, o := range s.live[k.Name] {
			if k.Places != "" && o.Incomplete {
				thin = append(thin, o)
			}
		}
	}
	return s.complete(ctx, thin)
}
