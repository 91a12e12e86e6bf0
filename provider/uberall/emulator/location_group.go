package emulator

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// A group is a location group: it gives its users its locations.
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

// groupsOnly refuses a private key, and whoever does not manage location groups.
func (s *Server) groupsOnly(c *call) error {
	switch {
	case !c.token:
		return s.badCredential("BAD_ACCESS_TOKEN")
	case !c.user.administers() || !c.has("LOCATION_GROUP"):
		return forbidden("The caller may not manage location groups.")
	}
	return nil
}

// listGroups shows the groups whose name has the query in it. A fieldMask turns pages off.
func (s *Server) listGroups(c *call) (reply, error) {
	if err := s.groupsOnly(c); err != nil {
		return reply{}, err
	}
	query, hide := strings.ToLower(c.query.Get("query")), c.query.Get("hideLocations") == "true"
	ids, chosen := c.numbers("locationGroupIds")
	var rows []*Group
	for _, g := range s.groups.All() {
		if strings.Contains(strings.ToLower(g.Name), query) && (!chosen || slices.Contains(ids, g.ID)) {
			rows = append(rows, g)
		}
	}
	slices.SortFunc(rows, func(a, b *Group) int {
		if c.query.Get("sort") == "NAME" {
			return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
		}
		return cmp.Compare(a.ID, b.ID)
	})
	if c.query.Get("order") == "DESC" {
		slices.Reverse(rows)
	}
	usual, most := 100, min(s.maxPage(), 100)
	if c.query.Has("fieldMask") {
		usual, most = len(rows), len(rows)
		c.query.Del("max")
		c.query.Del("offset")
	}
	return list(c, "locationGroups", rows, usual, most, func(g *Group) any {
		v := s.showGroup(g)
		if hide {
			delete(v, "locations")
		}
		return v
	})
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
	if _, err := s.fillGroup(c, g); err != nil {
		return reply{}, err
	}
	g.ID = s.store.Next("location_group")
	s.putGroup(g)
	return s.oneGroup(g)
}

// updateGroup changes what is sent. The status DELETED deletes the group.
func (s *Server) updateGroup(c *call) (reply, error) {
	old, err := s.groupAt(c)
	if err != nil {
		return reply{}, err
	}
	g := *old
	status, err := s.fillGroup(c, &g)
	if err != nil {
		return reply{}, err
	}
	if status == deleted {
		return s.deleteGroup(c)
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

// fillGroup takes the fields of the body over. Names need not be unique.
func (s *Server) fillGroup(c *call, g *Group) (status string, err error) {
	status = "ACTIVE"
	fillText(c.body, "name", &g.Name)
	fillText(c.body, "status", &status, "ACTIVE", deleted)
	fillSet(s, c.body, "locations", &g.Locations, func(id int) bool { return s.location(id) != nil })
	fillSet(s, c.body, "users", &g.Users, func(id int) bool { u := s.user(id); return u != nil && u.Status != deleted })
	if g.Name == "" {
		c.body.Refuse("name", "is missing")
	}
	return status, problems(c.body)
}
