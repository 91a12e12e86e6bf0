package tines

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// checkMapping holds the mapping as it would be after the plan against what rows
// mean together: the first one counts, names are compared letter by letter, and the
// group of the tenant owners must not get lost.
func (c *client) checkMapping(ctx context.Context, v provider.View) ([]schema.Finding, error) {
	k := &mappingCheck{client: c, View: v, rows: map[[2]string]*schema.Object{}}
	renamed := k.renames()
	doc := c.mapping.last()
	if doc == nil && len(renamed) > 0 {
		var err error
		doc, err = mapping{c}.fetch(ctx)
		if provider.Status(err) == http.StatusNotFound && c.settings.Provisioning == provisionJIT {
			return nil, nil // as renaming takes it
		}
		if err != nil {
			return nil, err
		}
		c.mapping.keep(doc) // for the count of requests
	}
	if doc == nil {
		return nil, nil
	}
	for i := range v.Desired {
		if r, is := v.Desired[i].Body.(*MappingRow); is {
			k.rows[[2]string{r.Group, r.Team}] = &v.Desired[i]
		}
	}
	k.absent(doc)
	follows := k.follow(doc, renamed)
	after := k.future(doc)
	k.owners(doc, follows || slices.ContainsFunc(v.Changes, func(r provider.Request) bool {
		return r.Addr.Kind == mappingKind.Name && r.Action.Writes()
	}))
	k.names(after)
	k.contradictions(after)
	return k.found, nil
}

type mappingCheck struct {
	*client
	provider.View
	rows  map[[2]string]*schema.Object // declared
	found []schema.Finding
}

func (k *mappingCheck) add(f schema.Finding) { k.found = append(k.found, f) }

// problem starts a finding about a row, at its block where there is one.
func (k *mappingCheck) problem(r row, code, attribute, summary, detail string) schema.Finding {
	if o := k.rows[[2]string{r.group, r.team}]; o != nil {
		return o.Problem(code, attribute, summary, detail)
	}
	return schema.Finding{
		Code: code, Addr: schema.Address{Provider: k.Tenant, Kind: mappingKind.Name, Key: schema.JoinKey(r.group, r.team)},
		Attribute: attribute, Summary: summary, Detail: detail,
	}
}

// absent tells what is assumed where files speak of the mapping and Tines shows none.
func (k *mappingCheck) absent(doc *document) {
	if _, listed := k.Live[mappingKind.Name]; !doc.absent || !listed {
		return
	}
	k.add(schema.Finding{
		Severity: schema.Warning, Code: "tines/no-mapping", Addr: schema.Address{Provider: k.Tenant, Kind: mappingKind.Name},
		Summary: "The tenant is taken to have no SCIM mapping",
		Detail: "Tines answers 404 for the mapping. That is also how it answers a key without the right, but the roles of the tenant, which need the same right, " +
			"could be read. So there are taken to be no rows, which fits provisioning = \"api\". Where an identity provider does place people, " +
			"write which way into provisioning in the provider block: then a 404 stops the plan.",
	})
}

// renames are the teams that get a new name, with their changes.
func (k *mappingCheck) renames() []provider.Request {
	return slices.DeleteFunc(slices.Clone(k.Changes), func(r provider.Request) bool {
		return r.Addr.Kind != teamKind.Name || r.Action != schema.Rename
	})
}

// follow tells which rows are written because a team gets a new name, and reports
// whether there are any.
func (k *mappingCheck) follow(doc *document, renamed []provider.Request) (writes bool) {
	for _, r := range renamed {
		from, to := r.Have.Body.(*Team).Name, r.Want.Body.(*Team).Name
		var groups []string
		for _, row := range doc.rows {
			if schema.NFC(row.team) == from {
				groups = append(groups, row.group)
			}
		}
		if len(groups) > 0 {
			writes = true
			k.add(r.Want.Problem("tines/mapping-follows", "name", "The SCIM mapping is written with the team",
				fmt.Sprintf("The mapping names teams, and its %s of %s %s this one. Right before the team gets its new name, %s written with %q in the place of %q.",
					oneOf(len(groups), "row", "rows"), text.List(groups, 5), oneOf(len(groups), "names", "name"), oneOf(len(groups), "it is", "they are"), to, from)).Warn())
		}
	}
	return writes
}

