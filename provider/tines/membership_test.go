package tines

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider"
	faults "github.com/rolecall-dev/rolecall/provider/emulator"
	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/tines/emulator"
)

// However Tines shows memberships, they are the same ones: without those in case
// groups and personal teams, and without owners who are there by right.
func TestMembersListed(t *testing.T) {
	want := []string{"IT/ben@zoo.example TEAM_ADMIN", "SOC/ana@zoo.example ANALYST", "SOC/ben@zoo.example VIEWER", "SOC/dea@zoo.example WRITER"}
	for _, variants := range [][]string{
		nil,
		{"member-role=id"},
		{"owners-listed=yes"},
		{"include-key=memberships", "owners-listed=yes"},
		{"include-key=absent"},
		{"include-pending=no"},
		{"group-members=closed"},
	} {
		t.Run(strings.Join(variants, " "), func(t *testing.T) {
			choices := make([]any, len(variants))
			for i, v := range variants {
				choices[i] = v
			}
			p := placed(t, choices...)
			if diff := cmp.Diff(want, p.members()); diff != "" {
				t.Error(diff)
			}
			if got := providertest.FindingLines(p.checkedMembers(provider.View{Live: map[string][]schema.Object{membershipKind.Name: {}}})); len(got) > 0 && variants == nil {
				t.Error(got)
			}
		})
	}
}

// Where Tines does not tell owners by right from others, they are there and cannot
// be written.
func TestOwnersWithoutPass(t *testing.T) {
	p := placed(t, "include-key=absent", "owners-listed=yes")
	want := []string{
		"IT/ben@zoo.example TEAM_ADMIN", "IT/owner@zoo.example TEAM_ADMIN (frozen)",
		"SOC/ana@zoo.example ANALYST", "SOC/ben@zoo.example VIEWER", "SOC/dea@zoo.example WRITER", "SOC/owner@zoo.example TEAM_ADMIN (frozen)",
	}
	if diff := cmp.Diff(want, p.members()); diff != "" {
		t.Error(diff)
	}
}

// The key's own user is never touched, as where Tines makes the creator of a team
// its first member.
func TestOwnMembership(t *testing.T) {
	p := placed(t, Settings{KeyUser: "Owner@zoo.example"}, "creator-member=yes")
	_, err := p.create(inFile(&teamKind, &Team{Name: "New"}, teamKind.Mask("name")))
	p.must(err)
	if got := p.members()[1]; got != "New/owner@zoo.example TEAM_ADMIN (frozen)" {
		t.Error(got)
	}
}

// A new member is found with the role, however an invitation names it.
func TestMemberCreate(t *testing.T) {
	invite := func(who, role string) string {
		return `POST /teams/22/invite_member {"role":"` + role + `",` + who + `}`
	}
	const byID, byEmail, read = `"user_id":2`, `"email":"eve@zoo.example"`, "GET /teams/22/members"
	for _, test := range []struct {
		name, user, role string
		variants         []any
		want             []string
	}{
		{"a default role", "ana@zoo.example", "EDITOR", nil, []string{invite(byID, "EDITOR"), read}},
		{"a custom role", "ana@zoo.example", "ANALYST", nil, []string{invite(byID, "ANALYST"), read}},
		{"a custom role by id", "ana@zoo.example", "ANALYST", []any{"role-write=id", "member-role=id"}, []string{invite(byID, "ANALYST"), invite(byID, "11"), read}},
		{"a new user", "eve@zoo.example", "ANALYST", nil, []string{`POST /teams/22/invite_member {"email":"eve@zoo.example","role":"ANALYST"}`, read}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := placed(t, test.variants...)
			p.all(&membershipKind)
			p.ResetRequests()
			got, err := p.create(member("IT", test.user, test.role))
			p.must(err)
			if m := got.Body.(*Membership); got.Addr.Key != "IT/"+test.user || m.Role != test.role {
				t.Errorf("%s %+v", got.Addr, m)
			}
			p.CheckRequests(p.t, test.want...)
		})
	}
}

