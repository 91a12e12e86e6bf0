// Package uberall is rolecall's adapter for uberall: its kinds, their rules, and a
// client for uberall's REST API (OpenAPI description 20250204).
package uberall

import (
	"embed"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

const (
	// KeyEnv is the environment variable with the private key.
	KeyEnv = "UBERALL_PRIVATE_KEY"
	// UserEnv is the environment variable with the address of the user as whom rolecall
	// signs in to read and change location groups.
	UserEnv = "UBERALL_EMAIL"
	// PasswordEnv is the environment variable with the password of that user. Without it,
	// the private key is used.
	PasswordEnv = "UBERALL_PASSWORD"
	// Production is the base URL where the settings name none.
	Production = "https://uberall.com/api"

	apiPath   = "/api"
	embedded  = "emulator"
	loginPath = "/users/login"
)

// starter is what rolecall init writes. It plans against the embedded emulator as it
// stands, so that a newcomer sees a plan before having a key.
//
//go:embed starter/*.hcl
var starter embed.FS

// Provider describes uberall.
func Provider() *provider.Provider {
	return &provider.Provider{
		Product: schema.Product{
			Name:  "uberall",
			Title: "uberall",
			Doc: "uberall manages the profiles of locations on maps, directories and review sites. It has no role objects: a user has one of four roles, a set of " +
				"features, the fields that may be edited, and a scope of accounts, locations or location groups. rolecall manages users and location groups, " +
				"and profiles, which are named sets of role, features and fields in files. The private key comes from the environment; admins find it in " +
				"Settings, API keys. uberall lets only a signed-in admin read and change location groups: the user of the key, or the one in the setting email or in " + UserEnv + ".",
			KeyEnv: KeyEnv, UserEnv: UserEnv, PasswordEnv: PasswordEnv,
			// Production, and the sandbox of the page API basics.
			Hosts:    []string{"uberall.com", "sandbox.uberall.com"},
			Settings: &settingsKind,
			Tenant:   tenantOf,
			// Admins do everything in every account, and user rights give features to others
			// (help page Setting permissions for individual users).
			Privileged: []string{"* on " + wholeOrganization, userRights},
			Kinds:      []*schema.Kind{&accountKind, &profileKind, &userKind, &groupKind},
			Offline:    resolveOffline,
			OwnLints: []schema.Lint{
				{Code: "uberall/write-without-view", Doc: "A feature lets users change what only another feature shows, which is missing."},
				{Code: "uberall/no-effect", Doc: "A location manager has user_rights, which uberall ignores."},
				{Code: "uberall/unknown-feature", Doc: "uberall's documentation has no feature of this name."},
				{Code: "uberall/unknown-field", Doc: "uberall's documentation has no field of this name."},
			},
			Titles: featureTitles,
		},
		Endpoint: endpoint,
		// uberall publishes a limit for creations only; see client.go.
		Budget:  func(*schema.Object) int { return 0 },
		Reads:   reads,
		Starter: provider.StarterFiles(starter),
		Connect: connect,
	}
}

// reads: signing in is POST and changes nothing that rolecall manages.
func reads(method, path string) bool {
	return method == http.MethodGet || method == http.MethodPost && strings.HasSuffix(path, loginPath)
}

// Settings is what the provider block says.
type Settings struct {
	SalesPartnerID        int64
	Endpoint              string
	Email                 string
	AuthoritativeAccounts []string
}

var settingsKind = schema.Kind{
	Name: "uberall",
	Doc:  "Settings of one uberall organization. None of them is a secret.",
	Attributes: []schema.Attribute{
		schema.Int("sales_partner_id", "Number of the organization, which uberall calls the sales partner. The API does not tell it; ask uberall, or look at the address of the settings in the app.",
			func(s *Settings) *int64 { return &s.SalesPartnerID }).With(schema.Required).Like(`42`),
		schema.String("endpoint", "Base URL of the API, or \"emulator\" for the one inside rolecall. Without it, production: "+Production+".",
			func(s *Settings) *string { return &s.Endpoint }).Check(baseURL).Like(`"emulator"`),
		schema.String("email", "Address of the admin as whom rolecall signs in to read and change location groups. Default: the user of the key. "+UserEnv+" in the environment takes precedence. rolecall never changes this user.",
			func(s *Settings) *string { return &s.Email }).With(schema.FoldCase | schema.Steering).Check(schema.EmailAddress).Like(`"admin@stores.example"`),
		schema.Set(listScope, "Accounts, by identifier or name, of which this key sees every user; with the key of an admin, [\"*\"] for the whole organization. "+
			"uberall lists only the users whom the key manages, so manage \"user\" can have mode = \"authoritative\" only if this is set, and rolecall removes only users whose whole scope is within these accounts.",
			func(s *Settings) *[]string { return &s.AuthoritativeAccounts }).With(schema.Steering).Like(`["*"]`),
	},
	Validate: validateSettings,
}

// listScope is the setting that names the scope for which the list of users is whole.
const listScope = "authoritative_accounts"

func validateSettings(o *schema.Object) []schema.Finding {
	if o.Has("sales_partner_id") && o.Body.(*Settings).SalesPartnerID <= 0 {
		return []schema.Finding{o.Problem("uberall/sales-partner", "sales_partner_id", "sales_partner_id must be a positive number",
			"Write the organization's number from uberall, such as sales_partner_id = 42.")}
	}
	return nil
}

// tenantOf is the sales partner. The sandbox has numbers of its own, so its host is part
// of the name.
func tenantOf(settings *schema.Object) string {
	s := settings.Body.(*Settings)
	if s.Endpoint == embedded || s.SalesPartnerID == 0 {
		return ""
	}
	return strings.TrimPrefix(endpoint(settings), "https://") + "/" + strconv.FormatInt(s.SalesPartnerID, 10)
}

func endpoint(settings *schema.Object) string {
	if s := settings.Body.(*Settings); s.Endpoint != "" {
		return strings.TrimRight(s.Endpoint, "/")
	}
	return Production
}

// baseURL is the rule for an endpoint.
func baseURL(s string) error {
	if s == embedded {
		return nil
	}
	return rest.CheckAddress(s, fmt.Sprintf("%q or a URL such as %s", embedded, Production), apiPath)
}
