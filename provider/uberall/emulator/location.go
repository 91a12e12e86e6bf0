package emulator

import (
	"cmp"
	"slices"
)

// A Location is a store. Its identifier is unique in its business only.
type Location struct {
	ID         int    `json:"id"`
	Identifier string `json:"identifier,omitempty"`
	Name       string `json:"name"`
	Business   int    `json:"businessId"`
	Status     string `json:"status"`
}

func (s *Server) showLocation(l *Location) map[string]any {
	return map[string]any{
		"id": l.ID, "identifier": l.Identifier, "name": l.Name, "status": l.Status,
		"businessId": l.Business, "businessName": s.business(l.Business).Name,
	}
}

// visibleLocations are those that the caller manages, in the order of their ids.
func (s *Server) visibleLocations(c *call) []*Location {
	if c.user.administers() {
		return s.locations.View("all", func() []*Location {
			rows := s.locations.Span(0, s.locations.Len())
			slices.SortFunc(rows, func(a, b *Location) int { return cmp.Compare(a.ID, b.ID) })
			return rows
		})
	}
	var rows []*Location
	for _, id := range s.places(c.user) {
		rows = append(rows, s.location(id))
	}
	return rows
}

// listLocations shows locations, at most 50 at once where no fieldMask chooses their fields.
func (s *Server) listLocations(c *call) (reply, error) {
	most := s.maxPage()
	if !c.query.Has("fieldMask") {
		most = min(most, 50)
	}
	return list(c, "locations", s.visibleLocations(c), 50, most, func(l *Location) any { return s.showLocation(l) })
}
