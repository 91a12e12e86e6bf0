package emulator

import (
	"slices"
	"strconv"
)

// An Access is what a user can do. A pending invitation counts as accepted.
type Access struct {
	Owner  bool         // of the tenant
	Tenant []string     // tenant permissions
	Teams  []TeamAccess // one for each team and case group, without personal teams
}

// A TeamAccess is what a user can do in a team or case group.
type TeamAccess struct {
	ID          int
	Name        string
	Permissions []string
}

// Words returns the access as sorted words that can be compared one by one, such as
// "STORY_VIEW in team 3". They name teams by id, so they stay the same when a team gets another
// name.
func (a Access) Words() []string {
	return a.words(func(t TeamAccess) string { return "team " + strconv.Itoa(t.ID) })
}

// NamedWords returns the access as Words does, with the names of teams in place of their
// ids: "STORY_VIEW in Response". Use them to compare tenants whose ids differ.
func (a Access) NamedWords() []string {
	return a.words(func(t TeamAccess) string { return t.Name })
}

func (a Access) words(nameOf func(TeamAccess) string) []string {
	var words []string
	if a.Owner {
		words = append(words, "owns the tenant")
	}
	for _, name := range a.Tenant {
		words = append(words, name+" in the tenant")
	}
	for _, t := range a.Teams {
		team := nameOf(t)
		for _, name := range t.Permissions {
			words = append(words, name+" in "+team)
		}
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// accesses returns what every user can do, by address. An inactive user can do nothing, a tenant
// owner everything.
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
			a.Tenant = u.TenantPermissions
			for _, id := range s.teamsOf[u.ID] {
				if r := s.roles.Find(s.pairs[pair{id, u.ID}].Role); r != nil {
					a.Teams = append(a.Teams, TeamAccess{ID: id, Name: s.team(id).Name, Permissions: cat.granted(r.Permissions)})
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
	a := Access{Owner: true, Tenant: cat.TenantPermissions}
	for _, t := range s.teams.All() {
		if t.Kind != personalTeam {
			a.Teams = append(a.Teams, TeamAccess{ID: t.ID, Name: t.Name, Permissions: cat.Permissions})
		}
	}
	return a
}
