package emulator

import (
	"net/url"
	"strconv"
)

// A page is one part of a list, as it was asked for.
type page struct{ number, size int }

// The sizes of a page.
const (
	usualPage   = 20
	largestPage = 500
)

// page reads page and per_page.
func (s *Server) page(c *call) (page, error) {
	p := page{1, usualPage}
	for _, field := range []struct {
		name string
		at   *int
	}{{"page", &p.number}, {"per_page", &p.size}} {
		if given := c.query.Get(field.name); given != "" {
			n, err := strconv.Atoi(given)
			if err != nil {
				return p, s.invalid(field.name, "is not a number")
			}
			*field.at = max(n, 1)
		}
	}
	if s.is("per-page", "refuse") && (p.size < usualPage || p.size > largestPage) {
		return p, s.invalid("per_page", "must be between 20 and 500")
	}
	if s.is("per-page", "clamp") {
		p.size = max(p.size, usualPage)
	}
	p.size = min(p.size, largestPage)
	return p, nil
}

// A meta is the part of an envelope that tells of pages. They are URLs, but for
// the number of the next one.
type meta struct {
	Current  string  `json:"current_page"`
	Previous *string `json:"previous_page"`
	Next     *string `json:"next_page"`
	Number   *int    `json:"next_page_number"`
	Size     int     `json:"per_page"`
	Pages    int     `json:"pages"`
	Count    int     `json:"count"`
}

// paged answers one page of the rows under the key of their collection. It looks
// at the rows of the page only.
func paged[T any](s *Server, c *call, key string, rows []T, show func(T) any) (reply, error) {
	p, err := s.page(c)
	if err != nil {
		return reply{}, err
	}
	m := meta{Current: c.pageURL(p, p.number), Size: p.size, Count: len(rows)}
	m.Pages = len(rows) / p.size
	if len(rows)%p.size > 0 {
		m.Pages++
	}
	if p.number > 1 {
		before := c.pageURL(p, p.number-1)
		m.Previous = &before
	}
	items := []any{}
	if p.number <= m.Pages {
		from := (p.number - 1) * p.size
		items = make([]any, 0, p.size)
		for _, row := range rows[from:min(from+p.size, len(rows))] {
			items = append(items, show(row))
		}
	}
	if p.number < m.Pages {
		next, after := p.number+1, c.pageURL(p, p.number+1)
		m.Number, m.Next = &next, &after
	}
	return ok(map[string]any{key: items, "meta": m}), nil
}

func (c *call) pageURL(p page, number int) string {
	q := url.Values{}
	for name, values := range c.query {
		q[name] = values
	}
	q.Set("page", strconv.Itoa(number))
	q.Set("per_page", strconv.Itoa(p.size))
	scheme := "http"
	if c.r.TLS != nil {
		scheme = "https"
	}
	u := url.URL{Scheme: scheme, Host: c.r.Host, Path: BasePath + c.r.URL.Path, RawQuery: q.Encode()}
	return u.String()
}

// A memory holds selections that were made at a number of effects, so that walking
// the pages of a list makes it once.
type memory struct {
	effects uint64
	lists   map[string][]int
}

// recall returns the selection under the key, made anew after each effect.
func (m *memory) recall(effects uint64, key string, build func() []int) []int {
	if m.lists == nil || m.effects != effects {
		m.effects, m.lists = effects, map[string][]int{}
	}
	ids, made := m.lists[key]
	if !made {
		ids = build()
		m.lists[key] = ids
	}
	return ids
}
