package emulator

import (
	"slices"
	"strconv"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// A group is a label on businesses, inside a section.
type group struct {
	ID          int      `json:"id"`
	SectionID   int      `json:"section_id"`
	Name        string   `json:"name"`
	HasPuller   bool     `json:"has_puller,omitempty"`
	BusinessIDs []string `json:"business_ids"`
}

// listedGroup is a group as its section shows it.
type listedGroup struct {
	ID        int    `json:"id"`
	Name      string `json:"name"`
	HasPuller bool   `json:"has_puller"`
}

// groupOf returns the group of the path, which must be in the section of the path, or nil.
func (s *Server) groupOf(c *call) *group {
	sec := s.sectionOf(c)
	id, err := strconv.Atoi(c.r.PathValue("group_id"))
	if sec == nil || err != nil {
		return nil
	}
	if g := s.group(id); g != nil && g.SectionID == sec.ID {
		return g
	}
	return nil
}

func (s *Server) getGroup(c *call) (any, error) {
	g := s.groupOf(c)
	if g == nil {
		return nil, notFound()
	}
	return s.showGroup(g), nil
}

func (s *Server) showGroup(g *group) any {
	return map[string]any{
		"id": g.ID, "name": g.Name, "has_puller": g.HasPuller, "business_ids": g.BusinessIDs,
	}
}

func (s *Server) createGroup(c *call) (any, error) {
	if !s.groupsManaged(c) {
		return nil, forbidden()
	}
	sec := s.sectionOf(c)
	if sec == nil {
		return nil, notFound()
	}
	g := &group{SectionID: sec.ID, BusinessIDs: []string{}}
	if !c.body.Has("name") {
		c.body.Refuse("name", "Missing data for required field.")
	}
	s.fillGroup(c, g)
	if err := problems(c.body); err != nil {
		return nil, err
	}
	g.ID = s.store.Next("group")
	s.groups.Put(strconv.Itoa(g.ID), g)
	return success("id", g.ID), nil
}

func (s *Server) updateGroup(c *call) (any, error) {
	if !s.groupsManaged(c) {
		return nil, forbidden()
	}
	old := s.groupOf(c)
	if old == nil {
		return nil, notFound()
	}
	if old.HasPuller {
		return nil, forbidden()
	}
	g := *old
	s.fillGroup(c, &g)
	if err := problems(c.body); err != nil {
		return nil, err
	}
	s.groups.Put(strconv.Itoa(g.ID), &g)
	return success("id", g.ID), nil
}

// fillGroup sets the fields of the body. Without business__in the group gets every business of
// the organization.
func (s *Server) fillGroup(c *call, g *group) {
	if c.body.Has("name") {
		if name, ok := labelName(c.body); ok {
			s.uniqueGroup(c.body, g, name)
			g.Name = name
		}
	}
	if list, sent := emulator.Field[[]string](c.body, "business__in", "Not a valid list of strings."); sent {
		g.BusinessIDs = s.businessList(c.body, "business__in", s.updated(g.BusinessIDs, list))
		return
	}
	g.BusinessIDs = make([]string, 0, s.businesses.Len())
	for id := range s.businesses.All() {
		g.BusinessIDs = append(g.BusinessIDs, id)
	}
}

func (s *Server) uniqueGroup(b *emulator.Body, g *group, name string) {
	for _, other := range s.groups.All() {
		if other.Name == name && other.ID != g.ID && other.SectionID == g.SectionID {
			b.Refuse("name", "Must be unique.")
		}
	}
}

func (s *Server) deleteGroup(c *call) (any, error) {
	if !s.groupsManaged(c) {
		return nil, forbidden()
	}
	g := s.groupOf(c)
	if g == nil {
		return nil, notFound()
	}
	used := func(u *user) bool {
		return slices.ContainsFunc(u.Accesses, func(a []int) bool { return slices.Contains(a, g.ID) })
	}
	if g.HasPuller || s.is("delete-used-group", "refuse") && s.anyUser(used) {
		return nil, forbidden()
	}
	s.groups.Delete(strconv.Itoa(g.ID))
	return success("id", g.ID), nil
}

// anyUser reports whether is returns true for a user.
func (s *Server) anyUser(is func(*user) bool) bool {
	for _, u := range s.users.All() {
		if is(u) {
			return true
		}
	}
	return false
}
