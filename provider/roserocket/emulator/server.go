package emulator

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// Prefix is the path that the API is under, on every host.
const Prefix = "/api/v2/platformModel"

// Addresses to use with an in-process transport. Nothing listens there.
const (
	BaseURL    = "http://sample.roserocket.emulator" + Prefix // on the organization's own host
	NetworkURL = "http://network.roserocket.emulator" + Prefix
	TokenURL   = "http://a.roserocket.emulator/oauth/token"
)

// Options are how an emulator starts. The zero value is the default seed in memory.
type Options struct {
	// State is the file that the state is kept in; "" keeps it in memory.
	State string
	// Seed is what a new state holds; nil means the default one. It does not touch
	// a state that exists.
	Seed *Seed
	// Login is who gets a token where the seed names no client or no service
	// account. What is empty in it is as in DefaultLogin.
	Login Credentials
	// Variants chooses behaviour, as "name=value".
	Variants []string
	// Latency is waited before each answer.
	Latency time.Duration
	// Rate is how many requests the organization has in a minute. Rose Rocket
	// publishes no limit, so 0 and below mean none.
	Rate int
	// TokenRequests is how many requests a token is good for; 0 means any number
	// until it expires.
	TokenRequests int
	// Faults are armed from the start.
	Faults []emulator.Fault
	// Log gets one JSON line for each request; may be nil.
	Log io.Writer
	// Clock is used for tokens, the rate limit and timestamps; nil means time.Now.
	Clock func() time.Time
	// Watch is called with the result of Rights after each request that changed something,
	// and once at the start. It must not call the server.
	Watch func(map[string][]string)
	// Wait waits for latency and delays; nil means by the clock.
	Wait func(ctx context.Context, d time.Duration) error
}

// A Server is one emulated organization. It is an http.Handler, safe for
// concurrent use. The API is reached under Prefix, the token endpoint at
// /oauth/token, both on every host, except that hosts named "a." are the issuer's
// and have no API, and that the variant base has its say about "network.".
type Server struct {
	*emulator.Server
	state

	o           Options
	choice      emulator.Choice
	service     emulator.Service[call, any]
	rate        emulator.Window
	tokens      tokens
	rightsIndex rightsIndex
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
	o.Login = o.Login.orDefault()
	s := &Server{o: o, choice: choice}
	s.rate = emulator.Window{Limit: o.Rate, Per: time.Minute, Now: o.Clock}
	s.tokens = tokens{now: o.Clock, requests: o.TokenRequests}
	s.rightsIndex = newRightsIndex()
	s.state.open(o.State)
	s.index()
	s.service = emulator.Service[call, any]{
		Begin: s.begin, Take: s.take, TooMany: s.tooMany, Enter: s.enter, Answer: s.answer,
		NoRoute: func(http.ResponseWriter, string) error { return notFound() },
	}
	s.routes()
	if err := s.store.Open(s.plant); err != nil {
		return nil, err
	}
	s.Server = emulator.New(emulator.Options{
		Product:  "roserocket",
		Prefixes: []string{Prefix},
		Beside:   []string{"/oauth/token"},
		Store:    s.store,
		Handler:  http.HandlerFunc(s.handle),
		Reset:    s.plant,
		Choice:   choice,
		Changed:  emulator.Watch(o.Watch, s.rights),
		Secrets:  []string{"client_secret", "refresh_token"},
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
	for _, r := range table {
		s.service.Handle(r.pattern, r.handler)
	}
}
