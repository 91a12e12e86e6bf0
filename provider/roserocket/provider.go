// Package roserocket is rolecall's adapter for Rose Rocket: its kinds, their rules,
// and a client for the Platform Model API v2.
package roserocket

import (
	"net/http"
	"strings"

	"github.com/rolecall-dev/rolecall/provider"
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
			Kinds: []*schema.Kind{&userKind, &groupKind, &permissionKind},
		},
		Endpoint: endpoint,
		SignIn: func(settings *schema.Object) string {
			return settings.Body.(*Settings).authEndpoint(endpoint(settings))
		},
		// Rose Rocket publishes no limit. What keeps the load low is that one request is
		// sent after the other.
		Budget: func(*schema.Object) int { return 0 },
		Reads:  reads,
		Starter: map[string]string{
			"roserocket.hcl":  starterProvider,
			"permissions.hcl": starterPermissions,
			"groups.hcl":      starterGroups,
		},
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
