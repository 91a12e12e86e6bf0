// Package tines is rolecall's adapter for Tines: its kinds, their rules, and a
// client for the Tines REST API v1.
package tines

import (
	"embed"
	"net/http"

	"github.com/rolecall-dev/rolecall/provider"
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
				"their members and roles, and users. The API key comes from the environment. It has to be a Tenant owner " +
				"key, or the Personal key of a tenant owner, because Tines hides roles and users from all other keys.",
			KeyEnv:   KeyEnv,
			HostEnv:  HostEnv,
			Settings: &settingsKind,
			Tenant:   tenantOf,
			Kinds:    []*schema.Kind{&roleKind, &teamKind, &userKind, &membershipKind, &mappingKind},
			Offline:  resolveOffline,
			Lint:     lintRoles,
			OwnLints: []schema.Lint{
				{Code: codeWithoutView, Plan: true, Doc: "A role may change something and not view it. In Tines no permission implies another. " +
					"lint knows the permissions that the files name, plan those that the tenant's roles show."},
				{Code: "tines/owner-permissions", Doc: "A tenant owner has tenant_permissions, which then have no effect."},
			},
			ReadOnlyKinds: observed,
			NotRemoved:    notRemoved,
			// TEAM_ADMIN shows ALLOW_ALL, which plans show as "everything" of the team, and manages
			// its members (API reference, List roles; Using teams). Tenant permissions apply
			// outside of teams (API reference, Create a user); their full list is not public.
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
