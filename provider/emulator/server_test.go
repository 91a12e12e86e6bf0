package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// noted is the smallest product: a POST stores its body, a GET counts.
func noted(t *testing.T, o Options) *Server {
	t.Helper()
	o.Store = NewStore("notes", o.Product)
	notes := NewTable[string](o.Store, "note")
	o.Product, o.Prefixes, o.Reset = "notes", []string{"/api/v1"}, func() error { return nil }
	o.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			data, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			text := string(data)
			notes.Put(fmt.Sprint(o.Store.Next("note")), &text)
			w.WriteHeader(http.StatusCreated)
		}
		fmt.Fprintf(w, "%d notes at %s", notes.Len(), r.URL.Path)
	})
	return New(o)
}

func ask(t *testing.T, rt http.RoundTripper, method, url, body string) (int, string, error) {
	t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	res, err := (&http.Client{Transport: rt}).Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	return res.StatusCode, string(data), err
}

// The in-process transport and a socket must be told apart by nothing.
func TestTransportIsLikeASocket(t *testing.T) {
	for _, cut := range []Cut{CutNone, CutBefore, CutAfter, CutBody} {
		s := noted(t, Options{})
		web := httptest.NewServer(s)
		inProcess := Transport(s)
		for name, rt := range map[string]http.RoundTripper{"in-process": inProcess, "socket": http.DefaultTransport} {
			if err := s.Reset(); err != nil {
				t.Fatal(err)
			}
			s.ClearFaults()
			if cut != CutNone {
				s.Inject(Fault{Method: "POST", Cut: cut})
			}
			status, text, err := ask(t, rt, "POST", web.URL+"/api/v1/notes", "hello")
			_, count, err2 := ask(t, rt, "GET", web.URL+"/api/v1/notes", "")
			if err2 != nil {
				t.Fatal(err2)
			}
			wantErr, wantCount := cut != CutNone, cut != CutBefore
			if (err != nil) != wantErr || strings.HasPrefix(count, "1") != wantCount {
				t.Errorf("%s, cut %q: %d %q %v, then %s", name, cut, status, text, err, count)
			}
			if cut == CutBody && (!errors.Is(err, io.ErrUnexpectedEOF) || status != 201 || text != "1 notes ") {
				t.Errorf("%s, cut %q: %d %q %v", name, cut, status, text, err)
			}
			if cut == CutNone && (status != 201 || text != "1 notes at /notes") {
				t.Errorf("%s: %d %q", name, status, text)
			}
		}
		web.Close()
		if inProcess.Requests() != 2 {
			t.Errorf("counted %d requests", inProcess.Requests())
		}
	}
}

func TestTransportLetsMistakesThrough(t *testing.T) {
	defer func() {
		if recover() != "mistake" {
			t.Error("the panic of a handler was swallowed")
		}
	}()
	ask(t, Transport(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("mistake") })), "GET", "http://x.example/", "")
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestWhatCannotBeWrittenIsToldToTheClient(t *testing.T) {
	status, text, err := ask(t, Transport(noted(t, Options{Log: full{}})), "GET", "http://x.example/api/v1/", "")
	if err != nil || status != 500 || !strings.Contains(text, "no space left") {
		t.Errorf("%d %q %v", status, text, err)
	}
	below := filepath.Join(t.TempDir(), "file")
	s := noted(t, Options{Product: below})
	rt := Transport(s)
	if status, text, err := ask(t, rt, "POST", "http://x.example/api/v1/", "a"); err != nil || status != 201 {
		t.Fatal(status, text, err)
	}
	s = noted(t, Options{Product: filepath.Join(below, "state")}) // below a file
	if status, text, err := ask(t, Transport(s), "POST", "http://x.example/api/v1/", "a"); err != nil || status != 500 || !strings.Contains(text, "emulator state") {
		t.Errorf("%d %q %v", status, text, err)
	}
}

func TestDoLastsLikeARequest(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	s := noted(t, Options{Product: path})
	if err := s.Do(func() error { s.o.Store.Next("note"); return nil }); err != nil {
		t.Fatal(err)
	}
	again := NewStore("notes", path)
	NewTable[string](again, "note")
	if found, err := again.Load(); err != nil || !found || again.Next("note") != 2 {
		t.Errorf("what was done is not in the file: %v %v", found, err)
	}
	if err := s.Do(func() error { return io.EOF }); err != io.EOF {
		t.Errorf("the error is %v", err)
	}
}

