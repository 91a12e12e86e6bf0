package rest_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
)

// tokens makes a configuration with tokens t-1, t-2, ...; good says whether the
// server still takes one.
func tokens(t *testing.T, p *product) (rest.Config, *atomic.Int64) {
	var n atomic.Int64
	c := p.config(t)
	c.Header = nil
	c.Login = &rest.Login{Token: func(context.Context) (string, error) { return fmt.Sprintf("token-%d", n.Add(1)), nil }}
	return c, &n
}

func TestTokenIsRenewedOnce(t *testing.T) {
	p := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer token-2" {
			say(w, 401, `{}`)
			return
		}
		say(w, 200, `{}`)
	})
	config, renewed := tokens(t, p)
	c := rest.New(config)
	var workers sync.WaitGroup
	for range 16 {
		workers.Go(func() {
			if err := c.Do(t.Context(), rest.Call{Method: "POST", Path: "/groups"}, nil); err != nil {
				t.Error(err)
			}
		})
	}
	workers.Wait()
	if renewed.Load() != 2 {
		t.Errorf("16 requests got %d tokens, want the first and one more", renewed.Load())
	}
}

func TestTokenRefusedTwice(t *testing.T) {
	p := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		say(w, 401, "token "+strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")+" is bad")
	})
	config, renewed := tokens(t, p)
	err := rest.New(config).Do(t.Context(), rest.Call{Op: "list groups", Path: "/groups"}, nil)
	if !errors.Is(err, provider.ErrCredentials) || p.requests() != 2 || renewed.Load() != 2 {
		t.Errorf("%v after %d requests and %d tokens", err, p.requests(), renewed.Load())
	}
	if strings.Contains(err.Error(), "token-") {
		t.Errorf("the token is shown: %v", err)
	}
}

func TestTokenCannotBeRenewed(t *testing.T) {
	p := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { say(w, 200, `{}`) })
	config, _ := tokens(t, p)
	config.Login.Token = func(context.Context) (string, error) {
		return "", &provider.Error{Op: "sign in", Status: 403, Err: provider.ErrCredentials}
	}
	err := rest.New(config).Do(t.Context(), rest.Call{Op: "list groups", Path: "/groups"}, nil)
	if !errors.Is(err, provider.ErrCredentials) || p.requests() != 0 || !strings.HasPrefix(err.Error(), "sign in") {
		t.Errorf("%v after %d requests", err, p.requests())
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
