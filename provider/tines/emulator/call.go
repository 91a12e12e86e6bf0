package emulator

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// A call is one authenticated request.
type call struct {
	r     *http.Request
	query url.Values
	body  *emulator.Body // of POST, PUT and PATCH
	key   *apiKey
	user  *user // of the key
}

// A reply is a successful answer. A nil body means no body.
type reply struct {
	status int
	body   any
}

func ok(v any) reply { return reply{http.StatusOK, v} }

// created answers the creation of v.
func created(v any) reply {
	return reply{http.StatusCreated, v}
}

// deleted answers the deletion of a team or user.
func deleted() reply {
	return reply{http.StatusNoContent, nil}
}

// A handler answers a call, or returns a *refusal.
type handler = func(*call) (reply, error)

// begin finds the user who sends a request.
func (s *Server) begin(r *http.Request) (*call, error) {
	s.sweep()
	c := &call{r: r, query: r.URL.Query()}
	return c, s.authenticate(c)
}

// enter takes the request with its path values, and reads its body.
func (s *Server) enter(c *call, r *http.Request) error {
	c.r = r
	return s.read(c)
}

// authenticate finds the key and its user. A personal key stops working when its user is
// deactivated; other keys do not.
func (s *Server) authenticate(c *call) error {
	token, bearer := strings.CutPrefix(c.r.Header.Get("Authorization"), "Bearer ")
	c.key = s.keys.Find(s.byKey[token])
	if !bearer || c.key == nil {
		return unauthenticated()
	}
	c.user = s.user(c.key.UserID)
	if c.user == nil || c.key.Kind == personalKey && !c.user.Active {
		return unauthenticated()
	}
	return nil
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request, v reply, err error) {
	var no *refusal
	switch {
	case errors.As(err, &no):
		s.refuse(w, r, no)
	case err != nil:
		panic("tines emulator: " + err.Error())
	case v.body == nil:
		w.WriteHeader(v.status)
	default:
		emulator.WriteJSON(w, v.status, v.body)
	}
}

// routes adds the calls of the API that rolecall uses.
func (s *Server) routes() {
	handle := s.service.Handle

	handle("GET /admin/roles", s.ownersOnly(s.listRoles))
	handle("POST /admin/roles", s.ownersOnly(s.createRole))
	handle("GET /admin/roles/{role_id}", s.ownersOnly(s.getRole))
	handle("PATCH /admin/roles/{role_id}", s.ownersOnly(s.updateRole))
	handle("DELETE /admin/roles/{role_id}", s.ownersOnly(s.deleteRole))

	handle("GET /teams", s.listTeams)
	handle("POST /teams", s.ownersOnly(s.createTeam))
	handle("GET /teams/{team_id}", s.getTeam)
	handle("PUT /teams/{team_id}", s.updateTeam)
	handle("DELETE /teams/{team_id}", s.deleteTeam)

	handle("GET /teams/{team_id}/members", s.listMembers)
	handle("POST /teams/{team_id}/invite_member", s.inviteMember)
	handle("POST /teams/{team_id}/remove_member", s.removeMember)

	handle("GET /admin/users", s.ownersOnly(s.listUsers))
	handle("POST /admin/users", s.ownersOnly(s.createUser))
	handle("GET /admin/users/{user_id}", s.ownersOnly(s.getUser))
	handle("PUT /admin/users/{user_id}", s.ownersOnly(s.updateUser))
	handle("DELETE /admin/users/{user_id}", s.ownersOnly(s.deleteUser))

	handle("GET /admin/scim_user_group_mapping", s.ownersOnly(s.getMapping))
	handle("POST /admin/scim_user_group_mapping", s.ownersOnly(s.setMapping))

	handle("GET /audit_logs", s.listAudits)
}

// read decodes the fields of a call. They are in the body, as in the samples of the
// documentation. Its tables list some of them as query parameters, which known clients do not
// use. A body without the content type of JSON is ignored.
func (s *Server) read(c *call) error {
	if c.r.Method == http.MethodGet || c.r.Method == http.MethodHead || c.r.Method == http.MethodDelete {
		return nil
	}
	data, err := io.ReadAll(c.r.Body)
	if err != nil {
		return malformed()
	}
	if media, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		data = nil
	}
	if c.body, err = emulator.ParseBody(data); err != nil {
		return malformed()
	}
	return nil
}

// words reads a text that must not be blank. If needed, it must be sent.
func words(b *emulator.Body, name string, needed bool) (value string, sent bool) {
	if !b.Has(name) {
		if needed {
			b.Refuse(name, "is missing")
		}
		return "", false
	}
	value, sent = emulator.Field[string](b, name, "is not a string")
	if value == "" {
		b.Refuse(name, "can't be blank")
	}
	return value, sent
}
