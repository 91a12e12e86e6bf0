package emulator

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"time"

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

// begin authenticates a request.
func (s *Server) begin(r *http.Request) (*call, error) {
	c := &call{r: r, query: r.URL.Query()}
	return c, s.authenticate(c)
}

// take counts a request of the organization.
func (s *Server) take(*call) (shut time.Duration, ok bool) {
	return s.rate.Take(strconv.Itoa(s.org().ID))
}

// noRoute refuses an unknown path, or a method that the path does not have.
func (s *Server) noRoute(w http.ResponseWriter, allow string) error {
	if allow == "" {
		return notFound()
	}
	w.Header().Set("Allow", allow)
	return notAllowed()
}

// authenticate finds the key and its owner.
func (s *Server) authenticate(c *call) error {
	id, ok := s.byKey[c.r.Header.Get("x-APIKey")]
	if !ok {
		return unauthenticated()
	}
	c.key = s.keys.Find(id)
	c.user = s.users.Find(c.key.UserID)
	if c.user == nil || c.user.Disabled || !s.works(c.key) {
		return unauthenticated()
	}
	return nil
}

// enter takes the request with its path values, and reads its body.
func (s *Server) enter(c *call, r *http.Request) error {
	c.r = r
	if r.Method == http.MethodPost || r.Method == http.MethodPut {
		if err := c.read(); err != nil {
			return err
		}
	}
	return s.sameOrg(c)
}

// read decodes the body.
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

// sameOrg refuses another organization than the emulated one. Only a PROVIDER can name one; for
// others Partoo ignores the name.
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

func (s *Server) answer(w http.ResponseWriter, _ *http.Request, v any, err error) {
	var no *refusal
	switch {
	case errors.As(err, &no):
		s.refuse(w, no)
	case err != nil:
		panic("partoo emulator: " + err.Error())
	case v == nil:
		w.WriteHeader(http.StatusOK)
	default:
		emulator.WriteJSON(w, http.StatusOK, v)
	}
}

// success is the answer to a write, which has only the id.
func success(name string, id any) any {
	return map[string]any{"status": "success", name: id}
}

// A page is the requested part of a list.
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

// span returns which items of a list with count items the page has.
func (p page) span(count int) (from, to int) {
	from = min((p.number-1)*p.size, count)
	return from, min(from+p.size, count)
}

// envelope wraps the items of a page.
func (s *Server) envelope(p page, count int, name string, items any) any {
	last := max(1, (count+p.size-1)/p.size)
	return map[string]any{"page": p.number, "max_page": last, "count": count, name: items}
}
