package partoo

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider"
	faults "github.com/rolecall-dev/rolecall/provider/emulator"
	"github.com/rolecall-dev/rolecall/provider/partoo/emulator"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A place is an emulated organization with a client.
type place struct {
	*client
	emulator *emulator.Server
	t        *testing.T
	mark     int // requests before the ones that are looked at
}

const testKey = "key-of-the-owner"

// seed is a small organization: two sections, a role, people of each sort.
func seed() *emulator.Seed {
	return &emulator.Seed{
		Org: emulator.SeedOrg{ID: 42, Name: "Zoo", SSO: true},
		Businesses: []emulator.SeedBusiness{
			{ID: "b1", Code: "0001", Name: "Aviary"}, {ID: "b2", Code: "0002", Name: "Vivarium"}, {ID: "b3", Code: "0003", Name: "Savanna"},
		},
		Sections: []emulator.SeedSection{
			{ID: 1, Name: "Class", Groups: []emulator.SeedGroup{{ID: 11, Name: "Birds", Businesses: []string{"0001", "0003"}}}},
			{ID: 2, Name: "Continent", Groups: []emulator.SeedGroup{{ID: 21, Name: "Europe", Businesses: []string{"0001"}}, {ID: 22, Name: "Africa"}}},
			{ID: 3, Name: "Fed", HasPuller: true, Groups: []emulator.SeedGroup{{ID: 31, Name: "Inner", HasPuller: true}}},
		},
		CustomRoles: []emulator.SeedRole{{APIID: "editor", Name: "Editor", Description: "Edits", Permissions: []string{"business_edit"}}},
		Users: []emulator.SeedUser{
			{Email: "owner@zoo.example", FirstName: "O", LastName: "W", Role: "ORG_ADMIN"},
			{Email: "Ana@zoo.example", FirstName: "Ana", LastName: "Diaz", Role: "GROUP_MANAGER", CustomRole: "editor", Lang: "es",
				Accesses: [][]string{{"Continent/Europe", "Class/Birds"}, {"Continent/Africa"}}},
			{Email: "ben@zoo.example", FirstName: "Ben", LastName: "Ray", Role: "BUSINESS_MANAGER", Businesses: []string{"0002"}, Status: "invited"},
		},
		APIKeys: []emulator.SeedKey{{Key: testKey, User: "owner@zoo.example"}},
	}
}

