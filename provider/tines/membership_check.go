package tines

import (
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// checkMembers holds the memberships of a plan against the tenant: who would be
// made a user by an invitation, what a change of role may take, which team would
// lose its last member, and whose membership has no effect.
func (c *client) checkMembers(v provider.View) []schema.Finding {
	k := &memberCheck{client: c, View: v}
	k.prepare()
	k.disagreements()
	k.newcomers()
	k.roleChanges()
	k.lastMembers()
	k.ambiguousTeams()
	k.withoutEffect()
	return k.found
}

// A memberCheck is the memberships of one plan under examination.
type memberCheck struct {
	*client
	provider.View
	found    []schema.Finding
	declared map[string]*schema.Object // users, by address
	leaving  map[string]provider.Request
	renamed  map[string]string         // teams, from and to
	after    map[string]*schema.Object // users, by address
}

func (k *memberCheck) prepare() {
	k.declared, k.leaving = map[string]*schema.Object{}, map[string]provider.Request{}
	k.renamed, k.after = map[string]string{}, map[string]*schema.Object{}
	for i := range k.Desired {
		if o := &k.Desired[i]; o.Addr.Kind == userKind.Name {
			k.declared[o.Addr.Key] = o
		}
	}
	for _, r := range k.Changes {
		switch {
		case r.Addr.Kind == userKind.Name && leaves(r):
			k.leaving[r.Addr.Key] = r
		case r.Addr.Kind == teamKind.Name && r.Action == schema.Rename:
			k.renamed[r.Have.Body.(*Team).Name] = r.Want.Body.(*Team).Name
		}
	}
	users := k.After[userKind.Name]
	for i := range users {
		k.after[users[i].Addr.Key] = &users[i]
	}
}

// leaves reports whether a user can no longer sign in afterwards.
func leaves(r provider.Request) bool {
	return r.Action.Removes() || r.Have != nil && r.Want != nil && !inactive(r.Have) && inactive(r.Want)
}

func (k *memberCheck) add(f schema.Finding) { k.found = append(k.found, f) }

// changes yields the planned changes of memberships, in order.
func (k *memberCheck) changes(f func(r *provider.Request)) {
	for i := range k.Changes {
		if k.Changes[i].Addr.Kind == membershipKind.Name {
			f(&k.Changes[i])
		}
	}
}

// disagreements tells where Tines' two lists of members say different things.
func (k *memberCheck) disagreements() {
	k.roster.mu.Lock()
	apart := k.roster.apart
	k.roster.mu.Unlock()
	if _, listed := k.Live[membershipKind.Name]; !listed || len(apart) == 0 {
		return
	}
	k.add(schema.Finding{
		Severity: schema.Warning, Code: "tines/lists-disagree", Addr: schema.Address{Provider: k.Tenant, Kind: membershipKind.Name},
		Summary: "The two lists of members in Tines disagree",
		Detail: fmt.Sprintf("The list of a team's members and the list of users with their memberships say different things about %s. "+
			"The team's list counts, and a membership that only the other one shows is left alone. Where this does not pass by itself, ask Tines.", text.List(apart, 5)),
	})
}

// newcomers tells whom an invitation makes a user of the tenant. Those that are
// declared were meant to be one.
func (k *memberCheck) newcomers() {
	var names []string
	var first *schema.Object
	k.changes(func(r *provider.Request) {
		if r.Action != schema.Create {
			return
		}
		email := r.Want.Body.(*Membership).User
		if _, known := k.Index.ID(userKind.Name, email); known || k.declared[email] != nil {
			return
		}
		if first == nil {
			first = r.Want
		}
		names = append(names, email)
	})
	if first == nil {
		return
	}
	slices.Sort(names)
	names = slices.Compact(names)
	k.add(first.Problem("tines/new-users", "user", oneOf(len(names), "An invitation makes a new user", "Invitations make new users"),
		fmt.Sprintf("The tenant does not know %s. Tines makes a user of everybody who is invited to a team, and sends mail. "+
			"If that is meant, declare them as users as well: the plan shows them then, and where users are authoritative, the next one does not take them away again. "+
			"Otherwise correct the address.", text.List(names, 10))).Warn())
}

// roleChanges warns of the gap that changes of roles may take: once for those that
// files declare, and once for the others.
func (k *memberCheck) roleChanges() {
	if !k.settings.AllowRejoin {
		return
	}
	said := map[string]bool{}
	for i := range k.Desired {
		if k.Desired[i].Addr.Kind == membershipKind.Name {
			said[k.Desired[i].Addr.Key] = true
		}
	}
	first, who := map[bool]*schema.Object{}, map[bool][]string{}
	k.changes(func(r *provider.Request) {
		if r.Action != schema.Update || !r.Changed.Has(membershipKind.Index("role")) {
			return
		}
		declared := said[r.Addr.Key]
		if first[declared] == nil {
			first[declared] = r.Want
		}
		m := r.Want.Body.(*Membership)
		who[declared] = append(who[declared], fmt.Sprintf("%s in %s", m.User, m.Team))
	})
	for _, declared := range []bool{true, false} {
		n := len(who[declared])
		if n == 0 {
			continue
		}
		detail := fmt.Sprintf("Tines documents no call that changes a role. Where an invitation with the new role does not do it, %s %s removed from the team and invited again, "+
			"because the provider block says allow_rejoin = true, with no access to the team in between.", text.List(who[declared], 5), oneOf(n, "is", "are"))
		if !declared {
			detail += fmt.Sprintf(" No file declares %s, so should the run be cut off in between, the next plan does not bring %s back: declare %s first.",
				oneOf(n, "this membership", "these memberships"), oneOf(n, "it", "them"), oneOf(n, "it", "them"))
		}
		k.add(first[declared].Problem("tines/rejoin", "role", oneOf(n, "A gap in access is possible", "Gaps in access are possible"), detail).Warn())
	}
}

// lastMembers walks through the changes as they are executed, and refuses to take
// the last member out of a team. Those of a team that is deleted go with it, without a
// change of their own.
func (k *memberCheck) lastMembers() {
	left := k.sizes()
	end := map[string]int{}
	for team, n := range left {
		end[team] = n
	}
	step := func(n map[string]int, r *provider.Request) string {
		switch r.Action {
		case schema.Create:
			n[r.Want.Body.(*Membership).Team]++
		case schema.Delete:
			team := r.Have.Body.(*Membership).Team
			n[team]--
			return team
		}
		return ""
	}
	k.changes(func(r *provider.Request) { step(end, r) })
	k.changes(func(r *provider.Request) {
		team := step(left, r)
		if team == "" || left[team] > 0 || left[team] < 0 {
			return
		}
		f := schema.Finding{
			Code: "tines/last-member", Addr: r.Addr, Summary: "The last member of a team cannot be removed",
			Detail: fmt.Sprintf("Tines keeps the last member of a team, and %s would be without one. Declare another member of the team, or keep this one.", team),
		}
		if end[team] > 0 {
			f.Detail = fmt.Sprintf("Tines keeps the last member of a team, and %s would be without one for a moment, because in this plan others may join only "+
				"after this one left. Add a member in a plan of its own first.", team)
		}
		k.add(f)
	})
}

// sizes counts the members of every team by the key that it will have, as far as
// they are surely there: owners by right may not keep a team from being empty.
func (k *memberCheck) sizes() map[string]int {
	n := map[string]int{}
	key := func(team string) string {
		if next, renamed := k.renamed[team]; renamed {
			return next
		}
		return team
	}
	live := k.Live[membershipKind.Name]
	for i := range live {
		if by := live[i].FrozenBy; by != frozenOwner && by != frozenApart {
			n[key(live[i].Body.(*Membership).Team)]++
		}
	}
	return n
}

// ambiguousTeams refuses to write where two teams have the same name: files cannot
// say which of them is meant.
func (k *memberCheck) ambiguousTeams() {
	ids := map[string][]string{}
	for _, t := range k.Live[teamKind.Name] {
		ids[t.Addr.Key] = append(ids[t.Addr.Key], t.ID)
	}
	told := map[string]bool{}
	k.changes(func(r *provider.Request) {
		o := r.Want
		if o == nil {
			o = r.Have
		}
		team := o.Body.(*Membership).Team
		if len(ids[team]) < 2 || told[team] {
			return
		}
		told[team] = true
		slices.Sort(ids[team])
		f := o.Problem("tines/two-teams", "team", "Two teams have this name",
			fmt.Sprintf("Tines has %d teams called %q, with the ids %s, and nothing says whose member is meant. Rename one of them in Tines.",
				len(ids[team]), team, text.List(ids[team], 5)))
		f.Addr = r.Addr
		k.add(f)
	})
}

// place says where the files declare a user, in brackets, or nothing.
func (k *memberCheck) place(email string) string {
	o := k.declared[schema.FoldName(email)]
	if o == nil || o.Pos.File == "" {
		return ""
	}
	return fmt.Sprintf(" (declared in %s, line %d)", o.Pos.File, o.Pos.Line)
}

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
