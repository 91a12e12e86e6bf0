package html

import (
	"fmt"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// The product of the tests has roles, groups and users.

type role struct {
	Key, Description string
	Permissions      []string
}

type group struct {
	Section, Name string
	Stores        []string
}

type user struct {
	Email, First, Role string
	Accesses           [][]string
	Flags              map[string]string
}

var (
	roleKind = schema.Kind{Name: "role", Attributes: []schema.Attribute{
		schema.String("key", "", func(r *role) *string { return &r.Key }).With(schema.Key),
		schema.String("description", "", func(r *role) *string { return &r.Description }).With(schema.LongText),
		schema.Set("permissions", "", func(r *role) *[]string { return &r.Permissions }),
	}}
	groupKind = schema.Kind{Name: "group", Attributes: []schema.Attribute{
		schema.String("section", "", func(g *group) *string { return &g.Section }).With(schema.Key),
		schema.String("name", "", func(g *group) *string { return &g.Name }).With(schema.Key),
		schema.Set("stores", "", func(g *group) *[]string { return &g.Stores }),
	}}
	userKind = schema.Kind{Name: "user", Subject: true, Attributes: []schema.Attribute{
		schema.String("email", "", func(u *user) *string { return &u.Email }).With(schema.Key),
		schema.String("first_name", "", func(u *user) *string { return &u.First }),
		schema.Ref("role", "", func(u *user) *string { return &u.Role }).To("role"),
		schema.RefSets("accesses", "", func(u *user) *[][]string { return &u.Accesses }).To("group").Through("access"),
		schema.Map("flags", "", func(u *user) *map[string]string { return &u.Flags }),
	}}
)

func object(k *schema.Kind, body any) *schema.Object {
	o := &schema.Object{Kind: k, Body: body, Addr: address(k.Name, k.KeyOf(body))}
	for i := range k.Attributes {
		o.Set = o.Set.With(i)
	}
	return o
}

func address(kind, key string) schema.Address {
	return schema.Address{Provider: "partoo", Kind: kind, Key: key}
}

// sample returns a document that has something in every section of the page. Every text that can
// come from outside goes through name.
func sample(name func(string) string) *plan.Document {
	at := func(line int) schema.Pos { return schema.Pos{File: name("users.hcl"), Line: line, Column: 1} }
	keeper := role{name("keeper"), name("Feeds the animals."), []string{name("feed")}}
	more := role{name("keeper"), name("Feeds the animals.\nAnd cleans."), []string{name("feed"), name("clean"), name("cull")}}
	ana := user{name("ana@zoo.example"), name("Ana"), name("keeper"), [][]string{{name("Food/Meat")}}, map[string]string{name("beta"): name("on")}}
	boss := user{Email: name("boss@zoo.example"), Role: name("director")}
	old, now := group{name("Food"), name("Meat"), []string{name("S1")}}, group{name("Food"), name("Carnivore"), []string{name("S2")}}
	half := group{name("Food"), name("Carnivore"), nil}
	gone := object(&userKind, &user{Email: name("gone@zoo.example"), Role: name("keeper")})
	gone.LastWritten = true

	p := &plan.Plan{
		Provider: name("partoo"), Product: "partoo", Tenant: name("42"), Endpoint: name("https://api.partoo.co/v2"),
		Self: address("user", name("ops@zoo.example")), Kinds: []string{"role", "group", "user"},
		Unchanged: map[string]int{"user": 990}, Requests: plan.Requests{Spent: 12, Estimated: 40, Budget: 240},
		DisplayNames: map[string]string{name("S1"): name("Owl House"), name("id-7"): name("zoe@zoo.example")},
		SetNames:     map[string]string{"[" + name("Food/Meat") + "]": name("meat")},
	}
	addRole := plan.Change{Action: schema.Update, Addr: address("role", more.Key), Have: object(&roleKind, &keeper), Want: object(&roleKind, &more),
		Changed: roleKind.Mask("description", "permissions"), Pos: at(3), Reason: name("because of a block")}
	rename := plan.Change{Action: schema.Rename, Addr: object(&groupKind, &half).Addr, From: groupKind.KeyOf(&old), Have: object(&groupKind, &old),
		Want: object(&groupKind, &half), Changed: groupKind.Mask("name", "stores"), Pos: at(7), Reason: name("step 1 of 2")}
	grant := plan.Change{Action: schema.Update, Addr: rename.Addr, Have: rename.Want, Want: object(&groupKind, &now), Changed: groupKind.Mask("stores"), Pos: at(7), Reason: name("step 2 of 2")}
	remove := plan.Change{Action: schema.Delete, Addr: gone.Addr, Have: gone, Reason: name("no file declares it"), Cascades: []*schema.Object{object(&groupKind, &group{name("Food"), name("Fish"), nil})}}
	refuse := plan.Change{Action: schema.Refuse, Addr: address("user", ana.Email), Have: object(&userKind, &ana), Want: object(&userKind, &ana), Reason: name("it is the key's own"), Pos: at(9)}
	p.Changes = []plan.Change{addRole, rename, grant, remove, refuse, {Action: schema.Create, Addr: address("user", boss.Email), Want: object(&userKind, &boss), Pos: at(11)}}
	for i := range 4 {
		have := user{Email: name(fmt.Sprintf("alike%d@zoo.example", i)), Role: name("keeper")}
		want := have
		want.Role = name("vet")
		p.Changes = append(p.Changes, plan.Change{Action: schema.Update, Addr: address("user", have.Email), Have: object(&userKind, &have), Want: object(&userKind, &want), Changed: userKind.Mask("role"), Pos: at(20 + i), Reason: name("moved")})
	}
	p.Observed = []plan.Change{{Action: schema.Delete, Addr: address("role", name("seen")), Have: object(&roleKind, &role{Key: name("seen")})}}
	p.Excluded = []plan.Change{{Action: schema.Create, Addr: address("user", name("later@zoo.example")), Want: object(&userKind, &user{Email: name("later@zoo.example")})}}
	p.Unmanaged = []plan.Unmanaged{
		{Kind: "user", Keys: []string{name("admin@zoo.example"), name("guest@zoo.example")}, Note: name("an import feeds them"), Notable: []plan.Notable{{Key: name("admin@zoo.example"), What: name("ORG_ADMIN"), Administrator: true}}},
		{Kind: "group", Keys: []string{name("Food/Seeds")}, Ignored: true},
	}
	p.MassChanges = []plan.MassChange{{Kind: "user", Text: name("role changes for 4 of 9 users")}}
	p.Findings = []schema.Finding{{Severity: schema.Warning, Code: "plan/odd", Addr: address("role", more.Key), Pos: at(3), Summary: name("Something is odd"), Detail: name("Look at it.")}}
	p.Violations = []schema.Finding{{Code: "limit/removals", Addr: gone.Addr, Pos: at(1), Summary: name("1 user would be deleted"), Detail: name("Raise the limit.")}}
	through := func(via string, places ...string) (out []schema.Grant) {
		for _, place := range places {
			out = append(out, schema.Grant{Right: name("feed"), Scope: name(place), Via: name(via)})
		}
		return out
	}
	cull := schema.Grant{Right: name("cull"), Scope: name("S1"), Via: name("role keeper")}
	all := schema.Grant{Right: name("everything"), Scope: name("the zoo"), Via: name("role director")}
	causes := []schema.Address{addRole.Addr}
	p.Danger = []plan.Danger{
		{Subject: address("user", boss.Email), Person: true, Administrator: true, Gained: []schema.Grant{all}, CausedBy: []schema.Address{address("user", boss.Email)}},
		{Subject: address("user", name("bo@zoo.example")), Person: true, Gained: []schema.Grant{cull}, CausedBy: causes},
		{Subject: address("role", name("mapping")), Gained: []schema.Grant{cull}, CausedBy: causes, People: []schema.Address{address("user", name("id-7"))}},
	}
	p.Affected = []rights.Difference{
		{Person: true, Subject: gone.Addr, Lost: through("role keeper", "S1", "S2", "S3", "S4", "S5", "S6"), LosesAll: true, CausedBy: []schema.Address{gone.Addr}},
		{Person: true, Subject: address("user", name("bo@zoo.example")), Gained: []schema.Grant{cull}, CausedBy: causes},
		{Person: true, Subject: address("user", name("cy@zoo.example")), Lost: through("role keeper", "S1"), Gained: through("role vet", "S2"), CausedBy: causes},
		{Person: true, Subject: address("user", name("di@zoo.example")), Lost: through("role keeper", "S1"), Gained: through("role vet", "S2"), CausedBy: causes},
		{Subject: address("role", name("mapping")), Gained: []schema.Grant{cull}, CausedBy: causes, People: []schema.Address{address("user", name("id-7"))}},
	}
	for i := range 4 {
		p.Affected = append(p.Affected, rights.Difference{Person: true, Subject: address("user", name(fmt.Sprintf("alike%d@zoo.example", i))), Gained: through("role vet", fmt.Sprintf("S%d", i)), CausedBy: []schema.Address{address("user", name(fmt.Sprintf("alike%d@zoo.example", i)))}})
	}
	p.Unknown = []plan.Unknown{{Subject: gone.Addr, CausedBy: []schema.Address{gone.Addr}}}
	return &plan.Document{Version: name("0.1.0"), Directory: name("examples/zoo"), Plans: []*plan.Plan{p}, Assertions: []plan.Assertion{
		{Name: plan.NoNewAdmin, Text: plan.NoNewAdmin.Meaning(), Total: 3, Failures: []plan.AssertionFailure{{Subject: name("user.boss@zoo.example"), Text: name("user.boss@zoo.example becomes administrator")}}},
		{Name: plan.NoLoss, Text: plan.NoLoss.Meaning(), Holds: true},
	}}
}

// harmless keeps the names of the sample.
func harmless(s string) string { return s }

// large returns a plan with n changes: half of them creates, the others updates that differ, and for
// each a user who gains rights.
func large(n int) *plan.Document {
	p := &plan.Plan{Provider: "partoo", Product: "partoo", Tenant: "42", Kinds: []string{"role", "group", "user"}, Unchanged: map[string]int{"user": 90_000}, Requests: plan.Requests{Spent: 412, Estimated: 3 * n, Budget: 240, Minutes: 125}}
	for i := range n {
		store := fmt.Sprintf("S%05d", i)
		want := user{Email: fmt.Sprintf("m%05d@zoo.example", i), First: fmt.Sprintf("First%d", i), Role: []string{"keeper", "vet", "guide"}[i%3], Accesses: [][]string{{"Food/Meat", "Store/" + store}}}
		c := plan.Change{Action: schema.Create, Want: object(&userKind, &want), Changed: userKind.Mask("first_name", "role", "accesses"), Pos: schema.Pos{File: "roster.hcl", Line: 12, Column: 1}}
		if i%2 == 1 {
			have := want
			have.Role, have.Accesses = []string{"guide", "keeper", "vet"}[i%3], [][]string{{"Store/" + store}}
			c.Action, c.Have, c.Changed = schema.Update, object(&userKind, &have), userKind.Mask("role", "accesses")
			want.First = strings.ToUpper(want.First)
			c.Changed |= userKind.Mask("first_name")
		}
		c.Addr = c.Want.Addr
		p.Changes = append(p.Changes, c)
		p.Affected = append(p.Affected, rights.Difference{Person: true, Subject: c.Addr, CausedBy: []schema.Address{c.Addr},
			Gained: []schema.Grant{{Right: "clean", Scope: store, Via: "role " + want.Role}, {Right: "feed", Scope: store, Via: "role " + want.Role}}})
		if i%1000 == 7 {
			p.Danger = append(p.Danger, plan.Danger{Subject: c.Addr, Person: true, Gained: []schema.Grant{{Right: "cull", Scope: store, Via: "role vet"}}, CausedBy: []schema.Address{c.Addr}})
		}
	}
	return &plan.Document{Version: "0.1.0", Directory: "access", Plans: []*plan.Plan{p}}
}
