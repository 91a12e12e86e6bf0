package emulator

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// A refusal is an answer other than 200.
type refusal struct {
	status int
	about  string // the key inside the envelope: json, authentication, authorization
	value  any    // a text, or an object of field and message
	key    string // of the envelope, where it is not up to the variant
}

func (r *refusal) Error() string { return http.StatusText(r.status) }

func unauthenticated() error {
	return &refusal{status: http.StatusUnauthorized, about: "authentication", value: "User not authenticated"}
}

func forbidden() error {
	return &refusal{status: http.StatusForbidden, about: "authorization", value: "Operation not allowed"}
}

func notFound() error {
	return &refusal{status: http.StatusNotFound, about: "json", value: "Resource not found"}
}

func notAllowed() error {
	return &refusal{status: http.StatusMethodNotAllowed, about: "json", value: "Method not allowed"}
}

func wrongType() error {
	return &refusal{status: http.StatusUnsupportedMediaType, about: "json", key: "errors",
		value: "Unsupported media type. Please use application/json"}
}

// malformed refuses a body that is not a JSON object.
func malformed() error {
	return &refusal{status: http.StatusBadRequest, about: "json", value: map[string]string{}}
}

// badRequest refuses one field.
func badRequest(field, text string) error {
	return &refusal{status: http.StatusBadRequest, about: "json", value: map[string]string{field: text}}
}

// problems refuses a body with all its problems; it returns nil if there are none.
func problems(b *emulator.Body) error {
	if len(b.Problems) == 0 {
		return nil
	}
	fields := map[string]string{}
	for _, p := range b.Problems {
		fields[p.Field] = p.Text
	}
	return &refusal{status: http.StatusBadRequest, about: "json", value: fields}
}

// refuse writes the refusal in the envelope of the variant.
func (s *Server) refuse(w http.ResponseWriter, r *refusal) {
	key := r.key
	if key == "" {
		key = "error"
		if s.is("errors", "errors") {
			key = "errors"
		}
	}
	value := r.value
	if fields, ok := value.(map[string]string); ok && s.is("error-text", "text") {
		value = asText(fields)
	}
	emulator.WriteJSON(w, r.status, map[string]any{key: map[string]any{r.about: value}})
}

func asText(fields map[string]string) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		parts = append(parts, name+": "+fields[name])
	}
	return strings.Join(parts, "; ")
}

// tooMany answers a request beyond the rate. The body is not documented.
func (s *Server) tooMany(w http.ResponseWriter, shut time.Duration) {
	emulator.TooMany(w, s.choice, shut, s.o.Clock(), "Too Many Requests")
}
