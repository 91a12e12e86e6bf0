package uberall_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/uberall/emulator"
)

// withPeople adds location managers a and b to a seed, with these identifiers.
func withPeople(a, b string) func(*emulator.Seed) {
	person := func(id int, email, identifier string) emulator.User {
		return emulator.User{ID: id, Email: email, Firstname: "F", Lastname: "L", Role: "LOCATION_MANAGER", Identifier: identifier, Features: []string{"LOCATION_READ"}, Locations: []int{21}}
	}
	return func(s *emulator.Seed) {
		s.Users = append(s.Users, person(4, "a@stores.example", a), person(5, "b@stores.example", b))
	}
}

// An identifier is never given to a second person, and no plan is made of two blocks for one.
func TestIdentifierOfAnotherUser(t *testing.T) {
	for name, files := range map[string]string{
		"two people exchange them":         "user \"a@stores.example\" { identifier = \"2\" }\nuser \"b@stores.example\" { identifier = \"1\" }\n",
		"one person in two blocks":         "user \"a@stores.example\" {}\nuser \"new@stores.example\" { identifier = \"1\" }\n",
		"previously names somebody else":   "user \"new@stores.example\" {\n  identifier = \"1\"\n  previously = [\"b@stores.example\"]\n}\n",
		"the address of somebody else":     "user \"b@stores.example\" { identifier = \"1\" }\n",
		"an address that two people claim": "user \"new@stores.example\" { identifier = \"1\" }\nuser \"other@stores.example\" { previously = [\"a@stores.example\"] }\n",
	} {
		t.Run(name, func(t *testing.T) {
			p := organize(t, withPeople("1", "2")).plan(org + files)
			if got := finding(p, "uberall/taken-identifier"); !strings.Contains(got, "keep one block for the person") {
				t.Errorf("uberall/taken-identifier is %q", got)
			}
		})
	}
}

// Where uberall has an identifier twice, the address decides between the two.
func TestIdentifierTwiceInUberall(t *testing.T) {
	o := organize(t, withPeople("1", "1"))
	p := o.plan(org + "user \"a@stores.example\" {\n  identifier = \"1\"\n  phone = \"1\"\n}\n")
	o.says(p)
	o.changes(p, "update user.a@stores.example")
	o.says(o.plan(org+"user \"new@stores.example\" { identifier = \"1\" }\n"), "uberall/new-user", "uberall/taken-identifier")
}

// A user with another address is not invited again.
func TestRenameSendsNoMail(t *testing.T) {
	o := organize(t, withPeople("1", ""))
	for _, lines := range []string{"previously = [\"a@stores.example\"]", "identifier = \"1\""} {
		p := o.plan(org + "user \"new@stores.example\" {\n  status = \"INVITED\"\n  " + lines + "\n}\n")
		o.changes(p, "rename user.new@stores.example")
		if got := finding(p, "uberall/invitations"); got != "" {
			t.Errorf("%s: %s", lines, got)
		}
	}
}

// The user of the key neither joins nor leaves a group, nor whoever rolecall signs in as.
func TestOwnUserInGroups(t *testing.T) {
	for _, own := range []string{"key@stores.example", "olu@stores.example"} {
		o := organize(t, func(s *emulator.Seed) {
			s.Groups = []emulator.Group{{ID: 1, Name: "In", Locations: []int{11}, Users: []int{1, 2}}, {ID: 2, Name: "Out", Locations: []int{11}, Users: []int{3}}}
		})
		other := strings.NewReplacer("key@", "olu@", "olu@", "key@").Replace(own)
		o.says(o.plan(org+`location_group "In" { users = ["`+other+`"] }`), "uberall/own-user")
		o.says(o.plan(org+`location_group "Out" { users = ["ida@stores.example", "`+own+`"] }`), "uberall/own-user")
		o.says(o.plan(org+`location_group "New" { users = ["`+own+`"] }`), "uberall/own-user")
		o.says(o.plan(org + `location_group "In" { users = ["` + own + `", "` + other + `", "ida@stores.example"] }`))
	}
	o := organize(t, func(s *emulator.Seed) {
		s.Groups = []emulator.Group{{ID: 1, Name: "In", Locations: []int{11}, Users: []int{2}}}
	})
	o.says(o.plan(org+`removed "location_group" "In" {}`), "uberall/own-user")
}

