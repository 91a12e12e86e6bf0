package emulator

// reach returns what each user can see and do, by address, as "see BUSINESS" and
// "PERMISSION at BUSINESS". A disabled user can do nothing. Business fields that are closed at
// single businesses are not considered.
func (s *Server) reach() map[string][]string {
	out := make(map[string][]string, s.users.Len())
	for _, u := range s.users.All() {
		var words []string
		if !u.Disabled {
			reads, permissions := s.reader(u), s.rightsOf(u)
			for id, b := range s.businesses.All() {
				if !reads(b) {
					continue
				}
				words = append(words, "see "+id)
				for _, p := range permissions {
					words = append(words, p+" at "+id)
				}
			}
		}
		out[u.Email] = words
	}
	return out
}

// reader returns which businesses a user can read: a GROUP_MANAGER those of any of its
// accesses, a BUSINESS_MANAGER its own, others all. Presence subscriptions, which limit a
// PUBLISHER, are not emulated.
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

// inAccesses returns which businesses any of the accesses shows. What a user without an access
// sees is not documented. Here it is everything, so that a test notices such a user.
func (s *Server) inAccesses(list [][]int) func(*business) bool {
	if len(list) == 0 {
		return func(*business) bool { return true }
	}
	var each []func(*business) bool
	for _, access := range list {
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

// inAccess returns which businesses an access shows: those in a group of each of its sections.
// The id of a missing group counts as a section without businesses.
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
