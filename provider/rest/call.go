package rest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider"
)

// A Call is one request to the product.
type Call struct {
	Op     string // for messages: "list users"
	Method string // "" means GET
	Path   string // below the base URL, with "/" first; names in it go through url.PathEscape
	Query  url.Values
	Body   any // sent as JSON; nil sends none

	// Idempotent says that the call may be repeated if it is unknown whether it took
	// effect: a search by POST, or a write that sets values. GET and HEAD always may.
	Idempotent bool
	// Validate, if not nil, returns an error if the decoded answer is not an answer to
	// this call. JSON of another shape decodes without an error into zero values, which
	// must not be taken for an empty list.
	Validate func() error
	// Raw, if not nil, is set to the undecoded answer before Validate is called.
	Raw *json.RawMessage
	// Header, if not nil, is set to the header of a successful answer.
	Header *http.Header
	// AllowEmpty allows a success without a body. Then nothing is decoded and Validate is
	// not called.
	AllowEmpty bool
	// NotFoundIsGone says that 404 means that the object does not exist. Some products
	// also answer 404 if the key lacks a right.
	NotFoundIsGone bool
}

// Array returns a copy of the list that is encoded as [] and not as null if it is empty.
func Array(list []string) []string { return append([]string{}, list...) }

// Do sends the call and decodes the answer into out, or ignores it if out is nil. All
// errors are *provider.Error; if ctx ended, they wrap its error.
//
// Do repeats every call after a 429, which the product refused, and if no connection was
// made. After 5xx, a broken connection or an unreadable answer, it repeats reads and
// Idempotent calls; for other writes the error is provider.ErrAmbiguous, even if the
// product answered 2xx.
func (c *Client) Do(ctx context.Context, call Call, out any) error {
	if call.Method == "" {
		call.Method = http.MethodGet
	}
	address, err := c.address(call)
	if err != nil {
		return &provider.Error{Op: call.Op, Err: err}
	}
	var body []byte
	if call.Body != nil {
		if body, err = json.Marshal(call.Body); err != nil {
			return &provider.Error{Op: call.Op, Err: fmt.Errorf("the request cannot be written as JSON: %w", err)}
		}
	}
	s := activeCall{Client: c, call: call, address: address, body: body}
	defer s.lockWrite(ctx)()
	return s.run(ctx, out)
}

// address returns the URL. A segment that is empty or consists of dots is an error, because
// it would address another object: "/user/" + "" is the collection.
func (c *Client) address(call Call) (string, error) {
	u, err := url.Parse(c.config.Base)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") || u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("the endpoint %q is not a URL such as https://host/path", redactURL(c.config.Base))
	}
	segments := strings.Split(strings.TrimPrefix(call.Path, "/"), "/")
	for _, s := range segments {
		if name, err := url.PathUnescape(s); err != nil || slices.Contains([]string{"", ".", ".."}, name) {
			return "", fmt.Errorf("the path %q has a part that is empty or consists of dots", call.Path)
		}
	}
	address := c.config.Base + "/" + strings.Join(segments, "/")
	if len(call.Query) > 0 {
		address += "?" + call.Query.Encode()
	}
	return address, nil
}
