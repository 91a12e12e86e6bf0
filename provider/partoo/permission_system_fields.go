package partoo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A wireFields is the answer of both calls for business fields.
type wireFields []struct {
	Name   string `json:"name"`
	Fields []struct {
		Name     string `json:"name"`
		Subroles *bool  `json:"enabled_for_subroles"`
	} `json:"fields"`
}

// check returns an error where the answer does not say whether a field is open.
func (w wireFields) check() error {
	if w == nil {
		return errors.New("the answer has no list of business fields")
	}
	for _, section := range w {
		for _, f := range section.Fields {
			if f.Name == "" || f.Subroles == nil {
				return fmt.Errorf("section %q: a field has no name, or the answer does not say whether it is enabled_for_subroles", section.Name)
			}
		}
	}
	return nil
}

// any reports whether there is a field at all.
func (w wireFields) any() bool {
	for _, section := range w {
		if len(section.Fields) > 0 {
			return true
		}
	}
	return false
}

// customFields is the section of the fields that the organization added. Their permissions are
// not documented.
const customFields = "custom_fields"

// split returns the names of the fields that group and business managers may edit, and of those
// that they may not. Custom fields are left out.
func (w wireFields) split() (open, closed []string) {
	for _, section := range w {
		if section.Name == customFields {
			continue
		}
		for _, f := range section.Fields {
			if *f.Subroles {
				open = append(open, f.Name)
			} else {
				closed = append(closed, f.Name)
			}
		}
	}
	slices.Sort(open)
	slices.Sort(closed)
	return slices.Compact(open), slices.Compact(closed)
}

