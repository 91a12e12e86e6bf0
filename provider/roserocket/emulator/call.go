package emulator

import (
	"errors"
	"io"
	"net"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// A call is one authenticated request.
type call struct {
	r    *http.Request
	body []byte
	user *user // the service account
}

// handle serves the token endpoint and the API.
func (s *Server) handle(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/oauth/token" && !strings.HasPrefix(r.RequestURI, Prefix) {
		s.issue(w, r)
		return
	}
	s.service.ServeHTTP(w, r)
}

// begin checks the host and the path of a request, and authenticates its sender.
func (s *Server) begin(r *http.Request) (*call, error) {
	form := s.hostOf(r)
	if form == hostNone || !strings.HasPrefix(r.RequestURI, Prefix+"/") || path.Clean(r.URL.Path) != r.URL.Path {
		return nil, notFound()
	}
	c := &call{r: r}
	return c, s.authenticate(c, form)
}

// take counts a request of the organization.
func (s *Server) take(*call) (shut time.Duration, ok bool) { return s.rate.Take(s.org().ID) }

// enter stores the request, which now has path values, and reads its body.
func (s *Server) enter(c *call, r *http.Request) (err error) {
	c.r = r
	if c.body, err = io.ReadAll(r.Body); err != nil {
		return badRequest("the body cannot be read")
	}
	return nil
}

// A host is what a host name serves.
type host int

const (
	hostNone    host = iota // has no API
	hostOrg                 // belongs to the organization
	hostNetwork             // serves all organizations
)

// hostOf returns what the host of a request serves. A host name that is not one of Rose
// Rocket's, such as the address on which the emulator listens, counts as the organization's.
func (s *Server) hostOf(r *http.Request) host {
	name := strings.ToLower(r.Host)
	if bare, _, err := net.SplitHostPort(name); err == nil {
		name = bare
	}
	sub, _, ours := strings.Cut(name, "roserocket.")
	form := hostOrg
	switch {
	case ours && sub == "a.":
		return hostNone
	case ours && (sub == "network." || sub == ""):
		form = hostNetwork
	}
	return form
}

// authenticate finds the service account of the token, and checks the organization.
func (s *Server) authenticate(c *call, form host) error {
	text, ok := strings.CutPrefix(c.r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return unauthorized()
	}
	if c.user = s.users.Find(s.tokens.use(text)); c.user == nil {
		return unauthorized()
	}
	id := c.r.Header.Get("x-org-id")
	if id == "" && form == hostNetwork || id != "" && id != s.org().ID {
		return forbidden()
	}
	return nil
}

// answer writes the value that a route returned, or the refusal if err is not nil.
func (s *Server) answer(w http.ResponseWriter, _ *http.Request, v any, err error) {
	if err != nil {
		s.refuse(w, err)
		return
	}
	emulator.WriteJSON(w, http.StatusOK, v)
}

// refuse writes a refusal. It panics for any other error.
func (s *Server) refuse(w http.ResponseWriter, err error) {
	var r *refusal
	if !errors.As(err, &r) {
		panic("roserocket emulator: " + err.Error())
	}
	emulator.WriteJSON(w, r.status, r.envelope())
}
