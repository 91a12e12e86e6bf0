package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// ConfirmRemoval returns nil once an object is known to be deleted or, after
// schema.Deactivate, inactive. sent is how the request for it ended. read reads the object;
// it is not called where sent is another error than ErrNotFound. hint says what to do
// where the object is still there.
//
// No answer to that request is proof. A product may answer 404 because the key lacks the
// right to delete, and it may answer 200 and keep the object. So success is only what
// reading the object shows.
func ConfirmRemoval(r Request, sent error, hint string, read func() (schema.Object, error)) error {
	if sent != nil && !errors.Is(sent, ErrNotFound) {
		return sent
	}
	r.Written()
	got, err := read()
	switch {
	case errors.Is(err, ErrNotFound):
		return nil
	case err != nil:
		return fmt.Errorf("the request to %s it was sent, and reading it back failed: %w", r.Action, err)
	case r.Action == schema.Deactivate && got.Kind.Inactive(&got):
		return nil
	}
	state := "still exists"
	if r.Action == schema.Deactivate {
		state = "is still active"
	}
	e := &Error{
		Op: r.Action.String() + " " + r.Addr.Kind, Status: http.StatusOK, Hint: hint,
		Reason: fmt.Sprintf("the answer says that it was done, and %s %s", r.Addr.Key, state),
	}
	if sent != nil {
		e.Status = http.StatusNotFound
		e.Reason = fmt.Sprintf("the answer says that there is no such %s, and %s %s", r.Addr.Kind, r.Addr.Key, state)
		e.Hint = "The key may lack the right to do it: use the key of an administrator. " + hint
	}
	return e
}

// Listed returns the object with the same id from the list of its kind, or ErrNotFound.
func Listed(ctx context.Context, c Client, o *schema.Object) (schema.Object, error) {
	for live, err := range c.List(ctx, o.Kind) {
		if err != nil || live.ID == o.ID {
			return live, err
		}
	}
	return schema.Object{}, ErrNotFound
}
