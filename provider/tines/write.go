package tines

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
)

// write sends the fields of a team or a user. The documentation lists them as
// parameters of the query and shows them in the body, so they go into both: where
// only one of the two were read, a field that is not found there could be taken for
// its default, which demotes an owner and brings back a leaver. Lists are in the
// body only.
func (c *client) write(ctx context.Context, call rest.Call, fields map[string]any, out any) error {
	call.Body, call.Query = fields, url.Values{}
	for name, value := range fields {
		switch value.(type) {
		case string, bool, json.Number:
			call.Query.Set(name, fmt.Sprint(value))
		}
	}
	err := c.rest.Do(ctx, call, out)
	var e *provider.Error
	if errors.As(err, &e) { // what was sent is in the files already
		e.URL, _, _ = strings.Cut(e.URL, "?")
	}
	return err
}

// A created is the answer to a creation, which may also come without a body.
type created struct {
	ID wireID `json:"id"`
}
