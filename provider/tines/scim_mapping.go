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

// A MappingRow brings the people of one group of the identity provider into one
// team.
type MappingRow struct {
	Group string
	Team  string // key of a team
	Role  string // key of a role
}

var mappingKind = schema.Kind{
	Name:   "scim_mapping",
	Plural: "SCIM mapping rows",
	Doc: "A row of the mapping by which an identity provider places people: who is in the group has the role in the team. Tines replaces the " +
		"whole mapping at every write, so rolecall reads it first and changes only its own rows. The order of rows stays, new ones come last, and " +
		"where a person reaches a team by several groups, the first row counts. The group of the tenant owners is never changed.",
	Attributes: []schema.Attribute{
		schema.String("group", "Name of the group in the identity provider, letter by letter.", func(r *MappingRow) *string { return &r.Group }).
			With(schema.Key | schema.Label | schema.Required | schema.Immutable).Like(`"Analysts"`),
		schema.Ref("team", "Team that the people of the group are in.", func(r *MappingRow) *string { return &r.Team }).
			With(schema.Key | schema.Label | schema.Required | schema.Immutable).To("team").Like(`team.soc`),
		schema.Ref("role", "What they may do there.", func(r *MappingRow) *string { return &r.Role }).
			With(schema.Required | schema.CarriesRights).To("role").Like(`role.analyst`),
	},
	// The people of the group are known to the identity provider alone, so the row stands
	// for them.
	Grants: func(o *schema.Object, look schema.Lookup) []schema.Grant {
		r := o.Body.(*MappingRow)
		return roleGrants(r.Team, r.Role, look)
	},
}

// mapping are the calls for rows of the mapping, all of which read and write the
// whole of it.
type mapping struct{ *client }

const mappingPath = "/admin/scim_user_group_mapping"

// A mappingLock lets one write at a time read the mapping, change it and post it.
// Besides it keeps the last one that was listed.
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

// fetch reads the mapping. It is never kept for a write: somebody else may have
// written meanwhile.
//
// A 404 may mean that the key lacks the right, or that there is no mapping. The key
// has the right, since the roles, which only a tenant owner's key sees, were read
// with it. So where no identity provider places people, there is no mapping; where
// one does, there has to be one, and the 404 stays an error.
func (m mapping) fetch(ctx context.Context) (*document, error) {
	d := &document{}
	err := m.rest.Do(ctx, rest.Call{Op: "read the SCIM mapping", Path: mappingPath, Validate: func() error { return d.check() }}, d)
	if provider.Status(err) == http.StatusNotFound && m.settings.filesDecide() {
		return &document{absent: true, rows: []row{}, fields: map[string]json.RawMessage{}}, nil
	}
	if err != nil {
		return nil, hidden(err)
	}
	return d, m.named(ctx, d)
}

// named brings the roles of rows to the names by which they are written. Where all
// of them are known names, nothing is asked.
func (m mapping) named(ctx context.Context, d *document) error {
	if !slices.ContainsFunc(d.rows, func(r row) bool {
		_, known := m.Index.ID(roleKind.Name, r.role)
		return !known
	}) {
		return nil
	}
	names, err := m.roleNames(ctx)
	if err == nil {
		d.known(names)
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

// ownersGroup is the group of tenant owners that may be written where Tines shows
// none: the plan told that it would be, because Tines did not show one then either.
func (m mapping) ownersGroup() string {
	if planned := m.mapping.last(); planned == nil || planned.owners() != "" {
		return ""
	}
	return m.settings.SCIMOwnersGroup
}

// rewrite reads the mapping, lets edit change it, posts it, and makes sure that it
// is what was posted. The edit says whether there is anything to write.
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
			Hint: "Write the group's name into scim_owners_group in the provider block; it is sent only where Tines does not show one.",
		}
	}
	call := rest.Call{Op: op, Method: http.MethodPost, Path: mappingPath, Body: body}
	if err := m.rest.Do(ctx, call, nil); err != nil {
		return nil, hidden(err)
	}
	now, err := m.fetch(ctx)
	switch {
	case err != nil:
		return nil, fmt.Errorf("the mapping was written, and reading it back failed: %w", err)
	case !d.same(now):
		return nil, &provider.Error{
			Op: op, Method: http.MethodPost, URL: mappingPath, Status: http.StatusOK,
			Reason: fmt.Sprintf("Tines has %s where %s sent", text.Count(len(now.rows), "row", "rows"), wereSent(len(d.rows))),
			Hint:   "Rows are missing, changed or in another order: Tines may drop what it does not know, or somebody else wrote at the same time. Plan again and look at the rows.",
		}
	}
	written()
	return now, nil
}

func wereSent(n int) string {
	if n == 1 {
		return "1 was"
	}
	return fmt.Sprintf("%d were", n)
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

// Remaining has nothing to ask: rewrite reads the mapping back as a whole.
func (m mapping) Remaining(context.Context, provider.Request, error) (schema.Object, error) {
	return schema.Object{}, provider.ErrNotFound
}

// Estimate counts the look before, and the read, the write and the read of a rewrite.
func (m mapping) Estimate(provider.Request) crud.Requests { return crud.Requests{"": 4} }

// renaming writes the mapping for a team that is about to get a new name, because
// its rows name teams: without that the people of their groups would come into no
// team any more. The mapping goes first, so that a run which ends in between leaves
// the team's own change to be done, and the next plan does the rest. Back undoes it
// where Tines then refuses the name.
func (c *client) renaming(ctx context.Context, from, to string) (back func() error, err error) {
	var groups []string
	_, err = mapping{c}.rewrite(ctx, func() {}, func(d *document) bool {
		groups = d.rename(from, to, nil)
		return len(groups) > 0
	})
	switch {
	case provider.Status(err) == http.StatusNotFound && c.settings.Provisioning == provisionJIT: // only first sign-ins look at it
	case err != nil:
		return nil, fmt.Errorf("rows of the mapping name the team %s and have to be written with its new name first: %w", from, err)
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
			Reason: fmt.Sprintf("the team is still called %s, and rows of the mapping name it %s: %s", from, to, err),
			Hint:   fmt.Sprintf("Until they are right, the people of %s come into no team. Write %q in the place of %q into the rows in Tines.", quotedList(groups), from, to),
		}
	}, nil
}
