package roserocket

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Rose Rocket documents how permissions are written, and not that they can be read.
// Where they cannot be, all that is known of one is what rolecall wrote last, and
// what it writes cannot be checked.

// A readability is whether permissions can be read.
type readability struct {
	mu    sync.Mutex
	known visibility
}

type visibility int

const (
	unsure visibility = iota
	seen
	unseen
)

func (s *readability) can() visibility {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.known
}

func (s *readability) saw() { s.set(seen) }

func (s *readability) set(v visibility) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known = v
}

// canRead finds out, after a permission could not be read, whether any can. It asks
// for those that every organization has, unless they are among those tried.
func (c *client) canRead(ctx context.Context, err error, tried ...string) (bool, error) {
	switch v := c.readability.can(); {
	case v != unsure:
		return v == seen, nil
	case provider.Status(err) == http.StatusMethodNotAllowed:
		c.readability.set(unseen)
		return false, nil
	}
	for _, object := range probes {
		role := c.settings.ownRole()
		if slices.Contains(tried, schema.JoinKey(role, object)) {
			continue
		}
		if _, err := c.document(ctx, role, object); err == nil {
			return true, nil
		} else if !nothingThere(err) {
			return false, err
		}
	}
	c.readability.set(unseen)
	return false, nil
}

// recalled is a permission that cannot be read, as it was written last. Where that
// is not known either, nothing but its key is.
func (c *client) recalled(o schema.Object) schema.Object {
	if last, ok := c.lastWritten(o.Addr); ok {
		return last
	}
	p := o.Body.(*Permission)
	live := c.Object(&permissionKind, o.Addr.Key, &Permission{Role: p.Role, Object: p.Object}, permissionKind.Mask("role", "object"))
	live.LastWritten = true
	if c.recall != nil {
		last, _ := c.recall(o.Addr)
		live.OutcomeUnknown = last.OutcomeUnknown
	}
	return live
}

// lastWritten is what this client wrote, or what the journal says.
func (c *client) lastWritten(a schema.Address) (schema.Object, bool) {
	c.documents.mu.Lock()
	last, ok := c.documents.wrote[a.Key]
	c.documents.mu.Unlock()
	if !ok && c.recall != nil {
		last, ok = c.recall(a)
	}
	if !ok {
		return schema.Object{}, false
	}
	p, is := last.Body.(*Permission)
	if !is || schema.JoinKey(p.Role, p.Object) != a.Key || last.Set&permissionSet != permissionSet {
		return schema.Object{}, false // from another version, or not whole
	}
	live := c.Object(&permissionKind, a.Key, last.Clone().Body, permissionSet)
	live.LastWritten = true
	return live, true
}

// writeUnseen writes a permission that cannot be read, from what is known of it.
func (c *client) writeUnseen(ctx context.Context, r provider.Request) (schema.Object, error) {
	want := r.Want.Body.(*Permission)
	text, err := c.documents.unread(r.Addr.Key, want)
	if err != nil {
		return schema.Object{}, fmt.Errorf("nothing was written: %w", err)
	}
	if err := c.post(ctx, want, text); err != nil {
		c.documents.note(r.Addr.Key, schema.Object{}) // it may have taken effect
		return schema.Object{}, err
	}
	r.Written()
	now := c.Object(&permissionKind, r.Addr.Key, r.Want.Clone().Body, permissionSet)
	now.LastWritten = true
	c.documents.note(r.Addr.Key, now)
	return now, nil
}

// note remembers what was written, where it cannot be read. An object without a body
// is not known any more.
func (s *documentCache) note(key string, o schema.Object) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.wrote == nil {
		s.wrote = map[string]schema.Object{}
	}
	s.wrote[key] = o
}
