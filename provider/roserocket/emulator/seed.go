package emulator

import (
	_ "embed"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// A Seed is what a new emulator holds. All of it may be left out: without clients
// or service accounts the Login of the options gets a token, without roles there
// are the eleven that are known, and without objects there are those of the
// default seed with its permissions, to which the seed's own are added.
type Seed struct {
	Org         SeedOrg          `json:"org"`
	Clients     []SeedClient     `json:"clients,omitempty"`
	Users       []SeedUser       `json:"users,omitempty"`
	Roles       []string         `json:"roles,omitempty"`
	Objects     []Object         `json:"objects,omitempty"`
	Permissions []SeedPermission `json:"permissions,omitempty"`
	Groups      []SeedGroup      `json:"user_groups,omitempty"`
	// ServiceAccountRole is the role of service accounts that name none. Rose Rocket
	// makes them Managers, who may not change permissions, so "" means manager.
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

// A SeedUser is a user or a service account. One of id and e-mail address is
// enough; the id is derived from the address.
type SeedUser struct {
	ID      string `json:"id,omitempty"`
	Email   string `json:"email,omitempty"`
	Role    string `json:"role,omitempty"` // of a service account ServiceAccountRole, else guest, if left out
	Service bool   `json:"service,omitempty"`
}

// A SeedPermission is what the documents of some roles on some objects hold. Of
// several on the same pair the last one counts; without any a role has everything.
type SeedPermission struct {
	Roles          []string `json:"roles,omitempty"`   // all, if left out
	Objects        []string `json:"objects,omitempty"` // all, if left out
	Access         string   `json:"access,omitempty"`  // full, readOnly, custom or noAccess; custom where fields are named, else full
	Create         *bool    `json:"create,omitempty"`  // true with full and custom, if left out
	Delete         *bool    `json:"delete,omitempty"`  // likewise
	DisabledBoards []string `json:"disabled_boards,omitempty"`
	Read           []string `json:"read,omitempty"` // fields that are read only under custom; "*" for those not named elsewhere
	Hide           []string `json:"hide,omitempty"` // likewise, hidden
	Edit           []string `json:"edit,omitempty"` // likewise, editable, as all are that are not named
}

// A SeedGroup is a user group. Members are ids or e-mail addresses of users.
type SeedGroup struct {
	ID          string   `json:"id,omitempty"`
	Name        string   `json:"name"`
	Type        string   `json:"type,omitempty"` // local, if left out
	Description string   `json:"description,omitempty"`
	Members     []string `json:"members,omitempty"`
}

//go:embed seed.json
var seedFile []byte

// DefaultSeed returns the seed of an emulator that is given none.
func DefaultSeed() (*Seed, error) { return emulator.ParseSeed[Seed](seedFile) }
