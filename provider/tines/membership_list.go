package tines

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// memberships are the calls for members of teams.
//
// Tines has two lists of them: that of a team's members, and the pass. The list of
// the team decides. See docs/decisions/0008.
type memberships struct{ *client }

// A wireMember is one row of a team's list.
type wireMember struct {
	ID      wireID `json:"id"`
	Email   string `json:"email"`
	IsAdmin bool   `json:"is_admin"`
	Role    wireID `json:"role"` // name or id
}

// known says what is missing for the answer to be a member. Without the role it
// would look like one that may do nothing.
func (m *wireMember) known() error {
	switch {
	case m.ID == "" || m.Email == "":
		return errors.New("a member does not say who it is")
	case m.Role == "":
		return fmt.Errorf("the member %s does not show the role", m.Email)
	}
	return nil
}

func membersPath(team string) string { return teamsPath + "/" + url.PathEscape(team) + "/members" }

// members reads the list of one team.
func (m memberships) members(ctx context.Context, team string) ([]wireMember, error) {
	return all(ctx, m.client, listing[wireMember]{
		op: "list team members", path: membersPath(team), rows: "members",
		id: func(w *wireMember) string { return string(w.ID) }, known: (*wireMember).known,
	})
}

// membersOf reads the lists of teams side by side.
func (m memberships) membersOf(ctx context.Context, teams []wireTeam) ([][]wireMember, error) {
	out := make([][]wireMember, len(teams))
	each, ctx := errgroup.WithContext(ctx)
	each.SetLimit(atOnce)
	for i := range teams {
		each.Go(func() (err error) {
			out[i], err = m.members(ctx, string(teams[i].ID))
			return err
		})
	}
	return out, each.Wait()
}

// A roster is what is kept of the last listing for the check of the plan and the
// count of requests.
type roster struct {
	mu     sync.Mutex
	owners map[string]bool // tenant owners, by address
	size   map[string]int  // rows of the list, by team
	apart  []string        // pairs about which the two lists disagree
}

var membershipLive = membershipKind.Mask("team", "user", "role")

func (m memberships) List(ctx context.Context, yield func(schema.Object, error) bool) {
	s, err := m.survey(ctx)
	if err != nil {
		yield(schema.Object{}, err)
		return
	}
	for i := range s.teams {
		if !s.team(i, func(o schema.Object) bool { return yield(o, nil) }) {
			return
		}
	}
	slices.Sort(s.roster.apart)
	m.roster.take(&s.roster)
}

// take replaces what is kept.
func (r *roster) take(other *roster) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.owners, r.size, r.apart = other.owners, other.size, other.apart
}

// owner reports whether a user was a tenant owner.
func (r *roster) owner(email string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.owners[email]
}

// pages is how many requests list a team.
func (r *roster) pages(team string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return max(1, (r.size[team]+perPage-1)/perPage)
}

// A survey is both lists, read completely.
type survey struct {
	memberships
	roster
	users   []wireUser
	pass    map[wireID][]passMember // nil where it shows no memberships
	teams   []wireTeam
	members [][]wireMember // by team
	names   map[wireID]string
}

// survey reads both lists side by side.
func (m memberships) survey(ctx context.Context) (*survey, error) {
	s := &survey{memberships: m, roster: roster{owners: map[string]bool{}, size: map[string]int{}}}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		s.users, err = m.everyone(ctx)
		return err
	})
	g.Go(func() (err error) {
		if s.names, err = m.roleNames(ctx); err != nil {
			return err
		}
		if s.teams, err = m.allTeams(ctx); err != nil {
			return err
		}
		s.members, err = m.membersOf(ctx, s.teams)
		return err
	})
	if err := g.Wait(); err != nil {
		return nil, err
	}
	s.pass = byTeam(s.users)
	for i := range s.users {
		u := &s.users[i]
		email := schema.FoldName(u.Email)
		m.Index.Add(userKind.Name, email, string(u.ID))
		if u.Admin {
			s.owners[email] = true
		}
	}
	return s, nil
}

// Why a membership cannot be written. Tines may make the user of the key a member of
// every team that is created with it.
const (
	frozenSelf  = "memberships of the key's own user are never touched"
	frozenOwner = "Tines does not tell here whether tenant owners are in a team by a membership or by right"
	frozenApart = "Tines' list of users shows it, and its list of the team's members does not"
)

// team yields the memberships of one team, and gives back the memory of its list.
func (s *survey) team(i int, yield func(schema.Object) bool) bool {
	t := &s.teams[i]
	s.Index.Add(teamKind.Name, t.Name, string(t.ID))
	passed := make(map[wireID]wireID, len(s.pass[t.ID])) // by user
	for _, p := range s.pass[t.ID] {
		passed[s.users[p.user].ID] = p.role
	}
	s.size[t.Name] += len(s.members[i])
	for j := range s.members[i] {
		w := &s.members[i][j]
		role, there := passed[w.ID]
		delete(passed, w.ID)
		if w.IsAdmin && !there && s.pass != nil {
			continue // by right: there is no membership to keep or to remove
		}
		o := s.live(t, w, named(s.names, w.Role))
		if there && named(s.names, role) != o.Body.(*Membership).Role {
			s.apart = append(s.apart, o.Addr.Key)
		}
		switch {
		case o.Body.(*Membership).User == s.keyUser():
			o.Frozen, o.FrozenBy = schema.Everything, frozenSelf
		case w.IsAdmin && s.pass == nil:
			o.Frozen, o.FrozenBy = schema.Everything, frozenOwner
		}
		if !yield(o) {
			return false
		}
	}
	s.members[i] = nil
	for _, p := range s.pass[t.ID] {
		u := &s.users[p.user]
		if _, left := passed[u.ID]; !left {
			continue
		}
		o := s.live(t, &wireMember{ID: u.ID, Email: u.Email, Role: p.role}, named(s.names, p.role))
		o.Frozen, o.FrozenBy = schema.Everything, frozenApart
		s.apart = append(s.apart, o.Addr.Key)
		if !yield(o) {
			return false
		}
	}
	return true
}

// live makes an object of a member. It allocates little, because there are many.
func (c *client) live(t *wireTeam, w *wireMember, role string) schema.Object {
	user := schema.FoldName(w.Email)
	key := schema.JoinKey(t.Name, user)
	if strings.HasSuffix(key, user) {
		user = key[len(key)-len(user):] // one text in memory
	}
	return schema.Object{
		Kind: &membershipKind, Set: membershipLive, ID: string(t.ID) + "/" + string(w.ID),
		Addr: schema.Address{Provider: c.Tenant, Kind: membershipKind.Name, Key: key},
		Body: &Membership{Team: t.Name, User: user, Role: role},
	}
}

// roleNames gives the key of a role by its name and by its id, since it is not
// documented which of them a membership shows.
func (c *client) roleNames(ctx context.Context) (map[wireID]string, error) {
	all, err := c.allRoles(ctx)
	if err != nil {
		return nil, err
	}
	names := make(map[wireID]string, 2*len(all))
	for i := range all {
		names[all[i].ID] = all[i].Name
		c.Index.Add(roleKind.Name, all[i].Name, string(all[i].ID))
	}
	for i := range all {
		names[wireID(all[i].Name)] = all[i].Name
	}
	return names, nil
}

// named is the key of a role; one that is not known stays as it is.
func named(names map[wireID]string, role wireID) string {
	if name, ok := names[role]; ok {
		return name
	}
	if name, ok := names[wireID(schema.NFC(string(role)))]; ok {
		return name
	}
	return string(role)
}
