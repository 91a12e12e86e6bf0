package emulator

import (
	"maps"
	"slices"
)

// An Access is what one user can do. An invitation that is not accepted yet counts
// as if it were.
type Access struct {
	Owner  bool                // of the tenant
	Tenant []string            // tenant permissions
	Teams  map[string][]string // permissions by name of team or case group; personal teams are left out
}

// Words returns the access as sorted words that can be compared one by one.
func (a Access) Words() []string {
	var words []string
	if a.Owner {
		words = append(words, "owns the tenant")
	}
	for _, name := range a.Tenant {
		words = append(words, name+" in the tenant")
	}
	for _, team := range slices.Sorted(maps.Keys(a.Teams)) {
		for _, name := range a.Teams[team] {
			words = append(words, name+" in "+team)
		}
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// accesses tells what every user can do, by address. Who is inactive can nothing,
// a tenant owner everything.
func (s *Server) accesses() map[string]Access {
	cat := s.catalogue()
	out := make(map[string]Access, s.users.Len())
	for _, u := range s.users.All() {
		a := Access{}
		switch {
		case !u.Active:
		case u.Admin:
			a = s.everything()
		default:
			a.Tenant, a.Teams = u.TenantPermissions, map[string][]string{}
			for _, id := range s.teamsOf[u.ID] {
				if r := s.roles.Find(s.pairs[pair{id, u.ID}].Role); r != nil {
					name := s.team(id).Name
					a.Teams[name] = append(a.Teams[name], cat.granted(r.Permissions)...)
				}
			}
		}
		out[u.Email] = a
	}
	return out
}

// everything is the access of a tenant owner.
func (s *Server) everything() Access {
	cat := s.catalogue()
	a := Access{Owner: true, Tenant: cat.TenantPermissions, Teams: map[string][]string{}}
	for _, t := range s.teams.All() {
		if t.Kind != personalTeam {
			a.Teams[t.Name] = cat.Permissions
		}
	}
	return a
}

// watched tells the watcher where the number of effects is no longer what it was.
func (s *Server) watched(effects uint64) {
	if s.o.Watch != nil && s.store.Effects() != effects {
		s.o.Watch(s.accesses())
	}
}
