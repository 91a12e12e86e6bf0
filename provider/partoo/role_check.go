package partoo

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// permissions checks every declared role against the catalogue.
func (k *checking) permissions(all catalogue) {
	live := map[string]*schema.Object{}
	for _, kind := range []string{roleKind.Name, builtinRoleKind.Name} {
		for i := range k.Live[kind] {
			o := &k.Live[kind][i]
			live[o.Addr.String()] = o
		}
	}
	changes := map[string]bool{}
	for _, r := range k.Changes {
		if r.Want != nil && isRole(r.Addr.Kind) && (r.Have == nil || r.Changed.Has(r.Want.Kind.Index("permissions"))) {
			changes[r.Addr.String()] = true
		}
	}
	holders := k.holders()
	for i := range k.Desired {
		o := &k.Desired[i]
		if !isRole(o.Addr.Kind) || !o.Has("permissions") {
			continue
		}
		var before []string
		if was := live[o.Addr.String()]; was != nil {
			before, _ = was.Any("permissions").([]string)
		}
		k.add(all.check(o, before, changes[o.Addr.String()])...)
		words := map[string]string{strings.ToLower(o.Addr.Key): "which is this role"}
		for role := range holders[o.Addr.Key] {
			words[strings.ToLower(role)] = "and users with that role hold this one"
		}
		k.add(all.disabled(o, words)...)
	}
}

// catalogue reads the catalogue if roles are declared, or if a write follows and the
// permissions of the key can be compared with it. A key that may not read it can still do
// other things.
func (k *checking) catalogue(ctx context.Context) (catalogue, error) {
	at := slices.IndexFunc(k.Desired, func(o schema.Object) bool { return isRole(o.Addr.Kind) && o.Has("permissions") })
	if at < 0 && (len(k.Changes) == 0 || !k.key.comparable()) {
		return nil, nil
	}
	all, err := k.readCatalogue(ctx)
	why := "Partoo lists no permissions for the organization"
	switch code := provider.Status(err); {
	case code == http.StatusForbidden || code == http.StatusNotFound:
		why = fmt.Sprintf("Partoo answered %d when asked which permissions there are", code)
	case err != nil:
		return nil, err
	case len(all) > 0:
		return all, nil
	}
	if at >= 0 {
		k.add(k.Desired[at].Problem("partoo/no-catalogue", "permissions", "Permissions could not be checked",
			why+", so Partoo reports a misspelt one only when it is written.").Warn())
	}
	return nil, nil
}

// isRole reports whether a kind has permissions.
func isRole(kind string) bool { return kind == roleKind.Name || kind == builtinRoleKind.Name }

// holders returns, by custom role, the user roles of the users that will have it.
func (k *checking) holders() map[string]map[string]bool {
	users := k.After[userKind.Name]
	if users == nil {
		users = slices.DeleteFunc(slices.Clone(k.Desired), func(o schema.Object) bool { return o.Addr.Kind != userKind.Name })
	}
	out := map[string]map[string]bool{}
	for i := range users {
		u := users[i].Body.(*User)
		if out[u.CustomRole] == nil {
			out[u.CustomRole] = map[string]bool{}
		}
		out[u.CustomRole][u.Role] = true
	}
	return out
}

// names reports roles whose api_id differs from that of a built-in role in case only, or whose
// name is taken. Whether Partoo allows it is not documented, and people cannot tell them apart.
func (k *checking) names(ctx context.Context) error {
	if !slices.ContainsFunc(k.Changes, func(r provider.Request) bool {
		return r.Addr.Kind == roleKind.Name && r.Want != nil
	}) {
		return nil
	}
	all, err := k.allRoles(ctx)
	if err != nil {
		return err
	}
	taken := map[string][]string{} // lower-case api_id or name -> api_ids
	take := func(what, apiID string) {
		what = strings.ToLower(what)
		if !slices.Contains(taken[what], apiID) {
			taken[what] = append(taken[what], apiID)
		}
	}
	builtin := map[string]bool{}
	for _, r := range all {
		if r.IsBuiltin {
			builtin[r.APIID] = true
			take("id "+r.APIID, r.APIID)
			take("name "+r.Name, r.APIID)
		}
	}
	for i := range k.After[roleKind.Name] {
		r := k.After[roleKind.Name][i].Body.(*Role)
		take("name "+r.Name, r.APIID)
	}
	for _, r := range k.Changes {
		if r.Addr.Kind == roleKind.Name && r.Want != nil {
			k.name(&r, taken, builtin)
		}
	}
	k.exchangedNames()
	return nil
}

// exchangedNames warns if a role gets a name that another role loses only later in the plan,
// as when two roles swap names.
func (k *checking) exchangedNames() {
	later := map[string]*provider.Request{} // by the name that a role loses
	for i := len(k.Changes) - 1; i >= 0; i-- {
		r := &k.Changes[i]
		if r.Addr.Kind != roleKind.Name || r.Want == nil {
			continue
		}
		w := r.Want.Body.(*Role)
		if other := later[strings.ToLower(w.Name)]; other != nil && w.Name != "" {
			k.add(r.Want.Problem("partoo/role-name-order", "name", "Another role still has this name",
				fmt.Sprintf("%s has the name %q until this plan changes it, which comes later, and Partoo may refuse a name that is taken. "+
					"Give one of the two roles a third name first and apply; then write the intended name and apply again.",
					other.Addr, w.Name)).Warn())
		}
		if r.Have != nil && !strings.EqualFold(r.Have.Body.(*Role).Name, w.Name) {
			later[strings.ToLower(r.Have.Body.(*Role).Name)] = r
		}
	}
}

