package emulator

import (
	"strings"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// A membership is the role of a user in a team or case group.
type membership struct {
	Team     int    `json:"team"`
	User     int    `json:"user"`
	Role     string `json:"role"`               // id
	Accepted bool   `json:"accepted,omitempty"` // its own invitation
	Service  bool   `json:"service,omitempty"`  // of a service account
}

func (m *membership) pair() pair { return pair{m.Team, m.User} }

type shownMember struct {
	ID        int     `json:"id"`
	FirstName string  `json:"first_name"`
	LastName  string  `json:"last_name"`
	Email     string  `json:"email"`
	Admin     bool    `json:"is_admin"`
	CreatedAt *string `json:"created_at"`
	LastSeen  *string `json:"last_seen"`
	Accepted  bool    `json:"invitation_accepted"`
	Role      string  `json:"role,omitzero"`
}

// showMember returns the row of a member. The owner of a personal team and, if they are listed,
// tenant owners have no membership.
func (s *Server) showMember(t *team, u *user) shownMember {
	v := shownMember{
		ID: u.ID, FirstName: u.FirstName, LastName: u.LastName, Email: u.Email, Admin: u.Admin,
		CreatedAt: seconds(u.CreatedAt), LastSeen: seconds(u.LastSeen), Accepted: u.Accepted, Role: teamAdmin,
	}
	if m := s.pairs[pair{t.ID, u.ID}]; m != nil {
		v.Role, v.Accepted = s.roleValue(m.Role), s.joined(m, u)
	}
	return v
}

// joined reports whether the invitation of a member is accepted.
func (s *Server) joined(m *membership, u *user) bool { return m.Accepted && u.Accepted }

// roleValue returns how a member shows a role: by the id if it is deleted.
func (s *Server) roleValue(id string) string {
	if r := s.roles.Find(id); r != nil && s.is("member-role", "name") {
		return r.Name
	}
	return id
}

func (s *Server) listMembers(c *call) (reply, error) {
	t, err := s.seen(c)
	if err == nil {
		err = s.openTo(c, t)
	}
	if err != nil {
		return reply{}, err
	}
	return paged(c, "members", s.memberIDs(t), func(id int) any { return s.showMember(t, s.user(id)) })
}

// memberIDs returns the users in the list of members.
func (s *Server) memberIDs(t *team) []int {
	owners := t.Kind == groupTeam || t.Kind == standardTeam && s.is("owners-listed", "yes")
	if !owners && t.Kind != personalTeam {
		return s.rosters[t.ID]
	}
	ids := append([]int{}, s.rosters[t.ID]...)
	if t.Kind == personalTeam {
		ids = with(ids, t.Owner)
	}
	if owners {
		for _, u := range s.tenantOwners() {
			ids = with(ids, u.ID)
		}
	}
	return ids
}

// tenantOwners returns the active owners that are shown.
func (s *Server) tenantOwners() []*user {
	return s.users.View("owners", func() []*user {
		var rows []*user
		for _, u := range s.users.All() {
			if u.Admin && u.Active && s.shown(u) {
				rows = append(rows, u)
			}
		}
		return rows
	})
}

// changeable returns the team of the path, if the caller can change its members.
func (s *Server) changeable(c *call) (*team, error) {
	t, err := s.managed(c)
	if err == nil {
		err = s.openTo(c, t)
	}
	if err == nil {
		err = s.provisioned(s.is("scim", "enhanced-jit"))
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

// provisioned returns an error if SCIM or, as elsewhere says, something else decides about users
// or members.
func (s *Server) provisioned(elsewhere bool) error {
	if elsewhere || s.is("scim", "on") {
		return invalid("", "Managed by the identity provider")
	}
	return nil
}

// inviteMember makes a user a member. An unknown address becomes a user first.
func (s *Server) inviteMember(c *call) (reply, error) {
	t, err := s.changeable(c)
	if err != nil {
		return reply{}, err
	}
	roleID := s.invitedRole(c.body)
	u := s.invited(c.body)
	if err := problems(c.body); err != nil {
		return reply{}, err
	}
	if m := s.pairs[pair{t.ID, u.ID}]; m != nil {
		return s.inviteAgain(c, t, m, roleID)
	}
	if u.ID == 0 {
		s.join(c, u)
	}
	s.putMembership(&membership{
		Team: t.ID, User: u.ID, Role: roleID, Service: u.Service,
		Accepted: true,
	})
	s.audit(c, "TeamMembersAddition", inputs{"teamId": t.ID, "emails": []string{u.Email}, "role": s.roleValue(roleID)})
	return ok(s.showMember(t, u)), nil
}

// invited reads the user of an invitation. A user without an id is new.
func (s *Server) invited(b *emulator.Body) *user {
	email, byEmail := words(b, "email", false)
	id, byID := emulator.Field[int](b, "user_id", "is not a number")
	switch {
	case byEmail == byID:
		b.Refuse("user_id", "or email is needed, one of them alone")
		return nil
	case byID:
		u := s.user(id)
		if u == nil || !s.shown(u) {
			b.Refuse("user_id", "is not that of a user")
		}
		return u
	case !validEmail(email):
		b.Refuse("email", "is invalid")
		return nil
	}
	if u := s.user(s.byEmail[strings.ToLower(email)]); u != nil {
		return u
	}
	return s.newUser(email)
}

// invitedRole reads the role of an invitation and returns its id. The default is VIEWER.
func (s *Server) invitedRole(b *emulator.Body) string {
	name, sent := words(b, "role", false)
	if !sent {
		return viewer
	}
	r := s.roleWritten(name)
	if r == nil {
		b.Refuse("role", "is not a role")
		return ""
	}
	return r.ID
}

// roleWritten finds the role that an invitation names: a default role by its id, which is its
// name, a custom role as the variant allows.
func (s *Server) roleWritten(value string) *role {
	var named *role
	for _, r := range s.roles.All() {
		switch {
		case r.ID == value && (r.Default || !s.is("role-write", "name")):
			return r
		case r.Name == value && named == nil && !s.is("role-write", "id"):
			named = r
		}
	}
	return named
}

// inviteAgain answers the invitation of a member.
func (s *Server) inviteAgain(c *call, t *team, m *membership, roleID string) (reply, error) {
	if s.is("reinvite", "error") {
		return reply{}, invalid("email", "is that of a member already")
	}
	if s.is("reinvite", "update") && m.Role != roleID {
		changed := *m
		changed.Role = roleID
		s.putMembership(&changed)
		s.audit(c, "TeamMemberRoleUpdate", inputs{"teamId": m.Team, "userId": m.User, "role": s.roleValue(roleID)})
	}
	return ok(s.showMember(t, s.user(m.User))), nil
}

// removeMember removes a member from a team, unless it is the last one.
func (s *Server) removeMember(c *call) (reply, error) {
	t, err := s.changeable(c)
	if err != nil {
		return reply{}, err
	}
	u, err := s.memberOf(c, t)
	if err != nil {
		return reply{}, err
	}
	if u == nil {
		return reply{}, notFound()
	}
	if len(s.rosters[t.ID]) == 1 {
		return reply{}, invalid("user_id", "is that of the last member of the team")
	}
	s.memberships.Delete(pair{t.ID, u.ID}.String())
	s.audit(c, "TeamMemberRemoval", inputs{"teamId": t.ID, "userId": u.ID})
	return ok(map[string]int{"deleted_id": u.ID}), nil
}

// memberOf returns the member that the body names, or nil if the list of members does not show
// it.
func (s *Server) memberOf(c *call, t *team) (*user, error) {
	id, sent := emulator.Field[int](c.body, "user_id", "is not a number")
	if !sent {
		c.body.Refuse("user_id", "is missing")
	}
	if err := problems(c.body); err != nil {
		return nil, err
	}
	u := s.user(id)
	if s.pairs[pair{t.ID, id}] == nil || !s.shown(u) {
		return nil, nil
	}
	return u, nil
}
