package emulator

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// A Group is a location group: it gives its users its locations.
type Group struct {
	ID        int    `json:"id"`
	Name      string `json:"name"`
	Locations []int  `json:"locations,omitempty"`
	Users     []int  `json:"users,omitempty"`
}

// showGroup is a guess: the description types a location group as an object without
// properties.
func (s *Server) showGroup(g *Group) map[string]any {
	return map[string]any{
		"id": g.ID, "name": g.Name, "status": "ACTIVE",
		"locations": refs(s, g.Locations, func(id int) any { return s.showLocation(s.location(id)) }),
		"users":     refs(s, g.Users, func(id int) any { return map[string]any{"id": id} }),
	}
}

func (s *Server) oneGroup(g *Group) (reply, error) {
	if s.is("group-answer", "bare") {
		return reply{response: s.showGroup(g)}, nil
	}
	return single("locationGroup", s.showGroup(g))
}

// groupsOnly refuses a private key, and callers who do not manage location groups.
func (s *Server) groupsOnly(c *call) error {
	switch {
	case !c.token:
		return s.badCredential("BAD_ACCESS_TOKEN")
	case !c.user.administers() || !c.has("LOCATION_GROUP"):
		return forbidden("The caller may not manage location groups.")
	}
	return nil
}

// listGroups shows the groups whose name has the query in it, in the order of their ids.
func (s *Server) listGroups(c *call) (reply, error) {
	if err := s.groupsOnly(c); err != nil {
		return reply{}, err
	}
	query := strings.ToLower(c.query.Get("query"))
	var rows []*Group
	for _, g := range s.groups.All() {
		if strings.Contains(strings.ToLower(g.Name), query) {
			rows = append(rows, g)
		}
	}
	slices.SortFunc(rows, func(a, b *Group) int { return cmp.Compare(a.ID, b.ID) })
	return list(c, "locationGroups", rows, 100, min(s.maxPage(), 100), func(g *Group) any { return s.showGroup(g) })
}

// groupAt is the group of the path.
func (s *Server) groupAt(c *call) (*Group, error) {
	if err := s.groupsOnly(c); err != nil {
		return nil, err
	}
	if g := s.group(number(c.r.PathValue("id"))); g != nil {
		return g, nil
	}
	return nil, notFound("There is no such location group.")
}

func (s *Server) getGroup(c *call) (reply, error) {
	g, err := s.groupAt(c)
	if err != nil {
		return reply{}, err
	}
	return s.oneGroup(g)
}

func (s *Server) createGroup(c *call) (reply, error) {
	if err := s.groupsOnly(c); err != nil {
		return reply{}, err
	}
	g := &Group{}
	if err := s.fillGroup(c, g); err != nil {
		return reply{}, err
	}
	g.ID = s.store.Next("location_group")
	s.putGroup(g)
	return s.oneGroup(g)
}

// updateGroup changes what is sent and nothing else.
func (s *Server) updateGroup(c *call) (reply, error) {
	old, err := s.groupAt(c)
	if err != nil {
		return reply{}, err
	}
	g := *old
	if err := s.fillGroup(c, &g); err != nil {
		return reply{}, err
	}
	s.putGroup(&g)
	return s.oneGroup(&g)
}

func (s *Server) deleteGroup(c *call) (reply, error) {
	g, err := s.groupAt(c)
	if err != nil {
		return reply{}, err
	}
	s.groups.Delete(strconv.Itoa(g.ID))
	return single("success", true)
}

// fillGroup copies the fields of the body. Names need not be unique.
func (s *Server) fillGroup(c *call, g *Group) error {
	status := "ACTIVE"
	fillText(c.body, "name", &g.Name)
	fillText(c.body, "status", &status, status)
	fillSet(s, c.body, "locations", &g.Locations, func(id int) bool { return s.location(id) != nil })
	fillSet(s, c.body, "users", &g.Users, func(id int) bool { u := s.user(id); return u != nil && u.Status != deleted })
	if g.Name == "" {
		c.body.Refuse("name", "is missing")
	}
	return problems(c.body)
}
