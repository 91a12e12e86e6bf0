package emulator

import (
	"encoding/json"
	"net/http"
	"slices"
)

// A place is the role and the object in a URL of the permissions endpoint, with the stored
// document.
type place struct {
	role, object string
	live         json.RawMessage
}

// locate finds the document of the role on the object. Under unknown-key=empty, unknown keys
// have an empty document.
func (s *Server) locate(c *call) (*place, error) {
	p := &place{role: c.r.PathValue("role"), object: c.r.PathValue("object")}
	if row := s.permissions.Find(at(p.role, p.object)); row != nil {
		p.live = row.Document
		return p, nil
	}
	switch {
	case s.is("unknown-key", "empty"):
		d := &document{}
		d.complete(s.literal(noAccess))
		p.live = d.encode()
		return p, nil
	case s.is("unknown-key", "400"):
		return nil, badRequest("role and objectKey must be known")
	case s.is("unknown-key", "403"):
		return nil, forbidden()
	}
	return nil, notFound()
}

// parse parses the stored document. It panics if the shape is wrong, because only valid
// documents are stored.
func (p *permission) parse() *document {
	d, problems := parseDocument(p.Document)
	if len(problems) > 0 {
		panic("roserocket emulator: the document of " + p.Role + " on " + p.Object + " is wrong: " + problems[0])
	}
	return d
}

// complete adds the values that the document lacks: no rights, and the option.
func (d *document) complete(option string) {
	for _, name := range []string{"isCreateAllowed", "isDeleteAllowed"} {
		if !d.record.has(name) {
			d.record.setFlag(name, false)
		}
	}
	if !d.data.has("option") {
		d.data.setText("option", option)
	}
}

func (s *Server) getPermission(c *call) (any, error) {
	switch {
	case s.is("permissions-get", "404"):
		return nil, notFound()
	case s.is("permissions-get", "405"):
		return nil, &refusal{status: http.StatusMethodNotAllowed, texts: []string{"Method not allowed."}}
	}
	if !c.administers(false) {
		return nil, forbidden()
	}
	p, err := s.locate(c)
	if err != nil {
		return nil, err
	}
	return p.live, nil
}

// setPermission stores a document, or a part of one. The answer to a write is not documented;
// here it is the stored document.
func (s *Server) setPermission(c *call) (any, error) {
	if !c.administers(true) {
		return nil, forbidden()
	}
	p, err := s.locate(c)
	if err != nil {
		return nil, err
	}
	sent, problems := parseDocument(c.body)
	if len(problems) == 0 {
		problems = s.check(p.object, sent)
	}
	if len(problems) > 0 {
		return nil, badRequest(problems...)
	}
	live := (&permission{Role: p.role, Object: p.object, Document: p.live}).parse()
	d := s.combine(p.object, live, sent)
	s.settle(p.object, d, s.wordOf(live))
	s.putDocument(p.role, p.object, d)
	return s.permissions.Find(at(p.role, p.object)).Document, nil
}

// putDocument stores the document if it differs from the stored one.
func (s *Server) putDocument(role, object string, d *document) {
	text := d.encode()
	if old := s.permissions.Find(at(role, object)); old != nil && string(old.Document) == string(text) {
		return
	}
	s.permissions.Put(at(role, object), &permission{Role: role, Object: object, Document: text})
}

// check returns the problems of the values in a document that was sent.
func (s *Server) check(object string, sent *document) []string {
	p := &problems{}
	if option, ok := sent.data.text("option"); ok {
		if _, known := s.wordFor(option); !known {
			p.add("data.option must be one of the known values")
		}
	}
	o := s.objects.Find(object)
	if o == nil { // unknown-key=empty
		return p.texts
	}
	for _, b := range sent.boards {
		if !slices.Contains(o.Boards, keyOf(b)) {
			p.add("boards.%s is not a board of %s", keyOf(b), object)
		}
	}
	for _, f := range sent.fields {
		s.checkField(p, object, f)
	}
	return p.texts
}

