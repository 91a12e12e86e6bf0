package roserocket

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/secret"
)

// A signer gets tokens for a service account. How long one lasts is documented in
// three ways, so nothing is made of it: a request that is answered 401 gets a new
// token and is sent once more.
type signer struct {
	rest    *rest.Client
	body    tokenRequest
	secrets *secret.Set // the client secret and every token

	mu     sync.Mutex
	token  string
	unused bool // got in advance, so that the first renewal needs no request
}

type tokenRequest struct {
	GrantType    string `json:"grant_type"`
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	Audience     string `json:"audience"`
	OrgID        string `json:"org_id"`
	UserID       string `json:"user_id"`
}

func newSigner(o provider.Options, s *Settings) *signer {
	secrets := cmp.Or(o.Secrets, &secret.Set{})
	secrets.Add(o.Key)
	base := s.authEndpoint(o.Endpoint)
	return &signer{
		secrets: secrets,
		rest: rest.New(rest.Config{
			Secrets: secrets,
			Product: "Rose Rocket", Base: base, Setting: s.authSetting(base), Transport: o.Transport, Timeout: o.Timeout,
			UserAgent: o.UserAgent, Observe: o.Observe, Wait: o.Wait, Now: o.Now, Reason: reason, Hint: signInHint,
		}),
		body: tokenRequest{
			GrantType: "client_credentials", ClientID: s.ClientID, ClientSecret: o.Key, Audience: audience, OrgID: s.OrgID, UserID: s.UserID,
		},
	}
}

// signIn gets the first token.
func (s *signer) signIn(ctx context.Context) error {
	err := s.get(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unused = err == nil
	return err
}

// renew gets a new token, or takes the one of signIn.
func (s *signer) renew(ctx context.Context) error {
	s.mu.Lock()
	first := s.unused
	s.unused = false
	s.mu.Unlock()
	if first {
		return nil
	}
	return s.get(ctx)
}

func (s *signer) get(ctx context.Context) error {
	var answer struct {
		Token string `json:"access_token"`
	}
	call := rest.Call{
		Op: "sign in to Rose Rocket", Method: http.MethodPost, Path: tokenPath, Body: s.body, Idempotent: true,
		Validate: func() error {
			if answer.Token == "" || strings.ContainsFunc(answer.Token, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
				return errors.New("the answer has no access_token")
			}
			return nil
		},
	}
	if err := s.rest.Do(ctx, call, &answer); err != nil {
		return s.told(err)
	}
	s.secrets.Add(answer.Token)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token = answer.Token
	return nil
}

// told makes a refusal one of the credentials.
func (s *signer) told(err error) error {
	e := (*provider.Error)(nil)
	if !errors.As(err, &e) {
		return err
	}
	if e.Status == http.StatusBadRequest || e.Status == http.StatusNotFound {
		e.Err = provider.ErrCredentials
	}
	return e
}

// authorize puts the token on a request.
func (s *signer) authorize(_ context.Context, r *http.Request) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.Header.Set("Authorization", "Bearer "+s.token)
	return nil
}

func signInHint(status int, _, _ string) string {
	switch status {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden:
		return "The token is asked for with client_id, org_id and user_id from the provider block and the client secret from " + KeyEnv + ". " +
			"user_id has to be a service account of that application. A secret that was rotated is void at once; both are in Rose Rocket " +
			"under Settings, API Settings, Applications."
	case http.StatusNotFound:
		return "Nothing gives tokens there. Check auth_endpoint in the provider block; without it, tokens come from " + issuer + "."
	}
	return ""
}
