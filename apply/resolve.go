package apply

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// createPause is the time before an object is looked up again whose create got no answer: a
// gateway may time out while the product is still creating it.
const createPause = 3 * time.Second

// resolve looks up whether a write without an answer took effect. It never writes again:
// repeating a create could make a second object.
func (w *writer) resolve(ctx context.Context, r *Result, lost error) {
	c := r.Change
	from := c.Have
	if c.Action == schema.Create {
		from = c.Want
	}
	now, err := w.refresher.after(ctx, from)
	if errors.Is(err, provider.ErrNotFound) && c.Action == schema.Create {
		if paused := w.wait(ctx, createPause); paused == nil {
			now, err = w.refresher.after(ctx, from)
		}
	}
	gone := errors.Is(err, provider.ErrNotFound)
	switch {
	case err == nil && now.LastWritten:
		r.OutcomeUnknown = true
		r.fail(fmt.Errorf("%w; the product does not show the object, so it is not known whether the write took effect", lost))
	case err != nil && !gone:
		r.OutcomeUnknown = true
		r.fail(fmt.Errorf("%w; looking it up failed as well: %w", lost, err))
	case gone && c.Action.Removes():
		r.done("no answer came, and a look-up shows that it is gone")
	case gone && c.Action == schema.Create:
		r.OutcomeUnknown = true
		r.fail(fmt.Errorf("%w; a look-up does not show it, and it may still be created", lost))
	case gone:
		r.fail(fmt.Errorf("%w; a look-up shows that it is gone", lost))
	case c.Action == schema.Create:
		w.written(r, now)
		r.found("no answer came, and a look-up shows that it was created", lost)
	default:
		w.changed(r, now, lost)
	}
}

// changed settles an update, rename or removal whose object still exists.
func (w *writer) changed(r *Result, now schema.Object, lost error) {
	c := r.Change
	asBefore := changedSincePlan(c.Have, &now)
	switch {
	case c.Action == schema.Delete:
		r.fail(fmt.Errorf("%w; a look-up shows that it is still there", lost))
	case asBefore == 0:
		r.fail(fmt.Errorf("%w; a look-up shows that nothing was changed", lost))
	case c.Action == schema.Deactivate && now.Inactive():
		r.done("no answer came, and a look-up shows that it can no longer be used")
	case c.Action == schema.Deactivate:
		// Products differ in what deactivating changes, so it is only known that the object
		// changed since the check.
		r.Status, r.After, r.Differs, r.OutcomeUnknown = Diverged, now, asBefore, true
		r.Err = fmt.Errorf("%w; a look-up shows that it changed, and the next plan shows whether it is as declared", lost)
	default:
		w.written(r, now)
		r.found("no answer came, and a look-up shows how it ended", lost)
	}
}

// found notes how it is known that a write took effect. If only a part of it did, the lost
// answer is the error.
func (r *Result) found(note string, lost error) {
	if r.Status != Diverged {
		r.Note = note
		return
	}
	r.Err = fmt.Errorf("%w; a look-up shows that only a part of it was done", lost)
}
