package cmd_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	partooemulator "github.com/rolecall-dev/rolecall/provider/partoo/emulator"
)

type pass = func() *httptest.ResponseRecorder

// faults are what goes wrong with one request: the answer that comes instead, nil
// where none comes. effect says that the request takes effect nevertheless.
var faults = []struct {
	name   string
	answer func(r *http.Request, pass pass) *httptest.ResponseRecorder
}{
	{"429", func(*http.Request, pass) *httptest.ResponseRecorder { return says(429, "Too Many Requests") }},
	{"429 with Retry-After", func(*http.Request, pass) *httptest.ResponseRecorder {
		return says(429, "Too Many Requests", "Retry-After", "60")
	}},
	{"500", func(*http.Request, pass) *httptest.ResponseRecorder { return says(500, "{}") }},
	{"502 with a web page", func(*http.Request, pass) *httptest.ResponseRecorder {
		return says(502, "<html><title>Bad Gateway</title></html>", "Content-Type", "text/html")
	}},
	{"503", func(*http.Request, pass) *httptest.ResponseRecorder { return says(503, "") }},
	{"500 after the effect", func(_ *http.Request, pass pass) *httptest.ResponseRecorder { pass(); return says(500, "{}") }},
	{"cut before the effect", func(*http.Request, pass) *httptest.ResponseRecorder { return nil }},
	{"cut after the effect", func(_ *http.Request, pass pass) *httptest.ResponseRecorder { pass(); return nil }},
	{"broken JSON", func(_ *http.Request, pass pass) *httptest.ResponseRecorder {
		a := pass()
		a.Body.Truncate(a.Body.Len() / 2)
		return a
	}},
	{"an answer that breaks off", func(_ *http.Request, pass pass) *httptest.ResponseRecorder {
		a := pass()
		a.Header().Set("Content-Length", fmt.Sprint(a.Body.Len()+10))
		return a
	}},
	{"an answer in drips", func(_ *http.Request, pass pass) *httptest.ResponseRecorder {
		a := pass()
		a.Header().Set(drip, "yes")
		return a
	}},
	{"an empty answer", func(_ *http.Request, pass pass) *httptest.ResponseRecorder { pass(); return says(200, "") }},
}

// TestFailureAnywhere lets each sort of trouble strike once at each request of an
// apply. A question is asked again, so the run comes to its end. A write either
// does too, or the run says that it was applied in part; then the next one
// finishes it. Nothing is doubled or lost, and nobody has more on the way.
func TestFailureAnywhere(t *testing.T) {
	zoo := failureCases()[0]
	total := zoo.start(t).countRequests()
	step := 3 // what one sort of trouble leaves out, the next one strikes
	if testing.Short() || underRace {
		step = 13
	}
	for i, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			st := zoo.start(t)
			for at := 1 + i%step; at <= total; at += step {
				st.again()
				method, path := "", ""
				st.begin(func(n int, r *http.Request, pass pass) *httptest.ResponseRecorder {
					if n != at {
						return pass()
					}
					method, path = r.Method, r.URL.Path
					return f.answer(r, pass)
				})
				code, out := st.run(st.applyArgs()...)
				creates := method == http.MethodPost && (path == "/v2/user" || path == "/v2/custom_role" || strings.HasSuffix(path, "sections") || strings.HasSuffix(path, "groups"))
				switch {
				case code == 0:
					st.checkConverged()
				case code == 3 && creates:
					if !strings.Contains(flat(out), "a look-up does not show it, and it may still be created") {
						t.Errorf("it does not say what was found:\n%s", end(out))
					}
				default:
					t.Errorf("exit code %d:\n%s", code, end(out))
				}
				st.converge()
				if t.Failed() {
					t.Fatalf("%s at request %d of %d, %s %s", f.name, at, total, method, path)
				}
			}
		})
	}
}

