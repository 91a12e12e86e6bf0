package emulator

import (
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rolecall-dev/rolecall/provider/emulator"
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
	TenantPermissions *[]string    `json:"tenant_permissions,omitempty"` // nil on older tenants
	Active            *bool        `json:"is_active,omitempty"`          // nil on the oldest tenants
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
		permissions := append([]string{}, u.TenantPermissions...)
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

// listUsers shows users: on request only tenant owners, or with memberships.
func (s *Server) listUsers(c *call) (reply, error) {
	filter, include := c.query.Get("filter"), c.query.Get("include")
	if filter != "" && filter != "TENANT_OWNER" {
		return reply{}, invalid("filter", "is not TENANT_OWNER")
	}
	if include != "" && include != "team_memberships" {
		return reply{}, invalid("include", "is not team_memberships")
	}
	rows := s.users.View("list "+filter, func() []*user {
		var rows []*user
		for _, u := range s.users.All() {
			if s.shown(u) && (filter == "" || u.Admin) {
				rows = append(rows, u)
			}
		}
		return rows
	})
	return paged(c, "admin/users", rows, func(u *user) any {
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

// places returns the memberships in the list of users: also those in case groups and in the
// personal team.
func (s *Server) places(u *user) []shownPlace {
	places := make([]shownPlace, 0, len(s.teamsOf[u.ID])+1)
	for _, id := range s.teamsOf[u.ID] {
		t, m := s.team(id), s.pairs[pair{id, u.ID}]
		if !s.joined(m, u) && s.is("include-pending", "no") {
			continue
		}
		places = append(places, shownPlace{t.ID, t.Name, s.roleValue(m.Role)})
	}
	if t := s.team(u.Personal); t != nil {
		places = append(places, shownPlace{t.ID, t.Name, teamAdmin})
	}
	return places
}

// userAt returns the user of the path.
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
		u = s.user(s.byEmail[strings.ToLower(email)])
		if err = nil; u == nil || !s.shown(u) {
			err = notFound()
		}
	}
	if err != nil {
		return reply{}, err
	}
	return ok(s.showUser(u)), nil
}

// erase deletes a user with its memberships, personal team and keys.
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

// sweep erases the users whose deletion was queued a minute ago.
func (s *Server) sweep() {
	for _, id := range slices.Clone(s.leaving) {
		if u := s.user(id); s.o.Clock().Sub(u.DeletedAt) >= time.Minute {
			s.erase(u)
		}
	}
}

func (s *Server) createUser(c *call) (reply, error) {
	if err := s.provisioned(false); err != nil {
		return reply{}, err
	}
	if !c.body.Has("email") {
		c.body.Refuse("email", "is missing")
	}
	u := s.newUser("")
	s.fillUser(c.body, u)
	if err := problems(c.body); err != nil {
		return reply{}, err
	}
	s.join(c, u)
	return created(s.showUser(u)), nil
}

// newUser returns a user without an id who has not accepted the invitation.
func (s *Server) newUser(email string) *user {
	return &user{Email: email, Active: true, CreatedAt: s.o.Clock(), UpdatedAt: s.o.Clock()}
}

// join adds a new user with a personal team.
func (s *Server) join(c *call, u *user) {
	u.ID = s.store.Next("user")
	s.givePersonal(u)
	s.putUser(u)
	s.audit(c, "UsersInvitation", inputs{"userId": u.ID, "emails": []string{u.Email}, "admin": u.Admin})
}

// givePersonal makes the user's personal team.
func (s *Server) givePersonal(u *user) {
	t := &team{ID: s.store.Next("team"), Name: "Personal (" + u.Email + ")", Kind: personalTeam, Owner: u.ID}
	s.putTeam(t)
	u.Personal = t.ID
}

func (s *Server) updateUser(c *call) (reply, error) {
	old, err := s.userAt(c)
	if err == nil {
		err = s.provisioned(false)
	}
	if err != nil {
		return reply{}, err
	}
	if !old.DeletedAt.IsZero() {
		return reply{}, invalid("", "The user is being deleted")
	}
	u := *old
	if s.is("user-put", "defaults") {
		u.Admin, u.Active = false, true
	}
	s.fillUser(c.body, &u)
	if err := problems(c.body); err != nil {
		return reply{}, err
	}
	u.UpdatedAt = s.o.Clock()
	s.putUser(&u)
	s.audit(c, "UserEdit", inputs{"userId": u.ID, "email": u.Email, "admin": u.Admin, "isActive": u.Active})
	return ok(s.showUser(&u)), nil
}

// fillUser sets the attributes that the body has.
func (s *Server) fillUser(b *emulator.Body, u *user) {
	if email, sent := words(b, "email", false); sent {
		s.fillEmail(b, u, email)
	}
	for name, at := range map[string]*string{"first_name": &u.FirstName, "last_name": &u.LastName} {
		if value, sent := emulator.Field[string](b, name, "is not a string"); sent {
			*at = value
		}
	}
	for name, at := range map[string]*bool{"admin": &u.Admin, "is_active": &u.Active} {
		if value, sent := emulator.Field[bool](b, name, "is not a boolean"); sent {
			*at = value
		}
	}
	names, sent := chosen(b, "tenant_permissions", s.catalogue().TenantPermissions)
	if sent && s.is("tenant-permissions", "merge") {
		for _, name := range u.TenantPermissions {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	if sent {
		u.TenantPermissions = names
	}
}

func (s *Server) fillEmail(b *emulator.Body, u *user, email string) {
	if !validEmail(email) {
		b.Refuse("email", "is invalid")
		return
	}
	if other, taken := s.byEmail[strings.ToLower(email)]; taken && other != u.ID {
		b.Refuse("email", "has already been taken")
	}
	u.Email = email
}

func validEmail(text string) bool {
	a, err := mail.ParseAddress(text)
	if err != nil || a.Address != text {
		return false
	}
	_, domain, _ := strings.Cut(text, "@")
	return strings.Contains(domain, ".")
}

// deleteUser deletes a user, also under SCIM.
func (s *Server) deleteUser(c *call) (reply, error) {
	u, err := s.userAt(c)
	if err != nil {
		return reply{}, err
	}
	if !u.DeletedAt.IsZero() {
		return deleted(), nil
	}
	if s.is("delete-user", "queued") {
		gone := *u
		gone.Active, gone.DeletedAt = false, s.o.Clock()
		s.putUser(&gone)
	} else {
		s.erase(u)
	}
	s.audit(c, "UserDeletion", inputs{"userId": u.ID, "email": u.Email})
	return deleted(), nil
}
