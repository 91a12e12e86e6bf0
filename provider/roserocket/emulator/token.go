package emulator

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"sync"
	"time"
)

// A tokens keeps what was issued, in memory only: a client has to take a new token
// after a restart as it has to whenever one is refused.
type tokens struct {
	now      func() time.Time
	requests int // that a token is good for; 0 means any number

	mu     sync.Mutex
	issued map[string]*token
	serial int
}

// tokenLife is how long a token lives. The sources name 24 hours and 30 minutes.
const tokenLife = 24 * time.Hour

type token struct {
	user string
	ends time.Time
	used int
}

// add issues a token in the form of a JWT. Clients have no business in it.
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

// use returns whose token it is and counts the request, or returns "".
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

// ExpireTokens ends every token that was issued so far.
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
