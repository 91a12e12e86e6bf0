package emulator

import "encoding/json"

// A Seed is the first state of an emulator. All of it may be left out. In a seed groups are
// named "Section/Group", businesses by code, users by e-mail address. Missing ids are derived
// from these names. Fields without an effect describe what rolecall does not read.
type Seed struct {
	Org         SeedOrg          `json:"org"`
	Businesses  []SeedBusiness   `json:"businesses,omitempty"`
	Sections    []SeedSection    `json:"sections,omitempty"`
	CustomRoles []SeedRole       `json:"custom_roles,omitempty"` // not checked against the catalogue
	Users       []SeedUser       `json:"users,omitempty"`
	APIKeys     []SeedKey        `json:"api_keys,omitempty"`
	Permissions *json.RawMessage `json:"permissions,omitempty"`     // as GET /permissions answers; replaces the catalogue
	TakenEmails []string         `json:"taken_emails,omitempty"`    // used in other organizations
	Fields      []FieldSection   `json:"business_fields,omitempty"` // as GET /org/{org_id}/business_fields answers
}

// A SeedOrg is the organization.
type SeedOrg struct {
	ID          int    `json:"id,omitempty"`
	Name        string `json:"name,omitempty"`
	HasSwitched *bool  `json:"has_switched,omitempty"` // true if left out
	CanSwitch   *bool  `json:"can_switch,omitempty"`   // true if left out
	SSO         bool   `json:"sso,omitempty"`

	Alias         string   `json:"alias,omitempty"` // no effect, as the fields below
	Type          string   `json:"type,omitempty"`
	Features      []string `json:"features,omitempty"`
	MaxBusinesses *int     `json:"max_businesses,omitempty"`
}

// A SeedBusiness is a store.
type SeedBusiness struct {
	ID      string   `json:"id,omitempty"`
	Code    string   `json:"code"`
	Name    string   `json:"name"`
	City    string   `json:"city,omitempty"`
	Country string   `json:"country,omitempty"`
	Status  string   `json:"status,omitempty"` // "open" if left out
	Groups  []string `json:"groups,omitempty"`
	Closed  []string `json:"closed_fields,omitempty"` // business fields that only administrators may write there
	Zipcode string   `json:"zipcode,omitempty"`       // no effect
}

// A SeedSection is a section with its groups.
type SeedSection struct {
	ID        int         `json:"id,omitempty"`
	Name      string      `json:"name"`
	HasPuller bool        `json:"has_puller,omitempty"`
	Groups    []SeedGroup `json:"groups,omitempty"`
}

// A SeedGroup is a group with the codes of its businesses.
type SeedGroup struct {
	ID         int      `json:"id,omitempty"`
	Name       string   `json:"name"`
	HasPuller  bool     `json:"has_puller,omitempty"`
	Businesses []string `json:"businesses,omitempty"`
}

// A SeedRole is a custom role; with the api_id of a built-in one it is the
// organization's copy of that.
type SeedRole struct {
	APIID       string   `json:"api_id"`
	Name        string   `json:"name,omitempty"`
	Description string   `json:"description,omitempty"`
	Permissions []string `json:"permissions"`
}

// A SeedUser is a user.
type SeedUser struct {
	ID         string     `json:"id,omitempty"`
	Email      string     `json:"email"`
	FirstName  string     `json:"first_name"`
	LastName   string     `json:"last_name"`
	Role       string     `json:"role"`
	CustomRole string     `json:"custom_role,omitempty"`
	Accesses   [][]string `json:"accesses,omitempty"`
	Businesses []string   `json:"businesses,omitempty"`
	Lang       string     `json:"lang,omitempty"`
	Status     string     `json:"status,omitempty"`
	Disabled   bool       `json:"disabled,omitempty"`
	SSOOnly    bool       `json:"sso_only,omitempty"`
	Sidebar    []string   `json:"sidebar_pages,omitzero"` // all pages if left out
	Bot        bool       `json:"bot,omitempty"`          // no effect
}

// A SeedKey is an API key.
type SeedKey struct {
	Key         string   `json:"key"`
	User        string   `json:"user"`
	Disabled    bool     `json:"disabled,omitempty"`
	Expires     *int64   `json:"expiration_date,omitempty"` // seconds since 1970
	Permissions []string `json:"permissions,omitzero"`      // restricts the key, even if it is empty
	Label       string   `json:"label,omitempty"`           // no effect
}
