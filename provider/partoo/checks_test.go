package partoo

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/partoo/emulator"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// permissions is a catalogue with a chain of dependencies and a forbidden role.
const permissions = `{"sections":[{"name":"s","order":1,"subsections":[{"name":"t","order":1,"permissions":[
	{"name":"edit","order":1,"feature":"f","depends_on":null,"disabled_for_roles":[]},
	{"name":"edit_name","order":2,"feature":"f","depends_on":"edit","disabled_for_roles":[]},
	{"name":"edit_name_long","order":3,"feature":"f","depends_on":"edit_name","disabled_for_roles":["business_manager","lead"]},
	{"name":"review","order":4,"feature":"f","depends_on":null,"disabled_for_roles":null}]}]}]}`

func checked() *emulator.Seed {
	s := seed()
	raw := json.RawMessage(permissions)
	s.Permissions = &raw
	s.CustomRoles = []emulator.SeedRole{{APIID: "editor", Name: "Editor", Description: "Edits", Permissions: []string{"edit", "expired"}}}
	s.APIKeys = append(s.APIKeys,
		emulator.SeedKey{Key: "restricted", User: "owner@zoo.example", Permissions: []string{"edit"}},
		emulator.SeedKey{Key: "group manager", User: "Ana@zoo.example"},
		emulator.SeedKey{Key: "business manager", User: "ben@zoo.example"},
	)
	return s
}

// A draft is a plan in the making: what is declared, and what would be written.
type draft struct {
	*place
	view provider.View
}

func draw(p *place) *draft {
	d := &draft{place: p, view: provider.View{Live: map[string][]schema.Object{}, After: map[string][]schema.Object{}}}
	for _, k := range []*schema.Kind{&sectionKind, &groupKind, &roleKind, &builtinRoleKind, &userKind} {
		for _, o := range p.whole(k) {
			d.view.Live[k.Name] = append(d.view.Live[k.Name], o)
			d.view.After[k.Name] = append(d.view.After[k.Name], o)
		}
	}
	return d
}

// write plans what makes a live object, or a new one, into what is declared.
func (d *draft) write(kind *schema.Kind, values map[string]any) *draft {
	o := declare(kind, values)
	d.view.Desired = append(d.view.Desired, o)
	for i, live := range d.view.After[kind.Name] {
		if live.Addr != o.Addr {
			continue
		}
		want := live.Clone()
		want.Pos = o.Pos
		changed := schema.Mask(0)
		for i := range kind.Attributes {
			if a := &kind.Attributes[i]; o.Set.Has(i) && !a.Equal(o.Body, live.Body) {
				a.Copy(want.Body, o.Body)
				changed = changed.With(i)
			}
		}
		d.view.After[kind.Name][i] = want
		if changed != 0 {
			d.view.Changes = append(d.view.Changes, provider.Request{Action: schema.Update, Addr: o.Addr, Have: &live, Want: &want, Changed: changed})
		}
		return d
	}
	d.view.After[kind.Name] = append(d.view.After[kind.Name], o)
	d.view.Changes = append(d.view.Changes, provider.Request{Action: schema.Create, Addr: o.Addr, Want: &o, Changed: o.Set})
	return d
}

func (d *draft) remove(kind *schema.Kind, key string) *draft {
	for i, live := range d.view.After[kind.Name] {
		if live.Addr.Key == key {
			d.view.After[kind.Name] = append(d.view.After[kind.Name][:i:i], d.view.After[kind.Name][i+1:]...)
			d.view.Changes = append(d.view.Changes, provider.Request{Action: schema.Delete, Addr: live.Addr, Have: &live})
			return d
		}
	}
	panic("there is no " + key)
}

