package emulator

import (
	"cmp"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// A call is one authenticated request.
type call struct {
	r     *http.Request
	query url.Values
	body  *emulator.Body
	user  *User // whom the credential acts as; nil for a login
	token bool  // the credential is an access token
}

// A reply is a successful answer.
type reply struct {
	response any
	warnings []string
}

// single answers one object below its name.
func single(name string, v any) (reply, error) { return reply{response: map[string]any{name: v}}, nil }

// begin finds out who sends a request. A login brings its own credential.
func (s *Server) begin(r *http.Request) (*call, error) {
	c := &call{r: r, query: r.URL.Query()}
	if r.URL.Path == loginPath {
		return c, nil
	}
	return c, s.authenticate(c)
}

// enter takes the request with its path values, and reads its body. Some lists declare a
// body for GET; it is ignored here.
func (s *Server) enter(c *call, r *http.Request) error {
	c.r = r
	data, err := io.ReadAll(r.Body)
	if err == nil && (r.Method == http.MethodPost || r.Method == http.MethodPatch) {
		c.body, err = emulator.ParseBody(data)
	}
	if err != nil {
		return &refusal{http.StatusBadRequest, "BAD_REQUEST", "", "The body is not a JSON object."}
	}
	return nil
}

// maxCreations is how many users can be created in 10 seconds.
const maxCreations = 10

// take counts a request, and whether it is a creation.
func (s *Server) take(c *call) (shut time.Duration, ok bool) {
	if shut, ok = s.rate.Take(""); ok && c.r.Method == http.MethodPost && c.r.URL.Path == "/users" {
		shut, ok = s.creations.Take("")
	}
	return shut, ok
}

// tooMany answers a request beyond the rate.
func (s *Server) tooMany(w http.ResponseWriter, shut time.Duration) {
	code := http.StatusTooManyRequests
	switch {
	case s.is("throttle", "400"):
		code = http.StatusBadRequest
	case s.is("throttle", "200"):
		code = http.StatusOK
	default:
		w.Header().Set("Retry-After", emulator.RetryAfter(shut))
	}
	emulator.WriteJSON(w, code, envelope{Status: "QUOTA_LIMIT_EXCEED", Message: "Too many requests."})
}

// A refusal is an answer other than a success.
type refusal struct {
	code      int
	status    string
	errorCode string
	text      string
}

func (r *refusal) Error() string { return r.text }

func noRoute(w http.ResponseWriter, allow string) error {
	if allow != "" {
		w.Header().Set("Allow", allow)
		return &refusal{http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED", "", "The method is not allowed."}
	}
	return notFound("There is no such path.")
}

func notFound(text string) error { return &refusal{http.StatusNotFound, "NOT_FOUND", "", text} }

func forbidden(text string) error { return &refusal{http.StatusForbidden, "FORBIDDEN", "", text} }

func missing(name string) error {
	return &refusal{http.StatusBadRequest, "MISSING_PARAMETER", "", "The parameter " + name + " is missing."}
}

func invalid(errorCode, text string) error {
	return &refusal{http.StatusBadRequest, "INVALID_PARAMETER", errorCode, text}
}

// problems refuses all that was found wrong with a body, or is nil.
func problems(b *emulator.Body) error {
	if len(b.Problems) == 0 {
		return nil
	}
	var texts []string
	for _, p := range b.Problems {
		texts = append(texts, p.Field+" "+p.Text+".")
	}
	return invalid("INVALID_INPUT", strings.Join(texts, " "))
}

// An envelope is the documented form of an answer.
type envelope struct {
	Status    string   `json:"status"`
	Message   string   `json:"message,omitempty"`
	ErrorCode string   `json:"errorCode,omitempty"`
	Warnings  []string `json:"warnings,omitempty"`
	Response  any      `json:"response,omitempty"`
}

// answer writes what a route returned, or the refusal that err is.
func (s *Server) answer(w http.ResponseWriter, _ *http.Request, v reply, err error) {
	var no *refusal
	switch {
	case err == nil:
		emulator.WriteJSON(w, http.StatusOK, envelope{Status: "SUCCESS", Warnings: v.warnings, Response: v.response})
	case !errors.As(err, &no):
		panic("uberall emulator: " + err.Error())
	case s.is("errors", "text") && !strings.HasPrefix(no.status, "BAD_ACCESS") && !strings.HasPrefix(no.status, "BAD_PRIVATE"):
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(no.code)
		io.WriteString(w, no.text+"\n")
	default:
		emulator.WriteJSON(w, no.code, envelope{Status: no.status, Message: no.text, ErrorCode: no.errorCode})
	}
}

// list answers a part of the rows below a name. usual is the number of rows where the
// request asks for none, most the highest. A fieldMask chooses the fields of each row.
func list[T any](c *call, name string, rows []T, usual, most int, show func(T) any) (reply, error) {
	offset, size := 0, usual
	for field, at := range map[string]*int{"offset": &offset, "max": &size} {
		if text := c.query.Get(field); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < 0 {
				return reply{}, &refusal{http.StatusBadRequest, "WRONG_PARAMETER_TYPE", "", field + " is not a number."}
			}
			*at = n
		}
	}
	size = min(size, most)
	from := min(offset, len(rows))
	page := rows[from:min(from+size, len(rows))]
	items, mask := make([]any, len(page)), c.query["fieldMask"]
	for i, row := range page {
		items[i] = show(row)
		if fields, ok := items[i].(map[string]any); ok && mask != nil {
			for field := range fields {
				if !slices.Contains(mask, field) {
					delete(fields, field)
				}
			}
		}
	}
	return reply{response: map[string]any{"offset": offset, "max": size, "count": len(rows), name: items}}, nil
}

// maxPage is how many rows a page of users, businesses and locations has at most, which is
// not documented.
func (s *Server) maxPage() int { return cmp.Or(s.o.MaxPage, 1000) }

// number reads an id in the one way that it is written, or is 0.
func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || strconv.Itoa(n) != text {
		return 0
	}
	return n
}
