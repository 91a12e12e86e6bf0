package emulator

import "github.com/rolecall-dev/rolecall/provider/emulator"

func (s *Server) createRole(c *call) (any, error) {
	if !s.administers(c) {
		return nil, forbidden()
	}
	if c.user.Role == roleProvider && c.r.PathValue("org_id") == "" && c.query.Get("org_id") == "" {
		c.body.Refuse("org_id", "Missing data for required field.")
	}
	r := &role{}
	for _, name := range []string{"name", "api_id", "permissions"} {
		if !c.body.Has(name) {
			c.body.Refuse(name, "Missing data for required field.")
		}
	}
	s.fillRole(c, r)
	if err := problems(c.body); err != nil {
		return nil, err
	}
	if err := s.bound(c, r.Permissions); err != nil {
		return nil, err
	}
	s.putOwn(r)
	return success("api_id", r.APIID), nil
}

// updateRole changes a role. The first change of a built-in role makes the
// organization's own copy of it.
func (s *Server) updateRole(c *call) (any, error) {
	if !s.administers(c) {
		return nil, forbidden()
	}
	old := s.role(c.r.PathValue("api_id"))
	if old == nil {
		return nil, notFound()
	}
	r := *old
	if err := s.frozen(c.body, old); err != nil {
		return nil, err
	}
	s.fillRole(c, &r)
	if err := problems(c.body); err != nil {
		return nil, err
	}
	if err := s.bound(c, r.Permissions); err != nil {
		return nil, err
	}
	s.putOwn(&r)
	return success("api_id", r.APIID), nil
}

// frozen refuses to change what is fixed on a built-in role.
func (s *Server) frozen(b *emulator.Body, old *role) error {
	for _, name := range []string{"name", "api_id", "description"} {
		if old.Builtin && b.Has(name) {
			b.Refuse(name, "Cannot be modified on a built-in role.")
		}
	}
	return problems(b)
}

// deleteRole deletes a custom role without users.
func (s *Server) deleteRole(c *call) (any, error) {
	if !s.administers(c) {
		return nil, forbidden()
	}
	r := s.role(c.r.PathValue("api_id"))
	if r == nil {
		return nil, notFound()
	}
	if r.Builtin {
		return nil, forbidden()
	}
	if s.anyUser(func(u *user) bool { return u.CustomRole == r.APIID }) {
		return nil, badRequest("api_id", "The role is assigned to users.")
	}
	s.roles.Delete(r.Row)
	return success("api_id", r.APIID), nil
}
