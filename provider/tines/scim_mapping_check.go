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

// mappingRules checks the SCIM mapping as it will be after the plan: the first row of a user
// and a team counts, names are compared exactly, and the group of the tenant owners must stay.
func (k *checking) mappingRules(ctx context.Context) error {
	renames := k.teamRenames()
	doc := k.mapping.last()
	if doc == nil && len(renames) > 0 {
		var err error
		doc, err = mapping{k.client}.fetch(ctx)
		if provider.Status(err) == http.StatusNotFound && k.settings.Provisioning == provisionJIT {
			return nil // as followRename does
		}
		if err != nil {
			return err
		}
		k.mapping.keep(doc) // for Estimate
	}
	if doc == nil {
		return nil
	}
	m := &mappingCheck{checking: k, rows: map[[2]string]*schema.Object{}}
	for i := range k.Desired {
		if r, is := k.Desired[i].Body.(*MappingRow); is {
			m.rows[[2]string{r.Group, r.Team}] = &k.Desired[i]
		}
	}
	m.assumeAbsent(doc)
	writes := m.follow(doc, renames) || slices.ContainsFunc(k.Changes, func(r provider.Request) bool {
		return r.Addr.Kind == mappingKind.Name && r.Action.Writes()
	})
	after := m.planned(doc, renames)
	m.owners(doc, writes)
	m.names(after)
	m.contradictions(after)
	return nil
}

// A mappingCheck is the check of the SCIM mapping.
type mappingCheck struct {
	*checking
	rows map[[2]string]*schema.Object // declared, by group and team
}

// problem returns an error about a row, at its block if there is one.
func (k *mappingCheck) problem(r row, code, attribute, summary, detail string) schema.Finding {
	if o := k.rows[[2]string{r.group, r.team}]; o != nil {
		return o.Problem(code, attribute, summary, detail)
	}
	return schema.Finding{
		Code: code, Addr: schema.Address{Provider: k.Tenant, Kind: mappingKind.Name, Key: schema.JoinKey(r.group, r.team)},
		Attribute: attribute, Summary: summary, Detail: detail,
	}
}

// assumeAbsent warns if rolecall takes a 404 to mean that the tenant has no mapping.
func (k *mappingCheck) assumeAbsent(doc *document) {
	if _, listed := k.Live[mappingKind.Name]; !doc.absent || !listed {
		return
	}
	k.add(schema.Finding{
		Severity: schema.Warning, Code: "tines/no-mapping", Addr: schema.Address{Provider: k.Tenant, Kind: mappingKind.Name},
		Summary: "rolecall assumes that there is no SCIM mapping",
		Detail: "Tines answers 404 for the mapping. It also answers 404 if the key lacks the right, but rolecall could read the roles of the tenant, which need the same " +
			"right. So it assumes that there are no rows, which fits provisioning = \"api\". If an identity provider decides about users, " +
			"set provisioning in the provider block: then a 404 stops the plan.",
	})
}

// teamRenames returns the changes that rename teams.
func (k *checking) teamRenames() []provider.Request {
	return slices.DeleteFunc(slices.Clone(k.Changes), func(r provider.Request) bool {
		return r.Addr.Kind != teamKind.Name || r.Action != schema.Rename
	})
}

// follow warns of rows that are written because a team gets a new name, and reports whether
// there are any.
func (k *mappingCheck) follow(doc *document, renames []provider.Request) (writes bool) {
	for _, r := range renames {
		from, to := r.Have.Body.(*Team).Name, r.Want.Body.(*Team).Name
		var groups []string
		for _, row := range doc.rows {
			if schema.NFC(row.team) == from {
				groups = append(groups, row.group)
			}
		}
		if len(groups) > 0 {
			writes = true
			k.add(r.Want.Problem("tines/mapping-follows", "name", "Renaming the team changes the SCIM mapping",
				fmt.Sprintf("The mapping names teams, and its %s of %s %s this one. Right before the team gets its new name, rolecall writes %s with %q instead of %q.",
					oneOf(len(groups), "row", "rows"), text.List(groups, 5), oneOf(len(groups), "names", "name"), oneOf(len(groups), "it", "them"), to, from)).Warn())
		}
	}
	return writes
}

// planned returns the mapping after the plan, in its order.
func (k *mappingCheck) planned(doc *document, renames []provider.Request) *document {
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
	for _, r := range renames {
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

// owners refuses a write that would lose the group of owners. It warns if the group of the
// provider block is written, or if the tenant has others.
func (k *mappingCheck) owners(doc *document, writes bool) {
	shown, configured := doc.owners(), k.settings.SCIMOwnersGroup
	others := slices.DeleteFunc(doc.ownerGroups(), func(group string) bool { return group == configured || group == "" })
	settings := schema.Finding{Code: "tines/owners-group", Addr: schema.Address{Provider: k.Tenant, Kind: mappingKind.Name}}
	switch {
	case shown == "" && configured == "" && writes:
		settings.Summary = "The group of the tenant owners is not known"
		settings.Detail = "A write replaces the whole mapping, and a mapping without that group may take the rights from all tenant owners at the next synchronization. " +
			"Tines does not show the group: write its name into scim_owners_group in the provider block."
	case shown == "" && writes:
		settings.Severity, settings.Summary = schema.Warning, "The plan writes the group of the tenant owners"
		settings.Detail = fmt.Sprintf("A write replaces the whole mapping, and Tines does not show the group of its tenant owners. So rolecall writes that of the provider block, "+
			"scim_owners_group = %q: at the next synchronization its members are the tenant owners, and no other user is. Make sure that it is the right group.", configured)
	case len(others) > 0 && configured != "":
		settings.Severity, settings.Privileged, settings.Summary = schema.Warning, true, "Tines has another group of tenant owners"
		settings.Detail = fmt.Sprintf("The provider block says scim_owners_group = %q, and Tines shows %s. rolecall never changes that group. "+
			"Change it in Tines, or correct the provider block.", configured, quotedList(doc.ownerGroups()))
	case len(others) > 0 && k.All:
		settings.Severity, settings.Privileged, settings.Summary = schema.Warning, true, "No file names the group of the tenant owners"
		settings.Detail = fmt.Sprintf("The members of %s in the identity provider are tenant owners. If that is meant, write scim_owners_group into the provider block, "+
			"so that another group is noticed.", quotedList(others))
	default:
		return
	}
	k.add(settings)
}

// names warns of rows without effect, because no team or role has exactly that name.
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
					fmt.Sprintf("There is no %s %q, and Tines compares names exactly, so the row of the group %s has no effect.%s",
						kind.Name, name, r.group, schema.DidYouMean(name, keys))).Warn())
			}
		}
	}
}

// contradictions warns of groups that give different roles in one team, and says which row
// counts.
func (k *mappingCheck) contradictions(after *document) {
	first, reported := map[string]row{}, map[string]bool{}
	for _, r := range after.rows {
		f, seen := first[r.team]
		if !seen {
			first[r.team] = r
			continue
		}
		if f.role == r.role || reported[r.team] {
			continue
		}
		reported[r.team] = true
		k.add(k.problem(r, "tines/mapping-order", "role", "The first row of the mapping counts",
			fmt.Sprintf("Rows of different groups give different roles in the team %s. A user in several of these groups has the role of the first row: "+
				"%s of the group %s comes before %s of the group %s. Rows keep their order, and new ones come last.",
				r.team, f.role, f.group, r.role, r.group)).Warn())
	}
}
