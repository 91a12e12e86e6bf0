package plan

import (
	"fmt"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// EncodeValues gives the attributes of the mask that the object sets, as the JSON
// object that they are in a plan. The journal of a run uses the same form.
func EncodeValues(o *schema.Object, mask schema.Mask) ([]byte, error) {
	part := *o
	part.Set &= mask
	return (&values{o: &part}).MarshalJSON()
}

// DecodeValues reads what EncodeValues gave into a new body of the kind, and
// returns which attributes it sets.
func DecodeValues(k *schema.Kind, text []byte) (body any, set schema.Mask, err error) {
	body, set, err = decodeValues(k, text)
	if err != nil {
		return nil, 0, fmt.Errorf("the attributes of a %s: %w", k.Name, err)
	}
	return body, set, nil
}
