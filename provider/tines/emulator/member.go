package emulator

import (
	"strconv"
)

// A membership is a user's one role in a team or case group.
type membership struct {
	Team     int    `json:"team"`
	User     int    `json:"user"`
	Role     string `json:"role"`               // the id of it
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

// showMember shows a member, who may be one without membership: the owner of a
// personal team, or a tenant owner where those are listed.
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

// joined reports whether a membership is more than an invitation.
func (s *Server) joined(m *membership, u *user) bool { return m.Accepted && u.Accepted }

// roleValue is how a role is written on a member. One that is gone is its id.
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
	return paged(s, c, "members", s.memberIDs(t), func(id int) any { return s.showMember(t, s.user(id)) })
}

// memberIDs are the users that the list of members holds.
func (s *Server) memberIDs(t *team) []int {
	owners := t.Kind == groupTeam || t.Kind == standardTeam && s.is("owners-listed", "yes")
	if !owners && t.Kind != personalTeam && s.is("list-order", "created") {
		return s.rosters[t.ID]
	}
	return s.lists.recall(s.store.Effects(), strconv.Itoa(t.ID), func() []int {
		ids := append([]int{}, s.rosters[t.ID]...)
		if t.Kind == personalTeam {
			ids = with(ids, t.Owner)
		}
		if owners {
			for _, u := range s.tenantOwners() {
				ids = with(ids, u.ID)
			}
		}
		return arranged(s, ids, func(id int) string { return s.user(id).Email })
	})
}

// tenantOwners are the active owners that are shown.
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

// resendMember sends an invitation once more and shows whom to, without a role.
func (s *Server) resendMember(c *call) (reply, error) {
	t, err := s.changeable(c)
	if err != nil {
		return reply{}, err
	}
	u, err := s.memberOf(c, t)
	if err == nil && u == nil {
		err = notFound()
	}
	if err != nil {
		return reply{}, err
	}
	s.audit(c, "UserReinvitation", inputs{"teamId": t.ID, "userId": u.ID})
	v := s.showMember(t, u)
	v.Role = ""
	return ok(v), nil
}
