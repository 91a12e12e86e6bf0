package emulator

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// seed fills the empty state.
func (s *Server) seed() error {
	steps := []func(*Seed) error{
		s.seedOrg, s.seedCatalogue, s.seedFields, s.seedRoles, s.seedBusinesses, s.seedSections, s.seedUsers, s.seedKeys,
	}
	for _, step := range steps {
		if err := step(s.o.Seed); err != nil {
			return fmt.Errorf("emulator seed: %w", err)
		}
	}
	return nil
}

func yes(b *bool) bool { return b == nil || *b }

func (s *Server) seedOrg(seed *Seed) error {
	s.orgs.Put("org", &org{
		ID: cmp.Or(seed.Org.ID, s.o.OrgID, 42), Name: cmp.Or(seed.Org.Name, "Emulated organization"),
		HasSwitched: yes(seed.Org.HasSwitched), CanSwitch: yes(seed.Org.CanSwitch), SSO: seed.Org.SSO,
	})
	for _, email := range seed.TakenEmails {
		s.taken.Put(strings.ToLower(email), &email)
	}
	return nil
}

func (s *Server) seedCatalogue(seed *Seed) error {
	data := catalogueFile
	if seed.Permissions != nil {
		data = *seed.Permissions
	}
	var cat catalogue
	if err := json.Unmarshal(data, &cat); err != nil {
		return fmt.Errorf("permissions: %w", err)
	}
	s.vary(&cat)
	s.catalogues.Put("permissions", &cat)
	return nil
}

// seedRoles creates the built-in roles and those of the seed. Which permissions a new built-in
// role has is not documented; here it has the whole catalogue.
func (s *Server) seedRoles(seed *Seed) error {
	permissions := s.catalogue().names()
	for _, b := range []struct{ userRole, name, text string }{
		{roleBusinessManager, "Business Manager", "Built-in role for business managers"},
		{roleGroupManager, "Group Manager", "Built-in role for group managers"},
		{roleOrgManager, "Organization Manager", "Built-in role for organization managers"},
	} {
		if b.userRole == roleOrgManager && !s.is("org-manager", "builtin") {
			continue
		}
		id := s.builtinID(b.userRole)
		s.roles.Put("builtin/"+id, &role{
			Row: "builtin/" + id, APIID: id, Name: b.name, Description: &b.text,
			Permissions: permissions, Builtin: true,
		})
	}
	for i, r := range seed.CustomRoles {
		if r.APIID == "" {
			return fmt.Errorf("custom_roles[%d] has no api_id", i)
		}
		planted := role{APIID: r.APIID, Name: cmp.Or(r.Name, r.APIID), Description: nullable(r.Description), Permissions: r.Permissions}
		if old := s.role(r.APIID); old != nil {
			if !old.Builtin || old.OrgID != nil {
				return fmt.Errorf("custom role %q is there twice", r.APIID)
			}
			planted = *old
			planted.Permissions = r.Permissions
		}
		s.putOwn(&planted)
	}
	return nil
}

func (s *Server) seedBusinesses(seed *Seed) error {
	for i, b := range seed.Businesses {
		if b.Code == "" && b.ID == "" {
			return fmt.Errorf("businesses[%d] has neither code nor id", i)
		}
		id := cmp.Or(b.ID, hexID("business", b.Code))
		if s.byCode[b.Code] != "" || s.businesses.Find(id) != nil {
			return fmt.Errorf("business %q is there twice", cmp.Or(b.Code, b.ID))
		}
		s.businesses.Put(id, &business{ID: id, Code: b.Code, Name: cmp.Or(b.Name, b.Code), City: b.City,
			Country: b.Country, Status: cmp.Or(b.Status, "open"), Closed: b.Closed})
	}
	return nil
}

// seedSections creates the sections and groups, with the businesses that name a group.
func (s *Server) seedSections(seed *Seed) error {
	members := map[string][]string{}
	for _, b := range seed.Businesses {
		for _, name := range b.Groups {
			members[name] = append(members[name], cmp.Or(b.ID, hexID("business", b.Code)))
		}
	}
	names := map[string]bool{}
	for _, from := range seed.Sections {
		if names[from.Name] {
			return fmt.Errorf("section %q is there twice", from.Name)
		}
		names[from.Name] = true
		sec := section{ID: from.ID, Name: from.Name, HasPuller: from.HasPuller}
		s.store.Number("section", &sec.ID)
		if s.section(sec.ID) != nil {
			return fmt.Errorf("section %q: there is another one with id %d", from.Name, sec.ID)
		}
		s.sections.Put(strconv.Itoa(sec.ID), &sec)
		for _, g := range from.Groups {
			name := from.Name + "/" + g.Name
			if err := s.seedGroup(sec.ID, name, g, members[name]); err != nil {
				return err
			}
			delete(members, name)
		}
	}
	for _, b := range seed.Businesses {
		for _, name := range b.Groups {
			if members[name] != nil {
				return fmt.Errorf("business %q: there is no group %q", cmp.Or(b.Code, b.ID), name)
			}
		}
	}
	return nil
}

func (s *Server) seedGroup(sectionID int, name string, from SeedGroup, members []string) error {
	g := group{ID: from.ID, SectionID: sectionID, Name: from.Name, HasPuller: from.HasPuller, BusinessIDs: []string{}}
	s.store.Number("group", &g.ID)
	if s.group(g.ID) != nil {
		return fmt.Errorf("group %q: there is another one with id %d", name, g.ID)
	}
	ids, err := s.codes(from.Businesses)
	if err != nil {
		return fmt.Errorf("group %q: %w", name, err)
	}
	seen := map[string]bool{}
	for _, id := range append(ids, members...) {
		if !seen[id] {
			seen[id] = true
			g.BusinessIDs = append(g.BusinessIDs, id)
		}
	}
	s.groups.Put(strconv.Itoa(g.ID), &g)
	return nil
}

func (s *Server) codes(codes []string) ([]string, error) {
	ids := make([]string, 0, len(codes))
	for _, code := range codes {
		id := s.byCode[code]
		if id == "" {
			return nil, fmt.Errorf("there is no business %q", code)
		}
		ids = append(ids, id)
	}
	return ids, nil
}
