package apply

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A writer makes single changes. Several goroutines use it at the same time.
type writer struct {
	client    provider.Client
	refresher *refresher
	index     *schema.Index
	journal   *Journal
	now       func() time.Time
	admins    *administrators
	wait      func(context.Context, time.Duration) error
	last      map[schema.Address]*schema.Object // see supersededByLaterStep
}

// do makes one change. It calls wrote when the product has accepted the write and only reading
// back is left, if the client reports that.
func (w *writer) do(ctx context.Context, i int, c *plan.Change, unread bool, wrote func()) outcome {
	o := outcome{change: i, result: Result{Change: c}}
	o.halt = w.change(ctx, i, &o, unread, func() {
		if !o.wrote {
			o.wrote = true
			wrote()
		}
	})
	if o.halt == nil && refusedKey(o.result.Err) {
		o.halt = fmt.Errorf("the key is no longer accepted: %w", o.result.Err)
	}
	return o
}

// change checks the object, records that the write begins, writes, verifies the outcome and
// records it. An error says why no other change should start: the journal cannot be written, in
// which case nothing is written to the product either, or no administrator was found after a
// demotion.
func (w *writer) change(ctx context.Context, i int, o *outcome, unread bool, wrote func()) error {
	r := &o.result
	c := r.Change
	before := w.check(ctx, r, unread)
	if r.Status == NotStarted && demotes(c) {
		if err := w.admins.check(ctx); err != nil {
			r.fail(w.admins.refuse(err))
		}
	}
	if r.Status != NotStarted {
		return w.journal.settled(w.now(), i, r)
	}
	if err := w.journal.begin(w.now(), i, c, before); err != nil {
		return err
	}
	after, err := w.client.Apply(ctx, provider.Request{
		Action: c.Action, Addr: c.Addr, Have: c.Have, Want: c.Want, Changed: c.Changed, Unread: unread, OnAccepted: wrote,
	})
	if errors.Is(err, provider.ErrUnread) {
		o.unread, r.After = true, after
		return w.journal.accepted(w.now(), i, after.ID)
	}
	switch {
	case err == nil:
		w.written(r, after)
	case errors.Is(err, provider.ErrNotFound) && c.Action.Removes():
		r.noop("already gone")
	case unanswered(ctx, err):
		w.resolve(ctx, r, err)
	case c.Action == schema.Create && taken(err):
		w.refusedCreate(ctx, r, err, unread)
	default:
		r.fail(err)
	}
	if err := w.journal.written(w.now(), i, r); err != nil {
		return err
	}
	if demotes(c) && (r.Status != Failed || r.OutcomeUnknown) {
		if err := w.admins.check(ctx); err != nil {
			return w.admins.alarm(c, err)
		}
	}
	return nil
}

func (r *Result) done(note string) { r.Status, r.Note = Done, note }

// noop settles a change that was already in effect.
func (r *Result) noop(note string) { r.done(note); r.Noop = true }
func (r *Result) fail(err error)   { r.Status, r.Err = Failed, err }

// written compares the object after the write with the wanted one.
func (w *writer) written(r *Result, after schema.Object) {
	c := r.Change
	r.Status = Done
	if c.Action.Removes() {
		return
	}
	if after.Body == nil {
		r.OutcomeUnknown = true
		r.fail(errors.New("the write was accepted, but the object could not be read back"))
		return
	}
	w.index.Add(c.Addr.Kind, c.Addr.Key, after.ID)
	r.After = after
	if r.Differs = unmetSince(c.Have, c.Want, &after); r.Differs != 0 {
		r.Status = Diverged
	}
}

// unanswered reports whether a write that ended with err may have taken effect: there was no
// answer to it or to reading back, a proxy timed out, or the run was cancelled during the write.
// After a status below 500 it did not take effect, except as below; an error without a request
// comes from the client itself.
func unanswered(ctx context.Context, err error) bool {
	if errors.Is(err, provider.ErrAmbiguous) {
		return true
	}
	var e *provider.Error
	if errors.As(err, &e) {
		yes := e.Status >= 200 && e.Status < 300 // the answer itself is malformed
		return yes || e.Status == 0 || e.Status == http.StatusRequestTimeout || e.Status >= http.StatusInternalServerError
	}
	return ctx.Err() != nil
}

// taken reports whether a create may have been refused because the key is in use.
// An error that a client wraps is about a later step, after the create itself.
func taken(err error) bool {
	e, ok := err.(*provider.Error)
	return ok && (e.Status == http.StatusBadRequest || e.Status == http.StatusConflict || e.Status == http.StatusUnprocessableEntity)
}

// refusedKey reports whether the product does not accept the key, so that every further write
// would fail. A key with too few rights (403) may still be able to make other changes.
func refusedKey(err error) bool {
	var e *provider.Error
	return errors.As(err, &e) && e.Status == http.StatusUnauthorized
}
