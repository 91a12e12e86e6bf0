package emulator

import (
	"io"
	"net/http"
	"time"

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
		s.refuseToken(w, bad)
		return
	}
	life := s.tokenLife()
	answer := map[string]any{"access_token": s.tokens.add(*q, false, life), "token_type": "Bearer"}
	switch {
	case s.is("expires-in", "given"):
		answer["expires_in"] = int(life.Seconds())
	case s.is("expires-in", "wrong"):
		answer["expires_in"] = int(24 * time.Hour / time.Second)
	}
	if s.is("refresh-token", "given") {
		answer["refresh_token"] = s.tokens.add(*q, true, 30*24*time.Hour)
	}
	writeJSON(w, http.StatusOK, answer)
}

func (s *Server) tokenLife() time.Duration {
	switch {
	case s.is("token-life", "30m"):
		return 30 * time.Minute
	case s.is("token-life", "1m"):
		return time.Minute
	}
	return 24 * time.Hour
}

// tokenRequest reads a request of either grant.
func (s *Server) tokenRequest(r *http.Request) (*Credentials, *tokenError) {
	b := parseTokenBody(r)
	if b == nil {
		return nil, &tokenError{http.StatusBadRequest, "invalid_request", "The body must be a JSON object."}
	}
	value := func(name string) string {
		v, _ := emulator.Field[string](b, name, "must be a string")
		return v
	}
	needed := []string{"client_id", "client_secret", "org_id"}
	switch value("grant_type") {
	case "client_credentials":
		needed = append(needed, "audience", "user_id")
	case "refresh_token":
		needed = append(needed, "refresh_token")
	default:
		return nil, &tokenError{http.StatusBadRequest, "unsupported_grant_type", "The grant type is not supported."}
	}
	for _, name := range needed {
		if value(name) == "" {
			return nil, &tokenError{http.StatusBadRequest, "invalid_request", "Missing required parameter: " + name}
		}
	}
	q := &Credentials{value("client_id"), value("client_secret"), value("org_id"), value("user_id")}
	if app := s.clients.Find(q.ClientID); app == nil || app.Secret != q.ClientSecret {
		return nil, &tokenError{http.StatusUnauthorized, "invalid_client", "Client authentication failed."}
	}
	if value("grant_type") == "refresh_token" {
		if q.UserID = s.tokens.renews(value("refresh_token")); q.UserID == "" || q.OrgID != s.org().ID {
			return nil, &tokenError{http.StatusBadRequest, "invalid_grant", "Unknown or expired refresh token."}
		}
		return q, nil
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

func (s *Server) refuseToken(w http.ResponseWriter, e *tokenError) {
	if s.is("token-errors", "envelope") {
		writeJSON(w, e.status, map[string]any{"statusCode": e.status, "message": e.text, "error": http.StatusText(e.status)})
		return
	}
	writeJSON(w, e.status, map[string]any{"error": e.code, "error_description": e.text})
}
