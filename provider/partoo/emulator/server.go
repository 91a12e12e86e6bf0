// Package emulator is the part of Partoo that rolecall uses, as Partoo's public
// documentation describes it: an HTTP server for custom roles, permissions, users,
// sections, groups, the search for businesses and the legacy permissions of one organization,
// with Partoo's limits, pages, error bodies and rate limit.
//
// It is written from the documentation, not from rolecall's client. Where the documentation
// is silent or contradicts itself and the client acts on the answer, variants.go lists the
// possible answers. Elsewhere the emulator does what is hardest on a client. Error messages
// are its own words unless the documentation prints them.
//
// It has Partoo's traps: a group made or changed without business__in gets all businesses,
// a user made without a role becomes an ORG_ADMIN, an org_id that is not the caller's own is
// ignored, lists of roles hold no permissions, and deleting a user deletes its keys.
package emulator

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// DefaultKey is the API key of an emulator whose seed has none.
const DefaultKey = "emulator-key"

// BaseURL is the endpoint to use with an in-process transport. Nothing listens there.
const BaseURL = "http://partoo.emulator/v2"

// Options are how an emulator starts. The zero value is an empty organization 42
// in memory.
type Options struct {
	// State is the file that the state is kept in; "" keeps it in memory.
	State string
	// Seed is what a new state holds; nil means an organization with one
	// administrator. It does not touch a state that exists.
	Seed *Seed
	// OrgID is the organization's id if the seed has none; 0 means 42.
	OrgID int
	// Key is the API key of the administrator that is created if the seed has no keys; ""
	// means DefaultKey.
	Key string
	// Variants chooses behaviour, as "name=value".
	Variants []string
	// Latency is waited before each answer.
	Latency time.Duration
	// Rate is how many requests the organization has in a minute; 0 means Partoo's
	// 300, below 0 means no limit.
	Rate int
	// Faults are armed from the start.
	Faults []emulator.Fault
	// Log gets one JSON line for each request; may be nil.
	Log io.Writer
	// Clock is used for the rate limit and for keys that expire; nil means time.Now.
	Clock func() time.Time
	// Watch is called with what each user can see and do, by address, at the start and
	// after each request that changed something. It must not call the server.
	Watch func(map[string][]string)
	// Wait waits for latency and delays; nil means by the clock.
	Wait func(ctx context.Context, d time.Duration) error
}

// A Server is one emulated organization. It is an http.Handler, safe for
// concurrent use, and reached under /v2 and /api/v2.
type Server struct {
	*emulator.Server
	state

	o       Options
	choice  emulator.Choice
	service emulator.Service[call, any]
	rate    emulator.Window
}

// New opens the state, or creates it from the seed.
func New(o Options) (*Server, error) {
	choice, err := emulator.Choose(Variants(), o.Variants)
	if err != nil {
		return nil, err
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Rate == 0 {
		o.Rate = 300
	}
	if o.Seed == nil {
		o.Seed = &Seed{}
	}
	s := &Server{o: o, choice: choice}
	s.rate = emulator.Window{Limit: o.Rate, Per: time.Minute, Now: o.Clock}
	s.state.open(o.State)
	s.service = emulator.Service[call, any]{
		Begin: s.begin, Take: s.take, TooMany: s.tooMany, Enter: s.enter, Answer: s.answer, NoRoute: s.noRoute,
	}
	s.routes()
	if err := s.store.Open(s.seed); err != nil {
		return nil, err
	}
	s.Server = emulator.New(emulator.Options{
		Product:  "partoo",
		Prefixes: []string{"/v2", "/api/v2"},
		Store:    s.store,
		Handler:  &s.service,
		Reset:    s.seed,
		Choice:   choice,
		Changed:  emulator.Watch(o.Watch, s.reach),
		Secrets:  []string{"password"},
		Faults:   o.Faults,
		Latency:  o.Latency,
		Log:      o.Log,
		Wait:     o.Wait,
	})
	return s, nil
}

// is reports whether the variant has the value.
func (s *Server) is(variant, value string) bool { return s.choice.Is(variant, value) }

// Key returns a key that works now, to be shown when the emulator starts:
// the first without restrictions, else the first that is active, else "". Call it
// before the server answers requests.
func (s *Server) Key() string {
	key := ""
	for _, k := range s.keys.All() {
		switch {
		case !s.works(k):
		case !k.Restricted:
			return k.Key
		case key == "":
			key = k.Key
		}
	}
	return key
}

// Org returns the id of the organization, which clients have to name.
func (s *Server) Org() int { return s.org().ID }

// routes adds the routes of the API.
func (s *Server) routes() {
	handle := s.service.Handle

	handle("GET /permissions", s.getPermissions)
	handle("GET /org/{org_id}", s.getOrg)
	handle("GET /org/{org_id}/switch_to_custom_roles", s.getSwitch)
	handle("POST /org/{org_id}/switch_to_custom_roles", s.setSwitch)
	handle("GET /org/{org_id}/business_fields", s.orgFields)
	handle("GET /business/{business_id}/business_fields", s.businessFields)

	handle("GET /user/me", s.getMe)
	handle("GET /user/search", s.searchUsers)
	handle("POST /user", s.createUser)
	handle("GET /user/{user_id}", s.getUser)
	handle("POST /user/{user_id}", s.updateUser)
	handle("DELETE /user/{user_id}", s.deleteUser)

	handle("GET /sections", s.listSections)
	handle("POST /sections", s.createSection)
	handle("GET /sections/{section_id}", s.getSection)
	handle("POST /sections/{section_id}", s.updateSection)
	handle("DELETE /sections/{section_id}", s.deleteSection)
	handle("POST /sections/{section_id}/groups", s.createGroup)
	handle("GET /sections/{section_id}/groups/{group_id}", s.getGroup)
	handle("DELETE /sections/{section_id}/groups/{group_id}", s.deleteGroup)

	handle("GET /business/search", s.searchBusinesses)
	for _, method := range s.methods("group-update") {
		handle(method+" /sections/{section_id}/groups/{group_id}", s.updateGroup)
	}
	for _, root := range s.roleRoots() {
		s.roleRoutes(root)
	}
}

func (s *Server) roleRoutes(root string) {
	s.service.Handle("GET "+root, s.listRoles)
	s.service.Handle("POST "+root, s.createRole)
	s.service.Handle("GET "+root+"/{api_id}", s.getRole)
	s.service.Handle("DELETE "+root+"/{api_id}", s.deleteRole)
	for _, method := range s.methods("role-update") {
		s.service.Handle(method+" "+root+"/{api_id}", s.updateRole)
	}
}

// roleRoots returns the addresses of custom roles.
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

// methods returns the methods that a variant allows for an update.
func (s *Server) methods(variant string) []string {
	switch {
	case s.is(variant, "post"):
		return []string{http.MethodPost}
	case s.is(variant, "put"):
		return []string{http.MethodPut}
	}
	return []string{http.MethodPost, http.MethodPut}
}
