package partoo

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/crud"
	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

func TestConnect(t *testing.T) {
	p := open(t)
	id := p.Identity()
	if id.Tenant != "42" || id.Self.String() != "user.owner@zoo.example" || len(id.Notes) != 0 {
		t.Errorf("%+v", id)
	}
	if p.Sent() != 2 {
		t.Errorf("connecting took %d requests", p.Sent())
	}
}

func TestConnectRefused(t *testing.T) {
	for _, test := range []struct {
		name       string
		choices    []any
		is         error
		want, hint string
	}{
		{"another organization", []any{Settings{OrgID: 7}}, provider.ErrTenant,
			"connect to Partoo: the key belongs to organization 42, and org_id is 7",
			"Put a key of organization 7 into PARTOO_API_KEY, or set org_id = 42 in the provider block."},
		{"a wrong key", []any{apiKey("wrong")}, provider.ErrCredentials,
			"connect to Partoo: GET http://partoo.emulator/v2/user/me?display_business_ids=false answered 401: User not authenticated",
			"Put a valid API key into the environment variable PARTOO_API_KEY. Keys are made at https://app.partoo.co/settings/integrations/api-keys, " +
				"may expire, may be limited to some IP addresses, and differ between sandbox and production."},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := tryOpen(t, test.choices...)
			if !errors.Is(err, test.is) {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, err.Error()); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.hint, provider.Hint(err)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Sections and groups are read with one list, roles and built-in roles with another.
func TestListShares(t *testing.T) {
	p := open(t)
	if got := len(p.all(&sectionKind)) + len(p.all(&groupKind)); got != 7 {
		t.Errorf("%d sections and groups", got)
	}
	p.asked("GET /sections")
	if got := len(p.all(&roleKind)) + len(p.all(&builtinRoleKind)); got != 3 {
		t.Errorf("%d roles", got)
	}
	p.asked("GET /custom_role")
	users := p.all(&userKind)
	p.asked("GET /user/search", "GET /user/search") // the second asks for disabled users
	ana := users["ana@zoo.example"].Body.(*User)
	if diff := cmp.Diff([][]string{{"Class/Birds", "Continent/Europe"}, {"Continent/Africa"}}, ana.Accesses); diff != "" {
		t.Error(diff)
	}
	if ben := users["ben@zoo.example"].Body.(*User); ben.CustomRole != "BUSINESS_MANAGER" || ben.Businesses[0] != "b2" {
		t.Errorf("%+v", ben)
	}
}

// The order in which Partoo shows permissions, businesses and accesses means nothing.
func TestSetsHaveNoOrder(t *testing.T) {
	s := seed()
	s.CustomRoles[0].Permissions = []string{"business_edit_name", "business_edit"}
	s.Sections[0].Groups[0].Businesses = []string{"0003", "0001"}
	s.Users[2].Businesses = []string{"0003", "0002"}
	p := open(t, s)
	for want, got := range map[string]any{
		"[business_edit business_edit_name]": p.whole(&roleKind)["editor"].Body.(*Role).Permissions,
		"[b1 b3]":                            p.whole(&groupKind)["Class/Birds"].Body.(*Group).Businesses,
		"[b2 b3]":                            p.whole(&userKind)["ben@zoo.example"].Body.(*User).Businesses,
		"[[Class/Birds Continent/Europe] [Continent/Africa]]": p.whole(&userKind)["ana@zoo.example"].Body.(*User).Accesses,
	} {
		if fmt.Sprint(got) != want {
			t.Errorf("%v, want %s", got, want)
		}
	}
}

// Users name groups by number, so a list of users alone reads the names, once.
func TestListUsersAlone(t *testing.T) {
	p := open(t)
	p.all(&userKind)
	p.asked("GET /user/search", "GET /sections", "GET /user/search") // the last asks for disabled users
}

// A role that only disabled users have is not unused: if the search leaves them out, a second
// one is for them. The first page shows whether Partoo ignores the filter.
func TestListHiddenDisabled(t *testing.T) {
	for variants, want := range map[string]int{"search-disabled=hidden": 3, "search-disabled=all": 3, "search-disabled=hidden disabled-filter=ignored": 2} {
		t.Run(variants, func(t *testing.T) {
			var choices []any
			for _, v := range strings.Fields(variants) {
				choices = append(choices, v)
			}
			p := open(t, choices...)
			ben := p.all(&userKind)["ben@zoo.example"]
			p.do(schema.Deactivate, ben)
			p.reset()
			users := p.all(&userKind)
			if len(users) != want {
				t.Errorf("%d users", len(users))
			}
			if got := p.requests(); len(got) > 4 {
				t.Errorf("requests %v", got)
			}
			_, err := p.Find(context.Background(), declare(&userKind, map[string]any{"email": "ben@zoo.example"}))
			if found := err == nil; found != (want == 3) {
				t.Error(err)
			}
		})
	}
}

// If no listed user is invited, a second search is for invited users.
func TestListHiddenInvitations(t *testing.T) {
	p := open(t, "search-status=active")
	users := p.all(&userKind)
	if got := slices.Sorted(maps.Keys(users)); len(got) != 3 {
		t.Errorf("users are %v", got)
	}
}

func TestFrozen(t *testing.T) {
	p := open(t)
	for _, o := range []schema.Object{p.all(&sectionKind)["Fed"], p.all(&groupKind)["Fed/Inner"], p.whole(&groupKind)["Fed/Inner"]} {
		if o.Frozen != schema.Everything || !strings.Contains(o.FrozenBy, "has_puller") {
			t.Errorf("%s: %x %s", o.Addr, o.Frozen, o.FrozenBy)
		}
	}
}

// The list of roles decides which address they have.
func TestRolePath(t *testing.T) {
	p := open(t, "role-path=org")
	_, err := p.Find(context.Background(), declare(&roleKind, map[string]any{"api_id": "nobody"}))
	if !errors.Is(err, provider.ErrNotFound) {
		t.Error(err)
	}
	p.asked("GET /custom_role", "GET /org/42/custom_role", "GET /org/42/custom_role/nobody")
	p = open(t, Settings{OrgID: 42, RolePath: "org"}, "role-path=org")
	p.all(&roleKind)
	p.asked("GET /org/42/custom_role")
}

// A group that is in no section keeps its number and is written back as it is.
func TestUnknownGroup(t *testing.T) {
	p := open(t, "delete-used-group=dangle")
	p.do(schema.Delete, p.all(&groupKind)["Continent/Africa"])
	fresh := &place{connection: newConnection(&client{rest: p.rest, Objects: crud.Objects{Tenant: "partoo", Index: &schema.Index{}}, org: 42}), emulator: p.emulator, t: t}
	ana := fresh.all(&userKind)["ana@zoo.example"]
	if diff := cmp.Diff([][]string{{"#22"}, {"Class/Birds", "Continent/Europe"}}, ana.Body.(*User).Accesses); diff != "" {
		t.Error(diff)
	}
	ids, err := fresh.groupIDs(context.Background(), ana.Body.(*User).Accesses)
	if diff := cmp.Diff([][]int64{{22}, {11, 21}}, ids); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

// After a create without an answer, Find tells whether it took effect.
func TestAmbiguousCreate(t *testing.T) {
	for _, kind := range []struct {
		want schema.Object
		path string
	}{
		{declare(&userKind, map[string]any{"email": "new@zoo.example", "first_name": "N", "last_name": "W", "role": "PUBLISHER"}), "/user"},
		{declare(&roleKind, map[string]any{"api_id": "new", "name": "New", "permissions": []string{"business_edit"}}), "/custom_role"},
		{declare(&sectionKind, map[string]any{"name": "New"}), "/sections"},
		{declare(&groupKind, map[string]any{"section": "Class", "name": "New", "businesses": []string{"b1"}}), "/sections/1/groups"},
	} {
		t.Run(kind.want.Kind.Name, func(t *testing.T) {
			ctx, p := context.Background(), open(t)
			create := providertest.CreateRequest(kind.want)
			cut(p, "before", kind.path)
			if _, err := p.Apply(ctx, create); !errors.Is(err, provider.ErrAmbiguous) {
				t.Fatal(err)
			}
			if _, err := p.Find(ctx, kind.want); !errors.Is(err, provider.ErrNotFound) {
				t.Fatal(err)
			}
			cut(p, "after", kind.path)
			if _, err := p.Apply(ctx, create); !errors.Is(err, provider.ErrAmbiguous) {
				t.Fatal(err)
			}
			got, err := p.Find(ctx, kind.want)
			if err != nil {
				t.Fatal(err)
			}
			providertest.CheckReadBack(t, create, got)
		})
	}
}

func TestEstimateRequests(t *testing.T) {
	p := open(t)
	have := p.all(&userKind)["ana@zoo.example"]
	for _, test := range []struct {
		action schema.Action
		want   int
	}{{schema.Update, 3}, {schema.Deactivate, 3}, {schema.Delete, 3}} {
		if got := p.EstimateRequests(provider.Request{Action: test.action, Addr: have.Addr, Have: &have, Want: &have}); got != test.want {
			t.Errorf("%s costs %d, want %d", test.action, got, test.want)
		}
	}
	group := p.whole(&groupKind)["Class/Birds"]
	for i, want := range []int{4, 4, 3} { // until the first update, its method is not sure
		if i == 2 {
			p.change(group, map[string]any{"businesses": []string{}})
		}
		if got := p.EstimateRequests(provider.Request{Action: schema.Update, Addr: group.Addr, Have: &group, Want: &group}); got != want {
			t.Errorf("updating a group costs %d, want %d", got, want)
		}
	}
	p.reset()
	p.create(&groupKind, map[string]any{"section": "Class", "name": "Fish"})
	if got := len(p.requests()); got != p.EstimateRequests(provider.Request{Action: schema.Create, Addr: have.Addr, Want: &have}) {
		t.Errorf("a create took %d requests", got)
	}
}
