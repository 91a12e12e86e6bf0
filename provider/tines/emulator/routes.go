package emulator

import (
	"context"
	"net/http"
)

// A route is one call of the API with the fields that its documentation lists as
// query parameters, if it does.
type route struct {
	pattern string
	handler handler
	params  params
}

// routes is the whole of the API that is emulated.
func (s *Server) routes() *http.ServeMux {
	member := params{"user_id": number}
	person := params{
		"email": text, "first_name": text, "last_name": text, "admin": boolean, "is_active": boolean,
		"tenant_permissions": list,
	}
	table := []route{
		{"GET /admin/roles", s.ownersOnly(s.listRoles), nil},
		{"POST /admin/roles", s.ownersOnly(s.createRole), nil},
		{"GET /admin/roles/{role_id}", s.ownersOnly(s.getRole), nil},
		{"PATCH /admin/roles/{role_id}", s.ownersOnly(s.updateRole), nil},
		{"DELETE /admin/roles/{role_id}", s.ownersOnly(s.deleteRole), nil},

		{"GET /teams", s.listTeams, nil},
		{"POST /teams", s.ownersOnly(s.createTeam), params{"name": text}},
		{"GET /teams/{team_id}", s.getTeam, nil},
		{"PUT /teams/{team_id}", s.updateTeam, params{"name": text}},
		{"DELETE /teams/{team_id}", s.deleteTeam, nil},

		{"GET /teams/{team_id}/members", s.listMembers, nil},
		{"POST /teams/{team_id}/invite_member", s.inviteMember, params{"email": text, "user_id": number, "role": text}},
		{"POST /teams/{team_id}/remove_member", s.removeMember, member},
		{"POST /teams/{team_id}/resend_invitation", s.resendMember, member},

		{"GET /admin/users", s.ownersOnly(s.listUsers), nil},
		{"POST /admin/users", s.ownersOnly(s.createUser), person},
		{"GET /admin/users/{user_id}", s.ownersOnly(s.getUser), nil},
		{"PUT /admin/users/{user_id}", s.ownersOnly(s.updateUser), person},
		{"DELETE /admin/users/{user_id}", s.ownersOnly(s.deleteUser), nil},
		{"POST /admin/users/{user_id}/resend_invitation", s.ownersOnly(s.resendUser), nil},

		{"GET /admin/scim_user_group_mapping", s.ownersOnly(s.getMapping), nil},
		{"POST /admin/scim_user_group_mapping", s.ownersOnly(s.setMapping), nil},

		{"GET /audit_logs", s.listAudits, nil},
	}
	mux := http.NewServeMux()
	for _, r := range table {
		mux.HandleFunc(r.pattern, s.wrap(r))
	}
	return mux
}

type callKey struct{}

func withCall(ctx context.Context, c *call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

func callOf(ctx context.Context) *call { return ctx.Value(callKey{}).(*call) }
