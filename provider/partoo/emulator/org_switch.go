package emulator

import (
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

func (s *Server) getSwitch(c *call) (any, error) {
	o := s.org()
	return map[string]any{
		"org_id":       o.ID,
		"has_switched": o.HasSwitched,
		"can_switch":   o.CanSwitch && !o.HasSwitched,
	}, nil
}

// setSwitch turns custom roles on or off. Turning them on rewrites both built-in
// roles to mirror the business fields, also where it has been done before.
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
	if on {
		s.mirrorFields()
	}
	return success("org_id", o.ID), nil
}

// mirrorFields gives both built-in roles the permissions that the business fields
// stand for. What is no permission to edit a business stays as it was.
func (s *Server) mirrorFields() {
	edit := s.fieldPermissions()
	for _, name := range []string{roleBusinessManager, roleGroupManager} {
		r := *s.role(s.builtinID(name))
		kept := slices.DeleteFunc(slices.Clone(r.Permissions), func(p string) bool {
			return strings.HasPrefix(p, "business_edit")
		})
		r.Permissions = append(slices.Clone(edit), kept...)
		s.putOwn(&r)
	}
}
