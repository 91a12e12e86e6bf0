package tines

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
)

const (
	// perPage is the largest page that Tines gives.
	perPage = 500
	// atOnce is how many requests are under way at a time: Tines documents no
	// number, so it is a small one.
	atOnce = 4
)

// A listing is one list to read to its end.
type listing[T any] struct {
	op    string
	path  string
	rows  string // name of the list in the answer
	query url.Values
	id    func(*T) string
	known func(*T) error // what makes a row no row
}

// all reads the whole list, or ends with an error. That the list is not there at
// all never means that it is empty: Tines answers 404 where a right is missing.
func all[T any](ctx context.Context, c *client, l listing[T]) ([]T, error) {
	pages := rest.List[T]{
		Op: l.op, ID: l.id, Client: c.rest, Workers: atOnce,
		Fetch: func(ctx context.Context, at rest.At) (rest.Page[T], error) { return fetch(ctx, c, l, at) },
	}
	out := []T{}
	for row, err := range pages.All(ctx) {
		if err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}

func fetch[T any](ctx context.Context, c *client, l listing[T], at rest.At) (rest.Page[T], error) {
	q := url.Values{"page": {strconv.Itoa(at.Number)}, "per_page": {strconv.Itoa(perPage)}}
	if at.Token != "" {
		q.Set("page", at.Token)
	}
	for name, values := range l.query {
		q[name] = values
	}
	var p wirePage[T]
	err := c.rest.Do(ctx, rest.Call{Op: l.op, Path: l.path, Query: q, Validate: func() error { return p.check(l) }}, &p)
	if err != nil {
		return rest.Page[T]{}, hidden(err)
	}
	return p.place(l.rows, at)
}

// place says where a page stands in its list. Where the first one tells how many
// there are and names the second as the next, the others are read side by side;
// otherwise one after the other, as each names the next.
func (p *wirePage[T]) place(rows string, at rest.At) (rest.Page[T], error) {
	page := rest.Page[T]{Items: p.rows(rows), Total: *p.Meta.Count}
	next, pages := p.Meta.Next.Number, p.Meta.Pages
	fits := next == 0 && at.Number == pages || next == at.Number+1 && at.Number < pages
	switch first := at.Number == 1; {
	case fits && at.Token == "":
		page.Pages = pages
	case first || at.Token != "":
		if next > 0 {
			page.Next = strconv.Itoa(next)
		}
	default:
		return page, fmt.Errorf("%w: page %d of %d names %d as the next", rest.ErrListChanged, at.Number, pages, next)
	}
	return page, nil
}

// check makes sure that the page has the list, and says what follows it.
func (p *wirePage[T]) check(l listing[T]) error {
	rows := p.rows(l.rows)
	if err := rest.RequireList(l.rows, rows); err != nil {
		return err
	}
	switch {
	case p.Meta == nil || p.Meta.Count == nil || !p.Meta.Next.Set:
		return errors.New("the answer does not say how long the list is and what follows")
	}
	for i := range rows {
		if err := l.known(&rows[i]); err != nil {
			return err
		}
	}
	return nil
}

// hidden gives a 404 on a list its meaning: the key may not see it.
func hidden(err error) error {
	var e *provider.Error
	if errors.As(err, &e) && e.Status == 404 && !errors.Is(err, provider.ErrNotFound) {
		e.Err = provider.ErrCredentials
	}
	return err
}

// missing gives a 404 on one object its meaning: it is gone, if the list that it
// would be in can still be read, and otherwise the key has lost its rights.
func (c *client) missing(ctx context.Context, err error, path string) error {
	var e *provider.Error
	if !errors.As(err, &e) || e.Status != 404 {
		return err
	}
	var page struct {
		Meta *wireMeta `json:"meta"`
	}
	probe := rest.Call{Op: e.Op, Path: path, Query: url.Values{"page": {"1"}, "per_page": {"20"}}, Validate: func() error {
		if page.Meta == nil {
			return errors.New("the answer is not a page of a list")
		}
		return nil
	}}
	if err := c.rest.Do(ctx, probe, &page); err != nil {
		return hidden(err)
	}
	e.Err = provider.ErrNotFound
	return err
}

// A wirePage is one page of any list: each has its rows under a name of its own.
type wirePage[T any] struct {
	Roles   []T       `json:"admin/roles"`
	Users   []T       `json:"admin/users"`
	Teams   []T       `json:"teams"`
	Members []T       `json:"members"`
	Meta    *wireMeta `json:"meta"`
}

// rows gives the rows under a name.
func (p *wirePage[T]) rows(name string) []T {
	switch name {
	case "admin/roles":
		return p.Roles
	case "admin/users":
		return p.Users
	case "teams":
		return p.Teams
	case "members":
		return p.Members
	}
	panic("tines: no list is called " + name)
}

// A wireMeta says where a page stands in its list.
type wireMeta struct {
	Next  told `json:"next_page_number"`
	Pages int  `json:"pages"`
	Count *int `json:"count"`
}

// told is a number that may be null, which differs from a number that is missing.
type told struct {
	Set    bool
	Number int // 0 for null
}

// UnmarshalJSON is called only where the field is there.
func (t *told) UnmarshalJSON(b []byte) error {
	t.Set = true
	if bytes.Equal(b, []byte("null")) {
		return nil
	}
	return json.Unmarshal(b, &t.Number)
}
