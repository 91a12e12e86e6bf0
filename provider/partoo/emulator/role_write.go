package emulator

import "github.com/rolecall-dev/rolecall/provider/emulator"

// createRole makes a role of the organization.
func (s *Server) createRole(c *call) (any, error) {
	if !s.administers(c) {
		return nil, forbidden()
	}
	if err := s.ready(); err != nil {
		return nil, err
	}
	if s.orgMissing(c) {
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
	if err := s.ready(); err != nil {
		return nil, err
	}
	old := s.role(c.r.PathValue("api_id"))
	if old == nil {
		return nil, notFound()
	}
	r := *old
	if err := s.whole(c.body, old); err != nil {
		return nil, err
	}
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
	if r.APIID != old.APIID {
		if err := s.moveHolders(old.APIID, r.APIID); err != nil {
			return nil, err
		}
	}
	s.putOwn(&r)
	return success("api_id", r.APIID), nil
}

// orgMissing reports whether a PROVIDER leaves open for which organization a role
// is to be made.
func (s *Server) orgMissing(c *call) bool {
	if c.user.Role != roleProvider || c.r.PathValue("org_id") != "" {
		return false
	}
	if s.is("role-org", "body") {
		return !c.body.Has("org_id")
	}
	return c.query.Get("org_id") == ""
}

// whole refuses an update that leaves out what a full one needs.
func (s *Server) whole(b *emulator.Body, old *role) error {
	if s.is("role-update-body", "patch") {
		return nil
	}
	needed := []string{"name", "api_id", "permissions"}
	if old.Builtin {
		needed = needed[2:]
	}
	for _, name := range needed {
		if !b.Has(name) {
			b.Refuse(name, "Missing data for required field.")
		}
	}
	return problems(b)
}

// frozen refuses a change of what is fixed on a built-in role.
func (s *Server) frozen(b *emulator.Body, old *role) error {
	if !old.Builtin {
		return nil
	}
	now := map[string]string{"name": old.Name, "api_id": old.APIID, "description": ""}
	if old.Description != nil {
		now["description"] = *old.Description
	}
	for _, name := range []string{"name", "api_id", "description"} {
		if !b.Has(name) {
			continue
		}
		value, _ := emulator.Field[string](b, name, "Not a valid string.")
		switch {
		case s.is("builtin-fields", "forbid"):
			return forbidden()
		case s.is("builtin-fields", "refuse"), s.is("builtin-fields", "refuse-changed") && value != now[name]:
			b.Refuse(name, "Cannot be modified on a built-in role.")
		}
	}
	return problems(b)
}

// moveHolders deals with the users of a role whose api_id changes.
func (s *Server) moveHolders(from, to string) error {
	holders := s.holders(from)
	if len(holders) > 0 && s.is("rename-held-role", "refuse") {
		return badRequest("api_id", "The role is assigned to users.")
	}
	if !s.is("rename-held-role", "follow") {
		return nil
	}
	for _, u := range holders {
		moved := *u
		moved.CustomRole = to
		s.users.Put(moved.ID, &moved)
	}
	return nil
}

// deleteRole removes a role; a built-in one never.
func (s *Server) deleteRole(c *call) (any, error) {
	if !s.administers(c) {
		return nil, forbidden()
	}
	if err := s.ready(); err != nil {
		return nil, err
	}
	r := s.role(c.r.PathValue("api_id"))
	if r == nil {
		return nil, notFound()
	}
	if r.Builtin {
		return nil, forbidden()
	}
	holders := s.holders(r.APIID)
	if len(holders) > 0 && s.is("delete-held-role", "refuse") {
		return nil, badRequest("api_id", "The role is assigned to users.")
	}
	if s.is("delete-held-role", "fallback") {
		for _, u := range holders {
			fallen := *u
			fallen.CustomRole = s.builtinOf(u.Role)
			s.users.Put(fallen.ID, &fallen)
		}
	}
	s.roles.Delete(r.Row)
	return success("api_id", r.APIID), nil
}

// duplicateRole copies a role. The documentation names a path parameter
// custom_role_api_id but its path has none, so body and query are both read.
func (s *Server) duplicateRole(c *call) (any, error) {
	if !s.administers(c) {
		return nil, forbidden()
	}
	id := c.query.Get("custom_role_api_id")
	if text, ok := emulator.Field[string](c.body, "custom_role_api_id", "Not a valid string."); ok {
		id = text
	}
	if id == "" {
		return nil, badRequest("custom_role_api_id", "Missing data for required field.")
	}
	old := s.role(id)
	if old == nil {
		return nil, notFound()
	}
	r := *old
	r.Row, r.OrgID, r.Builtin = "", nil, false
	r.Name, r.APIID = old.Name+" - 2", old.APIID+"_2"
	if s.role(r.APIID) != nil {
		return nil, badRequest("api_id", "A role with this api_id already exists.")
	}
	s.putOwn(&r)
	return r.listed(), nil
}
