package tines_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/tines/emulator"
)

// scenarios are the readings under which the story is told. Those that the story does not
// meet are told in scim_test.go.
var scenarios = providertest.Scenarios{
	Emulator: emulator.Variants(),
	Circumstances: [][]string{
		{"rejoin=yes", "rejoin=no"},              // whether a member may be removed and invited again to get another role
		{"key=owner", "key=service", "key=team"}, // whose key it is
		{"budget=none", "budget=small"},          // whether Tines answers 429 now and then
	},
	Thorough: [][]string{
		{"reinvite=ignore"},
		{"reinvite=error", "member-role=id"},
		{"role-write=id"},
		{"include-key=absent"},
		{"budget=small", "retry-after=absent"},
	},
	Combined:  [][]string{{"budget=small", "retry-after=date"}},
	Elsewhere: []string{"scim"},
	// A key with which nothing can be done, and forms of refusals, which errors=mixed has all together.
	Alone: []string{"key=team", "errors=array", "errors=error", "errors=message", "errors=strings", "errors=fields", "errors=text"},
}

// limitations are what Tines might do and no client can make right.
var limitations = []providertest.KnownLimitation{
	// Something that the files want cannot be, and Tines says so.
	providertest.Fails("membership", "Tines does not change it by an invitation", "reinvite=ignore", "rejoin=no"),
	providertest.Fails("membership", "Tines does not change it by an invitation", "reinvite=error", "rejoin=no"),
	providertest.Fails("user", "Managed by the identity provider", "scim=on"),
	providertest.Fails("membership", "Managed by the identity provider", "scim=on"),
	providertest.Fails("membership", "Managed by the identity provider", "scim=enhanced-jit"),
	providertest.Finds("plan/frozen", "are in a team by a membership or by right", "include-key=absent", "owners-listed=yes"),
	providertest.Fails("membership", "last member of the team", "include-key=absent", "owners-listed=yes"),
	// Something reads back differently.
	providertest.Diverges("role", "name", "role-name=upper"),
	providertest.Diverges("user", "tenant_permissions", "tenant-permissions=merge"),
	// Not enough is shown to make a plan.
	providertest.Finds("tines/unshown-attribute", "does not show tenant_permissions", "user-attributes=no-permissions"),
	providertest.Finds("tines/unshown-attribute", "of its users", "user-attributes=oldest"),
	providertest.NoPlan("answered 404", "key=team"),
}

// unset takes out of the blocks of users, where they come back, what older tenants do not
// show.
var unset = strings.NewReplacer("  tenant_permissions = []\n", "", "  tenant_permissions = [\"AUDIT_LOG_READ\"]\n", "", "  active             = true\n", "")

// adapt gives a step the settings of the circumstances.
func adapt(s providertest.Step, variants []string) providertest.Step {
	if slices.Contains(variants, "creator-member=yes") && slices.Contains(s.Findings, "tines/last-member") {
		return providertest.Step{Name: s.Name, HCL: zooed("")} // who made the team is another member
	}
	if slices.Contains(variants, "include-key=absent") && slices.Contains(variants, "owners-listed=yes") {
		// An owner then seems to be in every team, and out of them again with the end of it.
		s.HCL = strings.Replace(s.HCL, `user "eve@zoo.example" { admin = true }`, "", 1)
	}
	if slices.Contains(variants, "include-key=absent") && s.Expect[ownerInHunting] == schema.Delete {
		return providertest.Step{Name: s.Name, HCL: zooed("")} // rolecall cannot tell the membership from a right
	}
	for _, text := range []*string{&s.Before, &s.HCL, &s.Meanwhile} {
		if slices.Contains(variants, "user-attributes=no-permissions") || slices.Contains(variants, "user-attributes=oldest") {
			*text = unset.Replace(*text) // so that the story goes on; where it changes them it meets the obstacle
		}
		if slices.Contains(variants, "rejoin=no") {
			*text = strings.Replace(*text, "allow_rejoin = true", "allow_rejoin = false", 1)
		}
		if slices.Contains(variants, "key=service") {
			*text = strings.Replace(*text, `key_user     = "owner@zoo.example"`, `key_user     = "none"`, 1)
		}
	}
	return s
}

// startZoo starts a tenant as the reading has it.
func startZoo(t testing.TB, variants []string) providertest.Product {
	is := func(value string) bool { return slices.Contains(variants, value) }
	key, rate := "owner", -1
	switch {
	case is("key=service"):
		key = "service"
	case is("key=team"):
		key = "team"
	}
	if is("budget=small") {
		rate = 25
	}
	tick := time.Duration(0)
	if is("delete-user=queued") {
		tick = 30 * time.Second
	}
	clock, moments := providertest.NewClock(), &providertest.RightsLog{}
	s, err := emulator.New(emulator.Options{Variants: scenarios.Variants(variants), Rate: rate, Seed: zoo(), Clock: clock.Ticking(tick), Watch: noteAccess(moments)})
	if err != nil {
		t.Fatal(err)
	}
	providertest.MustClose(t, s)
	return providertest.Product{Transport: s.Transport(), Endpoint: emulator.BaseURL, Key: key, Wait: clock.Wait, Now: clock.Now, TakeRights: moments.Take}
}

// noteAccess notes what people can do after a change.
func noteAccess(m *providertest.RightsLog) func(map[string]emulator.Access) {
	return func(all map[string]emulator.Access) {
		moment := map[string][]string{}
		for who, a := range all {
			moment[strings.Replace(who, "anna@", "ana@", 1)] = a.Words() // she gets another address
		}
		m.Add(moment)
	}
}
