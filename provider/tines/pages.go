package tines

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
)

const (
	// perPage is the largest page that Tines returns.
	perPage = 500
	// maxConcurrent is how many requests are sent at a time. Tines documents no limit, so
	// the number is small.
	maxConcurrent = 4
)

// list reads a whole list, or ends with an error. A 404 never means that the list is empty:
// Tines answers it where the key lacks a right.
func list[T any](ctx context.Context, c *client, l rest.Collection[T]) ([]T, error) {
	query := url.Values{"per_page": {strconv.Itoa(perPage)}}
	for name, values := range l.Query {
		query[name] = values
	}
	l.Client, l.Query, l.Workers = c.rest, query, maxConcurrent
	l.Pages = rest.ByPage("page", "meta.pages", "meta.count").Naming("meta.next_page_number")
	rows, err := l.Slice(ctx)
	return rows, denied(err)
}

// denied returns err, and where it is a 404 makes it say that the key lacks a right.
func denied(err error) error {
	var e *provider.Error
	if errors.As(err, &e) && e.Status == http.StatusNotFound && !errors.Is(err, provider.ErrNotFound) {
		e.Err = provider.ErrCredentials
	}
	return err
}

// goneOrDenied returns err, and where it is the 404 of one object makes it say what it
// means: the object is gone if the list at path can still be read, and otherwise the key
// lacks a right.
func (c *client) goneOrDenied(ctx context.Context, err error, path string) error {
	var e *provider.Error
	if !errors.As(err, &e) || e.Status != http.StatusNotFound {
		return err
	}
	var page struct {
		Meta *struct{} `json:"meta"`
	}
	probe := rest.Call{Op: e.Op, Path: path, Query: url.Values{"page": {"1"}, "per_page": {"20"}}, Validate: func() error {
		if page.Meta == nil {
			return errors.New("the answer is not a page of a list")
		}
		return nil
	}}
	if err := c.rest.Do(ctx, probe, &page); err != nil {
		return denied(err)
	}
	e.Err = provider.ErrNotFound
	return err
}

// create makes an object and returns its id, or "" if the answer has no body.
func (c *client) create(ctx context.Context, op, path string, fields map[string]any) (id string, err error) {
	var made struct {
		ID wireID `json:"id"`
	}
	err = c.rest.Do(ctx, rest.Call{Op: op, Method: http.MethodPost, Path: path, Body: fields, AllowEmpty: true}, &made)
	return string(made.ID), denied(err)
}

// write updates or deletes an object of the list at path. The call may be repeated.
func (c *client) write(ctx context.Context, path string, call rest.Call) error {
	call.Idempotent = true
	return c.goneOrDenied(ctx, c.rest.Do(ctx, call, nil), path)
}