func TestCheck(t *testing.T) {
	type values = map[string]any
	role := func(permissions ...string) values {
		return values{"api_id": "lead", "name": "Lead", "permissions": permissions}
	}
	for _, test := range []struct {
		name    string
		choices []any
		plan    func(*draft)
		want    []string
	}{
		{"nothing", nil, func(*draft) {}, nil},
		{"a good role", nil, func(d *draft) { d.write(&roleKind, role("edit", "edit_name")) }, nil},
		{"an unknown permission", nil, func(d *draft) { d.write(&roleKind, role("edt")) }, []string{
			`error permissions edt: Unknown permission. Partoo does not offer the permission "edt" to the organization. Did you mean "edit"? ` +
				`Which permissions there are depends on the organization's plans. Run "rolecall permissions" to list them.`}},
		{"a permission that is no longer offered", nil, func(d *draft) {
			d.write(&roleKind, values{"api_id": "editor", "name": "Editor", "permissions": []string{"edit", "expired"}})
		}, []string{
			`warning permissions expired: A permission is no longer offered. The role has "expired", and Partoo no longer offers it to the organization: ` +
				`a plan may have ended. rolecall keeps it. Remove it if the role should not have it.`}},
		{"a chain of dependencies", nil, func(d *draft) {
			d.write(&roleKind, values{"api_id": "new", "name": "New", "permissions": []string{"edit_name_long"}})
		}, []string{
			`error permissions edit_name_long: Permissions lack others that they depend on. edit_name_long needs edit, edit_name_long needs edit_name. ` +
				`Add "edit" and "edit_name" to permissions.`}},
		{"a role for which a permission is disabled", nil, func(d *draft) {
			d.write(&roleKind, role("edit", "edit_name", "edit_name_long"))
		}, []string{
			`warning permissions edit_name_long: A permission may have no effect. Partoo disables "edit_name_long" for lead, which is this role. ` +
				`Remove it, or accept that it may have no effect there.`}},
		{"holders for whom a permission is disabled", nil, func(d *draft) {
			d.write(&roleKind, values{"api_id": "editor", "name": "Editor", "permissions": []string{"edit", "edit_name", "edit_name_long"}}).
				write(&userKind, values{"email": "ben@zoo.example", "role": "BUSINESS_MANAGER", "custom_role": "editor"})
		}, []string{
			`warning permissions edit_name_long: A permission may have no effect. Partoo disables "edit_name_long" for business_manager, ` +
				`and users with that role hold this one. Remove it, or accept that it may have no effect there.`}},
		{"an api_id of a built-in role", nil, func(d *draft) {
			d.write(&roleKind, values{"api_id": "GROUP_MANAGER", "name": "G", "permissions": []string{}})
		}, []string{
			`error api_id: This api_id belongs to a built-in role. "GROUP_MANAGER" is a built-in role of Partoo. ` +
				`Give the role another api_id, or manage the built-in one in a builtin_role block.`,
			`warning api_id: The api_id has unusual characters. Partoo puts the api_id "GROUP_MANAGER" into addresses, and other systems store it. ` +
				`Lower-case letters, digits, _ and - are safe everywhere.`}},
		{"a name and an api_id that built-in roles have", nil, func(d *draft) {
			d.write(&roleKind, values{"api_id": "group_manager", "name": "group manager", "permissions": []string{}})
		}, []string{
			`warning api_id: A built-in role has this api_id in other letters. "group_manager" is also the api_id of the role GROUP_MANAGER. Partoo may refuse it, and people cannot tell the two apart.`,
			`warning name: Another role has this name. "group manager" is also the name of the role GROUP_MANAGER. Partoo may refuse it, and people cannot tell the two apart.`}},
		{"a new api_id with a dot", nil, func(d *draft) { d.write(&roleKind, values{"api_id": "a.b", "name": "AB", "permissions": []string{}}) }, []string{
			`error api_id: A new api_id must not contain a dot. Whether Partoo takes a dot in "a.b" is not documented. Write "a_b" instead.`}},
		{"a new description with a comma", nil, func(d *draft) {
			d.write(&roleKind, values{"api_id": "editor", "name": "Editor", "description": "one, two"})
		}, []string{
			`warning description: Partoo may refuse this description. It contains ",". Partoo's reference forbids , ; / \ | < > in descriptions, ` +
				`while its own guide prints descriptions with commas. Without these characters it is safe.`}},
		{"a description that is taken away", nil, func(d *draft) { d.write(&roleKind, values{"api_id": "editor", "name": "Editor", "description": ""}) }, []string{
			`error description: A description cannot be cleared. Partoo documents no way to clear a description. ` +
				`Write another one, leave the attribute out to keep it, or clear it in the Partoo app.`}},
		{"a new user without a name", nil, func(d *draft) {
			d.write(&userKind, values{"email": "new@zoo.example", "last_name": "Ng", "role": "BUSINESS_MANAGER"})
		}, []string{
			`error first_name: A new user needs a first and a last name. Partoo's search does not show new@zoo.example, who would be created. Write first_name, or correct the address. ` +
				`Whether the search shows disabled users is not documented: look the user up in the Partoo app.`}},
		{"a group manager without an access", nil, func(d *draft) {
			d.write(&userKind, values{"email": "ana@zoo.example", "role": "GROUP_MANAGER", "accesses": [][]string{}})
		}, []string{
			`warning accesses: A group manager would have no access. What a GROUP_MANAGER without an access sees is not documented: ` +
				`it could be nothing or everything. Write at least one access.`}},
		{"an access that loses a section", nil, func(d *draft) {
			d.write(&userKind, values{"email": "ana@zoo.example", "role": "GROUP_MANAGER", "accesses": [][]string{{"Class/Birds"}, {"Continent/Africa"}}})
		}, []string{
			`warning accesses: Taking groups out of an access widens it. Until now the access was Class/Birds and Continent/Europe. ` +
				`Without a group of one of its sections it is Class/Birds, which lets more businesses through. To show less, remove the whole access.`}},
		{"a group that is still in use", nil, func(d *draft) { d.remove(&groupKind, "Class/Birds") }, []string{
			`error group.Class/Birds: The group is still part of accesses. Without Class/Birds the accesses of ana@zoo.example could show more than before, ` +
				`because a missing group no longer filters. Change those accesses first, in the same plan or in the Partoo app.`}},
		{"a group that no user has any more", nil, func(d *draft) {
			d.write(&userKind, values{"email": "ana@zoo.example", "role": "GROUP_MANAGER", "accesses": [][]string{{"Continent/Africa"}}}).
				remove(&groupKind, "Class/Birds").remove(&sectionKind, "Class")
		}, nil},
		{"a group that is emptied in use", nil, func(d *draft) {
			d.write(&groupKind, values{"section": "Class", "name": "Birds", "businesses": []string{}})
		}, []string{
			`error businesses: The group is emptied while accesses name it. What an access with an empty group shows is not documented: ` +
				`it could be nothing or more than before. Class/Birds is part of the accesses of ana@zoo.example. Remove it from those accesses, or keep a business in it.`}},
		{"a section with groups", nil, func(d *draft) { d.remove(&sectionKind, "Class") }, []string{
			`error section.Class: The section still has groups. What Partoo does with the groups of a deleted section is not documented, so it has to be empty. ` +
				`Class still has Birds. Remove the groups in the same plan, or keep the section.`}},
		{"a new administrator", nil, func(d *draft) {
			d.write(&userKind, values{"email": "ben@zoo.example", "role": "ORG_ADMIN"})
		}, []string{
			`warning user.ben@zoo.example: Giving the role ORG_ADMIN may be refused. Partoo documents that an ORG_ADMIN gives GROUP_MANAGER and BUSINESS_MANAGER. ` +
				`Whether the API key may give ORG_ADMIN is not documented: update user.ben@zoo.example. If it is refused, give the role in the Partoo app and plan again.`}},
		{"a restricted key", []any{apiKey("restricted")}, func(d *draft) {
			d.write(&roleKind, role("edit", "review")).write(&sectionKind, values{"name": "New"})
		}, []string{
			`warning role.lead: Roles grant more than the key holds itself. These roles would grant permissions that the API key does not hold, ` +
				`which Partoo may refuse: create role.lead. To be sure, use an ORG_ADMIN's key without restrictions.`,
			`warning role.lead: The key is restricted and may not be able to write. The API key holds fewer permissions than its user, an ORG_ADMIN. ` +
				`Which permission these writes need is not documented, so Partoo may refuse them: create role.lead and create section.New. ` +
				`To be sure, use a key without restrictions.`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := draw(open(t, append(test.choices, checked())...))
			test.plan(d)
			got, err := d.Check(context.Background(), d.view)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, spoken(got)); diff != "" {
				t.Error(diff)
			}
			for _, f := range got {
				if utf8.RuneCountInString(f.Summary) > 60 || strings.HasSuffix(f.Summary, ".") || f.Code == "" || f.Addr.Kind == "" {
					t.Errorf("%+v", f)
				}
			}
		})
	}
}

