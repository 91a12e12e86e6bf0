package emulator

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

const loginPath = "/users/login"

// tokens are the access tokens, in memory only: after a restart clients log in again.
type tokens struct {
	issued map[string]*token
	serial int
}

type token struct{ user, used int }

// authenticate finds the user whom an access token belongs to, or the account that a
// private key acts as.
func (s *Server) authenticate(c *call) error {
	if text := c.r.Header.Get("accessToken"); text != "" {
		t := s.tokens.issued[text]
		if t == nil || s.o.TokenRequests > 0 && t.used >= s.o.TokenRequests {
			return s.badCredential("BAD_ACCESS_TOKEN")
		}
		t.used++
		if c.user, c.token = s.user(t.user), true; !c.user.mayLogIn() {
			return s.badCredential("BAD_ACCESS_TOKEN")
		}
		return nil
	}
	if account := s.keys.Find(c.r.Header.Get("privateKey")); account != nil {
		c.user = s.user(*account)
	}
	if c.user == nil || c.user.Status == deleted {
		return s.badCredential("BAD_PRIVATE_KEY")
	}
	return nil
}

func (s *Server) badCredential(status string) error {
	code := http.StatusUnauthorized
	if s.is("bad-credential", "403") {
		code = http.StatusForbidden
	}
	return &refusal{code, status, "", "The credential is not valid."}
}

// login gives an access token for a user: with its password, or with the private key.
func (s *Server) login(c *call) (reply, error) {
	email, _ := emulator.Field[string](c.body, "email", "is not a string")
	id, _ := emulator.Field[int](c.body, "userId", "is not a number")
	password, _ := emulator.Field[string](c.body, "password", "is not a string")
	key, _ := emulator.Field[string](c.body, "private_key", "is not a string")
	if err := problems(c.body); err != nil {
		return reply{}, err
	}
	if email == "" && id == 0 {
		return reply{}, missing("email")
	}
	if password == "" && key == "" {
		return reply{}, missing("private_key")
	}
	if email != "" {
		id = s.byEmail[strings.ToLower(email)]
	}
	u := s.user(id)
	known := s.keys.Find(key) != nil || u != nil && password != "" && password == u.Password
	if !u.mayLogIn() || !known {
		return reply{}, &refusal{http.StatusUnauthorized, "NOT_AUTHORIZED", "", "The user or the credential is not known."}
	}
	s.tokens.serial++
	sum := sha256.Sum256([]byte(strconv.Itoa(s.tokens.serial) + " " + u.Email))
	text := hex.EncodeToString(sum[:16])
	if s.tokens.issued == nil {
		s.tokens.issued = map[string]*token{}
	}
	s.tokens.issued[text] = &token{user: u.ID}
	return single("access_token", text)
}

// Key returns the first private key, to be shown when the emulator starts. Call it
// before the server answers requests.
func (s *Server) Key() string {
	for key := range s.keys.All() {
		return key
	}
	return ""
}

// Admin returns the address of the first administrator who can log in, or "", likewise.
func (s *Server) Admin() string {
	for _, u := range s.users.All() {
		if u.Role == admin && u.mayLogIn() {
			return u.Email
		}
	}
	return ""
}
