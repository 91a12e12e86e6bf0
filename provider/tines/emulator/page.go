package emulator

import (
	"net/url"
	"strconv"
)

// A page is a part of a list, as requested.
type page struct{ number, size int }

// The sizes of a page.
const (
	usualPage   = 20
	largestPage = 500
)

// pageOf reads page and per_page.
func pageOf(c *call) (page, error) {
	p := page{1, usualPage}
	for _, field := range []struct {
		name string
		at   *int
	}{{"page", &p.number}, {"per_page", &p.size}} {
		if given := c.query.Get(field.name); given != "" {
			n, err := strconv.Atoi(given)
			if err != nil {
				return p, invalid(field.name, "is not a number")
			}
			*field.at = max(n, 1)
		}
	}
	p.size = min(p.size, largestPage)
	return p, nil
}

// A meta describes the page of an answer. Other pages are URLs, but the next one also has its
// number.
type meta struct {
	Current  string  `json:"current_page"`
	Previous *string `json:"previous_page"`
	Next     *string `json:"next_page"`
	Number   *int    `json:"next_page_number"`
	Size     int     `json:"per_page"`
	Pages    int     `json:"pages"`
	Count    int     `json:"count"`
}

// paged returns a page of the rows under the key of their collection. It calls show only for the
// rows of the page.
func paged[T any](c *call, key string, rows []T, show func(T) any) (reply, error) {
	p, err := pageOf(c)
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
