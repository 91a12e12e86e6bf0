package emulator

import (
	"net/http"
	"strings"
	"time"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// A refusal is an answer with an error.
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

// badRequest returns a 400 with all problems of a request.
func badRequest(texts ...string) error {
	return &refusal{http.StatusBadRequest, texts}
}

// forbidden returns a 403 for a right that the role of the caller lacks, with the text of the
// reference.
func forbidden() error {
	return &refusal{http.StatusForbidden, []string{"Action is forbidden."}}
}

// envelope returns the documented form of an error. A 400 has a list of texts, as in the
// example; every other status has one text.
func (r *refusal) envelope() any {
	message := any(strings.Join(r.texts, "; "))
	if r.status == http.StatusBadRequest {
		message = r.texts
	}
	return map[string]any{"statusCode": r.status, "message": message, "error": http.StatusText(r.status)}
}

// tooMany answers a request beyond the rate. The documentation does not describe that answer.
func (s *Server) tooMany(w http.ResponseWriter, shut time.Duration) {
	w.Header().Set("Retry-After", emulator.RetryAfter(shut))
	s.refuse(w, &refusal{http.StatusTooManyRequests, []string{"Too many requests"}})
}
