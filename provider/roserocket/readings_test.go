package roserocket_test

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/roserocket/emulator"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// circumstances are what organizations and files differ in. They are no questions
// to the documentation, and readings name them in the same way.
var circumstances = [][]string{
	{"host=own", "host=network"},         // which host the provider block names, where both have the API
	{"tokens=lasting", "tokens=short"},   // whether a token is refused after a few requests
	{"budget=none", "budget=small"},      // whether Rose Rocket says now and then that it is too much
	{"parallel=1", "parallel=2"},         // how many requests are under way at a time
	{"account=admin", "account=manager"}, // which role the service account has; it starts as Manager
	{"members=known", "members=gone"},    // whether the ids of users in the files are right
	{"custom=mixed", "custom=alike"},     // whether a custom permission may have fields that are all alike
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
	{"option=recomputes-fields"},
	{"option=from-fields"},
	{"write=reset"},
	{"hidden=none"},
	{"hidden=none-enabled", "derived=stored"},
	{"tokens=short"},
	{"parallel=2", "write-answer=empty"},
}

// singles are the readings with one value that is not the default, and those that
// an obstacle needs.
func singles() [][]string {
	known := func(list [][]string, r []string) bool {
		return slices.ContainsFunc(list, func(o []string) bool { return slices.Equal(o, r) })
	}
	var out [][]string
	add := func(r []string) {
		if !known(thorough, r) && !known(out, r) {
			out = append(out, r)
		}
	}
	for _, f := range factors() {
		for _, value := range f[1:] {
			add([]string{value})
		}
	}
	for _, o := range obstacles {
		add(o.Under)
	}
	return append(out, []string{"budget=small", "retry-after=date"}, []string{"budget=small", "retry-after=absent"})
}

// pairs are readings in which any two values stand together at least once. Where
// there are obstacles the story is told in one way only, so they come last.
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

// hopeless are the values under which nothing of this story can be done. Of
// permissions that cannot be read there is another one.
var hopeless = []string{"permissions-get=404", "permissions-get=405", "manager=nothing"}

// obstacles are what Rose Rocket might do and no client can make right.
var obstacles = []providertest.KnownLimitation{
	// Something that the files want cannot be.
	found("roserocket/unknown-permission", "role", "roles=help"),
	{Under: []string{"roles=help", "unknown-key=403"}, Says: "403"},
	failed("user_group", "409", "group-name-case=ignored"),
	failed("user_group", "404", "members=gone", "unknown-member=refuse"),
	diverged("user_group", "members", "members=gone"),
	// What the files call custom has another word.
	diverged("permission", "data", "custom=alike", "option=from-fields"),
	// Fields that no document shows are open once a write leaves them out.
	{Under: []string{"field-rows=some", "write=reset"}, Opens: true},
	// The account may not do it.
	failed("permission", "403", "account=manager"),
	{Under: []string{"account=manager", "manager=nothing"}, Says: "403"},
	// The limit of requests is told as trouble that may pass, without saying when;
	// what makes or moves something is not sent twice then.
	{Under: []string{"budget=small", "too-many=503"}, Status: apply.Failed, Kind: "user_group", Says: "503", Perhaps: true},
	{Under: []string{"budget=small", "too-many=503"}, Status: apply.Failed, Kind: "permission", Says: "503", Perhaps: true},
	{Under: []string{"budget=small", "too-many=503", "retry-after=absent"}, Says: "503", Perhaps: true},
	// Not enough is shown.
	found("roserocket/unseen-permission", "journal", "permissions-get=404"),
	found("roserocket/unseen-permission", "journal", "permissions-get=405"),
	{Under: []string{"unknown-key=400", "bad-request=500"}, Says: "500"},
}

func failed(kind, says string, under ...string) providertest.KnownLimitation {
	return providertest.KnownLimitation{Under: under, Status: apply.Failed, Kind: kind, Says: says}
}

func found(code, says string, under ...string) providertest.KnownLimitation {
	return providertest.KnownLimitation{Under: under, Finding: code, Says: says}
}

func diverged(kind, attribute string, under ...string) providertest.KnownLimitation {
	return providertest.KnownLimitation{Under: under, Status: apply.Diverged, Kind: kind, Says: attribute}
}

// roleNames are the display names of the roles in the story.
var roleNames = map[string]string{
	"admin": "Admin", "manager": "Manager", "operations": "Operations", "sales": "Sales", "driver": "Driver", "partner": "Partner (Guest)",
	"external": "External", "guest": "Guest",
}

