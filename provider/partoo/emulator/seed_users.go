package emulator

import (
	"cmp"
	"fmt"
	"slices"
)

// seedUsers creates the users. A manager without a custom role gets the built-in one, as in
// Partoo.
func (s *Server) seedUsers(seed *Seed) error {
	groups := s.groupsByName()
	for i, from := range seed.Users {
		if from.Email == "" {
			return fmt.Errorf("users[%d] has no email", i)
		}
		u, err := s.seedUser(from, groups)
		if err != nil {
			return fmt.Errorf("user %q: %w", from.Email, err)
		}
		s.users.Put(u.ID, u)
	}
	return nil
}

func (s *Server) seedUser(from SeedUser, groups map[string]int) (*user, error) {
	u := &user{
		ID: cmp.Or(from.ID, hexID("user", from.Email)), Email: from.Email, FirstName: from.FirstName, LastName: from.LastName,
		Role: from.Role, CustomRole: from.CustomRole, Lang: cmp.Or(from.Lang, "en"),
		Status: cmp.Or(from.Status, "active"), Disabled: from.Disabled, SSOOnly: from.SSOOnly, Sidebar: from.Sidebar,
	}
	if !within(u.Sidebar, sidebarPages()) {
		return nil, fmt.Errorf("sidebar_pages has a page that Partoo does not have")
	}
	if s.userByEmail(u.Email) != nil || s.users.Find(u.ID) != nil {
		return nil, fmt.Errorf("is there twice")
	}
	if u.Role != roleProvider && !slices.Contains(assignable(), u.Role) {
		return nil, fmt.Errorf("role %q is none of Partoo's", u.Role)
	}
	if u.CustomRole == "" {
		u.CustomRole = s.builtinOf(u.Role)
	}
	if u.CustomRole != "" && s.role(u.CustomRole) == nil {
		return nil, fmt.Errorf("there is no custom role %q", u.CustomRole)
	}
	for _, names := range from.Accesses {
		access := []int{}
		for _, name := range names {
			id, ok := groups[name]
			if !ok {
				return nil, fmt.Errorf("there is no group %q", name)
			}
			access = append(access, id)
		}
		u.Accesses = append(u.Accesses, access)
	}
	ids, err := s.codes(from.Businesses)
	u.BusinessIDs = ids
	return u, err
}

// groupsByName maps "Section/Group" to ids.
func (s *Server) groupsByName() map[string]int {
	all := map[string]int{}
	for _, g := range s.groups.All() {
		all[s.section(g.SectionID).Name+"/"+g.Name] = g.ID
	}
	return all
}

// seedKeys creates the keys, or an administrator with a key if the seed has none.
func (s *Server) seedKeys(seed *Seed) error {
	keys := seed.APIKeys
	if len(keys) == 0 {
		owner, err := s.seedOwner()
		if err != nil {
			return err
		}
		keys = []SeedKey{{Key: cmp.Or(s.o.Key, DefaultKey), User: owner.Email}}
	}
	for i, from := range keys {
		u := s.userByEmail(from.User)
		if u == nil {
			return fmt.Errorf("api_keys[%d]: there is no user %q", i, from.User)
		}
		if from.Key == "" || s.byKey[from.Key] != "" {
			return fmt.Errorf("api_keys[%d]: the key is empty or there twice", i)
		}
		k := &apiKey{
			ID: hexID("api_key", from.Key), Key: from.Key, UserID: u.ID,
			Disabled: from.Disabled, ExpirationDate: from.Expires,
			Restricted: from.Permissions != nil, Permissions: from.Permissions,
		}
		s.keys.Put(k.ID, k)
	}
	return nil
}

// OwnerEmail is the address of the administrator that is created if a seed has no keys.
const OwnerEmail = "owner@example.com"

// seedOwner creates the administrator, unless the seed has a user with that address.
func (s *Server) seedOwner() (*user, error) {
	if u := s.userByEmail(OwnerEmail); u != nil {
		return u, nil
	}
	u, err := s.seedUser(SeedUser{Email: OwnerEmail, FirstName: "Key", LastName: "Owner", Role: roleOrgAdmin}, nil)
	if err != nil {
		return nil, err
	}
	s.users.Put(u.ID, u)
	return u, nil
}