// Changed is called at the start, and after what changed the store.
func TestChanged(t *testing.T) {
	calls := 0
	s := noted(t, Options{Changed: func() { calls++ }})
	steps := []struct {
		name string
		do   func() error
		want int
	}{
		{"start", func() error { return nil }, 1},
		{"a read", func() error { _, _, err := ask(t, s.Transport(), "GET", "http://x.example/api/v1/", ""); return err }, 1},
		{"a write", func() error { _, _, err := ask(t, s.Transport(), "POST", "http://x.example/api/v1/", "a"); return err }, 2},
		{"a Do that changes nothing", func() error { return s.Do(func() error { return nil }) }, 2},
		{"a Do that changes a row", func() error {
			return s.Do(func() error { s.o.Store.tables["note"].(*Table[string]).Delete("1"); return nil })
		}, 3},
	}
	for _, step := range steps {
		if err := step.do(); err != nil || calls != step.want {
			t.Errorf("%s: called %d times, want %d: %v", step.name, calls, step.want, err)
		}
	}
}

func TestLogIsBounded(t *testing.T) {
	l := requestLog{secrets: []string{"private_key"}}
	for range maxEntries + 1 {
		if err := l.add(Entry{}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.add(Entry{}, []byte(`{"a": 1, "private_key": "s"}`)); err != nil {
		t.Fatal(err)
	}
	last := l.since(maxEntries + 1)
	if len(l.entries) > maxEntries || len(last) != 1 || string(last[0].Body) != `{"a":1,"private_key":"***"}` {
		t.Errorf("%d entries, the last %v", len(l.entries), last)
	}
	if got := string(l.clean([]byte("a=1&private_key=s"))); got != `"***"` {
		t.Errorf("a form with a secret is logged as %s", got)
	}
}

// A secret is starred out at any depth, in any letters and escapes of its name, in
// forms and in queries.
func TestLogHidesSecrets(t *testing.T) {
	l := requestLog{secrets: []string{"client_secret"}}
	for body, want := range map[string]string{
		`{"client_secret": "s3cret"}`:                      `{"client_secret":"***"}`,
		`{"Client_Secret": "s3cret"}`:                      `{"Client_Secret":"***"}`,
		`{"a": {"b": [1, {"client_secret": ["s3cret"]}]}}`: `{"a":{"b":[1,{"client_secret":"***"}]}}`,
		`[{"client_secret": "s3cret"}]`:                    `[{"client_secret":"***"}]`,
		`{"client\u005fsecret": "s3cret"}`:                 `{"client_secret":"***"}`,
		`{"client_secret": "s3cret"`:                       `"***"`,
		`client_secret=s3cret`:                             `"***"`,
		`client%5Fsecret=s3cret`:                           `"***"`,
		`{"z": 1, "a": "x"}`:                               `{"z":1,"a":"x"}`,
		`plain`:                                            `"plain"`,
	} {
		if got := string(l.clean([]byte(body))); got != want {
			t.Errorf("%s is logged as %s, want %s", body, got, want)
		}
	}
	for query, want := range map[string]string{
		"page=1&q=%20x": "page=1&q=%20x", "client_secret=s3cret": "***", "a=1&Client%5fSecret=s3cret": "***", "": "",
	} {
		if got := l.cleanQuery(query); got != want {
			t.Errorf("the query %s is logged as %s, want %s", query, got, want)
		}
	}
}

func TestFaultSpecs(t *testing.T) {
	for spec, want := range map[string]Fault{
		"POST /user after=3 cut=after":                       {Method: "POST", Path: "/user", After: 3, Cut: CutAfter, Header: map[string]string{}},
		"* /** times=always delay=1.5s":                      {Path: "/**", Times: -1, Delay: 1500 * time.Millisecond, Header: map[string]string{}},
		"get /a status=429 retry-after=7 times=2 body=a b=c": {Method: "GET", Path: "/a", Status: 429, Times: 2, Header: map[string]string{"Retry-After": "7"}, Body: "a b=c"},
	} {
		got, err := ParseFault(spec)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Error(spec, err, diff)
		}
		data, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		var back Fault
		if err := json.Unmarshal(data, &back); err != nil || back.Delay != got.Delay || back.Times != got.Times {
			t.Errorf("%s does not survive JSON: %s, %v", spec, data, err)
		}
	}
	for spec, want := range map[string]string{
		"":                        "write it as METHOD PATH",
		"GET /a":                  "write it as METHOD PATH",
		"GET /a after=2":          "says neither status, cut nor delay",
		"GET /a after=x status=1": `after: "x" is not a value of it`,
		"GET /a status=99":        "status 99 is none that ends a request",
		"GET /a cut=half":         `cut "half" is none of before, after, body`,
		"GET /a[ cut=before":      `path "/a[" is not a pattern`,
		"GET /a colour=red":       `unknown word "colour=red"`,
	} {
		if _, err := ParseFault(spec); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: want %s, got %v", spec, want, err)
		}
	}
}

