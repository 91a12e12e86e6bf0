package emulator

import (
	"io"
	"net/http"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// Audience is what a token has to be requested for.
const Audience = "https://roserocket.com"

// issue answers a token request. Beside the two of OAuth's own it wants to know
// the organization and the service account.
func (s *Server) issue(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		s.refuse(w, notFound())
		return
	}
	q, bad := s.tokenRequest(r)
	if bad != nil {
		bad.write(w)
		return
	}
	answer := map[string]any{"access_token": s.tokens.add(*q), "token_type": "Bearer", "expires_in": int(tokenLife.Seconds())}
	writeJSON(w, http.StatusOK, answer)
}

// tokenRequest reads a request of the machine flow.
func (s *Server) tokenRequest(r *http.Request) (*Credentials, *tokenError) {
	b := parseTokenBody(r)
	if b == nil {
		return nil, &tokenError{http.StatusBadRequest, "invalid_request", "The body must be a JSON object."}
	}
	value := func(name string) string {
		v, _ := emulator.Field[string](b, name, "must be a string")
		return v
	}
	if value("grant_type") != "client_credentials" {
		return nil, &tokenError{http.StatusBadRequest, "unsupported_grant_type", "The grant type is not supported."}
	}
	for _, name := range []string{"client_id", "client_secret", "org_id", "audience", "user_id"} {
		if value(name) == "" {
			return nil, &tokenError{http.StatusBadRequest, "invalid_request", "Missing required parameter: " + name}
		}
	}
	q := &Credentials{value("client_id"), value("client_secret"), value("org_id"), value("user_id")}
	if app := s.clients.Find(q.ClientID); app == nil || app.Secret != q.ClientSecret {
		return nil, &tokenError{http.StatusUnauthorized, "invalid_client", "Client authentication failed."}
	}
	if u := s.users.Find(q.UserID); value("audience") != Audience || q.OrgID != s.org().ID || u == nil || !u.Service {
		return nil, &tokenError{http.StatusForbidden, "access_denied", "The application may not act for this user in this organization."}
	}
	return q, nil
}

func parseTokenBody(r *http.Request) *emulator.Body {
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return nil
	}
	b, err := emulator.ParseBody(data)
	if err != nil {
		return nil
	}
	return b
}

// A tokenError is how OAuth refuses.
type tokenError struct {
	status int
	code   string
	text   string
}

func (e *tokenError) write(w http.ResponseWriter) {
	writeJSON(w, e.status, map[string]any{"error": e.code, "error_description": e.text})
}
