package emulator

import (
	"slices"
)

// The roles of users. PROVIDER cannot be given through the API.
const (
	roleProvider        = "PROVIDER"
	roleOrgAdmin        = "ORG_ADMIN"
	roleOrgManager      = "ORG_MANAGER"
	roleGroupManager    = "GROUP_MANAGER"
	roleBusinessManager = "BUSINESS_MANAGER"
	rolePublisher       = "PUBLISHER"
)

func assignable() []string {
	return []string{roleOrgAdmin, roleOrgManager, roleGroupManager, roleBusinessManager, rolePublisher}
}

// A user is a person, or a bot that owns a key. Passwords are checked and thrown
// away.
type user struct {
	ID          string   `json:"id"`
	Email       string   `json:"email"`
	FirstName   string   `json:"first_name"`
	LastName    string   `json:"last_name"`
	Role        string   `json:"role"`
	CustomRole  string   `json:"custom_role,omitempty"` // "" is none
	Accesses    [][]int  `json:"accesses,omitempty"`
	BusinessIDs []string `json:"business_ids,omitempty"`
	Sidebar     []string `json:"sidebar_pages"` // nil is all features of the organization
	Lang        string   `json:"lang"`
	Status      string   `json:"status"`
	Disabled    bool     `json:"disabled,omitempty"`
	SSOOnly     bool     `json:"sso_only,omitempty"`
	Reviews     bool     `json:"receive_reviews_email_notifications,omitempty"`
	Type        string   `json:"user_type"` // user or bot
	CreatedAt   int64    `json:"created_at"`
	InvitedAt   int64    `json:"invited_at,omitempty"` // 0 is never
}

// shownUser is a user as the API shows it. What is nil is left out.
type shownUser struct {
	ID          string   `json:"id"`
	Email       string   `json:"email"`
	FirstName   string   `json:"first_name"`
	LastName    string   `json:"last_name"`
	OrgID       int      `json:"org_id"`
	Role        string   `json:"role"`
	CustomRole  any      `json:"custom_role,omitzero"` // a *string, so that null can be shown
	Accesses    [][]int  `json:"accesses,omitzero"`
	BusinessIDs []string `json:"business_ids,omitzero"`
	Sidebar     []string `json:"sidebar_pages"`
	Lang        string   `json:"lang"`
	Status      string   `json:"status"`
	Disabled    bool     `json:"disabled"`
	SSOOnly     bool     `json:"sso_only"`
	Reviews     bool     `json:"receive_reviews_email_notifications"`
	Provider    string   `json:"provider"`
	CreatedAt   int64    `json:"created_at"`
	Shadow      *string  `json:"shadow_user_id"`
	Features    []string `json:"available_features,omitzero"`
	Permissions any      `json:"permissions,omitzero"`
}

// show returns the user as a list shows it. The trap is that business_ids are
// filled for a BUSINESS_MANAGER only.
func (s *Server) show(u *user, businesses, thin bool) shownUser {
	o := s.org()
	v := shownUser{
		ID: u.ID, Email: u.Email, FirstName: u.FirstName, LastName: u.LastName, OrgID: o.ID, Role: u.Role,
		Sidebar: u.Sidebar, Lang: u.Lang, Status: u.Status, Disabled: u.Disabled, SSOOnly: u.SSOOnly,
		Reviews: u.Reviews, Provider: o.Provider, CreatedAt: u.CreatedAt,
	}
	if !thin {
		v.CustomRole = nullable(u.CustomRole)
		v.Accesses = s.showAccesses(u.Accesses)
	}
	if businesses {
		v.BusinessIDs = []string{}
		if u.Role == roleBusinessManager {
			v.BusinessIDs = arrange(s, u.BusinessIDs)
		}
	}
	return v
}

// nullable is the text, or a null that is shown.
func nullable(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func (s *Server) showAccesses(list [][]int) [][]int {
	out := append([][]int{}, list...)
	if s.is("set-order", "sent") {
		return out
	}
	for i := range out {
		out[i] = ascending(out[i])
	}
	slices.SortFunc(out, slices.Compare)
	if s.is("set-order", "reversed") {
		for i := range out {
			slices.Reverse(out[i])
		}
		slices.Reverse(out)
	}
	return out
}

// ascending returns the numbers sorted, in a list of their own that is never nil.
func ascending(list []int) []int {
	out := append([]int{}, list...)
	slices.Sort(out)
	return out
}

// wantsBusinesses reads display_business_ids.
func (s *Server) wantsBusinesses(c *call) (bool, error) {
	return s.flag(c, "display_business_ids", true)
}

// getMe shows the key's owner with what the key may do.
func (s *Server) getMe(c *call) (any, error) {
	businesses, err := s.wantsBusinesses(c)
	if err != nil {
		return nil, err
	}
	v := s.show(c.user, businesses, false)
	v.Features = append([]string{}, s.org().Features...)
	mine, names, rows := s.effective(c), []string{}, []any{}
	for _, name := range s.catalogue().names() {
		if mine[name] {
			names = append(names, name)
			rows = append(rows, map[string]string{"name": name})
		}
	}
	switch {
	case s.is("me-permissions", "names"):
		v.Permissions = names
	case s.is("me-permissions", "objects"):
		v.Permissions = rows
	}
	return v, nil
}

func (s *Server) getUser(c *call) (any, error) {
	businesses, err := s.wantsBusinesses(c)
	if err != nil {
		return nil, err
	}
	u := s.users.Find(c.r.PathValue("user_id"))
	if u == nil {
		return nil, notFound()
	}
	v := s.show(u, businesses, false)
	v.Features = append([]string{}, s.org().Features...)
	return v, nil
}
