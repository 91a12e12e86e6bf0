package tines

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// maxRoles is how many custom roles a tenant may have (Custom roles).
const maxRoles = 25

func (k *checking) roleRules(ctx context.Context) error {
	isRole := func(o schema.Object) bool { return o.Addr.Kind == roleKind.Name }
	if !slices.ContainsFunc(k.Desired, isRole) && !slices.ContainsFunc(k.Changes, func(r provider.Request) bool { return r.Addr.Kind == roleKind.Name }) {
		return nil
	}
	all, err := k.allRoles(ctx)
	if err != nil {
		return err
	}
	known, hiding := catalogueOf(all), opaqueRoles(all)
	for i := range k.Desired {
		if o := &k.Desired[i]; isRole(*o) && o.Has("permissions") && !isDefault(o.Addr.Key, all) {
			k.permissions(o, known, hiding)
		}
	}
	for r := range k.changes(&roleKind) {
		if r.Want != nil {
			k.role(r, known)
		}
	}
	k.names(all)
	k.checkRoleLimit(all)
	return nil
}

func isDefault(name string, all []wireRole) bool { return baseOf(name, all) != nil }

// granting returns the attribute in which a file sets the permissions of a role.
func granting(o *schema.Object) string {
	if o.Has("based_on") {
		return "enable"
	}
	return "permissions"
}

// opaqueRoles lists the roles that show ALLOW_ALL instead of their permissions.
func opaqueRoles(all []wireRole) []string {
	var out []string
	for i := range all {
		if slices.Contains(all[i].Permissions, allowAll) {
			out = append(out, all[i].Name)
		}
	}
	return out
}

// permissions compares a declared role with the permissions that the live roles show. A
// permission that none of them shows may still exist: there is no list of all, and some roles
// show ALLOW_ALL instead.
func (k *checking) permissions(o *schema.Object, known, hiding []string) {
	for _, p := range o.Body.(*Role).Permissions {
		_, found := slices.BinarySearch(known, p)
		switch {
		case p == allowAll:
			k.add(o.Problem("tines/allow-all", granting(o), "A custom role cannot be given "+allowAll,
				fmt.Sprintf("%s means everything in the default roles that show it, and Tines does not document whether another role can have it. "+
					"Write the permissions, or give users the default role.", allowAll)).About(p))
		case found:
		case len(known) == 0:
			k.add(o.Problem("tines/no-catalogue", granting(o), "Permissions could not be checked",
				"No role of the tenant shows a permission, so rolecall finds a misspelled one only when it writes it.").Warn())
			return
		default:
			why := ""
			if len(hiding) > 0 {
				why = fmt.Sprintf(" (%s does not show its permissions)", text.List(hiding, 3))
			}
			k.add(o.Problem("tines/unknown-permission", granting(o), "No role of the tenant shows this permission",
				fmt.Sprintf("Tines has no list of permissions, and none of the tenant's roles shows %q%s.%s If it does not exist, Tines may refuse it or silently drop it; "+
					"the role then differs from the files after apply. Run \"rolecall permissions\" to list what the roles show.", p, why, schema.DidYouMean(p, known))).About(p).Warn())
		}
	}
}

// role checks one role that is created or changed.
func (k *checking) role(r *provider.Request, known []string) {
	w := r.Want.Body.(*Role)
	creates := r.Action == schema.Create
	switch {
	case creates && !r.Want.Has("permissions"):
		if !r.Want.Has("based_on") {
			k.add(problem(r, "tines/role-without-permissions", "permissions", "A new role needs permissions",
				fmt.Sprintf("The tenant has no role %s, and Tines does not create one without permissions. Write permissions, or based_on = \"VIEWER\" "+
					"to start from a default role. If the role exists with another name, correct the name.", w.Name)))
		}
		return
	case !creates && !r.Changed.Has(roleKind.Index("permissions")):
		return
	case len(w.Permissions) == 0:
		k.add(problem(r, "tines/empty-role", granting(r.Want), "The role would grant nothing",
			"Tines does not document whether a role may have no permission. Add one, or delete the role.").Warn())
	}
	k.findings = append(k.findings, withoutView(r.Want, w.Permissions, known)...)
}

// withoutView warns of permissions to change something without the one to view it, of which the role
// grants held and known exist.
func withoutView(o *schema.Object, held, known []string) []schema.Finding {
	missing := missingViews(held, known)
	if len(missing) == 0 {
		return nil
	}
	at, words := granting(o), make([]string, len(missing))
	for i, m := range missing {
		words[i] = m.change + " without " + m.view
		if slices.Contains(o.Body.(*Role).Disable, m.view) {
			at = "disable"
		}
	}
	return []schema.Finding{o.Problem(codeWithoutView, at, "Some permissions need one to view",
		fmt.Sprintf("In Tines no permission implies another, so users with the role may not see what they may change: %s. "+
			"Add the permissions to view. If this is intended, %s", text.List(words, 10), schema.Silencing(codeWithoutView))).Warn()}
}

const codeWithoutView = "tines/without-view"

