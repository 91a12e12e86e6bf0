package emulator

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider/providertest"
)

// A clock that stands until it is moved.
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

// send sends "METHOD PATH [BODY]" with a private key, or with an access token that is
// written as "token:TEXT".
func send(t testing.TB, s *Server, credential, request string) (*http.Response, string) {
	t.Helper()
	method, rest, _ := strings.Cut(request, " ")
	path, body, _ := strings.Cut(rest, " ")
	req, err := http.NewRequestWithContext(t.Context(), method, BaseURL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token, ok := strings.CutPrefix(credential, "token:"); ok {
		req.Header.Set("accessToken", token)
	} else if credential != "" {
		req.Header.Set("privateKey", credential)
	}
	res, err := s.Transport().RoundTrip(req)
	if err != nil {
		t.Fatalf("%s: %v", request, err)
	}
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(data)
}

// logIn returns the credential of a user.
func logIn(t testing.TB, s *Server, email string) string {
	t.Helper()
	_, text := send(t, s, "", `POST /users/login {"email":"`+email+`","private_key":"`+s.Key()+`"}`)
	var answer struct {
		Response struct {
			AccessToken string `json:"access_token"`
		}
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil || answer.Response.AccessToken == "" {
		t.Fatalf("no token for %s: %s", email, text)
	}
	return "token:" + answer.Response.AccessToken
}

// A step is a request of a user, by private key where there is none, and its answer:
// "STATUS JSON" for the whole of it, "STATUS ~TEXT" for a part, "STATUS !TEXT" for what is
// not in it.
type step struct{ who, request, want string }

func play(t *testing.T, s *Server, steps []step) {
	t.Helper()
	for i, st := range steps {
		credential := s.Key()
		if st.who != "" {
			credential = logIn(t, s, st.who)
		}
		res, got := send(t, s, credential, st.request)
		status, want, _ := strings.Cut(st.want, " ")
		if strconv.Itoa(res.StatusCode) != status {
			t.Errorf("step %d %s: status %d, want %s: %s", i, st.request, res.StatusCode, status, got)
			continue
		}
		part, has := strings.CutPrefix(want, "~")
		absent, lacks := strings.CutPrefix(want, "!")
		switch {
		case want == "" || has && strings.Contains(got, part) || lacks && !strings.Contains(got, absent):
		case has:
			t.Errorf("step %d %s: no %s in %s", i, st.request, part, got)
		case lacks:
			t.Errorf("step %d %s: %s in %s", i, st.request, absent, got)
		default:
			if diff := cmp.Diff(decode(t, want), decode(t, got)); diff != "" {
				t.Errorf("step %d %s (-want +got):\n%s", i, st.request, diff)
			}
		}
	}
}

func decode(t testing.TB, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

const (
	olu = "olu@crumb.example" // ADMIN
	ada = "ada@crumb.example" // ACCOUNT_MANAGER of north
)

func TestUsers(t *testing.T) {
	play(t, open(t, Options{}), []step{
		{"", "GET /users/me", `200 ~"email":"api@crumb.example"`},
		{"", "GET /users?max=2&sort=id&order=asc", `200 ~"count":5,"max":2,"offset":0`},
		{"", "GET /users?query=KIM", `200 ~"count":1`},
		{"", "GET /users/5", `200 {"status":"SUCCESS","response":{"user":{"id":5,"email":"kim@crumb.example","firstname":"Kim","lastname":"Kiel","role":"LOCATION_MANAGER",
			"status":"VERIFIED","identifier":"crumb-3","features":["CAN_SEE_HELP_SECTION","INBOX_READ","LOCATION_READ","USER_SELF_EDIT"],"featuresDetailed":{},
			"managedLocations":[11],"managedBusinesses":[],"locationGroupIds":[1],"managedLocationsViaGroups":[11,12]}}}`},
		{"", "GET /users/99", `404 ~NOT_FOUND`},
		{"", "GET /users?max=x", `400 ~WRONG_PARAMETER_TYPE`},
		{"", `POST /users {"email":"n@crumb.example","firstname":"N","lastname":"N","role":"LOCATION_MANAGER","status":"INVITED","identifier":"crumb-9",
			"features":["INBOX_READ","LOCATION_WRITE"],"featuresDetailed":{"LOCATION_WRITE":["phone","fax"]},"managedLocations":[21,12,21],
			"emailSettings":[{"emailType":"DIGEST","frequency":"NEVER"}]}`,
			`200 {"status":"SUCCESS","response":{"usersLeft":499,"user":{"id":6,"email":"n@crumb.example","firstname":"N","lastname":"N","role":"LOCATION_MANAGER",
			"status":"INVITED","identifier":"crumb-9","features":["INBOX_READ","LOCATION_WRITE"],"featuresDetailed":{"LOCATION_WRITE":["fax","phone"]},
			"managedLocations":[12,21],"managedBusinesses":[],"locationGroupIds":[],"managedLocationsViaGroups":[],
			"emailSettings":[{"emailType":"DIGEST","frequency":"NEVER"}]}}}`},
		{"", `PATCH /users/6 {"features":["INBOX_READ"],"identifier":"","status":"INACTIVE"}`, `200 ~"status":"INACTIVE"`},
		{"", "GET /users/6", `200 !crumb-9`},
		{"", `PATCH /users/6 {"status":"DELETED"}`, `400 ~status cannot be`},
		{"", `PATCH /users/6 {"password":"x"}`, `400 ~password`},
		{"", `PATCH /users/6 {"managedLocations":[{"id":1}]}`, `400 ~managedLocations is not a list of int`},
		{"", `PATCH /users/6 {"identifier":"crumb-1"}`, `400 ~IDENTIFIER_NOT_UNIQUE`},
		{"", `PATCH /users/6 {"email":"KIM@crumb.example"}`, `400 ~IDENTIFIER_NOT_UNIQUE`},
		{"", `PATCH /users/6 {"features":["FLYING"]}`, `400 ~unknown value FLYING`},
		{"", `PATCH /users/6 {"featuresDetailed":{"LOCATION_WRITE":["wings"]}}`, `400 ~unknown field`},
		{"", `POST /users {"email":"m@crumb.example","firstname":"M","lastname":"M"}`, `400 ~parameter role is missing`},
		{"", `POST /users {"email":"m@crumb.example","firstname":"M","lastname":"M","role":"API_ADMIN"}`, `400 ~role cannot be`},
		{"", `POST /users {"email":"m@crumb.example","firstname":"M","lastname":"M","role":"ADMIN","status":"INVITED","password":"x"}`, `400 ~password`},
		{"", `POST /users [1]`, `400 ~BAD_REQUEST`},
		{"", "DELETE /users/5", `200 {"status":"SUCCESS","response":{"success":true}}`},
		{"", "GET /users/5", `404 `},
		{olu, "GET /location-groups", `200 ~"users":[]`},
		{"", "DELETE /users/5", `404 `},
		{"", "GET /sales-partners/42", `200 {"status":"SUCCESS","response":{"salesPartner":{"name":"Crumb & Co","forceSso":false,"usersLeft":500}}}`},
		{"", "PUT /users/4", `405 ~METHOD_NOT_ALLOWED`},
		{"", "GET /nothing", `404 ~NOT_FOUND`},
	})
}

// A caller manages only what it has and whom it sees.
func TestCallers(t *testing.T) {
	seed := DefaultSeed()
	for i := range seed.Users {
		if seed.Users[i].Email == ada {
			seed.Users[i].Features = []string{"INBOX_READ", "LOCATION_READ", "USER_OTHERS_EDIT"}
		}
	}
	play(t, open(t, Options{Seed: seed}), []step{
		{ada, "GET /users", `200 ~"count":2`}, // herself and Kim
		{ada, "GET /users", `200 !CAN_SEE_HELP_SECTION`},
		{ada, "GET /users/4", `404 `},
		{ada, "GET /features", `200 ~"defaultFeatures":["INBOX_READ","LOCATION_READ","USER_OTHERS_EDIT"]`},
		{ada, `PATCH /users/5 {"features":["LOCATION_READ","UPGRADE"]}`, `200 ~"features":["LOCATION_READ"]`},
		{"", "GET /users/5", `200 ~"features":["CAN_SEE_HELP_SECTION","LOCATION_READ","USER_SELF_EDIT"]`},
		{ada, `PATCH /users/5 {"managedLocations":[21]}`, `403 ~FORBIDDEN`},
		{ada, `PATCH /users/5 {"role":"ADMIN"}`, `403 ~FORBIDDEN`},
		{ada, "GET /locations?fieldMask=id", `200 {"status":"SUCCESS","response":{"offset":0,"max":50,"count":3,"locations":[{"id":11},{"id":12},{"id":13}]}}`},
		{ada, "GET /businesses", `200 ~"count":1`},
		{ada, "GET /location-groups", `403 ~FORBIDDEN`},
		{"kim@crumb.example", "GET /users", `403 ~FORBIDDEN`},
		{"", "DELETE /users/1", "200 "},
		{"", "GET /users", `401 ~BAD_PRIVATE_KEY`}, // the account of the key is gone
	})
}

func TestLocationGroups(t *testing.T) {
	play(t, open(t, Options{}), []step{
		{"", "GET /location-groups", `401 ~BAD_ACCESS_TOKEN`},
		{olu, "GET /location-groups?fieldMask=id&fieldMask=name", `200 {"status":"SUCCESS","response":{"offset":0,"max":100,"count":1,"locationGroups":[{"id":1,"name":"Coast"}]}}`},
		{olu, `POST /location-groups {"name":"South","status":"ACTIVE","locations":[22,21],"users":[4]}`,
			`200 {"status":"SUCCESS","response":{"locationGroup":{"id":2,"name":"South","status":"ACTIVE","locations":[21,22],"users":[4]}}}`},
		{olu, "GET /location-groups?query=SOU", `200 ~"count":1`},
		{"", "GET /users/4", `200 ~"locationGroupIds":[2],"managedLocationsViaGroups":[21,22]`},
		{olu, `PATCH /location-groups/2 {"users":[]}`, `200 ~"users":[]`},
		{"", "GET /users/4", `200 ~"locationGroupIds":[]`},
		{olu, `POST /location-groups {"locations":[11]}`, `400 ~name is missing`},
		{olu, `PATCH /location-groups/2 {"users":[99]}`, `400 ~unknown value 99`},
		{olu, "DELETE /location-groups/1", `200 ~success`},
		{olu, "GET /location-groups/1", `404 ~NOT_FOUND`},
		{"", "GET /users/5", `200 ~"managedLocationsViaGroups":[]`},
	})
}

// What the sales partner is decides what its users can be.
func TestSalesPartner(t *testing.T) {
	create := `POST /users {"email":"n@crumb.example","firstname":"N","lastname":"N","role":"ADMIN"`
	for name, tt := range map[string]struct {
		partner SalesPartner
		steps   []step
	}{
		"sso":    {SalesPartner{ForceSSO: true}, []step{{"", create + "}", "403 ~single sign-on"}, {"", `PATCH /users/4 {"phone":"1"}`, "403 ~single sign-on"}, {"", "DELETE /users/4", "200 "}}},
		"full":   {SalesPartner{UsersLeft: new(int)}, []step{{"", create + "}", "400 ~LIMIT_REACHED"}, {"", "DELETE /users/4", "200 "}, {"", create + "}", `200 ~"usersLeft":0`}}},
		"kept":   {SalesPartner{NoDeletion: true}, []step{{"", "DELETE /users/4", "403 ~FORBIDDEN"}}},
		"one":    {SalesPartner{WhiteLabels: []string{"crumb"}}, []step{{"", create + "}", `200 ~"whitelabelInformationIdentifier":"crumb"`}}},
		"labels": {SalesPartner{WhiteLabels: []string{"crumb", "bun"}}, []step{{"", create + "}", "400 ~MISSING_PARAMETER"}, {"", create + `,"whitelabelInformationIdentifier":"bun"}`, "200 "}}},
	} {
		t.Run(name, func(t *testing.T) {
			seed := DefaultSeed()
			seed.SalesPartner = tt.partner
			play(t, open(t, Options{Seed: seed}), tt.steps)
		})
	}
}

func TestCredentials(t *testing.T) {
	s := open(t, Options{TokenRequests: 2})
	for request, want := range map[string]int{
		`POST /users/login {"email":"olu@crumb.example","password":"olu"}`:                200,
		`POST /users/login {"userId":2,"private_key":"emulator-key"}`:                     200,
		`POST /users/login {"email":"olu@crumb.example","password":"wrong"}`:              401,
		`POST /users/login {"email":"nobody@crumb.example","private_key":"emulator-key"}`: 401,
		`POST /users/login {"email":"olu@crumb.example"}`:                                 400,
		`POST /users/login {"private_key":"emulator-key"}`:                                400,
		`GET /users`: 401,
	} {
		if res, text := send(t, s, "", request); res.StatusCode != want {
			t.Errorf("%s: %d, want %d: %s", request, res.StatusCode, want, text)
		}
	}
	token := logIn(t, s, olu)
	for i, want := range []int{200, 200, 401} {
		if res, text := send(t, s, token, "GET /location-groups"); res.StatusCode != want {
			t.Errorf("request %d: %d %s", i, res.StatusCode, text)
		}
	}
	token = logIn(t, s, ada)
	play(t, s, []step{{"", `PATCH /users/3 {"status":"INACTIVE"}`, "200 "}})
	if res, _ := send(t, s, token, "GET /users"); res.StatusCode != 401 {
		t.Errorf("a token of an inactive user: %d", res.StatusCode)
	}
}

func TestRates(t *testing.T) {
	c := newClock()
	s := open(t, Options{Clock: c.time})
	for i := range 11 {
		res, text := send(t, s, DefaultKey, `POST /users {}`)
		if throttled := res.StatusCode == 429; throttled != (i == 10) || throttled && (!strings.Contains(text, "QUOTA_LIMIT_EXCEED") || res.Header.Get("Retry-After") != "10") {
			t.Errorf("creation %d: %d %s", i, res.StatusCode, text)
		}
	}
	play(t, s, []step{{"", "GET /users", "200 "}})
	c.now = c.now.Add(10 * time.Second)
	play(t, s, []step{{"", "POST /users {}", "400 "}})
}

// What each value of a variant does.
func TestVariants(t *testing.T) {
	const kim = "GET /users/5"
	wide := `POST /users {"email":"kim@crumb.example","firstname":"K","lastname":"K","role":"LOCATION_MANAGER"}`
	for variant, steps := range map[string][]step{
		"ids=objects": {{"", kim, `200 ~"managedLocations":[{"businessId":1,"businessName":"Crumb North","id":11,`},
			{"", "GET /users/3", `200 ~"managedBusinesses":[{"id":1,`}, {olu, "GET /location-groups/1", `200 ~"users":[{"id":5}]`}},
		"sets=merge": {{"", `PATCH /users/5 {"features":["UPGRADE"],"managedLocations":[],"featuresDetailed":{"LOCATION_WRITE":["fax"]}}`, `200 ~"features":["CAN_SEE_HELP_SECTION","INBOX_READ","LOCATION_READ","UPGRADE","USER_SELF_EDIT"]`},
			{"", `PATCH /users/5 {"featuresDetailed":{"ADVANCED_ANALYTICS":["overview"]}}`, `200 ~"featuresDetailed":{"ADVANCED_ANALYTICS":["overview"],"LOCATION_WRITE":["fax"]}`},
			{"", `PATCH /users/5 {"emailSettings":[{"emailType":"DIGEST","frequency":"NEVER"}]}`, "200 "},
			{"", `PATCH /users/5 {"emailSettings":[]}`, "200 ~DIGEST"}, {"", kim, `200 ~"managedLocations":[11]`},
			{olu, `PATCH /location-groups/1 {"users":[],"locations":[23]}`, `200 ~"locations":[11,12,23],"name":"Coast","status":"ACTIVE","users":[5]`}},
		"ungrantable=refused":        {{ada, `PATCH /users/5 {"features":["LOCATION_GROUP"]}`, "403 ~LOCATION_GROUP"}},
		"ungrantable=warned":         {{ada, `PATCH /users/5 {"features":["LOCATION_GROUP"]}`, `200 ~"warnings":["Features that the caller does not have: LOCATION_GROUP."]`}},
		"email=absent":               {{"", kim, `200 !kim@`}, {"", "GET /users?query=kim@", `200 ~"count":1`}},
		"missing-user=400-not-found": {{"", "GET /users/99", `400 ~"status":"NOT_FOUND"`}},
		"missing-user=400":           {{"", "DELETE /users/99", `400 ~"status":"BAD_REQUEST"`}},
		"me=missing":                 {{"", "GET /users/me", "404 "}},
		"deleted=listed":             {{"", "DELETE /users/5", "200 "}, {"", kim, `200 ~"status":"DELETED"`}, {"", "GET /users", `200 ~"count":5`}, {"", "DELETE /users/5", "404 "}, {"", `PATCH /users/5 {}`, "404 "}, {"", wide, "200 "}},
		"deleted=taken":              {{"", "DELETE /users/5", "200 "}, {"", wide, "400 ~IDENTIFIER_NOT_UNIQUE"}},
		"group-answer=bare":          {{olu, "GET /location-groups/1", `200 {"status":"SUCCESS","response":{"id":1,"name":"Coast","status":"ACTIVE","locations":[11,12],"users":[5]}}`}},
		"throttle=400":               {{"", "GET /users", "200 "}, {"", "GET /users", "200 "}, {"", "GET /users", "400 ~QUOTA_LIMIT_EXCEED"}},
		"throttle=200":               {{"", "GET /users", "200 "}, {"", "GET /users", "200 "}, {"", "GET /users", "200 ~QUOTA_LIMIT_EXCEED"}},
		"bad-credential=403":         {{"", "GET /location-groups", "403 ~BAD_ACCESS_TOKEN"}},
		"errors=text":                {{"", "GET /nothing", "404 ~There is no such path."}, {"", "GET /location-groups", "401 ~BAD_ACCESS_TOKEN"}},
	} {
		t.Run(variant, func(t *testing.T) {
			o := Options{Seed: DefaultSeed(), Variants: []string{variant}}
			if strings.HasPrefix(variant, "throttle") {
				o.Rate = 2
			}
			if strings.HasPrefix(variant, "ungrantable") {
				o.Seed.Users[2].Features = []string{"LOCATION_READ", "USER_OTHERS_EDIT"}
			}
			play(t, open(t, o), steps)
		})
	}
}

// A state survives, and what everybody can do with it.
func TestStateSurvives(t *testing.T) {
	o := Options{State: t.TempDir() + "/state"}
	first := open(t, o)
	play(t, first, []step{
		{"", `PATCH /users/5 {"features":["LOCATION_WRITE"],"featuresDetailed":{"LOCATION_WRITE":["phone"]}}`, "200 "},
		{olu, `PATCH /location-groups/1 {"locations":[12]}`, "200 "},
	})
	want := []string{"LOCATION_WRITE at 11", "LOCATION_WRITE at 12", "LOCATION_WRITE phone at 11", "LOCATION_WRITE phone at 12"}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	all, err := open(t, o).Reach()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, all["kim@crumb.example"]); diff != "" {
		t.Errorf("Kim (-want +got):\n%s", diff)
	}
	if len(all[olu]) < 6*48 || len(all["ada@crumb.example"]) >= len(all[olu]) {
		t.Errorf("the administrator has %d rights, an account manager %d", len(all[olu]), len(all["ada@crumb.example"]))
	}
}

// The answers are those of the description of the API, under every variant.
func TestContract(t *testing.T) {
	contract, err := providertest.OpenContract("../testdata/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	readings := []string{""}
	for _, v := range Variants() {
		for _, value := range v.Values {
			readings = append(readings, v.Name+"="+value)
		}
	}
	for _, reading := range readings {
		o := Options{Seed: DefaultSeed()}
		if reading != "" {
			o.Variants = []string{reading}
		}
		s := open(t, o)
		watched := contract.Transport(s.Transport(), func(err error) { t.Errorf("%s: %v", reading, err) })
		token := strings.TrimPrefix(logIn(t, s, olu), "token:")
		for _, request := range []string{
			`POST /users/login {"email":"olu@crumb.example","private_key":"emulator-key"}`,
			`POST /users/login {"userId":2,"password":"wrong"}`,
			"GET /users?max=1000&sort=id", "GET /users/me", "GET /users/5", "GET /users/99", "GET /features", "GET /sales-partners/42",
			`POST /users {"email":"n@crumb.example","firstname":"N","lastname":"N","role":"ADMIN","status":"INVITED","features":["ADS_READ"],"featuresDetailed":{"LOCATION_WRITE":["fax"]}}`,
			`PATCH /users/6 {"managedLocations":[11,12],"emailSettings":[{"emailType":"DIGEST","frequency":"NEVER"}]}`,
			"DELETE /users/6", "DELETE /users/6",
			"GET /location-groups", "GET /location-groups/1", "GET /location-groups/9",
			`POST /location-groups {"name":"South","locations":[21],"users":[4]}`, `PATCH /location-groups/2 {"users":[]}`, "DELETE /location-groups/2",
			"GET /businesses?max=1000&fieldMask=id&fieldMask=name", "GET /locations?max=1000&fieldMask=id&fieldMask=identifier&fieldMask=businessId",
		} {
			method, rest, _ := strings.Cut(request, " ")
			path, body, _ := strings.Cut(rest, " ")
			req, err := http.NewRequestWithContext(t.Context(), method, BaseURL+path, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("accessToken", token)
			if body != "" {
				req.Header.Set("Content-Type", "application/json")
			}
			if _, err := watched.RoundTrip(req); err != nil {
				t.Fatal(err)
			}
		}
	}
	if unused := contract.Unused(); len(unused) > 0 {
		t.Errorf("the description has operations that the emulator was not asked for: %v", unused)
	}
}
