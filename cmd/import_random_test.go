package cmd_test

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"

	partooemulator "github.com/rolecall-dev/rolecall/provider/partoo/emulator"
	roserocketemulator "github.com/rolecall-dev/rolecall/provider/roserocket/emulator"
	tinesemulator "github.com/rolecall-dev/rolecall/provider/tines/emulator"
	uberallemulator "github.com/rolecall-dev/rolecall/provider/uberall/emulator"
)

// oddNames are names of which some mean something to HCL, CSV, spreadsheets, terminals or file systems.
var oddNames = []string{
	"Store editor", "store editor", "store_editor", "Store-Editor", "Müller", "Mu\u0308ller", "O'Brien", `"Quoted"`, `${file("x")}`, "%{ if true }", "$${x}", "%%{", "$", "#1",
	"// x", "*/", "<<EOT", "two\nlines", "tab\there", "bell\a", "a\u202eb", "a\u200bb", "fill\u3164er", "\u2600\ufe0f", "👩‍🦰", " lead", "trail ",
	"a;b", "a,b", "a/b", "a~1b", "a%2Fb", "../../x", `C:\x`, `\u0041`, "=1+1", "@sum", "+1", "-1", "null", "true", "for", "each.value", "123", "1st", "{", "x_y", "x y", "日本語",
	"שלום", "İ", "France", "france", "FRANCE", "New York", "new_york", "north", "#12", "*", "?", "[a]", "{a,b}", strings.Repeat("long ", 30) + "name",
}

// odd returns n different names, as the product tells them apart.
func odd(r *rand.Rand, n int) []string {
	var out []string
	seen := map[string]bool{}
	for len(out) < n {
		name := one(r, oddNames...)
		if r.IntN(4) == 0 {
			name += fmt.Sprint(" ", r.IntN(100))
		}
		if form := schema.FoldName(strings.TrimSpace(name)); !seen[form] {
			seen[form] = true
			out = append(out, name)
		}
	}
	return out
}

// maybe returns one of the names, or "".
func maybe(r *rand.Rand, names ...string) string {
	if r.IntN(4) == 0 {
		return ""
	}
	return one(r, names...)
}

// addresses returns n different addresses.
func addresses(r *rand.Rand, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("%s%d%s@zoo.example", one(r, "ana", "Ben", "o'b", "a-b", "x_y", "ü"), i, one(r, "", "+tag", ".x"))
	}
	return out
}

func importProducts() []importProduct {
	return []importProduct{
		{"partoo", []string{"org_id=42", "requests_per_minute=1000000000"}, nil, []string{"--only", "*[a-k]*"}, randomPartoo},
		{"tines", []string{"requests_per_minute=1000000000"}, nil, []string{"--only", "*[a-k]*"}, randomTines},
		{"roserocket", []string{"org_id=00000000-0000-4000-8000-000000000042", "client_id=emulator", "user_id=00000000-0000-4000-8000-000000000001"},
			[]string{"--role", "sales", "--role", "driver", "--object", "order", "--object", "quote"}, []string{"--kind", "user_group"}, randomRoseRocket},
		{"uberall", []string{"sales_partner_id=42", "authoritative_accounts=*", "email=owner@zoo.example"}, nil, []string{"--only", "*[a-k]*"}, randomUberall},
	}
}

