package partoo

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A Legacy is what the legacy permissions of an organization are, and what becomes of them. It is a
// JSON document, too.
type Legacy struct {
	Tenant        string           `json:"tenant"`
	Organization  string           `json:"organization"`
	HasSwitched   bool             `json:"has_switched"`
	CanSwitch     bool             `json:"can_switch"`
	FieldsKnown   bool             `json:"business_fields_known"`
	ClosedFields  []string         `json:"closed_fields"` // for group and business managers
	OpenFields    []string         `json:"open_fields"`
	Businesses    []LegacyBusiness `json:"businesses,omitzero"` // with closed fields of their own; nil if they were not read
	Pages         []LegacyPageUse  `json:"sidebar_pages"`
	Groups        []LegacyGroup    `json:"groups"`
	Roles         []LegacyRole     `json:"roles"` // that would be generated
	Inexpressible []string         `json:"not_expressible"`
	People        []LegacyPerson   `json:"people"` // without some pages

	generated      map[string][]schema.Object
	inferredFields []string
}

// Generated returns the objects that reproduce what people may do now, by kind.
func (l *Legacy) Generated() map[string][]schema.Object { return l.generated }

// withoutNull makes empty lists of those that are nil, so that no list is null in JSON.
func (l *Legacy) withoutNull() {
	lists := []*[]string{&l.ClosedFields, &l.OpenFields, &l.Inexpressible}
	for i := range l.Pages {
		lists = append(lists, &l.Pages[i].Permissions)
	}
	for i := range l.Groups {
		g := &l.Groups[i]
		lists = append(lists, &g.Without, &g.SwitchOnly.Gained, &g.SwitchOnly.Lost, &g.Generated.Gained, &g.Generated.Lost)
	}
	for i := range l.Roles {
		lists = append(lists, &l.Roles[i].Permissions)
	}
	for _, list := range lists {
		*list = append([]string{}, *list...)
	}
	l.Groups, l.Roles, l.People = append([]LegacyGroup{}, l.Groups...), append([]LegacyRole{}, l.Roles...), append([]LegacyPerson{}, l.People...)
}

// A LegacyBusiness has business fields that are closed at it and open in the organization.
type LegacyBusiness struct {
	ID     string   `json:"id"`
	Name   string   `json:"name"` // with its store code
	Closed []string `json:"closed_fields"`
}

// A LegacyPageUse is a sidebar page with the permissions that it stands for.
type LegacyPageUse struct {
	Page        string   `json:"page"`
	Permissions []string `json:"permissions"`
	Without     int      `json:"users_without"`
}

// A LegacyGroup is users with the same legacy permissions, and what each future gives and takes.
type LegacyGroup struct {
	Role       string   `json:"role"`
	CustomRole string   `json:"custom_role"` // now
	Without    []string `json:"without_pages"`
	Users      []string `json:"users"`
	Known      bool     `json:"rights_known"` // what they may do is known
	// SwitchOnly is what the users gain and lose if the organization switches and nothing else
	// changes. If nothing is done it is the same, as soon as Partoo switches everybody. In an
	// organization that has switched it is what they have more than their pages.
	SwitchOnly LegacyChange `json:"switch_only"`
	// Generated is the role that the users get from --generate, and what it changes.
	Generated LegacyChange `json:"generated"`
	Assigned  string       `json:"generated_role"`
}

// A LegacyChange is permissions that are gained and lost.
type LegacyChange struct {
	Gained []string `json:"gained"`
	Lost   []string `json:"lost"`
}

// A LegacyRole is a role that would be generated.
type LegacyRole struct {
	APIID       string   `json:"api_id"`
	Name        string   `json:"name"`
	Permissions []string `json:"permissions"`
	Users       int      `json:"users"`
	Exists      bool     `json:"exists"` // in Partoo or the files, with the same permissions

	description string
}

// A LegacyPerson is a user without some sidebar pages.
type LegacyPerson struct {
	Email string   `json:"email"`
	Pages []string `json:"sidebar_pages"`
}

// Checked returns the person with the names of the pages as Partoo writes them, or an error.
func (p LegacyPerson) Checked() (LegacyPerson, error) {
	if strings.TrimSpace(p.Email) == "" {
		return p, errors.New("a user has no email")
	}
	if p.Pages == nil {
		return p, fmt.Errorf("the user %s has no sidebar_pages", text.Quote(p.Email))
	}
	pages := make([]string, 0, len(p.Pages))
	for _, page := range p.Pages {
		page = strings.ToLower(strings.TrimSpace(page))
		if !slices.Contains(sidebarPages, page) {
			return p, fmt.Errorf("the user %s has the sidebar page %s, which is none of %s", text.Quote(p.Email), text.Quote(page), strings.Join(sidebarPages, ", "))
		}
		pages = append(pages, page)
	}
	return LegacyPerson{p.Email, schema.Canonical(pages)}, nil
}

// LegacyOptions say what a Legacy is computed from.
type LegacyOptions struct {
	// Live are all objects of the kinds in LegacyKinds, complete.
	Live map[string][]schema.Object
	// Saved are the people of an earlier Legacy, for organizations whose pages Partoo does not show any more.
	// They are checked, and not used before the switch.
	Saved []LegacyPerson
	// Businesses: the fields of every business are read, with one request each.
	Businesses bool
	// Files are the configuration that generated roles go into: they have other names than its roles, and
	// its roles are used where they fit. It is nil for a new configuration.
	Files *schema.Tenant
}

// LegacyKinds are the kinds that a Legacy is computed from.
func LegacyKinds() []string { return []string{roleKind.Name, builtinRoleKind.Name, userKind.Name} }

// ReadLegacy lets the client read the legacy permissions with the users.
func (c *client) ReadLegacy() { c.readLegacy() }

// InferredPages returns what sidebar pages stand for. Partoo does not document it, and rolecall infers it from
// names, one line each.
func (l *Legacy) InferredPages() []string {
	var out []string
	for _, p := range l.Pages {
		if len(p.Permissions) > 0 {
			out = append(out, fmt.Sprintf("sidebar page %s: %s", p.Page, strings.Join(p.Permissions, ", ")))
		}
	}
	return out
}

// InferredFields returns what Business Fields stand for, as InferredPages does for pages.
func (l *Legacy) InferredFields() []string { return l.inferredFields }
