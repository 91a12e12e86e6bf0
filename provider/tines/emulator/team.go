package emulator

import (
	"strconv"
)

// The kinds of teams.
const (
	standardTeam = "standard"
	groupTeam    = "group" // a case group, which is a part of a standard team
	personalTeam = "personal"
)

// A team has members. The only member of a personal team is its owner, without a membership.
type team struct {
	ID     int    `json:"id"`
	Name   string `json:"name"`
	Kind   string `json:"kind"`
	Parent int    `json:"parent,omitempty"` // of a case group
	Owner  int    `json:"owner,omitempty"`  // of a personal team
}

type shownTeam struct {
	ID     int         `json:"id"`
	Name   string      `json:"name"`
	Groups []shownTeam `json:"groups,omitzero"`
}

func showTeam(t *team) any { return shownTeam{ID: t.ID, Name: t.Name} }

// listTeams shows the teams that the caller sees, with scope=all personal ones too, and never
// case groups.
func (s *Server) listTeams(c *call) (reply, error) {
	all := c.query.Get("scope") == "all"
	rows := s.teams.View(strconv.FormatBool(all), func() []*team {
		var rows []*team
		for _, t := range s.teams.All() {
			if t.Kind == standardTeam || t.Kind == personalTeam && all {
				rows = append(rows, t)
			}
		}
		return rows
	})
	if !c.user.Admin {
		shown := rows
		rows = nil
		for _, t := range shown {
			if t.Owner == c.user.ID || s.pairs[pair{t.ID, c.user.ID}] != nil {
				rows = append(rows, t)
			}
		}
	}
	return paged(c, "teams", rows, showTeam)
}

// getTeam shows a team with its case groups, or a case group.
func (s *Server) getTeam(c *call) (reply, error) {
	t, err := s.seen(c)
	if err != nil {
		return reply{}, err
	}
	v := shownTeam{ID: t.ID, Name: t.Name, Groups: []shownTeam{}}
	for _, id := range s.groupsOf[t.ID] {
		v.Groups = append(v.Groups, shownTeam{ID: id, Name: s.team(id).Name})
	}
	return ok(v), nil
}

func (s *Server) createTeam(c *call) (reply, error) {
	name, _ := words(c.body, "name", true)
	if err := problems(c.body); err != nil {
		return reply{}, err
	}
	t := &team{ID: s.store.Next("team"), Name: name, Kind: standardTeam}
	s.putTeam(t)
	s.audit(c, "TeamCreation", inputs{"teamId": t.ID, "name": t.Name})
	if s.is("creator-member", "yes") {
		s.putMembership(&membership{Team: t.ID, User: c.user.ID, Role: teamAdmin, Accepted: true, Service: c.user.Service})
	}
	return created(showTeam(t)), nil
}

// updateTeam changes the name. The SCIM mapping keeps the old one.
func (s *Server) updateTeam(c *call) (reply, error) {
	old, err := s.managed(c)
	if err == nil {
		err = s.openTo(c, old)
	}
	if err != nil {
		return reply{}, err
	}
	t := *old
	if name, sent := words(c.body, "name", true); sent {
		t.Name = name
	}
	if err := problems(c.body); err != nil {
		return reply{}, err
	}
	s.putTeam(&t)
	s.audit(c, "TeamUpdate", inputs{"teamId": t.ID, "name": t.Name})
	return ok(showTeam(&t)), nil
}

// deleteTeam deletes a team with everything in it, or a case group.
func (s *Server) deleteTeam(c *call) (reply, error) {
	t, err := s.managed(c)
	if err != nil {
		return reply{}, err
	}
	if t.Kind == personalTeam {
		return reply{}, frozenTeam()
	}
	for _, id := range append([]int{}, s.groupsOf[t.ID]...) {
		s.eraseTeam(s.team(id))
	}
	s.eraseTeam(t)
	s.audit(c, "TeamDestruction", inputs{"teamId": t.ID, "name": t.Name})
	return deleted(), nil
}

// eraseTeam deletes a team and its memberships, those of team keys included.
func (s *Server) eraseTeam(t *team) {
	var members []pair
	for _, m := range s.memberships.All() {
		if m.Team == t.ID {
			members = append(members, m.pair())
		}
	}
	for _, p := range members {
		s.memberships.Delete(p.String())
	}
	s.teams.Delete(strconv.Itoa(t.ID))
}
