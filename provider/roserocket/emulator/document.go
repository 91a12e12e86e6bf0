package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// A document is what one role may do with one object, taken apart.
type document struct {
	top    orderedObject // all of it; boards, record and data in it are those of when it was read
	boards []orderedObject
	record orderedObject
	data   orderedObject // fields in it are those of when it was read
	fields []orderedObject
}

// permissionTypes are those that were seen or are named somewhere.
const (
	editor = "editor"
	viewer = "viewer"
	none   = "none"
)

// parseDocument takes a document apart and says all that is wrong with its shape.
// Sections may be missing.
func parseDocument(text []byte) (*document, []string) {
	var compact bytes.Buffer
	err := json.Compact(&compact, text)
	d := &document{}
	if err == nil {
		d.top, err = parseBag(compact.Bytes())
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

// encode puts the document together again.
func (d *document) encode() json.RawMessage {
	d.top.put("boards", encodeList(d.boards))
	d.top.put("record", d.record.encode())
	d.data.put("fields", encodeList(d.fields))
	d.top.put("data", d.data.encode())
	return d.top.encode()
}

// problems collects what is wrong with a document.
type problems struct{ texts []string }

func (p *problems) add(format string, args ...any) {
	p.texts = append(p.texts, fmt.Sprintf(format, args...))
}

// section reads an object inside another one; a missing one is nil.
func (p *problems) section(in orderedObject, name string) orderedObject {
	if !in.has(name) {
		return nil
	}
	b, err := parseBag(in.find(name))
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
		b, err := parseBag(text)
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

// byKey finds the entry of a list.
func byKey(list []orderedObject) map[string]orderedObject {
	all := make(map[string]orderedObject, len(list))
	for _, b := range list {
		all[keyOf(b)] = b
	}
	return all
}

// keyOf returns the key of an entry, which every one has.
func keyOf(b orderedObject) string {
	key, _ := b.text("key")
	return key
}
