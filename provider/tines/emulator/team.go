package emulator

import (
	"strconv"
	"strings"
)

// The kinds of teams.
const (
	standardTeam = "standard"
	groupTeam    = "group" // a case group, which is a part of a standard team
	personalTeam = "personal"
)

// A team is what members belong to. A personal one has its owner as its only
// member, and no membership.
type team struct {
	ID      int    `json:"id"`
	Name    string `json:"name"`
	Kind    string `json:"kind"`
	Parent  int    `json:"parent,omitempty"`  // of a case group
	Owner   int    `json:"owner,omitempty"`   // of a personal team
	Stories int    `json:"stories,omitempty"` // that it owns
}

type shownTeam struct {
	ID     int         `json:"id"`
	Name   string      `json:"name"`
	Groups []shownTeam `json:"groups,omitzero"`
}

func showTeam(t *team) any { return shownTeam{ID: t.ID, Name: t.Name} }

// listTeams shows the teams of the scope that the caller sees, and never case
// groups.
func (s *Server) listTeams(c *call) (reply, error) {
	scope := c.query.Get("scope")
	if scope == "" {
		scope = "standard"
		if strings.EqualFold(c.query.Get("include_personal_teams"), "true") { // deprecated
			scope = "all"
		}
	}
	if scope != "all" && scope != "standard" && scope != "personal_only" {
		return reply{}, s.invalid("scope", "is not all, standard or personal_only")
	}
	rows := s.teams.View(scope, func() []*team {
		var rows []*team
		for _, t := range s.teams.All() {
			if t.Kind == standardTeam && scope != "personal_only" || t.Kind == personalTeam && scope != "standard" {
				rows = append(rows, t)
			}
		}
		return rows
	})
	if !c.user.Admin {
		all := rows
		rows = nil
		for _, t := range all {
			if t.Owner == c.user.ID || s.pairs[pair{t.ID, c.user.ID}] != nil {
				rows = append(rows, t)
			}
		}
	}
	return paged(s, c, "teams", rows, showTeam)
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
	s.uniqueTeam(c, name, 0)
	if err := s.problems(c.body); err != nil {
		return reply{}, err
	}
	t := &team{ID: s.store.Next("team"), Name: name, Kind: standardTeam}
	s.putTeam(t)
	s.audit(c, "TeamCreation", inputs{"teamId": t.ID, "name": t.Name})
	if s.is("creator-member", "yes") {
		s.putMembership(&membership{Team: t.ID, User: c.user.ID, Role: teamAdmin, Accepted: true, Service: c.user.Service})
	}
	return s.created(showTeam(t)), nil
}

// uniqueTeam refuses a name that another team has, where that matters.
func (s *Server) uniqueTeam(c *call, name string, own int) {
	if s.is("team-names", "free") {
		return
	}
	for _, t := range s.teams.All() {
		if t.Kind == standardTeam && t.Name == name && t.ID != own {
			c.body.Refuse("name", "has already been taken")
		}
	}
}

// updateTeam changes the name. The mapping of groups keeps the old one.
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
		s.uniqueTeam(c, name, t.ID)
	}
	if err := s.problems(c.body); err != nil {
		return reply{}, err
	}
	s.putTeam(&t)
	s.audit(c, "TeamUpdate", inputs{"teamId": t.ID, "name": t.Name})
	return ok(showTeam(&t)), nil
}

// deleteTeam removes a team with all that is in it, or the case group whose id it
// is given.
func (s *Server) deleteTeam(c *call) (reply, error) {
	t, err := s.managed(c)
	if err != nil {
		return reply{}, err
	}
	if t.Kind == personalTeam {
		return reply{}, s.frozenTeam()
	}
	if t.Stories > 0 && s.is("delete-team", "refuse") {
		return reply{}, s.invalid("", "The team owns stories")
	}
	for _, id := range append([]int{}, s.groupsOf[t.ID]...) {
		s.eraseTeam(s.team(id))
	}
	s.eraseTeam(t)
	s.audit(c, "TeamDestruction", inputs{"teamId": t.ID, "name": t.Name})
	return s.deleted(), nil
}

// eraseTeam removes a team and its memberships, those of team keys too.
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
