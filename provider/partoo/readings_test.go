package partoo_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/provider/partoo/emulator"
	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// circumstances are what organizations differ in. They are no questions to the
// documentation, and readings name them in the same way.
var circumstances = [][]string{
	{"organization=switched", "organization=legacy"}, // whether custom roles are switched on
	{"key=admin", "key=provider", "key=restricted"},  // whose key it is
	{"budget=none", "budget=small"},                  // whether Partoo answers 429 now and then
}

// factors are the circumstances and the variants with all their values.
func factors() [][]string {
	out := slices.Clone(circumstances)
	for _, v := range emulator.Variants() {
		var f []string
		for _, value := range v.Values {
			f = append(f, v.Name+"="+value)
		}
		out = append(out, f)
	}
	return out
}

// thorough are readings that change the way of the client; the story is told under
// them in every way.
var thorough = [][]string{
	{"role-path=org"},
	{"role-update=put", "group-update=put"},
	{"user-search=thin", "search-status=active"},
	{"builtin-rows=both-rows"},
	{"builtin-rows=global"},
	{"builtin-ids=opaque"},
	{"delete-held-role=fallback"},
	{"delete-held-role=dangle"},
	{"budget=small", "retry-after=absent"},
}

// singles are the readings with one value that is not the default, and those that
// an obstacle needs.
func singles() [][]string {
	var out [][]string
	for _, f := range factors() {
		for _, value := range f[1:] {
			out = append(out, []string{value})
		}
	}
	for _, o := range obstacles {
		known := slices.ContainsFunc(out, func(r []string) bool { return slices.Equal(r, o.Under) })
		if !known {
			out = append(out, o.Under)
		}
	}
	return append(out, []string{"budget=small", "retry-after=date"})
}

// pairs are readings in which any two values stand together at least once. Left
// out is what leaves nothing of the story; where there are obstacles it is told in
// one way only, so they come last.
func pairs() [][]string {
	late := map[string]bool{}
	for _, o := range obstacles {
		for _, value := range o.Under {
			late[value] = true
		}
	}
	of := factors()
	for i := range of {
		of[i] = slices.DeleteFunc(of[i], func(value string) bool { return slices.Contains(hopeless, value) })
	}
	return providertest.Pairs(of, func(value string) bool { return late[value] })
}

// hopeless are the values under which hardly anything can be done.
var hopeless = []string{"custom-role-before-switch=refuse"}

// obstacles are what Partoo might do and no client can make right.
var obstacles = []providertest.KnownLimitation{
	// Something that the files want cannot be, and Partoo says so.
	failed("role", "A role with this name already exists", "role-name=unique"),
	failed("role", "description", "description-characters=strict"),
	failed("role", "No longer available", "lapsed-permission=refused"),
	failed("builtin_role", "No longer available", "lapsed-permission=refused", "role-permissions=merge"),
	failed("user", "Only for BUSINESS_MANAGER", "business-ids=merge", "scope-mismatch=refuse"),
	failed("user", "Operation not allowed", "grant-admin=refuse"),
	failed("role", "Operation not allowed", "organization=legacy", "custom-role-before-switch=refuse"),
	failed("builtin_role", "Operation not allowed", "organization=legacy", "custom-role-before-switch=refuse"),
	failed("role", "org_id", "key=provider", "role-org=body"),
	failed("role", "Operation not allowed", "key=restricted"),
	failed("builtin_role", "Operation not allowed", "key=restricted"),
	failed("user", "Operation not allowed", "key=restricted"),
	failed("section", "Operation not allowed", "key=restricted", "restricted-key=closed"),
	failed("group", "405", "group-update=none"),
	failed("section", "405", "delete-section=missing"),
	// Something is not shown, so that it is asked for once more.
	failed("user", "Must be unique", "search-disabled=hidden", "disabled-filter=ignored"),
	found("partoo/new-user-name", "disabled users", "search-disabled=hidden", "disabled-filter=ignored"),
	failed("role", "assigned to users", "search-disabled=hidden", "disabled-filter=ignored"),
	// Something reads back differently.
	diverged("role", "permissions", "role-permissions=merge"),
	diverged("builtin_role", "permissions", "role-permissions=merge"),
	diverged("role", "permissions", "lapsed-permission=dropped"),
	diverged("user", "businesses", "business-ids=merge"),
	diverged("group", "businesses", "group-businesses=merge"),
	diverged("user", "custom_role", "organization=legacy", "custom-role-before-switch=ignore"),
}

