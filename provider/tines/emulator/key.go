package emulator

import (
	"net/http"
	"slices"
)

// The kinds of keys. All but the personal one act as a service account.
const (
	personalKey = "personal"
	serviceKey  = "service"
	ownerKey    = "tenant_owner"
	teamKey     = "team"
)

// An apiKey can do what its user can. The user of a team key is a member of that team only, and
// that of a service key has tenant permissions.
type apiKey struct {
	Key    string `json:"key"`
	Kind   string `json:"kind"`
	UserID int    `json:"user_id"`
}

// Key returns a key that works: that of a tenant owner, else any, else "". Call it before the
// server answers requests.
func (s *Server) Key() string {
	key := ""
	for _, k := range s.keys.All() {
		u := s.user(k.UserID)
		if u == nil || k.Kind == personalKey && !u.Active {
			continue
		}
		if u.Admin {
			return k.Key
		}
		if key == "" {
			key = k.Key
		}
	}
	return key
}

// ownersOnly refuses calls of users who are not tenant owners.
func (s *Server) ownersOnly(h handler) handler {
	return func(c *call) (reply, error) {
		if !c.user.Admin {
			return reply{}, notFound()
		}
		return h(c)
	}
}

// auditor refuses users who may not read the audit log.
func (s *Server) auditor(c *call) error {
	if !c.user.Admin && !slices.Contains(c.user.TenantPermissions, "AUDIT_LOG_READ") {
		return notFound()
	}
	return nil
}

// seen returns the team or case group of the path, if the caller can see it: as a tenant owner,
// as a member, or as a member of the team that a case group belongs to.
func (s *Server) seen(c *call) (*team, error) {
	t := s.team(idOf(c.r.PathValue("team_id")))
	if t == nil {
		return nil, notFound()
	}
	if c.user.Admin || t.Owner == c.user.ID {
		return t, nil
	}
	for _, id := range []int{t.ID, t.Parent} {
		if s.pairs[pair{id, c.user.ID}] != nil {
			return t, nil
		}
	}
	return nil, notFound()
}

// managed returns the team or case group of the path, if the caller manages it: as a tenant owner
// or as a team admin.
func (s *Server) managed(c *call) (*team, error) {
	t, err := s.seen(c)
	if err != nil || c.user.Admin {
		return t, err
	}
	for _, id := range []int{t.ID, t.Parent} {
		if m := s.pairs[pair{id, c.user.ID}]; m != nil && m.Role == teamAdmin {
			return t, nil
		}
	}
	return nil, notFound()
}

// openTo returns an error if the call does not accept this kind of team. Personal teams cannot be
// changed.
func (s *Server) openTo(c *call, t *team) error {
	switch {
	case t.Kind == groupTeam && s.is("group-members", "closed"):
		return notFound()
	case t.Kind == personalTeam && c.r.Method != http.MethodGet:
		return frozenTeam()
	}
	return nil
}

func frozenTeam() error { return invalid("", "A personal team cannot be changed") }
