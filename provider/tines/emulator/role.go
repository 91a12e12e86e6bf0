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

// A role is what a member can do in a team. A default role has its name as the id, and no times.
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
}

func (s *Server) showRole(r *role) any {
	permissions := r.Permissions
	if r.Default && s.is("team-admin", "list") {
		permissions = s.catalogue().granted(permissions)
	}
	v := shownRole{
		ID: r.ID, Name: r.Name, Type: "custom", Permissions: append([]string{}, permissions...),
		CreatedAt: stamp(r.CreatedAt), UpdatedAt: stamp(r.UpdatedAt),
	}
	if r.Default {
		v.Type = "default"
	}
	if r.Description != "" {
		v.Description = &r.Description
	}
	return v
}

// role returns the role with the id, else the first one with the name, else nil.
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

// customRoles counts the custom roles.
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
	return paged(c, "admin/roles", s.roles.Span(0, s.roles.Len()), s.showRole)
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
	if s.customRoles() >= maxRoles {
		c.body.Refuse("", "A tenant can have "+strconv.Itoa(maxRoles)+" custom roles")
	}
	if err := problems(c.body); err != nil {
		return reply{}, err
	}
	r.ID = strconv.Itoa(s.store.Next("role"))
	s.roles.Put(r.ID, &r)
	s.auditRole(c, "Creation", &r)
	return created(s.showRole(&r)), nil
}

// updateRole changes the description and replaces the permissions.
func (s *Server) updateRole(c *call) (reply, error) {
	old, err := s.ownRole(c)
	if err != nil {
		return reply{}, err
	}
	r := *old
	s.fillRole(c.body, &r)
	if err := problems(c.body); err != nil {
		return reply{}, err
	}
	r.UpdatedAt = s.o.Clock()
	s.roles.Put(r.ID, &r)
	s.auditRole(c, "Update", &r)
	return ok(s.showRole(&r)), nil
}

// ownRole returns the role of the path, unless it is a default one.
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
	names, sent := chosen(b, "permissions", s.catalogue().Permissions)
	if !sent {
		return
	}
	if given, _ := emulator.Field[[]string](b, "permissions", ""); slices.Contains(given, allowAll) {
		b.Refuse("permissions", "cannot hold "+allowAll)
	}
	r.Permissions = names
}

// deleteRole deletes a custom role that no member has. What Tines does if a member has it is not
// documented; here it is refused.
func (s *Server) deleteRole(c *call) (reply, error) {
	r, err := s.ownRole(c)
	if err != nil {
		return reply{}, err
	}
	if s.held(r.ID) || s.mapping().names(r.Name) {
		return reply{}, invalid("", "The role is in use")
	}
	s.roles.Delete(r.ID)
	s.auditRole(c, "Deletion", r)
	return reply{http.StatusNoContent, nil}, nil
}

// held reports whether a member has the role, or the service account of a team key.
func (s *Server) held(id string) bool {
	for _, m := range s.memberships.All() {
		if m.Role == id {
			return true
		}
	}
	return false
}

// auditRole logs a change of a role. The names of the operations are not documented.
func (s *Server) auditRole(c *call, what string, r *role) {
	s.audit(c, "CustomRole"+what, inputs{"roleId": r.ID, "name": r.Name, "description": r.Description, "permissions": r.Permissions})
}

// A Catalogue lists the permissions and default roles that exist.
type Catalogue struct {
	Permissions       []string      `json:"permissions"`
	TenantPermissions []string      `json:"tenant_permissions"`
	DefaultRoles      []DefaultRole `json:"default_roles"`

	Builder []string `json:"builder,omitempty"` // no effect, as View
	View    []string `json:"view,omitempty"`
}

// A DefaultRole is a role that every tenant has. Its id is its name.
type DefaultRole struct {
	ID          string   `json:"id"`
	Description string   `json:"description,omitempty"`
	Permissions []string `json:"permissions"`
}

// allowAll means every permission.
const allowAll = "ALLOW_ALL"

// The default roles that the rules name.
const (
	teamAdmin = "TEAM_ADMIN"
	viewer    = "VIEWER"
)

//go:embed catalogue.json
var catalogueFile []byte

// defaultCatalogue returns the catalogue for a seed without one: what the documentation confirms,
// and samples of the emulator's own.
func defaultCatalogue() *Catalogue {
	var c Catalogue
	if err := json.Unmarshal(catalogueFile, &c); err != nil {
		panic("tines emulator: catalogue.json: " + err.Error())
	}
	return &c
}

// granted returns the existing permissions of a list; ALLOW_ALL means all.
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

// chosen reads a list of names and silently drops those that do not exist. What Tines does with
// them is not documented.
func chosen(b *emulator.Body, field string, from []string) (names []string, sent bool) {
	given, sent := emulator.Field[[]string](b, field, "is not a list of strings")
	if !sent {
		return nil, false
	}
	names = []string{}
	for _, name := range given {
		switch {
		case slices.Contains(names, name):
		case slices.Contains(from, name):
			names = append(names, name)
		}
	}
	return names, true
}
