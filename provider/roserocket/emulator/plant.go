package emulator

import (
	"cmp"
	"fmt"
	"slices"
)

// plant puts the seed into the empty state.
func (s *Server) plant() error {
	seed, err := s.fullSeed()
	if err != nil {
		return err
	}
	for _, step := range []func(*Seed) error{s.seedLogin, s.seedRoles, s.seedObjects, s.seedPermissions, s.seedGroups} {
		if err := step(seed); err != nil {
			return fmt.Errorf("emulator seed: %w", err)
		}
	}
	return nil
}

// fullSeed is the seed with what it leaves out.
func (s *Server) fullSeed() (*Seed, error) {
	if s.o.Seed != nil && s.o.Seed.Objects != nil {
		return s.o.Seed, nil
	}
	base, err := DefaultSeed()
	if err != nil || s.o.Seed == nil {
		return base, err
	}
	seed := *s.o.Seed
	seed.Objects = base.Objects
	seed.Permissions = slices.Concat(known(base.Permissions, seed.Roles), seed.Permissions)
	return &seed, nil
}

// known leaves those of the default seed's permissions that are about roles which
// a seed with roles of its own has.
func known(rules []SeedPermission, roles []string) []SeedPermission {
	if roles == nil {
		return rules
	}
	var out []SeedPermission
	for _, rule := range rules {
		if rule.Roles != nil {
			rule.Roles = slices.DeleteFunc(slices.Clone(rule.Roles), func(r string) bool { return !slices.Contains(roles, r) })
			if len(rule.Roles) == 0 {
				continue
			}
		}
		out = append(out, rule)
	}
	return out
}

// seedLogin makes the organization, its applications and its users.
func (s *Server) seedLogin(seed *Seed) error {
	s.orgs.Put("org", &org{ID: cmp.Or(seed.Org.ID, s.o.Login.OrgID)})
	clients := seed.Clients
	if len(clients) == 0 {
		clients = []SeedClient{{ID: s.o.Login.ClientID, Secret: s.o.Login.ClientSecret}}
	}
	for i, c := range clients {
		if c.ID == "" || c.Secret == "" || s.clients.Find(c.ID) != nil {
			return fmt.Errorf("clients[%d] has no id, no secret or is there twice", i)
		}
		s.clients.Put(c.ID, &client{ID: c.ID, Secret: c.Secret})
	}
	users := seed.Users
	if !slices.ContainsFunc(users, func(u SeedUser) bool { return u.Service }) {
		users = append([]SeedUser{{ID: s.o.Login.UserID, Service: true}}, users...)
	}
	for i, u := range users {
		if u.Service {
			u.Role = cmp.Or(u.Role, seed.ServiceAccountRole, roleManager)
		}
		if err := s.seedUser(u); err != nil {
			return fmt.Errorf("users[%d]: %w", i, err)
		}
	}
	return nil
}

func (s *Server) seedUser(from SeedUser) error {
	u := &user{ID: from.ID, Email: from.Email, Role: from.Role, Service: from.Service}
	if u.ID == "" && u.Email == "" {
		return fmt.Errorf("has neither id nor email")
	}
	if u.ID == "" {
		u.ID = uuid("user", u.Email)
	}
	if s.users.Find(u.ID) != nil {
		return fmt.Errorf("%s is there twice", u.ID)
	}
	if u.Role == "" {
		u.Role = "guest"
	}
	s.users.Put(u.ID, u)
	return nil
}

func (s *Server) seedRoles(seed *Seed) error {
	for _, key := range rolesOf(seed) {
		if key == "" {
			return fmt.Errorf("a role has no key")
		}
		if s.roles.Find(key) != nil {
			return fmt.Errorf("role %q is there twice", key)
		}
		s.roles.Put(key, &key)
	}
	for _, u := range s.users.All() {
		if !slices.Contains(rolesOf(seed), u.Role) {
			return fmt.Errorf("user %s: there is no role %q", u.ID, u.Role)
		}
	}
	return nil
}

func rolesOf(seed *Seed) []string {
	if seed.Roles != nil {
		return seed.Roles
	}
	return builtinRoles()
}

func (s *Server) seedObjects(seed *Seed) error {
	for i := range seed.Objects {
		o := seed.Objects[i]
		if o.Key == "" || s.objects.Find(o.Key) != nil {
			return fmt.Errorf("objects[%d] has no key or is there twice", i)
		}
		s.objects.Put(o.Key, &o)
		if len(s.fields[o.Key]) != len(o.Fields) || s.fields[o.Key][""] != nil {
			return fmt.Errorf("object %q has a field without key or twice", o.Key)
		}
	}
	return nil
}

func (s *Server) seedGroups(seed *Seed) error {
	groups := seed.Groups
	if s.is("foreign-groups", "shown") {
		groups = append(slices.Clone(groups), SeedGroup{Name: "Directory", Type: "activeDirectory"})
	}
	ids := map[string]string{}
	for id, u := range s.users.All() {
		ids[id] = id
		if u.Email != "" {
			ids[u.Email] = id
		}
	}
	for _, from := range groups {
		g := &group{ID: cmp.Or(from.ID, uuid("userGroup", from.Name)), Name: from.Name, Type: cmp.Or(from.Type, local), Description: from.Description}
		if g.Name == "" || s.groups.Find(g.ID) != nil || s.byName[s.groupName(g.Name)] != "" {
			return fmt.Errorf("user group %q has no name or is there twice", g.Name)
		}
		for _, who := range from.Members {
			if ids[who] == "" {
				return fmt.Errorf("user group %q: there is no user %q", g.Name, who)
			}
			g.Members = append(g.Members, membership{ID: ids[who], AddedAt: "2024-01-01T00:00:00Z", AddedBy: ids[who]})
		}
		s.groups.Put(g.ID, g)
	}
	return nil
}