// future is the mapping after the plan, in its order.
func (k *mappingCheck) future(doc *document) *document {
	after := &document{fields: doc.fields}
	for _, r := range doc.rows {
		after.rows = append(after.rows, row{group: r.group, team: r.team, role: r.role})
	}
	edit := func(d *document, r provider.Request) {
		switch r.Action {
		case schema.Create, schema.Update:
			m := r.Want.Body.(*MappingRow)
			if i := d.at(m.Group, m.Team); i >= 0 {
				d.rows[i].role = m.Role
			} else {
				d.rows = append(d.rows, row{group: m.Group, team: m.Team, role: m.Role})
			}
		case schema.Delete:
			m := r.Have.Body.(*MappingRow)
			d.drop(m.Group, m.Team)
		}
	}
	for _, r := range k.renames() {
		for i := range after.rows {
			if schema.NFC(after.rows[i].team) == r.Have.Body.(*Team).Name {
				after.rows[i].team = r.Want.Body.(*Team).Name
			}
		}
	}
	for _, r := range k.Changes {
		if r.Addr.Kind == mappingKind.Name {
			edit(after, r)
		}
	}
	return after
}

// owners refuses to write where the group of owners would get lost, and tells where
// the group is written, or the provider block names another one than the tenant has.
func (k *mappingCheck) owners(doc *document, writes bool) {
	shown, said := doc.owners(), k.settings.SCIMOwnersGroup
	settings := schema.Finding{Addr: schema.Address{Provider: k.Tenant, Kind: mappingKind.Name}}
	switch {
	case shown == "" && said == "" && writes:
		settings.Code, settings.Summary = "tines/owners-group", "The group of the tenant owners is not known"
		settings.Detail = "A write replaces the whole mapping, and one without that group could take their rights from all tenant owners at the next synchronisation. " +
			"Tines does not show the group here: write its name into scim_owners_group in the provider block."
	case shown == "" && writes:
		settings.Severity, settings.Code, settings.Summary = schema.Warning, "tines/owners-group", "The group of the tenant owners is written"
		settings.Detail = fmt.Sprintf("A write replaces the whole mapping, and Tines does not show from which group its tenant owners come. So the group of the provider block "+
			"is written, scim_owners_group = %q: at the next synchronisation its people are tenant owners, and nobody else is. Make sure that it is the right one.", said)
	case shown != "" && said != "" && !slices.Contains(doc.ownerGroups(), said):
		settings.Severity, settings.Code, settings.Summary = schema.Warning, "tines/owners-group", "Tines has another group of tenant owners"
		settings.Detail = fmt.Sprintf("The provider block says scim_owners_group = %q, and Tines shows %s. rolecall never changes that group: it writes what Tines shows. "+
			"Change it in Tines, or correct the provider block.", said, quotedList(doc.ownerGroups()))
	default:
		return
	}
	k.add(settings)
}

// names finds rows that lead nowhere, because a name is not that of a team or role,
// letter by letter.
func (k *mappingCheck) names(after *document) {
	for _, kind := range []*schema.Kind{&teamKind, &roleKind} {
		objects, listed := k.After[kind.Name]
		if !listed {
			continue
		}
		there, keys := map[string]bool{}, make([]string, 0, len(objects))
		for i := range objects {
			there[objects[i].Addr.Key] = true
			keys = append(keys, objects[i].Addr.Key)
		}
		slices.Sort(keys)
		for _, r := range after.rows {
			name := r.team
			if kind == &roleKind {
				name = r.role
			}
			if !there[schema.NFC(name)] {
				k.add(k.problem(r, "tines/mapping-name", kind.Name, fmt.Sprintf("A row of the mapping names no %s", kind.Name),
					fmt.Sprintf("There is no %s %q, and names are compared letter by letter, so the row of the group %s does nothing.%s",
						kind.Name, name, r.group, meant(name, keys))).Warn())
			}
		}
	}
}

// contradictions tells of teams that several groups lead to with different roles,
// and which one counts.
func (k *mappingCheck) contradictions(after *document) {
	first, told := map[string]row{}, map[string]bool{}
	for _, r := range after.rows {
		f, seen := first[r.team]
		if !seen {
			first[r.team] = r
			continue
		}
		if f.role == r.role || told[r.team] {
			continue
		}
		told[r.team] = true
		k.add(k.problem(r, "tines/mapping-order", "role", "The first row of the mapping counts",
			fmt.Sprintf("Rows of different groups bring different roles in the team %s. Whoever is in several of the groups has the role of the first row: "+
				"that of the group %s, %s, comes before that of the group %s, %s. Rows keep their order, and new ones come last.",
				r.team, f.group, f.role, r.group, r.role)).Warn())
	}
}
