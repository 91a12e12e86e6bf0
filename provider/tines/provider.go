// Package tines is rolecall's adapter for Tines: its kinds, their rules, and a
// client for the Tines REST API v1.
package tines

import (
	"embed"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

const (
	// KeyEnv is the environment variable with the API key.
	KeyEnv = "TINES_API_KEY"
	// HostEnv is the environment variable with the host of the tenant. Each tenant of
	// Tines has one of its own, below tines.com, tines.io, or a domain of the customer's
	// (https://www.tines.com/docs/api/welcome/).
	HostEnv = "TINES_HOST"
)

//go:embed starter
var starter embed.FS

// Provider describes Tines.
func Provider() *provider.Provider {
	return &provider.Provider{
		Product: schema.Product{
			Name:  "tines",
			Title: "Tines",
			Doc: "Tines automates the work of security and IT teams. rolecall manages who may do what there: custom roles, teams, " +
				"who is in them with which role, and users. The API key comes from the environment; it has to be a Tenant owner " +
				"key, or the Personal key of a tenant owner, because Tines hides roles and users from every other key.",
			KeyEnv:        KeyEnv,
			HostEnv:       HostEnv,
			Settings:      &settingsKind,
			Tenant:        tenantOf,
			Kinds:         []*schema.Kind{&roleKind, &teamKind, &userKind, &membershipKind, &mappingKind},
			ReadOnlyKinds: observed,
			// TEAM_ADMIN shows ALLOW_ALL, which is told as "everything" of the team, and manages
			// its members (API reference, List roles; Using teams). Tenant permissions hold
			// outside of all teams (API reference, Create a user); their full list is not public.
			Privileged: []string{"everything", "* through role TEAM_ADMIN in *", "* on " + wholeTenant},
		},
		Endpoint: endpoint,
		Budget:   requestsPerMinute,
		// Every call of the API that changes something is POST, PUT, PATCH or DELETE.
		Reads:   func(method, _ string) bool { return method == http.MethodGet },
		Starter: provider.StarterFiles(starter),
		Connect: connect,
	}
}

// Settings is what the provider block says.
type Settings struct {
	Tenant            string
	Endpoint          string
	KeyUser           string
	Provisioning      string
	AllowRejoin       bool
	AllowTeamDeletion bool
	SCIMOwnersGroup   string
	RequestsPerMinute int64
}

// The ways in which users and memberships come about.
const (
	provisionAPI         = "api"
	provisionSCIM        = "scim"
	provisionJIT         = "jit"
	provisionEnhancedJIT = "enhanced_jit"
)

// filesDecide reports whether no identity provider has a say in users and
// memberships.
func (s *Settings) filesDecide() bool { return s.Provisioning == "" || s.Provisioning == provisionAPI }

const (
	// emulated is the endpoint of the emulator inside rolecall.
	emulated = "emulator"
	// apiPath is where the API lives in a tenant.
	apiPath = "/api/v1"
	// noUser is the key_user of a key that belongs to no person.
	noUser = "none"
	// budget leaves a fifth of the 5,000 requests a minute to others.
	budget = 4000
)

var settingsKind = schema.Kind{
	Name: "tines",
	Doc:  "Settings of one Tines tenant.",
	Attributes: []schema.Attribute{
		schema.String("tenant", "Address of the tenant as the browser shows it, with https://. Domains end in .tines.com, .tines.io, or are your own. "+
			"It is needed unless endpoint says where to go.",
			func(s *Settings) *string { return &s.Tenant }).
			Normal(trimSlash).Check(tenantURL).Like(`"https://adjective-noun-1234.tines.com"`),
		schema.String("endpoint", "\"emulator\" for the Tines inside rolecall, or the base URL of the API where it is not below the tenant's address. "+
			"Without it, the tenant's address and "+apiPath+".",
			func(s *Settings) *string { return &s.Endpoint }).
			Normal(trimSlash).Check(endpointURL).Like(`"emulator"`),
		schema.String("key_user", "E-mail address of the user whose key "+KeyEnv+" holds, because Tines does not tell. rolecall never takes rights from that user. "+
			"\"none\" for a key that belongs to a service and to no person.",
			func(s *Settings) *string { return &s.KeyUser }).
			With(schema.FoldCase).Check(keyUser).Like(`"ana@zoo.example"`),
		schema.String("provisioning", "Who decides about users and memberships. \"api\", the default: rolecall. \"scim\": an identity provider, which alone may change "+
			"users and memberships, so that both are compared and never written. \"enhanced_jit\": every sign-in sets the memberships anew, so they are only compared. "+
			"\"jit\": the first sign-in of a person sets them and no later one does, so rolecall writes both.",
			func(s *Settings) *string { return &s.Provisioning }).
			With(schema.Steering).Default(func(body any) bool { return body.(*Settings).filesDecide() }).
			Values(provisionAPI, provisionSCIM, provisionJIT, provisionEnhancedJIT).Like(`"api"`),
		schema.Bool("allow_rejoin", "Whether a member whose role cannot be changed in place may be removed from the team and invited again. "+
			"In between the person has no access to the team.",
			func(s *Settings) *bool { return &s.AllowRejoin }).
			With(schema.Steering).Like(`false`),
		schema.Bool("allow_team_deletion", "Whether a team may be deleted at all. What is in it, its stories and case groups included, is deleted with it.",
			func(s *Settings) *bool { return &s.AllowTeamDeletion }).
			With(schema.Steering).Like(`false`),
		schema.String("scim_owners_group", "Group of the identity provider whose people are tenant owners, sent along with the scim_mapping blocks.",
			func(s *Settings) *string { return &s.SCIMOwnersGroup }).
			With(schema.Steering).Like(`"Tines owners"`),
		schema.Int("requests_per_minute", "Maximum requests per minute. Default: 4000, of the 5000 that Tines allows. "+
			"Requests about users get a tenth of it, the audit log a fifth, as in Tines.",
			func(s *Settings) *int64 { return &s.RequestsPerMinute }).Like(`4000`),
	},
	Validate: validateSettings,
}

func trimSlash(s string) string { return strings.TrimRight(s, "/") }

// tenantURL is the rule for a tenant's address. Half of them are mistakes that
// other tools invite: a bare name, or the path of a page.
func tenantURL(s string) error {
	u, err := url.Parse(s)
	switch {
	case s == "":
		return errors.New("must not be empty")
	case err == nil && u.Scheme == "" && !strings.Contains(s, "."):
		return fmt.Errorf("must be the whole address, such as https://%s.tines.com or https://%s.tines.io; this is %q", s, s, s)
	case err == nil && u.Scheme == "":
		return fmt.Errorf("must begin with https://; write \"https://%s\"", s)
	case err != nil || u.Host == "" || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		return fmt.Errorf("must be an address such as https://adjective-noun-1234.tines.com; this is %q", s)
	case u.Scheme == "http":
		return fmt.Errorf("must begin with https://, because the key is sent along; this is %q", s)
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return fmt.Errorf("must end after the host; write \"https://%s\"", u.Host)
	}
	return rest.CheckAddress(s, "an address such as https://adjective-noun-1234.tines.com", "")
}

func endpointURL(s string) error {
	if s == emulated {
		return nil
	}
	return rest.CheckAddress(s, fmt.Sprintf("%q or a URL such as https://tines.zoo.example%s", emulated, apiPath), apiPath)
}

func keyUser(s string) error {
	if s == noUser {
		return nil
	}
	return schema.EmailAddress(s)
}

func validateSettings(o *schema.Object) []schema.Finding {
	s := o.Body.(*Settings)
	var out []schema.Finding
	if s.Tenant == "" && s.Endpoint == "" && !o.Has("tenant") {
		out = append(out, o.Problem("tines/tenant", "tenant", "The tenant is missing",
			"Write the address of the tenant, such as tenant = \"https://adjective-noun-1234.tines.com\", or endpoint = \"emulator\" to try things out."))
	}
	if elsewhere(s) {
		out = append(out, o.Problem("tines/endpoint", "endpoint", "tenant and endpoint name different servers",
			fmt.Sprintf("tenant is %s, and the key would go to %s. Take endpoint out: the API is at the tenant's address. "+
				"Where the API is only reached at another address, take tenant out.", s.Tenant, s.Endpoint)))
	}
	if o.Has("requests_per_minute") && s.RequestsPerMinute <= 0 {
		out = append(out, o.Problem("tines/requests-per-minute", "requests_per_minute", "requests_per_minute must be at least 1",
			"Write how many requests may be sent in a minute, or leave the attribute out for 4000."))
	}
	return out
}

// elsewhere reports whether the endpoint is another server than the tenant that the
// files are said to be about. A server on this machine stands in for any tenant.
func elsewhere(s *Settings) bool {
	if s.Tenant == "" || s.Endpoint == "" || s.Endpoint == emulated {
		return false
	}
	tenant, err := url.Parse(s.Tenant)
	if err != nil {
		return false // said by the rule of the attribute
	}
	endpoint, err := url.Parse(s.Endpoint)
	if err != nil {
		return false
	}
	about, err := rest.ServerOf(tenant)
	if err != nil {
		return false
	}
	to, err := rest.ServerOf(endpoint)
	return err == nil && !to.Local && to.Name != about.Name
}

// tenantOf is the host of the tenant, which has one of its own.
func tenantOf(settings *schema.Object) string {
	s, base := settings.Body.(*Settings), endpoint(settings)
	if base == emulated {
		return ""
	}
	id, _ := s.host(base)
	return id
}

// host names the tenant by its server, however its address is written: that of the tenant setting, or else of the
// base URL of the API.
func (s *Settings) host(base string) (string, error) {
	address := s.Tenant
	if address == "" {
		address = base
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", fmt.Errorf("connect to Tines: %w", err)
	}
	server, err := rest.ServerOf(u)
	if err != nil {
		return strings.ToLower(u.Host), nil // nothing but the emulator inside rolecall, which no network reaches
	}
	return server.ID(), nil
}

// addressSetting names the setting that the address comes from.
func addressSetting(settings *schema.Object) string {
	if s, ok := settings.Body.(*Settings); ok && s.Endpoint == "" {
		return "tenant"
	}
	return "endpoint"
}

func endpoint(settings *schema.Object) string {
	s := settings.Body.(*Settings)
	if s.Endpoint != "" {
		return s.Endpoint
	}
	return trimSlash(s.Tenant) + apiPath
}

func requestsPerMinute(settings *schema.Object) int {
	if s := settings.Body.(*Settings); s.RequestsPerMinute > 0 {
		return int(s.RequestsPerMinute)
	}
	return budget
}

// observed lists what an identity provider owns.
func observed(settings *schema.Object) []string {
	switch settings.Body.(*Settings).Provisioning {
	case provisionSCIM:
		return []string{"user", "membership"}
	case provisionEnhancedJIT:
		return []string{"membership"}
	}
	return nil
}
