package emulator

import (
	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// A group is a user group: people with whom boards are shared. It has no rights.
type group struct {
	ID          string       `json:"id"`
	Name        string       `json:"name"`
	Type        string       `json:"type"` // local, or a directory's
	Description string       `json:"description,omitempty"`
	Members     []membership `json:"members,omitempty"`
}

const local = "local"

func (g *group) show() any {
	shown := map[string]any{"id": g.ID, "name": g.Name, "type": g.Type}
	if g.Description != "" {
		shown["description"] = g.Description
	}
	return shown
}

// groupOf finds the group of the path, for a caller who may.
func (s *Server) groupOf(c *call, write bool) (*group, error) {
	if !c.managesGroups() {
		return nil, forbidden()
	}
	g := s.groups.Find(c.r.PathValue("group"))
	if g == nil {
		return nil, notFound()
	}
	if write && g.Type != local {
		return nil, forbidden()
	}
	return g, nil
}

func (s *Server) listGroups(c *call) (any, error) {
	if !c.managesGroups() {
		return nil, forbidden()
	}
	list := []any{}
	for _, g := range s.groups.All() {
		list = append(list, g.show())
	}
	return list, nil
}

func (s *Server) createGroup(c *call) (any, error) {
	if !c.managesGroups() {
		return nil, forbidden()
	}
	b, err := c.object()
	if err != nil {
		return nil, err
	}
	name, _ := emulator.Field[string](b, "name", "name must be a string")
	text, _ := emulator.Field[string](b, "description", "description must be a string")
	if name == "" {
		b.Refuse("name", "name should not be empty")
	}
	if err := wrong(b); err != nil {
		return nil, err
	}
	if s.byName[s.groupName(name)] != "" {
		return nil, conflict("A user group with this name exists already.")
	}
	g := &group{ID: s.newUUID("userGroup"), Name: name, Type: local, Description: text}
	s.groups.Put(g.ID, g)
	return g.show(), nil
}

// object reads the body as a JSON object.
func (c *call) object() (*emulator.Body, error) {
	b, err := emulator.ParseBody(c.body)
	if err != nil {
		return nil, badRequest("the body must be an object")
	}
	return b, nil
}

// wrong refuses all that was found wrong with a body, or is nil.
func wrong(b *emulator.Body) error {
	if len(b.Problems) == 0 {
		return nil
	}
	texts := make([]string, len(b.Problems))
	for i, p := range b.Problems {
		texts[i] = p.Text
	}
	return badRequest(texts...)
}
