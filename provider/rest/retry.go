package rest

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// An activeCall is one call with all its attempts.
type activeCall struct {
	*Client
	call               Call
	address            string
	body               []byte
	tokenRenewed       bool          // after a 401
	mayHaveTakenEffect bool          // an attempt of a write may have taken effect without an answer
	waited             time.Duration // since the last request, for Observe
}

func (s *activeCall) run(ctx context.Context, out any) error {
	pauses := newBackoff()
	for try := 1; ; try++ {
		a, err := s.send(ctx)
		if err != nil {
			return err
		}
		s.decode(&a, out)
		s.mayHaveTakenEffect = s.mayHaveTakenEffect || s.outcomeUnknown(a)
		switch {
		case a.err == nil && a.succeeded():
			if s.call.Header != nil {
				*s.call.Header = a.header
			}
			return nil
		case a.status == http.StatusUnauthorized && s.config.Login != nil && !s.tokenRenewed:
			s.tokenRenewed = true
			if err := s.config.Login.renew(ctx, a.token); err != nil {
				return s.notSent(err)
			}
			continue
		case try == maxTries || ctx.Err() != nil || !s.mayRetry(a):
			return s.failure(a)
		}
		a.pause = pauses.NextBackOff()
		switch wanted, ok := retryAfter(a.header, s.config.Now()); {
		case ok && wanted > 0:
			a.pause = wanted
		case !ok && a.status == http.StatusTooManyRequests:
			a.pause = max(a.pause, s.config.Window)
		}
		if a.pause > maxPause {
			if a.status == http.StatusTooManyRequests {
				s.pauseAll(a.pause)
			}
			return s.failure(a)
		}
		if err := s.pauseBeforeRetry(ctx, a); err != nil {
			a.err = errors.Join(err, a.err)
			return s.failure(a)
		}
	}
}

// pauseBeforeRetry pauses all calls after a 429, and otherwise waits in this call.
func (s *activeCall) pauseBeforeRetry(ctx context.Context, a answer) error {
	if a.status == http.StatusTooManyRequests {
		s.pauseAll(a.pause)
		return ctx.Err()
	}
	s.waited += a.pause
	return s.wait(ctx, a.pause)
}

// mayRetry reports whether the call may be sent again after this answer.
func (s *activeCall) mayRetry(a answer) bool {
	switch {
	case a.unsent():
		return !a.permanent()
	case a.status == http.StatusTooManyRequests:
		return true
	case !s.isIdempotent() || a.permanent():
		return false
	case a.err != nil:
		return true
	}
	return a.status >= 500 && a.status != http.StatusNotImplemented
}

func (s *activeCall) isIdempotent() bool { return isSafe(s.call.Method) || s.call.Idempotent }

const (
	maxTries = 6               // attempts of one call, the first included
	maxPause = 5 * time.Minute // a longer pause is an error
)

// newBackoff returns growing pauses with jitter.
func newBackoff() *backoff.ExponentialBackOff {
	return &backoff.ExponentialBackOff{
		InitialInterval:     500 * time.Millisecond,
		RandomizationFactor: 0.5,
		Multiplier:          2,
		MaxInterval:         30 * time.Second,
	}
}

// retryAfter reads the header Retry-After, in seconds or as a date, at most a year. It
// returns false if the header is missing or invalid.
func retryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	const year = 365 * 24 * time.Hour
	v := h.Get("Retry-After")
	if n, err := strconv.ParseUint(v, 10, 64); err == nil || errors.Is(err, strconv.ErrRange) {
		return time.Duration(min(n, uint64(year/time.Second))) * time.Second, true
	}
	if at, err := http.ParseTime(v); err == nil {
		return min(max(at.Sub(now), 0), year), true
	}
	return 0, false
}
