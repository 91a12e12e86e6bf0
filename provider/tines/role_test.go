package tines

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

func TestNames(t *testing.T) {
	for _, test := range []struct {
		given string
		rule  func(string) error
		want  string
	}{
		{"SOC_ANALYST", roleName, ""},
		{"Analyst 2", roleName, ""},
		{"123", roleName, `must not be a number: "123" could be the id of another role. Put a letter in it`},
		{" ", roleName, "must not be empty"},
		{"A ", roleName, `must not begin or end with a space; this is "A "`},
		{"A\nB", roleName, `must be one line of text; this is "A\nB"`},
		{"SOC", teamName, ""},
		{"7", teamName, ""},
		{"", teamName, "must not be empty"},
		{" SOC", teamName, `must not begin or end with a space; this is " SOC"`},
		{"S\tC", teamName, `must be one line of text; this is "S\tC"`},
		{"STORY_CREATE", permissionName, ""},
		{"story create", permissionName, `takes names such as STORY_CREATE; this is "story create"`},
		{"A,B", permissionName, `takes names such as STORY_CREATE; this is "A,B"`},
		{"", permissionName, `takes names such as STORY_CREATE; this is ""`},
		{"ana@zoo.example", schema.EmailAddress, ""},
		{"Ana <ana@zoo.example>", schema.EmailAddress, `must be an e-mail address such as ana@zoo.example; this is "Ana <ana@zoo.example>"`},
		{"ana@zoo", schema.EmailAddress, `must have a domain with a dot, such as ana@zoo.example; this is "ana@zoo"`},
	} {
		got := ""
		if err := test.rule(test.given); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%q: %s", test.given, got)
		}
	}
}

func role(r Role, set ...string) schema.Object { return inFile(&roleKind, &r, roleKind.Mask(set...)) }

