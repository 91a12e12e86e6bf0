package tines

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// connect makes sure of the key before anything else. Tines has no call that says
// whose the key is, so the roles are read: only a tenant owner's key sees them,
// and they are needed anyway.
func connect(ctx context.Context, o provider.Options) (provider.Client, error) {
	c := &client{
		rest:     newREST(o),
		index:    o.Index,
		tenant:   o.Tenant,
		settings: *o.Settings.Body.(*Settings),
		budget:   o.Budget,
	}
	if c.index == nil {
		c.index = &schema.Index{}
	}
	if err := c.arrive(o.Endpoint); err != nil {
		return nil, err
	}
	if _, err := c.allRoles(ctx); err != nil {
		return nil, err
	}
	return c, nil
}

func newREST(o provider.Options) *rest.Client {
	header := http.Header{}
	if o.Key != "" {
		header.Set("Authorization", "Bearer "+o.Key)
	}
	return rest.New(rest.Config{
		Product: "Tines", Base: o.Endpoint, Header: header, Transport: o.Transport, Budget: o.Budget,
		Window: time.Minute, Timeout: o.Timeout, UserAgent: o.UserAgent, Observe: o.Observe, Wait: o.Wait, Reason: reason, Hint: hint,
	})
}

// arrive says which tenant this is, and whose key.
func (c *client) arrive(base string) error {
	address := c.settings.Tenant
	if address == "" {
		address = base
	}
	u, err := url.Parse(address)
	if err != nil {
		return fmt.Errorf("connect to Tines: %w", err)
	}
	c.identity.Tenant = u.Host
	if user := c.settings.KeyUser; user != "" && user != noUser {
		c.identity.Self = schema.Address{Provider: c.tenant, Kind: userKind.Name, Key: strings.ToLower(user)}
	}
	return nil
}

// hint advises where the way of Tines of doing things matters.
func hint(status int, method, path string) string {
	switch status {
	case http.StatusUnauthorized:
		return fmt.Sprintf("Put a valid API key into the environment variable %s. A Personal key stops working when its user is deactivated.", KeyEnv)
	case http.StatusNotFound:
		return "Tines answers 404 where the key lacks the right. Use a Tenant owner key, or the Personal key of a tenant owner, in " + KeyEnv +
			", and check the tenant's address in the provider block."
	}
	return ""
}
