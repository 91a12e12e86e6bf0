package tines

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/crud"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A MappingRow puts the users of a group of the identity provider into a team.
type MappingRow struct {
	Group string
	Team  string // key of a team
	Role  string // key of a role
}

var mappingKind = schema.Kind{
	Name:   "scim_mapping",
	Plural: "SCIM mapping rows",
	Doc: "A row of the mapping that an identity provider uses: the users of the group get the role in the team. Tines replaces the " +
		"whole mapping at every write, so rolecall reads it first and changes only its own rows. Rows keep their order and new ones come last. " +
		"If a user is in several groups of a team, the first row counts. rolecall never changes the group of the tenant owners.",
	Attributes: []schema.Attribute{
		schema.String("group", "Exact name of the group in the identity provider.", func(r *MappingRow) *string { return &r.Group }).
			With(schema.Key | schema.Label | schema.Required | schema.Immutable).Like(`"Analysts"`),
		schema.Ref("team", "Team that the users of the group are in.", func(r *MappingRow) *string { return &r.Team }).
			With(schema.Key | schema.Label | schema.Required | schema.Immutable).To("team").Like(`team.soc`),
		schema.Ref("role", "What they may do in the team.", func(r *MappingRow) *string { return &r.Role }).
			With(schema.Required | schema.CarriesRights).To("role").Like(`role.analyst`),
	},
	// Only the identity provider knows the users of the group, so the row has their grants.
	Grants: func(o *schema.Object, look schema.Lookup) []schema.Grant {
		r := o.Body.(*MappingRow)
		return roleGrants(r.Team, r.Role, look)
	},
}

// mapping are the calls for rows of the mapping. They all read and write the whole mapping.
type mapping struct{ *client }

const mappingPath = "/admin/scim_user_group_mapping"

// A mappingLock lets one write at a time read the mapping, change it and post it. It also keeps
// the mapping of the last list.
type mappingLock struct {
	writing sync.Mutex

	mu     sync.Mutex
	listed *document
}

func (l *mappingLock) keep(d *document) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.listed = d
}

func (l *mappingLock) last() *document {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.listed
}

// fetch reads the mapping, each time anew, because others may write it.
//
// A 404 may mean that the key lacks the right, or that there is no mapping. The key has the
// right, because connect read the roles, which only a tenant owner's key sees. So if no identity
// provider decides about users, there is no mapping. Otherwise there has to be one, and the 404
// is an error.
func (m mapping) fetch(ctx context.Context) (*document, error) {
	d := &document{}
	err := m.rest.Do(ctx, rest.Call{Op: "read the SCIM mapping", Path: mappingPath, Validate: func() error { return d.check() }}, d)
	if provider.Status(err) == http.StatusNotFound && m.settings.filesDecide() {
		return &document{absent: true, rows: []row{}, fields: map[string]json.RawMessage{}}, nil
	}
	if err != nil {
		return nil, denied(err)
	}
	return d, m.nameRoles(ctx, d)
}

// nameRoles replaces the roles of rows by the names of the roles. It sends no request if all of
// them are known names.
func (m mapping) nameRoles(ctx context.Context, d *document) error {
	if !slices.ContainsFunc(d.rows, func(r row) bool {
		_, known := m.Index.ID(roleKind.Name, r.role)
		return !known
	}) {
		return nil
	}
	names, err := m.roleNames(ctx)
	if err == nil {
		d.nameRoles(names)
	}
	return err
}

var mappingLive = mappingKind.Mask("group", "team", "role")

func (m mapping) live(r *row) schema.Object {
	return m.Object(&mappingKind, "", &MappingRow{Group: r.group, Team: r.team, Role: r.role}, mappingLive)
}

func (m mapping) List(ctx context.Context, yield func(schema.Object, error) bool) {
	d, err := m.fetch(ctx)
	if err != nil {
		yield(schema.Object{}, err)
		return
	}
	m.mapping.keep(d)
	seen := map[[2]string]bool{}
	for i := range d.rows {
		r := &d.rows[i]
		if key := [2]string{r.group, r.team}; seen[key] {
			continue
		} else {
			seen[key] = true
		}
		if !yield(m.live(r), nil) {
			return
		}
	}
}

func (m mapping) Read(ctx context.Context, o schema.Object) (schema.Object, error) {
	return m.Find(ctx, o)
}

func (m mapping) Find(ctx context.Context, want schema.Object) (schema.Object, error) {
	d, err := m.fetch(ctx)
	if err != nil {
		return schema.Object{}, err
	}
	w := want.Body.(*MappingRow)
	if i := d.at(w.Group, w.Team); i >= 0 {
		return m.live(&d.rows[i]), nil
	}
	return schema.Object{}, provider.ErrNotFound
}

// ownersGroup returns the group of tenant owners to write if Tines shows none, or "". The plan
// has shown that it is written only if Tines did not show one then either.
func (m mapping) ownersGroup() string {
	if planned := m.mapping.last(); planned == nil || planned.owners() != "" {
		return ""
	}
	return m.settings.SCIMOwnersGroup
}

