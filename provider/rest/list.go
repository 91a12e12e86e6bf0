package rest

import (
	"context"
	"errors"
	"fmt"
	"iter"

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
	// with the items as []T.
	Fetch func(ctx context.Context, at At) (Page[T], error)
	// ID is what tells items apart.
	ID func(*T) string
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
	first, err := l.Fetch(ctx, At{Number: 1})
	if err != nil {
		return nil, err
	}
	pages := [][]T{first.Items}
	if first.Next != "" {
		pages, err = l.follow(ctx, first)
	} else if n := first.pages(); n > 1 {
		pages, err = l.spread(ctx, first, n)
	}
	if err != nil {
		return nil, err
	}
	return pages, l.whole(pages, first.Total)
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
func (l List[T]) spread(ctx context.Context, first Page[T], n int) ([][]T, error) {
	rows := len(first.Items)
	if rows == 0 {
		return nil, fmt.Errorf("%w: the first of %d pages is empty", ErrUnsteady, n)
	}
	if first.Total >= 0 && n > first.Total {
		return nil, fmt.Errorf("%w: %d pages are announced for %d items", ErrUnsteady, n, first.Total)
	}
	pages := make([][]T, n)
	pages[0] = first.Items
	workers, ctx := errgroup.WithContext(ctx)
	workers.SetLimit(l.workers())
	for i := 1; i < n && ctx.Err() == nil; i++ {
		workers.Go(func() error {
			p, err := l.Fetch(ctx, At{Number: i + 1, Offset: i * rows})
			if err != nil {
				return err
			}
			pages[i] = p.Items
			return p.agrees(first)
		})
	}
	return pages, workers.Wait()
}

// follow reads one page after the other, as each names the next.
func (l List[T]) follow(ctx context.Context, first Page[T]) ([][]T, error) {
	pages, rows := [][]T{first.Items}, len(first.Items)
	seen := map[string]bool{}
	for p := first; p.Next != ""; {
		if seen[p.Next] || len(p.Items) == 0 {
			return nil, fmt.Errorf("%w: a page leads back or is empty before the end", ErrUnsteady)
		}
		seen[p.Next] = true
		next, err := l.Fetch(ctx, At{Number: len(pages) + 1, Offset: rows, Token: p.Next})
		if err != nil {
			return nil, err
		}
		if err := next.agrees(first); err != nil {
			return nil, err
		}
		pages, rows, p = append(pages, next.Items), rows+len(next.Items), next
		if first.Total >= 0 && rows > first.Total {
			break // more than there are; whole tells
		}
	}
	return pages, nil
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

// whole checks that nothing is missing and nothing comes twice.
func (l List[T]) whole(pages [][]T, total int) error {
	n := 0
	for _, items := range pages {
		n += len(items)
	}
	if total >= 0 && n != total {
		return fmt.Errorf("%w: %d items are announced and %d came", ErrUnsteady, total, n)
	}
	seen := make(map[string]struct{}, n)
	for _, items := range pages {
		for i := range items {
			id := l.ID(&items[i])
			if _, twice := seen[id]; twice {
				return fmt.Errorf("%w: the item %q came twice", ErrUnsteady, id)
			}
			seen[id] = struct{}{}
		}
	}
	return nil
}

func (l List[T]) workers() int {
	if l.Workers <= 0 {
		return 8
	}
	return l.Workers
}
