//go:build unix

package cmd_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/emulator"
	partooemulator "github.com/rolecall-dev/rolecall/provider/partoo/emulator"
)

// changedSeed is an organization in which ben lacks pages, and dan has a role with what his page permits now.
const changedSeed = `{
  "org": {"id": 42, "name": "Zoo Retail", "has_switched": false},
  "businesses": [{"id": "5409c35a97bbc544d8e26731", "code": "A", "name": "Aviary"}],
  "business_fields": [{"name": "address", "fields": [{"name": "city", "enabled": true, "enabled_for_subroles": true}]}],
  "custom_roles": [
    {"api_id": "BUSINESS_MANAGER", "permissions": ["business_edit", "review_booster", "review_management"]},
    {"api_id": "flags", "permissions": ["business_edit", "review_management", "review_flag"]},
    {"api_id": "reviews", "permissions": ["business_edit", "review_management"]}],
  "users": [
    {"email": "admin@zoo.example", "first_name": "Ada", "last_name": "Min", "role": "ORG_ADMIN"},
    {"id": "ana", "email": "ana@zoo.example", "first_name": "Ana", "last_name": "Diaz", "role": "BUSINESS_MANAGER", "businesses": ["A"]},
    {"id": "ben", "email": "ben@zoo.example", "first_name": "Ben", "last_name": "Ray", "role": "BUSINESS_MANAGER", "businesses": ["A"],
     "sidebar_pages": ["review_management"]},
    {"id": "dan", "email": "dan@zoo.example", "first_name": "Dan", "last_name": "Eck", "role": "BUSINESS_MANAGER", "businesses": ["A"],
     "custom_role": "reviews", "sidebar_pages": ["review_management"]}],
  "api_keys": [{"key": "zoo", "user": "admin@zoo.example"}]
}`

// Users, roles and legacy permissions that somebody changes between the plan and the switch: the switch is
// refused if anybody would gain by it what the plan does not show.
func TestChangedBeforeSwitch(t *testing.T) {
	const newcomer = `{"email": "cat@zoo.example", "first_name": "Cat", "last_name": "Fox", "role": "BUSINESS_MANAGER", "business_ids": ["5409c35a97bbc544d8e26731"]`
	all := strings.Join([]string{`"bulk_modification"`, `"diffusion"`, `"feedback_management"`, `"messages"`, `"posts"`, `"presence_analytics"`, `"review_analytics"`, `"review_invite"`, `"review_management"`}, ",")
	for name, test := range map[string]struct {
		meanwhile string // path and body of a write
		accepts   bool   // gains that the plan shows
		after     bool   // assign_roles = "after_switch"
		back      bool   // to the legacy permissions
		who       string // who would gain; "" if the switch is made
	}{
		"a new user without pages":                {meanwhile: `/user ` + newcomer + `, "sidebar_pages": ["posts"]}`, who: "the switch would now give cat@zoo.example rights that the plan does not show"},
		"the same, and gains are accepted":        {meanwhile: `/user ` + newcomer + `, "sidebar_pages": ["posts"]}`, accepts: true, who: "cat@zoo.example"},
		"the same, and roles follow":              {meanwhile: `/user ` + newcomer + `, "sidebar_pages": ["posts"]}`, accepts: true, after: true, who: "cat@zoo.example"},
		"a new user with all pages":               {meanwhile: `/user ` + newcomer + `}`},
		"a user gets fewer pages":                 {meanwhile: `/user/ana {"sidebar_pages": ["posts"]}`, who: "ana@zoo.example"},
		"a user gets all pages":                   {meanwhile: `/user/ben {"sidebar_pages": [` + all + `]}`},
		"a user gets a role with more":            {meanwhile: `/user/ana {"custom_role": "flags"}`, who: "ana@zoo.example"},
		"a role that somebody has gets more":      {meanwhile: `/custom_role/reviews {"permissions": ["business_edit", "review_management", "review_flag"]}`, who: "dan@zoo.example"},
		"a user with another role gets its pages": {meanwhile: `/user/dan {"custom_role": "BUSINESS_MANAGER"}`, who: "dan@zoo.example"},
		"back, and nobody gains":                  {meanwhile: `/user/ana {"sidebar_pages": ["posts"]}`, back: true},
		"back, and a new user gains":              {meanwhile: `/user ` + newcomer + `, "custom_role": "reviews"}`, back: true, who: "cat@zoo.example"},
		"back, and a role was narrowed":           {meanwhile: `/custom_role/reviews {"permissions": ["business_edit"]}`, back: true, who: "dan@zoo.example"},
	} {
		t.Run(name, func(t *testing.T) {
			seed, err := emulator.ParseSeed[partooemulator.Seed]([]byte(strings.Replace(changedSeed, `"has_switched": false`, fmt.Sprintf(`"has_switched": %t`, test.back), 1)))
			if err != nil {
				t.Fatal(err)
			}
			s := newPauseBefore(t, seed)
			settings, accepts := "", ""
			if test.after {
				settings = `assign_roles = "after_switch"`
			}
			if test.accepts {
				accepts = "accept_gains = true"
			}
			s.write(fmt.Sprintf(`
provider "partoo" {
  org_id   = 42
  endpoint = %q
  requests_per_minute = 60000
  %s
}
permission_system "organization" {
  custom_roles = %t
  %s
}
role "only_reviews" {
  name        = "Only reviews"
  permissions = ["business_edit", "review_management"]
}
user "ben@zoo.example" {
  role        = "BUSINESS_MANAGER"
  custom_role = role.only_reviews
}
`, s.web.URL+"/v2", settings, !test.back, accepts))
			s.holdUp(1)
			r := s.start("apply", "--auto-approve", "--confirm", "Zoo Retail")
			<-s.arrived
			path, body, _ := strings.Cut(test.meanwhile, " ")
			q := httptest.NewRequest(http.MethodPost, "/v2"+path, strings.NewReader(body))
			q.Header.Set("x-APIKey", "zoo")
			q.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			if s.server.ServeHTTP(w, q); w.Code != http.StatusOK {
				t.Fatalf("%s: %d %s", test.meanwhile, w.Code, w.Body)
			}
			s.goOn()
			if test.who == "" {
				s.end(r, 0)
			} else {
				s.end(r, 3)
			}
			if said := r.out.String(); !strings.Contains(strings.Join(strings.Fields(said), " "), test.who) {
				t.Errorf("%q is not said:\n%s", test.who, said)
			}
			if s.switched() != (test.back != (test.who == "")) {
				t.Errorf("switched: %v\n%s", s.switched(), r.out.String())
			}
		})
	}
}
