package emulator

import (
	"strconv"
)

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
		if n < 1 && s.is("page-zero", "refuse") {
			return p, badRequest("page", "Must be at least 1.")
		}
		p.number = max(n, 1)
	}
	if text := c.query.Get("per_page"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			return p, badRequest("per_page", "Not a valid integer.")
		}
		if (n < 1 || n > 100) && s.is("per-page", "refuse") {
			return p, badRequest("per_page", "Must be between 1 and 100.")
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
