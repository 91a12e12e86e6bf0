package partoo

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// legacyMappingFile is the mapping unless the setting legacy_mapping has another one.
//
//go:embed legacy_mapping.json
var legacyMappingFile string

// LegacyMapping is the mapping that is used unless the setting legacy_mapping has another one.
func LegacyMapping() string { return legacyMappingFile }

// A legacyMapping says which permissions the business fields and sidebar pages stand for. All of
// it is inferred from names: Partoo publishes no such table.
type legacyMapping struct {
	About         string                `json:"about"`
	FormatVersion int                   `json:"format_version"`
	Parent        string                `json:"parent"`       // needed for each field
	FieldPrefix   string                `json:"field_prefix"` // before the name of a field
	Fields        map[string]string     `json:"fields"`       // fields whose permission has another name
	Pages         map[string]legacyPage `json:"pages"`
	EmptyList     string                `json:"empty_list"` // what [] as the sidebar pages of a user means: none, the default, or all
}

type legacyPage struct {
	Permissions []string `json:"permissions"` // a * at the end stands for any text
	Features    []string `json:"features"`    // of GET /permissions
}

// sidebarPages are the legacy parts of the app, as the API writes them (reference Users).
var sidebarPages = []string{"bulk_modification", "diffusion", "feedback_management", "messages", "posts",
	"presence_analytics", "review_analytics", "review_invite", "review_management"}

// parseMapping reads a mapping. Its error completes the sentence "legacy_mapping <error>".
func parseMapping(text string) (*legacyMapping, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	var m legacyMapping
	if err := d.Decode(&m); err != nil {
		return nil, fmt.Errorf("is not a mapping: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("has data after the mapping")
	}
	if m.FormatVersion != 1 {
		return nil, fmt.Errorf("must have format_version 1; this has %d", m.FormatVersion)
	}
	if m.Parent == "" || m.FieldPrefix == "" {
		return nil, errors.New(`must have "parent" and "field_prefix"`)
	}
	if m.EmptyList != "" && m.EmptyList != "none" && m.EmptyList != "all" {
		return nil, fmt.Errorf(`has the empty_list %q, which is neither "none" nor "all"`, m.EmptyList)
	}
	for _, page := range slices.Sorted(maps.Keys(m.Pages)) {
		if !slices.Contains(sidebarPages, page) {
			return nil, fmt.Errorf("has the page %q, which is none of %s", page, strings.Join(sidebarPages, ", "))
		}
	}
	return &m, nil
}

// CheckLegacyMapping returns what is wrong with a mapping. Its error completes the sentence "FILE: <error>".
func CheckLegacyMapping(s string) error {
	_, err := parseMapping(s)
	return err
}

// mappingText is the rule for the setting legacy_mapping.
func mappingText(s string) error {
	if !strings.HasPrefix(strings.TrimSpace(s), "{") {
		return errors.New(`must be the text of a mapping, as JSON; to read it from a file, write legacy_mapping = file("mapping.json")`)
	}
	return CheckLegacyMapping(s)
}

// field returns the permission to edit a business field.
func (m *legacyMapping) field(name string) string {
	if p, ok := m.Fields[name]; ok {
		return p
	}
	return m.FieldPrefix + name
}

// page returns the sidebar page that a permission belongs to, or "". A name counts before the
// feature, and a longer name before a shorter one.
func (m *legacyMapping) page(p *wirePermission) string {
	found, length := "", -1
	for _, page := range sidebarPages {
		for _, name := range m.Pages[page].Permissions {
			start, open := strings.CutSuffix(name, "*")
			if (p.Name == name || open && strings.HasPrefix(p.Name, start)) && len(name) > length {
				found, length = page, len(name)
			}
		}
	}
	for _, page := range sidebarPages {
		if found == "" && p.Feature != "" && slices.Contains(m.Pages[page].Features, p.Feature) {
			found = page
		}
	}
	return found
}

// pages returns the permissions of the catalogue by sidebar page. Permissions to edit businesses
// follow the business fields and belong to no page.
func (m *legacyMapping) pages(all catalogue) map[string][]string {
	out := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		p := all[name]
		if page := m.page(&p); page != "" && name != m.Parent && !strings.HasPrefix(name, m.FieldPrefix) {
			out[page] = append(out[page], name)
		}
	}
	return out
}

// unknown returns the permissions and features of the mapping that Partoo does not offer, without those of the
// mapping that rolecall has.
func (m *legacyMapping) unknown(all catalogue) ([]string, error) {
	usual, err := parseMapping(legacyMappingFile)
	if err != nil {
		return nil, err
	}
	permission := func(name string) bool {
		start, open := strings.CutSuffix(name, "*")
		return slices.ContainsFunc(slices.Collect(maps.Keys(all)), func(p string) bool { return p == name || open && strings.HasPrefix(p, start) })
	}
	feature := func(name string) bool {
		return slices.ContainsFunc(slices.Collect(maps.Values(all)), func(p wirePermission) bool { return p.Feature == name })
	}
	var out []string
	note := func(name, usual string, offered func(string) bool) {
		if name != "" && name != usual && !offered(name) {
			out = append(out, name)
		}
	}
	note(m.Parent, usual.Parent, permission)
	note(m.FieldPrefix+"*", usual.FieldPrefix+"*", permission)
	for f, name := range m.Fields {
		note(name, usual.Fields[f], permission)
	}
	for page, p := range m.Pages {
		for _, name := range p.Permissions {
			if !slices.Contains(usual.Pages[page].Permissions, name) {
				note(name, "", permission)
			}
		}
		for _, name := range p.Features {
			if !slices.Contains(usual.Pages[page].Features, name) {
				note(name, "", feature)
			}
		}
	}
	return schema.Canonical(out), nil
}

// permissionsOf returns the permissions of fields that the catalogue has, with the one that they
// all need if parent is set.
func (m *legacyMapping) permissionsOf(fields []string, all catalogue, parent bool) []string {
	var out []string
	for _, f := range fields {
		if _, offered := all[m.field(f)]; offered {
			out = append(out, m.field(f))
		}
	}
	if _, offered := all[m.Parent]; offered && parent && len(out) > 0 {
		out = append(out, m.Parent)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
