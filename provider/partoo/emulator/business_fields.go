package emulator

import "slices"

// A fieldSection is one section of the legacy business fields. They are read-only
// in Partoo's API; a seed sets them.
type fieldSection struct {
	Name   string          `json:"name"`
	Fields []businessField `json:"fields"`
}

type businessField struct {
	Name               string `json:"name"`
	Enabled            bool   `json:"enabled"`
	EnabledForSubroles bool   `json:"enabled_for_subroles"`
}

// defaultFields are the fields that the documentation shows, all open.
func defaultFields() []fieldSection {
	shown := []struct {
		section string
		fields  []string
	}{
		{"address", []string{"country", "city"}},
		{"description", []string{"categories", "website_url"}},
		{"hours", []string{"open_hours"}},
		{"photos", []string{"cover"}},
		{"contact", []string{"phone_number"}},
	}
	var sections []fieldSection
	for _, row := range shown {
		section := fieldSection{Name: row.section}
		for _, name := range row.fields {
			section.Fields = append(section.Fields, businessField{name, true, true})
		}
		sections = append(sections, section)
	}
	return sections
}

// orgFields answers what the administrator may write, and more restricted roles.
func (s *Server) orgFields(c *call) (any, error) {
	if !s.administers(c) {
		return nil, forbidden()
	}
	return s.showFields(c), nil
}

func (s *Server) businessFields(c *call) (any, error) {
	if s.visible(c, c.r.PathValue("business_id")) == nil {
		return nil, notFound()
	}
	return s.showFields(c), nil
}

// showFields lists the sections; enabled is about the caller.
func (s *Server) showFields(c *call) any {
	below := c.user.Role == roleGroupManager || c.user.Role == roleBusinessManager
	sections := []fieldSection{}
	for _, section := range s.fields.All() {
		shown := fieldSection{Name: section.Name, Fields: slices.Clone(section.Fields)}
		for i := range shown.Fields {
			if below {
				shown.Fields[i].Enabled = shown.Fields[i].Enabled && shown.Fields[i].EnabledForSubroles
			}
		}
		sections = append(sections, shown)
	}
	return sections
}

// fieldPermissions maps the fields that restricted roles may write to permissions
// of the catalogue, with the one that all of them need.
func (s *Server) fieldPermissions() []string {
	known := s.catalogue().permissions()
	list := []string{"business_edit"}
	for _, section := range s.fields.All() {
		for _, f := range section.Fields {
			name := "business_edit_" + f.Name
			if section.Name == "photos" {
				name = "business_edit_photo_" + f.Name
			}
			if _, ok := known[name]; ok && f.EnabledForSubroles {
				list = append(list, name)
			}
		}
	}
	return list
}
