package rest

import (
	"errors"
	"fmt"
	"net/http"
)

// ErrReadOnly is the error of a request that is not on the list of reads. It was not
// sent.
var ErrReadOnly = errors.New("only reads are allowed here")

// ReadOnly returns a transport that sends only requests for which reads returns true. reads
// gets the method and the escaped path, including that of the base URL. Nil allows GET and
// HEAD.
//
// plan and other commands that only read use it, so that they cannot change anything even
// if other code is wrong.
func ReadOnly(next http.RoundTripper, reads func(method, path string) bool) http.RoundTripper {
	if reads == nil {
		reads = func(method, _ string) bool { return isSafe(method) }
	}
	return readOnly{next, reads}
}

type readOnly struct {
	next  http.RoundTripper
	reads func(method, path string) bool
}

func (t readOnly) RoundTrip(r *http.Request) (*http.Response, error) {
	if t.reads(r.Method, r.URL.EscapedPath()) {
		return t.next.RoundTrip(r)
	}
	if r.Body != nil {
		if err := r.Body.Close(); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("%s %s was not sent: %w", r.Method, r.URL.EscapedPath(), ErrReadOnly)
}

// isSafe reports whether HTTP defines the method as one that only reads.
func isSafe(method string) bool { return method == http.MethodGet || method == http.MethodHead }
