package rest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// A Collection is a list of a product, which is read completely or not at all: see List.
// Names of members of the answer may contain dots: "meta.count".
type Collection[T any] struct {
	Client *Client
	Op     string     // for messages: "list users"
	Path   string     // as in Call
	Query  url.Values // sent with every page
	// Items is the name of the list in the answer; "" means that the answer is the list.
	// It is an error if the list is missing or null.
	Items string
	// ID returns the id of an item, which must not be empty.
	ID func(*T) string
	// Validate, if not nil, returns an error for an invalid item.
	Validate func(*T) error
	// Pages says how the list is divided into pages. The zero value is Whole.
	Pages Paging
	// Workers is how many pages are read in parallel; 0 means 8.
	Workers int

	first *Page[T] // read already; see StartingWith
}

// A Paging says how a page is requested, and what an answer says about the whole list. The
// zero value is that of Whole.
type Paging struct {
	setQuery func(q url.Values, at At)
	read     func(answer members, p *listInfo) error
	numbered bool // answers contain the number of pages
	named    bool // and each page names the next one
}

// A listInfo is what an answer says about the whole list.
type listInfo struct {
	pages, total int // as in Page
	next         string
}

// Whole is the Paging of a list in one answer.
func Whole() Paging { return Paging{} }

// ByPage sends the number of the page, from 1, in the parameter number. pages and total
// name the members with the numbers of pages and of items; total may be "".
func ByPage(number, pages, total string) Paging {
	return Paging{
		numbered: true,
		setQuery: func(q url.Values, at At) { q.Set(number, strconv.Itoa(at.Number)) },
		read: func(answer members, p *listInfo) error {
			var err, err2 error
			p.pages, err = answer.count(pages)
			if total != "" {
				p.total, err2 = answer.count(total)
			}
			return cmp.Or(err, err2)
		},
	}
}

// Naming returns the Paging of numbered pages that also name the next page, in the member next:
// a number, and 0 or null on the last page. A page that names another page than the one that
// follows means that the list changed.
func (p Paging) Naming(next string) Paging {
	read := p.read
	p.named = true
	p.read = func(answer members, to *listInfo) (err error) {
		if err = read(answer, to); err == nil {
			to.next, err = answer.token(next)
		}
		return err
	}
	return p
}

// ByOffset sends the number of rows before the page in the parameter offset, and most in
// the parameter size. The product may return fewer rows: the length of the first page is
// the length of all. total names the member with the number of items.
func ByOffset(offset, size string, most int, total string) Paging {
	return Paging{
		setQuery: func(q url.Values, at At) {
			q.Set(offset, strconv.Itoa(at.Offset))
			q.Set(size, strconv.Itoa(most))
		},
		read: func(answer members, p *listInfo) (err error) {
			p.total, err = answer.count(total)
			return err
		},
	}
}

// ByNext sends the token of the page in the parameter token, and none for the first page.
// next names the member with the token of the next page: a string or a number, or "", 0 or
// null on the last page. It must not be missing.
func ByNext(token, next string) Paging {
	return Paging{
		setQuery: func(q url.Values, at At) {
			if at.Token != "" {
				q.Set(token, at.Token)
			}
		},
		read: func(answer members, p *listInfo) (err error) {
			p.next, err = answer.token(next)
			return err
		},
	}
}

// All yields the items in the product's order, or only an error.
func (c Collection[T]) All(ctx context.Context) iter.Seq2[T, error] { return c.list().All(ctx) }

func (c Collection[T]) list() List[T] {
	first := c.first
	return List[T]{Op: c.Op, ID: c.ID, Client: c.Client, Workers: c.Workers, Fetch: func(ctx context.Context, at At) (Page[T], error) {
		if at.Number == 1 && first != nil {
			p := *first
			first = nil // when the list changed meanwhile, it is read anew
			return p, nil
		}
		return c.fetch(ctx, at)
	}}
}

// First reads the first page, which says how long the list is.
func (c Collection[T]) First(ctx context.Context) (Page[T], error) {
	return c.fetch(ctx, At{Number: 1})
}

// StartingWith returns the collection without the request for its first page, which First
// has read.
func (c Collection[T]) StartingWith(first Page[T]) Collection[T] {
	c.first = &first
	return c
}

// Slice returns all items. It is not nil if the error is nil.
func (c Collection[T]) Slice(ctx context.Context) ([]T, error) {
	pages, err := c.list().read(ctx)
	if err != nil {
		return nil, err
	}
	out := slices.Concat(pages...)
	if out == nil {
		out = []T{}
	}
	return out, nil
}

