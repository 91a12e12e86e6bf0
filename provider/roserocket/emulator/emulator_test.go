package emulator

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rolecall-dev/rolecall/provider/emulator"
	"github.com/rolecall-dev/rolecall/provider/providertest"
)

// The seed of most tests: two objects, and an account for each kind of caller.
const yard = `{
	"users": [
		{"id": "admin", "role": "admin", "service": true}, {"id": "manager", "role": "manager", "service": true},
		{"id": "sales", "role": "sales", "service": true}, {"id": "fresh", "service": true},
		{"id": "ana", "email": "ana@yard.example"}, {"id": "ben"}
	],
	"objects": [
		{"key": "order", "boards": ["dispatch", "embeddedOrder"], "fields": [
			{"key": "status", "description": "Where it is"}, "cost", {"key": "margin", "derived": true}, {"key": "customer", "connection": true}, "po__c"]},
		{"key": "userGroup", "fields": ["name"]}
	],
	"permissions": [
		{"roles": ["sales"], "objects": ["order"], "delete": false, "disabled_boards": ["embeddedOrder"], "read": ["margin"], "hide": ["cost"]},
		{"roles": ["guest"], "access": "noAccess"}, {"roles": ["csr"], "access": "readOnly"}
	],
	"user_groups": [{"id": "g1", "name": "Dispatch", "description": "Plans", "members": ["ana@yard.example"]}]
}`

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

func seeded(t testing.TB, text string, variants ...string) *Server {
	t.Helper()
	return open(t, Options{Seed: parse(t, text), Variants: variants})
}

func parse(t testing.TB, text string) *Seed {
	t.Helper()
	seed, err := emulator.ParseSeed[Seed]([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return seed
}

// ask sends a request with a token, which may be empty, over the in-process
// transport.
func ask(t testing.TB, s *Server, token, method, url, body string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := s.Transport().RoundTrip(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, url, err)
	}
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(data)
}

// login is a token request for the service account, with some of it replaced.
func login(user string, replace ...string) string {
	q := map[string]string{
		"grant_type": "client_credentials", "client_id": DefaultLogin().ClientID, "client_secret": DefaultLogin().ClientSecret,
		"audience": Audience, "org_id": DefaultLogin().OrgID, "user_id": user,
	}
	for i := 0; i < len(replace); i += 2 {
		q[replace[i]] = replace[i+1]
	}
	data, err := json.Marshal(q)
	if err != nil {
		panic(err)
	}
	return string(data)
}

func tokenOf(t testing.TB, s *Server, user string) string {
	t.Helper()
	res, text := ask(t, s, "", "POST", TokenURL, login(user))
	var answer struct {
		AccessToken string `json:"access_token"`
		TokenType   string `json:"token_type"`
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil || res.StatusCode != 200 || answer.TokenType != "Bearer" {
		t.Fatalf("no token for %s: %d %s", user, res.StatusCode, text)
	}
	return answer.AccessToken
}

// A step is a request "METHOD PATH [BODY]" of a service account (admin, if none)
// and its answer, as providertest.CompareAnswer reads it.
type step struct{ who, request, want string }

func play(t *testing.T, s *Server, steps []step) {
	t.Helper()
	tokens := map[string]string{}
	for i, st := range steps {
		if st.who == "" {
			st.who = "admin"
		}
		if tokens[st.who] == "" {
			tokens[st.who] = tokenOf(t, s, st.who)
		}
		method, rest, _ := strings.Cut(st.request, " ")
		path, body, _ := strings.Cut(rest, " ")
		res, got := ask(t, s, tokens[st.who], method, BaseURL+path, body)
		if differs := providertest.CompareAnswer(res.StatusCode, got, st.want); differs != "" {
			t.Errorf("step %d %s: %s", i, st.request, differs)
		}
	}
}

const (
	sales  = "/permissions/roles/sales/objectKey/order"
	denied = `403 {"statusCode":403,"message":"Action is forbidden.","error":"Forbidden"}`
	absent = `404 {"statusCode":404,"message":"Not found.","error":"Not Found"}`
)

// row is an entry of data.fields with its metadata.
func row(key, kind string, disabled bool) string {
	metadata := map[string]string{
		"status":   `"description":"Where it is","isDerived":false,"isSystemGenerated":true,"isConnection":false`,
		"cost":     `"isDerived":false,"isSystemGenerated":true,"isConnection":false`,
		"margin":   `"isDerived":true,"isSystemGenerated":true,"isConnection":false`,
		"customer": `"isDerived":false,"isConnection":true`,
		"po__c":    `"isDerived":false,"isSystemGenerated":false,"isConnection":false`,
	}
	return `{"key":"` + key + `","permissionType":"` + kind + `","isDisabled":` + strconv.FormatBool(disabled) + `,` + metadata[key] + `}`
}

// bare is one without.
func bare(key, kind string, disabled bool) string {
	return `{"key":"` + key + `","permissionType":"` + kind + `","isDisabled":` + strconv.FormatBool(disabled) + `}`
}

// paper is a document.
func paper(option string, fields ...string) string {
	return `{"boards":[{"key":"dispatch","isDisabled":false},{"key":"embeddedOrder","isDisabled":true}],` +
		`"record":{"isCreateAllowed":true,"isDeleteAllowed":false},"data":{"option":"` + option + `","fields":[` + strings.Join(fields, ",") + `]}}`
}

// live is the document of sales on order as the seed has it.
func live() string {
	return paper("custom", row("status", "editor", false), row("cost", "viewer", true), row("margin", "viewer", false),
		row("customer", "editor", false), row("po__c", "editor", false))
}
