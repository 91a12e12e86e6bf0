package access

import (
	"maps"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A catalog has what subjects are granted.
type catalog struct {
	rights map[string]map[home]bool // by right, what grants it
	scopes map[string]bool          // true if it is an area whose places are not known
	all    map[string]bool          // the names of grants of every right, such as "everything"
}

// A home is the kind of an object that grants a right, and the sort of the right there.
type home struct {
	kind *schema.Kind
	sort string
}

// granted returns what the subjects are granted. It computes it once.
func (s *State) granted() *catalog {
	if s.catalog != nil {
		return s.catalog
	}
	c := &catalog{rights: map[string]map[home]bool{}, scopes: map[string]bool{}, all: map[string]bool{}}
	seen := map[*profile]bool{}
	for _, sub := range s.subjects {
		s.each(sub, func(p *profile, holder *schema.Object) {
			if p.shared && seen[p] {
				return
			}
			if p.shared {
				seen[p] = true
			}
			for i := range p.grants {
				g := &p.grants[i]
				if c.scopes[g.Scope] = g.Area != "" && g.Set == 0; g.All {
					c.all[g.Right] = true
				}
				if g.All || g.Unknown {
					continue
				}
				homes := c.rights[g.Right]
				if homes == nil {
					homes = map[home]bool{}
					c.rights[g.Right] = homes
				}
				homes[home{holder.Kind, g.Sort}] = true
			}
		})
	}
	s.catalog = c
	return c
}

// known lists every right of which the tenant is known to have it: those that are granted, those of
// roles that nobody has, and those that the product lists.
func (s *State) known() []string {
	all := maps.Clone(s.granted().all)
	for right := range s.granted().rights {
		all[right] = true
	}
	verbs := s.verbs()
	for _, p := range s.Permissions {
		if len(verbs) == 0 {
			all[p] = true
		}
		for verb := range verbs { // the product lists fields: "margin" is in "edit margin"
			all[verb+" "+p] = true
		}
	}
	for right := range s.titles {
		all[right] = true
	}
	for _, k := range s.Tenant.Product.Kinds {
		for i := range k.Attributes {
			if !Permits(k, &k.Attributes[i]) {
				continue
			}
			for _, o := range s.objects[k.Name] {
				if o.Set.Has(i) {
					k.Attributes[i].Each(o.Body, func(p string) { all[p] = true })
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// verbs lists the first words of granted rights of which the product lists the others.
func (s *State) verbs() map[string]bool {
	listed, out := map[string]bool{}, map[string]bool{}
	for _, p := range s.Permissions {
		listed[p] = true
	}
	for right := range s.granted().rights {
		if verb, field, ok := strings.Cut(right, " "); ok && listed[field] {
			out[verb] = true
		}
	}
	return out
}

// Permits reports whether the attribute of a role lists the names of rights.
func Permits(k *schema.Kind, a *schema.Attribute) bool {
	return k.Grants == nil && k.Places == "" && !k.Virtual && a.Type == schema.TypeSet && len(a.Kinds) == 0 && a.Is(schema.CarriesRights)
}

// FindRight returns the rights that a text may mean: the right itself, or by a title that people see
// in the product. If there are several, the text is ambiguous. If there is none, near are similar
// ones.
func (s *State) FindRight(text string) (found, near []string) {
	known := s.known()
	want := plain(text)
	for _, match := range []func(right string) bool{
		func(right string) bool { return right == text },
		func(right string) bool { return plain(right) == want },
		func(right string) bool {
			return slices.ContainsFunc(s.titles[right], func(title string) bool { return plain(title) == want })
		},
		func(right string) bool {
			return strings.HasSuffix(plain(right), "_"+want) && strings.Contains(right, " ")
		},
	} {
		for _, right := range known {
			if match(right) {
				found = append(found, right)
			}
		}
		if len(found) > 0 {
			return found, nil
		}
	}
	for _, right := range known {
		if strings.Contains(plain(right), want) {
			near = append(near, right)
		}
	}
	if n := schema.Nearest(text, known); n != "" && !slices.Contains(near, n) {
		near = append(near, n)
	}
	return nil, near
}

// plain returns a text in the form in which words are compared: "Reply to reviews" is reply_to_reviews.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '-', '.':
			return '_'
		}
		return r
	}, schema.FoldName(s))
}

// FindSubject returns the subjects that a text may mean: an address, a key, or the name of a person.
// If there is none, near are similar keys.
func (s *State) FindSubject(text string) (found []*Subject, near []string) {
	want := schema.FoldName(text)
	var keys []string
	for _, match := range []func(*Subject) bool{
		func(x *Subject) bool { return x.Addr.Match(text) || x.Addr.Key == text },
		func(x *Subject) bool {
			return schema.FoldName(x.Addr.String()) == want || schema.FoldName(x.Addr.Full()) == want || schema.FoldName(x.Addr.Key) == want
		},
		func(x *Subject) bool {
			name := Name(x.Object)
			return name != "" && (schema.FoldName(name) == want || x.Object.Any("email") == want)
		},
		func(x *Subject) bool {
			return slices.ContainsFunc(strings.FieldsFunc(schema.FoldName(Name(x.Object)+" "+x.Addr.Key), parts), func(part string) bool { return part == want })
		},
	} {
		for _, x := range s.subjects {
			if match(x) {
				found = append(found, x)
			}
		}
		if len(found) > 0 {
			return found, nil
		}
	}
	for _, x := range s.subjects {
		keys = append(keys, x.Addr.Key, x.Addr.String())
		if name := Name(x.Object); name != "" {
			keys = append(keys, name)
		}
	}
	if n := schema.Nearest(text, keys); n != "" {
		near = append(near, n)
	}
	return nil, near
}

// parts reports whether a character separates the parts of a name: "ben" is a part of ben@zoo.example.
func parts(r rune) bool { return strings.ContainsRune(" @/", r) }

// FindObject returns an object that is no subject by its address, or nil.
func (s *State) FindObject(address string) *schema.Object {
	kind, key, _ := strings.Cut(address, ".")
	if o := s.objects[kind][key]; o != nil {
		return o
	}
	return s.declared[kind][key]
}
