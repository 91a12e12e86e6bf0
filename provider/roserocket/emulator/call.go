package emulator

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"path"
	"strings"
)

// A call is one authenticated request.
type call struct {
	r      *http.Request
	body   []byte
	user   *user // the service account
	status int   // of the answer; 0 means 200
}

// A handler answers a call: with what is encoded as JSON, or a *refusal.
type handler func(*call) (any, error)

// handle answers one request, in the order in which a real server would: which
// host is it for, who is it, is it too much, is there such a path, is it allowed,
// is it right.
func (s *Server) handle(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/oauth/token" && !strings.HasPrefix(r.RequestURI, Prefix) {
		s.issue(w, r)
		return
	}
	form := s.hostOf(r)
	if form == hostNone || !strings.HasPrefix(r.RequestURI, Prefix+"/") || path.Clean(r.URL.Path) != r.URL.Path {
		s.refuse(w, notFound())
		return
	}
	c := &call{r: r}
	if err := s.authenticate(c, form); err != nil {
		s.refuse(w, err)
		return
	}
	if shut, ok := s.rate.Take(s.org().ID); !ok {
		s.tooMany(w, shut)
		return
	}
	before := s.store.Effects()
	if _, pattern := s.mux.Handler(r); pattern == "" {
		s.refuse(w, notFound())
	} else {
		s.mux.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), callKey{}, c)))
	}
	if s.store.Effects() != before {
		s.told()
	}
}

// A host is a form of base URL.
type host int

const (
	hostNone    host = iota // has no API
	hostOrg                 // belongs to the organization
	hostNetwork             // serves all organizations
)

// hostOf tells what the host of a request serves. Hosts that are none of Rose
// Rocket's, as where the emulator listens, stand for the organization's.
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

// authenticate finds the service account of the token, and the organization.
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

type callKey struct{}

// wrap makes an http.HandlerFunc of a handler.
func (s *Server) wrap(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := r.Context().Value(callKey{}).(*call)
		c.r = r // with its path values
		var err error
		if c.body, err = io.ReadAll(r.Body); err != nil {
			s.refuse(w, badRequest("the body cannot be read"))
			return
		}
		v, err := h(c)
		if err != nil {
			s.refuse(w, err)
			return
		}
		writeJSON(w, c.status, v)
	}
}

// writeJSON answers with the value, or with nothing where there is none.
func writeJSON(w http.ResponseWriter, status int, v any) {
	if status == 0 {
		status = http.StatusOK
	}
	if v == nil {
		w.WriteHeader(status)
		return
	}
	data, raw := v.(json.RawMessage)
	if !raw {
		var err error
		if data, err = json.Marshal(v); err != nil {
			panic("roserocket emulator: an answer cannot be encoded: " + err.Error())
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(data)
}

// refuse answers with the refusal that err is.
func (s *Server) refuse(w http.ResponseWriter, err error) {
	var r *refusal
	if !errors.As(err, &r) {
		panic("roserocket emulator: " + err.Error())
	}
	writeJSON(w, r.status, r.envelope())
}