func TestValidateRole(t *testing.T) {
	for _, test := range []struct {
		name string
		role schema.Object
		want []string
	}{
		{"a whole list", role(Role{Name: "A", Permissions: []string{"X"}}, "name", "permissions"), nil},
		{"a base", role(Role{Name: "A", BasedOn: "VIEWER", Enable: []string{"X"}, Disable: []string{"Y"}}, "name", "based_on", "enable", "disable"), nil},
		{"only a name", role(Role{Name: "VIEWER"}, "name"), nil},
		{"both ways", role(Role{Name: "A", BasedOn: "VIEWER"}, "name", "permissions", "based_on"),
			[]string{"error tines/two-ways role.A: A role has either permissions or based_on"}},
		{"no base", role(Role{Name: "A"}, "name", "enable", "disable"),
			[]string{"error tines/no-base role.A: enable needs based_on", "error tines/no-base role.A: disable needs based_on"}},
		{"an empty base", role(Role{Name: "A"}, "name", "based_on"), []string{"error tines/no-base role.A: based_on names no role"}},
		{"on and off", role(Role{Name: "A", BasedOn: "VIEWER", Enable: []string{"X"}, Disable: []string{"X"}}, "name", "based_on", "enable", "disable"),
			[]string{"error tines/both-ways role.A: A permission is enabled and disabled"}},
		{"no name", role(Role{Name: "A", Permissions: []string{""}}, "name", "permissions"),
			[]string{"error tines/empty-permission role.A: A permission has no name"}},
	} {
		if diff := cmp.Diff(test.want, providertest.FindingLines(validateRole(&test.role))); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

func TestResolve(t *testing.T) {
	all := []wireRole{
		{ID: "TEAM_ADMIN", Role: Role{Name: "TEAM_ADMIN", Type: typeDefault, Permissions: []string{allowAll}}},
		{ID: "VIEWER", Role: Role{Name: "VIEWER", Type: typeDefault, Permissions: []string{"STORY_VIEW", "CASE_VIEW"}}},
		{ID: "7", Role: Role{Name: "ANALYST", Type: typeCustom, Permissions: []string{"CASE_CREATE"}}},
	}
	for _, test := range []struct {
		name string
		role schema.Object
		want []string // permissions
		said string   // part of the only finding
	}{
		{"as it is", role(Role{BasedOn: "VIEWER"}, "based_on"), []string{"CASE_VIEW", "STORY_VIEW"}, ""},
		{"more and less", role(Role{BasedOn: "VIEWER", Enable: []string{"CASE_CREATE", "CASE_VIEW"}, Disable: []string{"STORY_VIEW"}}, "based_on"),
			[]string{"CASE_CREATE", "CASE_VIEW"}, ""},
		{"nothing left", role(Role{BasedOn: "VIEWER", Disable: []string{"CASE_VIEW", "STORY_VIEW"}}, "based_on"), []string{}, ""},
		{"nothing to take", role(Role{BasedOn: "VIEWER", Disable: []string{"CASE_VEW"}}, "based_on"), []string{"CASE_VIEW", "STORY_VIEW"},
			`VIEWER does not grant CASE_VEW, so disable has no effect. Did you mean "CASE_VIEW"?`},
		{"no list", role(Role{BasedOn: "TEAM_ADMIN"}, "based_on"), nil, "The tenant's roles show CASE_CREATE, CASE_VIEW and STORY_VIEW."},
		{"a slip", role(Role{BasedOn: "VIEWR"}, "based_on"), nil, `There is no default role "VIEWR". Did you mean "VIEWER"? The default roles are TEAM_ADMIN and VIEWER.`},
		{"a custom role", role(Role{BasedOn: "ANALYST"}, "based_on"), nil, "ANALYST is a custom role."},
		{"told by validate", role(Role{BasedOn: "VIEWER"}, "based_on", "permissions"), nil, ""},
	} {
		findings := expandRole(&test.role, all)
		got, set := test.role.Any("permissions").([]string)
		if strings.Join(got, " ") != strings.Join(test.want, " ") || set != (test.want != nil) && test.name != "told by validate" {
			t.Errorf("%s: %q, set: %t", test.name, got, set)
		}
		if test.said == "" && len(findings) > 0 || test.said != "" && (len(findings) != 1 || !strings.Contains(findings[0].Detail, test.said)) {
			t.Errorf("%s: %+v", test.name, findings)
		}
	}
}

func TestUserGrants(t *testing.T) {
	for _, test := range []struct {
		name string
		user User
		set  []string
		want []schema.Grant
	}{
		{"an owner", User{Admin: true, Active: true, TenantPermissions: []string{"X"}}, []string{"admin", "active"},
			[]schema.Grant{{Right: "everything", Scope: "the whole tenant", Via: "admin", All: true, Places: schema.Everywhere}, {Right: "X", Scope: "the whole tenant", Via: "tenant_permissions"}}},
		{"new, and nothing said of active", User{TenantPermissions: []string{"X"}}, []string{"tenant_permissions"},
			[]schema.Grant{{Right: "X", Scope: "the whole tenant", Via: "tenant_permissions"}}},
		{"barred", User{Admin: true}, []string{"admin", "active"}, nil},
	} {
		o := inFile(&userKind, &test.user, userKind.Mask(test.set...))
		if diff := cmp.Diff(test.want, userGrants(&o, nil)); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
		if got := userKind.Administers(&o); got != (test.name == "an owner") {
			t.Errorf("%s administers: %t", test.name, got)
		}
	}
}

func TestValidateUser(t *testing.T) {
	owner := inFile(&userKind, &User{Email: "a@zoo.example", Admin: true, TenantPermissions: []string{""}}, userKind.Mask("admin", "tenant_permissions"))
	want := []string{
		"warning tines/owner-permissions user.a@zoo.example: A tenant owner needs no tenant permissions",
		"error tines/empty-permission user.a@zoo.example: A permission has no name",
	}
	if diff := cmp.Diff(want, providertest.FindingLines(validateUser(&owner))); diff != "" {
		t.Error(diff)
	}
}
