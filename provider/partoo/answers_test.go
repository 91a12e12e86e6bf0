package partoo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Answers are what a product says that the emulator does not: by method and
// path with its query, "status body" each.
type answers map[string]string

func (a answers) RoundTrip(r *http.Request) (*http.Response, error) {
	what, ok := a[r.Method+" "+r.URL.RequestURI()]
	if !ok {
		what = `404 {"error":{"json":"nothing is at ` + r.Method + " " + r.URL.RequestURI() + `"}}`
	}
	status := map[string]int{"200": 200, "403": 403, "404": 404, "405": 405}[what[:3]]
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
		Body: io.NopCloser(strings.NewReader(what[3:])),
	}, nil
}

const (
	me       = `GET /v2/user/me?display_business_ids=false`
	switched = `GET /v2/org/42/switch_to_custom_roles`
	meOK     = `200 {"id":"u1","email":"O@zoo.example","org_id":42,"role":"ORG_ADMIN"}`
	switchOK = `200 {"org_id":42,"has_switched":true,"can_switch":false}`
	sectionQ = `GET /v2/sections?page=1`
	usersQ   = `GET /v2/user/search?display_business_ids=true&order_by=email&page=1&per_page=100`
)

// page is the answer with a list of n items.
func page(name string, n int, items string) string {
	return fmt.Sprintf(`200 {"page":1,"max_page":1,"count":%d,%q:[%s]}`, n, name, items)
}

func (a answers) connect() (connection, error) {
	for what, answer := range map[string]string{me: meOK, switched: switchOK} {
		if _, said := a[what]; !said {
			a[what] = answer
		}
	}
	c, err := Provider().Connect(context.Background(), provider.Options{
		Tenant: "partoo", Settings: schema.Object{Kind: &settingsKind, Body: &Settings{OrgID: 42}},
		Endpoint: "https://partoo.test/v2", Transport: a,
		Wait: func(context.Context, time.Duration) error { return nil },
	})
	if err != nil {
		return connection{}, err
	}
	return c.(connection), nil
}