var (
	quoted    = regexp.MustCompile(`"([a-z]+)"`)
	addressed = regexp.MustCompile(`^permission\.([a-z]+)/`)
)

// retell gives a step the keys of roles as the reading has them, and what the
// circumstances put into the files.
func retell(s providertest.Step, variants []string) providertest.Step {
	is := func(value string) bool { return slices.Contains(variants, value) }
	key := func(role string) string {
		if roleNames[role] == "" {
			return role
		}
		switch {
		case is("role-keys=names"):
			return roleNames[role]
		case role == "partner" && is("partner-key=partner-carrier-user"):
			role = "partner-carrier-user"
		}
		if is("role-keys=custom") {
			role = "$custom_" + role
		}
		return role
	}
	words := func(text string) string {
		text = quoted.ReplaceAllStringFunc(text, func(q string) string { return `"` + key(strings.Trim(q, `"`)) + `"` })
		if key("admin") != "admin" {
			text = strings.Replace(text, "user_id ", "own_role = \""+key("admin")+"\"\n  user_id ", 1)
		}
		if is("parallel=2") {
			text = strings.Replace(text, "user_id ", "parallel = 2\n  user_id ", 1)
		}
		if is("members=gone") {
			text = strings.ReplaceAll(text, ben, "00000000-0000-4000-8000-000000000999")
		}
		return text
	}
	address := func(a string) string {
		return addressed.ReplaceAllStringFunc(a, func(at string) string {
			return "permission." + key(addressed.FindStringSubmatch(at)[1]) + "/"
		})
	}
	if is("custom=alike") && s.Expect["permission.partner/payStub"] != 0 && s.Expect["permission.guest/payStub"] != 0 {
		s.HCL += "permission \"driver\" \"contact\" {\n  data = \"custom\"\n  fields = { hide = [\"*\"] }\n}\n"
		s.Expect = maps.Clone(s.Expect)
		s.Expect["permission.driver/contact"] = schema.Update
	}
	s.Before, s.HCL, s.Meanwhile = words(s.Before), words(s.HCL), words(s.Meanwhile)
	s.Expect, s.Observed = renamed(s.Expect, address), renamed(s.Observed, address)
	s.Stale = slices.Clone(s.Stale)
	for i := range s.Stale {
		s.Stale[i] = address(s.Stale[i])
	}
	// Where an unknown key has an empty document, there is something to compare with.
	if is("unknown-key=empty") && s.Expect["permission.salse/order"] == schema.Refuse {
		delete(s.Expect, "permission.salse/order")
	}
	return s
}

func renamed(expect map[string]schema.Action, address func(string) string) map[string]schema.Action {
	out := map[string]schema.Action{}
	for a, action := range expect {
		out[address(a)] = action
	}
	return out
}

// startFreight starts an organization as the reading has it.
func startFreight(t testing.TB, variants []string) providertest.Product {
	is := func(value string) bool { return slices.Contains(variants, value) }
	o := emulator.Options{Seed: freight()}
	for _, v := range variants {
		if !slices.ContainsFunc(circumstances, func(f []string) bool { return slices.Contains(f, v) }) {
			o.Variants = append(o.Variants, v)
		}
	}
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
	if is("base=network") || is("host=network") && !is("base=org") {
		endpoint = emulator.NetworkURL
	}
	c := &clock{start: time.Now()}
	w := &watcher{}
	o.Clock, o.Watch = c.now, w.see
	s, err := emulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return providertest.Product{Transport: s.Transport(), Endpoint: endpoint, Key: s.Credentials().ClientSecret, Wait: c.wait, Reach: w.seen}
}

// A clock is moved by those who wait. It goes forth and back, so that it never
// gets far from the one of the client, and each time a new minute begins.
type clock struct {
	mu    sync.Mutex
	start time.Time
	late  bool
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.late {
		return c.start.Add(time.Minute)
	}
	return c.start
}

// wait moves the clock where the pause is one after which Rose Rocket answers again.
func (c *clock) wait(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if d > 50*time.Second {
		c.late = !c.late
	}
	return ctx.Err()
}

// A watcher notes what each role and each member of a group can see and do after
// every change.
type watcher struct {
	mu      sync.Mutex
	moments []map[string][]string
}

func (w *watcher) see(all map[string][]string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.moments = append(w.moments, all)
}

func (w *watcher) seen() []map[string][]string {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := w.moments
	w.moments = nil
	return out
}
