package tines

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A script is what a Tines says that the emulator does not: by method and path,
// "status body" each, the last of which is repeated.
type script map[string][]string

func (s script) RoundTrip(r *http.Request) (*http.Response, error) {
	ask := r.Method + " " + strings.TrimPrefix(r.URL.Path, "/api/v1")
	if page := r.URL.Query().Get("page"); page != "" && page != "1" {
		ask += " " + page
	}
	what := `404 {"error":"Not found"}`
	if said := s[ask]; len(said) > 0 {
		if what = said[0]; len(said) > 1 {
			s[ask] = said[1:]
		}
	}
	kind := "application/json"
	if strings.HasPrefix(what[4:], "<") {
		kind = "text/html"
	}
	status := map[string]int{"200": 200, "201": 201, "401": 401, "403": 403, "404": 404, "422": 422, "500": 500}[what[:3]]
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {kind}}, Request: r, Body: io.NopCloser(strings.NewReader(what[4:])),
	}, nil
}

const (
	rolesOK = `200 {"admin/roles":[{"id":"VIEWER","name":"VIEWER","type":"default","permissions":["STORY_VIEW"]},` +
		`{"id":"7","name":"ANALYST","type":"custom","description":null,"permissions":["CASE_CREATE"]}],"meta":{"next_page_number":null,"pages":1,"count":2}}`
	teamsOK = `200 {"teams":[{"id":21,"name":"SOC"}],"meta":{"next_page_number":null,"pages":1,"count":1}}`
	usersOK = `200 {"admin/users":[{"id":3,"scim_uid":null,"email":"Ana@zoo.example","first_name":null,"last_name":"D","admin":false,` +
		`"tenant_permissions":null,"is_active":true,"team_memberships":[]}],"meta":{"next_page_number":null,"pages":1,"count":1}}`
	membersOK = `200 {"members":[{"id":3,"email":"Ana@zoo.example","is_admin":false,"role":"ANALYST"}],"meta":{"next_page_number":null,"pages":1,"count":1}}`
	mappingOK = `200 {"mappings":[{"group_name":"G","team_name":"SOC","role_name":"ANALYST"}],"tenant_owners_group":"O"}`
)

// connect connects to what the script plays, which knows roles unless it says else.
func (s script) connect(settings Settings) (connection, error) {
	if s["GET /admin/roles"] == nil {
		s["GET /admin/roles"] = []string{rolesOK}
	}
	o := schema.Object{Kind: &settingsKind, Body: &settings}
	c, err := Provider().Connect(context.Background(), provider.Options{
		Tenant: "tines", Settings: o, Key: "k", Endpoint: "https://zoo.tines.test/api/v1", Transport: s,
		Wait: func(context.Context, time.Duration) error { return nil },
	})
	if err != nil {
		return connection{}, err
	}
	return c.(connection), nil
}

