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

// An apiKey acts as a user, who bounds what it can do. A team key's user is a
// member of that team only, and a service key's has some tenant permissions.
type apiKey struct {
	Key    string `json:"key"`
	Kind   string `json:"kind"`
	UserID int    `json:"user_id"`
}

// Key returns a key that works now, to be shown to whoever starts the emulator:
// that of a tenant owner, else any, else "". Call it before the server answers
// requests.
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

// ownersOnly refuses a call of anybody but a tenant owner.
func (s *Server) ownersOnly(h handler) handler {
	return func(c *call) (reply, error) {
		if !c.user.Admin {
			return reply{}, s.forbidden()
		}
		return h(c)
	}
}

// auditor refuses whoever may not read the audit log.
func (s *Server) auditor(c *call) error {
	if !c.user.Admin && !slices.Contains(c.user.TenantPermissions, "AUDIT_LOG_READ") {
		return s.forbidden()
	}
	return nil
}

// seen is the team or case group of the path, if the caller can see it: as tenant
// owner, as member, or as member of the team that a case group belongs to.
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
	return nil, s.forbidden()
}

// managed is the team or case group of the path, if the caller manages it: as
// tenant owner or as team admin.
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
	return nil, s.forbidden()
}

// openTo is an error where a call beside GET and DELETE does not take this kind of
// team. Personal teams are nobody's to change.
func (s *Server) openTo(c *call, t *team) error {
	switch {
	case t.Kind == groupTeam && s.is("group-members", "closed"):
		return notFound()
	case t.Kind == personalTeam && c.r.Method != http.MethodGet:
		return s.frozenTeam()
	}
	return nil
}

func (s *Server) frozenTeam() error { return s.invalid("", "A personal team cannot be changed") }
