package rest_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

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
			"list animals: GET http://zoo.example/v2/animals answered 302: redirects, and does not say where to\n" +
				"Redirects are not followed, so that the key goes nowhere else. Write the final address as the endpoint in the provider block."},
		"a page that does not start with a bracket": {"Zoo", func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			io.WriteString(w, "Sign in, please")
		}, "list animals: GET http://zoo.example/v2/animals answered 200: the answer is a web page, not JSON\n" +
			"The answer does not come from the API: a proxy or a sign-in page may be in between. Check the endpoint in the provider block."},
		"a product without a name": {"", func(w http.ResponseWriter) { say(w, 500, "oh") },
			"list animals: GET http://zoo.example/v2/animals answered 500: oh\n" +
				"The fault is on the side of the product. Wait, then run the same command again; what was done is found there and not repeated."},
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

// A token that ran out and cannot be renewed ends the call with what the sign-in
// said, and no request leaves without a token.
func TestTokenRunsOut(t *testing.T) {
	p := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { say(w, 401, "expired") })
	config, renewed := tokens(t, p)
	signIn := config.Login.Token
	config.Login.Token = func(ctx context.Context) (string, error) {
		if renewed.Load() == 1 {
			return "", &provider.Error{Op: "sign in", Status: 403, Err: provider.ErrCredentials}
		}
		return signIn(ctx)
	}
	err := rest.New(config).Do(t.Context(), rest.Call{Op: "list groups", Path: "/groups"}, nil)
	if !errors.Is(err, provider.ErrCredentials) || p.requests() != 1 || !strings.HasPrefix(err.Error(), "sign in") {
		t.Errorf("%v after %d requests", err, p.requests())
	}

	locked := errors.New("the key ring is locked")
	config, _ = tokens(t, p)
	config.Login.Token = func(context.Context) (string, error) { return "", locked }
	err = rest.New(config).Do(t.Context(), rest.Call{Op: "list groups", Path: "/groups"}, nil)
	if !errors.Is(err, locked) || p.requests() != 1 || !strings.HasSuffix(err.Error(), "/v2/groups: the key ring is locked") {
		t.Errorf("%v after %d requests", err, p.requests())
	}
}

// Waiting ends when the context does: between two tries, and for the budget.
func TestWaitingCanBeCancelled(t *testing.T) {
	for name, c := range map[string]struct {
		status, budget, calls int
	}{
		"between tries":  {status: 503, calls: 1},
		"for the budget": {status: 200, budget: 1, calls: 2},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			p := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { say(w, c.status, "{}") })
			config := p.config(t)
			config.Budget = c.budget
			config.Wait = func(ctx context.Context, _ time.Duration) error {
				cancel()
				return ctx.Err()
			}
			client := rest.New(config)
			var err error
			for range c.calls {
				err = client.Do(ctx, rest.Call{Op: "list animals", Path: "/animals"}, nil)
			}
			if !errors.Is(err, context.Canceled) || p.requests() != 1 || client.Sent() != 1 {
				t.Errorf("%d requests, %v", p.requests(), err)
			}
		})
	}
}

