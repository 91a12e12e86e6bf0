package emulator

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// fillRole sets the fields of the body.
func (s *Server) fillRole(c *call, r *role) {
	b := c.body
	if !r.Builtin {
		s.fillName(b, r)
		s.fillAPIID(b, r)
		s.fillDescription(b, r)
	}
	if !b.Has("permissions") {
		return
	}
	list, ok := emulator.Field[[]string](b, "permissions", "Not a valid list of strings.")
	if !ok {
		b.Refuse("permissions", "Field may not be null.")
		return
	}
	r.Permissions = s.checkPermissions(b, s.updated(r.Permissions, list), r.Permissions)
}

// updated returns a set after an update that sends members.
func (s *Server) updated(had, sent []string) []string {
	if s.is("set-update", "merge") {
		return append(slices.Clone(had), sent...)
	}
	return sent
}

func (s *Server) fillName(b *emulator.Body, r *role) {
	if !b.Has("name") {
		return
	}
	name, ok := s.roleText(b, "name", 100, notInNames)
	if !ok {
		return
	}
	if s.is("role-name", "unique") {
		for _, other := range s.roles.All() {
			if other.Name == name && other.APIID != r.APIID {
				b.Refuse("name", "A role with this name already exists.")
			}
		}
	}
	r.Name = name
}

func (s *Server) fillAPIID(b *emulator.Body, r *role) {
	if !b.Has("api_id") {
		return
	}
	id, ok := s.roleText(b, "api_id", 100, notInNames)
	if !ok {
		return
	}
	if other := s.role(id); other != nil && (r.Row == "" || other.Row != r.Row) {
		b.Refuse("api_id", "A role with this api_id already exists.")
	}
	r.APIID = id
}

func (s *Server) fillDescription(b *emulator.Body, r *role) {
	if !b.Has("description") {
		return
	}
	if b.Null("description") {
		r.Description = nil
		return
	}
	if text, ok := s.roleText(b, "description", 200, ""); ok {
		r.Description = &text
	}
}

// notInNames are the characters that no name and no api_id has.
const notInNames = `,;/\|<>`

// roleText reads a text of a role: 1 to most characters, none of them in never.
func (s *Server) roleText(b *emulator.Body, name string, most int, never string) (string, bool) {
	text, ok := emulator.Field[string](b, name, "Not a valid string.")
	if !ok {
		b.Refuse(name, "Field may not be null.")
		return "", false
	}
	switch n := utf8.RuneCountInString(text); {
	case n < 1:
		b.Refuse(name, "Shorter than minimum length 1.")
	case n > most:
		b.Refuse(name, "Longer than maximum length.")
	case strings.ContainsAny(text, never):
		b.Refuse(name, `String does not match expected pattern ^[^,;/\|<>]*$.`)
	}
	return text, true
}

// checkPermissions checks permissions against the catalogue. The role keeps those that it has
// and that are no longer in the catalogue.
func (s *Server) checkPermissions(b *emulator.Body, list, had []string) []string {
	known := s.catalogue().permissions()
	kept, set := []string{}, map[string]bool{}
	for _, name := range list {
		if _, ok := known[name]; !ok && !slices.Contains(had, name) {
			b.Refuse("permissions", "Unknown permission: "+name+".")
		}
		if !set[name] {
			set[name] = true
			kept = append(kept, name)
		}
	}
	for _, name := range kept {
		for _, need := range known[name].DependsOn {
			if !set[need] {
				b.Refuse("permissions", "Permission "+name+" depends on "+need+".")
			}
		}
	}
	return kept
}
