package emulator

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// A user is a person, or the service account behind a key.
type user struct {
	ID                int       `json:"id"`
	ScimUID           string    `json:"scim_uid,omitempty"`
	Email             string    `json:"email"`
	FirstName         string    `json:"first_name,omitempty"`
	LastName          string    `json:"last_name,omitempty"`
	Admin             bool      `json:"admin,omitempty"` // tenant owner
	TenantPermissions []string  `json:"tenant_permissions,omitempty"`
	Active            bool      `json:"is_active,omitempty"`
	Accepted          bool      `json:"accepted,omitempty"` // the invitation to the tenant
	Service           bool      `json:"service,omitempty"`
	Personal          int       `json:"personal_team,omitempty"`
	CreatedAt         time.Time `json:"created_at"`
	UpdatedAt         time.Time `json:"updated_at"`
	LastSeen          time.Time `json:"last_seen,omitzero"`
	DeletedAt         time.Time `json:"deleted_at,omitzero"`
}

type shownUser struct {
	ID                int          `json:"id"`
	ScimUID           *string      `json:"scim_uid"`
	Email             string       `json:"email"`
	FirstName         string       `json:"first_name"`
	LastName          string       `json:"last_name"`
	Admin             bool         `json:"admin"`
	TenantPermissions *[]string    `json:"tenant_permissions,omitempty"` // nil where the tenant is older
	Active            *bool        `json:"is_active,omitempty"`          // nil where it is older still
	CreatedAt         *string      `json:"created_at"`
	UpdatedAt         *string      `json:"updated_at"`
	LastSeen          *string      `json:"last_seen"`
	TeamMemberships   []shownPlace `json:"team_memberships,omitzero"`
	Memberships       []shownPlace `json:"memberships,omitzero"`
}

// A shownPlace is a membership as a list of users shows it.
type shownPlace struct {
	TeamID   int    `json:"team_id"`
	TeamName string `json:"team_name"`
	Role     string `json:"role"`
}

func (s *Server) showUser(u *user) shownUser {
	v := shownUser{
		ID: u.ID, Email: u.Email, FirstName: u.FirstName, LastName: u.LastName, Admin: u.Admin,
		CreatedAt: stamp(u.CreatedAt), UpdatedAt: stamp(u.UpdatedAt), LastSeen: stamp(u.LastSeen),
	}
	if !s.is("user-attributes", "no-permissions") && !s.is("user-attributes", "oldest") {
		permissions := s.showPermissions(u.TenantPermissions)
		v.TenantPermissions = &permissions
	}
	if !s.is("user-attributes", "oldest") {
		v.Active = &u.Active
	}
	if u.ScimUID != "" {
		v.ScimUID = &u.ScimUID
	}
	return v
}

// shown reports whether the API shows the user at all.
func (s *Server) shown(u *user) bool { return !u.Service || s.is("service-users", "listed") }

// listUsers shows users, on demand tenant owners only or with their memberships.
func (s *Server) listUsers(c *call) (reply, error) {
	filter, include := c.query.Get("filter"), c.query.Get("include")
	if filter != "" && filter != "TENANT_OWNER" {
		return reply{}, s.invalid("filter", "is not TENANT_OWNER")
	}
	if include != "" && include != "team_memberships" {
		return reply{}, s.invalid("include", "is not team_memberships")
	}
	rows := s.users.View("list "+filter, func() []*user {
		var rows []*user
		for _, u := range s.users.All() {
			if s.shown(u) && (filter == "" || u.Admin) {
				rows = append(rows, u)
			}
		}
		return arranged(s, rows, func(u *user) string { return u.Email })
	})
	return paged(s, c, "admin/users", rows, func(u *user) any {
		v := s.showUser(u)
		switch {
		case include == "":
		case s.is("include-key", "team_memberships"):
			v.TeamMemberships = s.places(u)
		case s.is("include-key", "memberships"):
			v.Memberships = s.places(u)
		}
		return v
	})
}

// places are a user's memberships as a list of users shows them.
func (s *Server) places(u *user) []shownPlace {
	places := make([]shownPlace, 0, len(s.teamsOf[u.ID])+1)
	groups, pending := s.is("include-groups", "yes"), s.is("include-pending", "yes")
	for _, id := range s.teamsOf[u.ID] {
		t, m := s.team(id), s.pairs[pair{id, u.ID}]
		if t.Kind == groupTeam && !groups || !s.joined(m, u) && !pending {
			continue
		}
		places = append(places, shownPlace{t.ID, t.Name, s.roleValue(m.Role)})
	}
	if t := s.team(u.Personal); t != nil && s.is("include-personal", "yes") {
		places = append(places, shownPlace{t.ID, t.Name, teamAdmin})
	}
	return places
}

// userAt is the user of the path.
func (s *Server) userAt(c *call) (*user, error) {
	u := s.user(idOf(c.r.PathValue("user_id")))
	if u == nil || !s.shown(u) {
		return nil, notFound()
	}
	return u, nil
}

// getUser shows the user with the id or the e-mail address of the path.
func (s *Server) getUser(c *call) (reply, error) {
	u, err := s.userAt(c)
	if email := c.r.PathValue("user_id"); strings.Contains(email, "@") && s.is("user-by-email", "yes") {
		u = s.user(s.byEmail[s.fold(email)])
		if err = nil; u == nil || !s.shown(u) {
			err = notFound()
		}
	}
	if err != nil {
		return reply{}, err
	}
	return ok(s.showUser(u)), nil
}

// erase removes a user with all that is its own: memberships, the personal team
// and personal keys. Keys of a service account go with it, too.
func (s *Server) erase(u *user) {
	for _, id := range slices.Clone(s.teamsOf[u.ID]) {
		s.memberships.Delete(pair{id, u.ID}.String())
	}
	if u.Personal != 0 {
		s.teams.Delete(strconv.Itoa(u.Personal))
	}
	var gone []string
	for id, k := range s.keys.All() {
		if k.UserID == u.ID {
			gone = append(gone, id)
		}
	}
	for _, id := range gone {
		s.keys.Delete(id)
	}
	s.users.Delete(strconv.Itoa(u.ID))
}

// sweep removes the users whose deletion was queued a minute ago.
func (s *Server) sweep() {
	for _, id := range slices.Clone(s.leaving) {
		if u := s.user(id); s.o.Clock().Sub(u.DeletedAt) >= time.Minute {
			s.erase(u)
		}
	}
}
