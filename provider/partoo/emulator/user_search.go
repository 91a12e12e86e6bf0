package emulator

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"
)

// searchUsers shows a page of the users that the filters select.
func (s *Server) searchUsers(c *call) (any, error) {
	p, err := s.page(c)
	if err != nil {
		return nil, err
	}
	businesses, err := s.wantsBusinesses(c)
	if err != nil {
		return nil, err
	}
	list, err := s.found(c)
	if err != nil {
		return nil, err
	}
	from, to := p.span(len(list))
	items, thin := make([]shownUser, 0, to-from), s.is("user-search", "thin")
	for _, u := range list[from:to] {
		items = append(items, s.show(u, businesses, thin))
	}
	return s.envelope(p, len(list), "users", items), nil
}

// found returns the users that the filters select. The result is cached for the next page.
func (s *Server) found(c *call) ([]*user, error) {
	f, err := s.filter(c)
	if err != nil {
		return nil, err
	}
	if f.email != "" {
		var list []*user
		if u := s.userByEmail(f.email); u != nil && f.match(u) {
			list = append(list, u)
		}
		return list, nil
	}
	return s.users.View(fmt.Sprintf("%+v", f), func() []*user {
		var list []*user
		for _, u := range s.users.All() {
			if f.match(u) {
				list = append(list, u)
			}
		}
		if f.order != "" {
			slices.SortStableFunc(list, func(a, b *user) int { return strings.Compare(a.Email, b.Email) })
		}
		return list
	}), nil
}

// A userFilter has the filters of a search. Unknown ones are ignored, as Partoo does.
type userFilter struct {
	email, status, order      string
	active, enabled, disabled bool // leave out invited, disabled, enabled users
}

func (s *Server) filter(c *call) (userFilter, error) {
	q := c.query
	f := userFilter{email: strings.ToLower(q.Get("email")), status: q.Get("status"), order: q.Get("order_by")}
	switch {
	case f.email != "" && !validEmail(f.email):
		return f, badRequest("email", "Not a valid email address.")
	case !slices.Contains([]string{"", "active", "invited"}, f.status):
		return f, badRequest("status", "Not a valid choice.")
	case f.order != "" && f.order != "email":
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

func (f userFilter) match(u *user) bool {
	return (f.status == "" || f.status == u.Status) && (!f.active || u.Status == "active") && (!f.enabled || !u.Disabled) && (!f.disabled || u.Disabled)
}

func validEmail(text string) bool {
	a, err := mail.ParseAddress(text)
	if err != nil || a.Address != text {
		return false
	}
	_, domain, _ := strings.Cut(text, "@")
	return strings.Contains(domain, ".")
}
