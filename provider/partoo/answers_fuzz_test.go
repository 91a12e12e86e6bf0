package partoo

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A question is something that the client asks, and what answers it well.
type question struct {
	ask, answer string // "GET /v2/..." and a body
	list        string // key of the list in the answer, for questions that list
	do          func(connection) (int, error)
}

// listing counts the objects of a kind.
func listing(kind *schema.Kind) func(connection) (int, error) {
	return func(c connection) (n int, err error) {
		for _, err := range c.List(context.Background(), kind) {
			if err != nil {
				return n, err
			}
			n++
		}
		return n, nil
	}
}

// reading reads one object and makes sure that it is the one that was asked for.
func reading(kind *schema.Kind, id string) func(connection) (int, error) {
	return func(c connection) (int, error) {
		o := declare(kind, map[string]any{})
		o.ID = id
		if g, ok := o.Body.(*Group); ok {
			g.Section = "A"
		}
		got, err := c.Read(context.Background(), o)
		if err == nil && (got.Addr.Key == "" || got.ID == "" || got.ID != id && kind != &roleKind) {
			return 0, errHollow
		}
		return 1, err
	}
}

const sectionsOK = `{"page":1,"max_page":1,"count":1,"sections":[{"id":1,"name":"A","groups":[{"id":3,"name":"B","has_puller":false}],"can_edit":true,"has_puller":false}]}`

// questions are all reads of the client.
func questions() []question {
	id := map[string]string{"user": "5409c35a97bbc544d8e26737"}
	user := `{"id":"` + id["user"] + `","email":"a@b.co","first_name":"A","last_name":"B","org_id":42,"role":"GROUP_MANAGER","custom_role":"r",` +
		`"accesses":[[3]],"business_ids":[],"lang":"en","status":"active","disabled":false,"sso_only":false}`
	role := `{"name":"R","api_id":"r","description":"D","org_id":42,"is_builtin":false`
	return []question{
		{me, meOK[4:], "", func(connection) (int, error) { return 1, nil }},
		{switched, switchOK[4:], "", func(connection) (int, error) { return 1, nil }},
		{sectionQ, sectionsOK, "sections", listing(&sectionKind)},
		{sectionQ, sectionsOK, "", listing(&groupKind)},
		{"GET /v2/custom_role?page=1&per_page=100", `{"page":1,"max_page":1,"count":1,"custom_roles":[` + role + `}]}`, "custom_roles", func(c connection) (int, error) {
			n, err := listing(&roleKind)(c)
			if err != nil {
				return n, err
			}
			m, err := listing(&builtinRoleKind)(c)
			return n + m, err
		}},
		{usersQ, `{"page":1,"max_page":1,"count":1,"users":[` + user + `]}`, "users", listing(&userKind)},
		{"GET /v2/user/" + id["user"] + "?display_business_ids=true", user, "", reading(&userKind, id["user"])},
		{"GET /v2/sections/1", `{"id":1,"name":"A","groups":[],"can_edit":true,"has_puller":false}`, "", reading(&sectionKind, "1")},
		{"GET /v2/sections/1/groups/3", `{"id":3,"name":"B","has_puller":false,"business_ids":["b1"]}`, "", reading(&groupKind, "3")},
		{"GET /v2/custom_role/r", role + `,"permissions":["p"]}`, "", reading(&roleKind, "r")},
		{"GET /v2/permissions", `{"sections":[{"subsections":[{"permissions":[{"name":"p","depends_on":["q"],"disabled_for_roles":["r"]}]}]}]}`, "sections",
			func(c connection) (int, error) {
				all, err := c.readCatalogue(context.Background())
				return len(all), err
			}},
		{"GET /v2/business/search?code=1&page=1&per_page=100", `{"page":1,"max_page":1,"count":1,"businesses":[{"id":"b1","code":"1"}]}`, "businesses",
			func(c connection) (int, error) {
				b := businessIndex{ids: map[string]string{}, codes: map[string]string{}}
				err := c.lookUp(context.Background(), &b, []string{"1"})
				return len(b.codes), err
			}},
	}
}

