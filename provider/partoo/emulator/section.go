package emulator

import (
	"strconv"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// A section is a dimension along which businesses are grouped.
type section struct {
	ID        int    `json:"id"`
	Name      string `json:"name"`
	HasPuller bool   `json:"has_puller,omitempty"`
}

type shownSection struct {
	ID        int           `json:"id"`
	Name      string        `json:"name"`
	Groups    []listedGroup `json:"groups"`
	CanEdit   bool          `json:"can_edit"`
	HasPuller bool          `json:"has_puller"`
}

// groupsManaged reports whether the caller may write sections and groups: group managers and
// above.
func (s *Server) groupsManaged(c *call) bool {
	switch c.user.Role {
	case roleProvider, roleOrgAdmin, roleOrgManager, roleGroupManager:
		return true
	}
	return false
}

// showSection shows the section with its groups.
func (s *Server) showSection(c *call, sec *section) shownSection {
	v := shownSection{ID: sec.ID, Name: sec.Name, Groups: []listedGroup{}, HasPuller: sec.HasPuller}
	v.CanEdit = s.groupsManaged(c) && !sec.HasPuller
	for _, id := range s.inside[sec.ID] {
		g := s.group(id)
		v.Groups = append(v.Groups, listedGroup{g.ID, g.Name, g.HasPuller})
	}
	return v
}

func (s *Server) listSections(c *call) (any, error) {
	p, err := s.page(c)
	if err != nil {
		return nil, err
	}
	p.size = 100 // whatever was asked for
	from, to := p.span(s.sections.Len())
	list := make([]shownSection, 0, to-from)
	for _, sec := range s.sections.Span(from, to) {
		list = append(list, s.showSection(c, sec))
	}
	return s.envelope(p, s.sections.Len(), "sections", list), nil
}

// sectionOf returns the section of the path, or nil.
func (s *Server) sectionOf(c *call) *section {
	id, err := strconv.Atoi(c.r.PathValue("section_id"))
	if err != nil {
		return nil
	}
	return s.section(id)
}

func (s *Server) getSection(c *call) (any, error) {
	sec := s.sectionOf(c)
	if sec == nil {
		return nil, notFound()
	}
	return s.showSection(c, sec), nil
}

func (s *Server) createSection(c *call) (any, error) {
	if !s.groupsManaged(c) {
		return nil, forbidden()
	}
	sec := &section{}
	if !c.body.Has("name") {
		c.body.Refuse("name", "Missing data for required field.")
	}
	s.fillSection(c, sec)
	if err := problems(c.body); err != nil {
		return nil, err
	}
	sec.ID = s.store.Next("section")
	s.sections.Put(strconv.Itoa(sec.ID), sec)
	return success("id", sec.ID), nil
}

// updateSection renames a section.
func (s *Server) updateSection(c *call) (any, error) {
	if !s.groupsManaged(c) {
		return nil, forbidden()
	}
	old := s.sectionOf(c)
	if old == nil {
		return nil, notFound()
	}
	if old.HasPuller {
		return nil, forbidden()
	}
	sec := *old
	s.fillSection(c, &sec)
	if err := problems(c.body); err != nil {
		return nil, err
	}
	s.sections.Put(strconv.Itoa(sec.ID), &sec)
	return success("id", sec.ID), nil
}

func (s *Server) fillSection(c *call, sec *section) {
	if !c.body.Has("name") {
		return
	}
	name, ok := labelName(c.body)
	if !ok {
		return
	}
	for _, other := range s.sections.All() {
		if other.Name == name && other.ID != sec.ID {
			c.body.Refuse("name", "Must be unique.")
		}
	}
	sec.Name = name
}

// labelName reads the name of a section or group.
func labelName(b *emulator.Body) (string, bool) {
	name, ok := emulator.Field[string](b, "name", "Not a valid string.")
	switch {
	case !ok:
		b.Refuse("name", "Field may not be null.")
	case strings.TrimSpace(name) == "":
		b.Refuse("name", "Shorter than minimum length 1.")
	case strings.ContainsAny(name, ",;/"):
		b.Refuse("name", "Must not contain , ; or /.")
	default:
		return name, true
	}
	return "", false
}

func (s *Server) deleteSection(c *call) (any, error) {
	if !s.groupsManaged(c) {
		return nil, forbidden()
	}
	sec := s.sectionOf(c)
	if sec == nil {
		return nil, notFound()
	}
	if sec.HasPuller {
		return nil, forbidden()
	}
	if len(s.inside[sec.ID]) > 0 {
		return nil, badRequest("section_id", "The section has groups.")
	}
	s.sections.Delete(strconv.Itoa(sec.ID))
	return success("id", sec.ID), nil
}
