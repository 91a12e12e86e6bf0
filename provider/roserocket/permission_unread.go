package roserocket

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// Rose Rocket documents how permissions are written, but not that they can be read. If they
// cannot be read, rolecall knows only what it wrote last, and cannot verify what it writes.

func (r *resolving) cannotSee(o *schema.Object) {
	f := o.Problem("roserocket/unseen", "", "Permissions cannot be read",
		"Rose Rocket lets them be written and answers no question about them. They are compared with what rolecall wrote last, as its journal says; "+
			"changes that were made elsewhere are not seen, and what is written is not checked.").Warn()
	if r.findings.at[fmt.Sprint(f.Code, "\x00", schema.Pos{}, "\x00")] == nil {
		f.Addr, f.Pos = schema.Address{Provider: r.Tenant}, schema.Pos{}
		r.once("", o, f)
	}
}

func (r *resolving) notEnough(o *schema.Object, lacks []string) {
	r.once(strings.Join(lacks, " "), o, o.Problem("roserocket/unseen-permission", "", "Too little is known to write this permission",
		fmt.Sprintf("Permissions cannot be read, the journal tells of no earlier write of %s, and Rose Rocket does not document what becomes of what is left out. "+
			"Write document = file(\"...\") with the JSON of the permission, copied from Rose Rocket in the browser; then the file may name only what it changes. "+
			"Or the file has to say everything: it lacks %s.", o.Addr.Key, text.List(lacks, len(lacks)))))
}

func (r *resolving) needless(o *schema.Object) {
	r.once("", o, o.Problem("roserocket/needless-document", "document", "The document is not used",
		fmt.Sprintf("Permissions can be read in this organization, so %s is written into what is live. Take document out.", o.Addr.Key)).Warn())
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

// unseenPermission resolves a permission that cannot be read: against the document of its block,
// or what was written last, or alone if the file declares everything.
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

// lacking lists what a file has to set for a permission that cannot be read.
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

// lastWrittenPermission returns a permission that cannot be read, as it was written last. If that
// is not known, it has only its key.
func (c *client) lastWrittenPermission(o schema.Object) schema.Object {
	if last, ok := c.lastWritten(o.Addr); ok {
		return last
	}
	p := o.Body.(*Permission)
	live := c.Object(&permissionKind, o.Addr.Key, &Permission{Role: p.Role, Object: p.Object}, permissionKind.Mask("role", "object"))
	live.LastWritten = true
	if c.journal != nil {
		last, _ := c.journal(o.Addr)
		live.OutcomeUnknown = last.OutcomeUnknown
	}
	return live
}

// lastWritten returns what this client wrote, or what the journal says.
func (c *client) lastWritten(a schema.Address) (schema.Object, bool) {
	c.documents.mu.Lock()
	last, ok := c.documents.written[a.Key]
	c.documents.mu.Unlock()
	if !ok && c.journal != nil {
		last, ok = c.journal(a)
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
		c.documents.setWritten(r.Addr.Key, schema.Object{}) // it may have taken effect
		return schema.Object{}, err
	}
	r.Accepted()
	now := c.Object(&permissionKind, r.Addr.Key, r.Want.Clone().Body, permissionSet)
	now.LastWritten = true
	c.documents.setWritten(r.Addr.Key, now)
	return now, nil
}

// setWritten stores what was written, if it cannot be read. An object without a body is unknown.
func (s *documentCache) setWritten(key string, o schema.Object) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.written == nil {
		s.written = map[string]schema.Object{}
	}
	s.written[key] = o
}

// base keeps the document that the files give of a permission.
func (s *documentCache) base(key string, d *document) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bases == nil {
		s.bases = map[string]*document{}
	}
	s.bases[key] = d
}

// unread returns the text to write of a permission that cannot be read: the document
// from the files with the rights in it, or what the body says.
func (s *documentCache) unread(key string, want *Permission) (json.RawMessage, error) {
	s.mu.Lock()
	base := s.bases[key]
	s.mu.Unlock()
	if base != nil {
		return base.edited(want)
	}
	return composed(want)
}
