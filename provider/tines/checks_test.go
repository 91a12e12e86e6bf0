package tines

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/tines/emulator"
)

// checked holds changes against the tenant, with every kind listed, and returns
// what is said. What is created or changed counts as declared.
func (p *memberPlace) checked(changes ...provider.Request) []schema.Finding {
	p.t.Helper()
	v := provider.View{Live: map[string][]schema.Object{}, After: map[string][]schema.Object{}, Changes: changes}
	for _, kind := range []*schema.Kind{&roleKind, &teamKind, &userKind} {
		for _, o := range p.all(kind) {
			v.Live[kind.Name] = append(v.Live[kind.Name], o)
		}
	}
	for _, r := range changes {
		if r.Want != nil {
			v.Desired = append(v.Desired, *r.Want)
		}
	}
	found, err := p.Check(context.Background(), v)
	if err != nil {
		p.t.Fatal(err)
	}
	return found
}

func (p *memberPlace) checkedMembers(v provider.View) []schema.Finding {
	k := &checking{client: p.client, View: v}
	k.memberRules()
	return k.findings
}

func (p *memberPlace) checkedMapping(v provider.View) ([]schema.Finding, error) {
	k := &checking{client: p.client, View: v}
	err := k.mappingRules(context.Background())
	return k.findings, err
}

// says compares what is said with "severity code address: summary" lines.
func (p *memberPlace) says(changes []provider.Request, want ...string) {
	p.t.Helper()
	found := p.checked(changes...)
	if diff := cmp.Diff(want, providertest.FindingLines(found)); diff != "" {
		p.t.Errorf("findings (-want +got):\n%s", diff)
	}
	for _, f := range found {
		if len(f.Summary) > 60 || strings.HasSuffix(f.Summary, ".") || !strings.HasSuffix(f.Detail, ".") && !strings.HasSuffix(f.Detail, "?") {
			p.t.Errorf("%s: the words are not as they should be: %s | %s", f.Code, f.Summary, f.Detail)
		}
	}
}

func newRole(name string, permissions ...string) provider.Request {
	return creation(&roleKind, &Role{Name: name, Permissions: permissions}, "name", "permissions")
}

func anotherRole(have, want schema.Object) provider.Request {
	return provider.Request{Action: schema.Update, Addr: want.Addr, Have: &have, Want: &want, Changed: membershipKind.Mask("role")}
}

func only(r ...provider.Request) []provider.Request { return r }

func TestCheckRole(t *testing.T) {
	p := placed(t)
	p.says(only(newRole("RESPONDER", "CASE_CREATE", "CASE_VIEW")))
	p.says(only(newRole("RESPONDER", "CASE_CREATE")), "warning tines/without-view role.RESPONDER: Some permissions need one to view")
	blind := creation(&roleKind, &Role{Name: "RESPONDER", BasedOn: "EDITOR", Disable: []string{"CASE_VIEW"}, Permissions: []string{"CASE_CREATE"}},
		"name", "based_on", "disable", "permissions")
	if f := p.checked(blind); len(f) != 1 || f[0].Attribute != "disable" || !strings.Contains(f[0].Detail, "CASE_CREATE without CASE_VIEW") {
		t.Errorf("%+v", f)
	}
	p.says(only(newRole("RESPONDER", "CASE_VEW")), "warning tines/unknown-permission role.RESPONDER: No role of the tenant shows this permission")
	p.says(only(newRole("RESPONDER", allowAll)), "error tines/allow-all role.RESPONDER: A custom role cannot be given ALLOW_ALL")
	p.says(only(newRole("RESPONDER")), "warning tines/empty-role role.RESPONDER: The role would grant nothing")
	p.says(only(creation(&roleKind, &Role{Name: "RESPONDER"}, "name")), "error tines/role-without-permissions role.RESPONDER: A new role needs permissions")
	p.says(only(creation(&roleKind, &Role{Name: "RESPONDER", BasedOn: "X"}, "name", "based_on"))) // Resolve has told
	p.says(only(newRole("Team Admin", "CASE_VIEW")), "error tines/role-name role.Team Admin: This name belongs to a default role")
	p.says(only(newRole("analyst", "CASE_VIEW")), "error tines/role-name role.analyst: Another role has nearly this name")
	p.says(only(newRole("ONE_TWO", "CASE_VIEW"), newRole("one-two", "CASE_VIEW")), "error tines/role-name role.one-two: Another role has nearly this name")
	p.says(only(providertest.ChangeRequest(p.all(&roleKind)["ANALYST"], map[string]any{"description": "New"}))) // what it grants stays
}

