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

// A Call is one question to the product, or one write.
type Call struct {
	Op     string // what is being done, for messages: "list users"
	Method string // "" means GET
	Path   string // below the base URL, with "/" first; names in it go through url.PathEscape
	Query  url.Values
	Body   any // sent as JSON; nil sends none

	// Idempotent says that the call may be repeated when it is not known whether it took
	// effect, as a search by POST or a write that only states what shall be. GET and
	// HEAD always may.
	Idempotent bool
	// Validate, where it is set, looks at what was decoded, and says what makes it no
	// answer to this call. JSON of another shape decodes into nothing without a
	// complaint, and nothing can look like an empty list.
	Validate func() error
	// Raw, where it is set, is given the answer as it came, before Validate is called.
	Raw *json.RawMessage
	// AllowEmpty says that a success may come without a body; then nothing is decoded and
	// Validate is not called.
	AllowEmpty bool
	// NotFoundIsGone says that 404 means that the object does not exist. It is a flag
	// because some products answer 404 where a right is missing.
	NotFoundIsGone bool
}

// Array returns a list that JSON writes as [] where it is empty, and never as null.
func Array(list []string) []string { return append([]string{}, list...) }

// Do sends the call and decodes the answer into out, or ignores it where out is
// nil. Whatever goes wrong is a *provider.Error; where ctx ended, its error is
// inside.
//
// 429 is repeated for every call: the product refused before any effect. So is a
// connection that was never made. 5xx, broken connections and broken answers are
// repeated for reads and for calls marked Idempotent only; for other writes they are
// provider.ErrAmbiguous, also where the product answered 2xx and the answer
// cannot be read.
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
	s := sending{Client: c, call: call, address: address, body: body}
	defer s.turn(ctx)()
	return s.run(ctx, out)
}

// address builds the URL. A segment that is empty or made of dots would address
// another object than the one meant ("/user/" + "" is the collection), so it is
// an error here rather than a surprise there.
func (c *Client) address(call Call) (string, error) {
	u, err := url.Parse(c.config.Base)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") || u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("the endpoint %q is not a URL such as https://host/path", redactURL(c.config.Base))
	}
	segments := strings.Split(strings.TrimPrefix(call.Path, "/"), "/")
	for _, s := range segments {
		if name, err := url.PathUnescape(s); err != nil || slices.Contains([]string{"", ".", ".."}, name) {
			return "", fmt.Errorf("the path %q has a part that names nothing", call.Path)
		}
	}
	address := c.config.Base + "/" + strings.Join(segments, "/")
	if len(call.Query) > 0 {
		address += "?" + call.Query.Encode()
	}
	return address, nil
}
