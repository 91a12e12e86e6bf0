package emulator

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// A tokens holds the issued tokens, in memory only: after a restart clients request a new one,
// as they do whenever a token is refused.
type tokens struct {
	now      func() time.Time
	requests int // for which a token is valid; 0 means any number

	mu     sync.Mutex
	issued map[string]*token
	serial int
}

// tokenLife is how long a token is valid. The sources say 24 hours and 30 minutes.
const tokenLife = 24 * time.Hour

type token struct {
	user string
	ends time.Time
	used int
}

// add issues a token in the form of a JWT. Clients must not rely on its content.
func (ts *tokens) add(c Credentials) string {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	now := ts.now()
	for text, t := range ts.issued {
		if !now.Before(t.ends) {
			delete(ts.issued, text)
		}
	}
	if ts.issued == nil {
		ts.issued = map[string]*token{}
	}
	ts.serial++
	text := jwt(c.ClientSecret, map[string]any{
		"iss": "https://a.roserocket.com/", "aud": Audience, "azp": c.ClientID, "sub": c.UserID, "org_id": c.OrgID,
		"iat": now.Unix(), "exp": now.Add(tokenLife).Unix(), "jti": ts.serial,
	})
	ts.issued[text] = &token{user: c.UserID, ends: now.Add(tokenLife)}
	return text
}

// use counts a request with the token and returns its user, or "" if the token is not valid.
func (ts *tokens) use(text string) string {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	t := ts.issued[text]
	if t == nil || !ts.now().Before(t.ends) || ts.requests > 0 && t.used >= ts.requests {
		return ""
	}
	t.used++
	return t.user
}

// ExpireTokens makes all issued tokens invalid.
func (s *Server) ExpireTokens() {
	s.tokens.mu.Lock()
	defer s.tokens.mu.Unlock()
	s.tokens.issued = nil
}

func jwt(secret string, claims map[string]any) string {
	body, err := json.Marshal(claims)
	if err != nil {
		panic("roserocket emulator: claims cannot be encoded: " + err.Error())
	}
	code := base64.RawURLEncoding.EncodeToString
	text := code([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + code(body)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(text))
	return text + "." + code(mac.Sum(nil))
}

// Audience is the audience that a token request must have.
const Audience = "https://roserocket.com"

// issue answers a token request. Beside the client of OAuth, the request must name the
// organization and the service account.
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
	emulator.WriteJSON(w, http.StatusOK, answer)
}

// tokenRequest reads a request with client credentials.
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

// A tokenError is an error answer of OAuth.
type tokenError struct {
	status int
	code   string
	text   string
}

func (e *tokenError) write(w http.ResponseWriter) {
	emulator.WriteJSON(w, e.status, map[string]any{"error": e.code, "error_description": e.text})
}

// Credentials are the client, the organization and the service account of a token request.
type Credentials struct {
	ClientID     string
	ClientSecret string
	OrgID        string // a UUID
	UserID       string // of a service account
}

// DefaultLogin returns the credentials that are valid if neither seed nor options have others.
// The account has the role in the seed's service_account_role.
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

// Credentials returns the first client with the first service account, for the user who starts
// the emulator. Call it before the server answers requests.
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
