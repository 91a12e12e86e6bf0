package emulator

import (
	"context"
	"io"
	"math"
	"net/http"
	"strconv"
	"time"
)

// A Service answers the requests of a product, in the order in which a real server would:
// who is it, is it too much, is there such a path, is it right. C is what a product keeps of
// a request, and V what its routes answer with. Every function is needed.
type Service[C, V any] struct {
	// Begin says who sends the request, or why it is refused.
	Begin func(r *http.Request) (*C, error)
	// Take counts the request in its rate class. Where ok is false the class is shut for
	// that long, and TooMany answers.
	Take    func(c *C) (shut time.Duration, ok bool)
	TooMany func(w http.ResponseWriter, shut time.Duration)
	// NoRoute refuses a path without a route. allow lists the methods of the path, as the header
	// Allow does; it is "" if there is no such path.
	NoRoute func(w http.ResponseWriter, allow string) error
	// Enter takes the request with its path values, and reads its body.
	Enter func(c *C, r *http.Request) error
	// Answer writes what a route returned, or a refusal. r has the pattern of the route,
	// if any.
	Answer func(w http.ResponseWriter, r *http.Request, v V, err error)

	mux http.ServeMux
}

// callKey is the key of the call in the context of a request.
type callKey struct{}

// Handle adds a route, with a pattern of http.ServeMux.
func (s *Service[C, V]) Handle(pattern string, answer func(*C) (V, error)) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		c := r.Context().Value(callKey{}).(*C)
		var v V
		err := s.Enter(c, r)
		if err == nil {
			v, err = answer(c)
		}
		s.Answer(w, r, v, err)
	})
}

func (s *Service[C, V]) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var none V
	c, err := s.Begin(r)
	if err != nil {
		s.Answer(w, r, none, err)
		return
	}
	if shut, ok := s.Take(c); !ok {
		s.TooMany(w, shut)
		return
	}
	if h, pattern := s.mux.Handler(r); pattern == "" {
		p := probe{}
		h.ServeHTTP(p, r)
		s.Answer(w, r, none, s.NoRoute(w, p.Header().Get("Allow")))
		return
	}
	s.mux.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), callKey{}, c)))
}

// A probe takes the header of an answer and nothing else.
type probe http.Header

func (p probe) Header() http.Header         { return http.Header(p) }
func (p probe) Write(b []byte) (int, error) { return len(b), nil }
func (p probe) WriteHeader(int)             {}

// TooMany answers 429 with the text. The variant retry-after selects the form of the header:
// seconds, date or absent.
func TooMany(w http.ResponseWriter, c Choice, shut time.Duration, now time.Time, text string) {
	switch {
	case c.Is("retry-after", "seconds"):
		w.Header().Set("Retry-After", RetryAfter(shut))
	case c.Is("retry-after", "date"):
		w.Header().Set("Retry-After", now.Add(shut).UTC().Format(http.TimeFormat))
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusTooManyRequests)
	io.WriteString(w, text)
}

// RetryAfter returns how long a rate is shut, in whole seconds.
func RetryAfter(shut time.Duration) string { return strconv.Itoa(int(math.Ceil(shut.Seconds()))) }
