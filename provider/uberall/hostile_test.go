package uberall_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/live"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/uberall"
	"github.com/rolecall-dev/rolecall/provider/uberall/emulator"
)

// A tamperer changes the answers to some requests, or returns "" to leave one as it is.
type tamperer struct {
	next   http.RoundTripper
	change func(request, body string) string
}

func (h tamperer) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := h.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	text := string(body)
	if changed := h.change(r.Method+" "+strings.TrimPrefix(r.URL.Path, "/api"), text); changed != "" {
		text = changed
	}
	answer.Body, answer.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
	return answer, nil
}

// tampered plans files with changed answers.
func (o *organization) tampered(text string, change func(request, body string) string) (*plan.Plan, error) {
	o.t.Helper()
	tenant, wrong := load(o.t, text)
	if tenant == nil {
		o.t.Fatal(wrong)
	}
	o.index = &schema.Index{}
	var err error
	o.client, err = uberall.Provider().Connect(o.t.Context(), provider.Options{
		Tenant: "uberall", Settings: tenant.Settings, Key: o.emulator.Key(), Endpoint: emulator.BaseURL,
		Transport: tamperer{o.emulator.Transport(), change}, Index: o.index,
		Wait: func(context.Context, time.Duration) error { return nil },
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return live.Plan(o.t.Context(), live.Input{Client: o.client, Tenant: tenant, Index: o.index})
}

// An answer that is not as documented is an error, and never an empty list.
func TestMalformedAnswers(t *testing.T) {
	groups := org + `location_group "Coast" { users = ["ida@stores.example"] }`
	for name, test := range map[string]struct{ files, request, from, to, want string }{
		"a status that is a number":    {idaHas(`"help"`), "GET /users", "", `{"status":500,"response":{"count":0,"users":[]}}`, "answered 500"},
		"an error with other warnings": {idaHas(`"help"`), "GET /users", "", `{"status":"USER_ERROR","message":"no","warnings":"all","response":{"count":0,"users":[]}}`, "answered 400: no"},
		"a location that is null":      {idaHas(`"help"`), "GET /users", `"managedLocations":[12]`, `"managedLocations":[null]`, "member that is empty"},
		"an account that is 0":         {idaHas(`"help"`), "GET /users", `"managedBusinesses":[]`, `"managedBusinesses":[0]`, "member that is empty"},
		"a feature that is null":       {idaHas(`"help"`), "GET /users", `["LOCATION_READ"]`, `[null]`, "member that is empty"},
		"a user of a group that is 0":  {groups, "GET /location-groups", `"users":[3]`, `"users":[0,3]`, "member that is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			o := organize(t, func(s *emulator.Seed) {
				s.Groups = []emulator.Group{{ID: 1, Name: "Coast", Locations: []int{11}, Users: []int{3}}}
			})
			_, err := o.tampered(test.files, func(request, body string) string {
				switch {
				case request != test.request:
					return ""
				case test.from == "":
					return test.to
				case !strings.Contains(body, test.from):
					t.Fatalf("the answer has no %s: %s", test.from, body)
				}
				return strings.Replace(body, test.from, test.to, 1)
			})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
}

// A creation whose answer names somebody else has made the user that it was asked for, and
// nothing is given to the other.
func TestNewUserIsAnother(t *testing.T) {
	o := organize(t, nil)
	p, err := o.tampered(org+`
user "new@stores.example" {
  first_name = "New"
  last_name  = "One"
  role       = "LOCATION_MANAGER"
  features   = ["help"]
}
location_group "Coast" {
  locations = ["Jena"]
  users     = [user["new@stores.example"]]
}
`, func(request, _ string) string {
		if request == "POST /users" {
			return `{"status":"SUCCESS","response":{"user":{"id":3}}}`
		}
		return ""
	})
	if err != nil {
		t.Fatal(err)
	}
	report, err := apply.Run(t.Context(), p, o.client, o.index, apply.Options{})
	if err != nil || !report.OK() {
		t.Errorf("%v %+v", err, report)
	}
	if ida, other := o.rights("ida@stores.example"), o.rights("new@stores.example"); ida != "LOCATION_READ at 12" || other != "CAN_SEE_HELP_SECTION at 31" {
		t.Errorf("Ida has %s, and the new user %s", ida, other)
	}
}
