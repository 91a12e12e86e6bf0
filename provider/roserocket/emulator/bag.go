package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
)

// An orderedObject is a JSON object whose members keep their order, those that nobody knows
// among them. Their values are compact.
type orderedObject []member

type member struct {
	name  string
	value json.RawMessage
}

// parseBag reads a compact JSON object. Of members with the same name the last one counts.
func parseBag(data []byte) (orderedObject, error) {
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

// text reads a string; ok is false where there is none.
func (b orderedObject) text(name string) (v string, ok bool) { return decoded[string](b.find(name)) }

// flag reads a boolean; ok is false where there is none.
func (b orderedObject) flag(name string) (v, ok bool) { return decoded[bool](b.find(name)) }

// is reports whether the flag is there and set.
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

// over returns the members of b, and those of low that b lacks, in low's order
// where low has them.
func (b orderedObject) over(low orderedObject) orderedObject {
	out := slices.Clone(low)
	for _, m := range b {
		out.put(m.name, m.value)
	}
	return out
}

// encode writes the members in order.
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

// encodeList writes a list of bags.
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

// quoted is a text as JSON.
func quoted(text string) []byte {
	data, err := json.Marshal(text)
	if err != nil {
		panic("roserocket emulator: a text cannot be encoded: " + err.Error())
	}
	return data
}
