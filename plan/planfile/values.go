package planfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// values is the JSON form of attributes of an object: a JSON object in the order
// of the kind's table. It is derived from the table alone. Written, it holds the
// object; read, it holds the text until the kind is known.
type values struct {
	o     *schema.Object
	mask  schema.Mask // attributes to write
	unset schema.Mask // attributes to write as null
	raw   json.RawMessage
}

// EncodeValues gives the attributes of the mask that the object sets, as the JSON
// object that they are in a plan. The journal of a run uses the same form.
func EncodeValues(o *schema.Object, mask schema.Mask) ([]byte, error) {
	return (&values{o: o, mask: o.Set & mask}).MarshalJSON()
}

// DecodeValues reads what EncodeValues gave into a new body of the kind, and
// returns which attributes it sets.
func DecodeValues(k *schema.Kind, text []byte) (body any, set schema.Mask, err error) {
	body, set, err = decodeValues(k, text, nil)
	if err != nil {
		return nil, 0, fmt.Errorf("the attributes of a %s: %w", k.Name, err)
	}
	return body, set, nil
}

// UnmarshalJSON keeps the text for decodeValues.
func (v *values) UnmarshalJSON(b []byte) error {
	v.raw = bytes.Clone(b)
	return nil
}

// MarshalJSON writes the attributes by name.
func (v *values) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	b.WriteByte('{')
	for i := range v.o.Kind.Attributes {
		if !(v.mask | v.unset).Has(i) {
			continue
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		a := &v.o.Kind.Attributes[i]
		b.WriteString(`"` + a.Name + `":`)
		if v.unset.Has(i) {
			b.WriteString("null")
			continue
		}
		if err := enc.Encode(present(a.Any(v.o.Body))); err != nil {
			return nil, fmt.Errorf("%s: %w", a.Name, err)
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// present makes an empty set or map an empty one in JSON too, since null would
// read as "not set".
func present(v any) any {
	switch t := v.(type) {
	case []string:
		if t == nil {
			return []string{}
		}
	case [][]string:
		out := make([][]string, len(t))
		for i, inner := range t {
			out[i] = present(inner).([]string)
		}
		return out
	case map[string]string:
		return object(t)
	case map[string]bool:
		return object(t)
	case map[string][]string:
		out := make(map[string][]string, len(t))
		for name, list := range t {
			out[name] = present(list).([]string)
		}
		return out
	}
	return v
}

// decodeValues reads a JSON object into a new body of the kind. Where there is a
// base, the attributes that the JSON does not name are those of the base, and null
// says that one is not set.
func decodeValues(k *schema.Kind, text []byte, base *schema.Object) (body any, set schema.Mask, err error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	body = k.New()
	var named schema.Mask
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, 0, errors.New("is not an object with attributes")
	}
	var raw json.RawMessage
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return nil, 0, err
		}
		name := t.(string)
		i := k.Index(name)
		switch {
		case i < 0:
			return nil, 0, unknownAttribute(k, name)
		case named.Has(i):
			return nil, 0, fmt.Errorf("attribute %q is there twice", name)
		}
		named = named.With(i)
		if err := dec.Decode(&raw); err != nil {
			return nil, 0, err
		}
		if base != nil && string(raw) == "null" {
			continue
		}
		v, err := decodeValue(raw, k.Attributes[i].Type)
		if err != nil || holdsNull(raw) {
			return nil, 0, fmt.Errorf("attribute %q must be a %s", name, k.Attributes[i].Type)
		}
		k.Attributes[i].SetAny(body, v)
		set = set.With(i)
	}
	if base != nil {
		for i := range k.Attributes {
			if base.Set.Has(i) && !named.Has(i) {
				k.Attributes[i].Copy(body, base.Body)
				set = set.With(i)
			}
		}
	}
	return body, set, nil
}

// decodeValue reads a value as the Go type that the attribute takes.
func decodeValue(raw []byte, t schema.Type) (any, error) {
	switch t {
	case schema.TypeBool:
		return as[bool](raw)
	case schema.TypeInt:
		return as[int64](raw)
	case schema.TypeSet:
		return as[[]string](raw)
	case schema.TypeSets:
		return as[[][]string](raw)
	case schema.TypeMap:
		return as[map[string]string](raw)
	case schema.TypeBoolMap:
		return as[map[string]bool](raw)
	case schema.TypeSetMap:
		return as[map[string][]string](raw)
	}
	return as[string](raw)
}

func as[T any](raw []byte) (v T, err error) {
	err = json.Unmarshal(raw, &v)
	return v, err
}

// holdsNull reports whether a JSON value is null or has one inside, which package
// json reads as an empty value. No other word of JSON has an n.
func holdsNull(raw []byte) bool {
	quoted := false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '"':
			quoted = !quoted
		case quoted && c == '\\':
			i++
		case !quoted && c == 'n':
			return true
		}
	}
	return false
}

func unknownAttribute(k *schema.Kind, name string) error {
	all := k.AttributeNames(^schema.Mask(0))
	if n := schema.Nearest(name, all); n != "" {
		return fmt.Errorf("a %s has no attribute %q; did you mean %q?", k.Name, name, n)
	}
	return fmt.Errorf("a %s has no attribute %q", k.Name, name)
}
