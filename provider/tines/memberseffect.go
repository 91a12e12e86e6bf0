package tines

import (
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// withoutEffect goes through the declared memberships and tells of those whose user
// goes or cannot sign in, and of roles that do not limit a tenant owner: once for
// everybody of whom there is something to tell.
func (k *memberCheck) withoutEffect() {
	all := k.unlimited()
	k.roster.mu.Lock()
	owners := k.roster.owners
	k.roster.mu.Unlock()
	var told []*effect
	seen := map[[2]string]*effect{}
	add := func(o *schema.Object, code string) {
		m := o.Body.(*Membership)
		e := seen[[2]string{code, m.User}]
		if e == nil {
			e = &effect{code: code, first: o}
			seen[[2]string{code, m.User}] = e
			told = append(told, e)
		}
		e.teams = append(e.teams, m.Team)
	}
	for i := range k.Desired {
		o := &k.Desired[i]
		if o.Addr.Kind != membershipKind.Name {
			continue
		}
		m := o.Body.(*Membership)
		user, known := k.after[m.User]
		switch r, leaving := k.leaving[m.User]; {
		case leaving && r.Action == schema.Deactivate: // that plan/grantee-removed tells
		case leaving && r.Action == schema.Delete:
			add(o, effectDeleted)
		case leaving:
			add(o, effectBarred)
		case known && inactive(user):
			add(o, effectInactive)
		}
		if owner := known && user.Body.(*User).Admin || !known && owners[m.User]; owner && !all[m.Role] {
			add(o, effectOwner)
		}
	}
	for _, e := range told {
		k.add(k.effect(e))
	}
}

// unlimited are the roles that grant everything in a team.
func (k *memberCheck) unlimited() map[string]bool {
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

// An effect is what somebody's declared memberships come to.
type effect struct {
	code  string
	first *schema.Object
	teams []string // of all of them
}

// Why memberships come to nothing, or to more than they say.
const (
	effectDeleted  = "deleted"
	effectBarred   = "barred"
	effectInactive = "inactive"
	effectOwner    = "owner"
)

func (k *memberCheck) effect(e *effect) schema.Finding {
	m := e.first.Body.(*Membership)
	who, declared := m.User, k.place(m.User)
	one := len(e.teams) == 1
	what, in := "the membership", ""
	if !one {
		what, in = "the memberships", fmt.Sprintf(" (in %s)", text.List(e.teams, 5))
	}
	switch e.code {
	case effectDeleted:
		return e.first.Problem("tines/leaver-member", "user", "The user of a membership is to be deleted",
			fmt.Sprintf("This plan deletes the user %s%s, and a membership of a user who does not exist would invite the address again. Drop %s%s as well, or keep the user.",
				who, declared, what, in))
	case effectBarred:
		return e.first.Problem("tines/leaver-member", "user", "The user of a membership is to be deactivated",
			fmt.Sprintf("This plan deactivates the user %s%s, who then has nothing from %s%s until the user is made active again. Drop %s as well, "+
				"so that the rights do not come back with the user.", who, declared, what, in, what)).Warn()
	case effectInactive:
		return e.first.Problem("tines/inactive-member", "user", "An inactive user is declared a member",
			fmt.Sprintf("%s cannot sign in%s, so %s%s %s no effect. Drop %s, or make the user active.",
				who, declared, what, in, oneOf(len(e.teams), "has", "have"), oneOf(len(e.teams), "it", "them"))).Warn()
	}
	permits := fmt.Sprintf("the role %s permits", m.Role)
	if !one {
		permits = "the roles permit that the files give" + in
	}
	return e.first.Problem("tines/owner-member", "role", "A role does not limit a tenant owner",
		fmt.Sprintf("%s is a tenant owner%s and can do everything in every team, whatever %s. "+
			"Set admin = false for the user if roles are meant to count.", who, declared, permits)).Warn()
}