func TestFaultsCountWhatTheyMatch(t *testing.T) {
	var fs faults
	fs.add(Fault{Method: "GET", Path: "/a/*", After: 1, Times: 2, Status: 500}, Fault{Path: "/a/**", Times: -1, Status: 400})
	var got []int
	for _, request := range []string{"GET /a/1", "POST /a/1", "GET /a/1/2", "GET /a/2", "GET /a/3", "GET /a/4", "GET /b"} {
		method, path, _ := strings.Cut(request, " ")
		got = append(got, fs.take(method, path).Status)
	}
	if diff := cmp.Diff([]int{400, 400, 400, 500, 500, 400, 0}, got); diff != "" {
		t.Error(diff)
	}
}

func TestWindowIsFixed(t *testing.T) {
	now := time.Unix(1000, 0)
	w := Window{Limit: 2, Per: time.Minute, Now: func() time.Time { return now }}
	take := func(key string) string {
		shut, ok := w.Take(key)
		return fmt.Sprint(ok, shut)
	}
	got := []string{take("a")}
	now = now.Add(50 * time.Second)
	got = append(got, take("a"), take("a"), take("b"))
	now = now.Add(10 * time.Second)
	got = append(got, take("a"))
	want := []string{"true 0s", "true 0s", "false 10s", "true 0s", "true 0s"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	free := Window{}
	if _, ok := free.Take("a"); !ok {
		t.Error("no limit limits")
	}
}

func TestBody(t *testing.T) {
	b, err := ParseBody([]byte(`{"n": 1, "list": [1, "x"], "nil": null}`))
	if err != nil {
		t.Fatal(err)
	}
	if n, ok := Field[int](b, "n", "int"); n != 1 || !ok {
		t.Error("n is not read")
	}
	if _, ok := Field[string](b, "nil", "string"); ok || !b.Null("nil") || !b.Has("nil") || b.Has("none") {
		t.Error("null is not told from what is not there")
	}
	list, ok := Field[[]int](b, "list", "not numbers")
	b.Refuse("list", "a second word")
	if diff := cmp.Diff([]Problem{{"list", "not numbers"}}, b.Problems); ok || list != nil || diff != "" {
		t.Error(ok, list, diff)
	}
	for _, text := range []string{"null", "[]", "7", "{} {}", "{"} {
		if _, err := ParseBody([]byte(text)); err == nil {
			t.Errorf("%s is taken for an object", text)
		}
	}
	if b, err := ParseBody(bytes.Repeat([]byte(" "), 3)); err != nil || len(b.Names()) != 0 {
		t.Error("an empty body is no empty object")
	}
}

func TestChoice(t *testing.T) {
	table := []Variant{{Name: "colour", Values: []string{"red", "blue"}}, {Name: "size", Values: []string{"s", "m"}}}
	c, err := Choose(table, []string{"colour=blue"})
	if err != nil || !c.Is("colour", "blue") || c.Is("size", "m") {
		t.Error("the choice is not made", err)
	}
	if diff := cmp.Diff([]string{"colour=blue", "size=s"}, c.Values()); diff != "" {
		t.Error(diff)
	}
	defer func() {
		if recover() == nil {
			t.Error("a value that the table does not hold is asked for")
		}
	}()
	c.Is("colour", "green")
}
