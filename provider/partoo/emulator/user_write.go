package emulator

import (
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// createUser makes a user. The trap is that one without role becomes ORG_ADMIN.
func (s *Server) createUser(c *call) (any, error) {
	if !s.managesUsers(c) {
		return nil, forbidden()
	}
	u := &user{Role: roleOrgAdmin, Lang: "en", Status: "active", Type: "user"}
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
	u.CreatedAt = s.o.Clock().Unix()
	if invite {
		u.Status = "invited"
		if !u.SSOOnly {
			u.InvitedAt = u.CreatedAt
		}
	}
	u.ID = s.newHexID("user")
	s.users.Put(u.ID, u)
	return success("id", u.ID), nil
}

// lastAdmin refuses to let the last active administrator go, where the variant
// says so; now is what becomes of the user, nil where it is deleted.
func (s *Server) lastAdmin(old, now *user) error {
	active := func(u *user) bool { return u != nil && u.Role == roleOrgAdmin && !u.Disabled && u.Status == "active" }
	if s.is("last-admin", "allow") || !active(old) || active(now) {
		return nil
	}
	for id, u := range s.users.All() {
		if id != old.ID && active(u) {
			return nil
		}
	}
	return forbidden()
}

// updateUser changes what is sent and nothing else.
func (s *Server) updateUser(c *call) (any, error) {
	if !s.managesUsers(c) {
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
	if err := s.lastAdmin(old, &u); err != nil {
		return nil, err
	}
	s.users.Put(u.ID, &u)
	return success("id", u.ID), nil
}

// deleteUser removes the user and its keys.
func (s *Server) deleteUser(c *call) (any, error) {
	if !s.managesUsers(c) {
		return nil, forbidden()
	}
	u := s.users.Find(c.r.PathValue("user_id"))
	if u == nil {
		return nil, notFound()
	}
	if err := s.lastAdmin(u, nil); err != nil {
		return nil, err
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

// invitePause is how long an invitation cannot be sent again.
const invitePause = 5 * 60

// inviteUser sends an invited user its invitation again.
func (s *Server) inviteUser(c *call) (any, error) {
	if !s.managesUsers(c) {
		return nil, forbidden()
	}
	old := s.users.Find(c.r.PathValue("user_id"))
	if old == nil {
		return nil, notFound()
	}
	now := s.o.Clock().Unix()
	if old.Status != "invited" {
		return nil, badRequest("status", "The user has already accepted the invitation.")
	}
	if old.InvitedAt != 0 && now-old.InvitedAt < invitePause {
		return nil, badRequest("user_id", "An invitation was sent less than 5 minutes ago.")
	}
	u := *old
	u.InvitedAt = now
	s.users.Put(u.ID, &u)
	return map[string]string{"status": "success"}, nil
}

// managesUsers reports whether the caller may write users. Documented is that
// administrators may; what the other roles may is not, and here they may not.
func (s *Server) managesUsers(c *call) bool { return s.administers(c) }

// fillUser takes the fields of the body over and settles what follows from them.
// What is wrong with a field is noted on the body; an error is a refusal of the
// whole.
func (s *Server) fillUser(c *call, old, u *user) error {
	fields := userFields()
	names := []string{"org_id", "send_invitation", "phone", "keywords", "permissions", "provider"}
	for _, f := range fields {
		names = append(names, f.name)
		if c.body.Has(f.name) && (old != nil || !f.updateOnly) {
			f.set(s, c, u)
		}
	}
	s.known(c.body, names...)
	if err := s.grantable(c, old, u); err != nil {
		return err
	}
	s.settleScope(c.body, old, u)
	s.settleRole(c.body, old, u)
	if r := s.role(u.CustomRole); r != nil && (old == nil || old.CustomRole != u.CustomRole) {
		return s.bound(c, r.Permissions)
	}
	return nil
}

// grantable refuses a role that the caller may not give.
func (s *Server) grantable(c *call, old, u *user) error {
	if old != nil && old.Role == u.Role || c.user.Role == roleProvider {
		return nil
	}
	above := u.Role == roleOrgAdmin || u.Role == roleOrgManager
	if above && s.is("grant-admin", "refuse") {
		return forbidden()
	}
	if above {
		return s.bound(c, s.catalogue().names())
	}
	return nil
}

// settleScope keeps accesses with a GROUP_MANAGER and business ids with a
// BUSINESS_MANAGER.
func (s *Server) settleScope(b *emulator.Body, old, u *user) {
	keep := old != nil && s.is("role-change", "keep")
	if u.Role != roleGroupManager && len(u.Accesses) > 0 {
		if b.Has("accesses") && s.is("scope-mismatch", "refuse") {
			b.Refuse("accesses", "Only for GROUP_MANAGER.")
		}
		u.Accesses = nil
		if keep {
			u.Accesses = old.Accesses
		}
	}
	if u.Role != roleBusinessManager && len(u.BusinessIDs) > 0 {
		if b.Has("business_ids") && s.is("scope-mismatch", "refuse") {
			b.Refuse("business_ids", "Only for BUSINESS_MANAGER.")
		}
		u.BusinessIDs = nil
		if keep {
			u.BusinessIDs = old.BusinessIDs
		}
	}
}

// builtinOf is the api_id of the built-in role that goes with a user role, or "".
func (s *Server) builtinOf(userRole string) string {
	if userRole == roleGroupManager || userRole == roleBusinessManager || userRole == roleOrgManager && s.is("org-manager", "builtin") {
		return s.builtinID(userRole)
	}
	return ""
}

// settleRole sees to it that a custom role goes with the user's role: a manager
// without one has the matching built-in, an administrator has none.
func (s *Server) settleRole(b *emulator.Body, old, u *user) {
	sent := b.Has("custom_role") && !b.Null("custom_role")
	switch u.Role {
	case roleOrgAdmin, rolePublisher, roleProvider:
		if sent && s.is("admin-custom-role", "refuse") {
			b.Refuse("custom_role", "Not for "+u.Role+".")
		}
		became := old == nil || old.Role != u.Role
		if !s.is("admin-custom-role", "keep") || became && !sent {
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

// emailTaken reports whether somebody other than by has the address, be it in
// another organization.
func (s *Server) emailTaken(email string, by *user) bool {
	if u := s.userByEmail(email); u != nil && (by == nil || u.ID != by.ID) {
		return true
	}
	return s.is("email-scope", "partoo") && s.taken.Find(strings.ToLower(email)) != nil
}

// sidebarPages are the legacy pages of the application.
func sidebarPages() []string {
	return []string{"bulk_modification", "diffusion", "feedback_management", "messages", "posts",
		"presence_analytics", "review_analytics", "review_invite", "review_management"}
}

func languages() []string {
	return []string{"fr", "en", "es", "it", "pt-br", "de", "ar", "nl", "pl", "cs", "ca", "sk", "pt", "lv", "ro", "bg", "hu"}
}

func within(list, of []string) bool {
	for _, w := range list {
		if !slices.Contains(of, w) {
			return false
		}
	}
	return true
}
