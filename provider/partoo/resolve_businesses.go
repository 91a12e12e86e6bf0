package partoo

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Store codes become business ids here.
//
// The business search has a filter for many codes, but its name is documented
// nowhere. What is documented is a filter for one code, and the pages of all
// businesses. The first page tells how many pages there are, and then the cheaper
// way is taken: the remaining codes one by one, or the remaining pages.

// A businessIndex knows businesses by code and by id.
type businessIndex struct {
	ids      map[string]string // code -> id
	codes    map[string]string // id -> code, "" where it has none
	labels   map[string]string // id -> code and name, "" where it has neither
	complete bool              // every business was read
}

func (b *businessIndex) add(w *wireBusiness) {
	code := schema.NFC(w.Code)
	b.codes[w.id()], b.labels[w.id()] = code, w.label()
	if code != "" {
		b.ids[code] = w.id()
	}
}

// missing lists the codes that are not in the book yet, in order.
func (b *businessIndex) missing(codes []string) []string {
	return slices.DeleteFunc(slices.Clone(codes), func(code string) bool { return b.ids[code] != "" })
}

// businesses is the search for businesses, with a filter or for all.
func (c *client) businesses(filter ...string) rest.List[wireBusiness] {
	return rest.List[wireBusiness]{
		Op:     "list businesses",
		Client: c.rest,
		ID:     func(w *wireBusiness) string { return w.id() },
		Fetch: func(ctx context.Context, at rest.At) (rest.Page[wireBusiness], error) {
			var p struct {
				envelope
				Businesses []wireBusiness `json:"businesses"`
			}
			q := page(c.query(filter...), at)
			err := c.rest.Do(ctx, rest.Call{
				Op: "list businesses", Path: "/business/search", Query: q,
				Validate: func() error {
					return listed("businesses", p.Businesses, func(b *wireBusiness) bool { return b.id() != "" })
				},
			}, &p)
			return rest.Page[wireBusiness]{Items: p.Businesses, Pages: p.MaxPage, Total: p.total()}, err
		},
	}
}

// lookUp finds the codes with as few requests as the documented filters allow.
func (c *client) lookUp(ctx context.Context, b *businessIndex, codes []string) error {
	switch len(codes) {
	case 0:
		return nil
	case 1:
		return c.lookUpEach(ctx, b, codes)
	}
	all := c.businesses()
	first, err := all.Fetch(ctx, rest.At{Number: 1})
	if err != nil {
		return err
	}
	for i := range first.Items {
		b.add(&first.Items[i])
	}
	b.complete = first.Pages <= 1
	left := b.missing(codes)
	switch rest := first.Pages - 1; {
	case rest <= 0 || len(left) == 0:
		return nil
	case len(left) <= rest:
		return c.lookUpEach(ctx, b, left)
	}
	return c.lookUpAll(ctx, b, first)
}

// lookUpEach asks for one code after the other, several at a time. The filter may
// find similar codes as well, so the answers are compared.
func (c *client) lookUpEach(ctx context.Context, b *businessIndex, codes []string) error {
	found := make([][]wireBusiness, len(codes))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(8)
	for i, code := range codes {
		g.Go(func() error {
			for w, err := range c.businesses("code", code).All(ctx) {
				if err != nil {
					return err
				}
				if schema.NFC(w.Code) == code {
					found[i] = append(found[i], w)
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for _, of := range found {
		for i := range of {
			b.add(&of[i])
		}
	}
	return nil
}

// lookUpAll reads every business. The first page is at hand already.
func (c *client) lookUpAll(ctx context.Context, b *businessIndex, first rest.Page[wireBusiness]) error {
	for w, err := range startingWith(c.businesses(), first).All(ctx) {
		if err != nil {
			return err
		}
		b.add(&w)
	}
	b.complete = true
	return nil
}

// startingWith returns a list whose first page is at hand already. A second pass, after a
// change, asks for it again.
func startingWith[T any](l rest.List[T], first rest.Page[T]) rest.List[T] {
	fetch, used := l.Fetch, false
	l.Fetch = func(ctx context.Context, at rest.At) (rest.Page[T], error) {
		if at.Number == 1 && !used {
			used = true
			return first, nil
		}
		return fetch(ctx, at)
	}
	return l
}

// idsAtOnce is how many ids go into one request; idsAtMost is how many are looked
// up at all. They are only looked up to catch a mistake early and to show codes,
// and that is not worth a request for every hundred of a large roster.
const (
	idsAtOnce = 100
	idsAtMost = 300
)

// lookUpIDs finds out about ids, where that is cheap, and says whether it did.
func (c *client) lookUpIDs(ctx context.Context, b *businessIndex, ids []string) (bool, error) {
	if b.complete {
		return true, nil
	}
	left := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { _, known := b.codes[id]; return known })
	if len(left) > idsAtMost {
		return false, nil
	}
	for some := range slices.Chunk(left, idsAtOnce) {
		for w, err := range c.businesses("business__in", strings.Join(some, ",")).All(ctx) {
			if err != nil {
				return false, err
			}
			b.add(&w)
		}
	}
	return true, nil
}
