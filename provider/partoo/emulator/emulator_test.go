package emulator

import (
	"cmp"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rolecall-dev/rolecall/provider/emulator"
	"github.com/rolecall-dev/rolecall/provider/providertest"
)

// The seed of most tests: a small zoo, with a key for each kind of caller.
const zoo = `{
	"org": {"id": 42, "name": "Zoo"},
	"businesses": [
		{"code": "EAGLE", "name": "Eagle", "country": "FR", "groups": ["Class/Birds", "Continent/Europe", "Food/Carnivore"]},
		{"code": "CANARY", "name": "Canary", "country": "FR", "groups": ["Class/Birds", "Continent/Europe", "Food/Omnivore"]},
		{"code": "LIZARD", "name": "Lizard", "country": "ES", "groups": ["Class/Reptiles", "Continent/Europe"]},
		{"code": "CRAB", "name": "Crab", "status": "temporarily_closed"}
	],
	"sections": [
		{"name": "Class", "groups": [{"name": "Birds"}, {"name": "Reptiles"}]},
		{"name": "Continent", "groups": [{"name": "Europe"}, {"name": "Asia"}]},
		{"name": "Food", "groups": [{"name": "Carnivore"}, {"name": "Omnivore"}]},
		{"name": "Feed", "has_puller": true, "groups": [{"name": "Nightly", "has_puller": true}]}
	],
	"custom_roles": [{"api_id": "editor", "name": "Editor", "permissions": ["business_edit", "business_edit_name"]}],
	"users": [
		{"id": "aaaaaaaaaaaaaaaaaaaaaaaa", "email": "admin@zoo.example", "first_name": "Ad", "last_name": "Min", "role": "ORG_ADMIN"},
		{"id": "bbbbbbbbbbbbbbbbbbbbbbbb", "email": "group@zoo.example", "first_name": "Gr", "last_name": "Oup", "role": "GROUP_MANAGER",
		 "custom_role": "editor", "accesses": [["Class/Birds", "Continent/Europe"]]},
		{"id": "cccccccccccccccccccccccc", "email": "store@zoo.example", "first_name": "St", "last_name": "Ore", "role": "BUSINESS_MANAGER", "businesses": ["CRAB"]},
		{"id": "dddddddddddddddddddddddd", "email": "provider@zoo.example", "first_name": "Pro", "last_name": "Vider", "role": "PROVIDER"}
	],
	"api_keys": [
		{"key": "admin", "user": "admin@zoo.example"}, {"key": "group", "user": "group@zoo.example"},
		{"key": "store", "user": "store@zoo.example"}, {"key": "provider", "user": "provider@zoo.example"},
		{"key": "off", "user": "admin@zoo.example", "disabled": true}, {"key": "old", "user": "admin@zoo.example", "expiration_date": 5},
		{"key": "narrow", "user": "admin@zoo.example", "permissions": ["business_edit", "review_read"]}
	],
	"taken_emails": ["Elsewhere@zoo.example"]
}`

const (
	adminID, groupID = "aaaaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbbbbbb"
	storeID          = "cccccccccccccccccccccccc"
)

// A clock that a test moves.
type clock struct{ now time.Time }

func (c *clock) time() time.Time { return c.now }

func newClock() *clock { return &clock{now: time.Unix(1_700_000_000, 0)} }

