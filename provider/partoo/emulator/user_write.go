package emulator

import (
	"strings"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// createUser creates a user, who becomes an ORG_ADMIN if the body has no role.
func (s *Server) createUser(c *call) (any, error) {
	if !s.administers(c) {
		return nil, forbidden()
	}
	u := &user{Role: roleOrgAdmin, Lang: "en", Status: "active"}
	for _, name := range []string{"email", "first_name", "last_name"} {
		if !c.body.Has(name) {
			c.body.Refuse(name, "Missing data for required field.")
		}
	}
	if err := s.fillUser(c, nil, u); err != nil {
		return nil, err
	}
	invite, _ := emulator.Field[bool](c.body, "send_invitation", "Not a valid boolean.")
	if err := problems(c.body); err != nil {
		return nil, err
	}
	if invite {
		u.Status = "invited"
	}
	u.ID = s.newHexID("user")
	s.users.Put(u.ID, u)
	return success("id", u.ID), nil
}

func (s *Server) updateUser(c *call) (any, error) {
	if !s.administers(c) {
		return nil, forbidden()
	}
	old := s.users.Find(c.r.PathValue("user_id"))
	if old == nil {
		return nil, notFound()
	}
	u := *old
	if err := s.fillUser(c, old, &u); err != nil {
		return nil, err
	}
	if err := problems(c.body); err != nil {
		return nil, err
	}
	s.users.Put(u.ID, &u)
	return success("id", u.ID), nil
}

// deleteUser deletes the user and its keys.
func (s *Server) deleteUser(c *call) (any, error) {
	if !s.administers(c) {
		return nil, forbidden()
	}
	u := s.users.Find(c.r.PathValue("user_id"))
	if u == nil {
		return nil, notFound()
	}
	var keys []string
	for id, k := range s.keys.All() {
		if k.UserID == u.ID {
			keys = append(keys, id)
		}
	}
	for _, id := range keys {
		s.keys.Delete(id)
	}
	s.users.Delete(u.ID)
	return success("id", u.ID), nil
}

// fillUser sets the fields of the body and adapts the custom role. Problems of fields are noted
// in the body; an error refuses the request.
func (s *Server) fillUser(c *call, old, u *user) error {
	for _, f := range userFields() {
		if c.body.Has(f.name) && (old != nil || !f.updateOnly) {
			f.set(s, c, u)
		}
	}
	if err := s.grantable(c, old, u); err != nil {
		return err
	}
	s.adaptRole(c.body, old, u)
	if r := s.role(u.CustomRole); r != nil && (old == nil || old.CustomRole != u.CustomRole) {
		return s.bound(c, r.Permissions)
	}
	return nil
}

// grantable refuses a role that the caller may not assign.
func (s *Server) grantable(c *call, old, u *user) error {
	if old != nil && old.Role == u.Role || c.user.Role == roleProvider {
		return nil
	}
	if u.Role == roleOrgAdmin || u.Role == roleOrgManager {
		return s.bound(c, s.catalogue().names())
	}
	return nil
}

// builtinOf returns the api_id of the built-in role that belongs to a user role, or "".
func (s *Server) builtinOf(userRole string) string {
	if userRole == roleGroupManager || userRole == roleBusinessManager || userRole == roleOrgManager && s.is("org-manager", "builtin") {
		return s.builtinID(userRole)
	}
	return ""
}

// adaptRole gives a manager without a custom role the built-in one. An administrator keeps one
// that is sent, although it has no effect.
func (s *Server) adaptRole(b *emulator.Body, old, u *user) {
	sent := b.Has("custom_role") && !b.Null("custom_role")
	switch u.Role {
	case roleOrgAdmin, rolePublisher, roleProvider:
		if (old == nil || old.Role != u.Role) && !sent {
			u.CustomRole = ""
		}
	case roleGroupManager, roleBusinessManager, roleOrgManager:
		left := old != nil && old.Role != u.Role && old.CustomRole == s.builtinOf(old.Role) && !sent
		unset := u.CustomRole == "" && (old == nil || old.Role != u.Role || b.Null("custom_role"))
		if left || unset {
			u.CustomRole = s.builtinOf(u.Role)
		}
	}
}

// emailTaken reports whether another user has the address, also in another organization.
func (s *Server) emailTaken(email string, by *user) bool {
	if u := s.userByEmail(email); u != nil && (by == nil || u.ID != by.ID) {
		return true
	}
	return s.taken.Find(strings.ToLower(email)) != nil
}

func languages() []string {
	return []string{"fr", "en", "es", "it", "pt-br", "de", "ar", "nl", "pl", "cs", "ca", "sk", "pt", "lv", "ro", "bg", "hu"}
}
