package roserocket_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/roserocket/emulator"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// scenarios are the readings under which the story is told.
var scenarios = providertest.Scenarios{
	Emulator: emulator.Variants(),
	Circumstances: [][]string{
		{"host=own", "host=network"},         // which host the provider block names, where both have the API
		{"tokens=lasting", "tokens=short"},   // whether a token is refused after a few requests
		{"budget=none", "budget=small"},      // whether Rose Rocket says now and then that it is too much
		{"parallel=1", "parallel=2"},         // how many requests are under way at a time
		{"account=admin", "account=manager"}, // which role the service account has; it starts as Manager
		{"members=known", "members=gone"},    // whether the ids of users in the files are right
		{"custom=mixed", "custom=alike"},     // whether a custom permission may have fields that are all alike
	},
	Thorough: [][]string{
		{"option=recomputes-fields"},
		{"option=from-fields"},
		{"write=reset"},
		{"hidden=none"},
		{"hidden=none-enabled", "derived=stored"},
		{"tokens=short"},
		{"parallel=2"},
	},
	// Of permissions that cannot be read there is another story.
	Alone: []string{"permissions-get=404", "permissions-get=405"},
}

// limitations are what Rose Rocket might do and no client can make right.
var limitations = []providertest.KnownLimitation{
	// Something that the files want cannot be.
	providertest.Fails("user_group", "409", "group-name-case=ignored"),
	providertest.Fails("user_group", "404", "members=gone", "unknown-member=refuse"),
	providertest.Diverges("user_group", "members", "members=gone"),
	// What the files call custom has another word.
	providertest.Diverges("permission", "data", "custom=alike", "option=from-fields"),
	// The account may not do it.
	providertest.Fails("permission", "403", "account=manager"),
	// Not enough is shown.
	providertest.Finds("roserocket/unseen-permission", "journal", "permissions-get=404"),
	providertest.Finds("roserocket/unseen-permission", "journal", "permissions-get=405"),
}

// adapt puts what the circumstances are into a step.
func adapt(s providertest.Step, reading []string) providertest.Step {
	is := func(value string) bool { return slices.Contains(reading, value) }
	words := func(text string) string {
		if is("parallel=2") {
			text = strings.Replace(text, "user_id ", "parallel = 2\n  user_id ", 1)
		}
		if is("members=gone") {
			text = strings.ReplaceAll(text, ben, "00000000-0000-4000-8000-000000000999")
		}
		return text
	}
	s.Expect = maps.Clone(s.Expect)
	if is("custom=alike") && s.Expect["permission.partner/payStub"] != 0 && s.Expect["permission.guest/payStub"] != 0 {
		s.HCL += "permission \"driver\" \"contact\" {\n  data = \"custom\"\n  fields = { hide = [\"*\"] }\n}\n"
		s.Expect["permission.driver/contact"] = schema.Update
	}
	if is("boards-follow=yes") {
		// A write whose answer was lost is repeated. The first enables the board, because it changes the
		// data, and the second disables it again unless the files name it.
		s.HCL = strings.Replace(s.HCL, `"contact" { data = "full" }`, "\"contact\" {\n  data   = \"full\"\n  boards = { contact = true }\n}", 1)
	}
	s.Before, s.HCL, s.Meanwhile = words(s.Before), words(s.HCL), words(s.Meanwhile)
	// Where an unknown key has an empty document, there is something to compare with.
	if is("unknown-key=empty") && s.Expect["permission.salse/order"] == schema.Refuse {
		delete(s.Expect, "permission.salse/order")
	}
	return s
}

// startFreight starts an organization as the reading has it.
func startFreight(t testing.TB, reading []string) providertest.Product {
	is := func(value string) bool { return slices.Contains(reading, value) }
	clock, moments := providertest.NewClock(), &providertest.RightsLog{}
	o := emulator.Options{Seed: freight(), Variants: scenarios.Variants(reading), Clock: clock.Now, Watch: moments.Add}
	if is("tokens=short") {
		o.TokenRequests = 15
	}
	if is("account=manager") {
		o.Seed.ServiceAccountRole = ""
	}
	if is("budget=small") {
		o.Rate = 7
	}
	endpoint := emulator.BaseURL
	if is("host=network") {
		endpoint = emulator.NetworkURL
	}
	s, err := emulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	providertest.MustClose(t, s)
	return providertest.Product{Transport: s.Transport(), Endpoint: endpoint, Key: s.Credentials().ClientSecret, Wait: clock.Wait, Now: clock.Now, TakeRights: moments.Take}
}