// TestFailureForGood lets trouble stay. The run says what is wrong and what to
// try, ends with the right code, and once the trouble is over the next apply does
// the rest.
func TestFailureForGood(t *testing.T) {
	reads := func(r *http.Request) bool {
		return r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/user/search")
	}
	writes := func(r *http.Request) bool { return r.Method == http.MethodPost && r.URL.Path == "/v2/user" }
	always := func(a func() *httptest.ResponseRecorder) func(*http.Request, pass) *httptest.ResponseRecorder {
		return func(*http.Request, pass) *httptest.ResponseRecorder { return a() }
	}
	for _, c := range []struct {
		name    string
		where   func(*http.Request) bool
		answer  func(*http.Request, pass) *httptest.ResponseRecorder
		timeout time.Duration
		code    int
		says    []string
		waits   time.Duration // one of the pauses, where it matters
	}{
		{name: "too many requests, told how long", where: reads, code: 1, waits: 7 * time.Second,
			answer: always(func() *httptest.ResponseRecorder { return says(429, "Too Many Requests", "Retry-After", "7") }),
			says:   []string{"list users", "answered 429", "Too many requests were sent to Partoo"}},
		{name: "too many requests for hours", where: reads, code: 1,
			answer: always(func() *httptest.ResponseRecorder { return says(429, "Too Many Requests", "Retry-After", "7200") }),
			says:   []string{"answered 429", "Wait 120 minutes"}},
		{name: "the product is down", where: reads, code: 1,
			answer: always(func() *httptest.ResponseRecorder { return says(503, "") }),
			says:   []string{"answered 503", "an error of Partoo"}},
		{name: "a sign-in page instead of the product", where: reads, code: 1,
			answer: always(func() *httptest.ResponseRecorder {
				return says(200, "<html><title>Sign in</title></html>", "Content-Type", "text/html")
			}),
			says: []string{"the answer is a web page, not JSON", "Check the endpoint"}},
		{name: "an answer that never ends", where: reads, code: 1, timeout: 300 * time.Millisecond,
			answer: func(r *http.Request, _ pass) *httptest.ResponseRecorder { <-r.Context().Done(); return nil },
			says:   []string{"no complete answer within 300ms", "No complete answer came in time"}},
		{name: "a write that is never answered", where: writes, code: 3, timeout: 300 * time.Millisecond,
			answer: func(r *http.Request, pass pass) *httptest.ResponseRecorder {
				if strings.Contains(fmt.Sprint(r.URL), "never") {
					return pass()
				}
				<-r.Context().Done()
				return nil
			},
			says: []string{"a look-up does not show it, and it may still be created"}},
		{name: "writes fail", where: writes, code: 3,
			answer: always(func() *httptest.ResponseRecorder { return says(500, "{}") }),
			says:   []string{"create user", "answered 500", "may still be created"}},
		{name: "the key expires in the middle", where: writes, code: 3,
			answer: always(func() *httptest.ResponseRecorder {
				return says(401, `{"error":{"authentication":"User not authenticated"}}`)
			}),
			says: []string{"the key is no longer accepted"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			st := failureCases()[0].start(t)
			st.timeout = c.timeout
			st.begin(func(_ int, r *http.Request, pass pass) *httptest.ResponseRecorder {
				if c.where(r) {
					return c.answer(r, pass)
				}
				return pass()
			})
			code, out := st.run(st.applyArgs()...)
			if code != c.code {
				t.Errorf("exit code %d, want %d:\n%s", code, c.code, end(out))
			}
			for _, s := range c.says {
				if !strings.Contains(flat(out), s) {
					t.Errorf("it does not say %q:\n%s", s, end(out))
				}
			}
			if c.code == 1 && st.writes() > 0 {
				t.Error("something was written")
			}
			if c.waits > 0 && !slices.ContainsFunc(st.waited, func(d time.Duration) bool { return d > c.waits-time.Second && d <= c.waits }) {
				t.Errorf("it waited %v, want %s", st.waited, c.waits)
			}
			st.timeout = 0
			st.idle()
			st.converge()
		})
	}
}

