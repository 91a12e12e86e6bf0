package emulator

// administers reports whether the caller may read or write permissions. Admin
// may; a Manager has no organization settings.
func (s *Server) administers(c *call, write bool) bool {
	switch c.user.Role {
	case roleSuperAdmin, roleAdmin:
		return true
	case roleManager:
		return s.is("manager", "writes") || !write && s.is("manager", "reads")
	}
	return false
}

// managesGroups reports whether the caller has the documented right on user
// groups: viewer to read, editor to write. Where it lives is not documented.
func (s *Server) managesGroups(c *call, write bool) bool {
	if s.is("group-right", "role") {
		switch c.user.Role {
		case roleSuperAdmin, roleAdmin, roleManager:
			return true
		}
		return false
	}
	best := s.best(s.shown(c.user.Role), "userGroup")
	return best == edits || !write && best == reads
}

// best is the widest right that the role has on a field of the object.
func (s *Server) best(role, object string) right {
	most := hide
	if p := s.permissions.Find(at(role, object)); p != nil {
		d := p.parse()
		for _, row := range d.fields {
			most = max(most, s.under(s.wordOf(d), object, row))
		}
	}
	return most
}