func randomPartoo(r *rand.Rand) any {
	s := &partooemulator.Seed{
		Org: partooemulator.SeedOrg{ID: 42}, APIKeys: []partooemulator.SeedKey{{Key: "owner", User: "owner@zoo.example"}},
		Users: []partooemulator.SeedUser{{Email: "owner@zoo.example", FirstName: "O", LastName: "W", Role: "ORG_ADMIN"}},
	}
	var stores, groups, roles []string
	for i, code := range odd(r, 8) {
		s.Businesses = append(s.Businesses, partooemulator.SeedBusiness{Code: code, Name: fmt.Sprint("Store ", i)})
		stores = append(stores, code)
	}
	for _, name := range odd(r, 1+r.IntN(4)) {
		section := partooemulator.SeedSection{Name: name, HasPuller: r.IntN(8) == 0}
		for _, group := range odd(r, r.IntN(6)) {
			section.Groups = append(section.Groups, partooemulator.SeedGroup{Name: group, Businesses: some(r, 0, stores[:4]...)})
			groups = append(groups, name+"/"+group)
		}
		s.Sections = append(s.Sections, section)
	}
	for _, id := range odd(r, r.IntN(5)) {
		s.CustomRoles = append(s.CustomRoles, partooemulator.SeedRole{
			APIID: id, Name: "Role " + id, Description: maybe(r, oddNames...), Permissions: some(r, 0, "business_edit", "review_read", "gone", "${x}"),
		})
		roles = append(roles, id)
	}
	for i, address := range addresses(r, r.IntN(12)) {
		u := partooemulator.SeedUser{
			Email: address, FirstName: one(r, oddNames...), LastName: one(r, "Diaz", one(r, oddNames...)), Lang: one(r, "", "fr", "tlh"),
			Role: one(r, "ORG_ADMIN", "ORG_MANAGER", "PUBLISHER", "PROVIDER", "BUSINESS_MANAGER", "BUSINESS_MANAGER"), Disabled: r.IntN(5) == 0, Status: one(r, "", "invited"),
		}
		switch {
		case len(groups) > 0 && i%2 == 0:
			u.Role = "GROUP_MANAGER"
			for range 1 + r.IntN(2) {
				u.Accesses = append(u.Accesses, some(r, 1, groups[:min(3, len(groups))]...))
			}
		case u.Role == "BUSINESS_MANAGER":
			u.Businesses = some(r, 1, stores...)
		}
		if strings.HasSuffix(u.Role, "_MANAGER") && u.Role != "ORG_MANAGER" && len(roles) > 0 && r.IntN(3) > 0 {
			u.CustomRole = one(r, roles...)
		}
		s.Users = append(s.Users, u)
	}
	return s
}

func randomTines(r *rand.Rand) any {
	s := &tinesemulator.Seed{
		Users: []tinesemulator.SeedUser{{Email: "owner@zoo.example", Admin: true}},
		Keys:  []tinesemulator.SeedKey{{Key: "owner", Kind: "personal", User: "owner@zoo.example"}},
	}
	roles := []string{"VIEWER", "EDITOR", "TEAM_ADMIN"}
	for _, name := range odd(r, r.IntN(6)) {
		s.Roles = append(s.Roles, tinesemulator.SeedRole{Name: name, Description: maybe(r, oddNames...), Permissions: some(r, 1, "CASE_VIEW", "CASE_CREATE", "STORY_VIEW", "GONE")})
		roles = append(roles, name)
	}
	people := addresses(r, r.IntN(10))
	for _, address := range people {
		s.Users = append(s.Users, tinesemulator.SeedUser{
			Email: address, FirstName: one(r, oddNames...), LastName: maybe(r, oddNames...), Admin: r.IntN(8) == 0,
			Inactive: r.IntN(6) == 0, Pending: r.IntN(6) == 0, TenantPermissions: some(r, 0, "AUDIT_LOG_READ"),
		})
	}
	for _, name := range odd(r, r.IntN(5)) {
		t := tinesemulator.SeedTeam{Name: name}
		if len(people) > 0 {
			for _, address := range some(r, 0, people...) {
				t.Members = append(t.Members, tinesemulator.SeedMember{Email: address, Role: one(r, roles...), Pending: r.IntN(6) == 0})
			}
		}
		if r.IntN(3) == 0 {
			t.Groups = []tinesemulator.SeedTeam{{Name: name}}
		}
		s.Teams = append(s.Teams, t)
		if r.IntN(2) == 0 {
			s.Mapping.Rows = append(s.Mapping.Rows, tinesemulator.MappingRow{Group: one(r, oddNames...), Team: name, Role: one(r, roles...)})
		}
	}
	return s
}

