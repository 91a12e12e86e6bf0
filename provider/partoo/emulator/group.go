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

// groupOf finds the group of the path, which must be in the section of the path.
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
		"id": g.ID, "name": g.Name, "has_puller": g.HasPuller, "business_ids": arrange(s, g.BusinessIDs),
	}
}

// createGroup makes a group. The trap is that without business__in it gets all
// businesses of the organization.
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
	s.fillGroup(c, g, true)
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
	s.fillGroup(c, &g, s.is("group-update-omitted", "all"))
	if err := problems(c.body); err != nil {
		return nil, err
	}
	s.groups.Put(strconv.Itoa(g.ID), &g)
	return success("id", g.ID), nil
}

// fillGroup takes over what the body holds; all says that no business__in means
// every business.
func (s *Server) fillGroup(c *call, g *group, all bool) {
	s.known(c.body, "name", "business__in", "org_id")
	if c.body.Has("name") {
		if name, ok := labelName(c.body); ok {
			s.uniqueGroup(c.body, g, name)
			g.Name = name
		}
	}
	list, sent := emulator.Field[[]string](c.body, "business__in", "Not a valid list of strings.")
	switch {
	case sent:
		if s.is("group-businesses", "merge") {
			list = append(slices.Clone(g.BusinessIDs), list...)
		}
		g.BusinessIDs = s.businessList(c.body, "business__in", list)
	case all:
		g.BusinessIDs = make([]string, 0, s.businesses.Len())
		for id := range s.businesses.All() {
			g.BusinessIDs = append(g.BusinessIDs, id)
		}
	}
}

func (s *Server) uniqueGroup(b *emulator.Body, g *group, name string) {
	for _, other := range s.groups.All() {
		if other.Name == name && other.ID != g.ID && (other.SectionID == g.SectionID || s.is("group-name", "org")) {
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
	if err := s.removable(g); err != nil {
		return nil, err
	}
	s.removeGroup(g)
	return success("id", g.ID), nil
}

// removable refuses to delete a group that an import feeds, or that accesses name.
func (s *Server) removable(g *group) error {
	if g.HasPuller || s.is("delete-used-group", "refuse") && len(s.accessing(g.ID)) > 0 {
		return forbidden()
	}
	return nil
}

// accessing are the users that have an access with the group.
func (s *Server) accessing(id int) []*user {
	var list []*user
	for _, u := range s.users.All() {
		if slices.ContainsFunc(u.Accesses, func(a []int) bool { return slices.Contains(a, id) }) {
			list = append(list, u)
		}
	}
	return list
}

// removeGroup deletes the group. Where it is dropped from accesses, [1,2] becomes
// [1], which is wider, and [1] goes away.
func (s *Server) removeGroup(g *group) {
	if s.is("delete-used-group", "drop") {
		for _, old := range s.accessing(g.ID) {
			u := *old
			u.Accesses = nil
			for _, access := range old.Accesses {
				rest := without(access, g.ID)
				if len(rest) > 0 || len(access) == 0 {
					u.Accesses = append(u.Accesses, rest)
				}
			}
			s.users.Put(u.ID, &u)
		}
	}
	s.groups.Delete(strconv.Itoa(g.ID))
}
