package emulator

import (
	"net/mail"
	"slices"
	"strings"
)

// searchUsers shows a page of the users that the filters let through.
func (s *Server) searchUsers(c *call) (any, error) {
	p, err := s.page(c)
	if err != nil {
		return nil, err
	}
	businesses, err := s.wantsBusinesses(c)
	if err != nil {
		return nil, err
	}
	count, span, err := s.found(c)
	if err != nil {
		return nil, err
	}
	from, to := p.span(count)
	items, thin := make([]shownUser, 0, to-from), s.is("user-search", "thin")
	for _, u := range span(from, to) {
		items = append(items, s.show(u, businesses, thin))
	}
	return s.envelope(p, count, "users", items), nil
}

func (s *Server) countUsers(c *call) (any, error) {
	count, _, err := s.found(c)
	return map[string]int{"count": count}, err
}

// found applies the filters. Without any it reads the table as it lies; else the
// selection is made once and remembered for the next page.
func (s *Server) found(c *call) (int, func(from, to int) []*user, error) {
	f, err := s.filter(c)
	if err != nil {
		return 0, nil, err
	}
	if f == (userFilter{}) {
		return s.users.Len(), s.users.Span, nil
	}
	if f.email != "" {
		var list []*user
		if u := s.userByEmail(f.email); u != nil && f.match(u) {
			list = append(list, u)
		}
		return len(list), func(from, to int) []*user { return list[from:to] }, nil
	}
	list := s.users.View(f.key(), func() []*user {
		var list []*user
		for _, u := range s.users.All() {
			if f.match(u) {
				list = append(list, u)
			}
		}
		f.sort(list)
		return list
	})
	return len(list), func(from, to int) []*user { return list[from:to] }, nil
}

// A userFilter is what a search asks for. Only filters whose wire names are
// documented exist; others are ignored, as Partoo ignores what it does not know.
type userFilter struct {
	email, query, status, role, order string
	active, enabled, disabled         bool // leave out invited, disabled, enabled users
}

func (s *Server) filter(c *call) (userFilter, error) {
	q := c.query
	f := userFilter{
		email: strings.ToLower(q.Get("email")), query: strings.ToLower(q.Get("query")),
		status: q.Get("status"), role: q.Get("role"), order: q.Get("order_by"),
	}
	if f.email != "" && !validEmail(f.email) {
		return f, badRequest("email", "Not a valid email address.")
	}
	if f.status != "" && f.status != "active" && f.status != "invited" {
		return f, badRequest("status", "Not a valid choice.")
	}
	for r := range strings.SplitSeq(f.role, ",") {
		if f.role != "" && r != roleProvider && !slices.Contains(assignable(), r) {
			return f, badRequest("role", "Not a valid choice.")
		}
	}
	if f.order != "" && columns()[strings.TrimPrefix(f.order, "-")] == nil {
		return f, badRequest("order_by", "Not a valid choice.")
	}
	f.active = f.status == "" && s.is("search-status", "active")
	f.enabled = s.is("search-disabled", "hidden")
	if s.is("disabled-filter", "disabled") {
		switch q.Get("disabled") {
		case "true":
			f.enabled, f.disabled = false, true
		case "false":
			f.enabled = true
		case "":
		default:
			return f, badRequest("disabled", "Not a valid boolean.")
		}
	}
	return f, nil
}

func (f userFilter) key() string {
	key := strings.Join([]string{f.query, f.status, f.role, f.order}, "\x00")
	if f.active {
		key += "\x00active"
	}
	if f.enabled {
		key += "\x00enabled"
	}
	if f.disabled {
		key += "\x00disabled"
	}
	return key
}

func (f userFilter) match(u *user) bool {
	return (f.status == "" || f.status == u.Status) &&
		(!f.active || u.Status == "active") && (!f.enabled || !u.Disabled) && (!f.disabled || u.Disabled) &&
		(f.role == "" || slices.Contains(strings.Split(f.role, ","), u.Role)) &&
		(f.query == "" || strings.Contains(strings.ToLower(u.Email+"\n"+u.FirstName+" "+u.LastName), f.query))
}

// columns are what a search can be ordered by. All users are of one organization
// and of no old group, so that org_id and group_id order nothing.
func columns() map[string]func(*user) string {
	same := func(*user) string { return "" }
	return map[string]func(*user) string{
		"email":      func(u *user) string { return u.Email },
		"first_name": func(u *user) string { return u.FirstName },
		"last_name":  func(u *user) string { return u.LastName },
		"role":       func(u *user) string { return u.Role },
		"status":     func(u *user) string { return u.Status },
		"org_id":     same, "group_id": same,
	}
}

func (f userFilter) sort(list []*user) {
	if f.order == "" {
		return
	}
	name, reverse := strings.CutPrefix(f.order, "-")
	of := columns()[name]
	slices.SortStableFunc(list, func(a, b *user) int {
		if reverse {
			a, b = b, a
		}
		return strings.Compare(of(a), of(b))
	})
}

func validEmail(text string) bool {
	a, err := mail.ParseAddress(text)
	if err != nil || a.Address != text {
		return false
	}
	_, domain, _ := strings.Cut(text, "@")
	return strings.Contains(domain, ".")
}
