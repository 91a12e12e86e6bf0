package emulator

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// DefaultKey is the API key of an emulator whose seed names none.
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
	// OrgID is the organization's id where the seed has none; 0 means 42.
	OrgID int
	// Key is the API key of the administrator that is made where the seed has no
	// keys; "" means DefaultKey.
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
	// Clock is used for the rate limit, timestamps and the pause between
	// invitations; nil means time.Now.
	Clock func() time.Time
	// Watch is told after each request that changed something what every user can
	// see and do, by address, and once at the start. It must not call the server.
	Watch func(map[string]Access)
	// Wait waits for latency and delays; nil means by the clock.
	Wait func(ctx context.Context, d time.Duration) error
}

// A Server is one emulated organization. It is an http.Handler, safe for
// concurrent use, and reached under /v2 and /api/v2.
type Server struct {
	*emulator.Server
	state

	o      Options
	choice emulator.Choice
	mux    *http.ServeMux
	rate   emulator.Window
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
	if o.Rate == 0 {
		o.Rate = 300
	}
	if o.Seed == nil {
		o.Seed = &Seed{}
	}
	s := &Server{o: o, choice: choice}
	s.rate = emulator.Window{Limit: o.Rate, Per: time.Minute, Now: o.Clock}
	s.state.open(o.State)
	s.mux = s.routes()
	if err := s.store.Open(s.seed); err != nil {
		return nil, err
	}
	if o.Watch != nil {
		o.Watch(s.accesses())
	}
	s.Server = emulator.New(emulator.Options{
		Product:  "partoo",
		Prefixes: []string{"/v2", "/api/v2"},
		Store:    s.store,
		Handler:  http.HandlerFunc(s.handle),
		Reset:    s.seed,
		Choice:   choice,
		Secrets:  []string{"password"},
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