// customClosed returns the names of the custom fields that group and business managers may not edit.
func (w wireFields) customClosed() []string {
	var out []string
	for _, section := range w {
		for _, f := range section.Fields {
			if section.Name == customFields && !*f.Subroles {
				out = append(out, f.Name)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// closedUnknown returns the closed business fields of which no permission is known.
func (l *legacyData) closedUnknown() []string {
	unmapped := slices.DeleteFunc(slices.Clone(l.unmappedFields), func(f string) bool { return !contains(l.closedFields, f) })
	slices.Sort(unmapped)
	return append(unmapped, l.customClosed...)
}

// closedFieldsUnknown warns about what a planned switch may open without a line in the plan: closed business
// fields of which no permission is known. Those of single businesses are not read. On the way back it warns if there
// are no fields at all, because Partoo may have deleted them.
func (k *checking) closedFieldsUnknown(ctx context.Context) error {
	r := k.systemChange()
	if r == nil {
		return nil
	}
	l, err := k.legacyData(ctx)
	if err != nil {
		return err
	}
	if !l.anyFields {
		k.add(r.Want.Problem("partoo/switch-fields", "custom_roles", "Partoo shows no Business Fields", noFields+
			" Compare the built-in roles after the switch.").Warn().HidesRights())
	}
	if !r.Want.Body.(*PermissionSystem).CustomRoles {
		return nil
	}
	if names, err := k.mapping.unknown(l.catalogue); err != nil {
		return err
	} else if len(names) > 0 {
		k.add(r.Want.Problem("partoo/switch-mapping", "custom_roles", "The mapping names what Partoo does not offer", mappingUnknown(names)+
			" Correct legacy_mapping of the provider block; \"rolecall permissions\" lists what is offered.").Warn().HidesRights())
	}
	if !l.anyFields {
		return nil
	}
	if fields := l.closedUnknown(); len(fields) > 0 {
		k.add(r.Want.Problem("partoo/switch-fields", "custom_roles", "No permission is known for some Business Fields", fmt.Sprintf(
			"Group and business managers may not edit %s now: %s. rolecall knows no permission for %s, so they may gain %s by the switch without a line in this plan. "+
				"Look for their permissions with \"rolecall permissions\" and name them in legacy_mapping of the provider block. "+
				"Business Fields of single businesses were not read; \"rolecall partoo legacy --businesses\" reads them.",
			text.Count(len(fields), "field", "fields"), text.List(fields, 20), text.Choose(len(fields) == 1, "it", "them"), text.Choose(len(fields) == 1, "it", "them"))).Warn().HidesRights())
		return nil
	}
	k.add(r.Want.Problem("partoo/switch-fields", "custom_roles", "Business Fields of single businesses were not read",
		"A business may have closed fields that are open elsewhere. Its managers gain them by the switch without a line in this plan. \"rolecall partoo legacy --businesses\" shows them.").Warn())
	return nil
}

const noFields = "Partoo answers with an empty list of Business Fields. So it is not known which fields the legacy permissions let group and business managers edit, and the built-in roles count as they are."

func mappingUnknown(names []string) string {
	return fmt.Sprintf("The mapping names %s, which Partoo does not offer to the organization, so %s for nothing.", text.List(names, 20), text.Choose(len(names) == 1, "it stands", "they stand"))
}

// inferFields says which permissions business fields stand for, those of closed fields first.
func (r *legacyReport) inferFields() {
	for _, x := range []struct {
		is     string
		fields []string
	}{{"closed", r.ClosedFields}, {"open", r.OpenFields}} {
		for _, f := range x.fields {
			if !slices.Contains(r.data.unmappedFields, f) {
				r.inferredFields = append(r.inferredFields, fmt.Sprintf("business field %s (%s): %s", f, x.is, r.mapping.field(f)))
			}
		}
	}
}

// fieldsInexpressible lists what custom roles cannot reproduce of the business fields.
func (r *legacyReport) fieldsInexpressible(add func(format string, args ...any)) {
	if !r.FieldsKnown && !r.HasSwitched {
		add("%s", noFields)
	}
	if !r.HasSwitched && len(r.data.unmappedFields) > 0 {
		add("No permission is known for %s: %s.", text.Count(len(r.data.unmappedFields), "business field", "business fields"), text.List(r.data.unmappedFields, 20))
	}
	if custom := r.data.customClosed; !r.HasSwitched && len(custom) > 0 {
		add("No permission is known for %s that %s closed: %s. Group and business managers may edit %s after the switch.",
			text.Count(len(custom), "custom field", "custom fields"), text.Choose(len(custom) == 1, "is", "are"), text.List(custom, 20), text.Choose(len(custom) == 1, "it", "them"))
	}
	for _, b := range r.Businesses {
		add("At the business %s (%s), fields are closed that are open elsewhere: %s. A role applies to all businesses of a user.", b.ID, b.Name, strings.Join(b.Closed, ", "))
	}
	if r.Businesses == nil && !r.HasSwitched {
		add("Business Fields of single businesses were not read; --businesses reads them, with one request each.")
	}
}

// fixedInexpressible names users who lack pages and have a user role that takes no custom role.
func (r *legacyReport) fixedInexpressible(add func(format string, args ...any)) {
	for _, role := range userRoles {
		users := r.fixed[role.name]
		if len(users) == 0 {
			continue
		}
		slices.Sort(users)
		add("%s without some sidebar pages %s them with custom roles, and cannot be given a role: %s.",
			text.Count(len(users), role.name, role.name+"s"), text.Choose(len(users) == 1, "gets", "get"), text.List(users, 5))
	}
}

// unknownInexpressible names users of whom it is not known what they may do.
func (r *legacyReport) unknownInexpressible(add func(format string, args ...any)) {
	unknown := map[string][]string{}
	for _, g := range r.Groups {
		if !g.Known {
			role := cmp.Or(g.CustomRole, g.Role, "null")
			unknown[role] = append(unknown[role], g.Users...)
		}
	}
	for _, role := range slices.Sorted(maps.Keys(unknown)) {
		users := schema.Canonical(unknown[role])
		add("What %s with the role %s may do is not documented%s: %s.", text.Count(len(users), "user", "users"), role,
			text.Choose(r.HasSwitched, "", ", so --generate writes no role for "+text.Choose(len(users) == 1, "this user", "them")), text.List(users, 5))
	}
}