func (s *Server) checkField(p *problems, object string, row orderedObject) {
	key := keyOf(row)
	f := s.fields[object][key]
	if f == nil {
		p.add("data.fields.%s is not a field of %s", key, object)
		return
	}
	kind, _ := row.text("permissionType")
	switch {
	case kind == none && !s.is("hidden", "viewer"):
	case kind != viewer && kind != editor:
		p.add("data.fields.%s.permissionType must be one of the known values", key)
	case kind == editor && f.Derived && s.is("derived", "refused"):
		p.add("data.fields.%s: derived field cannot be written", key)
	}
}

// combine returns the document to store, from the stored one and the one that was sent.
func (s *Server) combine(object string, live, sent *document) *document {
	switch {
	case s.is("write", "merge"):
		return &document{
			top: sent.top.over(live.top), record: sent.record.over(live.record), data: sent.data.over(live.data),
			boards: merge(live.boards, sent.boards), fields: merge(live.fields, sent.fields),
		}
	case s.is("write", "reset"):
		s.reset(object, sent)
	}
	sent.complete(s.literal(noAccess))
	return sent
}

// merge returns the live entries, each with the members of the sent one with its key, and
// then the other sent entries.
func merge(live, sent []orderedObject) []orderedObject {
	out, over := []orderedObject{}, byKey(sent)
	for _, b := range live {
		out = append(out, over[keyOf(b)].over(b))
	}
	there := byKey(live)
	for _, b := range sent {
		if there[keyOf(b)] == nil {
			out = append(out, b)
		}
	}
	return out
}

// reset grants all rights that the sent document does not mention, as if they had never been
// restricted.
func (s *Server) reset(object string, d *document) {
	for _, name := range []string{"isCreateAllowed", "isDeleteAllowed"} {
		if !d.record.has(name) {
			d.record.setFlag(name, true)
		}
	}
	if !d.data.has("option") {
		d.data.setText("option", s.literal(full))
	}
	o := s.objects.Find(object)
	if o == nil {
		return
	}
	boards, fields := byKey(d.boards), byKey(d.fields)
	for _, key := range o.Boards {
		if boards[key] == nil {
			d.boards = append(d.boards, board(key, false))
		}
	}
	for i := range o.Fields {
		if fields[o.Fields[i].Key] == nil {
			d.fields = append(d.fields, s.row(&o.Fields[i], full))
		}
	}
}

// settle changes a document to the form in which it is stored.
func (s *Server) settle(object string, d *document, before word) {
	for i := range d.fields {
		row := &d.fields[i]
		f := s.fields[object][keyOf(*row)]
		if f == nil {
			continue // unknown-key=empty
		}
		r := rightOn(*row)
		if r == edits && f.Derived && s.is("derived", "lowered") {
			r = reads
		}
		s.setRight(row, r)
		describe(row, f)
	}
	s.align(object, d)
	if after := s.wordOf(d); s.is("boards-follow", "yes") && (after == noAccess) != (before == noAccess) {
		for i := range d.boards {
			d.boards[i].setFlag("isDisabled", after == noAccess)
		}
	}
}

// describe writes the properties of a field into its row, and replaces those that were sent.
func describe(row *orderedObject, f *Field) {
	if f.Description != "" {
		row.setText("description", f.Description)
	} else {
		row.drop("description")
	}
	row.setFlag("isDerived", f.Derived)
	row.setFlag("isConnection", f.Connection)
	if is := f.system(); is != nil {
		row.setFlag("isSystemGenerated", *is)
	} else {
		row.drop("isSystemGenerated")
	}
}

// board returns an entry of boards.
func board(key string, disabled bool) orderedObject {
	var b orderedObject
	b.setText("key", key)
	b.setFlag("isDisabled", disabled)
	return b
}

// row returns the entry of data.fields for a field in a document with the word. Its members
// are in the order of the documented example.
func (s *Server) row(f *Field, w word) orderedObject {
	var b orderedObject
	b.setText("key", f.Key)
	if f.Description != "" {
		b.setText("description", f.Description)
	}
	b.setText("permissionType", "")
	b.setFlag("isDerived", f.Derived)
	b.setFlag("isDisabled", false)
	if is := f.system(); is != nil {
		b.setFlag("isSystemGenerated", *is)
	}
	b.setFlag("isConnection", f.Connection)
	s.allow(&b, w, f.Derived)
	return b
}
