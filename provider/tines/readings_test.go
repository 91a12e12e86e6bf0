package tines_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/tines/emulator"
)

// circumstances are what tenants and files differ in. They are no questions to
// the documentation, and readings name them in the same way.
var circumstances = [][]string{
	{"rejoin=yes", "rejoin=no"},              // whether a member may leave for a moment to get another role
	{"key=owner", "key=service", "key=team"}, // whose key it is
	{"budget=none", "budget=small"},          // whether Tines answers 429 now and then
}

// elsewhere are the variants that this story does not meet: what they are about is told
// in scim_test.go and history_test.go.
var elsewhere = []string{"scim", "scim-status", "audit-roles", "audit-inputs"}

// factors are the circumstances and the other variants with all their values.
func factors() [][]string {
	out := slices.Clone(circumstances)
	for _, v := range emulator.Variants() {
		if slices.Contains(elsewhere, v.Name) {
			continue
		}
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
	{"reinvite=ignore"},
	{"reinvite=error", "member-role=id"},
	{"role-write=id"},
	{"include-key=absent"},
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
		known := slices.ContainsFunc(slices.Concat(out, thorough), func(r []string) bool { return slices.Equal(r, o.Under) })
		if !known {
			out = append(out, o.Under)
		}
	}
	return append(out, []string{"budget=small", "retry-after=date"})
}

// pairs are readings in which any two values stand together at least once, but for
// those that are told alone. Where there are obstacles the story is told in one way
// only, so they come last.
func pairs() [][]string {
	late := map[string]bool{}
	for _, o := range obstacles {
		for _, value := range o.Under {
			late[value] = true
		}
	}
	of := factors()
	for i := range of {
		of[i] = slices.DeleteFunc(slices.Clone(of[i]), func(value string) bool { return slices.Contains(alone, value) })
	}
	return providertest.Pairs(of, func(value string) bool { return late[value] })
}

// alone are the values that pairs leave out: a key with which nothing can be done,
// and forms of refusals, which errors=mixed has all together.
var alone = []string{
	"key=team", "errors=array", "errors=error", "errors=message", "errors=strings", "errors=fields", "errors=text",
}

// obstacles are what Tines might do and no client can make right.
var obstacles = []providertest.KnownLimitation{
	// Something that the files want cannot be, and Tines says so.
	failed("membership", "Tines does not change it by an invitation", "reinvite=ignore", "rejoin=no"),
	failed("membership", "Tines does not change it by an invitation", "reinvite=error", "rejoin=no"),
	failed("user", "Managed by the identity provider", "scim=on"),
	failed("membership", "Managed by the identity provider", "scim=on"),
	failed("membership", "Managed by the identity provider", "scim=enhanced-jit"),
	found("plan/frozen", "are in a team by a membership or by right", "include-key=absent", "owners-listed=yes"),
	failed("membership", "last member of the team", "include-key=absent", "owners-listed=yes"),
	// Something reads back differently.
	diverged("role", "name", "role-name=upper"),
	diverged("role", "permissions", "view-default=added"),
	diverged("user", "tenant_permissions", "tenant-permissions=merge"),
	// Not enough is shown to make a plan.
	found("tines/unshown-attribute", "does not show tenant_permissions", "user-attributes=no-permissions"),
	found("tines/unshown-attribute", "of its users", "user-attributes=oldest"),
	unplanned("answered 404", "key=team"),
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

func unplanned(says string, under ...string) providertest.KnownLimitation {
	return providertest.KnownLimitation{Under: under, Message: says}
}

// unset takes out of the blocks of users, where they come back, what older tenants do not
// show.
var unset = strings.NewReplacer("  tenant_permissions = []\n", "", "  tenant_permissions = [\"AUDIT_LOG_READ\"]\n", "", "  active             = true\n", "")

// retell gives a step the settings of the circumstances.
func retell(s providertest.Step, variants []string) providertest.Step {
	if slices.Contains(variants, "creator-member=yes") && slices.Contains(s.Findings, "tines/last-member") {
		return providertest.Step{Name: s.Name, HCL: zooed("")} // who made the team is another member
	}
	if slices.Contains(variants, "include-key=absent") && slices.Contains(variants, "owners-listed=yes") {
		// An owner then seems to be in every team, and out of them again with the end of it.
		s.HCL = strings.Replace(s.HCL, `user "eve@zoo.example" { admin = true }`, "", 1)
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
	var own []string
	for _, v := range variants {
		if name, _, _ := strings.Cut(v, "="); name != "rejoin" && name != "key" && name != "budget" {
			own = append(own, v)
		}
	}
	tick := time.Duration(0)
	if is("delete-user=queued") {
		tick = 30 * time.Second
	}
	// A date in Retry-After is less than a minute away where the test is slow.
	clock, moments := providertest.NewClock(tick, 30*time.Second), &providertest.RightsLog{}
	s, err := emulator.New(emulator.Options{Variants: own, Rate: rate, Seed: zoo(), Clock: clock.Now, Watch: noteAccess(moments)})
	if err != nil {
		t.Fatal(err)
	}
	providertest.MustClose(t, s)
	return providertest.Product{Transport: s.Transport(), Endpoint: emulator.BaseURL, Key: key, Wait: clock.Wait, TakeRights: moments.Take}
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
