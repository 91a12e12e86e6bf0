package roserocket

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/rolecall-dev/rolecall/provider/rest"
)

// The kinds of permission that a field can have in a document.
const (
	editor = "editor"
	viewer = "viewer"
	noKind = "none"
)

// A document is one permission as Rose Rocket answers it. The text is kept, so that
// what rolecall does not know goes back as it came.
type document struct {
	raw json.RawMessage
	wireDocument
}

type wireDocument struct {
	Boards []wireBoard `json:"boards"`
	Record struct {
		Create bool `json:"isCreateAllowed"`
		Delete bool `json:"isDeleteAllowed"`
	} `json:"record"`
	Data *struct {
		Option string       `json:"option"`
		Fields *[]wireField `json:"fields"`
	} `json:"data"`
}

type wireBoard struct {
	Key      string `json:"key"`
	Disabled bool   `json:"isDisabled"`
}

type wireField struct {
	Key      string `json:"key"`
	Kind     string `json:"permissionType"`
	Disabled bool   `json:"isDisabled"`
	Derived  bool   `json:"isDerived"`
}

// UnmarshalJSON keeps the text and reads what it says.
func (d *document) UnmarshalJSON(b []byte) error {
	d.raw, d.wireDocument = bytes.Clone(b), wireDocument{}
	return json.Unmarshal(b, &d.wireDocument)
}

// parseDocument reads a document from a file.
func parseDocument(text string) (*document, error) {
	d := &document{}
	if err := json.Unmarshal([]byte(text), d); err != nil {
		return nil, fmt.Errorf("it cannot be read: %w", err)
	}
	return d, d.check()
}

// check says what makes it no permission.
func (d *document) check() error {
	if d.Data == nil || d.Data.Fields == nil {
		return errors.New("the answer is not a permission with its fields")
	}
	if err := rest.RequireList("boards", d.Boards); err != nil {
		return err
	}
	seen := make(map[string]bool, len(*d.Data.Fields))
	for _, f := range *d.Data.Fields {
		switch {
		case f.Key == "":
			return errors.New("a field of the permission has no key")
		case seen[f.Key]:
			return fmt.Errorf("the permission has the field %q twice", f.Key)
		}
		seen[f.Key] = true
	}
	clear(seen)
	for _, b := range d.Boards {
		switch {
		case b.Key == "":
			return errors.New("a board of the permission has no key")
		case seen[b.Key]:
			return fmt.Errorf("the permission has the board %q twice", b.Key)
		}
		seen[b.Key] = true
	}
	return nil
}

// right is what the role may do with the field, or Rose Rocket's own word where it
// is an unknown one. Its vendor's tools and its documentation write what is hidden
// in two ways, which mean the same; a derived field cannot be edited, whatever a
// document says.
func (f *wireField) right() string {
	switch {
	case f.Disabled || f.Kind == noKind:
		return hide
	case f.Kind == viewer, f.Kind == editor && f.Derived:
		return read
	case f.Kind == editor:
		return edit
	case f.Kind == "":
		return "unknown"
	}
	return f.Kind
}

// rows lists the fields with their rights, in the document's order.
func (d *document) rows() []row {
	out := make([]row, len(*d.Data.Fields))
	for i := range *d.Data.Fields {
		f := &(*d.Data.Fields)[i]
		out[i] = row{f.Key, f.right(), f.Derived}
	}
	return out
}

// fill writes what the document says into a body.
func (d *document) fill(p *Permission) {
	p.Option = d.Data.Option
	p.Boards = make(map[string]bool, len(d.Boards))
	for _, b := range d.Boards {
		p.Boards[b.Key] = !b.Disabled
	}
	p.Record = map[string]bool{recordCreate: d.Record.Create, recordDelete: d.Record.Delete}
	p.Access = make(map[string]string, len(*d.Data.Fields))
	for i := range *d.Data.Fields {
		f := &(*d.Data.Fields)[i]
		p.Access[f.Key] = f.right()
	}
}

// shape is the word of data that the rights on fields can only belong to, or ""
// where they are not clear. What is partly read and partly edited is not: some
// fields may be more than even full gives.
func shape(rows []row) string {
	n := map[string]int{}
	own := 0
	for _, f := range rows {
		n[f.right]++
		if !f.derived {
			own++
		}
	}
	switch {
	case own == 0 || n[edit]+n[read]+n[hide] != len(rows):
		return ""
	case n[hide] == len(rows):
		return dataNone
	case n[hide] > 0:
		return dataCustom
	case n[edit] == own:
		return dataFull
	case n[read] == len(rows):
		return dataRead
	}
	return ""
}

// fits reports whether every field has just what the word of data gives.
func fits(data string, rows []row) bool {
	for _, f := range rows {
		if f.right != maxRight(data, f.derived) {
			return false
		}
	}
	return true
}
