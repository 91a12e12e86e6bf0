package rest

import (
	"context"
	"net/http"
	"sync"
)

// A Login gets tokens for a Client, for products that exchange the credential for a token
// that expires. Tokens have generations: if several requests are answered 401 at the same
// time, one of them gets the next token and the others use it. It is safe for concurrent
// use.
type Login struct {
	// Token requests a new token. It must not use the Client of the Login.
	Token func(ctx context.Context) (string, error)
	// Put puts a token on a request. Nil means the header Authorization with "Bearer ".
	Put func(r *http.Request, token string)

	mu         sync.Mutex
	token      string
	generation int // of the token; 0 means none yet
}

// SignIn gets the first token, so that a wrong credential is found at once. If there is a
// token, it does nothing.
func (l *Login) SignIn(ctx context.Context) error { return l.renew(ctx, 0) }

// renew replaces the token of the generation, unless another goroutine has done so.
func (l *Login) renew(ctx context.Context, generation int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.generation != generation {
		return nil
	}
	token, err := l.Token(ctx)
	if err != nil {
		return err
	}
	l.token, l.generation = token, generation+1
	return nil
}

// current returns the token and its generation.
func (l *Login) current(ctx context.Context) (token string, generation int, err error) {
	if err := l.renew(ctx, 0); err != nil {
		return "", 0, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.token, l.generation, nil
}

// token returns the token of the Client's Login with its generation, "" where it has none.
func (s *activeCall) token(ctx context.Context) (token string, generation int, err error) {
	if s.config.Login == nil {
		return "", 0, nil
	}
	token, generation, err = s.config.Login.current(ctx)
	if err != nil {
		return "", 0, s.notSent(err)
	}
	s.config.Secrets.Add(token)
	return token, generation, nil
}

// authorize puts the token on a request.
func (s *activeCall) authorize(r *http.Request, token string) {
	switch l := s.config.Login; {
	case l == nil:
	case l.Put != nil:
		l.Put(r, token)
	default:
		r.Header.Set("Authorization", "Bearer "+token)
	}
}
