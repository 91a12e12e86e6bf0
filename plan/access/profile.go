package access

import (
	"encoding/binary"
	"slices"
	"strconv"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A profile has the grants of one object. Objects that are equal in all that carries rights share one, so
// that the rights of many users with the same role and accesses are computed once.
type profile struct {
	grants []schema.Grant
	used   []*schema.Object // objects that were looked up for the grants
	whole  bool
	shared bool // other objects may have it too
}

// profiles are the shared profiles, by all that carries rights.
type profiles map[string]*profile

// profile returns the grants of an object, to the subject with the key if it holds rights for several.
func (s *State) profile(o *schema.Object, key string) *profile {
	id, ok := s.alike(o)
	if !ok {
		return s.compute(o, key)
	}
	p := s.profiles[id]
	if p == nil {
		p = s.compute(o, key)
		p.shared = true
		s.profiles[id] = p
	}
	return p
}

// alike returns a text that is the same for objects with the same grants; false if others cannot have
// those of the object.
func (s *State) alike(o *schema.Object) (id string, ok bool) {
	carriers := o.Kind.Having(schema.CarriesRights)
	if s.overlay != nil || carriers == 0 || o.Kind.Grantee != "" || o.Kind.People.Kind != "" || o.Incomplete {
		return "", false
	}
	return carried(o, carriers), true
}

func (s *State) compute(o *schema.Object, key string) *profile {
	grants, used, whole := s.snapshot.Held(o, key)
	return &profile{grants: grants, used: slices.Clone(used), whole: whole}
}

// carried returns what the attributes that carry rights and the references of an object say. Nothing else
// decides about its grants; see schema.CarriesRights.
func carried(o *schema.Object, carriers schema.Mask) string {
	id := append(make([]byte, 0, 256), o.Kind.Name...)
	for i := range o.Kind.Attributes {
		a := &o.Kind.Attributes[i]
		if !carriers.Has(i) && len(a.Kinds) == 0 || !o.Set.Has(i) {
			continue
		}
		id = append(id, 0, byte(i))
		switch v := a.Any(o.Body).(type) {
		case string:
			id = appendText(id, v)
		case bool:
			id = strconv.AppendBool(id, v)
		case []string:
			id = appendTexts(id, v)
		case [][]string:
			for _, inner := range v {
				id = appendTexts(id, inner)
			}
		default:
			id = appendTexts(id, a.Members(o.Body))
		}
	}
	return string(id)
}

func appendTexts(id []byte, list []string) []byte {
	id = binary.AppendUvarint(id, uint64(len(list)))
	for _, s := range list {
		id = appendText(id, s)
	}
	return id
}

func appendText(id []byte, s string) []byte {
	return append(binary.AppendUvarint(id, uint64(len(s))), s...)
}