// lintRoles finds permissions to change something without the one to view it, among those that the files
// name. What a default role grants, only the tenant knows.
func lintRoles(desired []schema.Object) []schema.Finding {
	var known []string
	for i := range desired {
		if r, is := desired[i].Body.(*Role); is {
			known = append(known, slices.Concat(r.Permissions, r.Enable, r.Disable)...)
		}
	}
	known = schema.Canonical(known)
	var out []schema.Finding
	for i := range desired {
		switch r, is := desired[i].Body.(*Role); {
		case !is:
		case desired[i].Has("permissions"):
			out = append(out, withoutView(&desired[i], r.Permissions, known)...)
		default: // only what it disables is surely not granted
			out = append(out, withoutView(&desired[i], r.Enable, r.Disable)...)
		}
	}
	return out
}

// The ends of the names of permissions to change and to view something. rolecall makes no names
// from these: both permissions have to exist.
var (
	changing = []string{"_WRITE", "_CREATE", "_UPDATE", "_EDIT", "_MANAGE", "_DELETE", "_MOVE"}
	showing  = []string{"_VIEW", "_READ"}
)

// A missingViewPermission is a permission to change something without the one to view it.
type missingViewPermission struct{ change, view string }

// missingViews lists the permissions of held to change something whose permission to view
// exists and is not in held: CASE_MANAGE without CASE_VIEW.
func missingViews(held, known []string) []missingViewPermission {
	var out []missingViewPermission
	for _, p := range held {
		for _, verb := range changing {
			object, ends := strings.CutSuffix(p, verb)
			if !ends {
				continue
			}
			for _, view := range showing {
				if _, exists := slices.BinarySearch(known, object+view); exists && !slices.Contains(held, object+view) {
					out = append(out, missingViewPermission{p, object + view})
				}
			}
		}
	}
	return out
}

// names finds new roles whose names Tines, or people, may take for those of other roles.
func (k *checking) names(all []wireRole) {
	taken := map[string]string{}
	for i := range all {
		taken[folded(string(all[i].ID))] = all[i].Name
		taken[folded(all[i].Name)] = all[i].Name
	}
	for r := range k.changes(&roleKind) {
		if r.Action != schema.Create {
			continue
		}
		name := r.Want.Body.(*Role).Name
		other, exists := taken[folded(name)]
		switch {
		case !exists:
			taken[folded(name)] = name
		case isDefault(other, all):
			k.add(problem(r, "tines/role-name", "name", "This name belongs to a default role",
				fmt.Sprintf("%s is a default role of Tines. Give the role another name, or refer to %s as it is.", other, other)))
		default:
			k.add(problem(r, "tines/role-name", "name", "Another role has nearly this name",
				fmt.Sprintf("There is a role %s, and %s differs from it only in upper and lower case or spaces. Tines may take both for the same, or may have "+
					"changed the name when it created the role. Write the name as it is in Tines, or choose another one.", other, name)))
		}
	}
}

// checkRoleLimit finds the step of the plan, if any, that would make too many custom roles.
func (k *checking) checkRoleLimit(all []wireRole) {
	n := 0
	for i := range all {
		if all[i].Type == typeCustom {
			n++
		}
	}
	began := n
	for i := range k.Changes {
		r := &k.Changes[i]
		switch {
		case r.Addr.Kind != roleKind.Name:
		case r.Action == schema.Delete:
			n--
		case r.Action == schema.Create:
			if n++; n == maxRoles+1 {
				k.add(problem(r, "tines/too-many-roles", "", "The tenant would have too many custom roles",
					fmt.Sprintf("Tines allows %d custom roles. There are %d, and step %d of this plan, which creates %s, would make it %d. %s",
						maxRoles, began, i+1, r.Addr.Key, n, k.roleLimitHint(i))))
			}
		}
	}
}

// roleLimitHint says how to get below the limit before a step.
func (k *checking) roleLimitHint(step int) string {
	held := ""
	for i := range k.Changes[step+1:] {
		later := &k.Changes[step+1+i]
		switch {
		case later.Addr.Kind != roleKind.Name || later.Action != schema.Delete:
		case !k.replacesRole(later.Addr.Key):
			return fmt.Sprintf("This plan also deletes %s, and nothing has to be done before that: apply it first, with --target '%s.%s'.", later.Addr.Key, roleKind.Name, later.Addr.Key)
		case held == "":
			held = later.Addr.Key
		}
	}
	if held != "" {
		return fmt.Sprintf("The plan deletes %s only later, because its users must get another role first. "+
			"Delete a role without users in a separate plan, then plan again.", held)
	}
	return "Delete a role that is not needed, or use one role in two teams."
}

// replacesRole reports whether the plan takes the role from a member or from a row of the
// mapping.
func (k *checking) replacesRole(role string) bool {
	return slices.ContainsFunc(k.Changes, func(r provider.Request) bool {
		if r.Have == nil {
			return false
		}
		switch had := r.Have.Body.(type) {
		case *Membership:
			return had.Role == role
		case *MappingRow:
			return had.Role == role
		}
		return false
	})
}
