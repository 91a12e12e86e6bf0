package crud

import (
	"context"
	"fmt"
	"net/http"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// remove deletes or deactivates an object, and returns nil once that is known to be so.
//
// No answer to the request is proof. A product may answer 404 because the key lacks the
// right to delete, and it may answer 200 and keep the object. So success is only what
// reading the object shows.
func (c *Client) remove(ctx context.Context, res Resource, r provider.Request) error {
	sent := res.Remove(ctx, r)
	if sent != nil && !notFound(sent) {
		return sent
	}
	r.Accepted()
	got, err := remaining(ctx, res, r, sent)
	switch {
	case notFound(err):
		return nil
	case err != nil:
		return fmt.Errorf("the request to %s it was sent, and reading it back failed: %w", r.Action, err)
	case r.Action == schema.Deactivate && got.Kind.Inactive(&got):
		return nil
	}
	return c.notRemoved(r, sent)
}

// remaining returns the object if it still exists. A 404 may also say that the key may not
// change the object, so if both the removal and reading it are answered with 404, the list
// decides.
func remaining(ctx context.Context, res Resource, r provider.Request, sent error) (schema.Object, error) {
	if known, ok := res.(RemovalReader); ok {
		return known.Remaining(ctx, r, sent)
	}
	got, err := res.Read(ctx, *r.Have)
	if notFound(err) && sent != nil {
		return Listed(ctx, res, r.Have)
	}
	return got, err
}

// notRemoved returns the error of a removal after which the object still exists. sent is nil if
// the product answered with success, and otherwise provider.ErrNotFound.
func (c *Client) notRemoved(r provider.Request, sent error) error {
	state := "still exists"
	if r.Action == schema.Deactivate {
		state = "is still active"
	}
	e := &provider.Error{
		Op: r.Action.String() + " " + r.Addr.Kind, Status: http.StatusOK,
		Reason: fmt.Sprintf("the answer says that it was done, and %s %s", r.Addr.Key, state),
	}
	if c.Hint != nil {
		e.Hint = c.Hint(r.Action)
	}
	if sent != nil {
		e.Status = http.StatusNotFound
		e.Reason = fmt.Sprintf("the answer says that there is no such %s, and %s %s", r.Addr.Kind, r.Addr.Key, state)
		e.Hint = "The key may lack the right to do it: use the key of an administrator. " + e.Hint
	}
	return e
}
