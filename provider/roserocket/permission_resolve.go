package roserocket

import (
	"context"
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

// resolveOffline writes the fields that files name one by one into access.
func resolveOffline(desired []schema.Object) []string {
	more := false
	for i := range desired {
		p, is := desired[i].Body.(*Permission)
		if !is {
			continue
		}
		access := map[string]string{}
		for _, right := range fieldLists {
			for _, field := range p.Fields[right] {
				if !isPattern(field) {
					access[field] = right
				} else {
					more = true
				}
			}
		}
		more = more || p.Data == dataFull || p.Data == dataRead
		p.Access = access
		desired[i].Set |= permissionKind.Mask("access")
	}
	if more {
		return []string{"Only Rose Rocket knows which fields there are, so fields that the files name by a pattern or not at all are not considered."}
	}
	return nil
}

// readAll reads every declared permission. It is an error if it cannot be decided whether one
// exists.
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
			if err != nil && !mayNotExist(err) && provider.Status(err) != http.StatusForbidden {
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
	return out, c.checkReadability(ctx, keys, all)
}

// checkReadability finds out whether permissions can be read at all, if none was.
func (c *client) checkReadability(ctx context.Context, keys []string, all []reading) error {
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

// resolve resolves one permission, or reports why it cannot.
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
		r.reportMissing(o, read.err)
	}
}