// open starts an emulator; the choices may be *emulator.Seed, Settings, func
// (*emulator.Options), or variants.
func open(t *testing.T, choices ...any) *place {
	t.Helper()
	p, err := tryOpen(t, choices...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func tryOpen(t *testing.T, choices ...any) (*place, error) {
	t.Helper()
	o := emulator.Options{Seed: seed(), Rate: -1}
	settings, key := Settings{OrgID: 42}, testKey
	for _, c := range choices {
		switch c := c.(type) {
		case *emulator.Seed:
			o.Seed = c
		case Settings:
			settings = c
		case apiKey:
			key = string(c)
		case string:
			o.Variants = append(o.Variants, c)
		}
	}
	s, err := emulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	c, err := Provider().Connect(context.Background(), provider.Options{
		Tenant: "partoo", Settings: schema.Object{Kind: &settingsKind, Body: &settings}, Key: key,
		Endpoint: emulator.BaseURL, Transport: s.Transport(), Index: &schema.Index{},
		Wait: func(context.Context, time.Duration) error { return nil },
	})
	if err != nil {
		return nil, err
	}
	p := &place{client: c.(*client), emulator: s, t: t}
	p.reset()
	return p, nil
}

type apiKey string

// reset forgets the requests so far.
func (p *place) reset() { p.mark = len(p.emulator.Entries(0)) }

// requests lists what was asked since reset, in order.
func (p *place) requests() []string {
	var out []string
	for _, e := range p.emulator.Entries(0)[p.mark:] {
		out = append(out, strings.TrimSpace(e.Method+" "+e.Path+" "+string(e.Body)))
	}
	return out
}

func (p *place) asked(want ...string) {
	p.t.Helper()
	if diff := cmp.Diff(want, p.requests()); diff != "" {
		p.t.Errorf("requests (-want +got):\n%s", diff)
	}
	p.reset()
}

// all lists a kind by key.
func (p *place) all(kind *schema.Kind) map[string]schema.Object {
	p.t.Helper()
	out := map[string]schema.Object{}
	for o, err := range p.List(context.Background(), kind) {
		if err != nil {
			p.t.Fatal(err)
		}
		out[o.Addr.Key] = o
	}
	return out
}

// whole lists a kind and completes what is thin.
func (p *place) whole(kind *schema.Kind) map[string]schema.Object {
	p.t.Helper()
	out := p.all(kind)
	for key, o := range out {
		if o.Thin {
			out[key] = p.readNow(o)
		}
	}
	return out
}

func (p *place) readNow(o schema.Object) schema.Object {
	p.t.Helper()
	got, err := p.Read(context.Background(), o)
	if err != nil {
		p.t.Fatal(err)
	}
	return got
}

func (p *place) create(kind *schema.Kind, values map[string]any) schema.Object {
	p.t.Helper()
	want := declare(kind, values)
	got, err := p.Apply(context.Background(), provider.Request{Action: schema.Create, Addr: want.Addr, Want: &want, Changed: want.Set})
	if err != nil {
		p.t.Fatal(err)
	}
	p.same(want, got)
	return got
}

// change writes values over a live object, as a plan would.
func (p *place) change(have schema.Object, values map[string]any) schema.Object {
	p.t.Helper()
	want, changed := have.Clone(), schema.Mask(0)
	for name, value := range values {
		i := want.Kind.Index(name)
		want.Kind.Attributes[i].SetAny(want.Body, value)
		want.Set, changed = want.Set.With(i), changed.With(i)
	}
	want.Rekey()
	action := schema.Update
	if want.Addr != have.Addr {
		action = schema.Rename
	}
	got, err := p.Apply(context.Background(), provider.Request{Action: action, Addr: want.Addr, Have: &have, Want: &want, Changed: changed})
	if err != nil {
		p.t.Fatal(err)
	}
	p.same(want, got)
	return got
}

// same compares what was wanted with what came of it.
func (p *place) same(want, got schema.Object) {
	p.t.Helper()
	if got.Addr != want.Addr || got.ID == "" || got.Thin {
		p.t.Errorf("came back as %s with id %q, thin %t; want %s", got.Addr, got.ID, got.Thin, want.Addr)
	}
	for i := range want.Kind.Attributes {
		if a := &want.Kind.Attributes[i]; want.Set.Has(i) && a.Comparable() && !a.Equal(want.Body, got.Body) {
			p.t.Errorf("%s %s is %v, want %v", want.Addr, a.Name, a.Any(got.Body), a.Any(want.Body))
		}
	}
}

func (p *place) do(action schema.Action, have schema.Object) {
	p.t.Helper()
	got, err := p.Apply(context.Background(), provider.Request{Action: action, Addr: have.Addr, Have: &have})
	if err != nil || got.Body != nil {
		p.t.Fatalf("%s: %v, %v", action, got, err)
	}
}

func (p *place) gone(o schema.Object) {
	p.t.Helper()
	if _, err := p.Read(context.Background(), o); !errors.Is(err, provider.ErrNotFound) {
		p.t.Errorf("%s is still there, or: %v", o.Addr, err)
	}
}

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
			"connect to Partoo: the key belongs to organization 42, and the files are about organization 7",
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

func TestNotSwitched(t *testing.T) {
	s, off := seed(), false
	s.Org.HasSwitched = &off
	p := open(t, s)
	if diff := cmp.Diff([]string{"warning partoo/not-switched : Custom roles are not switched on"}, said(p.Identity().Notes)); diff != "" {
		t.Error(diff)
	}
}

// Sections and groups share one walk, roles and built-in roles another.
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
	p.asked("GET /user/search")
	ana := users["ana@zoo.example"].Body.(*User)
	if diff := cmp.Diff([][]string{{"Class/Birds", "Continent/Europe"}, {"Continent/Africa"}}, ana.Accesses); diff != "" {
		t.Error(diff)
	}
	if ben := users["ben@zoo.example"].Body.(*User); ben.CustomRole != "BUSINESS_MANAGER" || ben.Businesses[0] != "b2" {
		t.Errorf("%+v", ben)
	}
}

// Users name groups by number, so a list of users alone reads the names, once.
func TestListUsersAlone(t *testing.T) {
	p := open(t)
	p.all(&userKind)
	p.asked("GET /user/search", "GET /sections")
}

// Where nobody in the list is invited, the invited are asked for.
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

// A story of writes holds whichever way the documentation is read.
func TestWrites(t *testing.T) {
	for _, variants := range []string{
		"", "role-path=org", "role-update=put group-update=put", "user-search=thin", "errors=errors error-text=text",
		"builtin-rows=both-rows", "builtin-rows=global", "builtin-ids=opaque", "builtin-ids=lower", "role-update-body=full", "set-order=reversed",
		"admin-custom-role=refuse scope-mismatch=refuse role-change=keep", "max-page-empty=0", "unknown-fields=refuse",
		"description-null=refuse custom-role-null=refuse", "create-user-answer=object", "sections-page=per-page",
	} {
		t.Run(variants, func(t *testing.T) {
			var choices []any
			for _, v := range strings.Fields(variants) {
				choices = append(choices, v)
			}
			writes(open(t, choices...))
		})
	}
}

func writes(p *place) {
	section := p.create(&sectionKind, map[string]any{"name": "Food"})
	section = p.change(section, map[string]any{"name": "Diet"})
	group := p.create(&groupKind, map[string]any{"section": "Diet", "name": "Omnivore", "businesses": []string{"b2", "b1"}})
	bare := p.create(&groupKind, map[string]any{"section": "Diet", "name": "Herbivore"})
	if got := p.readNow(bare).Body.(*Group).Businesses; len(got) != 0 {
		p.t.Errorf("a group without businesses was given %v", got)
	}
	group = p.change(group, map[string]any{"name": "Anything", "businesses": []string{"b3"}})
	group = p.change(group, map[string]any{"businesses": []string{}})

	role := p.create(&roleKind, map[string]any{"api_id": "lead", "name": "Lead", "permissions": []string{"business_edit", "business_edit_name"}})
	role = p.change(role, map[string]any{"name": "Leader", "description": "Leads.", "permissions": []string{"business_edit"}})
	role = p.change(role, map[string]any{"permissions": []string{}})
	for _, b := range p.whole(&builtinRoleKind) {
		p.change(b, map[string]any{"permissions": []string{"business_edit"}})
	}

	user := p.create(&userKind, map[string]any{
		"email": "Cho@zoo.example", "first_name": "Cho", "last_name": "Lin", "role": "GROUP_MANAGER", "custom_role": "lead",
		"accesses": [][]string{{"Diet/Anything", "Class/Birds"}, {"Continent/Europe"}}, "lang": "fr", "disabled": true,
	})
	user = p.change(user, map[string]any{"disabled": false, "accesses": [][]string{{"Continent/Europe"}}})
	user = p.change(user, map[string]any{"role": "BUSINESS_MANAGER", "accesses": [][]string{}, "businesses": []string{"b1"}})
	user = p.change(user, map[string]any{"custom_role": "editor", "first_name": "Chow", "lang": "en"})
	user = p.change(user, map[string]any{"role": "ORG_ADMIN", "custom_role": "", "businesses": []string{}})
	user = p.change(user, map[string]any{"role": "GROUP_MANAGER", "accesses": [][]string{{"Class/Birds"}}})
	user = p.change(user, map[string]any{"custom_role": "lead"})
	user = p.change(user, map[string]any{"custom_role": ""})
	user = p.change(user, map[string]any{"email": "chow@zoo.example"})

	p.do(schema.Deactivate, user)
	if !p.readNow(user).Body.(*User).Disabled {
		p.t.Error("the user is not disabled")
	}
	p.do(schema.Delete, user)
	p.do(schema.Delete, user) // gone already
	p.do(schema.Delete, role)
	p.do(schema.Delete, group)
	p.do(schema.Delete, bare)
	p.do(schema.Delete, section)
	for _, o := range []schema.Object{user, role, group, section} {
		p.gone(o)
	}
}

// What is sent is what changes, and what may not be left out.
func TestBodies(t *testing.T) {
	p := open(t)
	p.whole(&groupKind)
	users, roles := p.all(&userKind), p.whole(&roleKind)
	p.reset()
	p.create(&groupKind, map[string]any{"section": "Class", "name": "Fish"})
	p.asked(`POST /sections/1/groups {"business__in":[],"name":"Fish"}`, "GET /sections/1/groups/32")

	p.change(roles["editor"], map[string]any{"permissions": []string{}})
	p.asked(`POST /custom_role/editor {"api_id":"editor","description":"Edits","name":"Editor","permissions":[]}`, "GET /custom_role/editor")

	p.create(&userKind, map[string]any{"email": "dee@zoo.example", "first_name": "Dee", "last_name": "Fox", "role": "BUSINESS_MANAGER"})
	asked := p.requests()
	want := `POST /user {"business_ids":[],"email":"dee@zoo.example","first_name":"Dee","last_name":"Fox","role":"BUSINESS_MANAGER","send_invitation":false,"status":"invited"}`
	if asked[0] != want || len(asked) != 2 {
		t.Errorf("asked %v", asked)
	}
	p.reset()

	ana := users["ana@zoo.example"]
	path := "/user/" + ana.ID
	ana = p.change(ana, map[string]any{"last_name": "Ruiz"})
	p.asked(`POST `+path+` {"last_name":"Ruiz"}`, "GET "+path)
	ana = p.change(ana, map[string]any{"accesses": [][]string{{"Class/Birds"}}})
	p.asked(`POST `+path+` {"accesses":[[11]],"role":"GROUP_MANAGER"}`, "GET "+path)
	ana = p.change(ana, map[string]any{"custom_role": ""})
	p.asked("GET /custom_role", `POST `+path+` {"custom_role":"GROUP_MANAGER"}`, "GET "+path)
	p.change(ana, map[string]any{"role": "BUSINESS_MANAGER", "custom_role": "editor", "accesses": [][]string{}, "businesses": []string{"b2", "b1"}})
	p.asked(`POST `+path+` {"accesses":[],"business_ids":["b1","b2"],"custom_role":"editor","role":"BUSINESS_MANAGER"}`, "GET "+path)
}

// How a new user is told.
func TestInvitations(t *testing.T) {
	for invite, want := range map[string]string{
		"":       `"send_invitation":false,"status":"invited"`,
		"silent": `"send_invitation":false,"status":"invited"`,
		"email":  `"send_invitation":true`,
		"none":   `"send_invitation":false,"status":"active"`,
		"sso":    `"send_invitation":false,"sso_only":true,"status":"active"`,
	} {
		t.Run(invite, func(t *testing.T) {
			p := open(t)
			values := map[string]any{"email": "new@zoo.example", "first_name": "N", "last_name": "W", "role": "PUBLISHER"}
			switch invite {
			case "":
			case "sso":
				values["sso_only"] = true
			default:
				values["invite"] = invite
			}
			p.create(&userKind, values)
			whole := `POST /user {"email":"new@zoo.example","first_name":"N","last_name":"W","role":"PUBLISHER",` + want + `}`
			if got := p.requests()[0]; got != whole {
				t.Errorf("sent %s\nwant %s", got, whole)
			}
		})
	}
}

// A built-in role is written once with its permissions alone; with 405 for POST,
// PUT is tried and remembered.
func TestUpdateMethod(t *testing.T) {
	p := open(t, "role-update=put")
	b := p.whole(&builtinRoleKind)["GROUP_MANAGER"]
	if b.Alias != "Group Manager" {
		t.Errorf("its other name is %q", b.Alias)
	}
	p.reset()
	b = p.change(b, map[string]any{"permissions": []string{"business_edit"}})
	p.asked(`POST /custom_role/GROUP_MANAGER {"permissions":["business_edit"]}`, `PUT /custom_role/GROUP_MANAGER {"permissions":["business_edit"]}`, "GET /custom_role/GROUP_MANAGER")
	p.change(b, map[string]any{"permissions": []string{}})
	p.asked(`PUT /custom_role/GROUP_MANAGER {"permissions":[]}`, "GET /custom_role/GROUP_MANAGER")
}

// The address of roles is found out by the list, where nothing can be missing.
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

// A group that no section has keeps its number and goes back as it is.
func TestUnknownGroup(t *testing.T) {
	p := open(t, "delete-used-group=dangle")
	p.do(schema.Delete, p.all(&groupKind)["Continent/Africa"])
	fresh := &place{client: &client{rest: p.rest, index: &schema.Index{}, tenant: "partoo", org: 42}, emulator: p.emulator, t: t}
	ana := fresh.all(&userKind)["ana@zoo.example"]
	if diff := cmp.Diff([][]string{{"#22"}, {"Class/Birds", "Continent/Europe"}}, ana.Body.(*User).Accesses); diff != "" {
		t.Error(diff)
	}
	ids, err := fresh.groupIDs(context.Background(), ana.Body.(*User).Accesses)
	if diff := cmp.Diff([][]int64{{22}, {11, 21}}, ids); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

// Whether a create took effect is looked up, never guessed.
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
			create := provider.Request{Action: schema.Create, Addr: kind.want.Addr, Want: &kind.want, Changed: kind.want.Set}
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
			p.same(kind.want, got)
		})
	}
}

