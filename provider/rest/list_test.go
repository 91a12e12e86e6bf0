package rest_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
)

type item struct{ ID string }

// collect drains a list.
func collect(l rest.List[item]) ([]string, error) {
	var out []string
	for x, err := range l.All(context.Background()) {
		if err != nil {
			return out, err
		}
		out = append(out, x.ID)
	}
	return out, nil
}

func ids(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = strconv.Itoa(i)
	}
	return out
}

// rows returns the page of a list of n items, size to a page.
func rows(n, size, from int) []item {
	out := []item{}
	for i := from; i < min(n, from+size); i++ {
		out = append(out, item{strconv.Itoa(i)})
	}
	return out
}

// The forms in which products page: numbers with the last one told, offsets with
// a total, tokens, and no pages at all.
func forms(n, size int) map[string]func(context.Context, rest.At) (rest.Page[item], error) {
	pages := max(1, (n+size-1)/size)
	return map[string]func(context.Context, rest.At) (rest.Page[item], error){
		"number": func(_ context.Context, at rest.At) (rest.Page[item], error) {
			return rest.Page[item]{Items: rows(n, size, (at.Number-1)*size), Pages: pages, Total: n}, nil
		},
		"number without a total": func(_ context.Context, at rest.At) (rest.Page[item], error) {
			return rest.Page[item]{Items: rows(n, size, (at.Number-1)*size), Pages: pages, Total: -1}, nil
		},
		"offset": func(_ context.Context, at rest.At) (rest.Page[item], error) {
			return rest.Page[item]{Items: rows(n, size, at.Offset), Total: n}, nil
		},
		"token": func(_ context.Context, at rest.At) (rest.Page[item], error) {
			number := 1
			if at.Token != "" {
				var err error
				if number, err = strconv.Atoi(at.Token); err != nil {
					return rest.Page[item]{}, err
				}
			}
			p := rest.Page[item]{Items: rows(n, size, (number-1)*size), Total: n}
			if number < pages {
				p.Next = strconv.Itoa(number + 1)
			}
			return p, nil
		},
		"everything at once": func(context.Context, rest.At) (rest.Page[item], error) {
			return rest.Page[item]{Items: rows(n, n, 0), Total: -1}, nil
		},
	}
}

func TestListYieldsEverythingInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, size, workers := rapid.IntRange(0, 60).Draw(t, "n"), rapid.IntRange(1, 20).Draw(t, "size"), rapid.IntRange(0, 5).Draw(t, "workers")
		for name, fetch := range forms(n, size) {
			got, err := collect(rest.List[item]{Op: "list items", Fetch: fetch, ID: func(x *item) string { return x.ID }, Workers: workers})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if d := cmp.Diff(strings.Join(ids(n), " "), strings.Join(got, " ")); d != "" {
				t.Fatalf("%s: %s", name, d)
			}
		}
	})
}

