package render

import (
	"fmt"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// The product of the tests: roles, groups and users as a person would know them.

type role struct {
	APIID, Name, Description string
	Permissions              []string
}

type place struct {
	Section, Name string
	Businesses    []string
}

type user struct {
	Email, First, Last, Role, CustomRole, Invite string
	Accesses                                     [][]string
	Disabled                                     bool
}

var (
	roleKind = schema.Kind{Name: "role", Attributes: []schema.Attribute{
		schema.String("api_id", "", func(r *role) *string { return &r.APIID }).With(schema.Key),
		schema.String("name", "", func(r *role) *string { return &r.Name }),
		schema.String("description", "", func(r *role) *string { return &r.Description }).With(schema.LongText),
		schema.Set("permissions", "", func(r *role) *[]string { return &r.Permissions }),
	}}
	groupKind = schema.Kind{Name: "group", Attributes: []schema.Attribute{
		schema.String("section", "", func(g *place) *string { return &g.Section }).With(schema.Key),
		schema.String("name", "", func(g *place) *string { return &g.Name }).With(schema.Key),
		schema.Set("businesses", "", func(g *place) *[]string { return &g.Businesses }),
	}}
	userKind = schema.Kind{Name: "user", Subject: true, Attributes: []schema.Attribute{
		schema.String("email", "", func(u *user) *string { return &u.Email }).With(schema.Key),
		schema.String("first_name", "", func(u *user) *string { return &u.First }),
		schema.String("last_name", "", func(u *user) *string { return &u.Last }),
		schema.String("role", "", func(u *user) *string { return &u.Role }).Values("ORG_ADMIN", "GROUP_MANAGER", "BUSINESS_MANAGER"),
		schema.Ref("custom_role", "", func(u *user) *string { return &u.CustomRole }).To("role"),
		schema.RefSets("accesses", "", func(u *user) *[][]string { return &u.Accesses }).To("group").Through("access"),
		schema.Bool("disabled", "", func(u *user) *bool { return &u.Disabled }),
		schema.String("invite", "", func(u *user) *string { return &u.Invite }).Values("email", "silent", "none").With(schema.WriteOnce),
	}}
)

func address(kind, key string) schema.Address {
	return schema.Address{Provider: "partoo", Kind: kind, Key: key}
}

func object(k *schema.Kind, body any) *schema.Object {
	o := &schema.Object{Kind: k, Body: body, Addr: address(k.Name, k.KeyOf(body))}
	for i := range k.Attributes {
		o.Set = o.Set.With(i)
	}
	return o
}

func at(file string, line int) schema.Pos { return schema.Pos{File: file, Line: line, Column: 1} }

func create(o *schema.Object, pos schema.Pos) plan.Change {
	return plan.Change{Action: schema.Create, Addr: o.Addr, Want: o, Changed: o.Set, Pos: pos}
}

func update(have, want *schema.Object, pos schema.Pos, changed ...string) plan.Change {
	return plan.Change{Action: schema.Update, Addr: want.Addr, Have: have, Want: want, Changed: want.Kind.Mask(changed...), Pos: pos}
}

func remove(a schema.Action, have *schema.Object, reason string) plan.Change {
	return plan.Change{Action: a, Addr: have.Addr, Have: have, Reason: reason}
}

func one(p plan.Plan) *plan.Document {
	p.Provider, p.Product, p.Tenant = "partoo", "partoo", "42"
	p.Kinds = []string{"role", "builtin_role", "group", "user", "rules", "permission"}
	p.Endpoint, p.Self = "https://api.partoo.co/v2", address("user", "ops@zoo.example")
	return &plan.Document{Version: "0.1.0", Plans: []*plan.Plan{&p}}
}

var (
	editor = role{APIID: "business_editor", Name: "Business Editor",
		Description: "Can edit most business data but not status, SIRET or store code.",
		Permissions: []string{"business_edit", "business_edit_address", "business_edit_contact", "business_edit_name", "business_edit_open_hours", "business_edit_photo_cover", "business_edit_photo_logo"}}
	ana = user{Email: "ana@zoo.example", First: "Ana", Last: "Diaz", Role: "GROUP_MANAGER", CustomRole: "business_editor", Invite: "email",
		Accesses: [][]string{{"Class/Birds", "Continent/Europe", "Food/Omnivore"}, {"Class/Reptiles", "Continent/Africa"}}}
	names = map[string]string{
		"[Class/Birds, Continent/Europe, Food/Omnivore]": "european_omnivorous_birds",
		"[Class/Reptiles, Continent/Africa]":             "african_reptiles",
	}
)

func zooPlan() *plan.Document {
	p := plan.Plan{SetNames: names, DisplayNames: map[string]string{"5409c35a97bbc544d8e26737": "S001", "5409c35a97bbc544d8e26738": "S002"},
		Requests: plan.Requests{Spent: 6, Estimated: 18, Budget: 240}}
	p.Changes = append(p.Changes, create(object(&roleKind, &editor), at("roles.hcl", 3)))
	for i, g := range []string{"Class/Birds", "Class/Reptiles", "Continent/Africa", "Continent/Europe"} {
		section, name, _ := strings.Cut(g, "/")
		businesses := []string{"5409c35a97bbc544d8e26737", "5409c35a97bbc544d8e26738", "5409c35a97bbc544d8e26739"}
		p.Changes = append(p.Changes, create(object(&groupKind, &place{section, name, businesses[:i]}), at("zoo.hcl", 10+5*i)))
	}
	p.Changes = append(p.Changes, create(object(&userKind, &ana), at("zoo.hcl", 40)))
	p.Affected = []rights.Difference{{Person: true, Subject: address("user", ana.Email), Gained: grantsOf(&editor, "custom_role business_editor", "european_omnivorous_birds", "african_reptiles"), CausedBy: []schema.Address{address("user", ana.Email)}}}
	return one(p)
}

func grantsOf(r *role, via string, scopes ...string) []schema.Grant {
	var out []schema.Grant
	for _, right := range r.Permissions {
		for _, s := range scopes {
			out = append(out, schema.Grant{Right: right, Scope: s, Via: via})
		}
	}
	return out
}

// rolePlan changes a role that 37 people hold, and more.
func rolePlan() *plan.Document {
	now := editor
	now.Permissions = []string{"business_edit", "business_edit_address", "business_edit_contact", "business_edit_name", "business_edit_open_hours", "review_management", "review_reply"}
	p := plan.Plan{Unchanged: map[string]int{"user": 990, "role": 4}, Requests: plan.Requests{Spent: 12, Estimated: 8, Budget: 240}}
	p.Changes = append(p.Changes, update(object(&roleKind, &editor), object(&roleKind, &now), at("roles.hcl", 3), "permissions"))
	other := ana
	other.Role, other.CustomRole, other.First, other.Accesses = "BUSINESS_MANAGER", "", "Anna", [][]string{{"Class/Birds"}}
	p.SetNames = names
	p.Changes = append(p.Changes, update(object(&userKind, &ana), object(&userKind, &other), at("users.hcl", 40), "first_name", "role", "custom_role", "accesses"))
	for i := range 37 {
		p.Affected = append(p.Affected, rights.Difference{
			Person:   true,
			Subject:  address("user", fmt.Sprintf("manager%02d@zoo.example", i+1)),
			Gained:   []schema.Grant{{Right: "review_management", Scope: "Continent/Europe", Via: "custom_role business_editor"}, {Right: "review_reply", Scope: "Continent/Europe", Via: "custom_role business_editor"}},
			Lost:     []schema.Grant{{Right: "business_edit_photo_cover", Scope: "Continent/Europe", Via: "custom_role business_editor"}, {Right: "business_edit_photo_logo", Scope: "Continent/Europe", Via: "custom_role business_editor"}},
			CausedBy: []schema.Address{address("role", "business_editor")},
		})
	}
	p.Affected = append(p.Affected, rights.Difference{Person: true, Subject: address("user", ana.Email), Lost: grantsOf(&editor, "custom_role business_editor", "european_omnivorous_birds", "african_reptiles")})
	return one(p)
}

func removalPlan() *plan.Document {
	const reason = `no file declares it, and manage "user" is authoritative`
	p := plan.Plan{Unchanged: map[string]int{"user": 41}, Requests: plan.Requests{Spent: 9, Estimated: 14, Budget: 240}}
	for _, name := range []string{"bo", "cy", "di"} {
		p.Changes = append(p.Changes, remove(schema.Deactivate, object(&userKind, &user{Email: name + "@zoo.example", First: "A", Last: "B", Role: "GROUP_MANAGER", CustomRole: "business_editor", Accesses: ana.Accesses}), reason))
	}
	p.Changes = append(p.Changes, remove(schema.Delete, object(&roleKind, &editor), `removed "role" "business_editor" asks for it`))
	p.Changes[3].Pos = at("roles.hcl", 44)
	p.Changes = append(p.Changes, plan.Change{Action: schema.Forget, Addr: address("builtin_role", "GROUP_MANAGER"), Reason: "no file declares it any more; it keeps its permissions"})
	p.Unmanaged = []plan.Unmanaged{{Kind: "user", Keys: []string{"a@x.example", "b@x.example", "c@x.example", "d@x.example", "e@x.example", "f@x.example", "g@x.example"}}, {Kind: "group", Keys: []string{"Class/Fish"}}, {Kind: "role", Keys: []string{"imported"}, Note: "cannot be removed: an import feeds it"}}
	return one(p)
}

func renamePlan() *plan.Document {
	have, want := object(&groupKind, &place{"Continent", "Europe", []string{"b1", "b2"}}), object(&groupKind, &place{"Continent", "EMEA", []string{"b1", "b3"}})
	p := plan.Plan{Changes: []plan.Change{{Action: schema.Rename, Addr: want.Addr, From: have.Addr.Key, Have: have, Want: want, Changed: groupKind.Mask("name", "businesses"), Pos: at("zoo.hcl", 12), Reason: `previously says "Continent/Europe"`}}}
	p.Requests = plan.Requests{Spent: 4, Estimated: 3}
	return one(p)
}

func refusalPlan() *plan.Document {
	now := editor
	now.Name = "Store Editor"
	c := update(object(&roleKind, &editor), object(&roleKind, &now), at("roles.hcl", 3), "name")
	c.Action, c.Reason = schema.Refuse, "name cannot change: the product owns built-in roles. Take the name out of the block, or declare a role of your own."
	d := update(object(&userKind, &ana), object(&userKind, &ana), at("users.hcl", 9))
	d.Action = schema.Refuse
	p := plan.Plan{Changes: []plan.Change{c, d}, Findings: []schema.Finding{{Addr: d.Addr, Summary: "User is the key's own and cannot be demoted"}}, Requests: plan.Requests{Spent: 4}}
	return one(p)
}

func textPlan() *plan.Document {
	longer, lines, linesNow := editor, editor, editor
	longer.Description = "Can edit most business data but not SIRET or store code, and may answer the reviews of every store of its own groups and see how they develop."
	lines.APIID, linesNow.APIID = "review_manager", "review_manager"
	lines.Description = "Review Manager\n\nAnswers reviews.\nReads statistics.\nReads messages.\nReads posts.\nReads presence.\nReads surveys.\n\nMay not delete anything."
	linesNow.Description = "Review Manager\n\nAnswers reviews and messages.\nReads statistics.\nReads messages.\nReads posts.\nReads presence.\nReads surveys.\n\nMay not delete anything.\nMay not invite."
	cleared := editor
	cleared.APIID, cleared.Description = "cleared", ""
	before := cleared
	before.Description = "Soon gone."
	p := plan.Plan{Requests: plan.Requests{Spent: 4, Estimated: 9, Budget: 240}, Changes: []plan.Change{
		update(object(&roleKind, &editor), object(&roleKind, &longer), at("roles.hcl", 3), "description"),
		update(object(&roleKind, &lines), object(&roleKind, &linesNow), at("roles.hcl", 13), "description"),
		update(object(&roleKind, &before), object(&roleKind, &cleared), at("roles.hcl", 23), "description"),
	}}
	return one(p)
}

// rosterPlan creates n store managers, each with rights in their own store.
func rosterPlan(n int) *plan.Document {
	p := plan.Plan{Requests: plan.Requests{Spent: 13, Estimated: 3 * n, Budget: 240, Minutes: 12.5}}
	for i := range n {
		u := user{Email: fmt.Sprintf("m%05d@zoo.example", i+1), First: fmt.Sprintf("First%d", i+1), Last: "Manager", Role: "BUSINESS_MANAGER", CustomRole: "store_editor", Invite: "silent"}
		if i%10 == 3 {
			u.CustomRole = "store_viewer"
		}
		o := object(&userKind, &u)
		p.Changes = append(p.Changes, create(o, at("roster.hcl", 12)))
		p.Affected = append(p.Affected, rights.Difference{Person: true, Subject: o.Addr, Gained: grantsOf(&editor, "custom_role "+u.CustomRole, fmt.Sprintf("S%05d", i+1))})
	}
	return one(p)
}

// alikePlan moves many people from one role to another, and a few differently.
func alikePlan() *plan.Document {
	p := plan.Plan{Requests: plan.Requests{Spent: 13, Estimated: 165, Budget: 60, Minutes: 2.75}}
	for i := range 55 {
		have := user{Email: fmt.Sprintf("m%02d@zoo.example", i+1), First: "Ana", Role: "GROUP_MANAGER", CustomRole: "store_viewer"}
		want := have
		want.CustomRole = "store_editor"
		changed := []string{"custom_role"}
		if i >= 40 {
			want.First = fmt.Sprintf("Ana %d", i)
			changed = append(changed, "first_name")
		}
		p.Changes = append(p.Changes, update(object(&userKind, &have), object(&userKind, &want), at("users.hcl", 5+4*i), changed...))
	}
	return one(p)
}

// crowdPlan has more of everything than a page takes.
func crowdPlan() *plan.Document {
	codes := func(from, to int) (out []string) {
		for i := from; i < to; i++ {
			out = append(out, fmt.Sprintf("store-%04d", i))
		}
		return out
	}
	big := role{APIID: "big", Name: "大きな役割", Permissions: codes(0, 90)}
	p := plan.Plan{Requests: plan.Requests{Spent: 90, Estimated: 30, Budget: 240}, Changes: []plan.Change{
		create(object(&roleKind, &big), at("roles.hcl", 80)),
		update(object(&groupKind, &place{"Continent", "Europe", codes(0, 100)}), object(&groupKind, &place{"Continent", "Europe", codes(50, 500)}), at("zoo.hcl", 9), "businesses"),
		update(object(&groupKind, &place{"Continent", "Asia", codes(0, 2)}), object(&groupKind, &place{"Continent", "Asia", nil}), at("zoo.hcl", 19), "businesses"),
	}}
	for i := range 30 {
		right := role{Permissions: codes(i, 2*i+1)}
		p.Affected = append(p.Affected, rights.Difference{Person: true, Subject: address("user", fmt.Sprintf("m%02d@zoo.example", i)), Gained: grantsOf(&right, "custom_role big", codes(0, 1+i%7)...), CausedBy: []schema.Address{address("group", "Continent/Asia")}})
	}
	return one(p)
}

func sectionsPlan() *plan.Document {
	p := *removalPlan().Plans[0]
	p.Excluded = p.Changes[:4]
	p.Observed = rolePlan().Plans[0].Changes[:1]
	p.Changes, p.Unmanaged = zooPlan().Plans[0].Changes[:1], nil
	return one(p)
}

func limitPlan() *plan.Document {
	p := *removalPlan().Plans[0]
	p.Changes = p.Changes[:3]
	p.Violations = []schema.Finding{
		{Code: "limit/removals", Pos: at("zoo.hcl", 4), Summary: "312 of 1,000 users would be disabled", Detail: "At most 25 % of a kind may go in one plan. If this is meant, raise max_delete_percent in the limits block or pass --allow-deletes=user for this plan."},
		{Code: "limit/protected", Addr: address("user", "ceo@zoo.example"), Summary: "A protected user would be deleted", Detail: "The provider block protects it. Declare it again, or take it out of protect first."},
	}
	p.Unmanaged = nil
	return one(p)
}

// dangerPlan makes one of 41 new users an administrator, and lets a role, a mapping and an
// account that is handed over give privileged rights.
func dangerPlan() *plan.Document {
	p := *rosterPlan(40).Plans[0]
	gain := func(kind, key string, person, administrator bool, g schema.Grant, because ...schema.Address) {
		subject := address(kind, key)
		p.Danger = append(p.Danger, plan.Danger{Subject: subject, Person: person, Administrator: administrator, Gained: []schema.Grant{g}, CausedBy: because})
		if person {
			p.Affected = append(p.Affected, rights.Difference{Subject: subject, Person: true, Gained: append([]schema.Grant{g}, grantsOf(&role{Permissions: []string{"view"}}, g.Via, g.Scope)...), CausedBy: because})
		}
	}
	cull := schema.Grant{Right: "cull", Scope: "S00001", Via: "custom_role culler"}
	all := schema.Grant{Right: "everything", Scope: "the whole organization", Via: "role ORG_ADMIN"}
	gain("user", "ana@zoo.example", true, false, cull, address("role", "culler"))
	gain("user", "bo@zoo.example", true, false, cull, address("role", "culler"))
	gain("scim_mapping", "Analysts/SOC", false, false, schema.Grant{Right: "everything", Scope: "team SOC", Via: "role TEAM_ADMIN in team SOC"}, address("scim_mapping", "Analysts/SOC"))
	zoe := object(&userKind, &user{Email: "zoe@zoo.example", First: "Zoe", Role: "ORG_ADMIN"})
	gain("user", zoe.Addr.Key, true, true, all, zoe.Addr)
	p.Changes = append(p.Changes, create(zoe, at("users.hcl", 3)))
	have, want := object(&userKind, &user{Email: "old@zoo.example"}), object(&userKind, &user{Email: "new@zoo.example"})
	gain("user", "new@zoo.example", true, true, all, want.Addr)
	p.Changes = append(p.Changes, plan.Change{Action: schema.Rename, Addr: want.Addr, From: have.Addr.Key, Have: have, Want: want, Changed: userKind.Mask("email"), Pos: at("users.hcl", 9)})
	p.Affected = append(p.Affected, rights.Difference{Person: true, Subject: have.Addr, Lost: []schema.Grant{all, {Right: "read", Scope: "the map", Least: true}}, CausedBy: []schema.Address{want.Addr}},
		rights.Difference{Person: true, Subject: address("user", "cy@zoo.example"), Lost: []schema.Grant{{Right: "view", Scope: "S00002", Least: true}}, CausedBy: []schema.Address{address("role", "culler")}},
		rights.Difference{Subject: address("permission", "sales/order"), Lost: []schema.Grant{{Right: "edit cost", Scope: "order"}}, People: []schema.Address{address("user", "00000000-1"), address("user", "di@zoo.example")}})
	p.DisplayNames = map[string]string{"00000000-1": "emil@zoo.example", "S00001": "A01 Owl House"}
	p.Violations = limitPlan().Plans[0].Violations[:1]
	p.Unmanaged = removalPlan().Plans[0].Unmanaged
	return one(p)
}

func hostilePlan() *plan.Document {
	bad := user{Email: "eve\x1b[2J@zoo.example", First: "\u202eevE\n+ create user.root", Last: "José 李小龙", Role: "\x1b[31mORG_ADMIN", Accesses: [][]string{{"a\x07b"}}}
	p := plan.Plan{Changes: []plan.Change{create(object(&userKind, &bad), at("us\x1bers.hcl", 1)), remove(schema.Delete, object(&userKind, &bad), "because\r\nof \x1b]0;title\x07 this")},
		SetNames: map[string]string{"[a\x07b]": "nice\x1bname"}, Unmanaged: []plan.Unmanaged{{Kind: "user", Keys: []string{"x\x1by"}}}}
	return one(p)
}

func emptyPlan() *plan.Document {
	return one(plan.Plan{Unchanged: map[string]int{"user": 994, "role": 6}, Requests: plan.Requests{Spent: 12, Budget: 240}})
}

func twoPlans() *plan.Document {
	d := emptyPlan()
	d.Plans = append(d.Plans, renamePlan().Plans[0])
	d.Plans[1].Provider = "partoo.sandbox"
	return d
}
