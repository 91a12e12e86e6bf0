package planfile

import (
	"fmt"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

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

// present makes an empty set or map an empty one in JSON too, since null would
// read as "not set".
func present(v any) any {
	switch t := v.(type) {
	case []string:
		if t == nil {
			return []string{}
		}
	case [][]string:
		if len(t) == 0 {
			return [][]string{}
		}
		for i, inner := range t {
			if inner == nil {
				return presentSets(t, i)
			}
		}
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

// presentSets copies the sets and makes the empty ones from i on empty, not null.
func presentSets(sets [][]string, i int) [][]string {
	out := append([][]string(nil), sets...)
	for ; i < len(out); i++ {
		if out[i] == nil {
			out[i] = []string{}
		}
	}
	return out
}
