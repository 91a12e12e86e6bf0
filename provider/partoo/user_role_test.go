package partoo

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Whatever the table says of a user role is what files may say, what is kept, what is sent
// and what a user is said to be able to do.
func TestUserRoles(t *testing.T) {
	p := open(t)
	p.all(&groupKind)
	write := users{p.client}
	seen := map[string]bool{}
	for _, role := range userRoles {
		t.Run(role.name, func(t *testing.T) {
			if role.reach == 0 || role.name == "" || seen[role.name] {
				t.Fatalf("a row without a name or a reach, or a second row: %+v", role)
			}
			seen[role.name] = true
			full := User{
				Email: "ana@zoo.example", Role: role.name, CustomRole: "editor",
				Accesses: [][]string{{"Class/Birds"}}, Businesses: []string{"5409c35a97bbc544d8e26737"},
			}
			takes := map[string]bool{"custom_role": role.customizable(), "accesses": role.reach == byAccesses, "businesses": role.reach == byBusinesses}

			declared := full
			found := map[string]bool{}
			for _, f := range validateUser(&schema.Object{Kind: &userKind, Body: &declared, Set: userKind.Mask("role", "custom_role", "accesses", "businesses")}) {
				found[f.Attribute] = found[f.Attribute] || f.Code == "partoo/role-scope"
			}
			kept := full
			adjustUser(&schema.Object{Kind: &userKind, Body: &kept})
			keeps := map[string]bool{"custom_role": kept.CustomRole != "", "accesses": kept.Accesses != nil, "businesses": kept.Businesses != nil}
			for name, want := range takes {
				if found[name] == want {
					t.Errorf("files may set %s: %t", name, !found[name])
				}
				if keeps[name] != want && role.reach != unknownReach {
					t.Errorf("%s is kept: %t", name, keeps[name])
				}
			}

			body := map[string]any{}
			err := write.scope(context.Background(), body, &full)
			if (err == nil) != (role.reach != unknownReach) {
				t.Errorf("writing the scope: %v", err)
			}
			if body["accesses"] != nil != takes["accesses"] || body["business_ids"] != nil != takes["businesses"] {
				t.Errorf("the scope is sent as %v", body)
			}
			o := schema.Object{Kind: &userKind, Body: &kept}
			if grants := userGrants(&o, func(string, string) (*schema.Object, bool) { return nil, false }); len(grants) == 0 {
				t.Error("it grants nothing")
			}
			if got := privilegeOf(&o, nil); (got == role.name) != role.privileged {
				t.Errorf("it counts as privileged: %q", got)
			}
			values := userKind.Attributes[userKind.Index("role")].OneOf
			if slices.Contains(values, role.name) == role.ofPartoo || strings.Contains(reachDoc(), role.name) == role.ofPartoo {
				t.Errorf("files may assign it: %v; the reference: %s", values, reachDoc())
			}
		})
	}
}

// What users with a role have that the table does not list is kept as it is read, and
// nothing is sent in its place.
func TestUnknownUserRole(t *testing.T) {
	p := open(t)
	u := User{Email: "ana@zoo.example", Role: "AREA_MANAGER", CustomRole: "editor", Accesses: [][]string{{"Class/Birds"}}, Businesses: []string{"1"}}
	kept := u
	adjustUser(&schema.Object{Kind: &userKind, Body: &kept})
	if kept.CustomRole == "" || kept.Accesses == nil || kept.Businesses == nil {
		t.Errorf("not kept: %+v", kept)
	}
	body := map[string]any{}
	err := users{p.client}.scope(context.Background(), body, &u)
	if err == nil || !strings.Contains(err.Error(), "AREA_MANAGER") || len(body) > 0 {
		t.Errorf("sent %v, %v", body, err)
	}
}
