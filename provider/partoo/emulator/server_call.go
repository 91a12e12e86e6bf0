package emulator

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// A call is one authenticated request.
type call struct {
	r     *http.Request
	query url.Values
	body  *emulator.Body // of POST and PUT
	key   *apiKey
	user  *user // the key's owner
}

// A handler answers a call: with what is encoded as JSON, or a *refusal.
type handler func(*call) (any, error)

// handle answers one request, in the order in which a real server would: who is
// it, is it too much, is there such a path, is it JSON, is it allowed, is it right.
func (s *Server) handle(w http.ResponseWriter, r *http.Request) {
	c := &call{r: r, query: r.URL.Query()}
	if err := s.authenticate(c); err != nil {
		s.answer(w, nil, err)
		return
	}
	if shut, ok := s.rate.Take(strconv.Itoa(s.org().ID)); !ok {
		s.tooMany(w, shut)
		return
	}
	defer s.watched(s.store.Effects())
	h, pattern := s.mux.Handler(r)
	if pattern == "" {
		s.writeNoRoute(w, r, h)
		return
	}
	s.mux.ServeHTTP(w, r.WithContext(withCall(r.Context(), c)))
}

// writeNoRoute answers a path that there is none of, or that has other methods.
func (s *Server) writeNoRoute(w http.ResponseWriter, r *http.Request, h http.Handler) {
	probe := probe{header: http.Header{}}
	h.ServeHTTP(&probe, r)
	if probe.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", probe.header.Get("Allow"))
		s.answer(w, nil, notAllowed())
		return
	}
	s.answer(w, nil, notFound())
}

// probe takes the header of an answer and nothing else.
type probe struct {
	header http.Header
	status int
}

func (p *probe) Header() http.Header         { return p.header }
func (p *probe) Write(b []byte) (int, error) { return len(b), nil }
func (p *probe) WriteHeader(status int)      { p.status = status }

// authenticate finds the key and its owner.
func (s *Server) authenticate(c *call) error {
	id, ok := s.byKey[c.r.Header.Get("x-APIKey")]
	if !ok {
		return unauthenticated()
	}
	c.key = s.keys.Find(id)
	c.user = s.users.Find(c.key.UserID)
	expired := c.key.ExpirationDate != nil && *c.key.ExpirationDate <= s.o.Clock().Unix()
	if c.user == nil || c.key.Disabled || expired || c.user.Disabled {
		return unauthenticated()
	}
	return nil
}

// wrap makes an http.HandlerFunc of a handler.
func (s *Server) wrap(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := callOf(r.Context())
		c.r = r // with its path values
		v, err := s.dispatch(c, h)
		s.answer(w, v, err)
	}
}

func (s *Server) dispatch(c *call, h handler) (any, error) {
	if c.r.Method == http.MethodPost || c.r.Method == http.MethodPut {
		if err := c.read(); err != nil {
			return nil, err
		}
	}
	if err := s.sameOrg(c); err != nil {
		return nil, err
	}
	return h(c)
}

// read decodes the body. A POST without one, as for an invitation, needs no type.
func (c *call) read() error {
	data, err := io.ReadAll(c.r.Body)
	if err != nil {
		return malformed()
	}
	if len(data) > 0 {
		kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
		if err != nil || kind != "application/json" {
			return wrongType()
		}
	}
	if c.body, err = emulator.ParseBody(data); err != nil {
		return malformed()
	}
	return nil
}

// sameOrg is the trap of org_id: only a PROVIDER can name another organization;
// for everybody else it silently is their own. There is only one here, so that a
// PROVIDER finds no other.
func (s *Server) sameOrg(c *call) error {
	if c.user.Role != roleProvider {
		return nil
	}
	own := s.org().ID
	for _, text := range []string{c.r.PathValue("org_id"), c.query.Get("org_id")} {
		if text != "" && text != strconv.Itoa(own) {
			return notFound()
		}
	}
	if c.body != nil {
		if id, ok := emulator.Field[int](c.body, "org_id", "Not a valid integer."); ok && id != own {
			return notFound()
		}
	}
	return nil
}

func (s *Server) answer(w http.ResponseWriter, v any, err error) {
	var r *refusal
	switch {
	case errors.As(err, &r):
		s.refuse(w, r)
	case err != nil:
		panic("partoo emulator: " + err.Error())
	case v == nil:
		w.WriteHeader(http.StatusOK)
	default:
		writeJSON(w, http.StatusOK, v)
	}
}

// flag reads a boolean of the query, in either spelling that was documented.
func (s *Server) flag(c *call, name string, byDefault bool) (bool, error) {
	text := c.query.Get(name)
	switch text {
	case "":
		return byDefault, nil
	case "true", "True", "1":
		return true, nil
	case "false", "False", "0":
		return false, nil
	}
	return false, badRequest(name, "Not a valid boolean.")
}

// success is a thin answer to a write.
func success(name string, id any) any {
	return map[string]any{"status": "success", name: id}
}

// A page is one part of a list, as it was asked for.
type page struct{ number, size int }

// page reads page and per_page. A page below 1 is page 1.
func (s *Server) page(c *call) (page, error) {
	p := page{number: 1, size: 30}
	if text := c.query.Get("page"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			return p, badRequest("page", "Not a valid integer.")
		}
		p.number = max(n, 1)
	}
	if text := c.query.Get("per_page"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			return p, badRequest("per_page", "Not a valid integer.")
		}
		p.size = min(max(n, 1), 100)
	}
	return p, nil
}

// span is the part of a list of count items that the page shows.
func (p page) span(count int) (from, to int) {
	from = min((p.number-1)*p.size, count)
	return from, min(from+p.size, count)
}

// envelope wraps the items of a page.
func (s *Server) envelope(p page, count int, name string, items any) any {
	last := (count + p.size - 1) / p.size
	if last == 0 && s.is("max-page-empty", "1") {
		last = 1
	}
	return map[string]any{"page": p.number, "max_page": last, "count": count, name: items}
}

type callKey struct{}

func withCall(ctx context.Context, c *call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

func callOf(ctx context.Context) *call { return ctx.Value(callKey{}).(*call) }
