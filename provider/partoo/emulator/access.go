package emulator

// An Access is what one user can see and do.
type Access struct {
	Businesses  []string // ids, in the order of the organization
	Permissions []string // none where there is no business to use them on
}

// accesses tells what every user can see and do, by address. Who is disabled can
// nothing.
func (s *Server) accesses() map[string]Access {
	out := make(map[string]Access, s.users.Len())
	for _, u := range s.users.All() {
		var a Access
		if !u.Disabled {
			reads := s.reader(u)
			for id, b := range s.businesses.All() {
				if reads(b) {
					a.Businesses = append(a.Businesses, id)
				}
			}
			if len(a.Businesses) > 0 {
				a.Permissions = s.permissionsOf(u)
			}
		}
		out[u.Email] = a
	}
	return out
}

// reader tells which businesses a user can read: an administrator all, a
// GROUP_MANAGER those of any of its accesses, a BUSINESS_MANAGER those it is given.
// A PUBLISHER reads all here: presence subscriptions are not emulated.
func (s *Server) reader(u *user) func(*business) bool {
	switch u.Role {
	case roleGroupManager:
		return s.inAccesses(u.Accesses)
	case roleBusinessManager:
		mine := make(map[string]bool, len(u.BusinessIDs))
		for _, id := range u.BusinessIDs {
			mine[id] = true
		}
		return func(b *business) bool { return mine[b.ID] }
	}
	return func(*business) bool { return true }
}

// readsAll reports whether a user can read every business.
func (s *Server) readsAll(u *user) bool {
	return u.Role != roleGroupManager && u.Role != roleBusinessManager
}

// inAccesses is the union of accesses.
func (s *Server) inAccesses(list [][]int) func(*business) bool {
	if len(list) == 0 {
		all := s.is("accesses-empty", "all")
		return func(*business) bool { return all }
	}
	var each []func(*business) bool
	for _, access := range list {
		if len(access) == 0 && !s.is("empty-access", "all") {
			continue
		}
		each = append(each, s.inAccess(access))
	}
	return func(b *business) bool {
		for _, in := range each {
			if in(b) {
				return true
			}
		}
		return false
	}
}

// inAccess is one access: groups of the same section are alternatives, groups of
// different sections must all hold. An id without a group holds for nothing.
func (s *Server) inAccess(access []int) func(*business) bool {
	bySection := map[int][]int{}
	for _, id := range access {
		key := -id // its own, if there is no such group
		if g := s.group(id); g != nil {
			key = g.SectionID
		}
		bySection[key] = append(bySection[key], id)
	}
	return func(b *business) bool {
		has := s.inGroups[b.ID]
		for _, wanted := range bySection {
			if !overlap(has, wanted) {
				return false
			}
		}
		return true
	}
}

func overlap(a, b []int) bool {
	for _, x := range a {
		for _, y := range b {
			if x == y {
				return true
			}
		}
	}
	return false
}
