package emulator

import (
	"slices"
	"strings"
)

// A Business is what people call an account. It holds locations.
type Business struct {
	ID         int    `json:"id"`
	Identifier string `json:"identifier,omitempty"`
	Name       string `json:"name"`
	Status     string `json:"status"`
}

func (s *Server) showBusiness(b *Business) map[string]any {
	return map[string]any{"id": b.ID, "identifier": b.Identifier, "name": b.Name, "status": b.Status}
}

// seesBusiness reports whether the caller manages the business, or a location in it.
func (s *Server) seesBusiness(c *call, b *Business) bool {
	return c.user.administers() || slices.Contains(c.user.Businesses, b.ID) ||
		slices.ContainsFunc(s.places(c.user), func(id int) bool { return s.location(id).Business == b.ID })
}

// listBusinesses shows those that the caller sees, in the order of their names.
func (s *Server) listBusinesses(c *call) (reply, error) {
	var rows []*Business
	for _, b := range s.businesses.All() {
		if s.seesBusiness(c, b) {
			rows = append(rows, b)
		}
	}
	slices.SortStableFunc(rows, func(a, b *Business) int { return strings.Compare(a.Name, b.Name) })
	return list(c, "businesses", rows, 10, s.maxPage(), func(b *Business) any { return s.showBusiness(b) })
}
