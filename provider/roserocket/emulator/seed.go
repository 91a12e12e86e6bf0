package emulator

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// A Seed is the content of a new emulator. Every member is optional. Without clients or service
// accounts, the Login of the options gets a token. Without roles, there are the eleven known
// ones. Without objects, there are those of the default seed with its permissions, to which
// the seed's own permissions are added.
type Seed struct {
	Org         SeedOrg          `json:"org"`
	Clients     []SeedClient     `json:"clients,omitempty"`
	Users       []SeedUser       `json:"users,omitempty"`
	Roles       []string         `json:"roles,omitempty"`
	Objects     []Object         `json:"objects,omitempty"`
	Permissions []SeedPermission `json:"permissions,omitempty"`
	Groups      []SeedGroup      `json:"user_groups,omitempty"`
	// ServiceAccountRole is the role of service accounts without a role. "" means manager: in
	// Rose Rocket service accounts are Managers, who may not change permissions.
	ServiceAccountRole string `json:"service_account_role,omitempty"`
}

// A SeedOrg is the organization.
type SeedOrg struct {
	ID string `json:"id,omitempty"` // a UUID
}

// A SeedClient is an OAuth application.
type SeedClient struct {
	ID     string `json:"id"`
	Secret string `json:"secret"`
}

// A SeedUser is a user or a service account. It needs an id or an e-mail address; without an
// id, the id is derived from the address.
type SeedUser struct {
	ID      string `json:"id,omitempty"`
	Email   string `json:"email,omitempty"`
	Role    string `json:"role,omitempty"` // default: ServiceAccountRole for a service account, guest for a user
	Service bool   `json:"service,omitempty"`
}

// A SeedPermission is the content of the documents of some roles on some objects. If several
// are about the same pair, the last one counts. Without one, a role has full access.
type SeedPermission struct {
	Roles          []string `json:"roles,omitempty"`   // default: all
	Objects        []string `json:"objects,omitempty"` // default: all
	Access         string   `json:"access,omitempty"`  // full, readOnly, custom or noAccess; default: custom if fields are named, else full
	Create         *bool    `json:"create,omitempty"`  // default: true with full and custom
	Delete         *bool    `json:"delete,omitempty"`  // likewise
	DisabledBoards []string `json:"disabled_boards,omitempty"`
	Read           []string `json:"read,omitempty"` // fields that can only be read, with custom; "*" means those that are not named elsewhere
	Hide           []string `json:"hide,omitempty"` // hidden fields, likewise
	Edit           []string `json:"edit,omitempty"` // editable fields, likewise; fields that are not named are editable too
}

// A SeedGroup is a user group. Members are ids or e-mail addresses of users.
type SeedGroup struct {
	ID          string   `json:"id,omitempty"`
	Name        string   `json:"name"`
	Type        string   `json:"type,omitempty"` // default: local
	Description string   `json:"description,omitempty"`
	Members     []string `json:"members,omitempty"`
}

//go:embed seed.json
var seedFile []byte

// DefaultSeed returns the seed of an emulator without a seed of its own.
func DefaultSeed() (*Seed, error) { return emulator.ParseSeed[Seed](seedFile) }

// seed fills the empty state with the seed.
func (s *Server) seed() error {
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

// fullSeed returns the seed with defaults for the members that it lacks.
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

// known returns the permissions of the default seed that are about roles of a seed with its
// own roles.
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

// seedLogin creates the organization, its applications and its users.
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
