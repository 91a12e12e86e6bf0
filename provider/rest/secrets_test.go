package rest_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/secret"
)

// The key is found before a long text is cut, wherever the limit falls in it, and in
// texts that are mostly invisible.
func TestRedactBeforeCut(t *testing.T) {
	for _, before := range []string{strings.Repeat("x", 180), strings.Repeat("\u200b", 70_000), strings.Repeat("é", 190), strings.Repeat(" ", 70_000)} {
		for shift := range 25 {
			p := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
				say(w, 400, before+strings.Repeat("y", shift)+" "+key)
			})
			err := rest.New(p.config(t)).Do(t.Context(), rest.Call{Op: "list animals", Path: "/animals"}, nil)
			if err == nil || strings.Contains(err.Error(), key[:6]) {
				t.Fatalf("shift %d: %v", shift, err)
			}
		}
	}
}

// What a client sends in a body, and every token that it had, are secrets like its
// headers; what it sends publicly is none.
func TestSecretsOfClient(t *testing.T) {
	const password, org = "client-secret-4711", "00000000-0000-4000-8000-000000000042"
	tokens := []string{"first-token-0001", "second-token-0002"}
	sent := 0
	p := serve(t, func(n int, w http.ResponseWriter, r *http.Request) {
		say(w, 401, fmt.Sprintf("%s with %s, %s, %s and %s", r.Header.Get("X-Org-Id"), password, tokens[0], tokens[1],
			base64.StdEncoding.EncodeToString([]byte("client:"+password))))
	})
	config := p.config(t)
	config.PublicHeader = http.Header{"X-Org-Id": {org}}
	config.Secrets = &secret.Set{}
	config.Secrets.Add(password)
	config.Login = &rest.Login{Token: func(context.Context) (string, error) { sent++; return tokens[sent-1], nil }}
	err := rest.New(config).Do(t.Context(), rest.Call{Op: "list animals", Path: "/animals"}, nil)
	if err == nil || sent != 2 || !strings.Contains(err.Error(), org+" with (redacted), (redacted), (redacted) and ") {
		t.Fatalf("%d tokens, %v", sent, err)
	}
	for _, s := range append(tokens, password, "c2VjcmV0") {
		if strings.Contains(err.Error(), s) {
			t.Errorf("shows %s: %v", s, err)
		}
	}
	if errors.Unwrap(err) == nil {
		t.Error("the error has no cause")
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
