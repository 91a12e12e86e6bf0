package emulator

import (
	_ "embed"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rolecall-dev/rolecall/provider/emulator"
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
		ID: r.ID, Name: r.Name, Type: "custom", Permissions: append([]string{}, permissions...),
		CreatedAt: stamp(r.CreatedAt), UpdatedAt: stamp(r.UpdatedAt), Builder: s.catalogue().builds(r.Permissions),
	}
	if r.Default {
		v.Type = "default"
	}
	if r.Description != "" {
		v.Description = &r.Description
	}
	return v
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
	return paged(s, c, "admin/roles", s.roles.Span(0, s.roles.Len()), s.showRole)
}

func (s *Server) getRole(c *call) (reply, error) {
	r := s.role(c.r.PathValue("role_id"))
	if r == nil {
		return reply{}, notFound()
	}
	return ok(s.showRole(r)), nil
}

// maxRoles is how many custom roles a tenant can have.
const maxRoles = 25

func (s *Server) createRole(c *call) (reply, error) {
	r := role{Permissions: []string{}, CreatedAt: s.o.Clock(), UpdatedAt: s.o.Clock()}
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
	}
	return nil, refused(http.StatusUnprocessableEntity, "", "A default role cannot be changed")
}

func (s *Server) fillRole(b *emulator.Body, r *role) {
	if b.Null("description") {
		r.Description = ""
	} else if value, sent := emulator.Field[string](b, "description", "is not a string"); sent {
		r.Description = value
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

// A Catalogue is which permissions and default roles there are.
type Catalogue struct {
	Permissions       []string      `json:"permissions"`
	Builder           []string      `json:"builder"` // those that let somebody edit stories
	View              []string      `json:"view"`    // those that only let somebody see
	TenantPermissions []string      `json:"tenant_permissions"`
	DefaultRoles      []DefaultRole `json:"default_roles"`
}

// A DefaultRole is a role that every tenant has; its id is its name.
type DefaultRole struct {
	ID          string   `json:"id"`
	Description string   `json:"description,omitempty"`
	Permissions []string `json:"permissions"`
}

// allowAll stands for every permission.
const allowAll = "ALLOW_ALL"

// teamAdmin and viewer are default roles that mean something to the rules.
const (
	teamAdmin = "TEAM_ADMIN"
	viewer    = "VIEWER"
)

//go:embed catalogue.json
var catalogueFile []byte

// defaultCatalogue is the catalogue where a seed has none: what the documentation
// confirms, and samples of the emulator's own.
func defaultCatalogue() *Catalogue {
	var c Catalogue
	if err := json.Unmarshal(catalogueFile, &c); err != nil {
		panic("tines emulator: catalogue.json: " + err.Error())
	}
	return &c
}

// granted lists what a set of permissions lets somebody do.
func (c *Catalogue) granted(permissions []string) []string {
	if slices.Contains(permissions, allowAll) {
		return c.Permissions
	}
	var out []string
	for _, name := range permissions {
		if slices.Contains(c.Permissions, name) {
			out = append(out, name)
		}
	}
	return out
}

// builds reports whether the permissions let somebody edit stories.
func (c *Catalogue) builds(permissions []string) bool {
	return slices.ContainsFunc(c.granted(permissions), func(name string) bool {
		return slices.Contains(c.Builder, name)
	})
}

// chosen reads a field of names out of those that exist.
func (s *Server) chosen(b *emulator.Body, field string, from []string) (names []string, sent bool) {
	given, sent := emulator.Field[[]string](b, field, "is not a list of strings")
	if !sent {
		return nil, false
	}
	names = []string{}
	for _, name := range given {
		switch {
		case slices.Contains(names, name):
		case slices.Contains(from, name), s.is("unknown-permission", "keep"):
			names = append(names, name)
		case s.is("unknown-permission", "refuse"):
			b.Refuse(field, "has no value "+name)
		}
	}
	return names, true
}
