package emulator

import (
	"slices"
	"strconv"
	"strings"
)

// searchBusinesses shows a page of the businesses that the caller can read and
// the filters let through. The wire name of the filter by a list of codes is not
// documented, so there is none.
func (s *Server) searchBusinesses(c *call) (any, error) {
	p, err := s.page(c)
	if err != nil {
		return nil, err
	}
	match, err := s.businessFilter(c)
	if err != nil {
		return nil, err
	}
	if s.readsAll(c.user) && !s.filtered(c) {
		from, to := p.span(s.businesses.Len())
		items := make([]shownBusiness, 0, to-from)
		for _, b := range s.businesses.Span(from, to) {
			items = append(items, s.showBusiness(b))
		}
		return s.envelope(p, s.businesses.Len(), "businesses", items), nil
	}
	return s.businessPage(p, s.candidates(c), match), nil
}

// filtered reports whether a search leaves anything out.
func (s *Server) filtered(c *call) bool {
	for name := range c.query {
		switch name {
		case "page", "per_page", "org_id":
		default:
			return true
		}
	}
	return s.is("search-closed", "hidden")
}

// businessPage shows a page of those candidates that match.
func (s *Server) businessPage(p page, all []*business, match func(*business) bool) any {
	from, to := (p.number-1)*p.size, p.number*p.size
	count, items := 0, []shownBusiness{}
	for _, b := range all {
		if !match(b) {
			continue
		}
		if count >= from && count < to {
			items = append(items, s.showBusiness(b))
		}
		count++
	}
	return s.envelope(p, count, "businesses", items)
}

// candidates are the businesses that ids or code narrow the search to, else all.
func (s *Server) candidates(c *call) []*business {
	ids := c.query.Get("business__in")
	if code := c.query.Get("code"); ids == "" && code != "" {
		ids = s.byCode[code]
	} else if ids == "" {
		return s.businesses.Span(0, s.businesses.Len())
	}
	var list []*business
	for id := range strings.SplitSeq(ids, ",") {
		if b := s.businesses.Find(id); b != nil && !slices.Contains(list, b) {
			list = append(list, b)
		}
	}
	return list
}

func (s *Server) businessFilter(c *call) (func(*business) bool, error) {
	reads, q := s.reader(c.user), c.query
	query, name := strings.ToLower(q.Get("query")), strings.ToLower(q.Get("name"))
	grouped := func(*business) bool { return true }
	if text := q.Get("groups"); text != "" {
		var access []int
		for word := range strings.SplitSeq(text, ",") {
			id, err := strconv.Atoi(word)
			if err != nil {
				return nil, badRequest("groups", "Not a valid list of integers.")
			}
			access = append(access, id)
		}
		grouped = s.inAccess(access)
	}
	hidden := q.Get("status") == "" && s.is("search-closed", "hidden")
	is := func(want, have string) bool { return want == "" || want == have }
	return func(b *business) bool {
		return reads(b) && grouped(b) && (!hidden || b.Status == "open") &&
			is(q.Get("code"), b.Code) && is(q.Get("country"), b.Country) && is(q.Get("zipcode"), b.Zipcode) &&
			is(q.Get("city"), b.City) && is(q.Get("status"), b.Status) &&
			(name == "" || strings.Contains(strings.ToLower(b.Name), name)) &&
			(query == "" || strings.Contains(strings.ToLower(b.Name+"\n"+b.Code), query))
	}, nil
}

// userBusinesses shows the businesses that a user can read, whatever its role.
func (s *Server) userBusinesses(c *call) (any, error) {
	u := s.users.Find(c.r.PathValue("user_id"))
	if u == nil {
		return nil, notFound()
	}
	p, err := s.page(c)
	if err != nil {
		return nil, err
	}
	return s.businessPage(p, s.businesses.Span(0, s.businesses.Len()), s.reader(u)), nil
}