func open(t testing.TB, o Options) *Server {
	t.Helper()
	if o.Clock == nil {
		o.Clock = newClock().time
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func seeded(t testing.TB, text string, variants ...string) *Server {
	t.Helper()
	return open(t, Options{Seed: parse(t, text), Variants: variants, Rate: -1})
}

func parse(t testing.TB, text string) *Seed {
	t.Helper()
	seed, err := emulator.ParseSeed[Seed]([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return seed
}

// send sends "METHOD PATH [BODY]" with the key.
func send(t testing.TB, s *Server, key, request string) (*http.Response, string) {
	t.Helper()
	return providertest.Send(t, s.Transport(), BaseURL, request, http.Header{"X-Apikey": {key}})
}

// A step is a request with the key (the administrator's, if none) and its answer, as
// providertest.CompareAnswer reads it.
type step struct{ key, request, want string }

func play(t *testing.T, s *Server, steps []step) {
	t.Helper()
	for i, st := range steps {
		res, got := send(t, s, cmp.Or(st.key, "admin"), st.request)
		if differs := providertest.CompareAnswer(res.StatusCode, got, st.want); differs != "" {
			t.Errorf("step %d %s: %s", i, st.request, differs)
		}
	}
}

const denied = `403 {"error":{"authorization":"Operation not allowed"}}`
const missing = `404 {"error":{"json":"Resource not found"}}`

func TestErrorBodies(t *testing.T) {
	s := seeded(t, zoo)
	play(t, s, []step{
		{"wrong", "GET /user/me", `401 {"error":{"authentication":"User not authenticated"}}`},
		{"off", "GET /user/me", "401 "},
		{"old", "GET /user/me", "401 "},
		{"store", `POST /custom_role {"name":"A","api_id":"a","permissions":[]}`, denied},
		{"", "GET /user/ffffffffffffffffffffffff", missing},
		{"", "GET /nothing/here", missing},
		{"", `PATCH /custom_role/editor {}`, `405 {"error":{"json":"Method not allowed"}}`},
		{"", `POST /user {`, `400 {"error":{"json":{}}}`},
		{"", `POST /user []`, `400 {"error":{"json":{}}}`},
		{"", `POST /user null`, `400 {"error":{"json":{}}}`},
		{"", `POST /sections {}`, `400 {"error":{"json":{"name":"Missing data for required field."}}}`},
	})
	req, err := http.NewRequest("POST", BaseURL+"/sections", strings.NewReader(`name=x`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("x-APIKey", "admin")
	res, err := s.Transport().RoundTrip(req)
	if err != nil || res.StatusCode != 415 {
		t.Errorf("wrong media type: %v %v", res, err)
	}
	if res, _ := send(t, s, "admin", "PUT /custom_role/editor {}"); res.Header.Get("Allow") != "DELETE, GET, HEAD, POST" {
		t.Errorf("Allow is %q", res.Header.Get("Allow"))
	}
}

func TestErrorVariants(t *testing.T) {
	play(t, seeded(t, zoo, "errors=errors", "error-text=text"), []step{
		{"wrong", "GET /user/me", `401 {"errors":{"authentication":"User not authenticated"}}`},
		{"", `POST /user {}`, `400 {"errors":{"json":"email: Missing data for required field.; first_name: Missing data for required field.; last_name: Missing data for required field."}}`},
	})
}

func TestFreshEmulator(t *testing.T) {
	s := open(t, Options{})
	play(t, s, []step{
		{DefaultKey, "GET /user/me", `200 ~"email":"owner@example.com"`},
		{DefaultKey, "GET /user/me", `200 ~"role":"ORG_ADMIN","custom_role":null`},
		{DefaultKey, "GET /org/42/switch_to_custom_roles", `200 {"org_id":42,"has_switched":true,"can_switch":false}`},
		{DefaultKey, "GET /custom_role", `200 {"page":1,"max_page":1,"count":2,"custom_roles":[
			{"name":"Business Manager","api_id":"BUSINESS_MANAGER","description":"Built-in role for business managers","org_id":null,"is_builtin":true},
			{"name":"Group Manager","api_id":"GROUP_MANAGER","description":"Built-in role for group managers","org_id":null,"is_builtin":true}]}`},
		{DefaultKey, "GET /sections", `200 {"page":1,"max_page":1,"count":0,"sections":[]}`},
	})
	play(t, open(t, Options{OrgID: 7, Key: "k"}), []step{{"k", "GET /user/me", `200 ~"org_id":7`}})
}

func TestPrefixes(t *testing.T) {
	s := seeded(t, zoo)
	for path, want := range map[string]int{"/user/me": 404, "/v3/user/me": 404, "/v2/user/me": 200, "/api/v2/user/me": 200} {
		req, err := http.NewRequest("GET", "http://partoo.emulator"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("x-APIKey", "admin")
		res, err := s.Transport().RoundTrip(req)
		if err != nil || res.StatusCode != want {
			t.Errorf("%s: %v %v", path, res, err)
		}
	}
	for _, e := range s.Entries(0) {
		if e.Path != "/user/me" {
			t.Errorf("the log has %s", e.Path)
		}
	}
}

func TestOrgIDOfOthersIsIgnored(t *testing.T) {
	play(t, seeded(t, zoo), []step{
		{"", "GET /custom_role?org_id=7", `200 ~"count":3`},
		{"provider", "GET /custom_role?org_id=7", missing},
		{"provider", "GET /custom_role?org_id=42", `200 ~"count":3`},
		{"provider", `POST /custom_role {"name":"A","api_id":"a","permissions":[],"org_id":7}`, missing},
		{"provider", `POST /custom_role {"name":"A","api_id":"a","permissions":[],"org_id":42}`, `400 ~"org_id"`},
	})
}

func TestPages(t *testing.T) {
	s := seeded(t, zoo)
	play(t, s, []step{
		{"", "GET /user/search?per_page=3", `200 ~"max_page":2,"page":1,`},
		{"", "GET /user/search?page=0&per_page=3", `200 ~"page":1,`},
		{"", "GET /user/search?page=2&per_page=3", `200 ~provider@zoo`},
		{"", "GET /user/search?page=9&per_page=3", `200 {"page":9,"max_page":2,"count":4,"users":[]}`},
		{"", "GET /user/search?per_page=1000", `200 ~"max_page":1`},
		{"", "GET /user/search?page=x", `400 ~"page"`},
		{"", "GET /business/search?code=nothing", `200 {"page":1,"max_page":1,"count":0,"businesses":[]}`},
	})
}

// Seeds may describe what rolecall does not read.
func TestSeedFieldsWithoutEffect(t *testing.T) {
	seed, err := emulator.ParseSeed[Seed]([]byte(`{
		"org": {"alias": "zoo", "type": "brand", "features": ["reviews"], "max_businesses": 9},
		"businesses": [{"code": "A", "name": "A", "zipcode": "75001"}],
		"users": [{"email": "ana@zoo.example", "first_name": "Ana", "last_name": "Au", "role": "ORG_ADMIN", "sidebar_pages": ["reviews"], "bot": false}],
		"api_keys": [{"key": "k", "user": "ana@zoo.example", "label": "CI"}],
		"business_fields": [{"name": "general", "fields": []}]
	}`))
	if err != nil || seed.Users[0].Email != "ana@zoo.example" {
		t.Errorf("%+v, %v", seed, err)
	}
}
