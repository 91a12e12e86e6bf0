package roserocket

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A documentCache keeps documents by key: those that planning has read, which serve it
// alone, and those that were read right before a write, which serve that write.
type documentCache struct {
	mu      sync.Mutex
	planned map[string]reading
	fresh   map[string]*document
	written map[string]schema.Object // where nothing can be read
	bases   map[string]*document     // from the files, likewise
}

// A reading is what came of reading a permission for planning.
type reading struct {
	doc *document
	err error
}

func (s *documentCache) plan(readings map[string]reading) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.planned = readings
}

func (s *documentCache) reading(key string) (reading, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.planned[key]
	return r, ok
}

func (s *documentCache) put(key string, d *document) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fresh == nil {
		s.fresh = map[string]*document{}
	}
	s.fresh[key] = d
}

// take hands over the document that was read before a write. What planning has
// read is void from then on.
func (s *documentCache) take(key string) *document {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.fresh[key]
	delete(s.fresh, key)
	delete(s.planned, key)
	return d
}

func permissionPath(role, object string) string {
	return "/permissions/roles/" + url.PathEscape(role) + "/objectKey/" + url.PathEscape(object)
}

// document asks for a permission.
func (c *client) document(ctx context.Context, role, object string) (*document, error) {
	d := &document{}
	call := rest.Call{Op: "read permission", Path: permissionPath(role, object), NotFoundIsGone: true, Raw: &d.raw, Validate: func() error { return d.check() }}
	if err := c.rest.Do(ctx, call, &d.wireDocument); err != nil {
		return nil, err
	}
	c.readability.saw()
	return d, nil
}

// readPermission reads the permission. While planning, it returns what was read before, if the
// files declare the permission.
func (c *client) readPermission(ctx context.Context, o schema.Object) (schema.Object, error) {
	p := o.Body.(*Permission)
	planning := o.ID == ""
	if o.LastWritten {
		return c.lastWrittenPermission(o), nil
	}
	var d *document
	var err error
	if r, known := c.documents.reading(o.Addr.Key); planning && known {
		d, err = r.doc, r.err
	} else {
		d, err = c.document(ctx, p.Role, p.Object)
	}
	switch {
	case err == nil:
	case mayNotExist(err):
		can, probed := c.canRead(ctx, err, schema.JoinKey(p.Role, p.Object))
		switch {
		case probed != nil:
			return schema.Object{}, probed
		case !can:
			return c.lastWrittenPermission(o), nil
		}
		return schema.Object{}, &provider.Error{Op: "read permission", Reason: "Rose Rocket has no permission " + o.Addr.Key, Err: provider.ErrNotFound}
	case planning && provider.Status(err) == http.StatusForbidden && c.readability.can() == seen:
		return schema.Object{}, &provider.Error{Op: "read permission", Reason: "this account may not see it", Err: provider.ErrNotFound}
	default:
		return schema.Object{}, err
	}
	if planning {
		return c.livePermission(p, d, nil), nil
	}
	c.documents.put(o.Addr.Key, d)
	return c.livePermission(p, d, p), nil
}

// permissionSet has the attributes of a live permission.
var permissionSet = permissionKind.Mask("role", "object", "data", "option", "boards", "record", "access")

// livePermission makes an object of a document. The hint helps to name its option.
func (c *client) livePermission(key *Permission, d *document, hint *Permission) schema.Object {
	body := &Permission{Role: key.Role, Object: key.Object}
	d.fill(body)
	body.Data = c.literals.word(body.Option, hint)
	return c.Object(&permissionKind, schema.JoinKey(key.Role, key.Object), body, permissionSet)
}

// writePermission writes the whole document, because the API does not document what happens to
// parts that are left out. The document that it replaces was read right before.
func (c *client) writePermission(ctx context.Context, r provider.Request) (schema.Object, error) {
	want := r.Want.Body.(*Permission)
	defer c.writing.lock(want.Role)()
	if r.Have.LastWritten {
		return c.writeUnseen(ctx, r)
	}
	d := c.documents.take(r.Addr.Key)
	if d == nil {
		var err error
		if d, err = c.document(ctx, want.Role, want.Object); err != nil {
			return schema.Object{}, err
		}
	}
	text, err := d.edited(want)
	if err != nil {
		return schema.Object{}, fmt.Errorf("nothing was written: %w", err)
	}
	if err := c.post(ctx, want, text); err != nil {
		return schema.Object{}, err
	}
	r.Accepted()
	d, err = c.document(ctx, want.Role, want.Object)
	if err != nil {
		return schema.Object{}, readBack(err)
	}
	return c.livePermission(want, d, want), nil
}

// post sends a document. It can be repeated.
func (c *client) post(ctx context.Context, p *Permission, text []byte) error {
	return c.rest.Do(ctx, rest.Call{
		Op: "write permission", Method: http.MethodPost, Path: permissionPath(p.Role, p.Object), Body: rawBody(text), Idempotent: true,
	}, nil)
}

// A rawBody is JSON already.
type rawBody []byte

func (b rawBody) MarshalJSON() ([]byte, error) {
	if len(b) == 0 {
		return nil, errors.New("there is nothing to send")
	}
	return b, nil
}