// How a role is written is found out once.
func TestRoleFormOnce(t *testing.T) {
	p := placed(t, "role-write=id")
	p.all(&membershipKind)
	price := p.EstimateRequests(provider.Request{Action: schema.Create, Addr: member("IT", "ana@zoo.example", "ANALYST").Addr, Want: new(member("IT", "ana@zoo.example", "ANALYST"))})
	if price != 5 {
		t.Errorf("the first costs %d", price)
	}
	for _, who := range []string{"ana@zoo.example", "cem@zoo.example"} {
		_, err := p.create(member("IT", who, "ANALYST"))
		p.must(err)
	}
	writes := 0
	for _, r := range p.Requests() {
		if strings.HasPrefix(r, "POST") {
			writes++
		}
	}
	if writes != 3 {
		t.Errorf("%d invitations", writes)
	}
}

// Somebody else's process knows no ids: the index is empty.
func TestMemberCreateFresh(t *testing.T) {
	p := placed(t, "role-write=id")
	_, err := p.create(member("IT", "ana@zoo.example", "ANALYST"))
	p.must(err)
	found, err := p.Find(context.Background(), member("IT", "ana@zoo.example", ""))
	if err != nil || found.Body.(*Membership).Role != "ANALYST" || found.ID != "22/2" {
		t.Errorf("%+v %v", found, err)
	}
	if _, err := p.Find(context.Background(), member("IT", "dea@zoo.example", "")); !errors.Is(err, provider.ErrNotFound) {
		t.Error(err)
	}
	if _, err := p.Find(context.Background(), member("Nowhere", "dea@zoo.example", "")); !errors.Is(err, provider.ErrNotFound) {
		t.Error(err)
	}
}

// An owner by right is not there, and is by an invitation.
func TestOwnerJoins(t *testing.T) {
	p := placed(t, "owners-listed=yes")
	p.all(&membershipKind)
	o := member("IT", "owner@zoo.example", "EDITOR")
	if _, err := p.Find(context.Background(), o); !errors.Is(err, provider.ErrNotFound) {
		t.Error(err)
	}
	_, err := p.create(o)
	p.must(err)
	if got := p.members(); got[1] != "IT/owner@zoo.example EDITOR" {
		t.Error(got)
	}
	p.must(p.remove(&membershipKind, "IT/owner@zoo.example"))
	if got := p.members(); len(got) != 4 {
		t.Error(got)
	}
}

func TestMemberRoleChange(t *testing.T) {
	const key = "SOC/ana@zoo.example"
	for _, test := range []struct {
		name     string
		settings Settings
		variants []string
		want     string // role afterwards
		err      string // part of the error
	}{
		{"by invitation", Settings{}, nil, "WRITER", ""},
		{"by invitation, roles as ids", Settings{}, []string{"role-write=id", "member-role=id"}, "WRITER", ""},
		{"no notice", Settings{}, []string{"reinvite=ignore"}, "ANALYST", "is still ANALYST, because Tines does not change it by an invitation"},
		{"refused", Settings{}, []string{"reinvite=error"}, "ANALYST", "is that of a member already"},
		{"no notice, rejoin", Settings{AllowRejoin: true}, []string{"reinvite=ignore"}, "WRITER", ""},
		{"refused, rejoin", Settings{AllowRejoin: true}, []string{"reinvite=error", "role-write=id"}, "WRITER", ""},
		{"rejoin where it is not needed", Settings{AllowRejoin: true}, nil, "WRITER", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			choices := []any{test.settings}
			for _, v := range test.variants {
				choices = append(choices, v)
			}
			p := placed(t, choices...)
			_, err := p.change(key, member("SOC", "ana@zoo.example", "WRITER"))
			if test.err == "" {
				p.must(err)
			} else if err == nil || !strings.Contains(err.Error(), test.err) || !strings.Contains(provider.Hint(err), "allow_rejoin = true") {
				t.Errorf("%v | %s", err, provider.Hint(err))
			}
			if got := p.all(&membershipKind)[key].Body.(*Membership).Role; got != test.want {
				t.Errorf("the role is %s", got)
			}
			for _, r := range p.Requests() {
				if test.want == "ANALYST" && strings.Contains(r, "remove_member") {
					t.Errorf("%s was sent", r)
				}
			}
		})
	}
}

