package emulator

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// maxRoles is how many custom roles a tenant can have.
const maxRoles = 25

func (s *Server) createRole(c *call) (reply, error) {
	r := role{Permissions: []string{}, CreatedAt: s.o.Clock(), UpdatedAt: s.o.Clock()}
	s.known(c.body, "name", "description", "permissions")
	name, _ := words(c.body, "name", true)
	r.Name = name
	if s.is("role-name", "upper") {
		r.Name = strings.ToUpper(strings.Join(strings.Fields(name), "_"))
	}
	if !c.body.Has("permissions") {
		c.body.Refuse("permissions", "is missing")
	}
	s.fillRole(c.body, &r)
	if name != "" && s.nameTaken(r.Name) {
		c.body.Refuse("name", "has already been taken")
	}
	if s.customRoles() >= maxRoles {
		c.body.Refuse("", "A tenant can have "+strconv.Itoa(maxRoles)+" custom roles")
	}
	if err := s.problems(c.body); err != nil {
		return reply{}, err
	}
	r.ID = strconv.Itoa(s.store.Next("role"))
	s.roles.Put(r.ID, &r)
	s.auditRole(c, "Creation", &r)
	return s.created(s.showRole(&r)), nil
}

// updateRole changes description and permissions; permissions are replaced.
func (s *Server) updateRole(c *call) (reply, error) {
	old, err := s.ownRole(c)
	if err != nil {
		return reply{}, err
	}
	r := *old
	s.known(c.body, "description", "permissions")
	s.fillRole(c.body, &r)
	if err := s.problems(c.body); err != nil {
		return reply{}, err
	}
	r.UpdatedAt = s.o.Clock()
	s.roles.Put(r.ID, &r)
	s.auditRole(c, "Update", &r)
	return ok(s.showRole(&r)), nil
}

// ownRole is the role of the path, unless it is a default one.
func (s *Server) ownRole(c *call) (*role, error) {
	r := s.role(c.r.PathValue("role_id"))
	switch {
	case r == nil:
		return nil, notFound()
	case !r.Default:
		return r, nil
	case s.is("default-role-write", "403"):
		return nil, refused(http.StatusForbidden, "", "A default role cannot be changed")
	case s.is("default-role-write", "404"):
		return nil, notFound()
	}
	return nil, refused(http.StatusUnprocessableEntity, "", "A default role cannot be changed")
}

func (s *Server) fillRole(b *emulator.Body, r *role) {
	switch {
	case !b.Null("description"):
		if value, sent := emulator.Field[string](b, "description", "is not a string"); sent {
			r.Description = value
		}
	case s.is("description-null", "clear"):
		r.Description = ""
	case s.is("description-null", "refuse"):
		b.Refuse("description", "can't be null")
	}
	if b.Null("permissions") {
		b.Refuse("permissions", "can't be null")
	}
	cat := s.catalogue()
	from := cat.Permissions
	if s.is("allow-all", "keep") {
		from = append(slices.Clone(from), allowAll)
	}
	names, sent := s.chosen(b, "permissions", from)
	if !sent {
		return
	}
	if given, _ := emulator.Field[[]string](b, "permissions", ""); s.is("allow-all", "refuse") && slices.Contains(given, allowAll) {
		b.Refuse("permissions", "cannot hold "+allowAll)
	}
	if len(names) == 0 && s.is("empty-permissions", "refuse") {
		b.Refuse("permissions", "can't be blank")
	}
	if s.is("view-default", "added") {
		for _, name := range cat.View {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	r.Permissions = names
}

// deleteRole removes a custom role. What happens where somebody holds it is open.
func (s *Server) deleteRole(c *call) (reply, error) {
	r, err := s.ownRole(c)
	if err != nil {
		return reply{}, err
	}
	held := s.holders(r.ID)
	if s.is("delete-held-role", "refuse") && (len(held) > 0 || s.mapping().names(r.Name)) {
		return reply{}, s.invalid("", "The role is in use")
	}
	if s.is("delete-held-role", "fallback") {
		for _, m := range held {
			fallen := *m
			fallen.Role = viewer
			s.putMembership(&fallen)
		}
	}
	s.roles.Delete(r.ID)
	s.auditRole(c, "Deletion", r)
	return reply{http.StatusNoContent, nil}, nil
}

// holders are the memberships with the role, those of team keys included.
func (s *Server) holders(id string) []*membership {
	var held []*membership
	for _, m := range s.memberships.All() {
		if m.Role == id {
			held = append(held, m)
		}
	}
	return held
}

// auditRole logs a change of a role under one of the names that could be.
func (s *Server) auditRole(c *call, what string, r *role) {
	name := "CustomRole" + what
	switch {
	case s.is("audit-roles", "absent"):
		return
	case s.is("audit-roles", "role"):
		name = map[string]string{"Creation": "RoleCreated", "Update": "RoleUpdated", "Deletion": "RoleDeleted"}[what]
	}
	s.audit(c, name, inputs{"roleId": r.ID, "name": r.Name, "description": r.Description, "permissions": r.Permissions})
}