var errHollow = &provider.Error{Op: "test", Reason: "an object came that is not the one asked for, and no error"}

// odd answers one question with arbitrary bytes, and the others well.
type odd struct {
	about  int
	status int
	kind   string
	text   []byte
	asked  *int
}

func (o odd) RoundTrip(r *http.Request) (*http.Response, error) {
	*o.asked++
	all := questions()
	status, kind, text := 404, "application/json", []byte(`{"error":{"json":"Resource not found"}}`)
	for i, q := range all {
		if q.ask != r.Method+" "+r.URL.RequestURI() {
			continue
		}
		if status, text = 200, []byte(q.answer); i == o.about || q.ask == all[o.about].ask {
			status, kind, text = o.status, o.kind, o.text
			break
		}
	}
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {kind}}, Request: r, Body: io.NopCloser(bytes.NewReader(text))}, nil
}

// FuzzAnswers: whatever Partoo answers to a question, the client does not panic,
// gives up in the end, and takes nothing for an empty list that does not hold one.
func FuzzAnswers(f *testing.F) {
	for i, q := range questions() {
		f.Add(byte(i), uint16(200), "application/json", []byte(q.answer))
		f.Add(byte(i), uint16(200), "application/json", []byte(`{}`))
		f.Add(byte(i), uint16(200), "text/html", []byte(`<title>Sign in</title>`))
		if q.list != "" {
			f.Add(byte(i), uint16(200), "", []byte(`{"count":0,"`+q.list+`":[]}`))
			f.Add(byte(i), uint16(200), "", []byte(`{"count":0,"max_page":1,"`+q.list+`":null}`))
			f.Add(byte(i), uint16(200), "", []byte(`{"`+q.list+`":[{},null]}`))
		}
	}
	f.Add(byte(2), uint16(403), "", []byte(`{"errors":{"json":{"name":["too short",{"a":"b"}]}}}`))
	f.Add(byte(5), uint16(429), "text/plain", []byte(`Too Many Requests`))
	f.Add(byte(9), uint16(301), "", []byte(``))
	f.Fuzz(func(t *testing.T, about byte, status uint16, kind string, text []byte) {
		all, asked := questions(), 0
		i := int(about) % len(all)
		code := 200 + int(status)%400
		c, err := Provider().Connect(context.Background(), provider.Options{
			Tenant: "partoo", Settings: schema.Object{Kind: &settingsKind, Body: &Settings{OrgID: 42}}, Key: "k",
			Endpoint: "https://partoo.test/v2", Transport: odd{i, code, kind, text, &asked},
			Wait: func(context.Context, time.Duration) error { return nil }, Index: &schema.Index{},
		})
		n := 0
		if err == nil {
			n, err = all[i].do(c.(connection))
		}
		if asked > 100 {
			t.Errorf("%d requests for one question", asked)
		}
		switch {
		case err != nil && (err.Error() == "" || err == errHollow):
			t.Errorf("%v: %s", all[i].ask, err)
		case err == nil && n == 0 && !emptyList(text, all[i].list):
			t.Errorf("%s: nothing was found, and the answer %q holds no empty list", all[i].ask, text)
		}
	})
}

// emptyList reports whether the text is an object with an empty list of that name.
// The lists of groups and of permissions lie deeper: for them, any list will do.
func emptyList(text []byte, name string) bool {
	var o map[string]json.RawMessage
	if json.Unmarshal(text, &o) != nil {
		return false
	}
	deep := name == "" || name == "sections"
	for key, value := range o { // names are compared as encoding/json does
		var list []json.RawMessage
		if !strings.EqualFold(key, cmp.Or(name, "sections")) || json.Unmarshal(value, &list) != nil {
			continue
		}
		if list != nil && (deep || len(list) == 0) {
			return true
		}
	}
	return false
}
