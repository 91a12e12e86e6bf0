// Package roserocket is rolecall's adapter for Rose Rocket: its kinds, their rules,
// and a client for the Platform Model API v2.
package roserocket

import (
	"embed"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

const (
	// KeyEnv is the environment variable with the client secret of the OAuth application.
	KeyEnv = "ROSEROCKET_CLIENT_SECRET"
	// HostEnv is the environment variable with the host of the organization, such as
	// example.roserocket.com, which is one of the servers of the Platform Model API.
	HostEnv = "ROSEROCKET_HOST"
)

const (
	apiPath    = "/api/v2/platformModel"
	tokenPath  = "/oauth/token"
	searchPath = "/userGroups/search"

	issuer   = "https://a.roserocket.com"
	audience = "https://roserocket.com"

	// byHand is where people do what the API cannot.
	byHand = "in Rose Rocket under Settings, Users, Roles, Groups"
)

// starter is what rolecall init writes. It plans against the embedded emulator as it
// stands, so that a newcomer sees a plan before having access.
//
//go:embed starter/*.hcl
var starter embed.FS

// Provider describes Rose Rocket.
func Provider() *provider.Provider {
	return &provider.Provider{
		Product: schema.Product{
			Name:  "roserocket",
			Title: "Rose Rocket",
			Doc: "Rose Rocket is a system for freight and trucking companies. rolecall manages what its roles may do with each object, down to single " +
				"fields, and the members of user groups. People are invited and given their role " + byHand + "; the API has no call for it. " +
				"rolecall signs in as a service account of an OAuth application, with the client secret from the environment. A service account " +
				"is a Manager until somebody makes it an Admin, and only an Admin may change permissions.",
			KeyEnv: KeyEnv,
			// The issuer of tokens (OAuth 2.0 authentication guide), and the two servers of
			// the Platform Model API that all organizations share (its OpenAPI description
			// and the worked examples of the documentation).
			Hosts:    []string{"a.roserocket.com", "roserocket.com", "network.roserocket.com"},
			HostEnv:  HostEnv,
			Settings: &settingsKind,
			Tenant:   tenantOf,
			// The API has no call that makes somebody an Admin. Objects of the platform model
			// that decide who sees what, and where data is sent (readme pages of the objects).
			Privileged: []string{
				"create records on user", "delete records on user", "edit * on user",
				"create records on userGroup", "delete records on userGroup", "edit * on userGroup",
				"create records on webhookDestination", "edit * on webhookDestination",
				"create records on webhookSubscription", "edit * on webhookSubscription",
			},
			Kinds:   []*schema.Kind{&userKind, &groupKind, &permissionKind},
			Offline: resolveOffline,
			OwnLints: []schema.Lint{
				{Code: "roserocket/empty-permission", Doc: "A permission says nothing about what the role may do."},
			},
		},
		Endpoint: endpoint,
		SignIn: func(settings *schema.Object) string {
			return settings.Body.(*Settings).authEndpoint(endpoint(settings))
		},
		// Rose Rocket publishes no limit. What keeps the load low is that one request is
		// sent after the other.
		Budget:  func(*schema.Object) int { return 0 },
		Reads:   reads,
		Starter: provider.StarterFiles(starter),
		Connect: connect,
	}
}

// reads: getting a token and searching are POST and change nothing.
func reads(method, path string) bool {
	switch method {
	case http.MethodGet:
		return true
	case http.MethodPost:
		return strings.HasSuffix(path, tokenPath) || strings.HasSuffix(path, searchPath)
	}
	return false
}

// Settings is what the provider block says.
type Settings struct {
	Endpoint     string
	AuthEndpoint string
	OrgID        string
	UserID       string
	ClientID     string
	OwnRole      string
	AllowOwnRole bool
	Literals     map[string]string // word -> Rose Rocket's literal
	Parallel     int64
}

const (
	embedded    = "emulator"
	defaultRole = "admin"
	mostAtOnce  = 2
)

var settingsKind = schema.Kind{
	Name: "roserocket",
	Doc:  "Settings of one Rose Rocket organization. None of them is a secret; the client secret is in the environment variable " + KeyEnv + ".",
	Attributes: []schema.Attribute{
		schema.String("endpoint", "Address of the organization, such as https://example.roserocket.com, or https://network.roserocket.com, or "+
			"\"emulator\" for the one inside rolecall. The path "+apiPath+" is added to it.",
			func(s *Settings) *string { return &s.Endpoint }).With(schema.Required).Check(baseURL).Like(`"https://example.roserocket.com"`),
		schema.String("org_id", "Id of the organization. It is sent with every request, and the token is for this organization only.",
			func(s *Settings) *string { return &s.OrgID }).With(schema.Required).Check(oneWord).Like(`"00000000-0000-4000-8000-000000000042"`),
		schema.String("client_id", "Client id of the OAuth application, from Settings, API Settings, Applications.",
			func(s *Settings) *string { return &s.ClientID }).With(schema.Required).Check(oneWord).Like(`"rolecall"`),
		schema.String("user_id", "Id of the service account of that application as which rolecall acts. It has to be an Admin.",
			func(s *Settings) *string { return &s.UserID }).With(schema.Required).Check(oneWord).Like(`"00000000-0000-4000-8000-000000000001"`),
		schema.String("auth_endpoint", "Where tokens come from. Without it, "+issuer+", and for an emulator the emulator itself.",
			func(s *Settings) *string { return &s.AuthEndpoint }).Check(serverURL).Like(`"` + issuer + `"`),
		schema.String("own_role", "Key of the role that the service account has. Without it, \""+defaultRole+"\", because only an Admin may change permissions. "+
			"Changes of this role's permissions are refused, so that rolecall does not lock itself out.",
			func(s *Settings) *string { return &s.OwnRole }).With(schema.Steering).Check(pathPart).Like(`"admin"`),
		schema.Bool("allow_own_role", "Whether permissions of own_role may be changed.",
			func(s *Settings) *bool { return &s.AllowOwnRole }).With(schema.Steering).Like(`false`),
		schema.Map("literals", "How Rose Rocket's API spells the words of data, where rolecall does not learn it from the permissions that it reads. "+
			"Only \""+noAccess+"\" for none is documented.",
			func(s *Settings) *map[string]string { return &s.Literals }).With(schema.Steering).Entries(dataWords...).Like(`{ full = "full" }`),
		schema.Int("parallel", "How many requests may be under way at a time, 1 or 2. Without it, 1: Rose Rocket publishes no limit.",
			func(s *Settings) *int64 { return &s.Parallel }).Like(`1`),
	},
	Validate: validateSettings,
}

func validateSettings(o *schema.Object) []schema.Finding {
	s := o.Body.(*Settings)
	var out []schema.Finding
	if o.Has("parallel") && (s.Parallel < 1 || s.Parallel > mostAtOnce) {
		out = append(out, o.Problem("roserocket/parallel", "parallel", "Only 1 or 2 requests at a time",
			"Rose Rocket publishes no limit of requests, so rolecall sends one or two at a time. Write parallel = 1 or parallel = 2, or leave it out."))
	}
	for _, word := range slices.Sorted(maps.Keys(s.Literals)) {
		literal := s.Literals[word]
		if !slices.Contains(dataWords, word) {
			continue // the table of the kind says so
		}
		if literal == "" {
			out = append(out, o.Problem("roserocket/literals", "literals", "A literal is empty",
				fmt.Sprintf("literals says how the API spells %q. Write the text that data.option holds, or take the entry out.", word)))
		}
		for _, other := range dataWords {
			if other < word && literal != "" && s.Literals[other] == literal {
				out = append(out, o.Problem("roserocket/literals", "literals", "Two words have the same literal",
					fmt.Sprintf("literals spells both %q and %q as %q, so nothing tells them apart. Correct one of them.", other, word, literal)))
			}
		}
	}
	return out
}

// tenantOf is the organization.
func tenantOf(settings *schema.Object) string {
	if endpoint(settings) == embedded {
		return ""
	}
	return strings.ToLower(settings.Body.(*Settings).OrgID)
}

func endpoint(settings *schema.Object) string {
	s := settings.Body.(*Settings)
	if s.Endpoint == embedded {
		return embedded
	}
	base := strings.TrimRight(s.Endpoint, "/")
	if strings.HasSuffix(base, apiPath) {
		return base
	}
	return base + apiPath
}

// authEndpoint is where tokens come from: an emulator, in the process or on this
// machine, has its own.
func (s *Settings) authEndpoint(api string) string {
	if s.AuthEndpoint != "" {
		return strings.TrimRight(s.AuthEndpoint, "/")
	}
	u, err := url.Parse(api)
	if err != nil {
		return issuer
	}
	if at, err := rest.ServerOf(u); s.Endpoint == embedded || err == nil && at.Local {
		return u.Scheme + "://" + u.Host
	}
	return issuer
}

// authSetting names the setting that the address for tokens comes from, "" for the default.
func (s *Settings) authSetting(base string) string {
	switch {
	case s.AuthEndpoint != "":
		return "auth_endpoint"
	case base != issuer:
		return "endpoint"
	}
	return ""
}

func (s *Settings) ownRole() string {
	if s.OwnRole == "" {
		return defaultRole
	}
	return s.OwnRole
}

func (s *Settings) parallel() int { return int(min(max(1, s.Parallel), mostAtOnce)) }

// baseURL is the rule for an endpoint.
func baseURL(s string) error {
	if s == embedded {
		return nil
	}
	return rest.CheckAddress(s, fmt.Sprintf("%q or an address such as https://example.roserocket.com", embedded), "", apiPath)
}

// serverURL is the rule for the endpoint of tokens.
func serverURL(s string) error {
	return rest.CheckAddress(s, "an address such as "+issuer+", without a path", "")
}

// oneWord is the rule for an id.
func oneWord(s string) error {
	if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return fmt.Errorf("must be an id without spaces; this is %q", s)
	}
	return nil
}

// pathPart is the rule for what becomes a part of a URL and of a key.
func pathPart(s string) error {
	switch {
	case s == "." || s == "..":
		return fmt.Errorf("cannot be %q: it would address something else", s)
	case strings.Contains(s, "/"):
		return errors.New(`must not contain "/"`)
	case s != strings.TrimSpace(s):
		return errors.New("must not begin or end with a space")
	}
	return nil
}
