package emulator

import (
	"slices"
	"strings"
	"time"
)

// A role bounds what a member can do in a team. The id of a default one is its
// name, and it has no times.
type role struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	Default     bool      `json:"default,omitempty"`
	Description string    `json:"description,omitempty"`
	Permissions []string  `json:"permissions"`
	CreatedAt   time.Time `json:"created_at,omitzero"`
	UpdatedAt   time.Time `json:"updated_at,omitzero"`
}

type shownRole struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Type        string   `json:"type"`
	Description *string  `json:"description"`
	Permissions []string `json:"permissions"`
	CreatedAt   *string  `json:"created_at"`
	UpdatedAt   *string  `json:"updated_at"`
	Builder     bool     `json:"builder"`
}

func (s *Server) showRole(r *role) any {
	permissions := r.Permissions
	if r.Default && s.is("team-admin", "list") {
		permissions = s.catalogue().granted(permissions)
	}
	v := shownRole{
		ID: r.ID, Name: r.Name, Type: "custom", Permissions: s.showPermissions(permissions),
		CreatedAt: stamp(r.CreatedAt), UpdatedAt: stamp(r.UpdatedAt), Builder: s.catalogue().builds(r.Permissions),
	}
	if r.Default {
		v.Type = "default"
	}
	if r.Description != "" || s.is("description-empty", "text") {
		v.Description = &r.Description
	}
	return v
}

// showPermissions returns the names in the order that the variant asks for.
func (s *Server) showPermissions(names []string) []string {
	out := append([]string{}, names...)
	switch {
	case s.is("permission-order", "sorted"):
		slices.Sort(out)
	case s.is("permission-order", "reversed"):
		slices.Reverse(out)
	}
	return out
}

// role finds a role by its id, or else the first by its name, or nil.
func (s *Server) role(idOrName string) *role {
	if r := s.roles.Find(idOrName); r != nil {
		return r
	}
	for _, r := range s.roles.All() {
		if r.Name == idOrName {
			return r
		}
	}
	return nil
}

// nameTaken reports whether a new role cannot have the name.
func (s *Server) nameTaken(name string) bool {
	for _, r := range s.roles.All() {
		if s.is("role-names", "exact") && r.Name == name || s.is("role-names", "folded") && strings.EqualFold(r.Name, name) {
			return true
		}
	}
	return false
}

// customRoles counts the roles of the tenant's own.
func (s *Server) customRoles() int {
	n := 0
	for _, r := range s.roles.All() {
		if !r.Default {
			n++
		}
	}
	return n
}

func (s *Server) listRoles(c *call) (reply, error) {
	rows := s.roles.View("all", func() []*role {
		return arranged(s, s.roles.Span(0, s.roles.Len()), func(r *role) string { return r.Name })
	})
	return paged(s, c, "admin/roles", rows, s.showRole)
}

func (s *Server) getRole(c *call) (reply, error) {
	r := s.role(c.r.PathValue("role_id"))
	if r == nil {
		return reply{}, notFound()
	}
	return ok(s.showRole(r)), nil
}
