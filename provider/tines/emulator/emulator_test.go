package emulator

import (
	"cmp"
	"net/http"
	"testing"
	"time"

	"github.com/rolecall-dev/rolecall/provider/emulator"
	"github.com/rolecall-dev/rolecall/provider/providertest"
)

// The ids of the default seed, by the order of its rows: teams Detection 1,
// Response 2 and its case group Forensics 3; users olu 1, dana 2, ana 3, bo 4, noor
// 5 with the personal teams 4 to 8, the service accounts api 6 and intake 7; custom
// roles ANALYST 1 and ENGINEER 2.

// A clock that stands until it is moved.
type clock struct{ now time.Time }

func (c *clock) time() time.Time { return c.now }

func newClock() *clock { return &clock{now: time.Unix(1_700_000_000, 250_000_000)} }

func open(t testing.TB, o Options) *Server {
	t.Helper()
	if o.Clock == nil {
		o.Clock = newClock().time
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// soc opens the tenant of the default seed.
func soc(t testing.TB, variants ...string) *Server {
	t.Helper()
	return open(t, Options{Variants: variants, Rate: -1})
}

func parse(t testing.TB, text string) *Seed {
	t.Helper()
	seed, err := emulator.ParseSeed[Seed]([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return seed
}

// ask sends "METHOD PATH [BODY]" with the key, and returns the answer and its body.
func ask(t testing.TB, s *Server, key, request string) (*http.Response, string) {
	t.Helper()
	return providertest.Send(t, s.Transport(), BaseURL, request, http.Header{"Authorization": {"Bearer " + key}, "User-Agent": {"rolecall-test"}})
}

// A step is a request with the key (the tenant owner's, if none) and its answer, as
// providertest.CompareAnswer takes it.
type step struct{ key, request, want string }

func play(t testing.TB, s *Server, steps []step) {
	t.Helper()
	for i, st := range steps {
		res, body := ask(t, s, cmp.Or(st.key, DefaultKey), st.request)
		if diff := providertest.CompareAnswer(res.StatusCode, body, st.want); diff != "" {
			t.Errorf("step %d %s: %s", i, st.request, diff)
		}
	}
}

const (
	missing = `404 {"errors":[{"message":"Not found","details":""}]}`
	weak    = "emulator-intake" // a team key
	person  = "emulator-olu"    // a tenant owner's personal key
)
