package roserocket

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/rest"
)

// The kinds of permission that a field can have in a document.
const (
	editor = "editor"
	viewer = "viewer"
	noKind = "none"
)

// A document is one permission as Rose Rocket answers it. Its text is kept, so that unknown parts
// are sent back unchanged.
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

// check returns an error if it is not a permission.
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

type wireGroup struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Type        string `json:"type"`
	Description string `json:"description"`
}

func (w *wireGroup) check() error {
	if w.ID == "" || w.Name == "" {
		return errors.New("a user group of the answer has no id or no name")
	}
	return nil
}

// reason returns the error message in the body of a failure: one string or several, or that of the
// issuer of tokens.
func reason(_ int, body []byte) string {
	var b struct {
		Message     json.RawMessage `json:"message"`
		Error       json.RawMessage `json:"error"`
		Description string          `json:"error_description"`
	}
	if json.Unmarshal(body, &b) != nil {
		return ""
	}
	for _, words := range []string{texts(b.Message), b.Description, texts(b.Error)} {
		if words != "" {
			return words
		}
	}
	return ""
}

func texts(v json.RawMessage) string {
	var one string
	if json.Unmarshal(v, &one) == nil {
		return one
	}
	var several []string
	if json.Unmarshal(v, &several) == nil {
		return strings.Join(several, "; ")
	}
	return ""
}