// TestFailureUnsteadyList adds a person to the organization while the list of
// people is read, page by page.
func TestFailureUnsteadyList(t *testing.T) {
	for _, c := range []struct {
		name string
		ever bool
		code int
	}{{"once", false, 0}, {"for ever", true, 1}} {
		t.Run(c.name, func(t *testing.T) {
			s := failureCases()[1]
			s.seed, s.files = crowded, func(t testing.TB, dir, endpoint string) {
				rosterFiles(t, dir, endpoint)
				text, err := os.ReadFile(filepath.Join(dir, "roster.hcl"))
				if err != nil {
					t.Fatal(err)
				}
				put(t, filepath.Join(dir, "roster.hcl"), strings.Replace(string(text), `["owner@*"]`, `["owner@*", "*@partoo.co"]`, 1))
			}
			st := s.start(t)
			added := 0
			var one sync.Mutex // pages are read side by side
			st.begin(func(_ int, r *http.Request, pass pass) *httptest.ResponseRecorder {
				one.Lock()
				defer one.Unlock()
				if strings.HasSuffix(r.URL.Path, "/user/search") && r.URL.Query().Get("page") != "1" && (c.ever || added == 0) {
					added++
					st.ask(http.MethodPost, "/user", fmt.Sprintf(`{"email": "a%d@partoo.co", "first_name": "A", "last_name": "B", "role": "ORG_ADMIN"}`, added))
				}
				return pass()
			})
			code, out := st.run(st.applyArgs()...)
			one.Lock() // a page that nobody waits for any more may still be under way
			pages := added
			one.Unlock()
			if pages == 0 {
				t.Fatal("the list has one page")
			}
			if code != c.code {
				t.Errorf("exit code %d, want %d:\n%s", code, c.code, end(out))
			}
			if c.ever && (st.writes() > 0 || !strings.Contains(out, "the list changed while it was read")) {
				t.Errorf("%d writes:\n%s", st.writes(), end(out))
			}
			st.begin(nil)
			if code, out := st.run(st.applyArgs()...); code != 0 {
				t.Errorf("the next apply ends with %d:\n%s", code, end(out))
			}
			if code, out := st.run(append([]string{"plan", "--detailed-exitcode"}, append(st.flags, st.dir)...)...); code != 0 {
				t.Errorf("the last plan ends with %d:\n%s", code, end(out))
			}
		})
	}
}

// crowded is the roster with so many others that the list has three pages.
func crowded(t testing.TB) *partooemulator.Seed {
	seed := rosterSeed(t)
	for i := range 200 {
		seed.Users = append(seed.Users, partooemulator.SeedUser{
			Email: fmt.Sprintf("support%03d@partoo.co", i), FirstName: "Su", LastName: "Pport", Role: "ORG_ADMIN",
		})
	}
	return seed
}

// ask sends a request to the product behind the proxy's back.
func (s *failureRun) ask(method, path, body string) *httptest.ResponseRecorder {
	s.t.Helper()
	r := httptest.NewRequest(method, "/v2"+path, strings.NewReader(body))
	r.Header.Set("x-APIKey", s.proxy.Key())
	r.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	s.ServeHTTP(rec, r)
	if rec.Code != http.StatusOK {
		s.t.Errorf("%s %s answered %d: %s", method, path, rec.Code, rec.Body)
	}
	return rec
}

// TestFailureKeptValue has a product that says yes to a new role and keeps one
// permission to itself. It is told once, whoever would get the role waits, and the
// next plan says the same instead of writing for ever.
func TestFailureKeptValue(t *testing.T) {
	st := failureCases()[0].start(t)
	st.begin(func(_ int, r *http.Request, pass pass) *httptest.ResponseRecorder {
		a := pass()
		if r.Method == http.MethodGet && r.URL.Path == "/v2/custom_role/head_keeper" && a.Code == http.StatusOK {
			return says(a.Code, strings.Replace(a.Body.String(), `"review_reply_template_use"`, `"review_download"`, 1))
		}
		return a
	})
	code, out := st.run(st.applyArgs()...)
	if code != 3 || !strings.Contains(flat(out), "role.head_keeper") || !strings.Contains(flat(out), "reads back differently") {
		t.Errorf("exit code %d:\n%s", code, end(out))
	}
	if reach := st.reach()["ana@zoo.example"]; len(reach) > 0 {
		t.Errorf("ana was given the role: %v", reach)
	}
	before := st.writes()
	if code, out := st.run(st.applyArgs()...); code != 3 || st.writes()-before > 2 {
		t.Errorf("the next apply ends with %d after %d writes:\n%s", code, st.writes()-before, end(out))
	}
	st.converge()
}
