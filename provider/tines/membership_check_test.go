package tines

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A view is put together from changes as a plan has them.
func (p *memberPlace) view(changes ...provider.Request) provider.View {
	v := provider.View{Live: map[string][]schema.Object{}, After: map[string][]schema.Object{}, Changes: changes}
	for _, kind := range []*schema.Kind{&roleKind, &teamKind, &userKind, &membershipKind} {
		for _, o := range p.all(kind) {
			v.Live[kind.Name] = append(v.Live[kind.Name], o)
			v.After[kind.Name] = append(v.After[kind.Name], o)
		}
	}
	for _, r := range changes {
		if r.Want != nil {
			v.Desired = append(v.Desired, *r.Want)
		}
	}
	return v
}

// takes removes a live object.
func (p *memberPlace) takes(kind *schema.Kind, key string) provider.Request {
	have, there := p.all(kind)[key]
	if !there {
		p.t.Fatal("there is no " + key)
	}
	return providertest.RemoveRequest(schema.Delete, have)
}

func (p *memberPlace) updates(o schema.Object) provider.Request {
	have := p.all(o.Kind)[o.Addr.Key]
	return provider.Request{Action: schema.Update, Addr: o.Addr, Have: &have, Want: &o, Changed: membershipKind.Mask("role")}
}

