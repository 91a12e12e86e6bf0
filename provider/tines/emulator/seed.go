package emulator

import (
	_ "embed"
	"time"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// A Seed is what a new emulator holds. All of it may be left out. In a seed users
// are named by their e-mail address, roles by id or name, teams by name; ids are
// counted where none is given, and personal teams are made for everybody who is no
// service account.
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
	ID                  int    `json:"id,omitempty"`
	Name                string `json:"name,omitempty"`
	RestrictInvitations bool   `json:"restrict_invitations,omitempty"` // to tenant owners
}

// A SeedRole is a custom role.
type SeedRole struct {
	ID          int      `json:"id,omitempty"`
	Name        string   `json:"name"`
	Description string   `json:"description,omitempty"`
	Permissions []string `json:"permissions"`
}

// A SeedTeam is a team with its members and case groups. A case group has none
// itself.
type SeedTeam struct {
	ID      int          `json:"id,omitempty"`
	Name    string       `json:"name"`
	Stories int          `json:"stories,omitempty"` // how many it owns
	Members []SeedMember `json:"members,omitempty"`
	Groups  []SeedTeam   `json:"groups,omitempty"`
}

// A SeedMember is a user in a team.
type SeedMember struct {
	Email   string `json:"email"`
	Role    string `json:"role,omitempty"`    // VIEWER if left out
	Pending bool   `json:"pending,omitempty"` // has not accepted the invitation to this team
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

// A SeedKey is an API key. A personal one acts as a person, the others as a service
// account: one that owns the tenant, one with tenant permissions, or one with a
// role in a team.
type SeedKey struct {
	Key  string `json:"key"`
	Kind string `json:"kind"` // personal, service, tenant_owner or team
	User string `json:"user"`
	Team string `json:"team,omitempty"` // of a team key
	Role string `json:"role,omitempty"` // of a team key
}

//go:embed soc.json
var socFile []byte

// DefaultSeed is a small security team: a tenant owner, four others of whom one is
// invited only, two teams, a case group, two custom roles and two service accounts.
func DefaultSeed() *Seed {
	seed, err := emulator.ParseSeed[Seed](socFile)
	if err != nil {
		panic("tines emulator: soc.json: " + err.Error())
	}
	return seed
}
