// Package partoo is rolecall's adapter for Partoo: its kinds, their rules, and a
// client for Partoo's REST API v2.
package partoo

import (
	"embed"
	"fmt"
	"net/http"
	"strings"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

const (
	// KeyEnv is the environment variable with the API key.
	KeyEnv = "PARTOO_API_KEY"
	// Production is the base URL if the settings name none.
	Production = "https://api.partoo.co/v2"
	// apiPath is the path of the API on each of Partoo's servers.
	apiPath = "/v2"

	keyPage = "https://app.partoo.co/settings/integrations/api-keys"
	// budget leaves a fifth of the 300 requests a minute, which all keys of an
	// organization share, to others.
	budget = 240
)

// starter is what rolecall init writes. It can be planned against the embedded emulator, so
// that a new user sees a plan before having a key.
//
//go:embed starter
var starter embed.FS

// Provider describes Partoo.
func Provider() *provider.Provider {
	return &provider.Provider{
		Product: schema.Product{
			Name:  "partoo",
			Title: "Partoo",
			Doc: "Partoo keeps the presence of businesses on maps and review sites. rolecall manages who may do what there: custom roles, " +
				"sections and groups of businesses, accesses, and users. The API key of a user comes from the environment; " +
				"it should be an ORG_ADMIN's. Keys are made at " + keyPage + ".",
			KeyEnv: KeyEnv,
			// Production and the sandbox of https://developers.partoo.co. The older
			// description of the API has the second name of the sandbox.
			Hosts:    []string{"api.partoo.co", "api.sandbox.partoo.co", "sandbox.api.partoo.co"},
			Settings: &settingsKind,
			Tenant:   tenantOf,
			// The user roles ORG_ADMIN and ORG_MANAGER act in the whole organization (guide
			// Roles, reference Users). No permission of the catalogue manages users or roles:
			// only organization administrators do (help center, Custom roles).
			Privileged: []string{"* on " + wholeOrganization},
			Kinds:      []*schema.Kind{&sectionKind, &groupKind, &roleKind, &builtinRoleKind, &accessKind, &userKind, &permissionSystemKind},
			Offline:    resolveOffline,
			OwnLints: []schema.Lint{
				{Code: "partoo/sso-invitation", Doc: "A user who can sign in through single sign-on only is to be invited by e-mail, which Partoo does not do."},
			},
		},
		Endpoint: endpoint,
		Budget:   requestsPerMinute,
		// Every call of Partoo's API that changes something is POST, PUT or DELETE.
		Reads:   func(method, _ string) bool { return method == http.MethodGet },
		Starter: provider.StarterFiles(starter),
		Connect: connect,
	}
}

// Settings is what the provider block says.
type Settings struct {
	OrgID             int64
	Endpoint          string
	RolePath          string
	RequestsPerMinute int64
	AssignRoles       string
	LegacyMapping     string
}

// Values of assign_roles.
const (
	assignBefore = "before_switch"
	assignAfter  = "after_switch"
)

var settingsKind = schema.Kind{
	Name: "partoo",
	Doc:  "Settings of one Partoo organization.",
	Attributes: []schema.Attribute{
		schema.Int("org_id", "Number of the organization. A key of another organization is refused before anything is read.",
			func(s *Settings) *int64 { return &s.OrgID }).With(schema.Required).Like(`42`),
		schema.String("endpoint", "Base URL of the API, or \"emulator\" for the one inside rolecall. Without it, production: "+Production+".",
			func(s *Settings) *string { return &s.Endpoint }).Check(baseURL).Like(`"emulator"`),
		schema.String("role_path", "Address of custom roles, of which Partoo's documentation has two: \"flat\" for /custom_role, \"org\" for "+
			"/org/{org_id}/custom_role. \"auto\", the default, tries the flat one first.",
			func(s *Settings) *string { return &s.RolePath }).With(schema.Steering).
			Values(rolePathAuto, rolePathFlat, rolePathOrg).Like(`"auto"`),
		schema.Int("requests_per_minute", "Maximum requests per minute. Default: 240. Partoo allows an organization 300 for all of its keys together.",
			func(s *Settings) *int64 { return &s.RequestsPerMinute }).Like(`240`),
		schema.String("assign_roles", "When users get custom roles in a plan that switches to them: \"before_switch\", the default, so that nobody ever has more than "+
			"intended, or \"after_switch\", if Partoo refuses them earlier; the plan then says who has more until when.",
			func(s *Settings) *string { return &s.AssignRoles }).With(schema.Steering).
			Values(assignBefore, assignAfter).Like(`"before_switch"`),
		schema.String("legacy_mapping", "Which permissions the legacy Business Fields and Sidebar Pages stand for, as JSON. Partoo publishes no such table, so the default is "+
			"inferred from names; \"rolecall partoo legacy --print-mapping\" prints it.",
			func(s *Settings) *string { return &s.LegacyMapping }).Check(mappingText).Like(`file("mapping.json")`),
	},
	Validate: validateSettings,
}

func validateSettings(o *schema.Object) []schema.Finding {
	s := o.Body.(*Settings)
	var out []schema.Finding
	if o.Has("org_id") && s.OrgID <= 0 {
		out = append(out, o.Problem("partoo/org-id", "org_id", "This is not the number of an organization",
			"Write the organization's number from Partoo, such as org_id = 42."))
	}
	if o.Has("requests_per_minute") && s.RequestsPerMinute <= 0 {
		out = append(out, o.Problem("partoo/requests-per-minute", "requests_per_minute", "requests_per_minute must be at least 1",
			"Write how many requests may be sent in a minute, or leave the attribute out for 240."))
	}
	return out
}

// tenantOf returns the id of the organization, which is unique in Partoo.
func tenantOf(settings *schema.Object) string {
	if endpoint(settings) == "emulator" || !settings.Has("org_id") {
		return ""
	}
	return idText(settings.Body.(*Settings).OrgID)
}

func endpoint(settings *schema.Object) string {
	if s := settings.Body.(*Settings); s.Endpoint != "" {
		return strings.TrimSuffix(s.Endpoint, "/")
	}
	return Production
}

// addressSetting returns the setting that the address comes from, or "" for the default
// address.
func addressSetting(settings *schema.Object) string {
	if s, ok := settings.Body.(*Settings); ok && s.Endpoint != "" {
		return "endpoint"
	}
	return ""
}

func requestsPerMinute(settings *schema.Object) int {
	if s := settings.Body.(*Settings); s.RequestsPerMinute > 0 {
		return int(s.RequestsPerMinute)
	}
	return budget
}

// baseURL is the rule for an endpoint.
func baseURL(s string) error {
	if s == "emulator" {
		return nil
	}
	return rest.CheckAddress(s, fmt.Sprintf("%q or a URL such as %s", "emulator", Production), apiPath)
}
