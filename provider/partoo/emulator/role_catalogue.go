package emulator

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
)

// catalogueFile is what GET /permissions answers unless a seed says otherwise.
//
// Documented are: the shape; the section "presence" with its subsection
// "presence_pages"; business_edit and business_edit_name with all their
// attributes; and the names of the other 54 permissions, which is about half of
// those that Partoo has. Assumed by the emulator are: that the other
// business_edit_* permissions are in presence_pages too, every order but the first
// two, and that disabled_for_roles is empty. Not known, and therefore null or
// "section not documented", are every other feature, depends_on, section and subsection. The
// name review_read is in sample bodies only.
//
//go:embed catalogue.json
var catalogueFile []byte

type catalogue struct {
	Sections []catalogueSection `json:"sections"`
}

type catalogueSection struct {
	Name        string                `json:"name"`
	Order       int                   `json:"order"`
	Subsections []catalogueSubsection `json:"subsections"`
}

type catalogueSubsection struct {
	Name        string       `json:"name"`
	Order       int          `json:"order"`
	Permissions []permission `json:"permissions"`
}

type permission struct {
	Name             string   `json:"name"`
	Order            int      `json:"order"`
	Feature          *string  `json:"feature"`
	DependsOn        depends  `json:"depends_on"`
	DisabledForRoles []string `json:"disabled_for_roles"`
}

// depends are names of permissions. It reads null, a string or a list, and writes null, a
// string for one name, or a list.
type depends []string

func (d *depends) UnmarshalJSON(data []byte) error {
	*d = nil
	var one *string
	if json.Unmarshal(data, &one) == nil {
		if one != nil {
			*d = depends{*one}
		}
		return nil
	}
	var list []string
	if err := json.Unmarshal(data, &list); err != nil {
		return fmt.Errorf("depends_on is neither null, a string nor a list of strings")
	}
	*d = list
	return nil
}

func (d depends) MarshalJSON() ([]byte, error) {
	switch len(d) {
	case 0:
		return []byte("null"), nil
	case 1:
		return json.Marshal(d[0])
	}
	return json.Marshal([]string(d))
}

// permissions returns the catalogue by name.
func (c *catalogue) permissions() map[string]permission {
	all := map[string]permission{}
	for _, s := range c.Sections {
		for _, ss := range s.Subsections {
			for _, p := range ss.Permissions {
				all[p.Name] = p
			}
		}
	}
	return all
}

// names lists the catalogue's permissions in its order.
func (c *catalogue) names() []string {
	var names []string
	for _, s := range c.Sections {
		for _, ss := range s.Subsections {
			for _, p := range ss.Permissions {
				names = append(names, p.Name)
			}
		}
	}
	return names
}

// vary changes a catalogue as the variants say.
func (s *Server) vary(c *catalogue) {
	whom := roleBusinessManager
	switch {
	case s.is("disabled-for-roles", "empty"):
		return
	case s.is("disabled-for-roles", "api-ids"):
		whom = s.builtinID(whom)
	}
	for _, section := range c.Sections {
		for _, sub := range section.Subsections {
			for i := range sub.Permissions {
				if p := &sub.Permissions[i]; p.Name == "review_flag" {
					p.DisabledForRoles = []string{whom}
				}
			}
		}
	}
}

// getPermissions answers GET /permissions.
func (s *Server) getPermissions(c *call) (any, error) {
	cat := s.catalogue()
	if !s.is("depends-on", "array") {
		return cat, nil
	}
	return arrays(cat), nil
}

// arrays returns the catalogue with every depends_on as null or a list.
func arrays(cat *catalogue) any {
	type listed struct {
		permission
		DependsOn []string `json:"depends_on"`
	}
	var sections []any
	for _, s := range cat.Sections {
		var subs []any
		for _, ss := range s.Subsections {
			rows := []listed{}
			for _, p := range ss.Permissions {
				rows = append(rows, listed{p, slices.Clone(p.DependsOn)})
			}
			subs = append(subs, map[string]any{"name": ss.Name, "order": ss.Order, "permissions": rows})
		}
		sections = append(sections, map[string]any{"name": s.Name, "order": s.Order, "subsections": subs})
	}
	return map[string]any{"sections": sections}
}
