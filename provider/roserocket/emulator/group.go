package emulator

import (
	"slices"
	"time"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// A group is a user group: users with whom boards are shared. It has no rights.
type group struct {
	ID          string       `json:"id"`
	Name        string       `json:"name"`
	Type        string       `json:"type"` // local, or the type of a directory
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

// groupOf returns the group in the path if the caller may read it, or with write change it.
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

// object parses the body as a JSON object.
func (c *call) object() (*emulator.Body, error) {
	b, err := emulator.ParseBody(c.body)
	if err != nil {
		return nil, badRequest("the body must be an object")
	}
	return b, nil
}

// wrong returns a refusal with all problems of a body, or nil if it has none.
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

// A membership is a user in a group.
type membership struct {
	ID      string `json:"id"`
	AddedAt string `json:"addedAt"`
	AddedBy string `json:"addedBy"`
}

// listMembers answers with the members under the key that the variant says. The documented
// schema has two keys.
func (s *Server) listMembers(c *call) (any, error) {
	g, err := s.groupOf(c, false)
	if err != nil {
		return nil, err
	}
	if s.is("members-key", "userIds") {
		ids := []string{}
		for _, m := range g.Members {
			ids = append(ids, m.ID)
		}
		return map[string]any{"userIds": ids}, nil
	}
	return map[string]any{"members": append([]membership{}, g.Members...)}, nil
}

// changeMembers adds and removes users. A user in both lists is removed.
func (s *Server) changeMembers(c *call) (any, error) {
	old, err := s.groupOf(c, true)
	if err != nil {
		return nil, err
	}
	b, err := c.object()
	if err != nil {
		return nil, err
	}
	add, _ := emulator.Field[[]string](b, "add", "each value in add must be a string")
	remove, _ := emulator.Field[[]string](b, "remove", "each value in remove must be a string")
	if err := wrong(b); err != nil {
		return nil, err
	}
	add = slices.Clone(add)
	if !s.is("unknown-member", "store") {
		for _, id := range add {
			if s.users.Find(id) == nil && s.is("unknown-member", "refuse") {
				return nil, notFound()
			}
		}
		add = slices.DeleteFunc(add, func(id string) bool { return s.users.Find(id) == nil })
	}
	g := *old
	added, removed := g.change(add, remove, func(id string) membership {
		return membership{ID: id, AddedAt: s.o.Clock().UTC().Format(time.RFC3339), AddedBy: c.user.ID}
	})
	if added+removed > 0 {
		s.groups.Put(g.ID, &g)
	}
	return map[string]any{"added": added, "removed": removed}, nil
}

// change replaces the list of members, and counts the added and the removed ones.
func (g *group) change(add, remove []string, join func(id string) membership) (added, removed int) {
	is, gone := map[string]bool{}, map[string]bool{}
	for _, id := range remove {
		gone[id] = true
	}
	members := []membership{}
	for _, m := range g.Members {
		is[m.ID] = true
		if gone[m.ID] {
			removed++
			continue
		}
		members = append(members, m)
	}
	for _, id := range add {
		if !is[id] && !gone[id] {
			is[id] = true
			added++
			members = append(members, join(id))
		}
	}
	g.Members = members
	return added, removed
}

// searchGroups filters by the whole name and by ids. Without a limit it returns all groups
// found. total is their number before limit and offset apply.
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

// count reads a number, which must not be negative.
func count(b *emulator.Body, name string) (n int, ok bool) {
	text := name + " must be a positive number"
	n, ok = emulator.Field[int](b, name, text)
	if n < 0 {
		b.Refuse(name, text)
	}
	return n, ok
}
