package emulator

import (
	_ "embed"
	"encoding/json"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// A Catalogue is which permissions and default roles there are.
type Catalogue struct {
	Permissions       []string      `json:"permissions"`
	Builder           []string      `json:"builder"` // those that let somebody edit stories
	View              []string      `json:"view"`    // those that only let somebody see
	TenantPermissions []string      `json:"tenant_permissions"`
	DefaultRoles      []DefaultRole `json:"default_roles"`
}

// A DefaultRole is a role that every tenant has; its id is its name.
type DefaultRole struct {
	ID          string   `json:"id"`
	Description string   `json:"description,omitempty"`
	Permissions []string `json:"permissions"`
}

// allowAll stands for every permission.
const allowAll = "ALLOW_ALL"

// teamAdmin and viewer are default roles that mean something to the rules.
const (
	teamAdmin = "TEAM_ADMIN"
	viewer    = "VIEWER"
)

//go:embed catalogue.json
var catalogueFile []byte

// defaultCatalogue is the catalogue where a seed has none: what the documentation
// confirms, and samples of the emulator's own.
func defaultCatalogue() *Catalogue {
	var c Catalogue
	if err := json.Unmarshal(catalogueFile, &c); err != nil {
		panic("tines emulator: catalogue.json: " + err.Error())
	}
	return &c
}

// granted lists what a set of permissions lets somebody do.
func (c *Catalogue) granted(permissions []string) []string {
	if slices.Contains(permissions, allowAll) {
		return c.Permissions
	}
	var out []string
	for _, name := range permissions {
		if slices.Contains(c.Permissions, name) {
			out = append(out, name)
		}
	}
	return out
}

// builds reports whether the permissions let somebody edit stories.
func (c *Catalogue) builds(permissions []string) bool {
	return slices.ContainsFunc(c.granted(permissions), func(name string) bool {
		return slices.Contains(c.Builder, name)
	})
}

// chosen reads a field of names out of those that exist.
func (s *Server) chosen(b *emulator.Body, field string, from []string) (names []string, sent bool) {
	given, sent := emulator.Field[[]string](b, field, "is not a list of strings")
	if !sent {
		return nil, false
	}
	names = []string{}
	for _, name := range given {
		switch {
		case slices.Contains(names, name):
		case slices.Contains(from, name), s.is("unknown-permission", "keep"):
			names = append(names, name)
		case s.is("unknown-permission", "refuse"):
			b.Refuse(field, "has no value "+name)
		}
	}
	return names, true
}
