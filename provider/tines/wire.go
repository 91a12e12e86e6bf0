package tines

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A wireID is the id of an object: a number for teams and users, a text for roles.
type wireID string

// UnmarshalJSON reads a number or a text.
func (id *wireID) UnmarshalJSON(b []byte) error {
	switch {
	case len(b) > 0 && len(b) < 16 && len(bytes.Trim(b, "0123456789")) == 0: // nearly all there are, and cheap
		*id = wireID(b)
		return nil
	case len(b) > 0 && b[0] == '"':
		return json.Unmarshal(b, (*string)(id))
	}
	var n json.Number
	if err := json.Unmarshal(b, &n); err != nil {
		return err
	}
	*id = wireID(n)
	return nil
}

// A wireKind reads and writes the JSON of a kind by the kind's table: each attribute under its
// own name, or under the one in names.
type wireKind struct {
	kind  *schema.Kind
	names map[string]string // other names in JSON, by attribute; "" for an attribute that is not in the JSON
	must  []string          // attributes that an answer must show, besides the key
}

// A rawValue is a value in JSON. It is valid only while the answer is decoded.
type rawValue []byte

// UnmarshalJSON keeps the text as it is.
func (v *rawValue) UnmarshalJSON(b []byte) error { *v = b; return nil }

// name returns the name of an attribute in JSON, or "" if it has none.
func (k *wireKind) name(a *schema.Attribute) string {
	if a.Is(schema.ConfigOnly) {
		return ""
	}
	if name, other := k.names[a.Name]; other {
		return name
	}
	return a.Name
}

// read fills a body from an answer and returns the attributes that the answer shows. A string
// that is null or missing is "". Another value that is null or missing is unknown and not set:
// older tenants leave some attributes out.
func (k *wireKind) read(answer map[string]rawValue, body any) (shown schema.Mask, err error) {
	for i := range k.kind.Attributes {
		a := &k.kind.Attributes[i]
		name := k.name(a)
		if name == "" {
			continue
		}
		raw := answer[name]
		if a.Type != schema.TypeString && (raw == nil || string(raw) == "null") {
			continue
		}
		switch a.Type {
		case schema.TypeString:
			err = readAttribute[wireID](a, body, raw)
		case schema.TypeBool:
			err = readAttribute[bool](a, body, raw)
		case schema.TypeSet:
			err = readAttribute[[]string](a, body, raw)
		default:
			panic("tines: no JSON for attribute " + a.Name)
		}
		if err != nil {
			return 0, fmt.Errorf("%s of a %s: %w", name, k.kind.Name, err)
		}
		shown = shown.With(i)
	}
	return shown, nil
}

func readAttribute[T any](a *schema.Attribute, body any, raw rawValue) error {
	var v T
	if err := readValue(raw, &v); err != nil {
		return err
	}
	if id, text := any(v).(wireID); text {
		a.SetAny(body, string(id))
	} else {
		a.SetAny(body, v)
	}
	return nil
}

// readValue decodes a value, which may be missing.
func readValue(raw rawValue, to any) error {
	if raw == nil {
		return nil
	}
	return json.Unmarshal(raw, to)
}

// check returns an error if an answer is no object of the kind. Rights that it does not show
// must not look like rights that nobody has.
func (k *wireKind) check(id wireID, body any, shown schema.Mask) error {
	key := k.kind.KeyOf(body)
	if id == "" || key == "" {
		return fmt.Errorf("a %s has no id or no %s", k.kind.Name, k.kind.Attributes[0].Name)
	}
	for _, must := range k.must {
		i := k.kind.Index(must)
		a := &k.kind.Attributes[i]
		if !shown.Has(i) || a.Type == schema.TypeString && a.Text(body) == "" {
			return fmt.Errorf("the %s %s does not show %s", k.kind.Name, key, k.name(a))
		}
	}
	return nil
}

// fields returns the JSON to send of a body: those of the attributes that can be written.
func (k *wireKind) fields(body any, attributes schema.Mask) map[string]any {
	out := map[string]any{}
	for i := range k.kind.Attributes {
		a := &k.kind.Attributes[i]
		name := k.name(a)
		if name == "" || !attributes.Has(i) || !a.Comparable() {
			continue
		}
		out[name] = a.Any(body)
		if set, many := out[name].([]string); many {
			out[name] = rest.Array(set)
		}
	}
	return out
}

// A wireRole is a role in an answer.
type wireRole struct {
	ID wireID
	Role
	shown schema.Mask
}

var roleWire = wireKind{kind: &roleKind, must: []string{"type", "permissions"}}

// UnmarshalJSON reads a role by the table of its kind.
func (r *wireRole) UnmarshalJSON(b []byte) error {
	var answer map[string]rawValue
	err := json.Unmarshal(b, &answer)
	if err == nil {
		r.shown, err = roleWire.read(answer, &r.Role)
	}
	return cmp.Or(err, readValue(answer["id"], &r.ID))
}

func (r *wireRole) validate() error { return roleWire.check(r.ID, &r.Role, r.shown) }

// A wireTeam is a team in an answer. The list of teams does not show the groups.
type wireTeam struct {
	ID     wireID `json:"id"`
	Name   string `json:"name"`
	Groups []struct {
		ID   wireID `json:"id"`
		Name string `json:"name"`
	} `json:"groups"`
}

func (t *wireTeam) validate() error {
	if t.ID == "" || t.Name == "" {
		return errors.New("a team has no id or no name")
	}
	return nil
}

// A wireUser is a user in an answer, with the memberships if they were asked for.
type wireUser struct {
	ID wireID
	User
	shown       schema.Mask
	memberships *[]userMembership // nil if the answer does not show them
}

var userWire = wireKind{
	kind:  &userKind,
	names: map[string]string{"active": "is_active", "signed_in": ""}, // signed_in is read from last_seen
	must:  []string{"admin"},
}

// UnmarshalJSON reads a user by the table of the kind.
func (u *wireUser) UnmarshalJSON(b []byte) error {
	var answer map[string]rawValue
	err := json.Unmarshal(b, &answer)
	if err == nil {
		u.shown, err = userWire.read(answer, &u.User)
	}
	if seen := string(answer["last_seen"]); seen != "" { // null where the user never signed in
		u.SignedIn = seen != "null" && seen != `""`
		u.shown |= userKind.Mask("signed_in")
	}
	for _, name := range membershipsNames {
		err = cmp.Or(err, readValue(answer[name], &u.memberships))
	}
	return cmp.Or(err, readValue(answer["id"], &u.ID))
}

func (u *wireUser) validate() error { return userWire.check(u.ID, &u.User, u.shown) }
