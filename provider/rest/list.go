package rest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/rolecall-dev/rolecall/provider"
)

// A List reads a whole list that a product answers page by page.
//
// No product here offers a snapshot, so the list may change under the reader and
// an object may slip from a page not yet read to one that was. A List therefore
// compares what every page says about the whole, counts, and looks for ids that
// come twice; where something does not fit it reads everything again, a few
// times, and then ends with an error. It never yields a list of which it is not
// sure.
type List[T any] struct {
	Op string // for messages: "list users"
	// Fetch reads one page, usually with one Client.Do that decodes into a struct
	// with the items as []T. A page with nil Items is an error; an empty page has an
	// empty slice. RequireList says why.
	Fetch func(ctx context.Context, at At) (Page[T], error)
	// ID is what tells items apart.
	ID func(*T) string
	// Client, where it is set, sends none of its writes while the list is read, so that
	// the list does not change by what the program itself does.
	Client *Client
	// Workers is how many pages are read at a time; 0 means 8. The Client's budget
	// holds for all of them.
	Workers int
}

// At says which page to read: by number, by the rows before it, or by what the
// page before named as the next.
type At struct {
	Number int // from 1
	Offset int
	Token  string // "" for the first page
}

// A Page is one page, with what it says about the whole list.
type Page[T any] struct {
	Items []T
	Pages int    // pages of the list; 0 where the product does not say
	Total int    // items of the list; negative where the product does not say
	Next  string // set where the next page is found by a token: then one page is read after the other
}

// RequireList returns an error where an answer does not have the named list. Decoding
// leaves a slice nil where the name is missing or null, and makes it empty only where
// the answer has an empty list. A field that is checked must therefore not be given a
// slice before it is decoded. Only an empty list says that there are no items.
func RequireList[T any](name string, items []T) error {
	switch {
	case items == nil && name == "":
		return errors.New("the answer is no list")
	case items == nil:
		return fmt.Errorf("the answer has no list %q", name)
	}
	return nil
}

const passes = 3 // over one list, before it is given up

// ErrUnsteady says that a list did not hold still, or does not add up.
var ErrUnsteady = errors.New("the list changed while it was read")

// All yields the items in the product's order, or an error and nothing else.
func (l List[T]) All(ctx context.Context) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		pages, err := l.read(ctx)
		if err != nil {
			var none T
			yield(none, err)
			return
		}
		for i, items := range pages {
			pages[i] = nil
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
		}
	}
}

// read makes passes over the list until one holds.
func (l List[T]) read(ctx context.Context) (pages [][]T, err error) {
	for range passes {
		if pages, err = l.pass(ctx); !errors.Is(err, ErrUnsteady) {
			return pages, err
		}
	}
	return nil, &provider.Error{
		Op: l.Op, Err: err,
		Hint: fmt.Sprintf("It was read %d times and did not fit together once. Run the same command again when nobody else is making changes.", passes),
	}
}

func (l List[T]) pass(ctx context.Context) ([][]T, error) {
	ctx, done := l.Client.reading(ctx)
	defer done()
	first, err := l.fetch(ctx, At{Number: 1})
	if err != nil {
		return nil, err
	}
	w := walk[T]{id: l.ID, seen: make(map[string]struct{}, max(0, min(first.Total, many)))}
	if err := w.put(0, first.Items); err != nil {
		return nil, err
	}
	if first.Next != "" {
		err = l.follow(ctx, first, &w)
	} else if n := first.pages(); n > 1 {
		err = l.spread(ctx, first, n, &w)
	}
	if err == nil {
		err = ctx.Err() // no page is missing because reading was cancelled
	}
	if err == nil && first.Total >= 0 && w.rows != first.Total {
		err = fmt.Errorf("%w: %d items are announced and %d came", ErrUnsteady, first.Total, w.rows)
	}
	return w.pages, err
}

