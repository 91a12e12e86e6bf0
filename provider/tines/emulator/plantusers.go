package emulator

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
)

// seedUsers makes the seed's users with their personal teams.
func (s *Server) seedUsers(seed *Seed) error {
	for i, from := range seed.Users {
		if from.Email == "" {
			return fmt.Errorf("users[%d] has no email", i)
		}
		if err := s.seedUser(from); err != nil {
			return fmt.Errorf("user %q: %w", from.Email, err)
		}
	}
	return nil
}

func (s *Server) seedUser(from SeedUser) error {
	u := s.newUser(from.Email)
	u.ID, u.FirstName, u.LastName, u.Admin = from.ID, from.FirstName, from.LastName, from.Admin
	u.TenantPermissions, u.ScimUID, u.Service = from.TenantPermissions, from.ScimUID, from.Service
	u.Active, u.Accepted = !from.Inactive, !from.Pending
	if from.LastSeen != nil {
		u.LastSeen = *from.LastSeen
	}
	s.store.Number("user", &u.ID)
	if s.user(u.ID) != nil || s.byEmail[s.fold(u.Email)] != 0 {
		return fmt.Errorf("is there twice")
	}
	if !u.Service {
		s.givePersonal(u)
	}
	s.putUser(u)
	return nil
}

// seedMembers puts users into teams and case groups, whose ids count as those of
// plantTeams did.
func (s *Server) seedMembers(seed *Seed) error {
	planted := []*team{}
	for _, t := range s.teams.All() {
		if t.Kind != personalTeam {
			planted = append(planted, t)
		}
	}
	for _, from := range seed.Teams {
		for _, part := range slices.Concat([]SeedTeam{from}, from.Groups) {
			t := planted[0]
			planted = planted[1:]
			for _, m := range part.Members {
				if err := s.seedMember(t, m, nil); err != nil {
					return fmt.Errorf("team %q: %w", t.Name, err)
				}
			}
		}
	}
	return nil
}

// seedMember makes a membership of a user whom it finds, unless it is given one.
func (s *Server) seedMember(t *team, from SeedMember, u *user) error {
	if u == nil {
		u = s.user(s.byEmail[s.fold(from.Email)])
	}
	if u == nil {
		return fmt.Errorf("there is no user %q", from.Email)
	}
	r := s.role(cmp.Or(from.Role, viewer))
	if r == nil {
		return fmt.Errorf("there is no role %q", from.Role)
	}
	if s.pairs[pair{t.ID, u.ID}] != nil {
		return fmt.Errorf("member %q is there twice", u.Email)
	}
	s.putMembership(&membership{Team: t.ID, User: u.ID, Role: r.ID, Accepted: !from.Pending, Service: u.Service})
	return nil
}

// ServiceEmail is the address of the service account that is made where a seed has
// no keys.
const ServiceEmail = "service@example.com"

// seedKeys makes the seed's keys, or a tenant owner key where it has none.
func (s *Server) seedKeys(seed *Seed) error {
	keys := seed.Keys
	if len(keys) == 0 {
		account := SeedUser{Email: ServiceEmail, FirstName: "Service", LastName: "Account", Service: true, Admin: true}
		if err := s.seedUser(account); err != nil {
			return fmt.Errorf("user %q: %w", ServiceEmail, err)
		}
		keys = []SeedKey{{Key: cmp.Or(s.o.Key, DefaultKey), Kind: ownerKey, User: ServiceEmail}}
	}
	for i, from := range keys {
		if err := s.seedKey(from); err != nil {
			return fmt.Errorf("keys[%d]: %w", i, err)
		}
	}
	return nil
}

func (s *Server) seedKey(from SeedKey) error {
	u := s.user(s.byEmail[s.fold(from.User)])
	switch {
	case from.Key == "" || s.byKey[from.Key] != "":
		return fmt.Errorf("the key is empty or there twice")
	case u == nil:
		return fmt.Errorf("there is no user %q", from.User)
	case !slices.Contains([]string{personalKey, serviceKey, ownerKey, teamKey}, from.Kind):
		return fmt.Errorf("kind %q is none of personal, service, tenant_owner and team", from.Kind)
	case u.Service == (from.Kind == personalKey):
		return fmt.Errorf("a personal key needs a person, the others a service account; %q is not that", from.User)
	case from.Kind == ownerKey != u.Admin && u.Service:
		return fmt.Errorf("a service account owns the tenant exactly where it has a tenant_owner key; %q is not so", from.User)
	}
	if from.Kind == teamKey {
		t := s.teamNamed(from.Team)
		if t == nil {
			return fmt.Errorf("there is no team %q", from.Team)
		}
		if err := s.seedMember(t, SeedMember{Role: from.Role}, u); err != nil {
			return err
		}
	}
	id := strconv.Itoa(s.store.Next("api_key"))
	s.keys.Put(id, &apiKey{Key: from.Key, Kind: from.Kind, UserID: u.ID})
	return nil
}

// teamNamed is the first team with the name, or nil.
func (s *Server) teamNamed(name string) *team {
	for _, t := range s.teams.All() {
		if t.Kind == standardTeam && t.Name == name {
			return t
		}
	}
	return nil
}
