package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// An Object is a type of record in Rose Rocket's Object Builder.
type Object struct {
	Key    string   `json:"key"`
	Boards []string `json:"boards,omitempty"` // keys of boards
	Fields []Field  `json:"fields"`
}

// A Field is a field of an object, with what documents say about it beside the rights. In a
// seed it may be the key alone.
type Field struct {
	Key         string `json:"key"`
	Description string `json:"description,omitempty"`
	Derived     bool   `json:"derived,omitempty"`    // computed, so no user can write it
	Connection  bool   `json:"connection,omitempty"` // links to another object
}

// UnmarshalJSON accepts an object, or a string with the key.
func (f *Field) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		*f = Field{}
		return json.Unmarshal(data, &f.Key)
	}
	type plain Field // has no UnmarshalJSON
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	return dec.Decode((*plain)(f))
}

// custom reports whether the field is a custom one: its key ends in "__c".
func (f *Field) custom() bool { return strings.HasSuffix(f.Key, "__c") }

// system returns isSystemGenerated as documents have it; nil for connections, which lack it.
func (f *Field) system() *bool {
	if f.Connection {
		return nil
	}
	is := !f.custom()
	return &is
}

// AddField adds a field to an object, as users do in Rose Rocket's app. The documents of all
// roles get a row for it: with the rights of their option, or with all rights if the option
// is custom.
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
