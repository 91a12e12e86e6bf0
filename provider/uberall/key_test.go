package uberall_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/live"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/uberall"
	"github.com/rolecall-dev/rolecall/provider/uberall/emulator"
)

// An organization is an emulator and what is planned against it.
type organization struct {
	t        *testing.T
	emulator *emulator.Server
	client   provider.Client
	index    *schema.Index
}

// organize starts an organization with the seed of the conformance suite after change.
func organize(t *testing.T, change func(*emulator.Seed), variants ...string) *organization {
	t.Helper()
	seed := stores()
	seed.SalesPartner.WhiteLabels = nil
	if change != nil {
		change(seed)
	}
	s, err := emulator.New(emulator.Options{Seed: seed, Variants: variants, Rate: -1})
	if err != nil {
		t.Fatal(err)
	}
	providertest.MustClose(t, s)
	return &organization{t: t, emulator: s}
}

// plan plans the files.
func (o *organization) plan(text string) *plan.Plan {
	o.t.Helper()
	tenant, wrong := load(o.t, text)
	if tenant == nil {
		o.t.Fatal(wrong)
	}
	o.index = &schema.Index{}
	var err error
	o.client, err = uberall.Provider().Connect(o.t.Context(), provider.Options{
		Tenant: "uberall", Settings: tenant.Settings, Key: o.emulator.Key(), Endpoint: emulator.BaseURL, Transport: o.emulator.Transport(), Index: o.index,
	})
	if err != nil {
		o.t.Fatal(err)
	}
	planned, err := live.Plan(o.t.Context(), live.Input{Client: o.client, Tenant: tenant, Index: o.index})
	if err != nil {
		o.t.Fatal(err)
	}
	return planned
}