// A list that moves while it is read: first the pages of one pass, then those of
// the next. What never fits ends in an error and yields nothing.
func TestListNoticesChanges(t *testing.T) {
	steady := func(n, size int) func(at rest.At) rest.Page[item] {
		return func(at rest.At) rest.Page[item] {
			return rest.Page[item]{Items: rows(n, size, (at.Number-1)*size), Pages: (n + size - 1) / size, Total: n}
		}
	}
	on := func(page int, change func(p *rest.Page[item])) func(at rest.At) rest.Page[item] {
		return func(at rest.At) rest.Page[item] {
			p := steady(30, 10)(at)
			if at.Number == page {
				change(&p)
			}
			return p
		}
	}
	moves := map[string]struct {
		page func(at rest.At) rest.Page[item]
		want string
	}{
		"the total grows":      {on(3, func(p *rest.Page[item]) { p.Total = 31 }), "first 30 items, then 31"},
		"a page is added":      {on(2, func(p *rest.Page[item]) { p.Pages = 4 }), "first 3 pages, then 4"},
		"a page is short":      {on(2, func(p *rest.Page[item]) { p.Items = p.Items[:9] }), "the answer says 30 items, but has 29"},
		"a page is empty":      {on(2, func(p *rest.Page[item]) { p.Items = p.Items[:0] }), "page 2 of 3 is empty"},
		"an item slipped":      {on(3, func(p *rest.Page[item]) { p.Items[0].ID = "19" }), `the item "19" appears twice`},
		"the first is empty":   {on(1, func(p *rest.Page[item]) { p.Items = p.Items[:0] }), "the first of 3 pages is empty"},
		"more pages than rows": {on(1, func(p *rest.Page[item]) { p.Pages = 1 << 40 }), "the answer says 1099511627776 pages for 30 items"},
		"the token leads back": {func(at rest.At) rest.Page[item] {
			return rest.Page[item]{Items: rows(99, 10, at.Offset), Total: -1, Next: "again"}
		}, "a page repeats"},
		"tokens without end": {func(at rest.At) rest.Page[item] {
			return rest.Page[item]{Items: rows(9999, 10, at.Offset), Total: 30, Next: strconv.Itoa(at.Number)}
		}, "the answer says 30 items, but has 40"},
	}
	for name, move := range moves {
		t.Run(name, func(t *testing.T) {
			var firsts atomic.Int64
			list := func(bad int64) rest.List[item] {
				firsts.Store(0)
				return rest.List[item]{Op: "list items", ID: func(x *item) string { return x.ID }, Fetch: func(_ context.Context, at rest.At) (rest.Page[item], error) {
					if at.Number == 1 {
						firsts.Add(1)
					}
					if firsts.Load() <= bad {
						return move.page(at), nil
					}
					return steady(30, 10)(at), nil
				}}
			}
			got, err := collect(list(2))
			if err != nil || len(got) != 30 || firsts.Load() != 3 {
				t.Errorf("moving twice: %d items in %d passes, %v", len(got), firsts.Load(), err)
			}
			got, err = collect(list(99))
			var told *provider.Error
			if !errors.As(err, &told) || !errors.Is(err, rest.ErrListChanged) || len(got) != 0 || firsts.Load() != 3 {
				t.Fatalf("moving always: %d items in %d passes, %v", len(got), firsts.Load(), err)
			}
			if !strings.Contains(err.Error(), "list items: the list changed while it was read: "+move.want) || told.Hint == "" {
				t.Errorf("%v; %s", err, told.Hint)
			}
		})
	}
}

func TestListEndsWithTheFirstError(t *testing.T) {
	broken := errors.New("broken")
	for page := 1; page <= 3; page++ {
		var passes atomic.Int64
		got, err := collect(rest.List[item]{ID: func(x *item) string { return x.ID }, Fetch: func(_ context.Context, at rest.At) (rest.Page[item], error) {
			if at.Number == 1 {
				passes.Add(1)
			}
			if at.Number == page {
				return rest.Page[item]{}, broken
			}
			return rest.Page[item]{Items: rows(30, 10, at.Offset), Pages: 3, Total: 30}, nil
		}})
		if !errors.Is(err, broken) || len(got) != 0 || passes.Load() != 1 {
			t.Errorf("page %d: %d items, %d passes, %v", page, len(got), passes.Load(), err)
		}
	}
}

// The reader may leave early; nothing is left running (see TestMain).
func TestListLeftEarly(t *testing.T) {
	l := rest.List[item]{ID: func(x *item) string { return x.ID }, Fetch: forms(100, 7)["number"]}
	n := 0
	for range l.All(t.Context()) {
		if n++; n == 10 {
			break
		}
	}
	if n != 10 {
		t.Errorf("%d items", n)
	}
}

