package partoo_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/provider/partoo/emulator"
	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// scenarios are the readings under which the story is told.
var scenarios = providertest.Scenarios{
	Emulator: emulator.Variants(),
	Circumstances: [][]string{
		{"organization=switched", "organization=legacy"}, // whether custom roles are switched on
		{"key=admin", "key=provider", "key=restricted"},  // whose key it is
		{"budget=none", "budget=small"},                  // whether Partoo answers 429 now and then
	},
	Thorough: [][]string{
		{"role-path=org"},
		{"role-update=put", "group-update=put"},
		{"user-search=thin", "search-status=active"},
		{"builtin-rows=both-rows"},
		{"builtin-rows=global"},
		{"builtin-ids=opaque"},
		{"budget=small", "retry-after=absent"},
	},
	Combined: [][]string{{"budget=small", "retry-after=date"}, {"organization=legacy", "assign-before-switch=refused"}},
}

// limitations are what Partoo might do and no client can make right.
var limitations = []providertest.KnownLimitation{
	// Something that the files want cannot be.
	providertest.Fails("role", "A role with this name already exists", "role-name=unique"),
	providertest.Fails("role", "Operation not allowed", "key=restricted"),
	providertest.Fails("builtin_role", "Operation not allowed", "key=restricted"),
	providertest.Fails("user", "Operation not allowed", "key=restricted"),
	providertest.Fails("user", "Custom roles are not enabled", "organization=legacy", "assign-before-switch=refused"),
	// Not enough is shown.
	providertest.Fails("user", "Must be unique", "search-disabled=hidden", "disabled-filter=ignored"),
	providertest.Finds("partoo/new-user-name", "disabled users", "search-disabled=hidden", "disabled-filter=ignored"),
	providertest.Fails("role", "assigned to users", "search-disabled=hidden", "disabled-filter=ignored"),
	{ // such a user has an access with the group; it depends on the other variants
		Under: []string{"search-disabled=hidden", "disabled-filter=ignored"}, Status: apply.Failed, Kind: "group", Message: "Operation not allowed", Optional: true,
	},
	// Something reads back differently.
	providertest.Diverges("role", "permissions", "set-update=merge"),
	providertest.Diverges("builtin_role", "permissions", "set-update=merge"),
	providertest.Diverges("user", "businesses", "set-update=merge"),
	providertest.Diverges("group", "businesses", "set-update=merge"),
}

// adapt gives a step the api_ids that the built-in roles have under a reading, and leaves
// out a finding about the user of the key if the key belongs to another user.
func adapt(s providertest.Step, reading []string) providertest.Step {
	ids := map[string]string{}
	switch {
	case slices.Contains(reading, "builtin-ids=lower"):
		ids = map[string]string{"GROUP_MANAGER": "group_manager", "BUSINESS_MANAGER": "business_manager"}
	case slices.Contains(reading, "builtin-ids=opaque"):
		ids = map[string]string{"GROUP_MANAGER": "builtin_2", "BUSINESS_MANAGER": "builtin_1"}
	}
	var words []string
	for old, id := range ids {
		for _, before := range []string{`builtin_role "`, "builtin_role.", `custom_role = "`} {
			words = append(words, before+old, before+id)
		}
	}
	to := strings.NewReplacer(words...)
	s.Before, s.HCL, s.Meanwhile = to.Replace(s.Before), to.Replace(s.HCL), to.Replace(s.Meanwhile)
	expect := map[string]schema.Action{}
	for address, action := range s.Expect {
		expect[to.Replace(address)] = action
	}
	s.Expect = expect
	if slices.Contains(reading, "organization=legacy") {
		s.HCL = strings.Replace(s.HCL, switchBack, switchOn, 1)
	}
	if slices.Contains(reading, "key=provider") {
		s.Findings = slices.DeleteFunc(slices.Clone(s.Findings), func(code string) bool { return code == "plan/self-lockout" })
	}
	return s
}

// startZoo starts an organization as the reading has it.
func startZoo(t testing.TB, reading []string) providertest.Product {
	is := func(value string) bool { return slices.Contains(reading, value) }
	clock, moments := providertest.NewClock(), &providertest.RightsLog{}
	o := emulator.Options{Seed: zoo(), Variants: scenarios.Variants(reading), Rate: -1, Clock: clock.Now, Watch: moments.Add}
	key := "conformance"
	if is("organization=legacy") {
		no := false
		o.Seed.Org.HasSwitched = &no
	}
	if is("key=provider") {
		key = "provider"
	}
	if is("key=restricted") {
		key = "restricted"
	}
	if is("budget=small") {
		o.Rate = 25
	}
	s, err := emulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	providertest.MustClose(t, s)
	return providertest.Product{Transport: s.Transport(), Endpoint: emulator.BaseURL, Key: key, Wait: clock.Wait, Now: clock.Now, TakeRights: moments.Take}
}
