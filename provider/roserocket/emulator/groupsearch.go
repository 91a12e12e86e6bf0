package emulator

import (
	"slices"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// searchGroups filters by the whole name and by ids. Without a limit all are returned; total
// counts them before limit and offset.
func (s *Server) searchGroups(c *call) (any, error) {
	if !c.managesGroups() {
		return nil, forbidden()
	}
	b, err := c.object()
	if err != nil {
		return nil, err
	}
	name, named := emulator.Field[string](b, "name", "name must be a string")
	ids, listed := emulator.Field[[]string](b, "ids", "each value in ids must be a string")
	limit, limited := count(b, "limit")
	offset, _ := count(b, "offset")
	if err := wrong(b); err != nil {
		return nil, err
	}
	found := []any{}
	for _, g := range s.groups.All() {
		if (!named || g.Name == name) && (!listed || slices.Contains(ids, g.ID)) {
			found = append(found, g.show())
		}
	}
	total := len(found)
	found = found[min(offset, total):]
	if limited {
		found = found[:min(limit, len(found))]
	}
	return map[string]any{"total": total, "results": found}, nil
}

// count reads a number that is not negative.
func count(b *emulator.Body, name string) (n int, ok bool) {
	text := name + " must be a positive number"
	n, ok = emulator.Field[int](b, name, text)
	if n < 0 {
		b.Refuse(name, text)
	}
	return n, ok
}
