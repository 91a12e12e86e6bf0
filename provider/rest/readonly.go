package rest

import (
	"errors"
	"fmt"
	"net/http"
)

// ErrReadOnly is the answer to a request that is not on the list of reads. The
// request did not leave.
var ErrReadOnly = errors.New("only reads are allowed here")

// ReadOnly returns a transport that hands on what only reads, and refuses
// everything else before it leaves. reads gets the method and the whole path,
// the path of the base URL included, escaped as it would be sent. Nil allows GET
// and HEAD.
//
// Every question (plan, drift, export) is asked through such a transport, so that
// it cannot change anything even where other code is wrong.
func ReadOnly(next http.RoundTripper, reads func(method, path string) bool) http.RoundTripper {
	if reads == nil {
		reads = func(method, _ string) bool { return safe(method) }
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

// safe reports whether the method never changes anything, by the rules of HTTP.
func safe(method string) bool { return method == http.MethodGet || method == http.MethodHead }