func (k *checking) name(r *provider.Request, taken map[string][]string, builtin map[string]bool) {
	w := r.Want.Body.(*Role)
	if r.Have == nil && builtin[w.APIID] {
		k.add(r.Want.Problem("partoo/role-conflict", "api_id", "This api_id belongs to a built-in role",
			fmt.Sprintf("%q is a built-in role of Partoo. Give the role another api_id, or manage the built-in one in a builtin_role block.", w.APIID)))
		return
	}
	for _, x := range []struct{ attribute, value, summary string }{
		{"id", w.APIID, "A built-in role has this api_id in other letters"},
		{"name", w.Name, "Another role has this name"},
	} {
		others := slices.DeleteFunc(slices.Clone(taken[strings.ToLower(x.attribute+" "+x.value)]), func(id string) bool { return id == w.APIID })
		if len(others) == 0 {
			continue
		}
		slices.Sort(others)
		attribute := strings.Replace(x.attribute, "id", "api_id", 1)
		k.add(r.Want.Problem("partoo/role-conflict", attribute, x.summary,
			fmt.Sprintf("%q is also the %s of the role %s. Partoo may refuse it, and people cannot tell the two apart.", x.value, attribute, text.List(others, 3))).Warn())
	}
}

func (k *checking) role(r *provider.Request, w *Role) {
	switch {
	case r.Have != nil:
	case newAPIID(w.APIID) != nil:
		k.add(r.Want.Problem("partoo/role-api-id", "api_id", "A new api_id must not contain a dot",
			fmt.Sprintf("Whether Partoo takes a dot in %q is not documented. Write %q instead.", w.APIID, strings.ReplaceAll(w.APIID, ".", "_"))))
	case !safeAPIID.MatchString(w.APIID):
		k.add(r.Want.Problem("partoo/role-api-id", "api_id", "The api_id has unusual characters",
			fmt.Sprintf("Partoo puts the api_id %q into addresses, and other systems store it. Lower-case letters, digits, _ and - are safe everywhere.", w.APIID)).Warn())
	}
	if i := strings.IndexAny(w.Description, notInRoles); i >= 0 && (r.Have == nil || w.Description != r.Have.Body.(*Role).Description) {
		k.add(r.Want.Problem("partoo/description-characters", "description", "Partoo may refuse this description",
			fmt.Sprintf("It contains %q. Partoo's reference forbids %s in descriptions, while its own guide prints descriptions with commas. "+
				"Without these characters it is safe.", w.Description[i:i+1], forbiddenWords(notInRoles))).Warn())
	}
	if r.Have != nil && w.Description == "" && r.Have.Body.(*Role).Description != "" {
		k.add(r.Want.Problem("partoo/empty-description", "description", "A description cannot be cleared",
			"Partoo documents no way to clear a description. Write another one, leave the attribute out to keep it, or clear it in the Partoo app."))
	}
}

// check checks the permissions of one role against the catalogue. before are those of the live
// role; changes says that the plan writes them.
func (all catalogue) check(o *schema.Object, before []string, changes bool) []schema.Finding {
	permissions, _ := o.Any("permissions").([]string)
	var out []schema.Finding
	for _, p := range permissions {
		if _, known := all[p]; !known {
			out = append(out, all.unknown(o, p, contains(before, p)))
		}
	}
	missing := all.missing(permissions)
	if len(missing) == 0 {
		return out
	}
	var add, because []string
	for _, need := range slices.Sorted(maps.Keys(missing)) {
		add = append(add, fmt.Sprintf("%q", need))
		because = append(because, missing[need]+" needs "+need)
	}
	f := o.Problem("partoo/missing-dependency", "permissions", "Permissions lack others that they depend on",
		fmt.Sprintf("%s. Add %s to permissions.", strings.Join(because, ", "), text.List(add, len(add)))).About(missing[slices.Sorted(maps.Keys(missing))[0]])
	if !changes {
		f = f.Warn() // Partoo accepted it earlier
	}
	return append(out, f)
}

// unknown reports a permission that is not in the catalogue. One that the live role has is only
// a warning: it can be of a plan that ended, or of a custom field.
func (all catalogue) unknown(o *schema.Object, p string, held bool) schema.Finding {
	if held {
		return o.Problem("partoo/unknown-permission", "permissions", "A permission is no longer offered",
			fmt.Sprintf("The role has %q, and Partoo no longer offers it to the organization: a plan may have ended. rolecall keeps it. "+
				"Remove it if the role should not have it.", p)).About(p).Warn()
	}
	return o.Problem("partoo/unknown-permission", "permissions", "Unknown permission",
		fmt.Sprintf("Partoo does not offer the permission %q to the organization.%s Which permissions there are depends on the organization's plans. "+
			"Run \"rolecall permissions\" to list them.", p, schema.DidYouMean(p, slices.Sorted(maps.Keys(all))))).About(p)
}

// disabled reports permissions that the catalogue disables for a role. The documentation shows
// user roles and api_ids in disabled_for_roles, so both are compared: words are all names that
// apply to the role, each with the reason.
func (all catalogue) disabled(o *schema.Object, words map[string]string) []schema.Finding {
	permissions, _ := o.Any("permissions").([]string)
	var out []schema.Finding
	for _, p := range permissions {
		for _, role := range all[p].DisabledForRoles {
			if why, applies := words[strings.ToLower(role)]; applies {
				out = append(out, o.Problem("partoo/disabled-permission", "permissions", "A permission may have no effect",
					fmt.Sprintf("Partoo disables %q for %s, %s. Remove it, or accept that it may have no effect there.", p, role, why)).About(p).Warn())
				break
			}
		}
	}
	return out
}