func randomRoseRocket(r *rand.Rand) any {
	s := &roserocketemulator.Seed{ServiceAccountRole: "admin"}
	var people []string
	for i := range r.IntN(6) {
		people = append(people, fmt.Sprintf("00000000-0000-4000-8000-00000000%04d", 100+i))
		s.Users = append(s.Users, roserocketemulator.SeedUser{ID: people[i], Role: "sales"})
	}
	for _, name := range odd(r, r.IntN(6)) {
		g := roserocketemulator.SeedGroup{Name: name, Description: maybe(r, oddNames...), Type: one(r, "", "", "activeDirectory")}
		if len(people) > 0 {
			g.Members = some(r, 0, people...)
		}
		s.Groups = append(s.Groups, g)
	}
	fields := []string{"cost", "notes", "status", "weight__c", "cost*"}
	for _, key := range []string{"order", "quote"} {
		o := roserocketemulator.Object{Key: key, Boards: some(r, 0, "order", "board-2", "a b", "${x}")}
		for _, f := range append(some(r, 1, fields...), "margin") {
			o.Fields = append(o.Fields, roserocketemulator.Field{Key: f, Derived: r.IntN(5) == 0})
		}
		s.Objects = append(s.Objects, o)
		for _, role := range []string{"sales", "driver"} {
			p := roserocketemulator.SeedPermission{Roles: []string{role}, Objects: []string{key}, Access: one(r, "full", "readOnly", "noAccess", "custom", "custom")}
			if p.Access == "custom" {
				p.Read, p.Hide, p.DisabledBoards = []string{"margin"}, some(r, 0, o.Fields[0].Key), some(r, 0, o.Boards...)
			}
			s.Permissions = append(s.Permissions, p)
		}
	}
	return s
}

func randomUberall(r *rand.Rand) any {
	s := &uberallemulator.Seed{
		Users: []uberallemulator.User{{ID: 1, Email: "key@zoo.example", Role: "API_ADMIN"}, {ID: 2, Email: "owner@zoo.example", Role: "ADMIN"}},
		Keys:  []uberallemulator.Key{{Key: "owner", User: 1}},
	}
	for i := range 3 {
		s.Businesses = append(s.Businesses, uberallemulator.Business{ID: 10 + i, Identifier: maybe(r, oddNames...), Name: one(r, oddNames...)})
		for j := range r.IntN(4) {
			s.Locations = append(s.Locations, uberallemulator.Location{ID: 100*i + 100 + j, Identifier: maybe(r, "Store editor", "store editor", "Müller", "north", "north/x", "#11", "a;b"), Name: one(r, oddNames...), Business: 10 + i})
		}
	}
	places := func(least int) (out []int) {
		for _, l := range s.Locations {
			if r.IntN(2) == 0 || len(out) < least {
				out = append(out, l.ID)
			}
		}
		return out
	}
	for i, address := range addresses(r, r.IntN(12)) {
		u := uberallemulator.User{
			ID: 20 + i, Email: address, Firstname: one(r, oddNames...), Lastname: maybe(r, oddNames...), Role: one(r, "ADMIN", "BUSINESS_MANAGER", "LOCATION_MANAGER", "ACCOUNT_MANAGER"),
			Identifier: one(r, "", fmt.Sprint("id-", i)), Phone: one(r, "", "+49 30 12", "=1+1"), Language: one(r, "", "de"), Status: one(r, "", "INVITED", "INACTIVE", "CREATED"),
			Salutation: one(r, "", "OTHER", "ODD"),
			Features:   some(r, 1, "CAN_SEE_HELP_SECTION", "INBOX_READ", "LOCATION_READ", "USER_SELF_EDIT", "NEW_FEATURE"),
		}
		switch u.Role {
		case "LOCATION_MANAGER":
			u.Locations = places(0)
		case "BUSINESS_MANAGER", "ACCOUNT_MANAGER":
			u.Businesses = []int{10 + r.IntN(3)}
		}
		if r.IntN(3) == 0 {
			u.EmailSettings = []uberallemulator.EmailSetting{{EmailType: one(r, "DIGEST", "odd type"), Frequency: one(r, "WEEKLY", "SOMETIMES")}}
		}
		s.Users = append(s.Users, u)
	}
	for i, name := range odd(r, r.IntN(4)) {
		g := uberallemulator.Group{ID: 1 + i, Name: name, Locations: places(0)}
		for _, u := range s.Users[2:] {
			if r.IntN(2) == 0 {
				g.Users = append(g.Users, u.ID)
			}
		}
		s.Groups = append(s.Groups, g)
	}
	return s
}
