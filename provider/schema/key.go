package schema

import (
	"slices"
	"strings"
)

// The parts of a key are joined with "/", as in "Continent/Europe". A slash within a part is
// written %2F, so that no two objects have the same key; a "%" is written %25 only before 2F
// or 25. A key of one part is not escaped.

// JoinKey joins the parts of a key.
func JoinKey(parts ...string) string {
	if len(parts) == 1 {
		return parts[0]
	}
	if len(parts) == 2 { // nearly all, in one allocation
		return escapePart(parts[0]) + "/" + escapePart(parts[1])
	}
	out := make([]string, len(parts))
	for i, p := range parts {
		out[i] = escapePart(p)
	}
	return strings.Join(out, "/")
}

// SplitKey splits a key into n parts. It returns false if the key has another number of parts.
func SplitKey(key string, n int) ([]string, bool) {
	if n == 1 {
		return []string{key}, true
	}
	parts := strings.Split(key, "/")
	if len(parts) != n {
		return nil, false
	}
	for i := range parts {
		parts[i] = unescapePart(parts[i])
	}
	return parts, true
}

func escapePart(s string) string {
	if strings.IndexByte(s, '/') < 0 && strings.IndexByte(s, '%') < 0 {
		return s
	}
	s = strings.NewReplacer("%25", "%2525", "%2F", "%252F", "%2f", "%252f").Replace(s)
	return strings.ReplaceAll(s, "/", "%2F")
}

func unescapePart(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	return strings.NewReplacer("%25", "%", "%2F", "/", "%2f", "/").Replace(s)
}

// KeyOf joins the key attributes of a body, in the table's order; see JoinKey.
func (k *Kind) KeyOf(body any) string {
	key, n := "", 0
	for i := range k.Attributes {
		a := &k.Attributes[i]
		if a.Flags&Key == 0 {
			continue
		}
		s := a.Text(body)
		switch n {
		case 0:
			key = s
		case 1:
			key = JoinKey(key, s)
		default:
			key += "/" + escapePart(s)
		}
		n++
	}
	return key
}

// Keys lists the attributes that make the key, in order.
func (k *Kind) Keys() []*Attribute {
	var out []*Attribute
	for i := range k.Attributes {
		if k.Attributes[i].Flags&Key != 0 {
			out = append(out, &k.Attributes[i])
		}
	}
	return out
}

// NormalKey returns a key from a file, or a pattern of keys, in the form of the keys of the
// kind. If it has another number of parts, it is only normalized to NFC, and false is returned.
func (k *Kind) NormalKey(key string) (string, bool) {
	rows := k.Keys()
	parts, ok := SplitKey(key, len(rows))
	if !ok {
		return NFC(key), false
	}
	for i, row := range rows {
		if row.Type != TypeString {
			return NFC(key), true
		}
		parts[i] = row.Form(parts[i])
	}
	return JoinKey(parts...), true
}

// UncleanKey returns why the key, or a pattern of keys, cannot be one that people type,
// or nil. See Unclean.
func (k *Kind) UncleanKey(key string) error {
	rows := k.Keys()
	parts, ok := SplitKey(key, len(rows))
	if !ok {
		return Unclean(key)
	}
	for i, row := range rows {
		if err := unclean(parts[i], row.Flags&(FoldCase|FoldHex) == 0); err != nil {
			return err
		}
	}
	return nil
}

// EarlierKey returns the whole key that an earlier key of an object means, whose
// present key is given: a whole key, or for keys of several parts the last of them,
// with the parts in front that are not written as they are now.
func (k *Kind) EarlierKey(now, earlier string) string {
	n := len(k.Keys())
	if missing := n - strings.Count(earlier, "/") - 1; n > 1 && missing > 0 {
		if parts := strings.Split(now, "/"); len(parts) == n {
			earlier = strings.Join(parts[:missing], "/") + "/" + earlier
		}
	}
	key, _ := k.NormalKey(earlier)
	return key
}

// Normalise brings every text of a live object's body to the form of its attribute,
// which is what two objects are compared in. Clients call it on what the product
// answers, before the key is made.
func (k *Kind) Normalise(body any) {
	for i := range k.Attributes {
		k.Attributes[i].Normalise(body)
	}
}

// Respelled returns which texts of a live object's body, references aside, are not in Unicode's
// normalization form C.
func (k *Kind) Respelled(body any) Mask {
	var m Mask
	for i := range k.Attributes {
		if a := &k.Attributes[i]; a.Type == TypeString && len(a.Kinds) == 0 {
			if s := a.Text(body); !isASCII(s) && NFC(s) != s {
				m = m.With(i)
			}
		}
	}
	return m
}

// Normal returns the live objects of one kind in normal form: the list itself if all of them
// are, or else a copy.
func Normal(list []Object) []Object {
	var a *Attribute
	normal := true
	look := func(s string) { normal = normal && a.Form(s) == s }
	out, copied := list, false
	for j := range list {
		o := &list[j]
		normal = NFC(o.Addr.Key) == o.Addr.Key && NFC(o.Alias) == o.Alias
		for i := range o.Kind.Attributes {
			a = &o.Kind.Attributes[i]
			a.Each(o.Body, look)
		}
		if normal {
			continue
		}
		if !copied {
			out, copied = slices.Clone(list), true
		}
		out[j] = o.Clone()
		out[j].Kind.Normalise(out[j].Body)
		out[j].Addr.Key, _ = o.Kind.NormalKey(o.Addr.Key)
		out[j].Alias = NFC(o.Alias)
	}
	return out
}