func (c Collection[T]) fetch(ctx context.Context, at At) (Page[T], error) {
	q := maps.Clone(c.Query)
	if c.Pages.setQuery != nil {
		if q == nil {
			q = url.Values{}
		}
		c.Pages.setQuery(q, at)
	}
	answer := listAnswer[T]{list: c.Items}
	var page Page[T]
	err := c.Client.Do(ctx, Call{Op: c.Op, Path: c.Path, Query: q, Validate: func() (err error) {
		page, err = c.page(&answer)
		return err
	}}, &answer)
	if err != nil || !c.Pages.named {
		return page, err
	}
	next := ""
	if at.Number < page.Pages {
		next = strconv.Itoa(at.Number + 1)
	}
	if page.Next != next {
		err = fmt.Errorf("%w: page %d of %d names %q as the next", ErrListChanged, at.Number, page.Pages, page.Next)
	}
	page.Next = ""
	return page, err
}

// page checks an answer, and what it says about the whole list.
func (c Collection[T]) page(answer *listAnswer[T]) (Page[T], error) {
	p := Page[T]{Items: answer.items, Total: -1}
	if err := RequireList(c.Items, p.Items); err != nil {
		return p, err
	}
	for i := range p.Items {
		if c.ID(&p.Items[i]) == "" {
			return p, fmt.Errorf("item %d of %q has no id", i+1, c.Items)
		}
		if c.Validate != nil {
			if err := c.Validate(&p.Items[i]); err != nil {
				return p, err
			}
		}
	}
	if c.Pages.read == nil {
		return p, nil
	}
	at := listInfo{total: -1}
	err := c.Pages.read(answer.around, &at)
	if err == nil && at.pages == 0 && at.total < 0 && at.next == "" && len(p.Items) > 0 && c.Pages.numbered {
		err = errors.New("the answer has items but says that there are no pages")
	}
	p.Pages, p.Total, p.Next = at.pages, at.total, at.next
	return p, err
}

// A listAnswer is an answer with a list. The list is most of it, so its items are decoded
// once, and not kept as text first.
type listAnswer[T any] struct {
	list   string // name of the list, as in Collection.Items
	items  []T
	around members
}

// UnmarshalJSON decodes an answer.
func (a *listAnswer[T]) UnmarshalJSON(text []byte) error {
	a.around = members{"": json.RawMessage("{}")}
	return a.decode(json.NewDecoder(bytes.NewReader(text)), "")
}

// decode decodes the value with the name, which is the list, contains it, or is something else.
func (a *listAnswer[T]) decode(text *json.Decoder, name string) error {
	switch {
	case name == a.list:
		a.items = nil
		return text.Decode(&a.items)
	case name != "" && !strings.HasPrefix(a.list, name+"."):
		var raw json.RawMessage
		err := text.Decode(&raw)
		a.around[name] = raw
		return err
	}
	a.around[name] = json.RawMessage("{}") // its members are entries of their own
	if start, err := text.Token(); err != nil || start != json.Delim('{') {
		return cmp.Or(err, fmt.Errorf("the answer is not an object with %q", a.list))
	}
	for text.More() {
		key, err := text.Token()
		if err != nil {
			return err
		}
		if err := a.decode(text, strings.TrimPrefix(fmt.Sprint(name, ".", key), ".")); err != nil {
			return err
		}
	}
	_, err := text.Token()
	return err
}

// members holds what an answer has beside its items, by name. Members of objects are added
// when they are read.
type members map[string]json.RawMessage

// read decodes the named member. It is an error if it is missing.
func (m members) read(name string, out any) error {
	raw, err := m.member(name)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, out)
}

// count decodes the named member as a number of pages or items.
func (m members) count(name string) (int, error) {
	var n *int
	if err := m.read(name, &n); err != nil {
		return 0, err
	}
	if n == nil || *n < 0 {
		return 0, fmt.Errorf("the answer has no number %q", name)
	}
	return *n, nil
}

// token decodes the named member, which names a page: a string or a number. It returns ""
// for "", 0 and null.
func (m members) token(name string) (token string, err error) {
	raw, err := m.member(name)
	var number json.Number // reads a number as it is written
	switch {
	case err != nil:
	case json.Unmarshal(raw, &token) == nil: // a string or null
	case json.Unmarshal(raw, &number) != nil:
		err = fmt.Errorf("%q is not a page token", name)
	case number != "0":
		token = number.String()
	}
	return token, err
}

func (m members) member(name string) (json.RawMessage, error) {
	if raw, known := m[name]; known {
		return raw, nil
	}
	parent, last := "", name
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		parent, last = name[:i], name[i+1:]
	}
	outer, err := m.member(parent)
	if err != nil {
		return nil, err
	}
	var of map[string]json.RawMessage
	if err := json.Unmarshal(outer, &of); err != nil {
		return nil, fmt.Errorf("the answer is not an object with %q: %w", name, err)
	}
	for key, raw := range of {
		m[strings.TrimPrefix(parent+"."+key, ".")] = raw
	}
	raw, there := of[last]
	if !there {
		return nil, fmt.Errorf("the answer has no %q", name)
	}
	return raw, nil
}
