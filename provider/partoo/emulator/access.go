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

// watched tells the watcher where the number of effects is no longer what it was.
func (s *Server) watched(effects uint64) {
	if s.o.Watch != nil && s.store.Effects() != effects {
		s.o.Watch(s.accesses())
	}
}
