package emulator

import (
	"cmp"
	"fmt"
	"slices"
)

// seedPermissions creates a document for every role and object.
func (s *Server) seedPermissions(seed *Seed) error {
	for i := range seed.Permissions {
		if err := s.checkRule(seed, &seed.Permissions[i]); err != nil {
			return fmt.Errorf("permissions[%d]: %w", i, err)
		}
	}
	for _, role := range rolesOf(seed) {
		for _, o := range s.objects.All() {
			rule := &SeedPermission{}
			for i := range seed.Permissions {
				if seed.Permissions[i].about(role, o.Key) {
					rule = &seed.Permissions[i]
				}
			}
			s.putDocument(role, o.Key, s.seedDocument(o, rule))
		}
	}
	return nil
}

func (p *SeedPermission) about(role, object string) bool {
	return (p.Roles == nil || slices.Contains(p.Roles, role)) && (p.Objects == nil || slices.Contains(p.Objects, object))
}

func (p *SeedPermission) word() word {
	if p.Access == "" && len(p.Read)+len(p.Hide)+len(p.Edit) > 0 {
		return custom
	}
	return word(cmp.Or(p.Access, string(full)))
}

// checkRule returns an error if a permission names something that does not exist.
func (s *Server) checkRule(seed *Seed, p *SeedPermission) error {
	w, named := p.word(), slices.Concat(p.Read, p.Hide, p.Edit)
	if !slices.Contains(words(), w) {
		return fmt.Errorf("access %q is none of %v", p.Access, words())
	}
	if w != custom && len(named) > 0 {
		return fmt.Errorf("fields are named, and access is %s", w)
	}
	for _, role := range p.Roles {
		if !slices.Contains(rolesOf(seed), role) {
			return fmt.Errorf("there is no role %q", role)
		}
	}
	for _, key := range p.Objects {
		if s.objects.Find(key) == nil {
			return fmt.Errorf("there is no object %q", key)
		}
	}
	for _, key := range named {
		if key != "*" && !s.anyObject(p, func(o *Object) bool { return s.fields[o.Key][key] != nil }) {
			return fmt.Errorf("there is no field %q", key)
		}
	}
	for _, key := range p.DisabledBoards {
		if !s.anyObject(p, func(o *Object) bool { return slices.Contains(o.Boards, key) }) {
			return fmt.Errorf("there is no board %q", key)
		}
	}
	return nil
}

func (s *Server) anyObject(p *SeedPermission, has func(*Object) bool) bool {
	for _, o := range s.objects.All() {
		if (p.Objects == nil || slices.Contains(p.Objects, o.Key)) && has(o) {
			return true
		}
	}
	return false
}

func (s *Server) seedDocument(o *Object, p *SeedPermission) *document {
	w := p.word()
	open := w == full || w == custom
	d := &document{}
	for _, key := range o.Boards {
		d.boards = append(d.boards, board(key, slices.Contains(p.DisabledBoards, key)))
	}
	d.record.setFlag("isCreateAllowed", orElse(p.Create, open))
	d.record.setFlag("isDeleteAllowed", orElse(p.Delete, open))
	d.data.setText("option", s.literal(w))
	for i := range o.Fields {
		f := &o.Fields[i]
		d.fields = append(d.fields, s.row(f, p.fieldWord(f.Key, w)))
	}
	if w != full && s.is("extra-keys", "some") {
		d.restrict()
	}
	return d
}

// fieldWord returns the access that a permission gives to one field.
func (p *SeedPermission) fieldWord(key string, w word) word {
	if w != custom {
		return w
	}
	for _, name := range []string{key, "*"} {
		switch {
		case slices.Contains(p.Hide, name):
			return noAccess
		case slices.Contains(p.Read, name):
			return readOnly
		case slices.Contains(p.Edit, name):
			return full
		}
	}
	return full
}

func orElse(b *bool, otherwise bool) bool {
	if b == nil {
		return otherwise
	}
	return *b
}
