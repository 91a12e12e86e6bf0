package emulator

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// A Seed is the first state of an emulator. Everything in it is optional. It names users by
// e-mail address, roles by id or name, and teams by name. Missing ids are counted, and every user
// but service accounts gets a personal team.
type Seed struct {
	Tenant    SeedTenant `json:"tenant"`
	Catalogue *Catalogue `json:"catalogue,omitempty"` // replaces permissions and default roles
	Roles     []SeedRole `json:"roles,omitempty"`     // custom ones, not checked against the catalogue
	Teams     []SeedTeam `json:"teams,omitempty"`
	Users     []SeedUser `json:"users,omitempty"`
	Keys      []SeedKey  `json:"keys,omitempty"`
	Mapping   Mapping    `json:"mapping"`
}

// A SeedTenant is the tenant.
type SeedTenant struct {
	ID   int    `json:"id,omitempty"`
	Name string `json:"name,omitempty"`

	RestrictInvitations bool `json:"restrict_invitations,omitempty"` // no effect
}

// A SeedRole is a custom role.
type SeedRole struct {
	ID          int      `json:"id,omitempty"`
	Name        string   `json:"name"`
	Description string   `json:"description,omitempty"`
	Permissions []string `json:"permissions"`
}

// A SeedTeam is a team with its members and case groups, or a case group.
type SeedTeam struct {
	ID      int          `json:"id,omitempty"`
	Name    string       `json:"name"`
	Members []SeedMember `json:"members,omitempty"`
	Groups  []SeedTeam   `json:"groups,omitempty"`
	Stories int          `json:"stories,omitempty"` // no effect
}

// A SeedMember is a user in a team.
type SeedMember struct {
	Email   string `json:"email"`
	Role    string `json:"role,omitempty"`    // VIEWER if left out
	Pending bool   `json:"pending,omitempty"` // has not accepted the invitation to the team
}

// A SeedUser is a user, or the service account behind a key.
type SeedUser struct {
	ID                int        `json:"id,omitempty"`
	Email             string     `json:"email"`
	FirstName         string     `json:"first_name,omitempty"`
	LastName          string     `json:"last_name,omitempty"`
	Admin             bool       `json:"admin,omitempty"` // tenant owner
	TenantPermissions []string   `json:"tenant_permissions,omitempty"`
	ScimUID           string     `json:"scim_uid,omitempty"`
	Inactive          bool       `json:"inactive,omitempty"`
	Pending           bool       `json:"pending,omitempty"` // has not accepted the invitation to the tenant
	Service           bool       `json:"service,omitempty"`
	LastSeen          *time.Time `json:"last_seen,omitempty"`
}

// A SeedKey is an API key: the personal key of a user, or that of a service account that owns the
// tenant, has tenant permissions, or has a role in a team.
type SeedKey struct {
	Key  string `json:"key"`
	Kind string `json:"kind"` // personal, service, tenant_owner or team
	User string `json:"user"`
	Team string `json:"team,omitempty"` // of a team key
	Role string `json:"role,omitempty"` // of a team key
}

//go:embed soc.json
var socFile []byte

// DefaultSeed returns a small security team: a tenant owner, four more users, one of them only
// invited, two teams, a case group, two custom roles and two service accounts.
func DefaultSeed() *Seed {
	seed, err := emulator.ParseSeed[Seed](socFile)
	if err != nil {
		panic("tines emulator: soc.json: " + err.Error())
	}
	return seed
}

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
		ID: cmp.Or(seed.Tenant.ID, 1), Name: cmp.Or(seed.Tenant.Name, "emulated"),
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
		if s.roles.Find(strconv.Itoa(id)) != nil || s.role(r.Name) != nil {
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

// seedTeams makes teams and case groups.
func (s *Server) seedTeams(seed *Seed) error {
	for i, from := range seed.Teams {
		if from.Name == "" {
			return fmt.Errorf("teams[%d] has no name", i)
		}
		t := team{ID: from.ID, Name: from.Name, Kind: standardTeam}
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
	if s.user(u.ID) != nil || s.byEmail[strings.ToLower(u.Email)] != 0 {
		return fmt.Errorf("is there twice")
	}
	if !u.Service {
		s.givePersonal(u)
	}
	s.putUser(u)
	return nil
}

// seedMembers puts users into the teams and case groups that seedTeams made, in the same order.
func (s *Server) seedMembers(seed *Seed) error {
	made := []*team{}
	for _, t := range s.teams.All() {
		if t.Kind != personalTeam {
			made = append(made, t)
		}
	}
	for _, from := range seed.Teams {
		for _, part := range slices.Concat([]SeedTeam{from}, from.Groups) {
			t := made[0]
			made = made[1:]
			for _, m := range part.Members {
				if err := s.seedMember(t, m, nil); err != nil {
					return fmt.Errorf("team %q: %w", t.Name, err)
				}
			}
		}
	}
	return nil
}

// seedMember makes a membership of u or, if that is nil, of the user with the address.
func (s *Server) seedMember(t *team, from SeedMember, u *user) error {
	if u == nil {
		u = s.user(s.byEmail[strings.ToLower(from.Email)])
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

// ServiceEmail is the address of the service account of a seed without keys.
const ServiceEmail = "service@example.com"

// seedKeys makes the keys of the seed, or a tenant owner key if it has none.
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
	u := s.user(s.byEmail[strings.ToLower(from.User)])
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

// teamNamed returns the first team with the name, or nil.
func (s *Server) teamNamed(name string) *team {
	for _, t := range s.teams.All() {
		if t.Kind == standardTeam && t.Name == name {
			return t
		}
	}
	return nil
}
