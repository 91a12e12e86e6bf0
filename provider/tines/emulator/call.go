package emulator

import (
	"encoding/json"
	"errors"
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
	user  *user // whom the key acts as
}

// A reply is a successful answer; a nil body is none at all.
type reply struct {
	status int
	body   any
}

func ok(v any) reply { return reply{http.StatusOK, v} }

// created answers the creation of v.
func (s *Server) created(v any) reply {
	if s.is("create-status", "200") {
		return ok(v)
	}
	return reply{http.StatusCreated, v}
}

// deleted answers the deletion of a team or user.
func (s *Server) deleted() reply {
	if s.is("delete-status", "200") {
		return reply{http.StatusOK, nil}
	}
	return reply{http.StatusNoContent, nil}
}

// A handler answers a call, or refuses it with a *refusal.
type handler func(*call) (reply, error)

// handle answers one request, in the order in which a real server would: who is
// it, is it too much, is there such a path, is it allowed, is it right.
func (s *Server) handle(w http.ResponseWriter, r *http.Request) {
	defer s.watched(s.store.Effects())
	s.sweep()
	c := &call{r: r, query: r.URL.Query()}
	if err := s.authenticate(c); err != nil {
		s.answer(w, r, reply{}, err)
		return
	}
	if shut, ok := s.take(c); !ok {
		s.tooMany(w, shut)
		return
	}
	if _, pattern := s.mux.Handler(r); pattern == "" {
		s.answer(w, r, reply{}, notFound())
		return
	}
	s.mux.ServeHTTP(w, r.WithContext(withCall(r.Context(), c)))
}

// authenticate finds the key and its user. A personal key goes with its user, the
// others outlive a deactivation.
func (s *Server) authenticate(c *call) error {
	token, bearer := strings.CutPrefix(c.r.Header.Get("Authorization"), "Bearer ")
	if !bearer {
		token = c.r.Header.Get("X-User-Token")
	}
	c.key = s.keys.Find(s.byKey[token])
	if token == "" || c.key == nil {
		return unauthenticated()
	}
	c.user = s.user(c.key.UserID)
	if c.user == nil || c.key.Kind == personalKey && !c.user.Active {
		return unauthenticated()
	}
	return nil
}

// wrap makes an http.HandlerFunc of a route.
func (s *Server) wrap(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := callOf(r.Context())
		c.r = r // with its path values
		var v reply
		err := s.read(c)
		if err == nil {
			v, err = h(c)
		}
		s.answer(w, r, v, err)
	}
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
		writeJSON(w, v.status, v.body)
	}
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		panic("tines emulator: an answer cannot be encoded: " + err.Error())
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	w.Write(data)
}