func TestMembersCheck(t *testing.T) {
	user := func(email string, admin, active bool) schema.Object {
		return inFile(&userKind, &User{Email: email, Admin: admin, Active: active}, userKind.Mask("email", "admin", "active"))
	}
	for _, test := range []struct {
		name     string
		settings Settings
		view     func(p *memberPlace) provider.View
		want     []string
		words    string // in the details
	}{
		{name: "nothing", view: func(p *memberPlace) provider.View { return p.view() }},
		{name: "new users", view: func(p *memberPlace) provider.View {
			return p.view(providertest.CreateRequest(member("SOC", "eve@zoo.example", "VIEWER")), providertest.CreateRequest(member("IT", "eve@zoo.example", "VIEWER")), providertest.CreateRequest(member("IT", "fay@zoo.example", "VIEWER")))
		}, want: []string{"warning tines/new-users membership.SOC/eve@zoo.example: Invitations make new users"}, words: "eve@zoo.example and fay@zoo.example"},
		{name: "a declared user", view: func(p *memberPlace) provider.View {
			return p.view(providertest.CreateRequest(user("eve@zoo.example", false, true)), providertest.CreateRequest(member("SOC", "eve@zoo.example", "VIEWER")))
		}},
		{name: "a role in place", view: func(p *memberPlace) provider.View {
			return p.view(p.updates(member("SOC", "ana@zoo.example", "WRITER")))
		}},
		{name: "a gap", settings: Settings{AllowRejoin: true}, view: func(p *memberPlace) provider.View {
			return p.view(p.updates(member("SOC", "ana@zoo.example", "WRITER")))
		}, want: []string{"warning tines/rejoin membership.SOC/ana@zoo.example: The user may lose access for a moment"}},
		{name: "gaps", settings: Settings{AllowRejoin: true}, view: func(p *memberPlace) provider.View {
			return p.view(p.updates(member("SOC", "ana@zoo.example", "WRITER")), p.updates(member("IT", "ben@zoo.example", "WRITER")))
		}, want: []string{"warning tines/rejoin membership.SOC/ana@zoo.example: Users may lose access for a moment"}, words: "ana@zoo.example in SOC and ben@zoo.example in IT are removed"},
		{name: "a gap for somebody undeclared", settings: Settings{AllowRejoin: true}, view: func(p *memberPlace) provider.View {
			v := p.view(p.updates(member("SOC", "ana@zoo.example", "WRITER")))
			v.Desired = nil
			return v
		}, want: []string{"warning tines/rejoin membership.SOC/ana@zoo.example: The user may lose access for a moment"}, words: "No file declares this membership"},
		{name: "the last member", view: func(p *memberPlace) provider.View { return p.view(p.takes(&membershipKind, "IT/ben@zoo.example")) },
			want: []string{"error tines/last-member membership.IT/ben@zoo.example: The last member of a team cannot be removed"}},
		{name: "the last member, replaced", view: func(p *memberPlace) provider.View {
			return p.view(providertest.CreateRequest(member("IT", "ana@zoo.example", "VIEWER")), p.takes(&membershipKind, "IT/ben@zoo.example"))
		}},
		{name: "the last member, replaced too late", view: func(p *memberPlace) provider.View {
			return p.view(p.takes(&membershipKind, "IT/ben@zoo.example"), providertest.CreateRequest(member("IT", "ana@zoo.example", "VIEWER")))
		}, want: []string{"error tines/last-member membership.IT/ben@zoo.example: The last member of a team cannot be removed"}, words: "for a moment"},
		{name: "the last member of a team that goes", view: func(p *memberPlace) provider.View { return p.view(p.takes(&teamKind, "IT")) }},
		{name: "a role for an owner", view: func(p *memberPlace) provider.View {
			return p.view(providertest.CreateRequest(member("IT", "owner@zoo.example", "VIEWER")), providertest.CreateRequest(member("SOC", "owner@zoo.example", "TEAM_ADMIN")))
		}, want: []string{"warning tines/owner-member membership.IT/owner@zoo.example: A role does not limit a tenant owner"}},
		{name: "a leaver", view: func(p *memberPlace) provider.View {
			v := p.view(p.takes(&userKind, "ana@zoo.example"))
			v.Desired = append(v.Desired, member("SOC", "ana@zoo.example", "ANALYST"))
			return v
		}, want: []string{"error tines/leaver-member membership.SOC/ana@zoo.example: The plan deletes the user of a membership"}},
		{name: "a deactivated one", view: func(p *memberPlace) provider.View {
			have, want := p.all(&userKind)["ana@zoo.example"], user("ana@zoo.example", false, false)
			v := p.view(provider.Request{Action: schema.Update, Addr: want.Addr, Have: &have, Want: &want, Changed: userKind.Mask("active")})
			v.Desired = append(v.Desired, member("SOC", "ana@zoo.example", "ANALYST"))
			return v
		}, want: []string{"warning tines/leaver-member membership.SOC/ana@zoo.example: The plan deactivates the user of a membership"}, words: "(declared in soc.hcl, line 7)"},
		{name: "one who leaves the files", view: func(p *memberPlace) provider.View {
			v := p.view(p.takes(&userKind, "ana@zoo.example"))
			v.Changes[0].Action = schema.Deactivate
			v.Desired = append(v.Desired, member("SOC", "ana@zoo.example", "ANALYST"))
			return v
		}},
		{name: "an owner in many teams", view: func(p *memberPlace) provider.View {
			return p.view(providertest.CreateRequest(member("IT", "owner@zoo.example", "VIEWER")), providertest.CreateRequest(member("SOC", "owner@zoo.example", "EDITOR")))
		}, want: []string{"warning tines/owner-member membership.IT/owner@zoo.example: A role does not limit a tenant owner"}, words: "the roles in the files permit (in IT and SOC)"},
		{name: "an inactive one", view: func(p *memberPlace) provider.View {
			v := p.view()
			for i, o := range v.After["user"] {
				if o.Addr.Key == "ana@zoo.example" {
					v.After["user"][i] = user("ana@zoo.example", false, false)
				}
			}
			v.Desired = append(v.Desired, member("SOC", "ana@zoo.example", "ANALYST"))
			return v
		}, want: []string{"warning tines/inactive-member membership.SOC/ana@zoo.example: The user of a membership is inactive"}},
		{name: "two teams of one name", view: func(p *memberPlace) provider.View {
			v := p.view(providertest.CreateRequest(member("IT", "ana@zoo.example", "VIEWER")))
			twin := v.Live["team"][0]
			twin.Addr.Key, twin.ID = "IT", "77"
			v.Live["team"] = append(v.Live["team"], twin)
			return v
		}, want: []string{"error tines/two-teams membership.IT/ana@zoo.example: Two teams have this name"}, words: "22 and 77"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := placed(t, test.settings, "owners-listed=yes")
			found := p.checkedMembers(test.view(p))
			if diff := cmp.Diff(test.want, providertest.FindingLines(found)); diff != "" {
				t.Error(diff)
			}
			for _, f := range found {
				if !strings.Contains(f.Detail, test.words) {
					t.Errorf("%q is not in %q", test.words, f.Detail)
				}
				if len(f.Summary) > 60 || strings.HasSuffix(f.Summary, ".") || !strings.HasSuffix(f.Detail, ".") {
					t.Errorf("%q %q", f.Summary, f.Detail)
				}
			}
		})
	}
}

