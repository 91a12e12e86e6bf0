package emulator

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// Prefix is the path of the API, on every host.
const Prefix = "/api/v2/platformModel"

// Addresses for an in-process transport. No server listens there.
const (
	BaseURL    = "http://sample.roserocket.emulator" + Prefix // on the organization's own host
	NetworkURL = "http://network.roserocket.emulator" + Prefix
	TokenURL   = "http://a.roserocket.emulator/oauth/token"
)

// Options configure an emulator. The zero value has the default seed and keeps its state in
// memory.
type Options struct {
	// State is the file of the state; "" keeps it in memory.
	State string
	// Seed is the content of a new state; nil means the default seed. A state that exists is
	// not changed.
	Seed *Seed
	// Login are the client and the service account if the seed has none. Empty members are
	// as in DefaultLogin.
	Login Credentials
	// Variants are the chosen variants, each as "name=value".
	Variants []string
	// Latency is the delay before each answer.
	Latency time.Duration
	// Rate is the number of requests that the organization may send in a minute; 0 or less
	// means no limit. Rose Rocket publishes none.
	Rate int
	// TokenRequests is the number of requests for which a token is valid; 0 means any number
	// until it expires.
	TokenRequests int
	// Faults are active from the start.
	Faults []emulator.Fault
	// Log receives one line of JSON for each request; nil means no log.
	Log io.Writer
	// Clock is used for tokens, the rate limit and timestamps; nil means time.Now.
	Clock func() time.Time
	// Watch is called with the result of Rights at the start and after each request that
	// changed something. It must not call the server.
	Watch func(map[string][]string)
	// Wait waits for latency and delays; nil means in real time.
	Wait func(ctx context.Context, d time.Duration) error
}

// A Server is one emulated organization. It is an http.Handler, safe for concurrent use. The
// API is under Prefix and the token endpoint at /oauth/token, on every host. Two hosts of Rose
// Rocket differ: the one that begins with "a." is the issuer's and has no API, and the one that
// begins with "network." serves all organizations, so that requests must have x-org-id.
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

// New opens the state, or fills a new one with the seed.
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
	if err := s.store.Open(s.seed); err != nil {
		return nil, err
	}
	s.Server = emulator.New(emulator.Options{
		Product:  "roserocket",
		Prefixes: []string{Prefix},
		Beside:   []string{"/oauth/token"},
		Store:    s.store,
		Handler:  http.HandlerFunc(s.handle),
		Reset:    s.seed,
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

// routes registers all routes of the API.
func (s *Server) routes() {
	handle := s.service.Handle

	handle("GET /permissions/roles/{role}/objectKey/{object}", s.getPermission)
	handle("POST /permissions/roles/{role}/objectKey/{object}", s.setPermission)

	handle("GET /userGroups", s.listGroups)
	handle("POST /userGroups", s.createGroup)
	handle("POST /userGroups/search", s.searchGroups)
	handle("GET /userGroups/{group}/members", s.listMembers)
	handle("POST /userGroups/{group}/members", s.changeMembers)

	handle("GET /boards/nav", s.listBoards)
}