// What only a role has that hides it cannot be known.
func TestUnknownPermissionIsTold(t *testing.T) {
	found := placed(t).checked(newRole("RESPONDER", "CASE_VEW"))
	want := `Tines has no list of permissions, and none of the tenant's roles shows "CASE_VEW" (TEAM_ADMIN does not show its permissions). Did you mean "CASE_VIEW"? ` +
		`If it does not exist, Tines may refuse it or silently drop it; the role then differs from the files after apply. ` +
		`Run "rolecall permissions" to list what the roles show.`
	if diff := cmp.Diff(want, found[0].Detail); diff != "" || found[0].Value != "CASE_VEW" {
		t.Errorf("%+v %s", found[0], diff)
	}
}

// There are never more than 25 custom roles, at no step of the order.
func TestCheckRoom(t *testing.T) {
	full := placeSeed()
	for i := range maxRoles - len(full.Roles) {
		full.Roles = append(full.Roles, emulator.SeedRole{ID: 100 + i, Name: fmt.Sprintf("R%02d", i), Permissions: []string{"CASE_VIEW"}})
	}
	p := placed(t, full)
	old := providertest.RemoveRequest(schema.Delete, p.all(&roleKind)["R00"])
	const unseen = "warning tines/unseen-holders role.R00: Other holders of a deleted role cannot be checked"
	p.says(only(old, newRole("NEW", "CASE_VIEW")), unseen)
	p.says(only(old, newRole("NEW", "CASE_VIEW"), newRole("NEWER", "CASE_VIEW")), "error tines/too-many-roles role.NEWER: The tenant would have too many custom roles", unseen)
	const begins = "Tines allows 25 custom roles. There are 25, and step 1 of this plan, which creates NEW, would make it 26. "
	held := anotherRole(member("SOC", "ana@zoo.example", "R00"), member("SOC", "ana@zoo.example", "NEW"))
	for _, test := range []struct {
		changes []provider.Request
		want    string
	}{
		{only(newRole("NEW", "CASE_VIEW"), old), "This plan also deletes R00, and nothing has to be done before that: apply it first, with --target 'role.R00'."},
		{only(newRole("NEW", "CASE_VIEW"), held, old), "The plan deletes R00 only later, because its users must get another role first. " +
			"Delete a role without users in a separate plan, then plan again."},
		{only(newRole("NEW", "CASE_VIEW")), "Delete a role that is not needed, or use one role in two teams."},
	} {
		if found := p.checked(test.changes...); len(found) == 0 || found[0].Detail != begins+test.want {
			t.Errorf("%+v", found)
		}
	}
	if _, err := p.create(*newRole("NEW", "CASE_VIEW").Want); err == nil {
		t.Error("the tenant takes a 26th role")
	}
}

func TestCheckTeam(t *testing.T) {
	p := placed(t)
	soc := providertest.RemoveRequest(schema.Delete, p.all(&teamKind)["SOC"])
	p.says(only(creation(&teamKind, &Team{Name: "Forensics"}, "name")))
	has := func(found []schema.Finding, code, detail string) {
		t.Helper()
		for _, f := range found {
			if f.Code == code && strings.Contains(f.Detail, detail) {
				return
			}
		}
		t.Errorf("%s is not told with %q: %+v", code, detail, found)
	}
	has(p.checked(soc), "tines/team-deletion", "set allow_team_deletion = true in the provider block")
	has(p.checked(soc), "tines/team-contents", "It has 1 case group: Phishing.")
	p = placed(t, Settings{AllowTeamDeletion: true})
	for _, f := range p.checked(soc) {
		if f.Code == "tines/team-deletion" {
			t.Errorf("%+v", f)
		}
	}
}

