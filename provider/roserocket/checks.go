package roserocket

import (
	"context"
	"fmt"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// Check finds changes that would lock rolecall out, and those that are made without
// knowing what is there.
func (c *client) Check(_ context.Context, v provider.View) ([]schema.Finding, error) {
	k := &checking{client: c, View: v}
	k.ownRole()
	k.newMembers()
	k.unverified()
	return k.findings, nil
}

// A checking is one plan under examination.
type checking struct {
	*client
	provider.View
	findings []schema.Finding
}

func (k *checking) add(f ...schema.Finding) { k.findings = append(k.findings, f...) }

// permissions lists the planned changes of permissions for which the test holds.
func (k *checking) permissions(is func(*provider.Request, *Permission) bool) (first *schema.Object, keys []string) {
	for i := range k.Changes {
		r := &k.Changes[i]
		if r.Want == nil || r.Addr.Kind != permissionKind.Name {
			continue
		}
		if p := r.Want.Body.(*Permission); is(r, p) {
			if first == nil {
				first = r.Want
			}
			keys = append(keys, r.Addr.Key)
		}
	}
	return first, keys
}

// ownRole keeps rolecall from taking its own rights away.
func (k *checking) ownRole() {
	if k.settings.AllowOwnRole {
		return
	}
	role := k.settings.ownRole()
	first, keys := k.permissions(func(_ *provider.Request, p *Permission) bool { return sameRole(p.Role, role) })
	if first == nil {
		return
	}
	k.add(first.Problem("roserocket/own-role", "", "The role of rolecall's own account would change",
		fmt.Sprintf("%s would change, and %s is the role of the service account as which rolecall acts: it could lock itself out, and other administrators too. "+
			"Take the change out, set own_role to the role that the account has, or set allow_own_role = true in the provider block.", text.List(keys, maxListed), role)))
}

// newMembers warns of users of whom nothing shows that they exist. Rose Rocket has no call
// for users, so the members of the groups that were read are all that is known.
func (k *checking) newMembers() {
	known := map[string]bool{}
	for i := range k.Live[groupKind.Name] {
		for _, id := range k.Live[groupKind.Name][i].Body.(*Group).Members {
			known[id] = true
		}
	}
	emails := map[string]string{}
	for i := range k.Desired {
		if u, is := k.Desired[i].Body.(*User); is && u.Email != "" {
			emails[u.ID] = u.Email
		}
	}
	var first *schema.Object
	var unknown []string
	for i := range k.Changes {
		r := &k.Changes[i]
		if r.Want == nil || r.Addr.Kind != groupKind.Name || r.Action.Removes() {
			continue
		}
		for _, id := range r.Want.Body.(*Group).Members {
			if known[id] {
				continue
			}
			known[id] = true
			if first == nil {
				first = r.Want
			}
			if email := emails[id]; email != "" {
				id = fmt.Sprintf("%s (%s)", email, id)
			}
			unknown = append(unknown, id)
		}
	}
	if first == nil {
		return
	}
	k.add(first.Problem("roserocket/unknown-user", "members", "Check the ids of new members",
		fmt.Sprintf("Rose Rocket has no call that tells whether a user exists. Not in any user group that was read: %s. "+
			"Compare each id with Rose Rocket before you apply.", text.List(unknown, maxListed))).Warn())
}

// unverified marks changes that are made from what was written last.
func (k *checking) unverified() {
	first, keys := k.permissions(func(r *provider.Request, _ *Permission) bool { return r.Have != nil && r.Have.LastWritten })
	if first == nil {
		return
	}
	k.add(first.Problem("roserocket/unverified", "", "What is there now is not known",
		fmt.Sprintf("Permissions cannot be read, so the %s of %s is compared with what rolecall wrote last. Writing replaces whatever is there.",
			map[bool]string{true: "change", false: "changes"}[len(keys) == 1], text.List(keys, maxListed))).Warn())
}
