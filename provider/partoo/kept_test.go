package partoo

import (
	"context"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// organization is an organization of which single answers can be replaced.
func organization(t *testing.T, more answers) connection {
	t.Helper()
	say := answers{
		"GET /v2/custom_role?page=1&per_page=100": page("custom_roles", 0, ""),
		sectionQ: page("sections", 1, `{"id":1,"name":"A","groups":[{"id":3,"name":"B","has_puller":false}],"can_edit":true}`),
	}
	for call, answer := range more {
		say[call] = answer
	}
	c, err := say.connect()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Partoo may keep the accesses, businesses and custom role of an earlier role. They give no
// right, so they are not shown as one.
func TestScopeOfEarlierRole(t *testing.T) {
	const rest = `,"accesses":[[3]],"business_ids":["5409c35a97bbc544d8e26731"],"custom_role":"r"}`
	for role, want := range map[string][3]int{"ORG_ADMIN": {0, 0, 0}, "GROUP_MANAGER": {1, 0, 1}, "BUSINESS_MANAGER": {0, 1, 1}, "PUBLISHER": {0, 0, 0}} {
		c := organization(t, answers{"GET /v2/user/7?display_business_ids=true": `200 {"id":"7","email":"a@b.co","role":"` + role + `"` + rest})
		o, err := c.Read(context.Background(), schema.Object{Kind: &userKind, ID: "7"})
		if err != nil {
			t.Fatal(err)
		}
		u := o.Body.(*User)
		if len(u.Accesses) != want[0] || len(u.Businesses) != want[1] || len(u.CustomRole) != want[2] {
			t.Errorf("%s: %+v", role, u)
		}
	}
}

// An account of Partoo, and what an import feeds or the key's user may not edit, cannot be changed.
func TestFrozenObjects(t *testing.T) {
	c := organization(t, answers{"GET /v2/user/7?display_business_ids=true": `200 {"id":"7","email":"a@b.co","role":"PROVIDER"}`})
	if o, err := c.Read(context.Background(), schema.Object{Kind: &userKind, ID: "7"}); err != nil || o.Frozen != schema.Everything {
		t.Errorf("a PROVIDER: frozen %b, %v", o.Frozen, err)
	}
	for flags, want := range map[string]bool{`"can_edit":true`: false, `"can_edit":false`: true, `"can_edit":null`: false} {
		c := organization(t, answers{sectionQ: page("sections", 1, `{"id":1,"name":"A","groups":[{"id":3,"name":"B"}],`+flags+`}`)})
		for _, kind := range []*schema.Kind{&sectionKind, &groupKind} {
			n := 0
			for o, err := range c.List(context.Background(), kind) {
				if n++; err != nil || (o.Frozen == schema.Everything) != want {
					t.Errorf("%s with %s: frozen %b, %v", kind.Name, flags, o.Frozen, err)
				}
			}
			if n != 1 {
				t.Errorf("%d of kind %s", n, kind.Name)
			}
		}
	}
}

// Nothing is written by a name that two sections or groups have, nor an access without a group.
func TestAmbiguousNamesAreNotWritten(t *testing.T) {
	c := organization(t, answers{sectionQ: page("sections", 2, `{"id":1,"name":"A","groups":[{"id":3,"name":"B"},{"id":4,"name":"B"}]},{"id":2,"name":"A","groups":[]}`)})
	group := declare(&groupKind, map[string]any{"section": "A", "name": "B", "businesses": []string{}})
	if _, err := c.Apply(context.Background(), provider.Request{Action: schema.Create, Addr: group.Addr, Want: &group}); !strings.Contains(errorText(err), `two sections are called "A", with the ids 1 and 2`) {
		t.Errorf("a group in one of two sections: %v", err)
	}
	for want, accesses := range map[string][][]string{
		`two groups are called "A/B", with the ids 3 and 4`: {{"A/B"}},
		"an access without a group could show everything":   {{}},
	} {
		user := declare(&userKind, map[string]any{"email": "a@b.co", "role": "GROUP_MANAGER", "accesses": accesses})
		if _, err := c.Apply(context.Background(), provider.Request{Action: schema.Create, Addr: user.Addr, Want: &user}); !strings.Contains(errorText(err), want) {
			t.Errorf("%v: %v", accesses, err)
		}
	}
}