func TestConnectAnswers(t *testing.T) {
	for _, test := range []struct {
		name  string
		say   answers
		want  string // of the error
		notes []string
	}{
		{"all is well", answers{}, "", nil},
		{"a key without an organization", answers{me: `200 {"email":"a@b.co","role":"ORG_ADMIN"}`},
			"connect to Partoo: the key belongs to no organization, and org_id is 42", nil},
		{"a switch of another organization", answers{switched: `200 {"org_id":7,"has_switched":true,"can_switch":true}`},
			"connect to Partoo: Partoo answered about organization 7, and org_id is 42", nil},
		{"a switch that may not be read", answers{switched: `403 {"error":{"authorization":"Operation not allowed"}}`}, "", []string{
			"warning .: Cannot tell whether custom roles are switched on. Partoo answered 403 when asked whether organization 42 uses custom roles, " +
				"so the key may lack the right to ask. If they are not switched on, roles may have no effect."}},
		{"not switched, and may not", answers{switched: `200 {"org_id":42,"has_switched":false,"can_switch":false}`}, "", []string{
			"warning .: Custom roles are not switched on. Organization 42 still works with the legacy permissions (has_switched is false), " +
				"so custom roles may not decide yet what people can do. Switching rewrites the two built-in roles and does not carry the users' " +
				"sidebar pages over. \"rolecall partoo legacy\" shows who would gain what, and writes roles that prevent it. " +
				"The user of this key may not switch; ask an administrator or Partoo."}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := test.say.connect()
			if got := errorText(err); got != test.want {
				t.Fatalf("got  %s\nwant %s", got, test.want)
			}
			if err != nil {
				if !errors.Is(err, provider.ErrTenant) || provider.Hint(err) == "" {
					t.Errorf("%#v", err)
				}
				return
			}
			if diff := cmp.Diff(test.notes, spoken(c.Identity().Notes)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// A PROVIDER's key names the organization in every call, because it has none.
func TestProviderKey(t *testing.T) {
	say := answers{
		me:                                  `200 {"email":"p@partoo.test","role":"PROVIDER"}`,
		`GET /v2/sections?org_id=42&page=1`: page("sections", 1, `{"id":1,"name":"A","groups":[]}`),
	}
	c, err := say.connect()
	if err != nil {
		t.Fatal(err)
	}
	if all, err := c.allSections(context.Background()); err != nil || len(all) != 1 {
		t.Error(all, err)
	}
}

func TestListAnswers(t *testing.T) {
	for _, test := range []struct {
		name string
		kind *schema.Kind
		say  answers
		want string // of the error
	}{
		{"two sections of one name", &sectionKind, answers{sectionQ: page("sections", 2, `{"id":1,"name":"A","groups":[]},{"id":2,"name":"A","groups":[]}`)}, ""},
		{"two groups of one name", &groupKind, answers{sectionQ: page("sections", 1, `{"id":1,"name":"A","groups":[{"id":3,"name":"B"},{"id":4,"name":"B"}]}`)}, ""},
		{"groups of one name in two sections", &groupKind,
			answers{sectionQ: page("sections", 2, `{"id":1,"name":"A","groups":[{"id":3,"name":"B"}]},{"id":2,"name":"C","groups":[{"id":4,"name":"B"}]}`)}, ""},
		{"two users of one address", &userKind,
			answers{usersQ: page("users", 2, `{"id":"1","email":"a@b.co","status":"invited","role":"X"},{"id":"2","email":"A@b.co","role":"X"}`)},
			"list users: two users have the address a@b.co, with the ids 1 and 2"},
		{"a section without groups", &sectionKind, answers{sectionQ: page("sections", 1, `{"id":1,"name":"A"}`)},
			`list sections: GET https://partoo.test/v2/sections?page=1 answered 200: section "A": the answer has no list "groups"`},
		{"a user without an address", &userKind, answers{usersQ: page("users", 2, `{"id":"1","email":"a@b.co"},{"id":"2"}`)},
			`list users: GET https://partoo.test/v2/user/search?display_business_ids=true&order_by=email&page=1&per_page=100 answered 200: the answer does not show the address of the user 2`},
		{"no address of roles answers", &roleKind, answers{},
			`list roles: GET https://partoo.test/v2/custom_role?page=1&per_page=100 answered 404: nothing is at GET /v2/custom_role?page=1&per_page=100`},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := test.say.connect()
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range c.List(context.Background(), test.kind) {
				if e != nil {
					err = e
				}
			}
			if got := errorText(err); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// What is not the object that was asked for must not look like one without
// anything: an update would then write what was not there to be read.
func TestReadAnswers(t *testing.T) {
	const userQ, groupQ = "GET /v2/user/7?display_business_ids=true", "GET /v2/sections/1/groups/3"
	say := answers{"GET /v2/custom_role?page=1&per_page=100": page("custom_roles", 0, ""), sectionQ: page("sections", 1, `{"id":1,"name":"A","groups":[]}`)}
	for _, test := range []struct {
		name   string
		kind   *schema.Kind
		id     string
		ask    string
		answer string
		want   string // at the end of the error
	}{
		{"no user", &userKind, "7", userQ, `200 {}`, "the answer is not a user"},
		{"another user", &userKind, "7", userQ, `200 {"id":"8","email":"a@b.co"}`, "the answer is the user 8, and 7 was asked for"},
		{"a user without an address", &userKind, "7", userQ, `200 {"id":"7"}`, "the answer does not show the address of the user 7"},
		{"accesses are not shown", &userKind, "7", userQ, `200 {"id":"7","email":"a@b.co","role":"GROUP_MANAGER"}`,
			"the answer does not show the accesses of the user"},
		{"businesses are not shown", &userKind, "7", userQ, `200 {"id":"7","email":"a@b.co","role":"BUSINESS_MANAGER"}`,
			"the answer does not show the businesses of the user"},
		{"no role", &roleKind, "r", "GET /v2/custom_role/r", `200 {"status":"success"}`, "the answer is not a role with its permissions"},
		{"a role as in the list", &roleKind, "r", "GET /v2/custom_role/r", `200 {"api_id":"r","name":"R","permissions":null}`,
			"the answer is not a role with its permissions"},
		{"no section", &sectionKind, "1", "GET /v2/sections/1", `200 []`, "json: cannot unmarshal array into Go value of type partoo.wireSection"},
		{"a section without a name", &sectionKind, "1", "GET /v2/sections/1", `200 {"id":1}`, "the answer does not show the name of the section"},
		{"a group as in the list", &groupKind, "3", groupQ, `200 {"id":3,"name":"B"}`, "the answer is not a group with its businesses"},
		{"a group without a name", &groupKind, "3", groupQ, `200 {"id":3,"business_ids":[]}`, "the answer does not show the name of the group"},
	} {
		t.Run(test.name, func(t *testing.T) {
			say := maps.Clone(say)
			say[test.ask] = test.answer
			c, err := say.connect()
			if err != nil {
				t.Fatal(err)
			}
			have := declare(test.kind, map[string]any{})
			have.ID = test.id
			if g, ok := have.Body.(*Group); ok {
				g.Section = "A"
			}
			_, err = c.Read(context.Background(), have)
			if !strings.HasSuffix(errorText(err), " answered 200: "+test.want) || !strings.Contains(provider.Hint(err), "documentation") {
				t.Errorf("%v\n%s", err, provider.Hint(err))
			}
		})
	}
}

// A creation that does not say which id was given has to be looked up.
func TestCreateAnswers(t *testing.T) {
	c, err := answers{"POST /v2/sections": `200 {"status":"success"}`}.connect()
	if err != nil {
		t.Fatal(err)
	}
	want := declare(&sectionKind, map[string]any{"name": "A"})
	_, err = c.Apply(context.Background(), provider.Request{Action: schema.Create, Addr: want.Addr, Want: &want})
	if !errors.Is(err, provider.ErrAmbiguous) || !strings.HasSuffix(errorText(err), "the answer does not say which id was given") {
		t.Error(err)
	}
}

// Values that we do not know come and go as they are.
func TestUnknownValues(t *testing.T) {
	user := page("users", 1, `{"id":"1","email":"a@b.co","role":"REGION_MANAGER","custom_role":null,`+
		`"lang":"xx","status":"invited","disabled":false,"accesses":null,"business_ids":[]}`)
	c, err := answers{usersQ: user, strings.Replace(usersQ, "?", "?disabled=true&", 1): user}.connect()
	if err != nil {
		t.Fatal(err)
	}
	for o, err := range c.List(context.Background(), &userKind) {
		if err != nil {
			t.Fatal(err)
		}
		want := &User{Email: "a@b.co", Role: "REGION_MANAGER", Lang: "xx", Status: "invited", Businesses: []string{}, Accesses: [][]string{}}
		if diff := cmp.Diff(want, o.Body); diff != "" || o.Incomplete || o.Frozen != 0 {
			t.Error(diff, o.Incomplete, o.Frozen)
		}
	}
}

// Who is said to be disabled and is not would be a leaver who stays.
func TestDisableWithoutEffect(t *testing.T) {
	c, err := answers{
		"POST /v2/user/7":                          `200 {"status":"success","id":"7"}`,
		"GET /v2/user/7?display_business_ids=true": `200 {"id":"7","email":"a@b.co","role":"PUBLISHER","disabled":false}`,
	}.connect()
	if err != nil {
		t.Fatal(err)
	}
	have := declare(&userKind, map[string]any{"email": "a@b.co"})
	have.ID = "7"
	_, err = c.Apply(context.Background(), provider.Request{Action: schema.Deactivate, Addr: have.Addr, Have: &have})
	if got := errorText(err); got != "deactivate user: the answer says that it was done, and a@b.co is still active" || provider.Hint(err) == "" {
		t.Error(got)
	}
}

// Where neither POST nor PUT updates, the first answer is the one to tell.
func TestNoUpdateMethod(t *testing.T) {
	c, err := answers{"POST /v2/user/7": `405 {}`, "PUT /v2/user/7": `405 {}`}.connect()
	if err != nil {
		t.Fatal(err)
	}
	err = c.update(context.Background(), &c.roleUpdate, "update user", "/user/7", map[string]any{})
	if provider.Status(err) != http.StatusMethodNotAllowed || !strings.Contains(err.Error(), "POST") {
		t.Error(err)
	}
}
