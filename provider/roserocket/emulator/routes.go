package emulator

import "net/http"

// routes is the whole of the API that is emulated.
func (s *Server) routes() *http.ServeMux {
	table := []struct {
		pattern string
		handler handler
	}{
		{"GET /permissions/roles/{role}/objectKey/{object}", s.getPermission},
		{"POST /permissions/roles/{role}/objectKey/{object}", s.setPermission},

		{"GET /userGroups", s.listGroups},
		{"POST /userGroups", s.createGroup},
		{"POST /userGroups/search", s.searchGroups},
		{"GET /userGroups/{group}/members", s.listMembers},
		{"POST /userGroups/{group}/members", s.changeMembers},

		{"GET /boards/nav", s.listBoards},
	}
	mux := http.NewServeMux()
	for _, r := range table {
		mux.HandleFunc(r.pattern, s.wrap(r.handler))
	}
	return mux
}
