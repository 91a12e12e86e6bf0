// Package emulator is a Tines tenant as its public documentation describes it: an
// HTTP server for custom roles, teams, members, users, the mapping of SCIM groups
// and the audit log, with the limits, pages, traps and rate limits that are
// documented.
//
// It is written from the documentation, not from rolecall's client, and any HTTP
// client can use it. Where the documentation is silent or disagrees with itself,
// the table in variants.go names the question and the possible answers; the rest
// of the code asks that table. Words of error messages are the emulator's own
// unless the documentation prints them.
//
// The documentation confirms three names of permissions: STORY_CREATE, CASE_CREATE
// and the sentinel ALLOW_ALL. All others in catalogue.json are samples of the
// emulator's own, as are the ids of the default roles besides TEAM_ADMIN, EDITOR
// and VIEWER; a seed can replace them. Which operation name an audit log has for
// the mapping of SCIM groups is not documented; here it is TenantConfigChange.
//
// The traps are real ones: a missing right is answered as an absent object, the id
// of a case group deletes the group, an invitation makes a user, nothing but a new
// invitation could change the role of a member, the last member cannot leave, a
// mapping is replaced as a whole, and deleting a user cannot be undone.
package emulator

import (
	"context"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// DefaultKey is the API key of an emulator whose seed names none, and the tenant
// owner key of the default seed.
const DefaultKey = "emulator-key"

// The addresses to use with an in-process transport. Nothing listens there.
const (
	TenantURL = "http://tines.emulator"
	BasePath  = "/api/v1"
	BaseURL   = TenantURL + BasePath
)

// Options are how an emulator starts. The zero value is the tenant of DefaultSeed
// in memory.
type Options struct {
	// State is the file that the state is kept in; "" keeps it in memory.
	State string
	// Seed is what a new state holds; nil means DefaultSeed. It does not touch a
	// state that exists.
	Seed *Seed
	// Key is the tenant owner key that is made where the seed has no keys; ""
	// means DefaultKey.
	Key string
	// Variants chooses behaviour, as "name=value".
	Variants []string
	// Latency is waited before each answer.
	Latency time.Duration
	// Rate is how many requests each key has in a minute for each class of paths:
	// 0 means Tines' 500 for users, 1000 for the audit log and 5000 for the rest,
	// below 0 means no limit.
	Rate int
	// Faults are armed from the start.
	Faults []emulator.Fault
	// Log gets one JSON line for each request; may be nil.
	Log io.Writer
	// Clock is used for the rate limits, timestamps and what happens later; nil
	// means time.Now.
	Clock func() time.Time
	// Watch is told after each request that changed something what every user can
	// do, by address, and once at the start. It must not call the server.
	Watch func(map[string]Access)
	// Wait waits for latency and delays; nil means by the clock.
	Wait func(ctx context.Context, d time.Duration) error
}

// A Server is one emulated tenant. It is an http.Handler, safe for concurrent use,
// and reached under /api/v1.
type Server struct {
	*emulator.Server
	state

	o       Options
	choice  emulator.Choice
	service emulator.Service[call, reply]
	rates   map[string]*emulator.Window
	lists   memory
}

// New opens the state, or plants the seed where there is none.
func New(o Options) (*Server, error) {
	choice, err := emulator.Choose(Variants(), o.Variants)
	if err != nil {
		return nil, err
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Seed == nil {
		o.Seed = DefaultSeed()
	}
	s := &Server{o: o, choice: choice, rates: rates(o)}
	s.state.open(o.State, s.fold, s.is("service-users", "hidden"))
	s.service = emulator.Service[call, reply]{
		Store: s.store, Begin: s.begin, Take: s.take, TooMany: s.tooMany, Enter: s.enter, Answer: s.answer,
		NoRoute: func(http.ResponseWriter, string) error { return notFound() },
	}
	if o.Watch != nil {
		s.service.Changed = func() { o.Watch(s.accesses()) }
	}
	s.routes()
	if err := s.store.Open(s.seed); err != nil {
		return nil, err
	}
	if o.Watch != nil {
		o.Watch(s.accesses())
	}
	s.Server = emulator.New(emulator.Options{
		Product:  "tines",
		Prefixes: []string{BasePath},
		Store:    s.store,
		Handler:  &s.service,
		Reset:    s.seed,
		Choice:   choice,
		Faults:   o.Faults,
		Latency:  o.Latency,
		Log:      o.Log,
		Wait:     o.Wait,
	})
	return s, nil
}

// Transport returns a transport to this server without a socket.
func (s *Server) Transport() *emulator.InProcess { return emulator.Transport(s) }

// is reports whether the variant has the value.
func (s *Server) is(variant, value string) bool { return s.choice.Is(variant, value) }

// fold makes addresses equal that are the same one.
func (s *Server) fold(email string) string {
	if s.is("email-case", "exact") {
		return email
	}
	return strings.ToLower(email)
}
