package partoo

import (
	"testing"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Each write reads back as it was wanted, whatever came before it.
func TestWrites(t *testing.T) {
	p := open(t)
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
