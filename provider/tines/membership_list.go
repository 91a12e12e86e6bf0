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

	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// memberships are the calls for members of teams. Tines lists them twice: by team, and in the
// list of users. The list of the team decides; see docs/decisions/0008.
type memberships struct{ *client }

// A wireMember is a member in the list of a team.
type wireMember struct {
	ID      wireID `json:"id"`
	Email   string `json:"email"`
	IsAdmin bool   `json:"is_admin"`
	Role    wireID `json:"role"` // name or id
}

// validate returns an error if the answer is no member. A member without a role must not look
// like one without rights.
func (m *wireMember) validate() error {
	switch {
	case m.ID == "" || m.Email == "":
		return errors.New("a member has no id or no email")
	case m.Role == "":
		return fmt.Errorf("the member %s does not show the role", m.Email)
	}
	return nil
}

func membersPath(team string) string { return teamsPath + "/" + url.PathEscape(team) + "/members" }

// members reads the members of a team.
func (m memberships) members(ctx context.Context, team string) ([]wireMember, error) {
	return list(ctx, m.client, rest.Collection[wireMember]{
		Op: "list team members", Path: membersPath(team), Items: "members", ID: func(w *wireMember) string { return string(w.ID) }, Validate: (*wireMember).validate,
	})
}

// membersOf reads the members of several teams concurrently.
func (m memberships) membersOf(ctx context.Context, teams []wireTeam) ([][]wireMember, error) {
	out := make([][]wireMember, len(teams))
	each, ctx := errgroup.WithContext(ctx)
	each.SetLimit(maxConcurrent)
	for i := range teams {
		each.Go(func() (err error) {
			out[i], err = m.members(ctx, string(teams[i].ID))
			return err
		})
	}
	return out, each.Wait()
}

// A roster is what the client keeps of the last list of memberships, for the check of the plan
// and for estimates.
type roster struct {
	mu        sync.Mutex
	owners    map[string]bool // tenant owners, by address
	size      map[string]int  // members in the list, by team
	differing []string        // keys of memberships about which the two lists differ
}

var membershipLive = membershipKind.Mask("team", "user", "role")

func (m memberships) List(ctx context.Context, yield func(schema.Object, error) bool) {
	s, err := m.readBoth(ctx)
	if err != nil {
		yield(schema.Object{}, err)
		return
	}
	for i := range s.teams {
		if !s.team(i, func(o schema.Object) bool { return yield(o, nil) }) {
			return
		}
	}
	slices.Sort(s.roster.differing)
	m.roster.replace(&s.roster)
}

// replace takes over the other roster.
func (r *roster) replace(other *roster) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.owners, r.size, r.differing = other.owners, other.size, other.differing
}

// owner reports whether the user was a tenant owner.
func (r *roster) owner(email string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.owners[email]
}

// pages returns how many requests list the team.
func (r *roster) pages(team string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return max(1, (r.size[team]+perPage-1)/perPage)
}

// bothLists are the two lists of memberships, read completely.
type bothLists struct {
	memberships
	roster
	users   []wireUser
	byTeam  map[wireID][]teamMember // from users; nil if they show no memberships
	teams   []wireTeam
	members [][]wireMember // by index of the team
	names   map[wireID]string
}

// readBoth reads both lists concurrently.
func (m memberships) readBoth(ctx context.Context) (*bothLists, error) {
	s := &bothLists{memberships: m, roster: roster{owners: map[string]bool{}, size: map[string]int{}}}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		s.users, err = m.usersWithMemberships(ctx)
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
	s.byTeam = byTeam(s.users)
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

// Why a membership cannot be written. Tines may make the user of the key a member of every team
// that is created with it.
const (
	frozenSelf     = "rolecall never changes memberships of the key's own user"
	frozenOwner    = "Tines does not tell here whether tenant owners are in a team by a membership or by right"
	frozenUnlisted = "only Tines' list of users shows it, and its list of the team's members does not"
)

// team yields the memberships of a team, and frees the memory of its list.
func (s *bothLists) team(i int, yield func(schema.Object) bool) bool {
	t := &s.teams[i]
	s.Index.Add(teamKind.Name, t.Name, string(t.ID))
	unlisted := make(map[wireID]wireID, len(s.byTeam[t.ID])) // roles by user
	for _, p := range s.byTeam[t.ID] {
		unlisted[s.users[p.user].ID] = p.role
	}
	s.size[t.Name] += len(s.members[i])
	for j := range s.members[i] {
		w := &s.members[i][j]
		role, there := unlisted[w.ID]
		delete(unlisted, w.ID)
		if w.IsAdmin && !there && s.byTeam != nil {
			continue // by right: there is no membership
		}
		o := s.live(t, w, named(s.names, w.Role))
		if there && named(s.names, role) != o.Body.(*Membership).Role {
			s.differing = append(s.differing, o.Addr.Key)
		}
		switch {
		case o.Body.(*Membership).User == s.keyUser():
			o.Frozen, o.FrozenBy = schema.Everything, frozenSelf
		case w.IsAdmin && s.byTeam == nil:
			o.Frozen, o.FrozenBy = schema.Everything, frozenOwner
		}
		if !yield(o) {
			return false
		}
	}
	s.members[i] = nil
	for _, p := range s.byTeam[t.ID] {
		u := &s.users[p.user]
		if _, is := unlisted[u.ID]; !is {
			continue
		}
		o := s.live(t, &wireMember{ID: u.ID, Email: u.Email, Role: p.role}, named(s.names, p.role))
		o.Frozen, o.FrozenBy = schema.Everything, frozenUnlisted
		s.differing = append(s.differing, o.Addr.Key)
		if !yield(o) {
			return false
		}
	}
	return true
}

// live makes an object of a member. It allocates little, because there may be many.
func (c *client) live(t *wireTeam, w *wireMember, role string) schema.Object {
	user := schema.FoldName(w.Email)
	key := schema.JoinKey(t.Name, user)
	if strings.HasSuffix(key, user) {
		user = key[len(key)-len(user):] // one string in memory
	}
	return schema.Object{
		Kind: &membershipKind, Set: membershipLive, ID: string(t.ID) + "/" + string(w.ID),
		Addr: schema.Address{Provider: c.Tenant, Kind: membershipKind.Name, Key: key},
		Body: &Membership{Team: t.Name, User: user, Role: role},
	}
}

// roleNames returns the keys of roles by name and by id: which of them a membership shows is not
// documented.
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

// named returns the key of a role. An unknown role stays as it is.
func named(names map[wireID]string, role wireID) string {
	if name, ok := names[role]; ok {
		return name
	}
	if name, ok := names[wireID(schema.NFC(string(role)))]; ok {
		return name
	}
	return string(role)
}
