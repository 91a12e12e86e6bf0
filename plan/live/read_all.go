package live

import (
	"context"
	"fmt"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// listOthers lists the kinds that no file mentions, with Input.All, and completes the objects that
// have or give rights. It returns by kind why objects could not be read.
func (s *planner) listOthers(ctx context.Context) (map[string]error, error) {
	if !s.All {
		return nil, nil
	}
	unlisted := map[string]error{}
	for _, k := range s.Tenant.Product.Kinds {
		if _, listed := s.live[k.Name]; k.Virtual || k.NoList && !listed {
			continue
		} else if !listed {
			if err := s.list(ctx, []string{k.Name}); err != nil {
				unlisted[k.Name] = err
			}
		}
		if err := s.notListed(k.Name); err != nil {
			unlisted[k.Name] = err
		}
		if err := s.completeRights(ctx, k); err != nil {
			unlisted[k.Name] = err
		}
		if err := ctx.Err(); err != nil {
			return nil, context.Cause(ctx)
		}
	}
	return unlisted, nil
}

// notListed returns why not all objects of a kind were listed although the list ended without an error.
func (s *planner) notListed(kind string) error {
	for _, note := range s.Client.Identity().Notes {
		if note.Addr.Kind == kind {
			return fmt.Errorf("%s: %s", note.Summary, note.Detail)
		}
	}
	return nil
}

// completeRights reads the incomplete objects of a kind that have or give rights.
func (s *planner) completeRights(ctx context.Context, k *schema.Kind) error {
	if !k.Subject && k.Having(schema.CarriesRights) == 0 {
		return nil
	}
	var thin []schema.Object
	for _, o := range s.live[k.Name] {
		if o.Incomplete {
			thin = append(thin, o)
		}
	}
	return s.complete(ctx, thin)
}