// rewrite reads the mapping, lets edit change it, posts it, and compares it with what was
// posted. edit reports whether there is anything to write.
func (m mapping) rewrite(ctx context.Context, written func(), edit func(*document) bool) (*document, error) {
	m.mapping.writing.Lock()
	defer m.mapping.writing.Unlock()
	d, err := m.fetch(ctx)
	if err != nil || !edit(d) {
		return d, err
	}
	const op = "write the SCIM mapping"
	body, err := d.body(m.ownersGroup())
	if err != nil {
		return nil, &provider.Error{
			Op: op, Method: http.MethodGet, URL: mappingPath, Status: http.StatusOK, Reason: err.Error(),
			Hint: "Write the name of the group into scim_owners_group in the provider block. rolecall uses it only if Tines does not show the group.",
		}
	}
	call := rest.Call{Op: op, Method: http.MethodPost, Path: mappingPath, Body: body}
	if err := m.rest.Do(ctx, call, nil); err != nil {
		return nil, denied(err)
	}
	now, err := m.fetch(ctx)
	switch {
	case err != nil:
		return nil, fmt.Errorf("the mapping was written, but reading it back failed: %w", err)
	case !d.same(now):
		return nil, &provider.Error{
			Op: op, Method: http.MethodPost, URL: mappingPath, Status: http.StatusOK,
			Reason: fmt.Sprintf("Tines has %s, and rolecall sent %d", text.Count(len(now.rows), "row", "rows"), len(d.rows)),
			Hint:   "Rows are missing, changed or in another order: Tines may drop rows that it does not know, or someone else wrote the mapping at the same time. Plan again and check the rows.",
		}
	}
	written()
	return now, nil
}

// put writes one row and returns it as read back.
func (m mapping) put(ctx context.Context, r provider.Request) (schema.Object, error) {
	w := r.Want.Body.(*MappingRow)
	d, err := m.rewrite(ctx, r.Accepted, func(d *document) bool {
		d.put(w)
		return true
	})
	if err != nil {
		return schema.Object{}, err
	}
	if i := d.at(w.Group, w.Team); i >= 0 {
		return m.live(&d.rows[i]), nil
	}
	return schema.Object{}, provider.ErrNotFound
}

func (m mapping) Create(ctx context.Context, r provider.Request) (schema.Object, error) {
	return m.put(ctx, r)
}

func (m mapping) Update(ctx context.Context, r provider.Request) (schema.Object, error) {
	return m.put(ctx, r)
}

func (m mapping) Remove(ctx context.Context, q provider.Request) error {
	have := q.Have
	w := have.Body.(*MappingRow)
	_, err := m.rewrite(ctx, func() {}, func(d *document) bool {
		before := len(d.rows)
		d.drop(w.Group, w.Team)
		return len(d.rows) < before
	})
	return err
}

// Remaining sends no request: rewrite has read the whole mapping back.
func (m mapping) Remaining(context.Context, provider.Request, error) (schema.Object, error) {
	return schema.Object{}, provider.ErrNotFound
}

// Estimate counts the look-up, and the read, the write and the read of a rewrite.
func (m mapping) Estimate(provider.Request) crud.Requests { return crud.Requests{"": 4} }

// followRename writes the mapping before a team gets a new name, because its rows name teams:
// otherwise the users of their groups would get into no team. The mapping is written first: if
// apply is interrupted in between, the next plan still shows the rename and completes it. undo
// writes the old name again if Tines then refuses the new one.
func (c *client) followRename(ctx context.Context, from, to string) (undo func() error, err error) {
	var groups []string
	_, err = mapping{c}.rewrite(ctx, func() {}, func(d *document) bool {
		groups = d.rename(from, to, nil)
		return len(groups) > 0
	})
	switch {
	case provider.Status(err) == http.StatusNotFound && c.settings.Provisioning == provisionJIT: // only first sign-ins use the mapping
	case err != nil:
		return nil, fmt.Errorf("the SCIM mapping names the team %s, and its rows have to be changed first: %w", from, err)
	}
	return func() error {
		if len(groups) == 0 {
			return nil
		}
		_, err := mapping{c}.rewrite(context.WithoutCancel(ctx), func() {}, func(d *document) bool {
			return len(d.rename(to, from, groups)) > 0
		})
		if err == nil {
			return nil
		}
		return &provider.Error{
			Op: "write the SCIM mapping", Method: http.MethodPost, URL: mappingPath,
			Reason: fmt.Sprintf("the team is still called %s, but rows of the mapping name it %s: %s", from, to, err),
			Hint:   fmt.Sprintf("Until the rows are corrected, the users of %s get into no team. Replace %q with %q in these rows in Tines.", quotedList(groups), to, from),
		}
	}, nil
}
