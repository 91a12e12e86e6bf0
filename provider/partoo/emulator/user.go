package emulator

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

// A user can sign in.
type user struct {
	ID          string   `json:"id"`
	Email       string   `json:"email"`
	FirstName   string   `json:"first_name"`
	LastName    string   `json:"last_name"`
	Role        string   `json:"role"`
	CustomRole  string   `json:"custom_role,omitempty"` // "" is none
	Accesses    [][]int  `json:"accesses,omitempty"`
	BusinessIDs []string `json:"business_ids,omitempty"`
	Lang        string   `json:"lang"`
	Status      string   `json:"status"`
	Disabled    bool     `json:"disabled,omitempty"`
	SSOOnly     bool     `json:"sso_only,omitempty"`
	Sidebar     []string `json:"sidebar_pages,omitzero"` // nil is all pages
}

// A shownUser is a user as the API shows it, without the fields that are nil.
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
	Lang        string   `json:"lang"`
	Status      string   `json:"status"`
	Disabled    bool     `json:"disabled"`
	SSOOnly     bool     `json:"sso_only"`
	Sidebar     any      `json:"sidebar_pages,omitzero"` // a *[]string, so that null can be shown
	Permissions any      `json:"permissions,omitzero"`
}

// show returns the user as the API shows it. business_ids are filled for a
// BUSINESS_MANAGER only.
func (s *Server) show(u *user, businesses, thin bool) shownUser {
	v := shownUser{
		ID: u.ID, Email: u.Email, FirstName: u.FirstName, LastName: u.LastName, OrgID: s.org().ID, Role: u.Role,
		Lang: u.Lang, Status: u.Status, Disabled: u.Disabled, SSOOnly: u.SSOOnly,
	}
	if !thin {
		v.CustomRole = nullable(u.CustomRole)
		v.Accesses = append([][]int{}, u.Accesses...)
		v.Sidebar = shownPages(u)
	}
	if businesses {
		v.BusinessIDs = []string{}
		if u.Role == roleBusinessManager {
			v.BusinessIDs = append(v.BusinessIDs, u.BusinessIDs...)
		}
	}
	return v
}

// nullable returns nil for "", which JSON shows as null.
func nullable(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// wantsBusinesses reads display_business_ids.
func (s *Server) wantsBusinesses(c *call) (bool, error) {
	switch c.query.Get("display_business_ids") {
	case "", "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, badRequest("display_business_ids", "Not a valid boolean.")
}

// getMe shows the user of the key with the permissions of the key.
func (s *Server) getMe(c *call) (any, error) {
	businesses, err := s.wantsBusinesses(c)
	if err != nil {
		return nil, err
	}
	v := s.show(c.user, businesses, false)
	mine, names, rows := s.effective(c), []string{}, []any{}
	for _, name := range s.catalogue().names() {
		if mine[name] {
			names = append(names, name)
			rows = append(rows, map[string]string{"name": name})
		}
	}
	if v.Permissions = names; s.is("me-permissions", "objects") {
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
	return s.show(u, businesses, false), nil
}
