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
	k.unshownAttributes()
	for r := range k.changes(&userKind) {
		if r.Action == schema.Rename {
			k.add(problem(r, "tines/renamed-user", "email", "The user may have to sign in differently",
				"Tines does not document what a new address does to a user who signs in through single sign-on. Change it in the identity provider as well.").Warn())
		}
		if r.Want != nil {
			k.unknownTenantPermissions(r, known)
		}
		if r.Action == schema.Create { // apply looks up each new user before the write
			if _, err := (users{k.client}).foundByAddress(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// deletedUsers warns, once, of what is deleted with users.
func (k *checking) deletedUsers() {
	var first *provider.Request
	var who []string
	for r := range k.changes(&userKind) {
		if r.Action != schema.Delete {
			continue
		}
		if first == nil {
			first = r
		}
		who = append(who, r.Addr.Key)
	}
	if first == nil {
		return
	}
	k.add(problem(first, "tines/user-deletion", "", oneOf(len(who), "Deleting a user cannot be undone", "Deleting users cannot be undone"),
		fmt.Sprintf("Deleting %s also deletes the drafts and the personal team of %s, and credentials that are only in these. To keep them and prevent "+
			"signing in, use on_removal = \"deactivate\" in the manage block.", text.List(who, 5), oneOf(len(who), "that user", "each"))).Warn())
}

// losesAccess reports whether a change removes or deactivates a user or demotes a tenant owner.
func losesAccess(r *provider.Request) bool {
	if r.Action.Removes() {
		return true
	}
	if r.Have == nil || r.Want == nil {
		return false
	}
	return r.Have.Body.(*User).Admin && !r.Want.Body.(*User).Admin || !inactive(r.Have) && inactive(r.Want)
}

// keyUserRules requires key_user where a user loses access: the check that protects the key's
// own user needs the address.
func (k *checking) keyUserRules() {
	first, losing := k.usersWith(losesAccess)
	if first == nil {
		return
	}
	user := k.keyUser()
	switch {
	case k.settings.KeyUser == "":
		k.add(problem(first, "tines/key-user", "", "key_user is missing",
			fmt.Sprintf("The plan takes access from %s, and Tines does not tell whose key %s holds. A key whose user is deactivated may stop working during apply. "+
				"Write key_user = \"<e-mail address>\" into the provider block, or key_user = \"none\" for a key that belongs to a service.", text.List(losing, 5), KeyEnv)))
	case user != "" && !slices.ContainsFunc(k.Live[userKind.Name], func(o schema.Object) bool { return o.Addr.Key == user }):
		k.add(problem(first, "tines/key-user", "", "key_user names no user of the tenant",
			fmt.Sprintf("The plan takes access from %s, and the tenant has no user %s. Correct key_user in the provider block, "+
				"or write \"none\" for a key that belongs to a service.", text.List(losing, 5), user)))
	case user == "":
		k.serviceRules()
	}
}

// serviceRules warns if an owner who loses access may be the account behind a service's key: the
// key is an owner's, and Tines may list its account as a user.
func (k *checking) serviceRules() {
	first, owners := k.usersWith(func(r *provider.Request) bool { return losesAccess(r) && r.Have.Body.(*User).Admin })
	if first == nil {
		return
	}
	k.add(problem(first, "tines/key-account", "", "This user may be the account behind the key",
		fmt.Sprintf("The plan takes access from %s. Tines may list the account behind a service's key among the tenant owners, "+
			"and rolecall cannot tell it from a person. If it is this one, write its address into key_user instead of \"none\".",
			oneOf(len(owners), "the tenant owner ", "the tenant owners ")+text.List(owners, 5))).Warn())
}

// usersWith lists the users whose changes match, and returns the first of these changes.
func (k *checking) usersWith(match func(*provider.Request) bool) (first *provider.Request, who []string) {
	for r := range k.changes(&userKind) {
		if match(r) {
			first = cmp.Or(first, r)
			who = append(who, r.Addr.Key)
		}
	}
	return first, who
}

// identityProvider warns if an identity provider probably manages users.
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
			Summary: "An identity provider may manage users",
			Detail: fmt.Sprintf("%d of %s have a scim_uid. If SCIM is on, only the identity provider can change users and memberships. "+
				"Then write provisioning = \"scim\" into the provider block, and rolecall only compares them.", managed, text.Count(len(all), "user", "users")),
		})
	}
}

// tenantPermissions returns the documented permissions and those that users have.
func (k *checking) tenantPermissions() []string {
	out := []string{"AUDIT_LOG_READ", "FEATURE_FLAG_MANAGE", "TUNNEL_MANAGE"}
	all := k.Live[userKind.Name]
	for i := range all {
		out = append(out, all[i].Body.(*User).TenantPermissions...)
	}
	return schema.Canonical(out)
}

// unknownTenantPermissions warns of names that look misspelled. Tines has no list of tenant
// permissions, so it accepts names that look like none of the known ones.
func (k *checking) unknownTenantPermissions(r *provider.Request, known []string) {
	if r.Have != nil && !r.Changed.Has(userKind.Index("tenant_permissions")) {
		return
	}
	for _, p := range r.Want.Body.(*User).TenantPermissions {
		if _, found := slices.BinarySearch(known, p); found {
			continue
		}
		if hint := schema.DidYouMean(p, known); hint != "" {
			k.add(problem(r, "tines/unknown-permission", "tenant_permissions", "No user has this tenant permission",
				fmt.Sprintf("Tines has no list of tenant permissions, and no user of the tenant has %q.%s", p, hint)).About(p).Warn())
		}
	}
}

// unshownAttributes refuses changes of attributes that an older tenant does not show of its
// users: rolecall could neither compare them with the files nor confirm a change.
func (k *checking) unshownAttributes() {
	for i := range userKind.Attributes {
		a := &userKind.Attributes[i]
		if !a.Comparable() {
			continue
		}
		name := a.Name
		hidden, shown := map[string]bool{}, false // users without it; whether any user shows it
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

// unshownInFiles refuses files that set the attribute of users that do not show it.
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
		fmt.Sprintf("Older self-hosted versions of Tines do not answer with %s, so rolecall can neither compare nor confirm it. The files set it for %s. "+
			"Remove it from the files and change it in Tines, or update Tines.", name, text.List(who, 5))))
}

// unshownLeavers refuses to deactivate users if rolecall could not confirm it.
func (k *checking) unshownLeavers(hidden map[string]bool) {
	first, who := k.usersWith(func(r *provider.Request) bool { return r.Action == schema.Deactivate && hidden[r.Addr.Key] })
	if first == nil {
		return
	}
	k.add(problem(first, "tines/unshown-attribute", "active", "This tenant does not show active of its users",
		fmt.Sprintf("Older self-hosted versions of Tines do not answer with active, so rolecall could not confirm that %s can no longer sign in. "+
			"Deactivate %s in Tines, and remove the removed block or add the address to ignore in the manage block; or update Tines.",
			text.List(who, 5), oneOf(len(who), "that user", "these users"))))
}