// fetch reads a page, which must have a list.
func (l List[T]) fetch(ctx context.Context, at At) (Page[T], error) {
	p, err := l.Fetch(ctx, at)
	if err == nil && p.Items == nil {
		err = &provider.Error{
			Op: l.Op, Reason: "a page of the answer has no list of items",
			Hint: "The answer is not what the product documents. If the address of the product is right, please report this.",
		}
	}
	return p, err
}

// many is how many items room is made for at once; a product may announce any number.
const many = 1 << 17

// A walk is the pages that one pass has read so far. What comes twice ends it at
// once, so that a product whose pages lead back does not keep it for ever.
type walk[T any] struct {
	id func(*T) string

	mu    sync.Mutex
	pages [][]T
	rows  int
	seen  map[string]struct{}
}

func (w *walk[T]) put(i int, items []T) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.pages) <= i {
		w.pages = append(w.pages, nil)
	}
	w.pages[i] = items
	w.rows += len(items)
	for i := range items {
		id := w.id(&items[i])
		if _, twice := w.seen[id]; twice {
			return fmt.Errorf("%w: the item %q came twice", ErrUnsteady, id)
		}
		w.seen[id] = struct{}{}
	}
	return nil
}

// pages is how many pages there are. Where only the total is known, the first
// page shows how many rows the product is willing to put on one.
func (p Page[T]) pages() int {
	if p.Pages > 0 || p.Total <= 0 || len(p.Items) == 0 {
		return p.Pages
	}
	return (p.Total + len(p.Items) - 1) / len(p.Items)
}

// spread reads the pages after the first, several at a time.
func (l List[T]) spread(ctx context.Context, first Page[T], n int, w *walk[T]) error {
	rows := len(first.Items)
	if rows == 0 {
		return fmt.Errorf("%w: the first of %d pages is empty", ErrUnsteady, n)
	}
	if first.Total >= 0 && n > first.Total {
		return fmt.Errorf("%w: %d pages are announced for %d items", ErrUnsteady, n, first.Total)
	}
	workers, ctx := errgroup.WithContext(ctx)
	workers.SetLimit(l.workers())
	for i := 1; i < n && ctx.Err() == nil; i++ {
		workers.Go(func() error {
			p, err := l.fetch(ctx, At{Number: i + 1, Offset: i * rows})
			switch {
			case err != nil:
				return err
			case len(p.Items) == 0 && i < n-1:
				return fmt.Errorf("%w: page %d of %d is empty", ErrUnsteady, i+1, n)
			}
			return cmp.Or(p.agrees(first), w.put(i, p.Items))
		})
	}
	return workers.Wait()
}

// follow reads one page after the other, as each names the next.
func (l List[T]) follow(ctx context.Context, first Page[T], w *walk[T]) error {
	seen := map[string]bool{}
	for p := first; p.Next != ""; {
		if seen[p.Next] || len(p.Items) == 0 {
			return fmt.Errorf("%w: a page repeats or is empty before the end", ErrUnsteady)
		}
		seen[p.Next] = true
		n := len(w.pages)
		next, err := l.fetch(ctx, At{Number: n + 1, Offset: w.rows, Token: p.Next})
		if err != nil {
			return err
		}
		if err := cmp.Or(next.agrees(first), w.put(n, next.Items)); err != nil {
			return err
		}
		if p = next; first.Total >= 0 && w.rows > first.Total {
			break // more than there are; pass tells
		}
	}
	return nil
}

// agrees holds what a page says about the whole against the first page.
func (p Page[T]) agrees(first Page[T]) error {
	if p.Total != first.Total {
		return fmt.Errorf("%w: first %d items, then %d", ErrUnsteady, first.Total, p.Total)
	}
	if p.Pages != first.Pages {
		return fmt.Errorf("%w: first %d pages, then %d", ErrUnsteady, first.Pages, p.Pages)
	}
	return nil
}

func (l List[T]) workers() int {
	if l.Workers <= 0 {
		return 8
	}
	return l.Workers
}