// A key says before the first write what its user's role cannot do.
func TestPreflight(t *testing.T) {
	plan := func(d *draft) {
		one := declare(&roleKind, map[string]any{"api_id": "new", "name": "New"})
		two := declare(&sectionKind, map[string]any{"name": "New"})
		three := declare(&userKind, map[string]any{"email": "new@zoo.example", "role": "BUSINESS_MANAGER", "first_name": "N", "last_name": "W"})
		for _, o := range []*schema.Object{&one, &two, &three} {
			d.view.Changes = append(d.view.Changes, provider.Request{Action: schema.Create, Addr: o.Addr, Want: o})
		}
	}
	users := `The key may not be able to change users. Partoo documents that an ORG_ADMIN changes users, and says nothing of the role %s, ` +
		`which the API key's user has: create user.new@zoo.example. To be sure, use the key of an ORG_ADMIN.`
	roles := `The key cannot change roles. Only an ORG_ADMIN changes roles, and the API key belongs to a user with the role %s: create role.new. Use the key of an ORG_ADMIN.`
	for role, want := range map[string][]string{
		"ORG_ADMIN": nil,
		"PROVIDER":  nil,
		"GROUP_MANAGER": {
			"error role.new: " + strings.ReplaceAll(roles, "%s", "GROUP_MANAGER"),
			"warning user.new@zoo.example: " + strings.ReplaceAll(users, "%s", "GROUP_MANAGER")},
		"PUBLISHER": {
			"error role.new: " + strings.ReplaceAll(roles, "%s", "PUBLISHER"),
			"error section.New: The key cannot change sections and groups. Only a GROUP_MANAGER and above changes sections and groups, " +
				"and the API key belongs to a user with the role PUBLISHER: create section.New. Use the key of an ORG_ADMIN.",
			"warning user.new@zoo.example: " + strings.ReplaceAll(users, "%s", "PUBLISHER")},
	} {
		t.Run(role, func(t *testing.T) {
			d := &draft{place: &place{connection: connection{client: &client{key: keyRights{role: role}}}}}
			plan(d)
			if diff := cmp.Diff(want, spoken(d.preflight(d.view, nil))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Before the switch, what depends on it is told for each object.
func TestCheckBeforeSwitch(t *testing.T) {
	s, off := checked(), false
	s.Org.HasSwitched = &off
	d := draw(open(t, s))
	d.write(&builtinRoleKind, map[string]any{"api_id": "GROUP_MANAGER", "permissions": []string{"edit"}}).
		write(&userKind, map[string]any{"email": "ben@zoo.example", "role": "BUSINESS_MANAGER", "custom_role": "editor"})
	got, err := d.Check(context.Background(), d.view)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"warning permissions: The switch would overwrite this change. Custom roles are not switched on, and switching rewrites the built-in roles " +
			"from the Business Fields. Switch first, by custom_roles = true in a permission_system block; then plan again.",
		"warning custom_role: Custom roles may have no effect yet. Custom roles are not switched on in the organization, " +
			"so what ben@zoo.example may do may still follow the legacy permissions.",
	}
	if diff := cmp.Diff(want, spoken(got)); diff != "" {
		t.Error(diff)
	}
}

// What the plan did not need to read, the check reads itself, and no more.
func TestCheckReadsLittle(t *testing.T) {
	p := open(t, checked())
	d := draw(p)
	d.remove(&groupKind, "Class/Birds")
	delete(d.view.Live, "user")
	delete(d.view.After, "user")
	p.reset()
	got, err := d.Check(context.Background(), d.view)
	if err != nil || len(got) != 1 {
		t.Fatal(err, got)
	}
	p.asked("GET /permissions", "GET /user/search", "GET /user/search") // the last asks for disabled users
}
