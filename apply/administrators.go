package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// ErrNoAdministrator says that the tenant has no active administrator besides those whom the
// plan demotes.
var ErrNoAdministrator = errors.New("no active administrator was found besides those whom this plan demotes")

// Administrators keep the tenant from losing its last administrator while a plan is executed.
// Since the plan was made, another person or run may have demoted the administrators who stay.
// So one of them is read right before and right after each demotion.
//
// The run starts one demotion at a time, so no lock is needed.
type administrators struct {
	refresher *refresher
	product   string
	unseen    bool              // see plan.Administrators.SignInsUnknown
	ignored   *schema.IgnoreSet // see plan.Administrators.Ignored

	demoted map[[2]string]bool // by kind and id, and by kind and "=" + key
	kinds   []*schema.Kind     // of the demoted
	staying []schema.Object    // read in this order
	lost    error              // set after none was found; no demotion is made then
}

// demotes reports whether the change takes the rights of an administrator.
func demotes(c *plan.Change) bool {
	return c.Action.Writes() && (c.Demotes || c.Have.Administers() && (c.Want == nil || !c.Want.Administers()))
}

func newAdministrators(p *plan.Plan, l *refresher) *administrators {
	a := &administrators{
		refresher: l, product: p.Product, unseen: p.Administrators.SignInsUnknown, ignored: p.Administrators.Ignored,
		demoted: map[[2]string]bool{}, staying: p.Administrators.Staying,
	}
	for i := range p.Administrators.Demoted {
		a.exclude(&p.Administrators.Demoted[i])
	}
	for i := range p.Changes {
		if c := &p.Changes[i]; demotes(c) && c.Have.Administers() {
			a.exclude(c.Have)
		}
	}
	return a
}

func (a *administrators) exclude(o *schema.Object) {
	if o.ID != "" {
		a.demoted[[2]string{o.Kind.Name, o.ID}] = true
	}
	a.demoted[[2]string{o.Kind.Name, "=" + o.Addr.Key}] = true
	if !slices.Contains(a.kinds, o.Kind) {
		a.kinds = append(a.kinds, o.Kind)
	}
}

// check returns an error if it finds no administrator who stays. The one that was found last is
// read first.
func (a *administrators) check(ctx context.Context) error {
	if a.lost != nil {
		return a.lost
	}
	var failed error
	for i := range a.staying {
		now, err := a.refresher.client.Read(ctx, a.staying[i])
		switch {
		case err == nil && a.stays(&now):
			a.staying[0], a.staying[i] = a.staying[i], a.staying[0]
			return nil
		case err != nil && !errors.Is(err, provider.ErrNotFound):
			failed = err
		}
		if ctx.Err() != nil {
			break
		}
	}
	switch found, err := a.find(ctx); {
	case found:
		return nil
	case err != nil:
		failed = err
	}
	if failed != nil {
		return fmt.Errorf("it could not be checked that another administrator stays: %w", failed)
	}
	a.lost = ErrNoAdministrator
	return a.lost
}

// find lists the kinds to look for an administrator who stays.
func (a *administrators) find(ctx context.Context) (bool, error) {
	for _, k := range a.kinds {
		for o, err := range a.refresher.fresh(ctx, k) {
			if err != nil {
				return false, err
			}
			if o.Incomplete && k.Having(schema.CarriesRights)&^o.Set != 0 {
				if o, err = a.refresher.client.Read(ctx, o); errors.Is(err, provider.ErrNotFound) {
					continue
				} else if err != nil {
					return false, err
				}
			}
			if a.stays(&o) {
				a.staying = append([]schema.Object{o}, a.staying...)
				return true, nil
			}
		}
	}
	return false, nil
}

// stays reports whether the object is an active administrator whom the plan neither demotes nor
// ignores.
func (a *administrators) stays(o *schema.Object) bool {
	kind := o.Kind.Name
	if !o.Administers() || o.Inactive() || a.demoted[[2]string{kind, o.ID}] || a.demoted[[2]string{kind, "=" + o.Addr.Key}] {
		return false
	}
	if a.ignored != nil {
		if _, ignored := a.ignored.Match(o.Kind, o.Addr.Key); ignored {
			return false
		}
	}
	return a.unseen || !o.NeverSignedIn()
}

// refuse returns the error of a demotion that is not made.
func (a *administrators) refuse(err error) error {
	if !errors.Is(err, ErrNoAdministrator) {
		return fmt.Errorf("%w. Nothing was written, because the tenant might be left without an administrator", err)
	}
	return fmt.Errorf("%w. Nothing was written, and this run demotes no other administrator, because %s would have none left. "+
		"Make another user an administrator who has signed in, then plan and apply again", err, a.product)
}

// An alarm is why a run stops after a demotion: the tenant may have no administrator any more.
type alarm struct{ error }

func (a alarm) Unwrap() error { return a.error }

// alarm returns the error after a demotion.
func (a *administrators) alarm(c *plan.Change, err error) error {
	who := c.Addr.String()
	if errors.Is(err, ErrNoAdministrator) {
		return alarm{fmt.Errorf("%w, after %s (%s) was written: the tenant may have no administrator any more. Another person or run "+
			"must have demoted the others at the same time. Act at once, while the key still works: put the files back to what they said "+
			"about %s before and apply them, or use the app of %s; where neither works, its support can help", err, who, c.Action, who, a.product)}
	}
	return alarm{fmt.Errorf("after %s (%s) was written, %w. Look in the app of %s whether there is an active administrator, before anything else",
		who, c.Action, err, a.product)}
}