func TestExpandMembers(t *testing.T) {
	o := inFile(&teamKind, &Team{Name: "SOC", Members: map[string]string{"Ben@zoo.example": "VIEWER", "ana@zoo.example": "ANALYST"}}, teamKind.Mask("name", "members"))
	var got []string
	for _, m := range expandMembers(&o) {
		m.Rekey()
		got = append(got, m.Addr.Key+" "+m.Body.(*Membership).Role)
	}
	if diff := cmp.Diff([]string{"SOC/ben@zoo.example VIEWER", "SOC/ana@zoo.example ANALYST"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestValidateMembers(t *testing.T) {
	o := inFile(&teamKind, &Team{Name: "SOC", Members: map[string]string{"Ana@zoo.example": "A", "ana@zoo.example": "A", "ben": "A"}}, teamKind.Mask("name", "members"))
	want := []string{"error tines/member-twice team.SOC: A member is named twice", "error tines/member-address team.SOC: This is not an e-mail address"}
	if diff := cmp.Diff(want, providertest.FindingLines(validateMembers(&o))); diff != "" {
		t.Error(diff)
	}
}

func TestMembershipGrants(t *testing.T) {
	objects := map[string]schema.Object{
		"role.ANALYST":         inFile(&roleKind, &Role{Name: "ANALYST", Permissions: []string{"CASE_CREATE", "STORY_CREATE"}}, roleKind.Mask("name", "permissions")),
		"role.TEAM_ADMIN":      inFile(&roleKind, &Role{Name: "TEAM_ADMIN", Permissions: []string{allowAll}}, roleKind.Mask("name", "permissions")),
		"role.VIEWER":          inFile(&roleKind, &Role{Name: "VIEWER", Permissions: []string{"STORY_VIEW"}}, roleKind.Mask("name", "permissions")),
		"role.READER":          inFile(&roleKind, &Role{Name: "READER", Permissions: []string{"STORY_VIEW"}}, roleKind.Mask("name", "permissions")),
		"user.owner@zoo.test":  inFile(&userKind, &User{Admin: true, Active: true}, userKind.Mask("admin", "active")),
		"user.gone@zoo.test":   inFile(&userKind, &User{}, userKind.Mask("admin", "active")),
		"user.new@zoo.example": inFile(&userKind, &User{}, userKind.Mask("email")),
	}
	look := func(kind, key string) (*schema.Object, bool) {
		o, ok := objects[kind+"."+key]
		return &o, ok
	}
	for _, test := range []struct {
		user, role string
		want       []schema.Grant
	}{
		{"x@zoo.test", "ANALYST", []schema.Grant{
			{Right: "CASE_CREATE", Scope: "team SOC", Via: "role ANALYST in team SOC"}, {Right: "STORY_CREATE", Scope: "team SOC", Via: "role ANALYST in team SOC"}}},
		{"new@zoo.example", "TEAM_ADMIN", []schema.Grant{{Right: "everything", Scope: "team SOC", Via: "role TEAM_ADMIN in team SOC", All: true}}},
		{"x@zoo.test", "GHOST", []schema.Grant{{Right: "what GHOST permits", Scope: "team SOC", Via: "role GHOST in team SOC", Unknown: true}}},
		{"x@zoo.test", "READER", []schema.Grant{ // another name for what VIEWER permits
			{Right: "STORY_VIEW", Scope: "team SOC", Via: "role READER in team SOC", Least: true}}},
		{"owner@zoo.test", "TEAM_ADMIN", []schema.Grant{{Right: "everything", Scope: "team SOC", Via: "role TEAM_ADMIN in team SOC", All: true}}},
		{"gone@zoo.test", "ANALYST", nil},
	} {
		o := member("SOC", test.user, test.role)
		if diff := cmp.Diff(test.want, membershipGrants(&o, look)); diff != "" {
			t.Errorf("%s as %s: %s", test.user, test.role, diff)
		}
	}
}