func TestPrice(t *testing.T) {
	p := open(t)
	have := p.all(&userKind)["ana@zoo.example"]
	for _, test := range []struct {
		action schema.Action
		want   int
	}{{schema.Update, 3}, {schema.Deactivate, 3}, {schema.Delete, 2}} {
		if got := p.Price(provider.Request{Action: test.action, Have: &have, Want: &have}); got != test.want {
			t.Errorf("%s costs %d, want %d", test.action, got, test.want)
		}
	}
	p.reset()
	p.create(&groupKind, map[string]any{"section": "Class", "name": "Fish"})
	if got := len(p.requests()); got != p.Price(provider.Request{Action: schema.Create, Want: &have}) {
		t.Errorf("a create took %d requests", got)
	}
}

// A key that is not an administrator's still works for what it may do.
func TestForbidden(t *testing.T) {
	s := seed()
	s.APIKeys = append(s.APIKeys, emulator.SeedKey{Key: "manager", User: "Ana@zoo.example"})
	p := open(t, s, apiKey("manager"))
	err := func() error {
		want := declare(&roleKind, map[string]any{"api_id": "new", "name": "New", "permissions": []string{}})
		_, err := p.Apply(context.Background(), provider.Request{Action: schema.Create, Addr: want.Addr, Want: &want})
		return err
	}()
	if status(err) != http.StatusForbidden || !errors.Is(err, provider.ErrCredentials) || provider.Hint(err) == "" {
		t.Error(fmt.Sprint(err))
	}
}

func cut(p *place, when faults.Cut, path string) {
	p.emulator.Inject(faults.Fault{Method: "POST", Path: path, Cut: when})
}
