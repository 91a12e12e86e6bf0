package emulator

import (
	"context"
	"net/http"
)

// routes is the whole of the API that is emulated.
func (s *Server) routes() *http.ServeMux {
	table := []struct {
		pattern string
		handler handler
	}{
		{"GET /admin/roles", s.ownersOnly(s.listRoles)},
		{"POST /admin/roles", s.ownersOnly(s.createRole)},
		{"GET /admin/roles/{role_id}", s.ownersOnly(s.getRole)},
		{"PATCH /admin/roles/{role_id}", s.ownersOnly(s.updateRole)},
		{"DELETE /admin/roles/{role_id}", s.ownersOnly(s.deleteRole)},

		{"GET /teams", s.listTeams},
		{"POST /teams", s.ownersOnly(s.createTeam)},
		{"GET /teams/{team_id}", s.getTeam},
		{"PUT /teams/{team_id}", s.updateTeam},
		{"DELETE /teams/{team_id}", s.deleteTeam},

		{"GET /teams/{team_id}/members", s.listMembers},
		{"POST /teams/{team_id}/invite_member", s.inviteMember},
		{"POST /teams/{team_id}/remove_member", s.removeMember},
		{"POST /teams/{team_id}/resend_invitation", s.resendMember},

		{"GET /admin/users", s.ownersOnly(s.listUsers)},
		{"POST /admin/users", s.ownersOnly(s.createUser)},
		{"GET /admin/users/{user_id}", s.ownersOnly(s.getUser)},
		{"PUT /admin/users/{user_id}", s.ownersOnly(s.updateUser)},
		{"DELETE /admin/users/{user_id}", s.ownersOnly(s.deleteUser)},
		{"POST /admin/users/{user_id}/resend_invitation", s.ownersOnly(s.resendUser)},

		{"GET /admin/scim_user_group_mapping", s.ownersOnly(s.getMapping)},
		{"POST /admin/scim_user_group_mapping", s.ownersOnly(s.setMapping)},

		{"GET /audit_logs", s.listAudits},
	}
	mux := http.NewServeMux()
	for _, r := range table {
		mux.HandleFunc(r.pattern, s.wrap(r.handler))
	}
	return mux
}

type callKey struct{}

func withCall(ctx context.Context, c *call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

func callOf(ctx context.Context) *call { return ctx.Value(callKey{}).(*call) }