func TestConnect(t *testing.T) {
	for _, test := range []struct {
		name     string
		settings Settings
		tenant   string
		self     string
		notes    []string
	}{
		{"nothing known", Settings{}, "zoo.tines.test", "", nil},
		{"a person's key", Settings{Tenant: "https://Zoo.tines.io", KeyUser: "Ana@zoo.example"}, "zoo.tines.io", "ana@zoo.example", nil},
		{"a service's key", Settings{KeyUser: "none", Provisioning: "api"}, "zoo.tines.test", "", nil},
		{"SCIM", Settings{Provisioning: "scim"}, "zoo.tines.test", "",
			[]string{"warning tines/provisioning .: Users and memberships are only compared"}},
		{"enhanced JIT", Settings{Provisioning: "enhanced_jit"}, "zoo.tines.test", "",
			[]string{"warning tines/provisioning .: Memberships are only compared"}},
		{"JIT", Settings{Provisioning: "jit"}, "zoo.tines.test", "",
			[]string{"warning tines/provisioning .: The first sign-in of a user sets memberships too"}},
	} {
		c, err := script{}.connect(test.settings)
		if err != nil {
			t.Fatal(err)
		}
		id := c.Identity()
		if id.Tenant != test.tenant || id.Self.Key != test.self || c.Sent() != 1 {
			t.Errorf("%s: %+v after %d requests", test.name, id, c.Sent())
		}
		if diff := cmp.Diff(test.notes, providertest.FindingLines(id.Notes)); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

func TestConnectRefused(t *testing.T) {
	const at = "list roles: GET https://zoo.tines.test/api/v1/admin/roles?page=1&per_page=500 answered "
	for _, test := range []struct {
		name, answer string
		credentials  bool
		want, hint   string // of the hint its beginning
	}{
		{"a wrong key", `401 {"error":"Invalid API token"}`, true, at + "401: Invalid API token",
			"Put a valid API key of this tenant into the environment variable TINES_API_KEY."},
		{"too few rights", `404 {"errors":[{"message":"Not found"}]}`, true, at + "404: Not found",
			"Tines answers 404 if the key lacks a right, as if the object did not exist."},
		{"too few rights, said so", `403 {"message":"Forbidden"}`, true, at + "403: Forbidden",
			"The key lacks the right to do this. Put a Tenant owner key"},
		{"a web page", `200 <html><title>Sign in</title></html>`, false, at + "200: the answer is a web page, not JSON",
			"The answer does not come from the API"},
		{"another shape", `200 {"roles":[]}`, false, at + `200: the answer has no list "admin/roles"`,
			"The answer is not what the documentation of Tines describes."},
		{"a list that may go on", `200 {"admin/roles":[],"meta":{"count":0}}`, false, at + "200: the answer has no \"meta.pages\"",
			"The answer is not what the documentation of Tines describes."},
		{"a role without rights", `200 {"admin/roles":[{"id":"7","name":"A","type":"custom"}],"meta":{"next_page_number":null,"pages":1,"count":1}}`, false,
			at + "200: the role A does not show permissions", "The answer is not what the documentation of Tines describes."},
		{"too short", `200 {"admin/roles":[],"meta":{"next_page_number":null,"pages":1,"count":3}}`, false,
			"list roles: the list changed while it was read: the answer says 3 items, but has 0", "It was read 3 times"},
		{"another page to come", `200 {"admin/roles":[],"meta":{"next_page_number":2,"pages":0,"count":0}}`, false,
			`list roles: the list changed while it was read: page 1 of 0 names "2" as the next`, "It was read 3 times"},
	} {
		_, err := script{"GET /admin/roles": {test.answer}}.connect(Settings{})
		if err == nil {
			t.Errorf("%s: connected", test.name)
			continue
		}
		if diff := cmp.Diff(test.want, err.Error()); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
		if hint := provider.Hint(err); !strings.HasPrefix(hint, test.hint) || errors.Is(err, provider.ErrCredentials) != test.credentials {
			t.Errorf("%s: credentials: %t, %s", test.name, errors.Is(err, provider.ErrCredentials), hint)
		}
	}
}

// One object that is missing is missing only where its list is not.
func TestMissing(t *testing.T) {
	gone := schema.Object{Kind: &teamKind, ID: "21", Body: &Team{Name: "SOC"}}
	for _, test := range []struct {
		name string
		list string
		is   error
	}{
		{"the team is gone", teamsOK, provider.ErrNotFound},
		{"the right is gone", `404 {"error":"Not found"}`, provider.ErrCredentials},
		{"the key is gone", `401 {"error":"Invalid API token"}`, provider.ErrCredentials},
	} {
		c, err := script{"GET /teams": {test.list}}.connect(Settings{AllowTeamDeletion: true})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Read(context.Background(), gone); !errors.Is(err, test.is) {
			t.Errorf("%s: %v", test.name, err)
		}
		err = teams{c.client}.Remove(context.Background(), provider.Request{Action: schema.Delete, Have: &gone})
		if !errors.Is(err, test.is) {
			t.Errorf("%s: deleting: %v", test.name, err)
		}
	}
}

func TestReason(t *testing.T) {
	for body, want := range map[string]string{
		`{"errors":[{"message":"Name is taken","details":"role"},{"message":"Bad"}]}`: "Name is taken (role); Bad",
		`[{"message":"Name is taken","details":null}]`:                                "Name is taken",
		`{"errors":["one","two"]}`:                                                    "one; two",
		`{"errors":{"name":["is taken","is short"],"email":"is bad"}}`:                "email: is bad; name: is taken; name: is short",
		`{"error":"Not found"}`:                                                       "Not found",
		`{"message":"User already accepted invitation."}`:                             "User already accepted invitation.",
		`{"errors":[],"message":"later"}`:                                             "later",
		`{"status":404}`:                                                              "",
		`"text"`:                                                                      "",
		`plain text`:                                                                  "",
		``:                                                                            "",
	} {
		if got := reason(422, []byte(body)); got != want {
			t.Errorf("%s: %q", body, got)
		}
	}
}

func TestHints(t *testing.T) {
	for _, test := range []struct {
		status       int
		method, path string
		want         []string // parts
	}{
		{404, "GET", "/admin/roles", []string{"Tenant owner key", "add-on"}},
		{404, "GET", "/teams", []string{"Tenant owner key"}},
		{404, "POST", "/admin/users", []string{"Tenant owner key", "SCIM"}},
		{422, "POST", "/admin/users", []string{"Correct what Tines says is wrong", "SCIM"}},
		{403, "POST", "/teams/7/invite_member", []string{"Tenant owner key", "SCIM"}},
		{422, "DELETE", "/admin/roles/7", []string{"case groups"}},
		{422, "POST", "/admin/roles", nil},
		{429, "PUT", "/admin/users/7", nil},
		{500, "PUT", "/admin/users/7", nil},
		{0, "GET", "/teams", nil},
	} {
		got := hint(test.status, test.method, test.path)
		for _, part := range test.want {
			if !strings.Contains(got, part) {
				t.Errorf("%d %s %s: %s", test.status, test.method, test.path, got)
			}
		}
		if test.want == nil && got != "" {
			t.Errorf("%d %s %s: %s", test.status, test.method, test.path, got)
		}
	}
}