// A whole list over HTTP: pages in parallel, under one budget, some refused.
func TestListOverHTTP(t *testing.T) {
	p := serve(t, func(n int, w http.ResponseWriter, r *http.Request) {
		if n%5 == 0 {
			say(w, 503, "")
			return
		}
		page, err := strconv.Atoi(r.URL.Query().Get("page"))
		if err != nil {
			t.Error(err)
		}
		var users []string
		for i := (page - 1) * 100; i < min(page*100, 1234); i++ {
			users = append(users, fmt.Sprintf(`{"id":"%d"}`, i))
		}
		say(w, 200, fmt.Sprintf(`{"page":%d,"max_page":13,"count":1234,"users":[%s]}`, page, strings.Join(users, ",")))
	})
	config := p.config(t)
	config.Budget = 240
	c := rest.New(config)
	got, err := collect(rest.List[item]{
		Op: "list users", ID: func(x *item) string { return x.ID },
		Fetch: func(ctx context.Context, at rest.At) (rest.Page[item], error) {
			var out struct {
				MaxPage int `json:"max_page"`
				Count   int
				Users   []item
			}
			call := rest.Call{Op: "list users", Path: "/user/search", Query: url.Values{"page": {strconv.Itoa(at.Number)}}}
			err := c.Do(ctx, call, &out)
			return rest.Page[item]{Items: out.Users, Pages: out.MaxPage, Total: out.Count}, err
		},
	})
	if err != nil || strings.Join(got, " ") != strings.Join(ids(1234), " ") {
		t.Errorf("%d items, %v", len(got), err)
	}
	if c.Sent() != p.requests() || c.Sent() < 13 {
		t.Errorf("%d sent, %d came", c.Sent(), p.requests())
	}
}

// A page without a list is no empty page, wherever in the list it stands: it ends the
// list at once, and no item is yielded.
func TestListWithoutItems(t *testing.T) {
	for _, bad := range []int{1, 2, 3} {
		for _, token := range []bool{false, true} {
			fetches := 0
			l := rest.List[item]{Op: "list items", ID: func(x *item) string { return x.ID }, Workers: 1, Fetch: func(_ context.Context, at rest.At) (rest.Page[item], error) {
				fetches++
				p := rest.Page[item]{Items: rows(30, 10, (at.Number-1)*10), Pages: 3, Total: 30}
				if token {
					p.Pages = 0
					if p.Next = ""; at.Number < 3 {
						p.Next = strconv.Itoa(at.Number + 1)
					}
				}
				if at.Number == bad {
					p.Items, p.Total = nil, 0
				}
				return p, nil
			}}
			got, err := collect(l)
			if err == nil || !strings.Contains(err.Error(), "has no list") || len(got) != 0 || fetches > 3 {
				t.Errorf("page %d, by token %v: %d items after %d fetches, error %v", bad, token, len(got), fetches, err)
			}
		}
	}
}

// A list whose first page holds an item twice, and one whose second page cannot be
// fetched, yield nothing.
func TestListOfTokensFails(t *testing.T) {
	broken := errors.New("broken")
	list := func(fetch func(at rest.At) (rest.Page[item], error)) ([]string, error) {
		return collect(rest.List[item]{Op: "list items", ID: func(x *item) string { return x.ID },
			Fetch: func(_ context.Context, at rest.At) (rest.Page[item], error) { return fetch(at) }})
	}
	got, err := list(func(rest.At) (rest.Page[item], error) {
		return rest.Page[item]{Items: []item{{"1"}, {"1"}}, Total: 2}, nil
	})
	if len(got) != 0 || !errors.Is(err, rest.ErrListChanged) || !strings.Contains(err.Error(), `the item "1" appears twice`) {
		t.Errorf("%v, %v", got, err)
	}
	got, err = list(func(at rest.At) (rest.Page[item], error) {
		if at.Token != "" {
			return rest.Page[item]{}, broken
		}
		return rest.Page[item]{Items: []item{{"1"}}, Total: -1, Next: "2"}, nil
	})
	if len(got) != 0 || !errors.Is(err, broken) {
		t.Errorf("%v, %v", got, err)
	}
}
