package partoo

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// Check holds a plan against what only the live organization knows: which
// permissions there are, which names are taken, what the key may do, and which
// changes would show people more than was meant.
func (c *client) Check(ctx context.Context, v provider.View) ([]schema.Finding, error) {
	k := &checking{client: c, View: v}
	all, err := k.catalogue(ctx)
	if err != nil {
		return nil, err
	}
	k.add(c.preflight(v, all)...)
	if all != nil {
		k.permissions(all)
	}
	if err := k.names(ctx); err != nil {
		return nil, err
	}
	for i := range v.Changes {
		k.change(&v.Changes[i])
	}
	k.effect()
	k.singleSignOn()
	if err := k.groups(ctx); err != nil {
		return nil, err
	}
	return k.findings, nil
}

// A checking is one plan under examination.
type checking struct {
	*client
	provider.View
	findings []schema.Finding
}

func (k *checking) add(f ...schema.Finding) { k.findings = append(k.findings, f...) }

// isRole reports whether a kind has permissions.
func isRole(kind string) bool { return kind == roleKind.Name || kind == builtinRoleKind.Name }

// catalogue reads the permissions where roles are declared, or where the key's
// own are to be compared with them before a write. A key that may not read them
// can still do other things.
func (k *checking) catalogue(ctx context.Context) (catalogue, error) {
	at := slices.IndexFunc(k.Desired, func(o schema.Object) bool { return isRole(o.Addr.Kind) && o.Has("permissions") })
	if at < 0 && (len(k.Changes) == 0 || !k.key.tells()) {
		return nil, nil
	}
	all, err := k.readCatalogue(ctx)
	why := "Partoo lists no permission at all for the organization"
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
			why+", so a misspelt one is found only when it is written.").Warn())
	}
	return nil, nil
}

// permissions holds every declared role against the catalogue.
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

// holders lists by custom role the user roles of those who will hold it.
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

// names finds roles whose api_id is nearly that of a built-in role, or whose name is
// taken. Whether Partoo minds is not documented; people do.
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

// exchangedNames warns where a role takes a name that another role gives up only later in
// the plan, as when two roles swap names.
func (k *checking) exchangedNames() {
	later := map[string]*provider.Request{} // by the name that a role gives up
	for i := len(k.Changes) - 1; i >= 0; i-- {
		r := &k.Changes[i]
		if r.Addr.Kind != roleKind.Name || r.Want == nil {
			continue
		}
		w := r.Want.Body.(*Role)
		if other := later[strings.ToLower(w.Name)]; other != nil && w.Name != "" {
			k.add(r.Want.Problem("partoo/role-name-order", "name", "Another role still has this name",
				fmt.Sprintf("%s has the name %q until this plan changes it, which comes later, and Partoo may refuse a name that is taken. "+
					"Give one of the two roles a third name first and apply; then write the name that is meant and apply again.",
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

// singleSignOn warns where the plan leaves no administrator who can sign in without
// the organization's single sign-on: while that is broken, nobody can repair it.
func (k *checking) singleSignOn() {
	at := userKind.Index("sso_only")
	var first *schema.Object
	for _, r := range k.Changes {
		if r.Addr.Kind != userKind.Name || first != nil {
			continue
		}
		demotes := r.Have != nil && administers(r.Have) && (r.Want == nil || !administers(r.Want))
		closes := r.Want != nil && r.Changed.Has(at) && r.Want.Body.(*User).SSOOnly && r.Want.Body.(*User).Role == roleOrgAdmin
		switch {
		case closes:
			first = r.Want
		case demotes:
			first = r.Have
		}
	}
	if first == nil {
		return
	}
	only := 0
	for i := range k.After[userKind.Name] {
		o := &k.After[userKind.Name][i]
		switch {
		case !administers(o) || k.deactivates(o.Addr):
		case !o.Body.(*User).SSOOnly:
			return
		default:
			only++
		}
	}
	if only == 0 {
		return
	}
	k.add(first.Problem("partoo/sso-lockout", "sso_only", "Every administrator depends on single sign-on",
		fmt.Sprintf("After this plan %s can sign in through the organization's single sign-on only. When that breaks, nobody can "+
			"sign in to repair it, and only Partoo can help. Keep one administrator with sso_only = false.",
			text.Count(only, "active administrator", "active administrators"))).Warn())
}

// deactivates reports whether the plan deactivates the object; View.After shows it
// as it was.
func (k *checking) deactivates(a schema.Address) bool {
	return slices.ContainsFunc(k.Changes, func(r provider.Request) bool { return r.Action == schema.Deactivate && r.Addr == a })
}

// effect tells which planned changes the missing switch makes void.
func (k *checking) effect() {
	if k.switched {
		return
	}
	var given []string
	var first *schema.Object
	for _, r := range k.Changes {
		switch {
		case r.Want == nil:
		case r.Addr.Kind == builtinRoleKind.Name:
			k.add(r.Want.Problem("partoo/not-switched", "permissions", "The switch would overwrite this change",
				"Custom roles are not switched on, and switching rewrites the built-in roles from the legacy permissions. Switch in Partoo first, then plan again.").Warn())
		case r.Addr.Kind == userKind.Name && (r.Have == nil || r.Changed.Has(userKind.Index("custom_role"))) && r.Want.Body.(*User).CustomRole != "":
			given = append(given, r.Addr.Key)
			if first == nil {
				first = r.Want
			}
		}
	}
	if first != nil {
		k.add(first.Problem("partoo/not-switched", "custom_role", "Custom roles may have no effect yet",
			fmt.Sprintf("Custom roles are not switched on in the organization, so what %s may do may still follow the legacy permissions.", text.List(given, 5))).Warn())
	}
}
