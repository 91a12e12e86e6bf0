package emulator

import (
	"encoding/json"
	"net/http"
)

// A place is what a URL of the permissions endpoint names.
type place struct {
	role, object string
	live         json.RawMessage
}

// locate finds the role and the object. Where keys are open, those that nobody
// knows have an empty document.
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

// parse takes apart what is stored, which has the right shape.
func (p *permission) parse() *document {
	d, problems := parseDocument(p.Document)
	if len(problems) > 0 {
		panic("roserocket emulator: the document of " + p.Role + " on " + p.Object + " is wrong: " + problems[0])
	}
	return d
}

// complete gives the document the sections that it lacks, with no right in them.
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

// setPermission takes a document, or a part of one. What a write answers is not
// documented; here it is the document.
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

// putDocument stores the document, if it is another one than before.
func (s *Server) putDocument(role, object string, d *document) {
	text := d.encode()
	if old := s.permissions.Find(at(role, object)); old != nil && string(old.Document) == string(text) {
		return
	}
	s.permissions.Put(at(role, object), &permission{Role: role, Object: object, Document: text})
}
