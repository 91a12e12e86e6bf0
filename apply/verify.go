package apply

import (
	"context"
	"fmt"
	"sync"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// If pages of lists show everything that reading one object shows, many new objects of a kind
// are looked up together right before they are created, and verified together after the last one:
// 1,000 objects take a few requests instead of 2,000. Changes that depend on one of them start
// after all of them are verified.

// byPages reports which changes are made together.
func (l *refresher) byPages(p *plan.Plan) []bool {
	pages, ok := l.client.(provider.PageReader)
	if !ok {
		return make([]bool, len(p.Changes))
	}
	return p.ByPages(pages.Pages)
}

// A lookAhead knows which of the objects that are created together exist. It is read before the
// first create, and again after plan.PerLook creates per page.
type lookAhead struct {
	wants []*schema.Object // of one kind

	mu   sync.Mutex
	all  *listing
	left int   // creates until it is read again
	err  error // of reading; no more objects are created then
}

// lookAheads returns the wanted objects of changes that are made together, by kind.
func (l *refresher) lookAheads(p *plan.Plan, byPages []bool) map[string]*lookAhead {
	out := map[string]*lookAhead{}
	for i, together := range byPages {
		if !together {
			continue
		}
		c := &p.Changes[i]
		if out[c.Addr.Kind] == nil {
			out[c.Addr.Kind] = &lookAhead{}
		}
		out[c.Addr.Kind].wants = append(out[c.Addr.Kind].wants, c.Want)
	}
	return out
}

// exists returns the object with the key of want, which is about to be created. With together,
// it is read only if the look-ahead has it.
func (l *refresher) exists(ctx context.Context, want *schema.Object, together bool) (schema.Object, error) {
	if !together {
		return l.find(ctx, want)
	}
	all, err := l.ahead[want.Addr.Kind].next(ctx, l)
	if err == nil {
		_, err = all.byKeyOf(want)
	}
	if err != nil {
		return schema.Object{}, err
	}
	return l.find(ctx, want)
}

// next returns the listed objects for one more create.
func (a *lookAhead) next(ctx context.Context, l *refresher) (*listing, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.left == 0 && a.err == nil {
		if a.all, a.err = l.many(ctx, a.wants); a.err == nil {
			a.left = plan.PerLook * max(1, l.client.(provider.PageReader).Pages(a.wants, len(a.all.byKey)))
		}
	}
	a.left--
	return a.all, a.err
}

// many reads objects of one kind from pages of lists.
func (l *refresher) many(ctx context.Context, wants []*schema.Object) (*listing, error) {
	return listingOf(l.client.(provider.PageReader).ReadMany(ctx, wants))
}

// verify reads the accepted objects kind by kind, and concludes each change as if its object had
// been read back alone. An object that the lists do not show completely is read by itself.
func (r *run) verify(ctx context.Context) {
	accepted := r.unread
	r.unread = nil
	wants := map[string][]*schema.Object{}
	for i := range accepted {
		want := accepted[i].result.Change.Want
		wants[want.Kind.Name] = append(wants[want.Kind.Name], want)
	}
	lists := map[string]*listing{}
	failures := map[string]error{}
	for kind, w := range wants {
		lists[kind], failures[kind] = r.writer.refresher.many(ctx, w)
	}
	for i := range accepted {
		o := &accepted[i]
		kind := o.result.Change.Want.Kind
		if err := failures[kind.Name]; err != nil {
			o.result.unverified(err)
		} else {
			r.writer.verify(ctx, &o.result, lists[kind.Name])
		}
		r.halt(r.writer.journal.result(i == len(accepted)-1, r.options.Now(), o.change, &o.result))
		r.conclude(*o)
	}
}

// verify compares a new object as it is listed with the wanted one.
func (w *writer) verify(ctx context.Context, r *Result, all *listing) {
	want := *r.Change.Want
	want.ID = r.After.ID
	r.After = schema.Object{}
	got, err := all.object(&want)
	if err != nil || got.Incomplete {
		got, err = w.refresher.after(ctx, &want)
	}
	if err == nil {
		got, err = w.client.(provider.PageReader).Settle(ctx, got, want)
	}
	if err != nil {
		r.unverified(err)
		return
	}
	w.written(r, got)
}

// unverified settles a new object that the product accepted and that could not be read back.
func (r *Result) unverified(err error) {
	r.After, r.OutcomeUnknown = schema.Object{}, true
	r.fail(fmt.Errorf("the product accepted it, and reading it back failed: %w", err))
}
