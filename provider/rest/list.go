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

// A List reads all pages of a list.
//
// The list may change while it is read, and an object may move to a page that was
// read already. A List therefore compares the totals of all pages, counts the items
// and looks for ids that appear twice. If something does not match, it reads the list
// again, a few times, and then returns an error. It never yields a list that may be
// incomplete.
type List[T any] struct {
	Op string // for messages: "list users"
	// Fetch reads one page, usually with one Client.Do that decodes into a struct
	// with the items as []T. A page with nil Items is an error; an empty page has an
	// empty slice. See RequireList.
	Fetch func(ctx context.Context, at At) (Page[T], error)
	// ID identifies an item.
	ID func(*T) string
	// Client, if not nil, sends no writes while the list is read, so that the program
	// does not change the list itself.
	Client *Client
	// Workers is how many pages are read in parallel; 0 means 8. They share the Client's
	// budget.
	Workers int
}

// At identifies a page: by its number, by the number of rows before it, or by the token
// in the previous page.
type At struct {
	Number int // from 1
	Offset int
	Token  string // "" for the first page
}

// A Page is one page, and what it says about the whole list.
type Page[T any] struct {
	Items []T
	Pages int    // pages of the list; 0 if not known
	Total int    // items of the list; negative if not known
	Next  string // token of the next page, if pages have tokens; they are then read in sequence
}

// RequireList returns an error if an answer does not have the named list, which must not
// be taken for an empty one. Decoding leaves a slice nil if the name is missing or null,
// so the field must be nil before.
func RequireList[T any](name string, items []T) error {
	switch {
	case items == nil && name == "":
		return errors.New("the answer is not a list")
	case items == nil:
		return fmt.Errorf("the answer has no list %q", name)
	}
	return nil
}

// RequireID returns an error where an answer is another object than the one that was asked
// for. kind names it for the message, as in "user".
func RequireID(kind, asked, answered string) error {
	switch answered {
	case asked:
		return nil
	case "":
		return fmt.Errorf("the answer is not a %s", kind)
	}
	return fmt.Errorf("the answer is the %s %s, and %s was asked for", kind, answered, asked)
}

const maxPasses = 3 // times that a list is read before it is an error

// ErrListChanged says that a list changed while it was read, or contradicts itself.
var ErrListChanged = errors.New("the list changed while it was read")

// All yields the items in the product's order, or only an error.
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

// read reads the list until it is consistent.
func (l List[T]) read(ctx context.Context) (pages [][]T, err error) {
	for range maxPasses {
		if pages, err = l.readOnce(ctx); !errors.Is(err, ErrListChanged) {
			return pages, err
		}
	}
	return nil, &provider.Error{
		Op: l.Op, Err: err,
		Hint: fmt.Sprintf("It was read %d times and changed each time. Run the same command again when no one else makes changes.", maxPasses),
	}
}

func (l List[T]) readOnce(ctx context.Context) ([][]T, error) {
	ctx, done := l.Client.lockForList(ctx)
	defer done()
	first, err := l.fetch(ctx, At{Number: 1})
	if err != nil {
		return nil, err
	}
	w := listState[T]{id: l.ID, seen: make(map[string]struct{}, max(0, min(first.Total, maxPrealloc)))}
	if err := w.add(0, first.Items); err != nil {
		return nil, err
	}
	if first.Next != "" {
		err = l.readSequence(ctx, first, &w)
	} else if n := first.pages(); n > 1 {
		err = l.readParallel(ctx, first, n, &w)
	}
	if err == nil {
		err = ctx.Err() // an ended context may have left pages out
	}
	if err == nil && first.Total >= 0 && w.rows != first.Total {
		err = fmt.Errorf("%w: the answer says %d items, but has %d", ErrListChanged, first.Total, w.rows)
	}
	return w.pages, err
}

// fetch reads a page, which must have a list.
func (l List[T]) fetch(ctx context.Context, at At) (Page[T], error) {
	p, err := l.Fetch(ctx, at)
	if err == nil && p.Items == nil {
		err = &provider.Error{
			Op: l.Op, Reason: "a page has no list of items",
			Hint: "The answer is not what the product documents. If the address of the product is right, please report this.",
		}
	}
	return p, err
}

// maxPrealloc limits the memory that is reserved for the total that a product states.
const maxPrealloc = 1 << 17

// A listState holds the pages read so far. An id that appears twice is an error at once,
// so that pages which form a cycle end.
type listState[T any] struct {
	id func(*T) string

	mu    sync.Mutex
	pages [][]T
	rows  int
	seen  map[string]struct{}
}

func (w *listState[T]) add(i int, items []T) error {
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
			return fmt.Errorf("%w: the item %q appears twice", ErrListChanged, id)
		}
		w.seen[id] = struct{}{}
	}
	return nil
}

// pages returns the number of pages. If only the total is known, the first page shows
// how many rows a page has.
func (p Page[T]) pages() int {
	if p.Pages > 0 || p.Total <= 0 || len(p.Items) == 0 {
		return p.Pages
	}
	return (p.Total + len(p.Items) - 1) / len(p.Items)
}

// readParallel reads the pages after the first in parallel.
func (l List[T]) readParallel(ctx context.Context, first Page[T], n int, w *listState[T]) error {
	rows := len(first.Items)
	if rows == 0 {
		return fmt.Errorf("%w: the first of %d pages is empty", ErrListChanged, n)
	}
	if first.Total >= 0 && n > first.Total {
		return fmt.Errorf("%w: the answer says %d pages for %d items", ErrListChanged, n, first.Total)
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
				return fmt.Errorf("%w: page %d of %d is empty", ErrListChanged, i+1, n)
			}
			return cmp.Or(p.checkSameList(first), w.add(i, p.Items))
		})
	}
	return workers.Wait()
}

// readSequence reads pages whose tokens are each in the previous page.
func (l List[T]) readSequence(ctx context.Context, first Page[T], w *listState[T]) error {
	seen := map[string]bool{}
	for p := first; p.Next != ""; {
		if seen[p.Next] || len(p.Items) == 0 {
			return fmt.Errorf("%w: a page repeats or is empty before the end", ErrListChanged)
		}
		seen[p.Next] = true
		n := len(w.pages)
		next, err := l.fetch(ctx, At{Number: n + 1, Offset: w.rows, Token: p.Next})
		if err != nil {
			return err
		}
		if err := cmp.Or(next.checkSameList(first), w.add(n, next.Items)); err != nil {
			return err
		}
		if p = next; first.Total >= 0 && w.rows > first.Total {
			break // readOnce returns the error
		}
	}
	return nil
}

// checkSameList returns an error if a page has other totals than the first page.
func (p Page[T]) checkSameList(first Page[T]) error {
	if p.Total != first.Total {
		return fmt.Errorf("%w: first %d items, then %d", ErrListChanged, first.Total, p.Total)
	}
	if p.Pages != first.Pages {
		return fmt.Errorf("%w: first %d pages, then %d", ErrListChanged, first.Pages, p.Pages)
	}
	return nil
}

func (l List[T]) workers() int {
	if l.Workers <= 0 {
		return 8
	}
	return l.Workers
}
