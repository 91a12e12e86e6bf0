package rest

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// A sending is one call on its way, with all its tries.
type sending struct {
	*Client
	call    Call
	address string
	body    []byte
	renewed bool          // the token, after a 401
	lost    bool          // a try of a write may have taken effect without an answer
	waited  time.Duration // since the last request, for Observe
}

func (s *sending) run(ctx context.Context, out any) error {
	pauses := delays()
	for try := 1; ; try++ {
		a, err := s.send(ctx)
		if err != nil {
			return err
		}
		s.decode(&a, out)
		s.lost = s.lost || s.unclear(a)
		switch {
		case a.err == nil && a.good():
			return nil
		case a.status == http.StatusUnauthorized && s.config.Login != nil && !s.renewed:
			s.renewed = true
			if err := s.config.Login.renew(ctx, a.token); err != nil {
				return s.notSent(err)
			}
			continue
		case try == tries || ctx.Err() != nil || !s.again(a):
			return s.failure(a)
		}
		a.pause = pauses.NextBackOff()
		switch told, ok := retryAfter(a.header, s.config.Now()); {
		case ok && told > 0:
			a.pause = told
		case !ok && a.status == http.StatusTooManyRequests:
			a.pause = max(a.pause, s.config.Window)
		}
		if a.pause > longest {
			if a.status == http.StatusTooManyRequests {
				s.stop(a.pause)
			}
			return s.failure(a)
		}
		if err := s.rest(ctx, a); err != nil {
			a.err = errors.Join(err, a.err)
			return s.failure(a)
		}
	}
}

// rest lets time pass before the next try: for everybody after a 429, where pace
// does the waiting, for this call alone otherwise.
func (s *sending) rest(ctx context.Context, a answer) error {
	if a.status == http.StatusTooManyRequests {
		s.stop(a.pause)
		return ctx.Err()
	}
	s.waited += a.pause
	return s.wait(ctx, a.pause)
}

// again reports whether the call may be sent once more after this answer.
func (s *sending) again(a answer) bool {
	switch {
	case a.unsent():
		return !a.permanent()
	case a.status == http.StatusTooManyRequests:
		return true
	case !s.repeatable() || a.permanent():
		return false
	case a.err != nil:
		return true
	}
	return a.status >= 500 && a.status != http.StatusNotImplemented
}

func (s *sending) repeatable() bool { return safe(s.call.Method) || s.call.Idempotent }

const (
	tries   = 6               // of one call, the first included, whatever other calls do
	longest = 5 * time.Minute // pause that is waited for; a longer one is told
)

// delays yields growing pauses with jitter.
func delays() *backoff.ExponentialBackOff {
	return &backoff.ExponentialBackOff{
		InitialInterval:     500 * time.Millisecond,
		RandomizationFactor: 0.5,
		Multiplier:          2,
		MaxInterval:         30 * time.Second,
	}
}

// retryAfter reads the header that says when to come back, in seconds or as a
// date, at most a year. It returns false where there is none or it makes no sense.
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
