package emulator

import "cmp"

// Credentials are what a token request names.
type Credentials struct {
	ClientID     string
	ClientSecret string
	OrgID        string // a UUID
	UserID       string // of a service account
}

// DefaultLogin returns who gets a token where neither seed nor options say otherwise.
// The account has the role that the seed's service_account_role says.
func DefaultLogin() Credentials {
	return Credentials{
		ClientID:     "emulator",
		ClientSecret: "emulator-secret",
		OrgID:        "00000000-0000-4000-8000-000000000042",
		UserID:       "00000000-0000-4000-8000-000000000001",
	}
}

func (c Credentials) orDefault() Credentials {
	d := DefaultLogin()
	return Credentials{
		ClientID:     cmp.Or(c.ClientID, d.ClientID),
		ClientSecret: cmp.Or(c.ClientSecret, d.ClientSecret),
		OrgID:        cmp.Or(c.OrgID, d.OrgID),
		UserID:       cmp.Or(c.UserID, d.UserID),
	}
}

// Credentials returns the first client with the first service account, to be shown
// to whoever starts the emulator. Call it before the server answers requests.
func (s *Server) Credentials() Credentials {
	c := Credentials{OrgID: s.org().ID}
	for _, app := range s.clients.All() {
		c.ClientID, c.ClientSecret = app.ID, app.Secret
		break
	}
	for _, u := range s.users.All() {
		if u.Service {
			c.UserID = u.ID
			break
		}
	}
	return c
}
