package emulator

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A FieldSection is one section of the legacy business fields, which the API only shows.
type FieldSection struct {
	Name   string          `json:"name"`
	Fields []BusinessField `json:"fields"`
}

// A BusinessField says who may write a field: the caller, and more restricted roles.
type BusinessField struct {
	Name               string `json:"name"`
	Enabled            bool   `json:"enabled"`
	EnabledForSubroles bool   `json:"enabled_for_subroles"`
}

// seedFields stores the business fields. Without any in the seed, there is an open one for each
// permission to edit one; the documentation shows only some of them, and their sections.
func (s *Server) seedFields(seed *Seed) error {
	sections := seed.Fields
	if len(sections) == 0 {
		of := map[string]string{
			"country": "address", "city": "address", "zipcode": "address", "address": "address", "address2": "address", "coordinates": "address",
			"open_hours": "hours", "specific_hours": "hours", "more_hours": "hours",
			"phone_number": "contact", "email": "contact", "fax": "contact", "full_name": "contact",
		}
		for _, p := range s.catalogue().names() {
			name, isField := strings.CutPrefix(p, "business_edit_")
			if !isField {
				continue
			}
			section := cmp.Or(of[name], "description")
			if photo, isPhoto := strings.CutPrefix(name, "photo_"); isPhoto {
				section, name = "photos", photo
			}
			i := slices.IndexFunc(sections, func(f FieldSection) bool { return f.Name == section })
			if i < 0 {
				i, sections = len(sections), append(sections, FieldSection{Name: section})
			}
			sections[i].Fields = append(sections[i].Fields, BusinessField{name, true, true})
		}
	}
	for _, f := range sections {
		if f.Name == "" || s.fields.Find(f.Name) != nil {
			return fmt.Errorf("business_fields: section %q has no name or is there twice", f.Name)
		}
		s.fields.Put(f.Name, &f)
	}
	return nil
}

// orgFields shows which fields administrators and more restricted roles may write.
func (s *Server) orgFields(c *call) (any, error) {
	if !s.administers(c) {
		return nil, forbidden()
	}
	return s.showFields(c, nil), nil
}

// businessFields shows the same for one business, where more fields can be closed.
func (s *Server) businessFields(c *call) (any, error) {
	b := s.businesses.Find(c.r.PathValue("business_id"))
	if b == nil || !s.reader(c.user)(b) {
		return nil, notFound()
	}
	return s.showFields(c, b.Closed), nil
}

// showFields lists the sections; enabled is about the caller.
func (s *Server) showFields(c *call, closed []string) any {
	sections := []FieldSection{}
	for _, f := range s.fields.All() {
		shown := FieldSection{Name: f.Name, Fields: slices.Clone(f.Fields)}
		for i := range shown.Fields {
			x := &shown.Fields[i]
			x.EnabledForSubroles = x.EnabledForSubroles && !slices.Contains(closed, x.Name)
			if !s.readsAll(c.user) {
				x.Enabled = x.Enabled && x.EnabledForSubroles
			}
		}
		sections = append(sections, shown)
	}
	return sections
}

// mirrored returns the permissions of a built-in role as the business fields have them: those of
// open fields added, those of closed fields removed, and all others as they were.
func (s *Server) mirrored(permissions []string) []string {
	known := s.catalogue().permissions()
	out := slices.Clone(permissions)
	set := func(name string, open bool) {
		at := slices.Index(out, name)
		switch _, offered := known[name]; {
		case !open && at >= 0:
			out = slices.Delete(out, at, at+1)
		case open && at < 0 && offered:
			out = append(out, name)
		}
	}
	for _, section := range s.fields.All() {
		for _, f := range section.Fields {
			name := "business_edit_" + f.Name
			if section.Name == "photos" {
				name = "business_edit_photo_" + f.Name
			}
			if f.EnabledForSubroles {
				set("business_edit", true)
			}
			set(name, f.EnabledForSubroles)
		}
	}
	return out
}

// sidebarPages are the parts of the app that the legacy permissions open for a user.
func sidebarPages() []string {
	return []string{"bulk_modification", "diffusion", "feedback_management", "messages", "posts",
		"presence_analytics", "review_analytics", "review_invite", "review_management"}
}

// within reports whether every text is one of a list.
func within(texts, list []string) bool {
	return !slices.ContainsFunc(texts, func(t string) bool { return !slices.Contains(list, t) })
}

// shownPages returns the pages of a user as JSON shows them: null if the user has all of them.
func shownPages(u *user) *[]string {
	if u.Sidebar == nil {
		return nil
	}
	return &u.Sidebar
}

// pageOf returns the sidebar page that a permission belongs to, or "". Which permissions a page
// stands for is not documented; this follows their names and the feature that gates them.
func pageOf(p permission) string {
	for _, rule := range [][2]string{{"review_analy", "review_analytics"}, {"review_booster", "review_invite"}, {"review_", "review_management"}} {
		if strings.HasPrefix(p.Name, rule[0]) {
			return rule[1]
		}
	}
	if p.Feature != nil && slices.Contains(sidebarPages(), *p.Feature) {
		return *p.Feature
	}
	return ""
}
