package emulator

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// params are the fields of a call that can be sent in the query.
type params map[string]kind

// A kind is how a field is written in a query.
type kind int

const (
	text kind = iota
	number
	boolean
	list // name[]=a&name[]=b
)

// read decodes what a call sends. A body that is not said to be JSON is not read.
func (s *Server) read(c *call, p params) error {
	if c.r.Method == http.MethodGet || c.r.Method == http.MethodHead || c.r.Method == http.MethodDelete {
		return nil
	}
	data, err := io.ReadAll(c.r.Body)
	if err != nil {
		return malformed()
	}
	if media, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		data = nil
	}
	if c.body, err = emulator.ParseBody(data); err != nil {
		return malformed()
	}
	if p == nil || s.is("params", "body") {
		return nil
	}
	fields := p.parse(c.query)
	if s.is("params", "both") {
		sent := map[string]json.RawMessage{}
		if len(data) > 0 {
			if err := json.Unmarshal(data, &sent); err != nil {
				return malformed()
			}
		}
		for name, value := range sent {
			fields[name] = value
		}
	}
	c.body, err = bodyOf(fields)
	return err
}

// parse turns a query into the fields of a body. What is not of its kind stays a
// text, to be refused as that.
func (p params) parse(q url.Values) map[string]any {
	fields := map[string]any{}
	for name, k := range p {
		switch {
		case k == list && (q.Has(name+"[]") || q.Has(name)):
			fields[name] = slices.Concat(q[name+"[]"], q[name])
		case !q.Has(name) || k == list:
		case k == number:
			fields[name] = q.Get(name)
			if n, err := strconv.Atoi(q.Get(name)); err == nil {
				fields[name] = n
			}
		case k == boolean:
			fields[name] = q.Get(name)
			if b, err := strconv.ParseBool(q.Get(name)); err == nil {
				fields[name] = b
			}
		default:
			fields[name] = q.Get(name)
		}
	}
	return fields
}

func bodyOf(fields map[string]any) (*emulator.Body, error) {
	data, err := json.Marshal(fields)
	if err != nil {
		return nil, err
	}
	return emulator.ParseBody(data)
}

// known refuses fields beside these, where that matters.
func (s *Server) known(b *emulator.Body, names ...string) {
	if s.is("unknown-fields", "ignore") {
		return
	}
	for _, name := range b.Names() {
		if !slices.Contains(names, name) {
			b.Refuse(name, "is not a parameter")
		}
	}
}

// words reads a text that must not be blank where it is sent; needed says that it
// must be sent.
func words(b *emulator.Body, name string, needed bool) (value string, sent bool) {
	if !b.Has(name) {
		if needed {
			b.Refuse(name, "is missing")
		}
		return "", false
	}
	value, sent = emulator.Field[string](b, name, "is not a string")
	if value == "" {
		b.Refuse(name, "can't be blank")
	}
	return value, sent
}
