package providertest

import (
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A fixedAnswer answers every request with the same words.
type fixedAnswer struct {
	status int
	kind   string
	text   string
	end    error // of the body, instead of io.EOF
}

func (s fixedAnswer) RoundTrip(r *http.Request) (*http.Response, error) {
	header := http.Header{}
	if s.kind != "" {
		header.Set("Content-Type", s.kind)
	}
	body := io.Reader(strings.NewReader(s.text))
	if s.end != nil {
		body = io.MultiReader(body, &replay{Reader: strings.NewReader(""), end: s.end})
	}
	return &http.Response{StatusCode: s.status, Header: header, Body: io.NopCloser(body), Request: r, ContentLength: -1}, nil
}

func openContract(t *testing.T) *Contract {
	t.Helper()
	c, err := OpenContract(filepath.Join("testdata", "contract.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestContract(t *testing.T) {
	const den = "application/json"
	good := fixedAnswer{200, den, `{"id":1,"name":"Hill"}`, nil}
	get := func(path string) *http.Request { return request(t, "GET", path, "") }
	post := func(body string) *http.Request { return request(t, "POST", "/den/1", body) }
	keyless := get("/den/mine")
	keyless.Header.Del("x-key")
	gate := request(t, "GET", "/gate", "")
	gate.URL.Path = "/gate"
	gate.Header.Del("x-key")
	header := func(value string) *http.Request {
		r := get("/den/mine")
		r.Header.Set("x-zoo", value)
		return r
	}
	typeless := post(`{"name":"Hill"}`)
	typeless.Header.Set("Content-Type", "text/plain")
	for _, test := range []struct {
		name   string
		ask    *http.Request
		answer fixedAnswer
		want   string // part of the report; "" means none
	}{
		{"all is well", get("/den/1?page=1&deep=true&among=a,b&each=1&each=2"), good, ""},
		{"a more specific address", get("/den/mine"), good, ""},
		{"a body that fits", post(`{"name":"Hill","kind":"nest","colour":null}`), good, ""},
		{"a documented refusal", get("/den/1?page=1"), fixedAnswer{404, "text/plain", "none", nil}, ""},
		{"an empty answer where one is allowed", post(`{"name":"Hill"}`), fixedAnswer{200, "", "", nil}, ""},

		{"an address of another host, for everybody", gate, good, ""},
		{"a header", header("1"), good, ""},

		{"a header of another type", header("one"), good, `the header parameter x-zoo = "one"`},
		{"no such address", get("/lair"), good, "GET /v1/lair: the description has no such operation"},
		{"no such method", request(t, "PUT", "/den/1", ""), good, "PUT /v1/den/1: the description has no such operation"},
		{"no key", keyless, good, "GET /den/mine: the request has no header x-key"},
		{"an unknown parameter", get("/den/mine?page=1"), good, "the query parameter page is not described"},
		{"a missing parameter", get("/den/1"), good, "the query parameter page is missing"},
		{"a parameter twice", get("/den/1?page=1&page=2"), good, "the query parameter page is sent 2 times"},
		{"a parameter of another type", get("/den/1?page=one"), good, `the query parameter page = "one"`},
		{"a parameter below its least", get("/den/1?page=0"), good, `the query parameter page = "0"`},
		{"a list with one too many", get("/den/1?page=1&each=1&each=2&each=3"), good, `the query parameter each = "1&2&3"`},
		{"a list of other things", get("/den/1?page=1&each=1,2"), good, `the query parameter each = "1,2"`},
		{"a list that is too long", get("/den/1?page=1&among=a,b,c"), good, `the query parameter among = "a,b,c"`},
		{"an address with another type", get("/den/first?page=1"), good, `the path parameter number = "first"`},
		{"a body where there is none", request(t, "GET", "/den/mine", "{}"), good, "the request has a body, but the description has none"},
		{"a body of another type", typeless, good, `the request has the Content-Type "text/plain"`},
		{"a body that is no JSON", post(`{"name"`), good, "the request: "},
		{"an unknown field", post(`{"name":"Hill","depth":3}`), good, "additional properties 'depth' not allowed"},
		{"a missing field", post(`{}`), good, "missing property 'name'"},
		{"another word", post(`{"name":"Hill","kind":"hole"}`), good, "at '/kind'"},
		{"a field without the one it needs", post(`{"name":"Hill","colour":"red"}`), good, "'kind' required"},

		{"an answer that lacks a field", get("/den/mine"), fixedAnswer{200, den, `{"name":"Hill"}`, nil}, "the answer 200: - at '': missing property 'id'"},
		{"an answer with a wrong type", get("/den/mine"), fixedAnswer{200, den, `{"id":"1","name":"Hill"}`, nil}, "at '/id'"},
		{"an answer that is no JSON", get("/den/mine"), fixedAnswer{200, den, `{"id":1`, nil}, "the answer 200: "},
		{"another status", get("/den/mine"), fixedAnswer{404, den, `{}`, nil}, "the answer has the status 404, which is not described"},
		{"another content", get("/den/1?page=1"), fixedAnswer{404, den, `{}`, nil}, `the answer 404 has the Content-Type "application/json"`},
		{"words without a type", post(`{"name":"Hill"}`), fixedAnswer{200, "", "done", nil}, "the answer 200 has no Content-Type"},

		{"a status of 500 or more", get("/den/1?page=1"), fixedAnswer{502, "text/plain", "bad gateway", nil}, ""},
		{"a web page", get("/den/mine"), fixedAnswer{200, "text/html; charset=utf-8", "<html>", nil}, ""},
		{"an answer that breaks off", get("/den/mine"), fixedAnswer{200, den, `{"id":`, io.ErrUnexpectedEOF}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var reported []string
			watched := openContract(t).Transport(test.answer, func(err error) { reported = append(reported, err.Error()) })
			for range 2 { // a violation is reported once
				checkPassed(t, watched, test.ask, test.answer)
			}
			got := strings.Join(reported, "\n")
			if test.want == "" && got != "" || !strings.Contains(got, test.want) || len(reported) > 1 {
				t.Errorf("reported %q, want %q", reported, test.want)
			}
		})
	}
}

func request(t *testing.T, method, path, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(method, "http://emulator.test/v1"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("x-key", "k")
	r.Header.Set("Content-Type", "application/json")
	return r
}

// checkPassed makes sure that the answer passes as it was given.
func checkPassed(t *testing.T, through http.RoundTripper, ask *http.Request, want fixedAnswer) {
	t.Helper()
	r := ask.Clone(ask.Context())
	var err error
	if r.Body, err = ask.GetBody(); err != nil {
		t.Fatal(err)
	}
	answer, err := through.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(answer.Body)
	if string(text) != want.text || !errors.Is(err, want.end) || answer.StatusCode != want.status {
		t.Errorf("passed on %d %q %v", answer.StatusCode, text, err)
	}
	if err := answer.Body.Close(); err != nil {
		t.Error(err)
	}
}

func TestContractUnused(t *testing.T) {
	c := openContract(t)
	watched := c.Transport(fixedAnswer{200, "application/json", `{"id":1,"name":"Hill"}`, nil}, func(err error) { t.Error(err) })
	checkPassed(t, watched, request(t, "GET", "/den/mine", ""), fixedAnswer{200, "", `{"id":1,"name":"Hill"}`, nil})
	if d := cmp.Diff([]string{"GET /den/{number}", "GET /gate", "POST /den/{number}"}, c.Unused()); d != "" {
		t.Error(d)
	}
}

func TestInvalidContract(t *testing.T) {
	right, err := os.ReadFile(filepath.Join("testdata", "contract.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, old, new string }{
		{"a reference to nothing", "#/components/responses/Den", "#/components/responses/Lair"},
		{"a type that there is none of", "type: boolean", "type: truth"},
		{"no server", "servers: [{ url: https://zoo.example/v1 }]", ""},
		{"a parameter that the address has not", "/den/{number}:", "/den/first:"},
		{"no description", "openapi: 3.1.0", "swagger: 2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := strings.Replace(string(right), test.old, test.new, 1)
			if text == string(right) {
				t.Fatal("the test changes nothing")
			}
			file := filepath.Join(t.TempDir(), "wrong.yaml")
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := OpenContract(file); err == nil {
				t.Error("no error")
			}
		})
	}
}
