package apply

import (
	"bytes"
	"encoding/json"

	"github.com/rolecall-dev/rolecall/plan/planfile"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A recordedObject is an object in the journal: the attributes that are set and compared, in
// the form that they have in a saved plan. Write-once and read-only attributes are left out; no
// kind has secrets.
type recordedObject struct {
	Kind       string          `json:"kind,omitempty"` // of a cascade; the line names that of others
	Key        string          `json:"key"`
	ID         string          `json:"id,omitempty"`
	Attributes json.RawMessage `json:"attributes"`
	Incomplete bool            `json:"incomplete,omitempty"` // attributes that were not read are missing
}

// recordObject returns the form of the object in the journal; nil for no object.
func recordObject(o *schema.Object) (*recordedObject, error) {
	if o == nil || o.Body == nil {
		return nil, nil
	}
	var mask schema.Mask
	for i := range o.Kind.Attributes {
		if o.Kind.Attributes[i].Comparable() {
			mask = mask.With(i)
		}
	}
	text, err := planfile.EncodeValues(o, mask)
	return &recordedObject{Key: o.Addr.Key, ID: o.ID, Attributes: text}, err
}

// object returns the recorded object of the kind; nil for nil.
func (m *recordedObject) object(k *schema.Kind, provider string) (*schema.Object, error) {
	if m == nil {
		return nil, nil
	}
	body, set, err := planfile.DecodeValues(k, m.Attributes)
	if err != nil {
		return nil, err
	}
	addr := schema.Address{Provider: provider, Kind: k.Name, Key: m.Key}
	return &schema.Object{Kind: k, ID: m.ID, Addr: addr, Body: body, Set: set, Incomplete: m.Incomplete}, nil
}

// encode returns one line of readable JSON: < and & are not escaped, and invisible characters
// are.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return text.JSON(b.Bytes()), err
}