// A name means an account by its identifier before one by its name, and never one of two.
func TestAccountsByName(t *testing.T) {
	accounts := func(p *plan.Plan) []string {
		for i := range p.Changes {
			if set, ok := p.Changes[i].Want.Any("accounts").([]string); ok {
				return set
			}
		}
		return nil
	}
	files := func(name string) string {
		return org + "user \"ida@stores.example\" {\n  role = \"BUSINESS_MANAGER\"\n  accounts = [\"" + name + "\"]\n}\n"
	}
	identifier := organize(t, func(s *emulator.Seed) { s.Businesses[1].Name = "north" })
	p := identifier.plan(files("north"))
	if identifier.says(p); !slices.Equal(accounts(p), []string{"north"}) {
		t.Errorf("the accounts are %v, want the one with the identifier", accounts(p))
	}
	for name, change := range map[string]func(*emulator.Seed){
		"Stores North": func(s *emulator.Seed) { s.Businesses[1].Name = "Stores North" },
		"north":        func(s *emulator.Seed) { s.Businesses[1].Identifier, s.Businesses[1].Name = "", "north" },
		"south":        func(s *emulator.Seed) { s.Businesses[0].Identifier = "south" },
	} {
		p := organize(t, change).plan(files(name))
		if got := finding(p, "uberall/ambiguous-account"); !strings.Contains(got, "Write one of these") {
			t.Errorf("%s: uberall/ambiguous-account is %q", name, got)
		}
	}
}

// The accounts for which the list of users is whole are found as those of users are, and only
// users whose whole scope is in them are removed.
func TestScopeOfTheList(t *testing.T) {
	limited := strings.NewReplacer(`["*"]`, `["north"]`, `  manage "location_group" { mode = "authoritative" }`, "").Replace(owned)
	o := organize(t, func(s *emulator.Seed) {
		s.Businesses[1].Name, s.Businesses[0], s.Businesses[1] = "north", s.Businesses[1], s.Businesses[0]
		s.Users = append(s.Users,
			emulator.User{ID: 4, Email: "far@stores.example", Role: "BUSINESS_MANAGER", Businesses: []int{1}},
			emulator.User{ID: 5, Email: "nowhere@stores.example", Role: "LOCATION_MANAGER"},
			emulator.User{ID: 6, Email: "south@stores.example", Role: "LOCATION_MANAGER", Identifier: "6", Locations: []int{21}},
			emulator.User{ID: 7, Email: "left@stores.example", Role: "LOCATION_MANAGER", Locations: []int{11}, Businesses: []int{2}},
		)
		s.Groups = []emulator.Group{{ID: 1, Name: "Far", Locations: []int{31}, Users: []int{4}}}
	})
	o.changes(o.plan(limited), "deactivate user.ida@stores.example")
	declared := o.plan(limited + "user \"new@stores.example\" { identifier = \"6\" }\n")
	o.says(declared)
	o.changes(declared, "deactivate user.ida@stores.example", "rename user.new@stores.example")
}

