package partoo

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Store codes are resolved to business ids here. The business search has a filter for many
// codes whose name is not documented, a filter for one code, and pages of all businesses. The
// first page says how many pages there are. Then the cheaper of the two documented ways is
// used: the remaining codes one by one, or the remaining pages.

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

// missing lists the codes that are not in the index, in order.
func (b *businessIndex) missing(codes []string) []string {
	return slices.DeleteFunc(slices.Clone(codes), func(code string) bool { return b.ids[code] != "" })
}

// businesses is the search for businesses, with a filter or for all.
func (c *client) businesses(filter ...string) rest.Collection[wireBusiness] {
	return rest.Collection[wireBusiness]{
		Client: c.rest, Op: "list businesses", Path: "/business/search", Query: c.pageQuery(filter...),
		Items: "businesses", Pages: paging(), ID: (*wireBusiness).id,
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
	first, err := all.First(ctx)
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
	for w, err := range all.StartingWith(first).All(ctx) {
		if err != nil {
			return err
		}
		b.add(&w)
	}
	b.complete = true
	return nil
}

// lookUpEach searches for each code, several at a time. The filter may find similar codes
// too, so the answers are compared.
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

// idsAtOnce is how many ids one request has. More than idsAtMost are not looked up: it would
// only find mistakes earlier and show codes, which is not worth many requests.
const (
	idsAtOnce = 100
	idsAtMost = 300
)

// lookUpIDs looks ids up if that takes few requests, and reports whether it did.
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

// Labels returns the code and the name of every business, by id.
func (c *client) Labels(ctx context.Context) (map[string]string, error) {
	labels := map[string]string{}
	for w, err := range c.businesses().All(ctx) {
		if err != nil {
			return nil, err
		}
		labels[w.id()] = cmp.Or(w.label(), w.id())
	}
	return labels, nil
}
