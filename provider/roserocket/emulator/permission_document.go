package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// A document is the parsed permission of one role on one object.
type document struct {
	top    orderedObject // all members; encode replaces boards, record and data
	boards []orderedObject
	record orderedObject
	data   orderedObject // encode replaces fields
	fields []orderedObject
}

// The values of permissionType: those of the example, and none, which only the text names.
const (
	editor = "editor"
	viewer = "viewer"
	none   = "none"
)

// parseDocument parses a document, and returns all problems of its shape. Sections may be
// missing.
func parseDocument(text []byte) (*document, []string) {
	var compact bytes.Buffer
	err := json.Compact(&compact, text)
	d := &document{}
	if err == nil {
		d.top, err = parseObject(compact.Bytes())
	}
	if err != nil {
		return nil, []string{"the body must be an object"}
	}
	p := &problems{}
	d.boards = p.list(d.top, "boards", "boards", p.board)
	d.record = p.section(d.top, "record")
	for _, name := range []string{"isCreateAllowed", "isDeleteAllowed"} {
		p.boolean(d.record, name, "record."+name, d.record.has(name))
	}
	d.data = p.section(d.top, "data")
	if _, ok := d.data.text("option"); d.data != nil && !ok {
		p.add("data.option must be a string")
	}
	d.fields = p.list(d.data, "fields", "data.fields", p.field)
	return d, p.texts
}

// encode returns the document as JSON.
func (d *document) encode() json.RawMessage {
	d.top.put("boards", encodeList(d.boards))
	d.top.put("record", d.record.encode())
	d.data.put("fields", encodeList(d.fields))
	d.top.put("data", d.data.encode())
	return d.top.encode()
}

// problems collects the problems of a document.
type problems struct{ texts []string }

func (p *problems) add(format string, args ...any) {
	p.texts = append(p.texts, fmt.Sprintf(format, args...))
}

// section reads an object inside another one; a missing one is nil.
func (p *problems) section(in orderedObject, name string) orderedObject {
	if !in.has(name) {
		return nil
	}
	b, err := parseObject(in.find(name))
	if err != nil {
		p.add("%s must be an object", name)
	}
	return b
}

// list reads a list of objects, each with a key of its own; a missing one is nil.
func (p *problems) list(in orderedObject, name, path string, check func(b orderedObject, path string)) []orderedObject {
	if !in.has(name) {
		return nil
	}
	raw, ok := decoded[[]json.RawMessage](in.find(name))
	if !ok {
		p.add("%s must be an array", path)
		return nil
	}
	list, seen := make([]orderedObject, 0, len(raw)), map[string]bool{}
	for i, text := range raw {
		b, err := parseObject(text)
		key, ok := b.text("key")
		switch {
		case err != nil:
			p.add("%s.%d must be an object", path, i)
			continue
		case !ok || key == "":
			p.add("%s.%d.key must be a string", path, i)
			continue
		case seen[key]:
			p.add("%s has %s more than once", path, key)
		}
		seen[key] = true
		check(b, path+"."+key)
		list = append(list, b)
	}
	return list
}

func (p *problems) board(b orderedObject, path string) {
	p.boolean(b, "isDisabled", path+".isDisabled", true)
}

func (p *problems) field(b orderedObject, path string) {
	p.boolean(b, "isDisabled", path+".isDisabled", true)
	if _, ok := b.text("permissionType"); !ok {
		p.add("%s.permissionType must be a string", path)
	}
}

func (p *problems) boolean(b orderedObject, name, path string, needed bool) {
	if _, ok := b.flag(name); needed && !ok {
		p.add("%s must be a boolean", path)
	}
}

// byKey returns the entries of a list by their keys.
func byKey(list []orderedObject) map[string]orderedObject {
	all := make(map[string]orderedObject, len(list))
	for _, b := range list {
		all[keyOf(b)] = b
	}
	return all
}

// keyOf returns the key of an entry. Every entry has one.
func keyOf(b orderedObject) string {
	key, _ := b.text("key")
	return key
}

// An orderedObject is a JSON object that keeps all members, also unknown ones, in their order.
// Their values are compact.
type orderedObject []member

type member struct {
	name  string
	value json.RawMessage
}

// parseObject reads a compact JSON object. Of members with the same name the last one counts.
func parseObject(data []byte) (orderedObject, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	first, err := dec.Token()
	if err != nil {
		return nil, err
	}
	if first != json.Delim('{') {
		return nil, errors.New("not an object")
	}
	b := orderedObject{}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, err
		}
		b.put(name.(string), value)
	}
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("more than one value")
	}
	return b, nil
}

// find returns the value of the member, or nil.
func (b orderedObject) find(name string) json.RawMessage {
	for _, m := range b {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

func (b orderedObject) has(name string) bool { return b.find(name) != nil }

// text returns a string member; ok is false if there is none.
func (b orderedObject) text(name string) (v string, ok bool) { return decoded[string](b.find(name)) }

// flag returns a boolean member; ok is false if there is none.
func (b orderedObject) flag(name string) (v, ok bool) { return decoded[bool](b.find(name)) }

// is reports whether the object has the flag and it is true.
func is(b orderedObject, name string) bool {
	v, ok := b.flag(name)
	return v && ok
}

func decoded[T any](data json.RawMessage) (v T, ok bool) {
	if data == nil || string(data) == "null" || json.Unmarshal(data, &v) != nil {
		var zero T
		return zero, false
	}
	return v, true
}

func (b *orderedObject) put(name string, value json.RawMessage) {
	for i := range *b {
		if (*b)[i].name == name {
			(*b)[i].value = value
			return
		}
	}
	*b = append(*b, member{name, value})
}

func (b *orderedObject) setText(name, text string) { b.put(name, quoted(text)) }

func (b *orderedObject) setFlag(name string, yes bool) {
	if yes {
		b.put(name, json.RawMessage("true"))
		return
	}
	b.put(name, json.RawMessage("false"))
}

func (b *orderedObject) drop(name string) {
	*b = slices.DeleteFunc(*b, func(m member) bool { return m.name == name })
}

// over returns the members of low in their order, with the values of b where b has them, and
// then the other members of b.
func (b orderedObject) over(low orderedObject) orderedObject {
	out := slices.Clone(low)
	for _, m := range b {
		out.put(m.name, m.value)
	}
	return out
}

// encode returns the object as JSON, with the members in order.
func (b orderedObject) encode() json.RawMessage { return b.append(nil) }

func (b orderedObject) append(out []byte) []byte {
	out = append(out, '{')
	for i, m := range b {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(out, quoted(m.name)...), ':')
		out = append(out, m.value...)
	}
	return append(out, '}')
}

// encodeList returns a list of objects as JSON.
func encodeList(list []orderedObject) json.RawMessage {
	out := []byte{'['}
	for i, b := range list {
		if i > 0 {
			out = append(out, ',')
		}
		out = b.append(out)
	}
	return append(out, ']')
}

// quoted returns a text as JSON.
func quoted(text string) []byte {
	data, err := json.Marshal(text)
	if err != nil {
		panic("roserocket emulator: a text cannot be encoded: " + err.Error())
	}
	return data
}
