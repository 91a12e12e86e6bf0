package emulator

import (
	"slices"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// An org is the one organization.
type org struct {
	ID          int    `json:"org_id"`
	Name        string `json:"name"`
	HasSwitched bool   `json:"has_switched"`
	CanSwitch   bool   `json:"can_switch"`
	SSO         bool   `json:"sso"`
}

// getOrg shows the organization.
func (s *Server) getOrg(*call) (any, error) {
	return map[string]any{"org_id": s.org().ID, "name": s.org().Name}, nil
}

// getSwitch returns whether custom roles are switched on.
func (s *Server) getSwitch(*call) (any, error) {
	o := s.org()
	return map[string]any{"org_id": o.ID, "has_switched": o.HasSwitched, "can_switch": o.CanSwitch && !o.HasSwitched}, nil
}

// setSwitch switches to custom roles or back. Switching to them rewrites the built-in roles, also
// if that was done before.
func (s *Server) setSwitch(c *call) (any, error) {
	if !s.administers(c) || !s.org().CanSwitch {
		return nil, forbidden()
	}
	on, ok := emulator.Field[bool](c.body, "switch_to_custom_roles", "Not a valid boolean.")
	if !ok {
		c.body.Refuse("switch_to_custom_roles", "Missing data for required field.")
		return nil, problems(c.body)
	}
	o := *s.org()
	o.HasSwitched = on
	s.orgs.Put("org", &o)
	if on && s.is("switch-builtins", "rewritten") {
		for _, userRole := range []string{roleBusinessManager, roleGroupManager} {
			r := *s.role(s.builtinID(userRole))
			r.Permissions = s.mirrored(r.Permissions)
			s.putOwn(&r)
		}
	}
	return success("org_id", o.ID), nil
}

// rightsOf returns what a user may do where the user may act: what the role permits, and before
// the switch what the legacy permissions do.
func (s *Server) rightsOf(u *user) []string {
	if s.org().HasSwitched || u.Role == roleOrgAdmin || u.Role == rolePublisher || u.Role == roleProvider {
		return s.permissionsOf(u)
	}
	may := s.catalogue().names()
	if r := s.role(s.builtinOf(u.Role)); r != nil && u.Role != roleOrgManager {
		may = s.mirrored(r.Permissions)
	}
	if u.Sidebar == nil {
		return may
	}
	known := s.catalogue().permissions()
	return slices.DeleteFunc(slices.Clone(may), func(p string) bool {
		page := pageOf(known[p])
		return page != "" && !slices.Contains(u.Sidebar, page)
	})
}
