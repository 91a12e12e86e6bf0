package tines

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Settings are the arguments of the provider block.
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

// filesDecide reports whether no identity provider decides about users and memberships.
func (s *Settings) filesDecide() bool { return s.Provisioning == "" || s.Provisioning == provisionAPI }

var settingsKind = schema.Kind{
	Name: "tines",
	Doc:  "Settings of one Tines tenant.",
	Attributes: []schema.Attribute{
		schema.String("tenant", "Address of the tenant as the browser shows it, with https://. Its domain ends in .tines.com or .tines.io, or is your own. "+
			"Required unless endpoint is set.",
			func(s *Settings) *string { return &s.Tenant }).
			Normal(trimSlash).Check(tenantURL).Like(`"https://adjective-noun-1234.tines.com"`),
		schema.String("endpoint", "\"emulator\" for the emulator in rolecall, or the base URL of the API if it is not below the tenant's address. "+
			"Default: the tenant's address and "+apiPath+".",
			func(s *Settings) *string { return &s.Endpoint }).
			Normal(trimSlash).Check(endpointURL).Like(`"emulator"`),
		schema.String("key_user", "E-mail address of the user whose key "+KeyEnv+" holds, because Tines does not tell. rolecall never takes rights from that user. "+
			"\"none\" for a key that belongs to a service.",
			func(s *Settings) *string { return &s.KeyUser }).
			With(schema.FoldCase).Check(keyUser).Like(`"ana@zoo.example"`),
		schema.String("provisioning", "Who decides about users and memberships. \"api\", the default: rolecall. \"scim\": an identity provider, so rolecall only compares "+
			"users and memberships. \"enhanced_jit\": every sign-in of a user sets the memberships, so rolecall only compares them. "+
			"\"jit\": only the first sign-in of a user sets the memberships, so rolecall writes both.",
			func(s *Settings) *string { return &s.Provisioning }).
			With(schema.Steering).Default(func(body any) bool { return body.(*Settings).filesDecide() }).
			Values(provisionAPI, provisionSCIM, provisionJIT, provisionEnhancedJIT).Like(`"api"`),
		schema.Bool("allow_rejoin", "Whether a member whose role cannot be changed in place may be removed from the team and invited again. "+
			"Between the two, the user has no access to the team.",
			func(s *Settings) *bool { return &s.AllowRejoin }).
			With(schema.Steering).Like(`false`),
		schema.Bool("allow_team_deletion", "Whether teams may be deleted. Everything in a team, its stories and case groups included, is deleted with it.",
			func(s *Settings) *bool { return &s.AllowTeamDeletion }).
			With(schema.Steering).Like(`false`),
		schema.String("scim_owners_group", "Group of the identity provider whose members are tenant owners. It is written with the scim_mapping rows if Tines does not show it.",
			func(s *Settings) *string { return &s.SCIMOwnersGroup }).
			With(schema.Steering).Like(`"Tines owners"`),
		schema.Int("requests_per_minute", "Maximum requests per minute. Default: 4000, of the 5000 that Tines allows. "+
			"Requests about users get a tenth of it and the audit log a fifth, as in Tines.",
			func(s *Settings) *int64 { return &s.RequestsPerMinute }).Like(`4000`),
	},
	Validate: validateSettings,
}

func trimSlash(s string) string { return strings.TrimRight(s, "/") }

// tenantURL is the rule for a tenant's address. It explains common mistakes: a bare name, or
// the path of a page.
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
		return fmt.Errorf("must begin with https://, because requests carry the key; this is %q", s)
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
			"Write the address of the tenant, such as tenant = \"https://adjective-noun-1234.tines.com\", or endpoint = \"emulator\" to try rolecall without a tenant."))
	}
	if elsewhere(s) {
		out = append(out, o.Problem("tines/endpoint", "endpoint", "tenant and endpoint name different servers",
			fmt.Sprintf("tenant is %s, and rolecall would send the key to %s. Remove endpoint: the API is at the tenant's address. "+
				"If the API has another address, remove tenant.", s.Tenant, s.Endpoint)))
	}
	if o.Has("requests_per_minute") && s.RequestsPerMinute <= 0 {
		out = append(out, o.Problem("tines/requests-per-minute", "requests_per_minute", "requests_per_minute must be at least 1",
			"Write the maximum requests per minute, or remove the attribute for the default of 4000."))
	}
	return out
}

// elsewhere reports whether the endpoint is another server than the tenant. A server on this
// machine may stand for any tenant.
func elsewhere(s *Settings) bool {
	if s.Tenant == "" || s.Endpoint == "" || s.Endpoint == emulated {
		return false
	}
	tenant, err := url.Parse(s.Tenant)
	if err != nil {
		return false // the rule of the attribute reports it
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

// tenantOf returns the host of the tenant. Each tenant has its own.
func tenantOf(settings *schema.Object) string {
	s, base := settings.Body.(*Settings), endpoint(settings)
	if base == emulated {
		return ""
	}
	id, _ := s.host(base)
	return id
}

// host returns the server of the tenant, in one form however its address is written: that of
// the tenant setting or else of the base URL of the API.
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
		return strings.ToLower(u.Host), nil // the emulator in rolecall, which needs no network
	}
	return server.ID(), nil
}

// addressSetting returns the name of the setting that the address comes from.
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

// observed lists the kinds that an identity provider owns.
func observed(settings *schema.Object) []string {
	switch settings.Body.(*Settings).Provisioning {
	case provisionSCIM:
		return []string{"user", "membership"}
	case provisionEnhancedJIT:
		return []string{"membership"}
	}
	return nil
}

// Who decides about users and memberships.
const (
	provisionAPI         = "api"
	provisionSCIM        = "scim"
	provisionJIT         = "jit"
	provisionEnhancedJIT = "enhanced_jit"
)

const (
	// emulated is the endpoint of the emulator in rolecall.
	emulated = "emulator"
	// apiPath is the path of the API in a tenant.
	apiPath = "/api/v1"
	// noUser is the key_user of a key that belongs to a service.
	noUser = "none"
	// budget leaves a fifth of the 5,000 requests a minute to others.
	budget = 4000
)
