package tines

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

func (k *checking) userRules(ctx context.Context) error {
	k.keyUserRules()
	k.identityProvider()
	known := k.tenantPermissions()
	k.deletedUsers()
	k.unshown()
	for r := range k.changes(&userKind) {
		if r.Action == schema.Rename {
			k.add(problem(r, "tines/renamed-user", "email", "The person may no longer sign in the same way",
				"What a new address does to a user who signs in through single sign-on is not documented. Change it in the identity provider as well.").Warn())
		}
		if r.Want != nil {
			k.tenantPermission(r, known)
		}
		if r.Action == schema.Create { // apply looks each new user up right before the write
			if _, err := (users{k.client}).foundByAddress(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// deletedUsers tells, once, what goes with users.
func (k *checking) deletedUsers() {
	var first *provider.Request
	var gone []string
	for r := range k.changes(&userKind) {
		if r.Action != schema.Delete {
			continue
		}
		if first == nil {
			first = r
		}
		gone = append(gone, r.Addr.Key)
	}
	if first == nil {
		return
	}
	k.add(problem(first, "tines/user-deletion", "", oneOf(len(gone), "A deleted user does not come back", "Deleted users do not come back"),
		fmt.Sprintf("Deleting %s also deletes the drafts and the personal team of %s, and the credentials that no one else uses. To block users and keep these, use "+
			"on_removal = \"deactivate\" in the manage block.", text.List(gone, 5), oneOf(len(gone), "that person", "each"))).Warn())
}

// takes reports whether a change locks a user out or takes the tenant away.
func takes(r *provider.Request) bool {
	if r.Action.Removes() {
		return true
	}
	if r.Have == nil || r.Want == nil {
		return false
	}
	return r.Have.Body.(*User).Admin && !r.Want.Body.(*User).Admin || !inactive(r.Have) && inactive(r.Want)
}

// keyUserRules makes sure that the key's own user is known where somebody loses
// access: the guard that protects that user needs the address.
func (k *checking) keyUserRules() {
	first, losing := k.losers(takes)
	if first == nil {
		return
	}
	user := k.keyUser()
	switch {
	case k.settings.KeyUser == "":
		k.add(problem(first, "tines/key-user", "", "Whose key this is has to be known",
			fmt.Sprintf("The plan takes access from %s, and Tines does not tell whose key %s holds. A key whose user is barred may stop working in the middle. "+
				"Write key_user = \"<e-mail address>\" into the provider block, or key_user = \"none\" for a key that belongs to a service.", text.List(losing, 5), KeyEnv)))
	case user != "" && !slices.ContainsFunc(k.Live[userKind.Name], func(o schema.Object) bool { return o.Addr.Key == user }):
		k.add(problem(first, "tines/key-user", "", "key_user names no user of the tenant",
			fmt.Sprintf("The plan takes access from %s, and there is no user %s whose key this could be. Correct key_user in the provider block, "+
				"or write \"none\" for a key that belongs to a service.", text.List(losing, 5), user)))
	case user == "":
		k.serviceRules()
	}
}

// serviceRules warns where an owner who loses access may be the account behind a
// service's key: such a key is an owner's, and Tines may list its account as a user.
func (k *checking) serviceRules() {
	first, owners := k.losers(func(r *provider.Request) bool { return takes(r) && r.Have.Body.(*User).Admin })
	if first == nil {
		return
	}
	k.add(problem(first, "tines/key-account", "", "This may be the account behind the key",
		fmt.Sprintf("The plan takes access from %s. Tines may list the account behind a service's key among the tenant owners, "+
			"and nothing tells it from a person. If this is it, write its address into key_user in the place of \"none\".",
			oneOf(len(owners), "the tenant owner ", "the tenant owners ")+text.List(owners, 5))).Warn())
}

// losers lists the users whose changes are such, and the first of these changes.
func (k *checking) losers(such func(*provider.Request) bool) (first *provider.Request, who []string) {
	for r := range k.changes(&userKind) {
		if such(r) {
			first = cmp.Or(first, r)
			who = append(who, r.Addr.Key)
		}
	}
	return first, who
}

// identityProvider tells where the provisioning is probably another one.
func (k *checking) identityProvider() {
	if !k.settings.filesDecide() {
		return
	}
	if !slices.ContainsFunc(k.Changes, func(r provider.Request) bool { return r.Addr.Kind != roleKind.Name && r.Addr.Kind != teamKind.Name }) {
		return
	}
	managed, all := 0, k.Live[userKind.Name]
	for i := range all {
		if all[i].Body.(*User).SCIMUID != "" {
			managed++
		}
	}
	if managed > 0 {
		k.add(schema.Finding{
			Severity: schema.Warning, Code: "tines/identity-provider", Addr: schema.Address{Provider: k.Tenant},
			Summary: "An identity provider seems to manage users",
			Detail: fmt.Sprintf("%d of %s have a scim_uid. Where SCIM is on, Tines lets nobody else change users and memberships. "+
				"Then write provisioning = \"scim\" into the provider block, so that they are only compared.", managed, text.Count(len(all), "user", "users")),
		})
	}
}

// tenantPermissions are those that are documented, and those that users have.
func (k *checking) tenantPermissions() []string {
	out := []string{"AUDIT_LOG_READ", "FEATURE_FLAG_MANAGE", "TUNNEL_MANAGE"}
	all := k.Live[userKind.Name]
	for i := range all {
		out = append(out, all[i].Body.(*User).TenantPermissions...)
	}
	return schema.Canonical(out)
}

// tenantPermission warns of what looks like a slip. There is no list of tenant
// permissions, so what looks like nothing known is let through.
func (k *checking) tenantPermission(r *provider.Request, known []string) {
	if r.Have != nil && !r.Changed.Has(userKind.Index("tenant_permissions")) {
		return
	}
	for _, p := range r.Want.Body.(*User).TenantPermissions {
		if _, found := slices.BinarySearch(known, p); found {
			continue
		}
		if hint := meant(p, known); hint != "" {
			k.add(problem(r, "tines/unknown-permission", "tenant_permissions", "No user has this tenant permission",
				fmt.Sprintf("Tines has no list of tenant permissions, and nobody in the tenant has %q.%s", p, hint)).About(p).Warn())
		}
	}
}

// unshown refuses what an older tenant does not show of its users: nobody could see
// whether it is as the files say, which must not look like no difference, and whether a
// change of it took effect.
func (k *checking) unshown() {
	for i := range userKind.Attributes {
		a := &userKind.Attributes[i]
		if !a.Comparable() {
			continue
		}
		name := a.Name
		hidden, shown := map[string]bool{}, false // users of whom it is not shown; whether it is shown of any
		all := k.Live[userKind.Name]
		for i := range all {
			if all[i].Has(name) {
				shown = true
			} else {
				hidden[all[i].Addr.Key] = true
			}
		}
		if len(hidden) == 0 {
			continue
		}
		for r := range k.changes(&userKind) {
			switch {
			case r.Action == schema.Create:
				hidden[r.Addr.Key] = !shown
			case r.Action == schema.Rename:
				hidden[r.Addr.Key] = !r.Have.Has(name)
			}
		}
		k.unshownInFiles(name, hidden)
		if name == "active" {
			k.unshownLeavers(hidden)
		}
	}
}

// unshownInFiles refuses files that set the attribute of users of whom it is not shown.
func (k *checking) unshownInFiles(name string, hidden map[string]bool) {
	var first *schema.Object
	var who []string
	for i := range k.Desired {
		if o := &k.Desired[i]; o.Kind == &userKind && o.Has(name) && hidden[o.Addr.Key] {
			if first == nil {
				first = o
			}
			who = append(who, o.Addr.Key)
		}
	}
	if first == nil {
		return
	}
	k.add(first.Problem("tines/unshown-attribute", name, "This tenant does not show "+name+" of its users",
		fmt.Sprintf("Older self-hosted versions of Tines leave %s out of their answers, so rolecall can neither compare nor confirm it. The files set it for %s. "+
			"Take it out of the files and change it in Tines, or update Tines.", name, text.List(who, 5))))
}

// unshownLeavers refuses to deactivate users of whom nobody could see it afterwards.
func (k *checking) unshownLeavers(hidden map[string]bool) {
	first, who := k.losers(func(r *provider.Request) bool { return r.Action == schema.Deactivate && hidden[r.Addr.Key] })
	if first == nil {
		return
	}
	k.add(problem(first, "tines/unshown-attribute", "active", "This tenant does not show active of its users",
		fmt.Sprintf("Older self-hosted versions of Tines leave active out of their answers, so rolecall could not confirm that %s can no longer sign in. "+
			"Deactivate %s in Tines, and take the removed block out or add the address to ignore in the manage block; or update Tines.",
			text.List(who, 5), oneOf(len(who), "that person", "these people"))))
}
