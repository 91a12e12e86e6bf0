package tines

import (
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// declaredUsers returns the users that files declare, by address.
func (k *checking) declaredUsers() map[string]*schema.Object {
	out := map[string]*schema.Object{}
	for i := range k.Desired {
		if o := &k.Desired[i]; o.Addr.Kind == userKind.Name {
			out[o.Addr.Key] = o
		}
	}
	return out
}

// losesSignIn reports whether a user can no longer sign in after a change.
func losesSignIn(r *provider.Request) bool {
	return r.Action.Removes() || r.Have != nil && r.Want != nil && !inactive(r.Have) && inactive(r.Want)
}

// declaredAt says where the files declare a user, in brackets after a space, or "".
func declaredAt(o *schema.Object) string {
	if o == nil || o.Pos.File == "" {
		return ""
	}
	return fmt.Sprintf(" (declared in %s, line %d)", o.Pos.File, o.Pos.Line)
}

// ineffective reports declared memberships whose user is removed or cannot sign in, and roles
// that do not limit a tenant owner: each once for all memberships of a user.
func (k *checking) ineffective() {
	unlimited, leaving, after := k.unlimitedRoles(), map[string]*provider.Request{}, map[string]*schema.Object{}
	for r := range k.changes(&userKind) {
		if losesSignIn(r) {
			leaving[r.Addr.Key] = r
		}
	}
	users := k.After[userKind.Name]
	for i := range users {
		after[users[i].Addr.Key] = &users[i]
	}
	var all []*effect
	seen := map[[2]string]*effect{}
	add := func(o *schema.Object, code string) {
		m := o.Body.(*Membership)
		e := seen[[2]string{code, m.User}]
		if e == nil {
			e = &effect{code: code, first: o}
			seen[[2]string{code, m.User}] = e
			all = append(all, e)
		}
		e.teams = append(e.teams, m.Team)
	}
	for i := range k.Desired {
		o := &k.Desired[i]
		if o.Addr.Kind != membershipKind.Name {
			continue
		}
		m := o.Body.(*Membership)
		user, known := after[m.User]
		switch r := leaving[m.User]; {
		case r != nil && r.Action == schema.Deactivate: // plan/grantee-removed reports it
		case r != nil && r.Action == schema.Delete:
			add(o, effectDeleted)
		case r != nil:
			add(o, effectDeactivated)
		case known && inactive(user):
			add(o, effectInactive)
		}
		if owner := known && user.Body.(*User).Admin || !known && k.roster.owner(m.User); owner && !unlimited[m.Role] {
			add(o, effectOwner)
		}
	}
	declared := k.declaredUsers()
	for _, e := range all {
		k.add(e.finding(declaredAt(declared[e.first.Body.(*Membership).User])))
	}
}

// unlimitedRoles returns the roles that grant everything in a team.
func (k *checking) unlimitedRoles() map[string]bool {
	all := map[string]bool{}
	for _, kind := range [][]schema.Object{k.Live[roleKind.Name], k.After[roleKind.Name]} {
		for i := range kind {
			if slices.Contains(kind[i].Body.(*Role).Permissions, allowAll) {
				all[kind[i].Addr.Key] = true
			}
		}
	}
	return all
}

// An effect is what the declared memberships of a user lead to.
type effect struct {
	code  string
	first *schema.Object
	teams []string // of all of them
}

// Why memberships have no effect, or more than they say.
const (
	effectDeleted     = "deleted"
	effectDeactivated = "deactivated"
	effectInactive    = "inactive"
	effectOwner       = "owner"
)

// finding reports the effect. declared says where the files declare the user.
func (e *effect) finding(declared string) schema.Finding {
	m := e.first.Body.(*Membership)
	one := len(e.teams) == 1
	what, in := "the membership", ""
	if !one {
		what, in = "the memberships", fmt.Sprintf(" (in %s)", text.List(e.teams, 5))
	}
	switch e.code {
	case effectDeleted:
		return e.first.Problem("tines/leaver-member", "user", "The plan deletes the user of a membership",
			fmt.Sprintf("This plan deletes the user %s%s, and a membership of a user who does not exist would invite the address again. Remove %s%s too, or keep the user.",
				m.User, declared, what, in))
	case effectDeactivated:
		return e.first.Problem("tines/leaver-member", "user", "The plan deactivates the user of a membership",
			fmt.Sprintf("This plan deactivates the user %s%s, so %s%s %s no effect until the user is active again. Remove %s, "+
				"so that the rights do not return with the user.", m.User, declared, what, in, oneOf(len(e.teams), "has", "have"), oneOf(len(e.teams), "it", "them"))).Warn()
	case effectInactive:
		return e.first.Problem("tines/inactive-member", "user", "The user of a membership is inactive",
			fmt.Sprintf("%s cannot sign in%s, so %s%s %s no effect. Remove %s, or make the user active.",
				m.User, declared, what, in, oneOf(len(e.teams), "has", "have"), oneOf(len(e.teams), "it", "them"))).Warn()
	}
	permits := fmt.Sprintf("the role %s permits", m.Role)
	if !one {
		permits = "the roles in the files permit" + in
	}
	return e.first.Problem("tines/owner-member", "role", "A role does not limit a tenant owner",
		fmt.Sprintf("%s is a tenant owner%s and can do everything in every team, whatever %s. "+
			"Set admin = false for the user if the role should count.", m.User, declared, permits)).Warn()
}