// Fields and dashboards are part of a feature, whether one block says both or not.
func TestPartsOfFeatures(t *testing.T) {
	edit := func(features []string, detailed map[string][]string) func(*emulator.Seed) {
		return func(s *emulator.Seed) { s.Users[2].Features, s.Users[2].FeaturesDetailed = features, detailed }
	}
	everything := edit([]string{"LOCATION_READ", "LOCATION_WRITE", "ADVANCED_ANALYTICS"}, map[string][]string{"LOCATION_WRITE": {"phone"}, "ADVANCED_ANALYTICS": {"overview"}})
	hidden := func(s *emulator.Seed) {
		everything(s)
		s.Users[0].Features = []string{"LOCATION_READ", "USER_OTHERS_EDIT"}
	}
	profile := func(features, fields string) string {
		return "profile \"p\" {\n role = \"LOCATION_MANAGER\"\n " + features + "\n}\nuser \"ida@stores.example\" {\n profile = profile.p\n " + fields + "\n}\n"
	}
	for _, test := range []struct {
		files, want string
		seed        func(*emulator.Seed)
	}{
		{`user "ida@stores.example" { fields = ["phone"] }`, "uberall/main-right", nil},
		{`user "ida@stores.example" { dashboards = ["overview"] }`, "uberall/main-right", nil},
		{profile(`features = ["help"]`, `fields = ["phone"]`), "uberall/main-right", nil},
		{profile(`fields = ["phone"]`, `features = ["help"]`), "uberall/main-right", nil},
		{`user "ida@stores.example" { fields = ["website"] }`, "uberall/escalation", hidden},
		{`user "ida@stores.example" { dashboards = ["listings-google"] }`, "uberall/escalation", hidden},
		{`user "ida@stores.example" { fields = [] }`, "uberall/empty-fields", everything},
		{`user "ida@stores.example" { dashboards = [] }`, "uberall/empty-fields", everything},
		{`user "ida@stores.example" { fields = ["website"] }`, "", everything},
	} {
		o := organize(t, test.seed)
		p := o.plan(org + test.files)
		if test.want == "" {
			o.says(p)
		} else {
			o.says(p, test.want)
		}
	}
	// What is empty stays empty: without a list, all fields could be edited.
	o := organize(t, edit([]string{"LOCATION_WRITE", "ADVANCED_ANALYTICS"}, map[string][]string{"LOCATION_WRITE": {}, "ADVANCED_ANALYTICS": {"overview"}}))
	p := o.plan(org + `user "ida@stores.example" { dashboards = ["listings-google"] }`)
	report, err := apply.Run(t.Context(), p, o.client, o.index, apply.Options{})
	if err != nil || !report.OK() {
		t.Fatal(err, report)
	}
	if got := o.rights("ida@stores.example"); got != "ADVANCED_ANALYTICS at 12, ADVANCED_ANALYTICS listings-google at 12, LOCATION_WRITE at 12" {
		t.Errorf("Ida has %s", got)
	}
}

// The scope that a file gives is held against the role in uberall where the file has none.
func TestScopeWithoutRole(t *testing.T) {
	o := organize(t, nil)
	o.says(o.plan(org+`user "ida@stores.example" { accounts = ["north"] }`), "uberall/role-scope")
}

// Whoever is declared and INACTIVE is told how to stay so.
func TestInactiveUser(t *testing.T) {
	o := organize(t, func(s *emulator.Seed) { s.Users[2].Status = "INACTIVE" })
	got := finding(o.plan(org+`user "ida@stores.example" { phone = "1" }`), "plan/declared-inactive")
	if !strings.Contains(got, `write status = "VERIFIED" in the block; to keep the user inactive, write status = "INACTIVE".`) {
		t.Errorf("plan/declared-inactive is %q", got)
	}
}

// A scope that does not belong to the role is not passed over in silence.
func TestOtherScope(t *testing.T) {
	o := organize(t, func(s *emulator.Seed) { s.Users[2].Businesses = []int{2} })
	if got := finding(o.plan(idaHas(`"location_profile.view"`)), "uberall/other-scope"); !strings.Contains(got, "has the accounts #2") {
		t.Errorf("uberall/other-scope is %q", got)
	}
	p := o.plan(org + "user \"ida@stores.example\" {\n  role = \"BUSINESS_MANAGER\"\n  accounts = [\"north\"]\n}\n")
	if got := finding(p, "uberall/other-scope"); got != "" {
		t.Errorf("another role sends both scopes whole, and yet: %s", got)
	}
}

// The id of a user whom the key sees is that user, and not another one beside.
func TestMembersByID(t *testing.T) {
	o := organize(t, func(s *emulator.Seed) {
		s.Groups = []emulator.Group{{ID: 1, Name: "Coast", Locations: []int{11}, Users: []int{2, 3}}}
	})
	files := func(users string) string { return org + "location_group \"Coast\" { users = [" + users + "] }\n" }
	o.changes(o.plan(files(`"#2", "#3", "ida@stores.example"`)))
	o.says(o.plan(files(`"#1", "#2", "#3"`)), "uberall/own-user")
}
