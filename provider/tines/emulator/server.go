// Package emulator is a Tines tenant as its public documentation describes it: an
// HTTP server for custom roles, teams, members, users, the mapping of SCIM groups
// and the audit log, with the limits, pages, traps and rate limits that are
// documented.
//
// It is written from the documentation, not from rolecall's client, and has the calls that
// rolecall uses. Where the documentation is silent or contradicts itself and the client acts on
// the answer, variants.go lists the possible answers. Elsewhere the emulator does what is hardest
// on a client. Error messages are its own words unless the documentation prints them.
//
// The documentation confirms three names of permissions: STORY_CREATE, CASE_CREATE and ALLOW_ALL.
// All others in catalogue.json are samples, as are the ids of the default roles except TEAM_ADMIN,
// EDITOR and VIEWER; a seed can replace them. The names of operations on custom roles and on the
// SCIM mapping in the audit log are not documented.
//
// It has the traps of Tines: a missing right is answered like a missing object, the id of a case
// group deletes the group, an invitation makes a user, only another invitation may change the role
// of a member, the last member cannot be removed, a write replaces the whole SCIM mapping, and
// deleting a user cannot be undone.
package emulator

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// DefaultKey is the API key if the seed has none, and the tenant owner key of the default seed.
const DefaultKey = "emulator-key"

// The addresses to use with an in-process transport. Nothing listens there.
const (
	TenantURL = "http://tines.emulator"
	BasePath  = "/api/v1"
	BaseURL   = TenantURL + BasePath
)

// Options configure an emulator. The zero value is the tenant of DefaultSeed, in memory.
type Options struct {
	// State is the file with the state; "" keeps it in memory.
	State string
	// Seed is the first state; nil means DefaultSeed. It does not change a state that exists.
	Seed *Seed
	// Key is the tenant owner key if the seed has no keys; "" means DefaultKey.
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
	// Watch is called with what every user can do, by address: at the start and after each
	// request that changed something. It must not call the server.
	Watch func(map[string]Access)
	// Wait waits for latency and delays; nil means by the clock.
	Wait func(ctx context.Context, d time.Duration) error
}

// A Server is an emulated tenant: an http.Handler below /api/v1, safe for concurrent use.
type Server struct {
	*emulator.Server
	state

	o       Options
	choice  emulator.Choice
	service emulator.Service[call, reply]
	rates   map[string]*emulator.Window
}

// New opens the state, or starts with the seed if there is none.
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
	s.state.open(o.State, s.is("service-users", "hidden"))
	s.service = emulator.Service[call, reply]{
		Begin: s.begin, Take: s.take, TooMany: s.tooMany, Enter: s.enter, Answer: s.answer,
		NoRoute: func(http.ResponseWriter, string) error { return notFound() },
	}
	s.routes()
	if err := s.store.Open(s.seed); err != nil {
		return nil, err
	}
	s.Server = emulator.New(emulator.Options{
		Product:  "tines",
		Prefixes: []string{BasePath},
		Store:    s.store,
		Handler:  &s.service,
		Reset:    s.seed,
		Choice:   choice,
		Changed:  emulator.Watch(o.Watch, s.accesses),
		Faults:   o.Faults,
		Latency:  o.Latency,
		Log:      o.Log,
		Wait:     o.Wait,
	})
	return s, nil
}

// is reports whether the variant has the value.
func (s *Server) is(variant, value string) bool { return s.choice.Is(variant, value) }
