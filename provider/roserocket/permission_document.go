package roserocket

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// An orderedObject is a JSON object as it was written: the order of its members, those that
// rolecall does not know, and the way in which values are written stay.
type orderedObject []member

type member struct {
	name  string
	value json.RawMessage
}

func openBag(text []byte) (orderedObject, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("a part of the permission is not a JSON object")
	}
	var b orderedObject
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return nil, err
		}
		m := member{name: t.(string)}
		if err := dec.Decode(&m.value); err != nil {
			return nil, err
		}
		b = append(b, m)
	}
	return b, nil
}

// value returns the text of the named member, or nil.
func (b orderedObject) value(name string) json.RawMessage {
	for i := len(b) - 1; i >= 0; i-- {
		if b[i].name == name {
			return b[i].value
		}
	}
	return nil
}

// set sets the value of a member, and appends it if it is new.
func (b *orderedObject) set(name string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	found := false
	for i := range *b {
		if (*b)[i].name == name {
			(*b)[i].value, found = text, true
		}
	}
	if !found {
		*b = append(*b, member{name, text})
	}
	return nil
}

// MarshalJSON writes the members in their order.
func (b orderedObject) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, m := range b {
		if i > 0 {
			out.WriteByte(',')
		}
		name, err := json.Marshal(m.name)
		if err != nil {
			return nil, err
		}
		out.Write(name)
		out.WriteByte(':')
		out.Write(m.value)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// edited returns the document's text with the changes of the permission. Other parts keep their
// text. It is an error if the document has no such field or board, or if the result would not
// be the desired permission.
func (d *document) edited(want *Permission) (json.RawMessage, error) {
	top, err := openBag(d.raw)
	if err != nil {
		return nil, err
	}
	have := &Permission{}
	d.fill(have)
	for _, step := range []func(*orderedObject, *Permission, *Permission) error{editBoards, editRecord, editData} {
		if err := step(&top, have, want); err != nil {
			return nil, err
		}
	}
	text, err := json.Marshal(top)
	if err != nil {
		return nil, err
	}
	return text, says(text, want)
}

// says reads the text once more and holds it against what is wanted.
func says(text json.RawMessage, want *Permission) error {
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		return err
	}
	if err := d.check(); err != nil {
		return err
	}
	got := &Permission{}
	d.fill(got)
	if want.Option != got.Option && want.Option != "" {
		return errors.New("the permission cannot be written so that its option is as wanted")
	}
	for what, pair := range map[string][2]map[string]bool{"board": {want.Boards, got.Boards}, "record": {want.Record, got.Record}} {
		for _, key := range slices.Sorted(maps.Keys(pair[0])) {
			if on, there := pair[1][key]; !there || on != pair[0][key] {
				return fmt.Errorf("the permission cannot be written with %s %q as wanted", what, key)
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(want.Access)) {
		if got.Access[key] != want.Access[key] {
			return fmt.Errorf("the permission cannot be written with the field %q as wanted", key)
		}
	}
	return nil
}

func editBoards(top *orderedObject, have, want *Permission) error {
	return editList(top, "boards", func(b *orderedObject, key string) error {
		shown, said := want.Boards[key]
		if !said || shown == have.Boards[key] {
			return nil
		}
		return b.set("isDisabled", !shown)
	})
}

func editRecord(top *orderedObject, have, want *Permission) error {
	record := orderedObject{}
	if text := top.value("record"); text != nil && string(text) != "null" {
		var err error
		if record, err = openBag(text); err != nil {
			return err
		}
	}
	changed := false
	for _, right := range [][2]string{{recordCreate, "isCreateAllowed"}, {recordDelete, "isDeleteAllowed"}} {
		if on, said := want.Record[right[0]]; said && on != have.Record[right[0]] {
			changed = true
			if err := record.set(right[1], on); err != nil {
				return err
			}
		}
	}
	if !changed {
		return nil
	}
	return top.set("record", record)
}

func editData(top *orderedObject, have, want *Permission) error {
	data, err := openBag(top.value("data"))
	if err != nil {
		return err
	}
	if want.Option != "" && want.Option != have.Option {
		if err := data.set("option", want.Option); err != nil {
			return err
		}
	}
	err = editList(&data, "fields", func(f *orderedObject, key string) error {
		right, said := want.Access[key]
		if !said || right == have.Access[key] {
			return nil
		}
		return f.allow(right)
	})
	if err != nil {
		return err
	}
	return top.set("data", data)
}

// allow writes a right into the entry of a field.
func (b *orderedObject) allow(right string) error {
	kind := viewer
	switch right {
	case edit:
		kind = editor
	case read, hide:
	default:
		return fmt.Errorf("%q is no right that can be given", right)
	}
	if err := b.set("permissionType", kind); err != nil {
		return err
	}
	return b.set("isDisabled", right == hide)
}

// editList passes every entry of a list through change.
func editList(in *orderedObject, name string, change func(entry *orderedObject, key string) error) error {
	text := in.value(name)
	if text == nil {
		return nil
	}
	var entries []json.RawMessage
	if err := json.Unmarshal(text, &entries); err != nil {
		return err
	}
	for i := range entries {
		entry, err := openBag(entries[i])
		if err != nil {
			return err
		}
		var key string
		if err := json.Unmarshal(entry.value("key"), &key); err != nil {
			return fmt.Errorf("an entry of %s has no key: %w", name, err)
		}
		if err := change(&entry, key); err != nil {
			return err
		}
		if entries[i], err = json.Marshal(entry); err != nil {
			return err
		}
	}
	return in.set(name, entries)
}

// composed writes a permission of which nothing but the body is known.
func composed(p *Permission) (json.RawMessage, error) {
	boards := []orderedObject{}
	for _, key := range slices.Sorted(maps.Keys(p.Boards)) {
		var b orderedObject
		if err := errors.Join(b.set("key", key), b.set("isDisabled", !p.Boards[key])); err != nil {
			return nil, err
		}
		boards = append(boards, b)
	}
	fields := []orderedObject{}
	for _, key := range slices.Sorted(maps.Keys(p.Access)) {
		var f orderedObject
		if err := errors.Join(f.set("key", key), f.allow(p.Access[key])); err != nil {
			return nil, err
		}
		fields = append(fields, f)
	}
	return json.Marshal(map[string]any{
		"boards": boards,
		"record": map[string]any{"isCreateAllowed": p.Record[recordCreate], "isDeleteAllowed": p.Record[recordDelete]},
		"data":   map[string]any{"option": p.Option, "fields": fields},
	})
}