// Where nothing else is given, pauses are those of this machine's clock: they come
// to an end, and they end with the context.
func TestWaitingByTheClock(t *testing.T) {
	p := serve(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		switch n {
		case 1:
			w.Header().Set("Retry-After", "0")
			say(w, 503, "")
		case 2:
			say(w, 200, "{}")
		default:
			w.Header().Set("Retry-After", "200")
			say(w, 503, "")
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	config := p.config(t)
	config.Wait = nil
	config.Now = func() time.Time {
		if p.requests() == 3 { // asked how long to wait
			cancel()
		}
		return time.Now()
	}
	c := rest.New(config)
	if err := c.Do(ctx, rest.Call{Op: "list animals", Path: "/animals"}, nil); err != nil || p.requests() != 2 {
		t.Errorf("%d requests, %v", p.requests(), err)
	}
	if err := c.Do(ctx, rest.Call{Op: "list animals", Path: "/animals"}, nil); !errors.Is(err, context.Canceled) || p.requests() != 3 {
		t.Errorf("%d requests, %v", p.requests(), err)
	}
}

// A list whose first page holds an item twice, and one whose second page cannot be
// fetched, yield nothing.
func TestListOfTokensFails(t *testing.T) {
	broken := errors.New("broken")
	list := func(fetch func(at rest.At) (rest.Page[item], error)) ([]string, error) {
		return collect(rest.List[item]{Op: "list items", ID: func(x *item) string { return x.ID },
			Fetch: func(_ context.Context, at rest.At) (rest.Page[item], error) { return fetch(at) }})
	}
	got, err := list(func(rest.At) (rest.Page[item], error) {
		return rest.Page[item]{Items: []item{{"1"}, {"1"}}, Total: 2}, nil
	})
	if len(got) != 0 || !errors.Is(err, rest.ErrUnsteady) || !strings.Contains(err.Error(), `the item "1" came twice`) {
		t.Errorf("%v, %v", got, err)
	}
	got, err = list(func(at rest.At) (rest.Page[item], error) {
		if at.Token != "" {
			return rest.Page[item]{}, broken
		}
		return rest.Page[item]{Items: []item{{"1"}}, Total: -1, Next: "2"}, nil
	})
	if len(got) != 0 || !errors.Is(err, broken) {
		t.Errorf("%v, %v", got, err)
	}
}

// stuck is a body that cannot even be closed.
type stuck struct{ io.Reader }

var errStuck = errors.New("cannot be closed")

func (stuck) Close() error { return errStuck }

// A body that cannot be closed does not open the way for what may not be sent.
func TestReadOnlyWithStuckBody(t *testing.T) {
	r, err := http.NewRequest("POST", "http://zoo.example/animals", stuck{strings.NewReader("{}")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = rest.ReadOnly(broken(&net.OpError{Op: "dial", Err: errors.New("reached")}), nil).RoundTrip(r)
	if !errors.Is(err, errStuck) || strings.Contains(err.Error(), "reached") {
		t.Errorf("%v", err)
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

// Wherever a product, a proxy or a sign-in repeats the credential, the message has
// it no more: each row is a road of its own into an error.
func TestEveryRoadIsRedacted(t *testing.T) {
	longer := key + "-and-more"
	for name, c := range map[string]struct {
		change func(c *rest.Config)
		answer func(w http.ResponseWriter)
		call   rest.Call
	}{
		"the path of a redirect": {answer: func(w http.ResponseWriter) {
			w.Header().Set("Location", "https://elsewhere.example/"+key+"/v3")
			w.WriteHeader(302)
		}},
		"the title of a web page": {answer: func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(502)
			io.WriteString(w, "<title>"+key+"</title>")
		}},
		"the product's own words": {
			change: func(c *rest.Config) { c.Reason = func(_ int, body []byte) string { return string(body) } },
			answer: func(w http.ResponseWriter) { say(w, 400, key) },
		},
		"the first line": {answer: func(w http.ResponseWriter) { say(w, 400, key+"\nmore") }},
		"what a check says": {
			answer: func(w http.ResponseWriter) { say(w, 200, "{}") },
			call:   rest.Call{Validate: func() error { return errors.New("no answer to " + key) }},
		},
		"a secret that holds another": {
			change: func(c *rest.Config) { c.Header = http.Header{"X-Api-Key": {key}, "X-More": {longer}} },
			answer: func(w http.ResponseWriter) { say(w, 400, longer) },
		},
		"a sign-in that fails": {
			change: func(c *rest.Config) {
				c.Login = &rest.Login{Token: func(context.Context) (string, error) { return "", errors.New("no token for " + key) }}
			},
			call: rest.Call{Query: map[string][]string{"token": {"query-secret"}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { c.answer(w) })
			config := p.config(t)
			if c.change != nil {
				c.change(&config)
			}
			call := c.call
			call.Op, call.Path = "list animals", "/animals"
			err := rest.New(config).Do(t.Context(), call, new(animal))
			if err == nil {
				t.Fatal("no error")
			}
			for _, secret := range []string{key, "-and-more", "query-secret"} {
				if strings.Contains(err.Error()+provider.Hint(err), secret) {
					t.Errorf("shows %s: %v", secret, err)
				}
			}
		})
	}
}
