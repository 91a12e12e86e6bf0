package planfile

import (
	"bytes"
	"cmp"
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

// decodeValues reads a JSON object into a new body of the kind. Where there is a
// base, the attributes that the JSON does not name are those of the base, and null
// says that one is not set.
func decodeValues(k *schema.Kind, raw []byte, base *schema.Object) (body any, set schema.Mask, err error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	body = k.New()
	var named schema.Mask
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, 0, errors.New("is not an object with attributes")
	}
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
		v, err := decodeValue(dec, k.Attributes[i].Type)
		if err == errNull && base != nil {
			continue
		}
		if err != nil {
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

// errNull is the error of a null in the place of a value, errNullMember that of one
// within a value.
var (
	errNull       = errors.New("null")
	errNullMember = errors.New("null within a value")
)

// decodeValue reads the next value as the Go type that the attribute takes.
func decodeValue(dec *json.Decoder, t schema.Type) (any, error) {
	switch t {
	case schema.TypeBool:
		return next[bool](dec)
	case schema.TypeInt:
		return next[int64](dec)
	case schema.TypeSet:
		v, err := next[[]*string](dec)
		if err != nil {
			return nil, err
		}
		return texts(v)
	case schema.TypeSets:
		v, err := next[[][]*string](dec)
		if err != nil {
			return nil, err
		}
		return sets(v)
	case schema.TypeMap:
		return entries(next[map[string]*string](dec))
	case schema.TypeBoolMap:
		return entries(next[map[string]*bool](dec))
	case schema.TypeSetMap:
		return lists(next[map[string][]*string](dec))
	}
	return next[string](dec)
}

// next reads a value of a Go type; null is none.
func next[T any](dec *json.Decoder) (T, error) {
	var v *T
	if err := dec.Decode(&v); err != nil || v == nil {
		return *new(T), cmp.Or(err, errNull)
	}
	return *v, nil
}

func unknownAttribute(k *schema.Kind, name string) error {
	all := k.AttributeNames(^schema.Mask(0))
	if n := schema.Nearest(name, all); n != "" {
		return fmt.Errorf("a %s has no attribute %q; did you mean %q?", k.Name, name, n)
	}
	return fmt.Errorf("a %s has no attribute %q", k.Name, name)
}

// texts takes the members of a set, none of which may be null.
func texts(members []*string) ([]string, error) {
	out := make([]string, len(members))
	for i, m := range members {
		if m == nil {
			return nil, errNullMember
		}
		out[i] = *m
	}
	return out, nil
}

// entries takes the values of a map, none of which may be null.
func entries[V any](members map[string]*V, err error) (map[string]V, error) {
	if err != nil {
		return nil, err
	}
	out := make(map[string]V, len(members))
	for name, v := range members {
		if v == nil {
			return nil, errNullMember
		}
		out[name] = *v
	}
	return out, nil
}

func lists(members map[string][]*string, err error) (map[string][]string, error) {
	if err != nil {
		return nil, err
	}
	out := make(map[string][]string, len(members))
	for name, m := range members {
		list, err := texts(m)
		if err != nil || m == nil {
			return nil, errNullMember
		}
		out[name] = list
	}
	return out, nil
}

func sets(members [][]*string) ([][]string, error) {
	out := make([][]string, len(members))
	for i, m := range members {
		inner, err := texts(m)
		if err != nil || m == nil {
			return nil, errNullMember
		}
		out[i] = inner
	}
	return out, nil
}
