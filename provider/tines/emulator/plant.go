package emulator

import (
	"cmp"
	"fmt"
	"strconv"
)

// seed puts the seed into the empty state.
func (s *Server) seed() error {
	steps := []func(*Seed) error{
		s.seedTenant, s.seedRoles, s.seedTeams, s.seedUsers, s.seedMembers, s.seedKeys,
	}
	for _, step := range steps {
		if err := step(s.o.Seed); err != nil {
			return fmt.Errorf("emulator seed: %w", err)
		}
	}
	return nil
}

func (s *Server) seedTenant(seed *Seed) error {
	s.tenants.Put("tenant", &tenant{
		ID: cmp.Or(seed.Tenant.ID, 1), Name: cmp.Or(seed.Tenant.Name, "emulated"), Restricted: seed.Tenant.RestrictInvitations,
	})
	cat := seed.Catalogue
	if cat == nil {
		cat = defaultCatalogue()
	}
	s.catalogues.Put("catalogue", cat)
	mapping := seed.Mapping
	s.mappings.Put("mapping", &mapping)
	return nil
}

func (s *Server) seedRoles(seed *Seed) error {
	for _, r := range s.catalogue().DefaultRoles {
		if s.lacks(r.ID) {
			continue
		}
		if s.roles.Find(r.ID) != nil {
			return fmt.Errorf("default role %q is there twice", r.ID)
		}
		s.roles.Put(r.ID, &role{ID: r.ID, Name: r.ID, Default: true, Description: r.Description, Permissions: r.Permissions})
	}
	for i, r := range seed.Roles {
		if r.Name == "" {
			return fmt.Errorf("roles[%d] has no name", i)
		}
		id := r.ID
		s.store.Number("role", &id)
		if s.roles.Find(strconv.Itoa(id)) != nil || s.nameTaken(r.Name) {
			return fmt.Errorf("role %q is there twice", r.Name)
		}
		s.roles.Put(strconv.Itoa(id), &role{
			ID: strconv.Itoa(id), Name: r.Name, Description: r.Description, Permissions: r.Permissions,
			CreatedAt: s.o.Clock(), UpdatedAt: s.o.Clock(),
		})
	}
	if s.customRoles() > maxRoles {
		return fmt.Errorf("there are more than %d custom roles", maxRoles)
	}
	return nil
}

// lacks reports whether this tenant is one without the default role.
func (s *Server) lacks(id string) bool {
	switch id {
	case "DASHBOARD_MANAGER", "DASHBOARD_VIEWER":
		return !s.is("default-roles", "seven")
	case "CASE_MANAGER", "WORKBENCH_USER":
		return s.is("default-roles", "three")
	}
	return false
}

// seedTeams makes teams and case groups.
func (s *Server) seedTeams(seed *Seed) error {
	for i, from := range seed.Teams {
		if from.Name == "" {
			return fmt.Errorf("teams[%d] has no name", i)
		}
		t := team{ID: from.ID, Name: from.Name, Kind: standardTeam, Stories: from.Stories}
		if err := s.seedTeam(&t); err != nil {
			return err
		}
		for _, g := range from.Groups {
			if len(g.Groups) > 0 {
				return fmt.Errorf("case group %q has case groups itself", g.Name)
			}
			if err := s.seedTeam(&team{ID: g.ID, Name: g.Name, Kind: groupTeam, Parent: t.ID}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Server) seedTeam(t *team) error {
	s.store.Number("team", &t.ID)
	if s.team(t.ID) != nil {
		return fmt.Errorf("team %q: there is another one with id %d", t.Name, t.ID)
	}
	s.putTeam(t)
	return nil
}
