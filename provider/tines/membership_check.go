package tines

import (
	"fmt"
	"maps"
	"slices"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// memberRules checks the memberships of the plan: whom an invitation makes a user, what a
// change of role may interrupt, which team would lose its last member, and which memberships
// have no effect.
func (k *checking) memberRules() {
	k.listDifferences()
	k.newUsers()
	k.roleChanges()
	k.lastMembers()
	k.ambiguousTeams()
	k.ineffective()
}

// listDifferences warns if the two lists of members in Tines differ.
func (k *checking) listDifferences() {
	k.roster.mu.Lock()
	differing := k.roster.differing
	k.roster.mu.Unlock()
	if _, listed := k.Live[membershipKind.Name]; !listed || len(differing) == 0 {
		return
	}
	k.add(schema.Finding{
		Severity: schema.Warning, Code: "tines/lists-disagree", Addr: schema.Address{Provider: k.Tenant, Kind: membershipKind.Name}, RightsUnknown: true,
		Summary: "The two lists of members in Tines differ",
		Detail: fmt.Sprintf("The list of a team's members and the list of users with their memberships differ about %s. "+
			"rolecall uses the team's list, and does not change a membership that only the other one shows. If they still differ later, ask Tines.", text.List(differing, 5)),
	})
}

// newUsers warns whom an invitation makes a user of the tenant, unless a file declares the user.
func (k *checking) newUsers() {
	declared := k.declaredUsers()
	var names []string
	var first *schema.Object
	for r := range k.changes(&membershipKind) {
		if r.Action != schema.Create {
			continue
		}
		email := r.Want.Body.(*Membership).User
		if _, known := k.Index.ID(userKind.Name, email); known || declared[email] != nil {
			continue
		}
		if first == nil {
			first = r.Want
		}
		names = append(names, email)
	}
	if first == nil {
		return
	}
	slices.Sort(names)
	names = slices.Compact(names)
	k.add(first.Problem("tines/new-users", "user", oneOf(len(names), "An invitation makes a new user", "Invitations make new users"),
		fmt.Sprintf("The tenant has no user %s. Tines creates a user for every new address that is invited to a team, and sends an e-mail. "+
			"If this is intended, declare the users too: then the plan shows them, and where users are authoritative, the next plan does not remove them. "+
			"Otherwise correct the address.", text.List(names, 10))).Warn())
}

// roleChanges warns that changes of roles may interrupt access: once for memberships that files
// declare, and once for the others.
func (k *checking) roleChanges() {
	if !k.settings.AllowRejoin {
		return
	}
	inFiles := map[string]bool{}
	for i := range k.Desired {
		if k.Desired[i].Addr.Kind == membershipKind.Name {
			inFiles[k.Desired[i].Addr.Key] = true
		}
	}
	first, who := map[bool]*schema.Object{}, map[bool][]string{}
	for r := range k.changes(&membershipKind) {
		if r.Action != schema.Update || !r.Changed.Has(membershipKind.Index("role")) {
			continue
		}
		declared := inFiles[r.Addr.Key]
		if first[declared] == nil {
			first[declared] = r.Want
		}
		m := r.Want.Body.(*Membership)
		who[declared] = append(who[declared], fmt.Sprintf("%s in %s", m.User, m.Team))
	}
	for _, declared := range []bool{true, false} {
		n := len(who[declared])
		if n == 0 {
			continue
		}
		detail := fmt.Sprintf("Tines documents no call that changes a role. If an invitation with the new role does not do it, %s %s removed from the team and invited again, "+
			"without access to the team in between, because the provider block says allow_rejoin = true.", text.List(who[declared], 5), oneOf(n, "is", "are"))
		if !declared {
			detail += fmt.Sprintf(" No file declares %s. If apply is interrupted in between, the next plan does not restore %s: declare %s first.",
				oneOf(n, "this membership", "these memberships"), oneOf(n, "it", "them"), oneOf(n, "it", "them"))
		}
		k.add(first[declared].Problem("tines/rejoin", "role", oneOf(n, "The user may lose access for a moment", "Users may lose access for a moment"), detail).Warn())
	}
}

// lastMembers follows the changes in their order and refuses to remove the last member of a
// team. Members of a team that is deleted have no changes of their own.
func (k *checking) lastMembers() {
	left := k.teamSizes()
	end := maps.Clone(left)
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
	for r := range k.changes(&membershipKind) {
		step(end, r)
	}
	for r := range k.changes(&membershipKind) {
		team := step(left, r)
		if team == "" || left[team] != 0 {
			continue
		}
		f := schema.Finding{
			Code: "tines/last-member", Addr: r.Addr, Summary: "The last member of a team cannot be removed",
			Detail: fmt.Sprintf("Tines does not remove the last member of a team, and %s would have none. Declare another member of the team, or keep this one.", team),
		}
		if end[team] > 0 {
			f.Detail = fmt.Sprintf("Tines does not remove the last member of a team, and %s would have none for a moment, because in this plan others join only "+
				"after this one leaves. Add a member in a separate plan first.", team)
		}
		k.add(f)
	}
}

// teamSizes counts the members of every team, by the key that the team will have. Owners who may
// be in the team by right do not count: Tines may not count them as members.
func (k *checking) teamSizes() map[string]int {
	n, renamed := map[string]int{}, map[string]string{}
	for r := range k.changes(&teamKind) {
		if r.Action == schema.Rename {
			renamed[r.Have.Body.(*Team).Name] = r.Want.Body.(*Team).Name
		}
	}
	key := func(team string) string {
		if next, is := renamed[team]; is {
			return next
		}
		return team
	}
	live := k.Live[membershipKind.Name]
	for i := range live {
		if by := live[i].FrozenBy; by != frozenOwner && by != frozenUnlisted {
			n[key(live[i].Body.(*Membership).Team)]++
		}
	}
	return n
}

// ambiguousTeams refuses changes in a team if two teams have its name: files cannot say which
// one they mean.
func (k *checking) ambiguousTeams() {
	ids := map[string][]string{}
	for _, t := range k.Live[teamKind.Name] {
		ids[t.Addr.Key] = append(ids[t.Addr.Key], t.ID)
	}
	reported := map[string]bool{}
	for r := range k.changes(&membershipKind) {
		team := objectOf(r).Body.(*Membership).Team
		if len(ids[team]) < 2 || reported[team] {
			continue
		}
		reported[team] = true
		slices.Sort(ids[team])
		k.add(problem(r, "tines/two-teams", "team", "Two teams have this name",
			fmt.Sprintf("Tines has %d teams called %q, with the ids %s, and files cannot say which one they mean. Rename one of them in Tines.",
				len(ids[team]), team, text.List(ids[team], 5))))
	}
}