// The only member never leaves to come back.
func TestOnlyMemberStays(t *testing.T) {
	for _, variant := range []string{"owners-listed=no", "owners-listed=yes"} {
		p := placed(t, Settings{AllowRejoin: true}, "reinvite=ignore", variant)
		_, err := p.change("IT/ben@zoo.example", member("IT", "ben@zoo.example", "VIEWER"))
		if err == nil || !strings.Contains(err.Error(), "keeps the role TEAM_ADMIN") || !strings.Contains(provider.Hint(err), "last member") {
			t.Error(err)
		}
		if got := p.members()[0]; got != "IT/ben@zoo.example TEAM_ADMIN" {
			t.Error(got)
		}
	}
}

// Whoever was removed to be invited again and cannot be, gets the old role back; and
// where that fails, too, it is said.
func TestComeBack(t *testing.T) {
	refuse := func(after, times int) faults.Fault {
		return faults.Fault{Method: "POST", Path: "/teams/21/invite_member", After: after, Times: times, Status: 422, Body: `{"error":"not now"}`}
	}
	for _, test := range []struct {
		name  string
		fault faults.Fault
		role  string // afterwards, "" where the member is out
		err   string
	}{
		{"back with the old role", refuse(1, 1), "ANALYST", "is in the team again with the role ANALYST"},
		{"out", refuse(1, -1), "", "IS NO LONGER IN THE TEAM"},
		{"the removal is refused", faults.Fault{Method: "POST", Path: "/teams/21/remove_member", Status: 422, Body: `{"error":"no"}`}, "ANALYST", "keeps the role ANALYST"},
		{"the answer to the removal is lost", faults.Fault{Method: "POST", Path: "/teams/21/remove_member", Cut: faults.CutAfter}, "EDITOR", ""},
		{"the removal is lost", faults.Fault{Method: "POST", Path: "/teams/21/remove_member", Cut: faults.CutBefore}, "ANALYST", "not known whether"},
		{"the answer to the invitation is lost", faults.Fault{Method: "POST", Path: "/teams/21/invite_member", After: 1, Cut: faults.CutAfter}, "EDITOR", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := placed(t, Settings{AllowRejoin: true}, "reinvite=ignore")
			p.all(&membershipKind)
			p.fault(test.fault)
			_, err := p.change("SOC/ana@zoo.example", member("SOC", "ana@zoo.example", "EDITOR"))
			p.emulator.ClearFaults()
			if test.err == "" {
				p.must(err)
			} else if err == nil || !strings.Contains(err.Error(), test.err) {
				t.Error(err)
			}
			role := ""
			if o, there := p.all(&membershipKind)["SOC/ana@zoo.example"]; there {
				role = o.Body.(*Membership).Role
			}
			if role != test.role {
				t.Errorf("the role is %q", role)
			}
		})
	}
}

// A run that is cut off while a member is out goes on to bring it back.
func TestComeBackCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	p := placed(t, Settings{AllowRejoin: true}, "reinvite=ignore", func(all map[string]emulator.Access) {
		if len(all["Ana@zoo.example"].Teams) == 0 {
			cancel()
		}
	})
	have, want := p.all(&membershipKind)["SOC/ana@zoo.example"], member("SOC", "ana@zoo.example", "EDITOR")
	got, err := p.Apply(ctx, provider.Request{
		Action: schema.Update, Addr: have.Addr, Have: &have, Want: &want, Changed: membershipKind.Mask("role"),
	})
	p.must(err)
	if ctx.Err() == nil || got.Body.(*Membership).Role != "EDITOR" {
		t.Error(ctx.Err(), got.Body)
	}
}

