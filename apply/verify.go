package apply

import (
	"context"
	"fmt"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Many new objects of one kind are verified together, where the product's list shows
// everything that reading one of them shows: 1,000 objects take 10 requests instead of
// 1,000. Nothing waits for them meanwhile but removals, which start when all is settled.

// byPages tells which changes are verified together.
func (l *refresher) byPages(p *plan.Plan) []bool {
	pages, ok := l.client.(provider.PageReader)
	if !ok {
		return make([]bool, len(p.Changes))
	}
	return p.ByPages(pages.PageSize)
}

// verify lists the kinds of what was accepted, and concludes each change as if its
// object had been read back alone. An object that the list does not show as a whole is
// read by itself.
func (r *run) verify(ctx context.Context) {
	accepted := r.unread
	r.unread = nil
	lists := map[string]*listing{}
	failures := map[string]error{}
	for i := range accepted {
		kind := accepted[i].result.Change.Want.Kind
		if lists[kind.Name] == nil && failures[kind.Name] == nil {
			lists[kind.Name], failures[kind.Name] = r.writer.refresher.list(ctx, kind)
		}
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

// verify holds a new object as it is listed against what was wanted.
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

// unverified settles a new object that the product accepted and that could not be read
// back.
func (r *Result) unverified(err error) {
	r.After, r.OutcomeUnknown = schema.Object{}, true
	r.fail(fmt.Errorf("the product accepted it, and reading it back failed: %w", err))
}
