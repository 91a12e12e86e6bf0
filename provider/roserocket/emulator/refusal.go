package emulator

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// A refusal is an answer other than a success.
type refusal struct {
	status int
	texts  []string
}

func (r *refusal) Error() string { return http.StatusText(r.status) }

func unauthorized() error {
	return &refusal{http.StatusUnauthorized, []string{"Unauthorized"}}
}

func notFound() error {
	return &refusal{http.StatusNotFound, []string{"Not found."}}
}

func conflict(text string) error {
	return &refusal{http.StatusConflict, []string{text}}
}

// badRequest says all that is wrong with a request.
func badRequest(texts ...string) error {
	return &refusal{http.StatusBadRequest, texts}
}

// forbidden is what the role of the caller does not allow. The three documented
// texts do not tell which right is missing.
func (s *Server) forbidden() error {
	text := "Action is forbidden."
	switch {
	case s.is("forbidden", "field"):
		text = "Restricted access for editing a field"
	case s.is("forbidden", "widgets"):
		text = "Widgets not allowed for role"
	}
	return &refusal{http.StatusForbidden, []string{text}}
}

// status is that of the refusal, or of a server that does not tell a request that
// is wrong from its own failure.
func (s *Server) status(r *refusal) int {
	if r.status == http.StatusBadRequest && s.is("bad-request", "500") {
		return http.StatusInternalServerError
	}
	return r.status
}

// envelope is the documented form of an error.
func (s *Server) envelope(r *refusal) any {
	status, message := s.status(r), any(strings.Join(r.texts, "; "))
	switch {
	case status == http.StatusInternalServerError:
		message = "Internal server error"
	case status == http.StatusBadRequest && s.is("messages", "list"):
		message = r.texts
	}
	return map[string]any{"statusCode": status, "message": message, "error": http.StatusText(status)}
}

// tooMany answers a request beyond the rate, of which nothing is documented.
func (s *Server) tooMany(w http.ResponseWriter, shut time.Duration) {
	switch {
	case s.is("retry-after", "seconds"):
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(shut.Seconds()))))
	case s.is("retry-after", "date"):
		w.Header().Set("Retry-After", s.o.Clock().Add(shut).UTC().Format(http.TimeFormat))
	}
	status := http.StatusTooManyRequests
	if s.is("too-many", "503") {
		status = http.StatusServiceUnavailable
	}
	s.refuse(w, &refusal{status, []string{"Too many requests"}})
}
