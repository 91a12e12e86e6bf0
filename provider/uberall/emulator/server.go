// Package emulator is uberall's API as its public documentation describes it: an HTTP
// server for users, their features and location groups, with the businesses, locations and
// the sales partner that those refer to. It holds one sales partner.
//
// It is written from the documentation, not from rolecall's client, and any HTTP client can
// use it. Where the documentation is silent or disagrees with itself, and the answer decides
// what a client does, the table in variants.go names the question and the possible answers.
// Words of error messages are the emulator's own.
//
// The traps are real ones: a caller sees, and can change, only the features and the users
// that it may manage itself, so what it cannot see looks like what is not there; only an
// access token, not the private key, opens location groups; and users of a sales partner
// with forced single sign-on cannot be written at all.
package emulator

import (
	"context"
	"io"
	"time"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// DefaultKey is the private key of an emulator whose seed names none.
const DefaultKey = "emulator-key"

// Addresses to use with an in-process transport. Nothing listens there.
const (
	Prefix  = "/api"
	BaseURL = "http://uberall.emulator" + Prefix
)

// Options are how an emulator starts. The zero value is DefaultSeed in memory.
type Options struct {
	// State is the file that the state is kept in; "" keeps it in memory.
	State string
	// Seed is what a new state holds; nil means DefaultSeed. It does not touch a state
	// that exists.
	Seed *Seed
	// SalesPartner is the id of the sales partner where the seed names none; 0 means 42.
	SalesPartner int
	// Variants chooses behavior, as "name=value".
	Variants []string
	// Latency is waited before each answer.
	Latency time.Duration
	// Rate is how many requests the sales partner has in a minute. uberall documents only
	// that 10 users can be created in 10 seconds, so 0 means that limit alone, and below
	// 0 means none at all.
	Rate int
	// MaxPage is how many rows a page has at most, whatever a request asks for; 0 means
	// 1000, for location groups 100.
	MaxPage int
	// TokenRequests is how many requests an access token is good for; 0 means any number.
	TokenRequests int
	// Faults are armed from the start.
	Faults []emulator.Fault
	// Log gets one JSON line for each request; may be nil.
	Log io.Writer
	// Clock is used for the rate limits; nil means time.Now.
	Clock func() time.Time
	// Watch is told what Reach returns after each request that changed something, and
	// once at the start. It must not call the server.
	Watch func(map[string][]string)
	// Wait waits for latency and delays; nil means by the clock.
	Wait func(ctx context.Context, d time.Duration) error
}

// A Server is one emulated sales partner. It is an http.Handler, safe for concurrent use,
// and reached under Prefix.
type Server struct {
	*emulator.Server
	state

	o         Options
	choice    emulator.Choice
	service   emulator.Service[call, reply]
	rate      emulator.Window
	creations emulator.Window
	tokens    tokens
}

// New opens the state, or fills a new one from the seed.
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
	s := &Server{o: o, choice: choice}
	s.rate = emulator.Window{Limit: o.Rate, Per: time.Minute, Now: o.Clock}
	s.creations = emulator.Window{Limit: maxCreations, Per: 10 * time.Second, Now: o.Clock}
	if o.Rate < 0 {
		s.creations.Limit = 0
	}
	s.state.open(o.State, s.is("deleted", "taken"))
	s.service = emulator.Service[call, reply]{
		Begin: s.begin, Take: s.take, TooMany: s.tooMany, NoRoute: noRoute, Enter: s.enter, Answer: s.answer,
	}
	s.routes()
	if err := s.store.Open(s.seed); err != nil {
		return nil, err
	}
	s.Server = emulator.New(emulator.Options{
		Product:  "uberall",
		Prefixes: []string{Prefix},
		Store:    s.store,
		Handler:  &s.service,
		Reset:    s.seed,
		Choice:   choice,
		Changed:  emulator.Watch(o.Watch, s.reach),
		Secrets:  []string{"password", "private_key"},
		Faults:   o.Faults,
		Latency:  o.Latency,
		Log:      o.Log,
		Wait:     o.Wait,
	})
	return s, nil
}

// is reports whether the variant has the value.
func (s *Server) is(variant, value string) bool { return s.choice.Is(variant, value) }

// routes adds the whole of the API that is emulated.
func (s *Server) routes() {
	handle := s.service.Handle

	handle("POST "+loginPath, s.login)

	handle("GET /users", s.listUsers)
	handle("POST /users", s.createUser)
	handle("GET /users/me", s.getCaller)
	handle("GET /users/{id}", s.getUser)
	handle("PATCH /users/{id}", s.updateUser)
	handle("DELETE /users/{id}", s.deleteUser)
	handle("GET /features", s.getFeatures)

	handle("GET /location-groups", s.listGroups)
	handle("POST /location-groups", s.createGroup)
	handle("GET /location-groups/{id}", s.getGroup)
	handle("PATCH /location-groups/{id}", s.updateGroup)
	handle("DELETE /location-groups/{id}", s.deleteGroup)

	handle("GET /businesses", s.listBusinesses)
	handle("GET /locations", s.listLocations)
	handle("GET /sales-partners/{id}", s.getSalesPartner)
}
