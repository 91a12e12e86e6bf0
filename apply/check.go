package apply

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Checks before a write.
//
// Every object is read again right before it is changed or removed, and must be equal to the one
// that the plan was computed from: nothing is written that was not shown.
//
// An object is looked up before it is created, because another run may have created it since
// the listing. If many are created together, one look-up serves all of them; see verify.go. If
// the product refuses a second object with the same key (schema.Kind.Unique), the object is
// looked up only after a refusal. One that exists as wanted counts as done.

// check returns the object as it is now, nil for a create. If nothing should be written, it
// settles the result.
func (w *writer) check(ctx context.Context, r *Result, together bool) *schema.Object {
	if r.Change.Action == schema.Create {
		if !r.Change.Want.Kind.Unique {
			w.checkCreate(ctx, r, together)
		}
		return nil
	}
	c := r.Change
	now, err := w.client.Read(ctx, *c.Have)
	switch {
	case errors.Is(err, provider.ErrNotFound) && c.Action.Removes():
		w.confirmGone(ctx, r, err)
		return nil
	case errors.Is(err, provider.ErrNotFound):
		r.stale(schema.Object{}, 0, "it is gone")
		return nil
	case err != nil:
		r.fail(fmt.Errorf("it could not be read again before the write, so nothing was written: %w", err))
		return nil
	case c.Have.ID != "" && now.ID != "" && now.ID != c.Have.ID:
		r.stale(now, 0, "another object has its name now")
		return nil
	}
	if c.Action == schema.Deactivate && now.Inactive() {
		r.noop("already inactive")
		return nil
	}
	changed := changedSincePlan(c.Have, &now)
	switch {
	case changed == 0:
	case c.Want != nil && (unmetSince(c.Have, c.Want, &now) == 0 || w.supersededByLaterStep(c, &now)):
		w.index.Add(c.Addr.Kind, c.Addr.Key, now.ID)
		r.After = now
		r.noop("already as wanted")
	default:
		r.stale(now, changed, "changed since the plan: "+strings.Join(attributes(c.Have.Kind, changed), ", "))
	}
	return &now
}

// confirmGone settles the removal of an object that could not be read.
func (w *writer) confirmGone(ctx context.Context, r *Result, notFound error) {
	switch gone, err := w.refresher.gone(ctx, r.Change.Have); {
	case err != nil:
		r.fail(fmt.Errorf("it was not found right before the write, and the %s could not be listed to confirm that it is gone, so nothing was written: %w",
			r.Change.Have.Kind.Many(), err))
	case !gone:
		r.fail(fmt.Errorf("it was not found right before the write, but the list of %s still shows it, so nothing was written. The key may lack the right to read it: %w",
			r.Change.Have.Kind.Many(), notFound))
	default:
		r.noop("already gone")
	}
}

// checkCreate settles the result if the object exists already.
func (w *writer) checkCreate(ctx context.Context, r *Result, together bool) {
	found, err := w.refresher.exists(ctx, r.Change.Want, together)
	switch {
	case errors.Is(err, provider.ErrNotFound):
	case err != nil:
		r.fail(fmt.Errorf("it could not be looked up before creating it, so nothing was written: %w", err))
	default:
		w.exists(r, found)
	}
}

// refusedCreate settles a create that the product refused. If an object with the key exists,
// which another run may have created, it is compared with the wanted one.
func (w *writer) refusedCreate(ctx context.Context, r *Result, refusal error, together bool) {
	if !r.Change.Want.Kind.Unique && !together {
		r.fail(refusal)
		return
	}
	found, err := w.refresher.find(ctx, r.Change.Want)
	if err != nil {
		r.fail(refusal)
		return
	}
	w.exists(r, found)
}

// exists settles a create of an object that exists.
func (w *writer) exists(r *Result, found schema.Object) {
	c := r.Change
	if differs := unmet(c.Want, &found); differs != 0 {
		r.stale(found, differs, "it exists now and differs in "+strings.Join(attributes(c.Want.Kind, differs), ", "))
		return
	}
	w.index.Add(c.Addr.Kind, c.Addr.Key, found.ID)
	r.After = found
	r.noop("existed already")
}

// supersededByLaterStep reports whether the object is already as a later step of the plan wants
// it, as when a plan is applied a second time.
func (w *writer) supersededByLaterStep(c *plan.Change, now *schema.Object) bool {
	last := w.last[c.Addr]
	return last != nil && unmet(last, now) == 0
}

// lastSteps returns the wanted objects after the last step, for objects that the plan changes in
// several steps.
func lastSteps(changes []plan.Change) map[schema.Address]*schema.Object {
	seen, last := map[schema.Address]bool{}, map[schema.Address]*schema.Object{}
	for i := range changes {
		c := &changes[i]
		if c.Action != schema.Update && c.Action != schema.Rename {
			continue
		}
		if seen[c.Addr] {
			last[c.Addr] = c.Want
		}
		seen[c.Addr] = true
	}
	return last
}

func (r *Result) stale(found schema.Object, differs schema.Mask, why string) {
	r.Status, r.After, r.Differs, r.Err = Stale, found, differs, errors.New(why)
}
