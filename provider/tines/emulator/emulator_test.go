package emulator

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider/emulator"
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

// ask sends "METHOD PATH [BODY]" with the key, over the in-process transport.
func ask(t testing.TB, s *Server, key, request string) *http.Response {
	t.Helper()
	method, rest, _ := strings.Cut(request, " ")
	path, body, _ := strings.Cut(rest, " ")
	req, err := http.NewRequestWithContext(t.Context(), method, BaseURL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("User-Agent", "rolecall-test")
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := s.Transport().RoundTrip(req)
	if err != nil {
		t.Fatalf("%s: %v", request, err)
	}
	return res
}

func read(t testing.TB, res *http.Response) string {
	t.Helper()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// A step is a request with the key (the tenant owner's, if none) and its answer:
// "STATUS JSON" for the whole of it, "STATUS ~TEXT" for a part, "STATUS !TEXT" for
// what it must not have.
type step struct{ key, request, want string }

func play(t testing.TB, s *Server, steps []step) {
	t.Helper()
	for i, st := range steps {
		key := st.key
		if key == "" {
			key = DefaultKey
		}
		res := ask(t, s, key, st.request)
		if complaint := compare(t, res.StatusCode, read(t, res), st.want); complaint != "" {
			t.Errorf("step %d %s: %s", i, st.request, complaint)
		}
	}
}

func compare(t testing.TB, gotStatus int, got, expected string) string {
	t.Helper()
	status, want, _ := strings.Cut(expected, " ")
	if strconv.Itoa(gotStatus) != status {
		return "status " + strconv.Itoa(gotStatus) + ", want " + status + ": " + got
	}
	if part, ok := strings.CutPrefix(want, "~"); ok {
		if !strings.Contains(got, part) {
			return "no " + part + " in " + got
		}
		return ""
	}
	if part, ok := strings.CutPrefix(want, "!"); ok {
		if strings.Contains(got, part) {
			return part + " is in " + got
		}
		return ""
	}
	if want == "" {
		return ""
	}
	if want == "-" {
		want = ""
	}
	if diff := cmp.Diff(decode(want), decode(got)); diff != "" {
		return "(-want +got)\n" + diff
	}
	return ""
}

// decode returns the JSON value, or the text where it is none.
func decode(text string) any {
	var v any
	if json.Unmarshal([]byte(text), &v) != nil {
		return text
	}
	return v
}

const (
	missing = `404 {"errors":[{"message":"Not found","details":""}]}`
	weak    = "emulator-intake" // a team key
	person  = "emulator-olu"    // a tenant owner's personal key
)