func failed(kind, says string, under ...string) providertest.KnownLimitation {
	return providertest.KnownLimitation{Under: under, Status: apply.Failed, Kind: kind, Message: says}
}

func found(code, says string, under ...string) providertest.KnownLimitation {
	return providertest.KnownLimitation{Under: under, Finding: code, Message: says}
}

func diverged(kind, attribute string, under ...string) providertest.KnownLimitation {
	return providertest.KnownLimitation{Under: under, Status: apply.Diverged, Kind: kind, Message: attribute}
}

// retell gives a step the api_ids of the built-in roles, and what is found where
// the key is not the administrator's own.
func retell(s providertest.Step, variants []string) providertest.Step {
	ids := map[string]string{}
	switch {
	case slices.Contains(variants, "builtin-ids=lower"):
		ids = map[string]string{"GROUP_MANAGER": "group_manager", "BUSINESS_MANAGER": "business_manager"}
	case slices.Contains(variants, "builtin-ids=opaque"):
		ids = map[string]string{"GROUP_MANAGER": "builtin_2", "BUSINESS_MANAGER": "builtin_1"}
	}
	var words []string
	for _, old := range slices.Sorted(maps.Keys(ids)) {
		for _, before := range []string{`builtin_role "`, "builtin_role.", `custom_role = "`} {
			words = append(words, before+old, before+ids[old])
		}
	}
	to := strings.NewReplacer(words...)
	s.Before, s.HCL, s.Meanwhile = to.Replace(s.Before), to.Replace(s.HCL), to.Replace(s.Meanwhile)
	expect := map[string]schema.Action{}
	for address, action := range s.Expect {
		expect[to.Replace(address)] = action
	}
	s.Expect = expect
	if slices.Contains(variants, "key=provider") {
		s.Findings = slices.DeleteFunc(slices.Clone(s.Findings), func(code string) bool { return code == "plan/self-lockout" })
	}
	return s
}

// startZoo starts an organization as the reading has it.
func startZoo(t testing.TB, variants []string) providertest.Product {
	is := func(value string) bool { return slices.Contains(variants, value) }
	seed, key, rate := zoo(), "conformance", -1
	if is("organization=legacy") {
		no := false
		seed.Org.HasSwitched = &no
	}
	if is("key=provider") {
		key = "provider"
	}
	if is("key=restricted") {
		key = "restricted"
	}
	if is("budget=small") {
		rate = 25
	}
	var own []string
	for _, v := range variants {
		if name, _, _ := strings.Cut(v, "="); name != "organization" && name != "key" && name != "budget" {
			own = append(own, v)
		}
	}
	clock, moments := providertest.NewClock(0, 50*time.Second), &providertest.RightsLog{}
	s, err := emulator.New(emulator.Options{Variants: own, Rate: rate, Seed: seed, Clock: clock.Now, Watch: noteAccess(moments)})
	if err != nil {
		t.Fatal(err)
	}
	providertest.MustClose(t, s)
	return providertest.Product{Transport: s.Transport(), Endpoint: emulator.BaseURL, Key: key, Wait: clock.Wait, TakeRights: moments.Take}
}

// noteAccess notes what people can see and do after a change.
func noteAccess(m *providertest.RightsLog) func(map[string]emulator.Access) {
	return func(all map[string]emulator.Access) {
		moment := map[string][]string{}
		for who, a := range all {
			for _, b := range a.Businesses {
				moment[who] = append(moment[who], "see "+b)
			}
			moment[who] = append(moment[who], a.Permissions...)
		}
		m.Add(moment)
	}
}
