package rest_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
)

// What cannot be made into a request is told, and nothing leaves.
func TestRequestThatCannotBeMade(t *testing.T) {
	for name, call := range map[string]rest.Call{
		"the request cannot be written as JSON": {Op: "create animal", Method: "POST", Path: "/animals", Body: func() {}},
		"invalid method":                        {Op: "create animal", Method: "NO SUCH", Path: "/animals"},
	} {
		p := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { say(w, 200, "{}") })
		err := rest.New(p.config(t)).Do(t.Context(), call, nil)
		var failed *provider.Error
		if !errors.As(err, &failed) || !strings.Contains(err.Error(), name) || !strings.HasPrefix(err.Error(), "create animal: ") {
			t.Errorf("%s: %v", name, err)
		}
		if errors.Is(err, provider.ErrAmbiguous) || p.requests() != 0 {
			t.Errorf("%s: %d requests, %v", name, p.requests(), err)
		}
	}
}

// An answer in good JSON that does not answer the call is a failure: it is not
// read again, since the next answer would be the same, and a write that got it may
// have taken effect.
func TestAnswerThatIsNone(t *testing.T) {
	odd := errors.New("the answer has no name")
	for _, method := range []string{"GET", "POST"} {
		p := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { say(w, 200, `{"nom":"ibis"}`) })
		var got struct{ Name string }
		err := rest.New(p.config(t)).Do(t.Context(), rest.Call{Op: "read animal", Method: method, Path: "/animals/1", Validate: func() error {
			if got.Name == "" {
				return odd
			}
			return nil
		}}, &got)
		if !errors.Is(err, odd) || errors.Is(err, provider.ErrAmbiguous) != (method == "POST") || p.requests() != 1 {
			t.Errorf("%s: %d requests, %v", method, p.requests(), err)
		}
		if want := "The answer is not what the documentation of Zoo describes."; !strings.HasPrefix(provider.Hint(err), want) {
			t.Errorf("%s: advice %q", method, provider.Hint(err))
		}
	}
}

// Who asks for the text of an answer gets it as it came, once it is a good one.
func TestTextOfAnAnswer(t *testing.T) {
	const text = `{"name":"ibis", "legs": 2}`
	p := serve(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		say(w, 200, map[int]string{1: `{"name":`, 2: text}[n])
	})
	var got struct{ Name string }
	var came json.RawMessage
	err := rest.New(p.config(t)).Do(t.Context(), rest.Call{Op: "read animal", Path: "/animals/1", Raw: &came, Validate: func() error {
		if string(came) != text {
			t.Errorf("the check sees %q", came)
		}
		return nil
	}}, &got)
	if err != nil || string(came) != text || got.Name != "ibis" {
		t.Errorf("%q, %+v, %v", came, got, err)
	}
}

// What an answer says at length is cut, for a message is read by a person.
func TestLongWordsAreCut(t *testing.T) {
	p := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { say(w, 400, strings.Repeat("ü", 500)) })
	err := rest.New(p.config(t)).Do(t.Context(), rest.Call{Op: "list animals", Path: "/animals"}, nil)
	want := "answered 400: " + strings.Repeat("ü", 199) + "…"
	if err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("%v", err)
	}
}

// The rest of the messages: what is not of JSON, not of this product, or not said.
func TestMessagesOfLittleSaid(t *testing.T) {
	for name, c := range map[string]struct {
		product string
		answer  func(w http.ResponseWriter)
		want    string
	}{
		"a redirect to nowhere": {"Zoo", func(w http.ResponseWriter) { w.WriteHeader(302) },
			"list animals: GET http://zoo.example/v2/animals answered 302: it redirects, but does not say where\n" +
				"Redirects are not followed, so that the key is sent nowhere else. Write the final address as the endpoint in the provider block."},
		"a page that does not start with a bracket": {"Zoo", func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			io.WriteString(w, "Sign in, please")
		}, "list animals: GET http://zoo.example/v2/animals answered 200: the answer is a web page, not JSON\n" +
			"The answer does not come from the API: a proxy or a sign-in page may be in between. Check the endpoint in the provider block."},
		"a product without a name": {"", func(w http.ResponseWriter) { say(w, 500, "oh") },
			"list animals: GET http://zoo.example/v2/animals answered 500: oh\n" +
				"This is an error of the product. Wait, then run the same command again; changes that were made are not repeated."},
		"a pause of hours": {"Zoo", func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "10801")
			say(w, 429, "no")
		}, "list animals: GET http://zoo.example/v2/animals answered 429: no\n" +
			"Too many requests were sent to Zoo, by rolecall or by others. Wait 4 hours, then run the same command again."},
	} {
		t.Run(name, func(t *testing.T) {
			p := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { c.answer(w) })
			config := p.config(t)
			config.Product = c.product
			err := rest.New(config).Do(t.Context(), rest.Call{Op: "list animals", Path: "/animals"}, new(animal))
			if d := cmp.Diff(c.want, told(p, err)); d != "" {
				t.Error(d)
			}
		})
	}
}

// An answer of another shape than the call expects is told with the advice to
// check the endpoint.
func TestAnswerOfAnotherShape(t *testing.T) {
	p := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { say(w, 200, `["ibis"]`) })
	err := rest.New(p.config(t)).Do(t.Context(), rest.Call{Op: "read animal", Path: "/animals/1"}, new(animal))
	var shape *json.UnmarshalTypeError
	if !errors.As(err, &shape) || p.requests() != 1 || !strings.HasPrefix(provider.Hint(err), "The answer is not what the documentation of Zoo describes.") {
		t.Errorf("%d requests, %v; %s", p.requests(), err, provider.Hint(err))
	}
}

func TestAllowEmpty(t *testing.T) {
	checked := false
	for _, test := range []struct {
		name, body string
		bare       bool
		want       string
		fails      bool
	}{
		{"a body", `{"id":"7"}`, true, "7", false},
		{"none", ``, true, "", false},
		{"none where one is needed", ``, false, "", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { say(w, 200, test.body) })
			var out struct{ ID string }
			checked = false
			err := rest.New(p.config(t)).Do(context.Background(), rest.Call{
				Method: http.MethodPost, Path: "/roles", AllowEmpty: test.bare,
				Validate: func() error { checked = true; return nil },
			}, &out)
			if (err != nil) != test.fails || out.ID != test.want || checked != (test.want != "") {
				t.Errorf("%q, checked: %t, %v", out.ID, checked, err)
			}
		})
	}
}
