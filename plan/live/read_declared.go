package live

import (
	"context"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// readDeclared reads the objects of a kind without a list that the files mention, one by one.
func (s *planner) readDeclared(ctx context.Context, kind *schema.Kind) ([]schema.Object, error) {
	select {
	case <-s.resolved:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	found, err := s.read(ctx, s.declaredKeys(kind))
	if err != nil {
		return nil, err
	}
	out := make([]schema.Object, 0, len(found))
	for _, o := range found {
		if o != nil {
			out = append(out, *o)
		}
	}
	s.tell(Progress{Kind: kind, Seen: len(out), Done: true})
	return out, nil
}

// declaredKeys lists the objects that the files declare, also under previous keys, or remove. Each
// has only a key. Those that the plan does not compare are left out, unless a changed object may
// affect them.
func (s *planner) declaredKeys(kind *schema.Kind) []schema.Object {
	whole := s.Scope.Whole() || !s.NoImpact && s.Scope.Reaches(kind)
	var out []schema.Object
	seen := map[string]bool{}
	ask := func(key string) {
		body := keyed(kind, key)
		if body == nil {
			return
		}
		o := schema.Object{Kind: kind, Addr: schema.Address{Provider: s.Tenant.Name, Kind: kind.Name}, Body: body, Set: kind.Having(schema.Key)}
		if o.Rekey(); !seen[o.Addr.Key] {
			seen[o.Addr.Key] = true
			out = append(out, o)
		}
	}
	for i := range s.Tenant.Objects {
		o := &s.Tenant.Objects[i]
		if o.Kind != kind || !whole && !s.Scope.Compares(o.Addr) {
			continue
		}
		ask(o.Addr.Key)
		for _, earlier := range o.Previously {
			ask(kind.EarlierKey(o.Addr.Key, earlier))
		}
	}
	for _, r := range s.Tenant.Removed {
		a := schema.Address{Provider: s.Tenant.Name, Kind: kind.Name, Key: r.Key}
		if r.Kind == kind.Name && (whole || s.Scope.Compares(a)) {
			ask(r.Key)
		}
	}
	return out
}

// keyed returns a body with the attributes of the key, or nil for a key with another number of
// parts, which no object has.
func keyed(kind *schema.Kind, key string) any {
	rows := kind.Keys()
	parts, ok := schema.SplitKey(key, len(rows))
	if !ok {
		return nil
	}
	body := kind.New()
	for i, row := range rows {
		row.SetAny(body, parts[i])
	}
	return body
}
