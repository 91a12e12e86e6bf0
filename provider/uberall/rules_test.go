package uberall_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/live"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/uberall"
	"github.com/rolecall-dev/rolecall/provider/uberall/emulator"
)

// load reads files, and returns what is wrong with them, one line for each diagnostic.
func load(t *testing.T, text string) (*schema.Tenant, []string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.hcl"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, diags := config.Load(dir, config.Options{Products: []*schema.Product{&uberall.Provider().Product}})
	var out []string
	for _, d := range diags {
		out = append(out, d.Summary+": "+d.Detail)
	}
	if diags.HasErrors() {
		return nil, out
	}
	return cfg.Tenants[0], out
}

// connected connects to an emulator.
func connected(t *testing.T, o emulator.Options, tenant *schema.Tenant, also func(*provider.Options)) (provider.Client, *schema.Index) {
	t.Helper()
	s, err := emulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	providertest.MustClose(t, s)
	options := provider.Options{
		Tenant: "uberall", Settings: tenant.Settings, Key: "secret", Endpoint: emulator.BaseURL, Transport: s.Transport(), Index: &schema.Index{},
	}
	if also != nil {
		also(&options)
	}
	c, err := uberall.Provider().Connect(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	return c, options.Index
}

// planned plans files against an emulator with a seed.
func planned(t *testing.T, seed *emulator.Seed, text string) *plan.Plan {
	t.Helper()
	tenant, wrong := load(t, text)
	if tenant == nil {
		t.Fatal(wrong)
	}
	c, index := connected(t, emulator.Options{Seed: seed, Rate: -1}, tenant, nil)
	p, err := live.Plan(t.Context(), live.Input{Client: c, Tenant: tenant, Index: index})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// finding returns the text of the finding with a code, or "".
func finding(p *plan.Plan, code string) string {
	for _, f := range p.Findings {
		if f.Code == code {
			return f.Severity.String() + ": " + f.Summary + ". " + f.Detail
		}
	}
	return ""
}

func newUser(lines string) string {
	return org + "user \"new@stores.example\" {\n  first_name = \"New\"\n  last_name = \"One\"\n  white_label = \"stores\"\n" + lines + "\n}\n"
}

// What files can get wrong is reported without asking uberall.
func TestRules(t *testing.T) {
	for _, test := range []struct{ lines, want string }{
		{`role = "LOCATION_MANAGER"`, ""},
		{`role = "Account manager"`, `the app's "Account manager" is "BUSINESS_MANAGER"`},
		{`role = "Multi-account manager"`, `is "ACCOUNT_MANAGER"`},
		{`role = "multi business manager"`, `is "ACCOUNT_MANAGER"`},
		{`role = "location manager"`, `is "LOCATION_MANAGER"`},
		{`role = "API_ADMIN"`, "it is for uberall itself"},
		{`role = "MULTI_ACCOUNT_MANAGER"`, `is "ACCOUNT_MANAGER"`},
		{"role = \"ADMIN\"\n  accounts = [\"north\"]", "manages every account and location"},
		{"role = \"BUSINESS_MANAGER\"\n  locations = [\"1\"]", "Only users with the role LOCATION_MANAGER have locations"},
		{`features = ["customer_feedback"]`, "customer_feedback.view, customer_feedback.respond, customer_feedback.approve"},
		{`features = ["customer_feedback.respnd"]`, `did you mean "customer_feedback.respond"`},
		{`features = ["Customer Feedback"]`, "customer_feedback.view, customer_feedback.respond, customer_feedback.approve"},
		{`features = ["Edit of user personal information"]`, "one by one: own_data"},
		{`features = ["location_pages"]`, "such as CHAT_READ, are in capitals"},
		{`features = ["SOME_NEW_FEATURE"]`, "no feature \"SOME_NEW_FEATURE\""},
		{`features = [""]`, "features has an empty entry"},
		{`features = ["INBOX_WRITE"]`, "customer_feedback.respond lets users change what only customer_feedback.view shows"},
		{`features = ["CHAT_WRITE"]`, "only CHAT_READ shows"},
		{`features = ["insights.advanced"]`, ""},
		{"features = [\"help\"]\n  fields = [\"phone\"]", "fields need the feature location_profile.edit"},
		{"features = [\"location_profile.view\", \"location_profile.edit\"]\n  fields = []", "an empty list means none of them or all"},
		{"features = [\"location_profile.view\", \"location_profile.edit\"]\n  fields = [\"phnoe\"]", `Did you mean "phone"`},
		{"role = \"LOCATION_MANAGER\"\n  features = [\"user_rights\"]", "Location managers have no user rights"},
		{`emails = { DIGEST = "HOURLY" }`, "HOURLY"},
	} {
		_, got := load(t, newUser(test.lines))
		if joined := strings.Join(got, "\n"); test.want == "" && len(got) > 0 || !strings.Contains(joined, test.want) {
			t.Errorf("%s:\ngot  %s\nwant %s", test.lines, joined, test.want)
		}
	}
	_, got := load(t, strings.Replace(org, "  authoritative_accounts = [\"*\"]\n", "  manage \"user\" { mode = \"authoritative\" }\n", 1))
	if len(got) != 1 || !strings.Contains(got[0], "set authoritative_accounts in the provider block") {
		t.Errorf("users are authoritative without a scope: %v", got)
	}
}

// What only uberall knows is reported before anything is written.
func TestChecks(t *testing.T) {
	one := 1
	manager := "  role = \"LOCATION_MANAGER\"\n  features = [\"help\"]\n"
	for _, test := range []struct {
		name, files, code, want string
		seed                    func(*emulator.Seed)
	}{
		{"a feature that the key lacks", newUser("  role = \"LOCATION_MANAGER\"\n  features = [\"help\", \"ads.view\", \"TRACKING\"]"), "uberall/escalation",
			"ads.view (new@stores.example); insights.view (new@stores.example)",
			func(s *emulator.Seed) { s.Users[0].Features = []string{"CAN_SEE_HELP_SECTION", "USER_OTHERS_EDIT"} }},
		{"a new user without features", newUser(`  role = "LOCATION_MANAGER"`), "uberall/new-user", "needs features. ", nil},
		{"fields that are not named", newUser("  role = \"LOCATION_MANAGER\"\n  features = [\"location_profile.view\", \"location_profile.edit\"]"), "uberall/fields-missing", "Set fields to those", nil},
		{"too few seats", newUser(manager) + strings.ReplaceAll(strings.TrimPrefix(newUser(manager), org), "new@", "other@"), "uberall/seats", "1 seat left",
			func(s *emulator.Seed) { s.SalesPartner.UsersLeft = &one }},
		{"forced single sign-on", newUser(manager), "uberall/force-sso-create", "only the identity provider",
			func(s *emulator.Seed) { s.SalesPartner.ForceSSO = true }},
		{"invitations", newUser(manager + "  status = \"INVITED\""), "uberall/invitations", "will send 1 e-mail", nil},
		{"two users with one identifier", newUser(manager+"  identifier = \"x\"") + "user \"olu@stores.example\" { identifier = \"x\" }\n", "uberall/identifier-twice", "already", nil},
		{"an unknown profile", newUser(`  profile = "stoer"`) + profiles, "uberall/unknown-profile", `Did you mean "store"`, nil},
		{"a profile beside its own role", newUser("  profile = profile.store\n  role = \"ADMIN\"") + profiles, "uberall/profile-conflict", "already sets role", nil},
		{"an account manager without accounts", newUser("  role = \"BUSINESS_MANAGER\"\n  features = [\"help\"]"), "uberall/no-accounts", "warning: A new BUSINESS_MANAGER has no accounts", nil},
		{"a multi-account manager of one account", newUser("  role = \"ACCOUNT_MANAGER\"\n  features = [\"help\"]\n  accounts = [\"north\"]"), "uberall/role-name", `If the app's "Account manager" is meant`, nil},
		{"a group with an unknown user", newUser(manager) + "location_group \"G\" { users = [\"nw@stores.example\"] }\n", "uberall/unknown-user", `Did you mean "new@stores.example"`, nil},
		{"an unknown account", newUser("  role = \"BUSINESS_MANAGER\"\n  features = [\"help\"]\n  accounts = [\"nroth\"]"), "plan/unknown-reference", "north", nil},
	} {
		seed := stores()
		if test.seed != nil {
			test.seed(seed)
		}
		p := planned(t, seed, test.files)
		if got := finding(p, test.code); !strings.Contains(got, test.want) || got == "" {
			t.Errorf("%s: %s is %q, want %q", test.name, test.code, got, test.want)
		}
	}
}

// Under forced single sign-on users are compared and never changed, and groups can be.
func TestForcedSingleSignOn(t *testing.T) {
	seed := stores()
	seed.SalesPartner.ForceSSO = true
	p := planned(t, seed, org+"user \"ida@stores.example\" { phone = \"1\" }\nlocation_group \"New\" { locations = [\"Kiel\"] }\n")
	got := map[string]schema.Action{}
	for i := range p.Changes {
		got[p.Changes[i].Addr.Key] = p.Changes[i].Action
	}
	if got["ida@stores.example"] != schema.Refuse || got["New"] != schema.Create {
		t.Errorf("changes %v", got)
	}
}

// Where authoritative_accounts names accounts, only users whose whole scope is in them are
// removed.
func TestAuthoritativeAccounts(t *testing.T) {
	seed := stores()
	seed.Users = append(seed.Users,
		emulator.User{Email: "both@stores.example", Role: "BUSINESS_MANAGER", Businesses: []int{1, 2}},
		emulator.User{Email: "south@stores.example", Role: "LOCATION_MANAGER", Locations: []int{21}},
		emulator.User{Email: "north@stores.example", Role: "BUSINESS_MANAGER", Businesses: []int{1}},
		emulator.User{Email: "group@stores.example", Role: "LOCATION_MANAGER", Locations: []int{11}},
	)
	seed.Groups = []emulator.Group{{ID: 1, Name: "Far", Locations: []int{31}, Users: []int{7}}}
	for i := range seed.Users {
		seed.Users[i].ID = i + 1
	}
	p := planned(t, seed, strings.Replace(owned, `["*"]`, `["Stores North"]`, 1))
	var removed []string
	for i := range p.Changes {
		removed = append(removed, p.Changes[i].Action.String()+" "+p.Changes[i].Addr.Key)
	}
	slices.Sort(removed)
	if want := []string{"deactivate ida@stores.example", "deactivate north@stores.example", "delete Far"}; !slices.Equal(removed, want) {
		t.Errorf("removes %v, want %v", removed, want)
	}
}

// Rights are counted by location: from two locations to the account that has exactly these,
// a user keeps them, and gains what the role adds.
func TestRightsByLocation(t *testing.T) {
	seed := stores()
	seed.Users[2].Locations = []int{11, 12}
	difference := func(files string) (gained, lost []string) {
		for _, d := range planned(t, seed, org+files).Affected {
			for _, g := range d.Gained {
				gained = append(gained, g.Right+" on "+g.Scope)
			}
			for _, g := range d.Lost {
				lost = append(lost, g.Right+" on "+g.Scope)
			}
		}
		return gained, lost
	}
	gained, lost := difference("user \"ida@stores.example\" {\n  role = \"BUSINESS_MANAGER\"\n  accounts = [\"north\"]\n}\n")
	if !slices.Equal(gained, []string{"add locations on account north"}) || len(lost) > 0 {
		t.Errorf("to the account: gained %v, lost %v", gained, lost)
	}
	gained, lost = difference("location_group \"Same\" {\n  locations = [\"Kiel\", \"Bremen\", \"Jena\"]\n  users = [\"ida@stores.example\"]\n}\n")
	if !slices.Equal(gained, []string{"location_profile.view on #31", "manage locations on #31"}) || len(lost) > 0 {
		t.Errorf("into a group: gained %v, lost %v", gained, lost)
	}
	gained, lost = difference("user \"ida@stores.example\" {\n  features = [\"customer_feedback.view\"]\n}\n")
	if !slices.Equal(gained, []string{"customer_feedback.view on 2 locations"}) || !slices.Equal(lost, []string{"location_profile.view on 2 locations"}) {
		t.Errorf("another feature: gained %v, lost %v", gained, lost)
	}
}

// 10 users are created in 10 seconds, so that uberall refuses none, and the plan says how
// long that takes. In the emulator inside rolecall, which endpoint = "emulator" means, nothing
// is paced.
func TestCreationsArePaced(t *testing.T) {
	var mu sync.Mutex
	now, refused := time.Now(), 0
	clock := func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	tenant, wrong := load(t, strings.Replace(org, `  endpoint               = "emulator"`+"\n", "", 1)+`
user "many" {
  for_each    = toset([for n in range(35) : "u${n}@stores.example"])
  email       = each.key
  first_name  = "U"
  last_name   = "N"
  white_label = "stores"
  role        = "LOCATION_MANAGER"
  features    = ["help"]
}
`)
	if tenant == nil {
		t.Fatal(wrong)
	}
	c, index := connected(t, emulator.Options{Seed: stores(), Clock: clock}, tenant, func(o *provider.Options) {
		o.Now, o.Wait = clock, func(_ context.Context, d time.Duration) error {
			mu.Lock()
			defer mu.Unlock()
			now = now.Add(d)
			return nil
		}
		o.Observe = func(t provider.Traffic) {
			if mu.Lock(); t.Status == http.StatusTooManyRequests {
				refused++
			}
			mu.Unlock()
		}
	})
	p, err := live.Plan(t.Context(), live.Input{Client: c, Tenant: tenant, Index: index})
	if err != nil {
		t.Fatal(err)
	}
	began := clock()
	// One at a time: with several, a request may be sent in one span of 10 seconds and counted
	// in the next, after another has moved the clock.
	report, err := apply.Run(t.Context(), p, c, index, apply.Options{Parallelism: 1})
	if err != nil || !report.OK() {
		t.Fatal(err, report)
	}
	if took := clock().Sub(began); refused > 0 || took < 30*time.Second || took > time.Minute {
		t.Errorf("35 users took %s, and %d requests were refused", took, refused)
	}
}

// Location groups are changed by a signed-in admin: with the password where there is one, and
// otherwise with the key. A refusal comes before anything is written.
func TestSignIn(t *testing.T) {
	seed := stores()
	seed.Users[1].Password = "right"
	for _, test := range []struct{ user, password, want string }{
		{"Olu@stores.example", "right", ""},
		{"olu@stores.example", "", ""},
		{"olu@stores.example", "wrong", "sign in to uberall"},
		{"nobody@stores.example", "", uberall.UserEnv},
	} {
		tenant, wrong := load(t, strings.Replace(org, "  email                  = \"olu@stores.example\"\n", "", 1)+"location_group \"New\" {\n  locations = [\"Kiel\"]\n}\n")
		if tenant == nil {
			t.Fatal(wrong)
		}
		c, index := connected(t, emulator.Options{Seed: seed, Rate: -1}, tenant, func(o *provider.Options) { o.User, o.Password = test.user, test.password })
		_, err := live.Plan(t.Context(), live.Input{Client: c, Tenant: tenant, Index: index})
		got := ""
		if err != nil {
			got = err.Error() + " " + provider.Hint(err)
		}
		if test.want == "" && err != nil || !strings.Contains(got, test.want) {
			t.Errorf("%s with %q: %v, want %q", test.user, test.password, got, test.want)
		}
	}
}