func TestMemberRemove(t *testing.T) {
	for _, test := range []struct {
		name, key string
		settings  Settings
		variants  []any
		before    func(*memberPlace)
		err       string
	}{
		{name: "one of several", key: "SOC/ana@zoo.example"},
		{name: "the last one", key: "IT/ben@zoo.example", err: "last member"},
		{name: "the last one beside owners by right", key: "IT/ben@zoo.example", variants: []any{"owners-listed=yes"}, err: "last member"},
		{name: "the last one, where teams may go", key: "IT/ben@zoo.example", settings: Settings{AllowTeamDeletion: true}, err: "last member"},
		{name: "gone", key: "SOC/ana@zoo.example", before: expelled},
		{name: "gone, another status", key: "SOC/ana@zoo.example", before: func(p *memberPlace) {
			expelled(p)
			p.fault(faults.Fault{Method: "POST", Path: "/teams/21/remove_member", Status: 422})
		}},
		{name: "a right is missing", key: "SOC/ana@zoo.example", err: "404", before: func(p *memberPlace) {
			p.fault(faults.Fault{Method: "POST", Path: "/teams/21/remove_member", Status: 404})
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := placed(t, append(test.variants, test.settings)...)
			have := p.all(&membershipKind)[test.key]
			if test.before != nil {
				test.before(p)
			}
			_, err := p.Apply(context.Background(), provider.Request{Action: schema.Delete, Addr: have.Addr, Have: &have})
			if test.err == "" {
				p.must(err)
			} else if err == nil || !strings.Contains(err.Error()+provider.Hint(err), test.err) {
				t.Errorf("%v | %s", err, provider.Hint(err))
			}
		})
	}
}

func expelled(p *memberPlace) {
	p.must(memberships{p.client}.expel(context.Background(), p.all(&membershipKind)["SOC/ana@zoo.example"]))
}

// What only the list of users shows is kept, cannot be written, and is told.
func TestListsDisagree(t *testing.T) {
	p := placed(t, &emulator.Seed{Keys: placeSeed().Keys, Users: placeSeed().Users})
	pass := []wireUser{
		{ID: "2", User: User{Email: "ana@zoo.example"}, memberships: &[]userMembership{{"21", "11"}, {"99", "11"}}},
		{ID: "3", User: User{Email: "ben@zoo.example"}, memberships: &[]userMembership{{"21", "VIEWER"}}},
	}
	s := &bothLists{
		memberships: memberships{p.client}, roster: roster{size: map[string]int{}}, users: pass, byTeam: byTeam(pass),
		teams: []wireTeam{{ID: "21", Name: "SOC"}}, members: [][]wireMember{{{ID: "3", Email: "ben@zoo.example", Role: "EDITOR"}}},
		names: map[wireID]string{"11": "ANALYST", "VIEWER": "VIEWER", "EDITOR": "EDITOR"},
	}
	var got []string
	s.team(0, func(o schema.Object) bool {
		got = append(got, o.Addr.Key+" "+o.Body.(*Membership).Role+" "+o.FrozenBy)
		return true
	})
	want := []string{"SOC/ben@zoo.example EDITOR ", "SOC/ana@zoo.example ANALYST only Tines' list of users shows it, and its list of the team's members does not"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	p.roster.replace(&s.roster)
	found := p.checkedMembers(provider.View{Live: map[string][]schema.Object{membershipKind.Name: {}}})
	if len(found) != 1 || found[0].Code != "tines/lists-disagree" || !strings.Contains(found[0].Detail, "SOC/ben@zoo.example and SOC/ana@zoo.example") {
		t.Errorf("%+v", found)
	}
}
