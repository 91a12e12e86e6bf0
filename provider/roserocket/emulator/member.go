package emulator

import (
	"slices"
	"time"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// A membership is a user in a group.
type membership struct {
	ID      string `json:"id"`
	AddedAt string `json:"addedAt"`
	AddedBy string `json:"addedBy"`
}

// listMembers answers under one of the two keys that one schema has.
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

// changeMembers adds and removes users. Who is in both lists is removed.
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

// change makes a new list of members and counts the difference.
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