func TestCheckUser(t *testing.T) {
	p := placed(t)
	users := p.all(&userKind)
	ben, owner := users["ben@zoo.example"], users["owner@zoo.example"]
	barred := providertest.RemoveRequest(schema.Deactivate, ben)
	unknown := "error tines/key-user user.ben@zoo.example: key_user is missing"
	p.says(only(barred), unknown)
	p.says(only(providertest.ChangeRequest(ben, map[string]any{"active": false})), unknown)
	p.says(only(providertest.ChangeRequest(owner, map[string]any{"admin": false})), "error tines/key-user user.owner@zoo.example: key_user is missing")
	p.says(only(providertest.ChangeRequest(ben, map[string]any{"first_name": "Ben"})))
	p.says(only(providertest.ChangeRequest(ben, map[string]any{"tenant_permissions": []string{"AUDIT_LOG_RED"}})),
		"warning tines/unknown-permission user.ben@zoo.example: No user has this tenant permission")
	p.says(only(providertest.ChangeRequest(ben, map[string]any{"tenant_permissions": []string{"AUDIT_LOG_READ", "SOMETHING_ELSE"}})))
	p.says(only(providertest.ChangeRequest(ben, map[string]any{"email": "benny@zoo.example"})),
		"warning tines/renamed-user user.benny@zoo.example: The user may have to sign in differently")

	placed(t, Settings{KeyUser: "nobody@zoo.example"}).says(only(barred), "error tines/key-user user.ben@zoo.example: key_user names no user of the tenant")
	placed(t, Settings{KeyUser: "none"}).says(only(barred))
	placed(t, Settings{KeyUser: "none"}).says(only(providertest.ChangeRequest(owner, map[string]any{"admin": false})),
		"warning tines/key-account user.owner@zoo.example: This user may be the account behind the key")
	placed(t, Settings{KeyUser: "Owner@zoo.example"}).says(only(barred))
	placed(t, Settings{KeyUser: "none"}).says(only(providertest.RemoveRequest(schema.Delete, ben)),
		"warning tines/user-deletion user.ben@zoo.example: Deleting a user cannot be undone")
}

func TestCheckIdentityProvider(t *testing.T) {
	s := placeSeed()
	s.Users[1].ScimUID = "00u1"
	p := placed(t, s)
	named := providertest.ChangeRequest(p.all(&userKind)["ben@zoo.example"], map[string]any{"first_name": "Ben"})
	p.says(only(named), "warning tines/identity-provider .: An identity provider may manage users")
	p.says(only(newRole("RESPONDER", "CASE_VIEW")))
	placed(t, s, Settings{Provisioning: "jit"}).says(only(named))
}

// Case groups hold roles, and are not written to.
func TestCheckHeldInCaseGroup(t *testing.T) {
	s := placeSeed()
	s.Teams[0].Groups[0].Members[0].Role = "ANALYST"
	for _, test := range []struct {
		variant string
		want    map[string]string // by code, part of the detail
	}{
		{"group-members=open", map[string]string{
			"tines/role-in-case-group": "ANALYST: ben@zoo.example in SOC/Phishing.", "tines/unseen-holders": "Keys of teams may also have ANALYST",
		}},
		{"member-role=id", map[string]string{
			"tines/role-in-case-group": "ANALYST: ben@zoo.example in SOC/Phishing.", "tines/unseen-holders": "Keys of teams may also have ANALYST",
		}},
		{"group-members=closed", map[string]string{
			"tines/unseen-holders": "Keys of teams and members of SOC/Phishing may also have ANALYST",
		}},
	} {
		p := placed(t, s, test.variant)
		got := map[string]string{}
		for _, f := range p.checked(providertest.RemoveRequest(schema.Delete, p.all(&roleKind)["ANALYST"])) {
			got[f.Code] = f.Detail
		}
		for code, part := range test.want {
			if !strings.Contains(got[code], part) {
				t.Errorf("%s: %s: %q", test.variant, code, got[code])
			}
		}
		if len(got) != len(test.want) {
			t.Errorf("%s: %v", test.variant, got)
		}
	}
}

// A refused deletion says where the role may still be held.
func TestRoleInUse(t *testing.T) {
	p := placed(t)
	err := p.remove(&roleKind, "ANALYST")
	if hint := provider.Hint(err); !strings.HasPrefix(hint, "Members of case groups, keys of teams or the mapping of an identity provider may still have the role") {
		t.Errorf("%v | %s", err, hint)
	}
}
