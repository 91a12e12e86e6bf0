package emulator

import (
	"slices"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// A userField is one field of the bodies of POST /user and POST /user/{id}.
type userField struct {
	name       string
	updateOnly bool
	set        func(s *Server, c *call, u *user)
}

func userFields() []userField {
	return []userField{
		{name: "email", set: setEmail},
		{name: "first_name", set: setText("first_name", func(u *user) *string { return &u.FirstName })},
		{name: "last_name", set: setText("last_name", func(u *user) *string { return &u.LastName })},
		{name: "role", set: setRole},
		{name: "custom_role", set: setCustomRole},
		{name: "accesses", set: setAccesses},
		{name: "business_ids", set: setBusinesses},
		{name: "sidebar_pages", set: setPages},
		{name: "lang", set: setChoice("lang", languages(), func(u *user) *string { return &u.Lang })},
		{name: "status", set: setChoice("status", []string{"active", "invited"}, func(u *user) *string { return &u.Status })},
		{name: "sso_only", set: setSSO},
		{name: "disabled", updateOnly: true, set: setBool("disabled", func(u *user) *bool { return &u.Disabled })},
	}
}

func setText(name string, at func(*user) *string) func(*Server, *call, *user) {
	return func(_ *Server, c *call, u *user) {
		text, ok := emulator.Field[string](c.body, name, "Not a valid string.")
		if !ok {
			c.body.Refuse(name, "Field may not be null.")
			return
		}
		*at(u) = text
	}
}

func setBool(name string, at func(*user) *bool) func(*Server, *call, *user) {
	return func(_ *Server, c *call, u *user) {
		if v, ok := emulator.Field[bool](c.body, name, "Not a valid boolean."); ok {
			*at(u) = v
		} else {
			c.body.Refuse(name, "Field may not be null.")
		}
	}
}

func setChoice(name string, of []string, at func(*user) *string) func(*Server, *call, *user) {
	return func(_ *Server, c *call, u *user) {
		text, ok := emulator.Field[string](c.body, name, "Not a valid string.")
		if !ok || !slices.Contains(of, text) {
			c.body.Refuse(name, "Not a valid choice.")
			return
		}
		*at(u) = text
	}
}

func setEmail(s *Server, c *call, u *user) {
	email, ok := emulator.Field[string](c.body, "email", "Not a valid string.")
	if !ok || !validEmail(email) {
		c.body.Refuse("email", "Not a valid email address.")
		return
	}
	if s.emailTaken(email, s.users.Find(u.ID)) {
		c.body.Refuse("email", "Must be unique.")
		return
	}
	u.Email = email
}

// setRole sets the role. The current role, even PROVIDER, may be sent.
func setRole(_ *Server, c *call, u *user) {
	if c.body.Null("role") && u.ID == "" {
		return // as if it had not been sent
	}
	role, ok := emulator.Field[string](c.body, "role", "Not a valid string.")
	if !ok || role != u.Role && !slices.Contains(assignable(), role) {
		c.body.Refuse("role", "Not a valid choice.")
		return
	}
	u.Role = role
}

func setCustomRole(s *Server, c *call, u *user) {
	if c.body.Null("custom_role") {
		u.CustomRole = ""
		return
	}
	id, ok := emulator.Field[string](c.body, "custom_role", "Not a valid string.")
	if !ok {
		return
	}
	r := s.role(id)
	if r == nil {
		c.body.Refuse("custom_role", "Unknown custom role.")
		return
	}
	if !s.org().HasSwitched && !r.Builtin && s.is("assign-before-switch", "refused") && r.APIID != u.CustomRole {
		c.body.Refuse("custom_role", "Custom roles are not enabled for the organization.")
		return
	}
	u.CustomRole = r.APIID
}

// setAccesses sets the accesses, whose groups must exist.
func setAccesses(s *Server, c *call, u *user) {
	list, ok := emulator.Field[[][]int](c.body, "accesses", "Not a valid list of lists of integers.")
	if !ok {
		c.body.Refuse("accesses", "Field may not be null.")
		return
	}
	for _, access := range list {
		for _, id := range access {
			if s.group(id) == nil {
				c.body.Refuse("accesses", "Unknown group.")
			}
		}
	}
	u.Accesses = list
}

func setBusinesses(s *Server, c *call, u *user) {
	list, ok := emulator.Field[[]string](c.body, "business_ids", "Not a valid list of strings.")
	if !ok {
		c.body.Refuse("business_ids", "Field may not be null.")
		return
	}
	u.BusinessIDs = s.businessList(c.body, "business_ids", s.updated(u.BusinessIDs, list))
}

// setPages sets the legacy sidebar pages; null is all of them.
func setPages(_ *Server, c *call, u *user) {
	list, ok := emulator.Field[[]string](c.body, "sidebar_pages", "Not a valid list of strings.")
	if !ok {
		list = nil
	}
	if !within(list, sidebarPages()) {
		c.body.Refuse("sidebar_pages", "Not a valid choice.")
		return
	}
	u.Sidebar = list
}

func setSSO(s *Server, c *call, u *user) {
	only, ok := emulator.Field[bool](c.body, "sso_only", "Not a valid boolean.")
	if !ok {
		c.body.Refuse("sso_only", "Field may not be null.")
		return
	}
	if only && !s.org().SSO {
		c.body.Refuse("sso_only", "The organization has no single sign-on.")
		return
	}
	u.SSOOnly = only
}
