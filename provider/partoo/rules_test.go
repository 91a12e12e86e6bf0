package partoo

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// declare makes a desired object of the attributes, as the files would.
func declare(kind *schema.Kind, values map[string]any) schema.Object {
	o := schema.Object{Kind: kind, Body: kind.New(), Pos: schema.Pos{File: "a.hcl", Line: 3, Column: 1}}
	for name, value := range values {
		i := kind.Index(name)
		kind.Attributes[i].SetAny(o.Body, value)
		o.Set = o.Set.With(i)
	}
	o.Addr = schema.Address{Provider: "partoo", Kind: kind.Name, Key: kind.KeyOf(o.Body)}
	return o
}

func TestValues(t *testing.T) {
	for _, test := range []struct {
		kind             *schema.Kind
		attribute, value string
		want             string // of the error; empty: none
	}{
		{&sectionKind, "name", "Continent", ""},
		{&sectionKind, "name", "A|B", ""},
		{&sectionKind, "name", "North/South", `must not contain "/"; Partoo forbids , ; / here`},
		{&groupKind, "name", "Europe", ""},
		{&groupKind, "name", "a;b", `must not contain ";"; Partoo forbids , ; / here`},
		{&groupKind, "businesses", "5409c35a97bbc544d8e26737", ""},
		{&groupKind, "businesses", "c-0012", `takes business ids; write the store code "0012" in store_codes instead`},
		{&groupKind, "businesses", "0012, 0013", `takes business ids such as 5409c35a97bbc544d8e26737; this is "0012, 0013"`},
		{&roleKind, "api_id", "store_editor", ""},
		{&roleKind, "api_id", "Store editor é", ""},
		{&roleKind, "api_id", "duplicate", `cannot be "duplicate": Partoo uses this word in the address of another call, so the role could not be reached`},
		{&roleKind, "api_id", "reset", `cannot be "reset": Partoo uses this word in the address of another call, so the role could not be reached`},
		{&roleKind, "api_id", "a/b", `must not contain "/"; Partoo forbids , ; / \ | < > here`},
		{&roleKind, "name", strings.Repeat("é", 100), ""},
		{&roleKind, "name", strings.Repeat("é", 101), `must have at most 100 characters; this has 101`},
		{&roleKind, "name", "a<b", `must not contain "<"; Partoo forbids , ; / \ | < > here`},
		{&roleKind, "description", strings.Repeat("d", 200), ""},
		{&roleKind, "description", strings.Repeat("d", 201), `must have at most 200 characters; this has 201`},
		{&roleKind, "description", "one, two", ""},
		{&userKind, "email", "ana@zoo.example", ""},
		{&userKind, "email", "ana.o'hara+west@zoo.example", ""},
		{&userKind, "email", "ana", `must be an e-mail address such as ana@zoo.example; this is "ana"`},
		{&userKind, "email", "Ana <ana@zoo.example>", `must be an e-mail address such as ana@zoo.example; this is "Ana <ana@zoo.example>"`},
		{&userKind, "email", "ana@zoo", `must have a domain with a dot, such as ana@zoo.example; this is "ana@zoo"`},
		{&userKind, "role", "GROUP_MANAGER", ""},
		{&userKind, "role", "GROUPMANAGER", `cannot be "GROUPMANAGER"; did you mean "GROUP_MANAGER"?`},
		{&userKind, "role", "PROVIDER", `cannot be "PROVIDER"; it is one of ORG_ADMIN, ORG_MANAGER, GROUP_MANAGER, BUSINESS_MANAGER, PUBLISHER`},
		{&userKind, "lang", "pt-br", ""},
		{&userKind, "lang", "pt-bt", `cannot be "pt-bt"; did you mean "pt-br"?`},
		{&userKind, "invite", "silent", ""},
		{&userKind, "invite", "mail", `cannot be "mail"; did you mean "email"?`},
		{&settingsKind, "endpoint", "emulator", ""},
		{&settingsKind, "endpoint", "https://api.sandbox.partoo.co/v2", ""},
		{&settingsKind, "endpoint", "api.partoo.co", `must be "emulator" or a URL such as https://api.partoo.co/v2; this is "api.partoo.co"`},
		{&settingsKind, "role_path", "flat", ""},
		{&settingsKind, "role_path", "flet", `cannot be "flet"; did you mean "flat"?`},
	} {
		t.Run(test.kind.Name+" "+test.attribute+" "+test.value, func(t *testing.T) {
			got := ""
			if err := test.kind.Attributes[test.kind.Index(test.attribute)].Valid(test.value); err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// said shortens findings to what a table can hold.
func said(findings []schema.Finding) []string {
	var out []string
	for _, f := range findings {
		out = append(out, f.Severity.String()+" "+f.Code+" "+f.Attribute+": "+f.Summary)
	}
	return out
}

func TestValidate(t *testing.T) {
	type values = map[string]any
	for _, test := range []struct {
		name   string
		kind   *schema.Kind
		values values
		want   []string
	}{
		{"a role", &roleKind, values{"api_id": "a", "name": "A", "permissions": []string{"business_edit"}}, nil},
		{"a role that grants nothing", &roleKind, values{"api_id": "a", "name": "A", "permissions": []string{}}, nil},
		{"a role that is silent on permissions", &roleKind, values{"api_id": "a", "name": "A", "description": ""}, []string{
			"error partoo/empty-description description: A description cannot be empty",
			"error partoo/role-without-permissions permissions: The role does not say what it grants"}},
		{"a permission without a name", &builtinRoleKind, values{"api_id": "GM", "permissions": []string{"a", ""}},
			[]string{"error partoo/empty-permission permissions: A permission has no name"}},
		{"a group manager", &userKind, values{"email": "a@b.co", "role": "GROUP_MANAGER", "custom_role": "x", "accesses": [][]string{{"A/B"}}}, nil},
		{"a group manager with businesses", &userKind, values{"role": "GROUP_MANAGER", "businesses": []string{"1"}, "store_codes": []string{"2"}}, []string{
			"error partoo/role-scope businesses: Only a BUSINESS_MANAGER has businesses",
			"error partoo/role-scope store_codes: Only a BUSINESS_MANAGER has businesses"}},
		{"a business manager with accesses", &userKind, values{"role": "BUSINESS_MANAGER", "accesses": [][]string{{"A/B"}}},
			[]string{"error partoo/role-scope accesses: Only a GROUP_MANAGER has accesses"}},
		{"scopes that are empty", &userKind, values{"role": "ORG_ADMIN", "accesses": [][]string{}, "businesses": []string{}}, nil},
		{"an administrator with a custom role", &userKind, values{"role": "ORG_ADMIN", "custom_role": "x"},
			[]string{"error partoo/role-scope custom_role: ORG_ADMIN cannot have a custom role"}},
		{"a publisher with a custom role", &userKind, values{"role": "PUBLISHER", "custom_role": "x"},
			[]string{"error partoo/role-scope custom_role: PUBLISHER cannot have a custom role"}},
		{"an organization manager with a custom role", &userKind, values{"role": "ORG_MANAGER", "custom_role": "x"}, nil},
		{"an access without a group", &userKind, values{"role": "GROUP_MANAGER", "accesses": [][]string{{}, {"A/B"}}},
			[]string{"error partoo/empty-access accesses: An access has no group"}},
		{"an invitation that is not sent", &userKind, values{"role": "ORG_ADMIN", "sso_only": true, "invite": "email"},
			[]string{"warning partoo/sso-invitation invite: Partoo sends no invitation to a single sign-on user"}},
		{"settings", &settingsKind, values{"org_id": int64(42)}, nil},
		{"settings that cannot be", &settingsKind, values{"org_id": int64(-1), "requests_per_minute": int64(0)}, []string{
			"error partoo/org-id org_id: This is not the number of an organization",
			"error partoo/requests-per-minute requests_per_minute: requests_per_minute must be at least 1"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := declare(test.kind, test.values)
			if diff := cmp.Diff(test.want, said(test.kind.Validate(&o))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestKinds(t *testing.T) {
	for _, k := range Provider().Kinds {
		for _, a := range k.Attributes {
			if !strings.HasSuffix(a.Doc, ".") || a.Example == "" {
				t.Errorf("%s.%s has no documentation, or no example", k.Name, a.Name)
			}
		}
	}
	group := declare(&groupKind, map[string]any{"name": "Europe", "section": "Continent"})
	user := declare(&userKind, map[string]any{"email": "Ana@Zoo.Example"})
	if group.Addr.Key != "Continent/Europe" || user.Addr.Key != "ana@zoo.example" {
		t.Errorf("keys are %q and %q", group.Addr.Key, user.Addr.Key)
	}
}

func TestAdministers(t *testing.T) {
	for _, test := range []struct {
		name string
		id   string
		user User
		want bool
	}{
		{"active", "1", User{Role: roleOrgAdmin, Status: "active"}, true},
		{"disabled", "1", User{Role: roleOrgAdmin, Status: "active", Disabled: true}, false},
		{"invited", "1", User{Role: roleOrgAdmin, Status: "invited"}, false},
		{"manager", "1", User{Role: roleOrgManager, Status: "active"}, false},
		{"new, silently invited", "", User{Role: roleOrgAdmin}, false},
		{"new, active at once", "", User{Role: roleOrgAdmin, Invite: inviteNone}, true},
	} {
		if got := administers(&schema.Object{Kind: &userKind, ID: test.id, Body: &test.user}); got != test.want {
			t.Errorf("%s: %t", test.name, got)
		}
	}
}

// A change of role takes along what the new role gives no meaning to.
func TestAdjust(t *testing.T) {
	for _, test := range []struct {
		role string
		want User
	}{
		{roleOrgAdmin, User{Role: roleOrgAdmin}},
		{roleOrgManager, User{Role: roleOrgManager, CustomRole: "editor"}},
		{roleGroupManager, User{Role: roleGroupManager, CustomRole: "editor", Accesses: [][]string{{"A/B"}}}},
		{roleBusinessManager, User{Role: roleBusinessManager, CustomRole: "editor", Businesses: []string{"1"}}},
		{rolePublisher, User{Role: rolePublisher}},
		{"UNKNOWN", User{Role: "UNKNOWN", CustomRole: "editor", Accesses: [][]string{{"A/B"}}, Businesses: []string{"1"}}},
	} {
		got := User{Role: test.role, CustomRole: "editor", Accesses: [][]string{{"A/B"}}, Businesses: []string{"1"}}
		adjustUser(&schema.Object{Kind: &userKind, Body: &got})
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", test.role, diff)
		}
	}
}

func TestGrants(t *testing.T) {
	objects := map[string]schema.Object{}
	for _, o := range []schema.Object{
		declare(&roleKind, map[string]any{"api_id": "editor", "permissions": []string{"edit", "read"}}),
		declare(&roleKind, map[string]any{"api_id": "nothing", "permissions": []string{}}),
		declare(&builtinRoleKind, map[string]any{"api_id": "GROUP_MANAGER", "permissions": []string{"read"}}),
		declare(&groupKind, map[string]any{"section": "Class", "name": "Birds", "businesses": []string{"1", "2"}}),
		declare(&groupKind, map[string]any{"section": "Continent", "name": "Europe", "businesses": []string{"2", "3"}}),
		declare(&groupKind, map[string]any{"section": "Continent", "name": "Asia", "businesses": []string{"9"}}),
		declare(&groupKind, map[string]any{"section": "Class", "name": "Unknown"}),
	} {
		objects[o.Addr.String()] = o
	}
	look := func(kind, key string) (*schema.Object, bool) {
		o, ok := objects[kind+"."+key]
		return &o, ok
	}
	for _, test := range []struct {
		name string
		user User
		want []schema.Grant
	}{
		{"administrator", User{Role: roleOrgAdmin}, []schema.Grant{{Right: "everything", Scope: "the whole organization", Via: "role ORG_ADMIN", All: true, Places: schema.Everywhere}}},
		{"disabled", User{Role: roleOrgAdmin, Disabled: true}, nil},
		{"organization manager", User{Role: roleOrgManager, CustomRole: "editor"}, []schema.Grant{
			{Right: "edit", Scope: "the whole organization", Via: "custom_role editor", Places: schema.Everywhere},
			{Right: "read", Scope: "the whole organization", Via: "custom_role editor", Places: schema.Everywhere}}},
		{"group manager", User{Role: roleGroupManager, Accesses: [][]string{{"Class/Birds", "Continent/Europe"}}}, []schema.Grant{
			{Right: "read", Scope: "Class/Birds and Continent/Europe", Via: "builtin_role GROUP_MANAGER", Area: "Class/Birds\x00Continent/Europe"}}},
		{"group manager whose role permits nothing", User{Role: roleGroupManager, CustomRole: "nothing", Accesses: [][]string{{"Class/Birds"}}}, []schema.Grant{
			{Right: "view", Scope: "Class/Birds", Via: "custom_role nothing", Area: "Class/Birds", Least: true}}},
		{"group manager whose access holds nothing", User{Role: roleGroupManager, Accesses: [][]string{{"Class/Birds", "Continent/Asia"}}}, []schema.Grant{
			{Right: "read", Scope: "Class/Birds and Continent/Asia", Via: "builtin_role GROUP_MANAGER", Area: "Class/Birds\x00Continent/Asia"}}},
		{"group manager without an access", User{Role: roleGroupManager}, []schema.Grant{
			{Right: "read", Scope: "no access", Via: "builtin_role GROUP_MANAGER", Least: true}}},
		{"publisher", User{Role: rolePublisher}, []schema.Grant{
			{Right: "read", Scope: "businesses with a presence subscription", Via: "role PUBLISHER", Least: true}}},
		{"group manager whose groups are not known", User{Role: roleGroupManager, Accesses: [][]string{{"Class/Birds", "Class/Unknown"}}}, []schema.Grant{
			{Right: "read", Scope: "Class/Birds or Class/Unknown", Via: "builtin_role GROUP_MANAGER", Area: "Class/Birds\x00Class/Unknown"}}},
		{"business manager", User{Role: roleBusinessManager, CustomRole: "gone", Businesses: []string{"1", "2"}}, []schema.Grant{
			{Right: "what gone permits", Scope: "1", Via: "custom_role gone", Unknown: true}, {Right: "what gone permits", Scope: "2", Via: "custom_role gone", Unknown: true}}},
		{"business manager without a business", User{Role: roleBusinessManager, CustomRole: "editor"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, userGrants(&schema.Object{Kind: &userKind, Body: &test.user}, look)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReason(t *testing.T) {
	for body, want := range map[string]string{
		`{"error":{"json":"Resource not found"}}`:                          "Resource not found",
		`{"errors":{"authentication":"User not authenticated"}}`:           "User not authenticated",
		`{"errors":{"json":{"name":["too long","odd"],"api_id":"taken"}}}`: "api_id: taken; name: too long; name: odd",
		`{"error":{"json":{"accesses":{"0":"no such group"}}}}`:            "accesses.0: no such group",
		`{"error":"no"}`:        "no",
		`{"error":{"json":{}}}`: "",
		`not json`:              "",
	} {
		if got := reason(400, []byte(body)); got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}

func TestPermissionNames(t *testing.T) {
	for raw, want := range map[string]map[string]bool{
		`["a","b"]`:                   {"a": true, "b": true},
		`[]`:                          {},
		`[{"name":"a"},{"name":"b"}]`: nil,
		`{"a":true}`:                  nil,
		`["a",7]`:                     nil,
		`null`:                        nil,
		``:                            nil,
		`"all"`:                       nil,
	} {
		if diff := cmp.Diff(want, permissionNames([]byte(raw))); diff != "" {
			t.Errorf("%s: %s", raw, diff)
		}
	}
}

func TestBusinessesOfAnAccess(t *testing.T) {
	groups := map[string]schema.Object{}
	for _, g := range []map[string]any{
		{"section": "Class", "name": "Birds", "businesses": []string{"1", "2"}},
		{"section": "Continent", "name": "Europe", "businesses": []string{"2", "3"}},
		{"section": "Continent", "name": "Asia", "businesses": []string{"9"}},
		{"section": "Class", "name": "Unknown"},
	} {
		o := declare(&groupKind, g)
		groups[o.Addr.Key] = o
	}
	look := func(_, key string) (*schema.Object, bool) { o, ok := groups[key]; return &o, ok }
	for _, test := range []struct {
		area  string
		want  []string
		known bool
	}{
		{"Class/Birds", []string{"1", "2"}, true},
		{"Class/Birds\x00Continent/Europe", []string{"2"}, true},
		{"Class/Birds\x00Continent/Asia", nil, true},
		{"Class/Birds\x00Class/Unknown", nil, false},
		{"Class/Gone", nil, false},
	} {
		got, known := businessesOf(test.area, look)
		if known != test.known || known && !slices.Equal(got, test.want) {
			t.Errorf("businessesOf(%q) = %q, %t, want %q, %t", test.area, got, known, test.want, test.known)
		}
	}
}

// An invite that is the default gives a new user the same status as none.
func TestInviteDefault(t *testing.T) {
	for _, sso := range []bool{false, true} {
		for invite, same := range map[string]bool{inviteSilent: !sso, inviteNone: sso, inviteEmail: false} {
			u := &User{Invite: invite, SSOOnly: sso}
			if a := &userKind.Attributes[userKind.Index("invite")]; a.IsDefault(u) != same {
				t.Errorf("%s, sso %v: default %v", invite, sso, a.IsDefault(u))
			}
			if same && statusOf(u) != statusOf(&User{SSOOnly: sso}) {
				t.Errorf("%s, sso %v: another status", invite, sso)
			}
		}
	}
}
