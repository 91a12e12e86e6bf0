package roserocket

import (
	"context"
	"errors"
	"net/http"

	"golang.org/x/sync/errgroup"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Resolve reads the declared permissions, each once, and writes what data and
// fields come to for their live fields into access and option.
func (c *client) Resolve(ctx context.Context, desired []schema.Object) (provider.Resolved, error) {
	var declared []*schema.Object
	labels := map[string]string{}
	for i := range desired {
		switch body := desired[i].Body.(type) {
		case *Permission:
			declared = append(declared, &desired[i])
		case *User:
			if body.Email != "" {
				labels[body.ID] = body.Email
			}
		}
	}
	if len(declared) == 0 {
		return provider.Resolved{Labels: labels}, nil
	}
	readings, err := c.readAll(ctx, declared)
	if err != nil {
		return provider.Resolved{}, err
	}
	c.documents.plan(readings)
	r := &resolving{client: c, readings: readings}
	r.learn(declared)
	for _, o := range declared {
		r.resolve(o)
	}
	return provider.Resolved{Findings: r.found(), Labels: labels}, nil
}

// readAll reads every declared permission. It is an error where it cannot be found
// out whether one is there.
func (c *client) readAll(ctx context.Context, declared []*schema.Object) (map[string]reading, error) {
	var keys []string
	out := make(map[string]reading, len(declared))
	asked := make([]*Permission, 0, len(declared))
	for _, o := range declared {
		if _, twice := out[o.Addr.Key]; !twice {
			out[o.Addr.Key] = reading{}
			keys = append(keys, o.Addr.Key)
			asked = append(asked, o.Body.(*Permission))
		}
	}
	all := make([]reading, len(keys))
	g, ctx2 := errgroup.WithContext(ctx)
	g.SetLimit(c.settings.parallel())
	for i, p := range asked {
		g.Go(func() error {
			d, err := c.document(ctx2, p.Role, p.Object)
			all[i] = reading{d, err}
			if err != nil && !nothingThere(err) && provider.Status(err) != http.StatusForbidden {
				return err
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	for i, key := range keys {
		out[key] = all[i]
	}
	return out, c.settleSight(ctx, keys, all)
}

// settleSight finds out whether permissions can be read at all, where none was.
func (c *client) settleSight(ctx context.Context, keys []string, all []reading) error {
	var absent, refused error
	for _, r := range all {
		switch {
		case r.err == nil:
			return nil
		case provider.Status(r.err) == http.StatusForbidden:
			refused = r.err
		case absent == nil || provider.Status(r.err) == http.StatusMethodNotAllowed:
			absent = r.err
		}
	}
	if absent == nil {
		return refused
	}
	if _, err := c.canRead(ctx, absent, keys...); err != nil {
		return err
	}
	return nil
}

// A resolving is the permissions of one tenant while they are resolved.
type resolving struct {
	*client
	readings map[string]reading
	findings
	kept     unlisted // fields about which the files say nothing
	lowered  unlisted // fields that data lowers although others keeps them
	skipped  unlisted // derived fields that a pattern for editing would match
	patterns patterns
}

// learn takes the literals from what was read.
func (r *resolving) learn(declared []*schema.Object) {
	var docs []*document
	for _, o := range declared {
		if d := r.readings[o.Addr.Key].doc; d != nil {
			docs = append(docs, d)
		} else if base, ok := r.baseline(o); ok {
			docs = append(docs, base)
		} else if last, ok := r.remembered(o); ok {
			docs = append(docs, last)
		}
	}
	r.literals.learn(docs)
}

// remembered is what was written last of a permission that cannot be read, in the
// form of a document.
func (r *resolving) remembered(o *schema.Object) (*document, bool) {
	if r.readability.can() != unseen {
		return nil, false
	}
	last, ok := r.lastWritten(o.Addr)
	if !ok {
		return nil, false
	}
	text, err := composed(last.Body.(*Permission))
	if err != nil {
		return nil, false
	}
	d := &document{}
	if err := errors.Join(d.UnmarshalJSON(text), d.check()); err != nil {
		return nil, false
	}
	return d, true
}

// baseline is the document of a block whose permission cannot be read. It is kept for the
// write.
func (r *resolving) baseline(o *schema.Object) (*document, bool) {
	if r.readability.can() != unseen || !o.Has("document") {
		return nil, false
	}
	d, err := parseDocument(o.Body.(*Permission).Document)
	if err != nil {
		return nil, false // validatePermission says so
	}
	r.documents.base(o.Addr.Key, d)
	return d, true
}

// resolve resolves one permission, or tells why it cannot be.
func (r *resolving) resolve(o *schema.Object) {
	read := r.readings[o.Addr.Key]
	switch {
	case read.doc != nil && len(*read.doc.Data.Fields) == 0 && len(read.doc.Boards) == 0:
		r.empty(o)
	case read.doc != nil:
		if o.Has("document") {
			r.needless(o)
		}
		r.permission(o, read.doc)
	case r.readability.can() == unseen:
		r.unseenPermission(o)
	default:
		r.noSuch(o, read.err)
	}
}

// unseenPermission resolves a permission that cannot be read: against the document of
// its block, or what was written last, or else by itself where the file says everything.
func (r *resolving) unseenPermission(o *schema.Object) {
	r.cannotSee(o)
	if base, ok := r.baseline(o); ok {
		r.permission(o, base)
		return
	}
	if last, ok := r.remembered(o); ok {
		r.permission(o, last)
		return
	}
	p := o.Body.(*Permission)
	if lacks := r.lacking(o, p); len(lacks) > 0 {
		r.notEnough(o, lacks)
		return
	}
	want := &Permission{Option: noAccess, Boards: p.Boards, Record: p.Record, Access: map[string]string{}}
	for _, name := range fieldLists {
		for _, m := range p.Fields[name] {
			want.Access[m] = hide
		}
	}
	d := &document{}
	if text, err := composed(want); err == nil && d.UnmarshalJSON(text) == nil {
		r.permission(o, d)
	}
}

// lacking lists what a file has to say of a permission of which nothing is known.
func (r *resolving) lacking(o *schema.Object, p *Permission) []string {
	var out []string
	if !o.Has("data") {
		out = append(out, "data")
	}
	if len(p.Record) < 2 {
		out = append(out, "record with create and delete")
	}
	if len(p.Boards) == 0 {
		out = append(out, "boards with every board of the object")
	}
	named, pattern := 0, false
	for _, name := range fieldLists {
		for _, m := range p.Fields[name] {
			named++
			pattern = pattern || isPattern(m)
		}
	}
	if named == 0 || pattern || len(p.Fields[others]) > 0 {
		out = append(out, "fields with the name of every field and without patterns and others")
	}
	return out
}
