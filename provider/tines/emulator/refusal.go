package emulator

import (
	"net/http"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// A refusal is an answer other than 2xx. A problem without a field is about the whole call.
type refusal struct {
	status   int
	problems []emulator.Problem
}

func (r *refusal) Error() string { return http.StatusText(r.status) }

func refused(status int, field, text string) error {
	return &refusal{status, []emulator.Problem{{Field: field, Text: text}}}
}

func unauthenticated() error {
	return refused(http.StatusUnauthorized, "", "Invalid API token")
}

// notFound is the answer where there is no such object, and where the key lacks the right
// to see it (API reference, Authentication).
func notFound() error { return refused(http.StatusNotFound, "", "Not found") }

func malformed() error {
	return refused(http.StatusBadRequest, "", "The body is not a JSON object")
}

// invalid refuses a field, or the whole call if field is "".
func invalid(field, text string) error {
	return refused(http.StatusUnprocessableEntity, field, text)
}

// problems returns the refusal of all problems of a body, or nil.
func problems(b *emulator.Body) error {
	if len(b.Problems) == 0 {
		return nil
	}
	return &refusal{http.StatusUnprocessableEntity, b.Problems}
}

// refuse writes a refusal in the shape that the variant chooses.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, no *refusal) {
	switch shape := s.shape(r.URL.Path); shape {
	case "text":
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(no.status)
		w.Write([]byte(strings.Join(no.sentences(), "; ")))
	case "empty":
		w.WriteHeader(no.status)
	default:
		emulator.WriteJSON(w, no.status, no.body(shape))
	}
}

// shape returns the shape of error bodies at a path.
func (s *Server) shape(path string) string {
	for _, shape := range []string{"object", "array", "error", "message", "strings", "fields", "text", "empty"} {
		if s.is("errors", shape) {
			return shape
		}
	}
	switch {
	case strings.HasPrefix(path, "/admin/roles"):
		return "object"
	case strings.HasPrefix(path, "/admin/users"):
		return "array"
	case strings.HasSuffix(path, "_member"):
		return "message"
	case strings.HasPrefix(path, "/teams"):
		return "error"
	case strings.HasPrefix(path, "/admin"):
		return "fields"
	}
	return "text"
}

// sentences returns the problems as texts that name their fields.
func (r *refusal) sentences() []string {
	var out []string
	for _, p := range r.problems {
		out = append(out, strings.TrimSpace(p.Field+" "+p.Text))
	}
	return out
}

func (r *refusal) body(shape string) any {
	all := r.sentences()
	switch shape {
	case "error", "message":
		return map[string]any{shape: strings.Join(all, "; ")}
	case "strings":
		return map[string]any{"errors": all}
	case "fields":
		fields := map[string][]string{}
		for _, p := range r.problems {
			field := p.Field
			if field == "" {
				field = "base"
			}
			fields[field] = append(fields[field], p.Text)
		}
		return map[string]any{"errors": fields}
	}
	rows := []any{}
	for i, p := range r.problems {
		rows = append(rows, map[string]string{"message": all[i], "details": p.Field})
	}
	if shape == "array" {
		return rows
	}
	return map[string]any{"errors": rows}
}