// says makes sure that a plan has exactly these errors.
func (o *organization) says(p *plan.Plan, codes ...string) {
	o.t.Helper()
	var got []string
	for _, f := range p.Findings {
		if f.Severity == schema.Error {
			got = append(got, f.Code)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, codes) {
		o.t.Errorf("the errors of the plan are %v, want %v: %+v", got, codes, p.Findings)
	}
}

// changes makes sure that a plan makes exactly these changes: "update user.ida@stores.example".
func (o *organization) changes(p *plan.Plan, want ...string) {
	o.t.Helper()
	var got []string
	for i := range p.Changes {
		got = append(got, p.Changes[i].Action.String()+" "+p.Changes[i].Addr.String())
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		o.t.Errorf("the plan changes %v, want %v", got, want)
	}
}

// rights returns what a user can do now.
func (o *organization) rights(who string) string {
	o.t.Helper()
	all, err := o.emulator.Reach()
	if err != nil {
		o.t.Fatal(err)
	}
	return strings.Join(all[who], ", ")
}

const ida = `
user "ida@stores.example" {
  features = [%s]
}
`

func idaHas(features string) string { return org + strings.Replace(ida, "%s", features, 1) }

// A feature that the key does not have is neither given nor taken, and nothing is made of
// its absence from an answer.
func TestFeaturesBeyondTheKey(t *testing.T) {
	o := organize(t, func(s *emulator.Seed) {
		s.Users[0].Features = []string{"INBOX_READ", "LOCATION_READ", "USER_OTHERS_EDIT"}
		s.Users[2].Features = []string{"LOCATION_READ", "UPGRADE"} // of which the key sees one
	})
	o.says(o.plan(idaHas(`"location_profile.view"`)))
	o.changes(o.plan(idaHas(`"location_profile.view"`)))
	o.says(o.plan(idaHas(`"location_profile.view", "upgrade"`)), "uberall/escalation")
	o.says(o.plan(idaHas(`"location_profile.view", "customer_feedback.respond"`)), "uberall/escalation")

	p := o.plan(idaHas(`"customer_feedback.view"`))
	o.says(p)
	report, err := apply.Run(t.Context(), p, o.client, o.index, apply.Options{})
	if err != nil || report.Results[0].Status != apply.Done {
		t.Fatalf("%v %+v", err, report)
	}
	if got := o.rights("ida@stores.example"); got != "INBOX_READ at 12, UPGRADE at 12" {
		t.Errorf("Ida has %s", got)
	}
}

// A feature that the key has lost since the plan is not reported as given.
func TestFeatureLostSincePlan(t *testing.T) {
	for value, want := range map[string]apply.Status{"dropped": apply.Diverged, "warned": apply.Diverged, "refused": apply.Failed} {
		t.Run(value, func(t *testing.T) {
			o := organize(t, nil, "ungrantable="+value)
			p := o.plan(idaHas(`"customer_feedback.view", "location_profile.view"`))
			o.says(p)
			if err := o.emulator.SetFeatures("key@stores.example", "LOCATION_READ", "USER_OTHERS_EDIT"); err != nil {
				t.Fatal(err)
			}
			report, err := apply.Run(t.Context(), p, o.client, o.index, apply.Options{})
			if err != nil || len(report.Results) != 1 || report.Results[0].Status != want {
				t.Errorf("error %v, want the status %v: %+v", err, want, report.Results)
			}
			if got := o.rights("ida@stores.example"); got != "LOCATION_READ at 12" {
				t.Errorf("Ida has %s", got)
			}
		})
	}
}

// Whoever the key does not see is neither removed nor said to be absent for sure, and the
// user of the key is never changed.
func TestUsersBeyondTheKey(t *testing.T) {
	narrow := func(s *emulator.Seed) { // the key is that of Nora, who has one account
		s.Users = append(s.Users,
			emulator.User{ID: 8, Email: "nora@stores.example", Role: "ACCOUNT_MANAGER", Businesses: []int{1}},
			emulator.User{ID: 9, Email: "uma@stores.example", Firstname: "Uma", Lastname: "Ulm", Role: "LOCATION_MANAGER", Locations: []int{21}},
		)
		s.Keys[0].User = 8
	}
	whole := func(accounts string) string {
		return `
provider "uberall" {
  sales_partner_id       = 42
  endpoint               = "emulator"
  email                  = "olu@stores.example"
  authoritative_accounts = [` + accounts + `]
  manage "user" { mode = "authoritative" }
  limits { allow_empty = true }
}
`
	}
	o := organize(t, narrow)
	p := o.plan(whole(`"north"`))
	o.changes(p, "deactivate user.ida@stores.example")
	report, err := apply.Run(t.Context(), p, o.client, o.index, apply.Options{})
	if err != nil || report.Results[0].Status != apply.Done {
		t.Fatalf("%v %+v", err, report)
	}
	for who, has := range map[string]bool{"olu@stores.example": true, "ida@stores.example": false, "nora@stores.example": true, "uma@stores.example": true} {
		if (o.rights(who) != "") != has {
			t.Errorf("user %s has %q", who, o.rights(who))
		}
	}
	all := organize(t, func(s *emulator.Seed) { narrow(s); s.Keys[0].User = 1 }) // this key sees Uma, who is outside of north
	all.changes(all.plan(whole(`"north"`)), "deactivate user.ida@stores.example", "deactivate user.nora@stores.example")
	o.says(o.plan(whole(`"north"`)+`user "nora@stores.example" { features = [] }`), "plan/frozen")
}

// Without an address, rolecall signs in as the user of the key, where uberall tells who that is.
func TestGroupsWithoutAddress(t *testing.T) {
	alone := strings.Replace(org, `  email                  = "olu@stores.example"`+"\n", "", 1)
	o := organize(t, nil)
	p := o.plan(alone + `location_group "Coast" {` + "\n locations = [\"Kiel\"]\n users = [\"ida@stores.example\"]\n}")
	o.says(p)
	report, err := apply.Run(t.Context(), p, o.client, o.index, apply.Options{})
	if err != nil || len(report.Results) != 1 || report.Results[0].Status != apply.Done {
		t.Fatalf("%v %+v", err, report)
	}
	if got := o.rights("ida@stores.example"); got != "LOCATION_READ at 11, LOCATION_READ at 12" {
		t.Errorf("Ida has %s", got)
	}
	o.changes(o.plan(strings.Replace(alone, "limits { max_deletes = 20 }", "manage \"user\" { mode = \"authoritative\" }\n  limits { allow_empty = true }", 1)),
		"deactivate user.ida@stores.example", "deactivate user.olu@stores.example")
}
