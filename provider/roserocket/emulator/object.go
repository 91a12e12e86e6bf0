package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// An Object is a kind of record, as Rose Rocket's Object Builder knows it.
type Object struct {
	Key    string   `json:"key"`
	Boards []string `json:"boards,omitempty"` // keys, which need not be the object's
	Fields []Field  `json:"fields"`
}

// A Field is what a document tells of a field beside the rights on it. In a seed
// it may be the key alone.
type Field struct {
	Key         string `json:"key"`
	Description string `json:"description,omitempty"`
	Derived     bool   `json:"derived,omitempty"`    // computed, so nobody can write it
	Connection  bool   `json:"connection,omitempty"` // links to another object
}

// UnmarshalJSON also takes the key alone.
func (f *Field) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		*f = Field{}
		return json.Unmarshal(data, &f.Key)
	}
	type plain Field // without this method
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	return dec.Decode((*plain)(f))
}

// custom fields end in "__c".
func (f *Field) custom() bool { return strings.HasSuffix(f.Key, "__c") }

// system is isSystemGenerated of a document, which connections do not have.
func (f *Field) system() *bool {
	if f.Connection {
		return nil
	}
	is := !f.custom()
	return &is
}

// AddField is what somebody does in the user interface: the object gets another
// field, and the documents of all roles a row for it. Who may edit some field of
// the object may edit the new one, too.
func (s *Server) AddField(objectKey string, f Field) error {
	return s.Do(func() error {
		old := s.objects.Find(objectKey)
		if old == nil {
			return fmt.Errorf("there is no object %q", objectKey)
		}
		if s.fields[objectKey][f.Key] != nil {
			return fmt.Errorf("object %q has a field %q already", objectKey, f.Key)
		}
		now := *old
		now.Fields = append(slices.Clone(old.Fields), f)
		s.objects.Put(objectKey, &now)
		for role := range s.roles.All() {
			if p := s.permissions.Find(at(role, objectKey)); p != nil {
				s.addRow(p, &f)
			}
		}
		return nil
	})
}

func (s *Server) addRow(p *permission, f *Field) {
	d := p.parse()
	w := s.wordOf(d)
	if w == custom {
		w = full
	}
	d.fields = append(d.fields, s.row(f, w))
	s.putDocument(p.Role, p.Object, d)
}
