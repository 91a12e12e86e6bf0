package tines

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// The names of fields in the mapping. The documentation has two names for some of them.
const (
	wrapperField = "user_group_mapping"
	rowsField    = "mappings"
	groupField   = "group_name"
	oldGroup     = "sso_group"
	teamField    = "team_name"
	roleField    = "role_name"
	ownersField  = "tenant_owners_group"
	ownersFields = "tenant_owners_groups"
)

// A document is the mapping as Tines shows it. Fields that rolecall does not know are written
// back as they came.
type document struct {
	absent bool                       // Tines answers that there is none
	around map[string]json.RawMessage // beside the wrapper
	fields map[string]json.RawMessage // beside the rows
	rows   []row
}

// A row is a row of the mapping. A change replaces only the fields that it is about.
type row struct {
	group, team, role string
	fields            map[string]json.RawMessage
}

// UnmarshalJSON reads the mapping with or without the wrapper: the documentation shows both. An
// answer without a list of rows leaves rows nil.
func (d *document) UnmarshalJSON(b []byte) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(b, &fields); err != nil {
		return err
	}
	*d = document{fields: fields}
	if inner, wrapped := fields[wrapperField]; wrapped {
		d.around, d.fields = fields, nil
		if err := json.Unmarshal(inner, &d.fields); err != nil {
			return fmt.Errorf("%s is not an object: %w", wrapperField, err)
		}
	}
	var rows []map[string]json.RawMessage
	if text, there := d.fields[rowsField]; !there {
		return nil // check reports it
	} else if err := json.Unmarshal(text, &rows); err != nil {
		return fmt.Errorf("%s is not a list of rows: %w", rowsField, err)
	}
	if rows == nil {
		return nil
	}
	d.rows = make([]row, len(rows))
	for i, fields := range rows {
		if old, is := fields[oldGroup]; is && fields[groupField] == nil {
			delete(fields, oldGroup)
			fields[groupField] = old
		}
		d.rows[i].fields = fields
		for name, to := range map[string]*string{groupField: &d.rows[i].group, teamField: &d.rows[i].team, roleField: &d.rows[i].role} {
			if text, there := fields[name]; there {
				if err := json.Unmarshal(text, to); err != nil {
					return fmt.Errorf("%s of row %d is not a string", name, i+1)
				}
			}
		}
	}
	return nil
}

// check returns an error if this is no mapping: one without a list of rows must not be taken for
// an empty one and written.
func (d *document) check() error {
	if err := rest.RequireList(rowsField, d.rows); err != nil {
		return err
	}
	for i, r := range d.rows {
		if r.group == "" || r.team == "" || r.role == "" {
			return fmt.Errorf("row %d of %q has no group, team or role", i+1, rowsField)
		}
	}
	return nil
}

// nameRoles replaces the roles of rows by the names of the roles: Tines may show an id, or
// team_admin for TEAM_ADMIN.
func (d *document) nameRoles(names map[wireID]string) {
	folded := map[string]string{}
	for _, name := range slices.Sorted(maps.Values(names)) {
		folded[strings.ToLower(name)] = name
	}
	for i := range d.rows {
		r := &d.rows[i]
		if _, exact := names[wireID(r.role)]; !exact {
			if name, is := folded[strings.ToLower(r.role)]; is {
				r.setRole(name)
			}
		} else if name := names[wireID(r.role)]; name != r.role {
			r.setRole(name)
		}
	}
}

func (r *row) setRole(name string) { r.role, r.fields[roleField] = name, quoted(name) }
func (r *row) setTeam(name string) { r.team, r.fields[teamField] = name, quoted(name) }

// quoted returns a string in JSON.
func quoted(s string) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic("tines: a text has no JSON: " + err.Error())
	}
	return bytes.TrimSpace(b.Bytes())
}

func newRow(m *MappingRow) row {
	return row{m.Group, m.Team, m.Role, map[string]json.RawMessage{
		groupField: quoted(m.Group), teamField: quoted(m.Team), roleField: quoted(m.Role),
	}}
}

// at returns the index of the first row of a group and team, or -1. Further rows of the same
// group and team have no effect.
func (d *document) at(group, team string) int {
	return slices.IndexFunc(d.rows, func(r row) bool { return r.is(group, team) })
}

// is reports whether the row is about the group and the team, whose names are in NFC.
func (r row) is(group, team string) bool {
	return schema.NFC(r.group) == group && schema.NFC(r.team) == team
}

// put changes the role of a row in place, or adds the row at the end.
func (d *document) put(m *MappingRow) {
	if i := d.at(m.Group, m.Team); i >= 0 {
		d.rows[i].setRole(m.Role)
		return
	}
	d.rows = append(d.rows, newRow(m))
}

// drop removes a row and those that have no effect because of it.
func (d *document) drop(group, team string) {
	d.rows = slices.DeleteFunc(d.rows, func(r row) bool { return r.is(group, team) })
}

// rename replaces the name of a team in its rows, in all of them or in those of some groups, and
// returns the groups of these rows.
func (d *document) rename(from, to string, of []string) (groups []string) {
	for i := range d.rows {
		if r := &d.rows[i]; schema.NFC(r.team) == from && (of == nil || slices.Contains(of, r.group)) {
			r.setTeam(to)
			groups = append(groups, r.group)
		}
	}
	return groups
}

// owners returns the name of the field with the group of tenant owners, or "" if the document
// does not show it. A write without it may take the rights from all of them.
func (d *document) owners() (field string) {
	for _, name := range []string{ownersField, ownersFields} {
		if text, there := d.fields[name]; there && !bytes.Equal(bytes.TrimSpace(text), []byte("null")) {
			return name
		}
	}
	return ""
}

var errNoOwners = errors.New("the answer of Tines does not have the group of the tenant owners, and a mapping without it may take the rights from all of them")

// body returns the mapping to write: always with the wrapper, and with the group of owners as it
// came, or the given one if none came.
func (d *document) body(owners string) (map[string]any, error) {
	rows := make([]map[string]json.RawMessage, len(d.rows))
	for i := range d.rows {
		rows[i] = d.rows[i].fields
	}
	inner := map[string]any{}
	for name, text := range d.fields {
		inner[name] = text
	}
	inner[rowsField] = rows
	if d.owners() == "" {
		if owners == "" {
			return nil, errNoOwners
		}
		inner[ownersField] = owners
		delete(inner, ownersFields)
	}
	out := map[string]any{}
	for name, text := range d.around {
		out[name] = text
	}
	out[wrapperField] = inner
	return out, nil
}

// same reports whether two documents have the same rows in the same order.
func (d *document) same(other *document) bool {
	return slices.EqualFunc(d.rows, other.rows, func(a, b row) bool {
		return a.group == b.group && a.team == b.team && a.role == b.role
	})
}

// ownerGroups returns the groups of tenant owners that the document shows.
func (d *document) ownerGroups() []string {
	text := d.fields[d.owners()]
	var one string
	if json.Unmarshal(text, &one) == nil {
		return []string{one}
	}
	var several []string
	if json.Unmarshal(text, &several) == nil {
		return several
	}
	return nil
}

func quotedList(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = fmt.Sprintf("%q", w)
	}
	if len(out) == 0 {
		return "none"
	}
	return text.List(out, 5)
}
