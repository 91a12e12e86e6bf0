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
		{"GET /permissions", s.getPermissions},

		{"GET /org/search", s.searchOrgs},
		{"GET /org/{org_id}", s.getOrg},
		{"GET /org/{org_id}/switch_to_custom_roles", s.getSwitch},
		{"POST /org/{org_id}/switch_to_custom_roles", s.setSwitch},
		{"GET /org/{org_id}/business_fields", s.orgFields},

		{"GET /user/me", s.getMe},
		{"GET /user/search", s.searchUsers},
		{"GET /user/search/count", s.countUsers},
		{"POST /user", s.createUser},
		{"GET /user/{user_id}", s.getUser},
		{"POST /user/{user_id}", s.updateUser},
		{"DELETE /user/{user_id}", s.deleteUser},
		{"POST /user/{user_id}/invite", s.inviteUser},
		{"GET /user/{user_id}/businesses", s.userBusinesses},

		{"GET /sections", s.listSections},
		{"POST /sections", s.createSection},
		{"GET /sections/{section_id}", s.getSection},
		{"POST /sections/{section_id}", s.updateSection},
		{"POST /sections/{section_id}/groups", s.createGroup},
		{"GET /sections/{section_id}/groups/{group_id}", s.getGroup},
		{"DELETE /sections/{section_id}/groups/{group_id}", s.deleteGroup},

		{"GET /business/search", s.searchBusinesses},
		{"GET /business/{business_id}", s.getBusiness},
		{"POST /business/{business_id}", s.updateBusiness},
		{"GET /business/{business_id}/business_fields", s.businessFields},

		{"GET /api_keys", s.listKeys},
		{"GET /api_keys/{key_id}", s.getKey},
	}
	mux := http.NewServeMux()
	for _, r := range table {
		mux.HandleFunc(r.pattern, s.wrap(r.handler))
	}
	if s.is("delete-section", "allowed") {
		mux.HandleFunc("DELETE /sections/{section_id}", s.wrap(s.deleteSection))
	}
	for _, method := range s.methods("group-update") {
		mux.HandleFunc(method+" /sections/{section_id}/groups/{group_id}", s.wrap(s.updateGroup))
	}
	for _, root := range s.roleRoots() {
		s.roleRoutes(mux, root)
	}
	return mux
}

func (s *Server) roleRoutes(mux *http.ServeMux, root string) {
	mux.HandleFunc("GET "+root, s.wrap(s.listRoles))
	mux.HandleFunc("POST "+root, s.wrap(s.createRole))
	mux.HandleFunc("POST "+root+"/duplicate", s.wrap(s.duplicateRole))
	mux.HandleFunc("GET "+root+"/{api_id}", s.wrap(s.getRole))
	mux.HandleFunc("DELETE "+root+"/{api_id}", s.wrap(s.deleteRole))
	for _, method := range s.methods("role-update") {
		mux.HandleFunc(method+" "+root+"/{api_id}", s.wrap(s.updateRole))
	}
}

// roleRoots are the paths under which custom roles live.
func (s *Server) roleRoots() []string {
	flat, nested := "/custom_role", "/org/{org_id}/custom_role"
	switch {
	case s.is("role-path", "flat"):
		return []string{flat}
	case s.is("role-path", "org"):
		return []string{nested}
	}
	return []string{flat, nested}
}

// methods are those that a variant of update method allows.
func (s *Server) methods(variant string) []string {
	switch {
	case variant == "group-update" && s.is(variant, "none"):
		return nil
	case s.is(variant, "post"):
		return []string{http.MethodPost}
	case s.is(variant, "put"):
		return []string{http.MethodPut}
	}
	return []string{http.MethodPost, http.MethodPut}
}

type callKey struct{}

func withCall(ctx context.Context, c *call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

func callOf(ctx context.Context) *call { return ctx.Value(callKey{}).(*call) }
