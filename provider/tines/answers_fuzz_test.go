package tines

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A question is a read of the client: of a list, or of one object with an id.
type question struct {
	path, answer string
	kind         *schema.Kind
	list, id     string
}

func questions() []question {
	row := func(page string) string {
		_, rest, _ := strings.Cut(page, "[")
		return rest[:strings.LastIndex(rest, `],"meta"`)]
	}
	role := `{"id":"7","name":"ANALYST","type":"custom","description":null,"permissions":["CASE_CREATE"]}`
	return []question{
		{"/admin/roles", rolesOK[4:], &roleKind, "admin/roles", ""},
		{"/teams", teamsOK[4:], &teamKind, "teams", ""},
		{"/admin/users", usersOK[4:], &userKind, "admin/users", ""},
		{"/admin/roles/7", role, &roleKind, "", "7"},
		{"/teams/21", `{"id":21,"name":"SOC","groups":[{"id":23,"name":"Phishing"}]}`, &teamKind, "", "21"},
		{"/admin/users/3", row(usersOK), &userKind, "", "3"},
		{"/teams/21/members", membersOK[4:], &membershipKind, "members", ""},
		{"/admin/users", usersOK[4:], &membershipKind, "admin/users", ""},
		{mappingPath, mappingOK[4:], &mappingKind, "mappings", ""},
	}
}

// FuzzAnswers: whatever Tines answers to a question, the client does not panic, ends after a
// limited number of requests, and takes nothing for an empty list or for the object that was
// asked for that is not one.
func FuzzAnswers(f *testing.F) {
	for i, q := range questions() {
		f.Add(byte(i), byte(0), q.answer)
		for _, text := range []string{`{}`, `null`, `[]`, `7`, `<title>Sign in</title>`, ``, `{"` + q.list + `":[]}`, `{"` + q.list + `":null,"meta":{"count":0,"pages":0,"next_page_number":null}}`,
			`{"` + q.list + `":[{},null],"meta":{"count":2,"pages":1,"next_page_number":null}}`, `{"` + q.list + `":[],"meta":{"count":9,"next_page_number":2,"pages":9}}`,
			`{"user_group_mapping":{"mappings":[]}}`, `{"mappings":[null]}`} {
			f.Add(byte(i), byte(0), text)
		}
		f.Add(byte(i), byte(1), `{"errors":{"name":["too short",{"a":"b"}]}}`)
	}
	f.Fuzz(func(t *testing.T, about, status byte, text string) {
		all := questions()
		q := all[int(about)%len(all)]
		code := []string{"200", "404", "422", "500"}[int(status)%4]
		s := script{
			"GET /admin/roles": {rolesOK}, "GET /teams": {teamsOK}, "GET /admin/users": {usersOK}, "GET /teams/21/members": {membersOK}, "GET " + mappingPath: {mappingOK},
		}
		s["GET "+q.path] = []string{code + " " + text}
		c, err := s.connect(Settings{Provisioning: provisionJIT}) // where a 404 never means that there is no mapping
		if err != nil {
			if q.path != "/admin/roles" || err.Error() == "" {
				t.Fatal(err)
			}
			return
		}
		if q.list == "" {
			o := schema.Object{Kind: q.kind, ID: q.id, Body: q.kind.New()}
			if got, err := c.Read(context.Background(), o); err == nil && (got.ID != q.id || got.Addr.Key == "") || err != nil && err.Error() == "" {
				t.Errorf("%s %q: %+v, %v", q.path, text, got, err)
			}
		} else {
			n := 0
			for o, err := range c.List(context.Background(), q.kind) {
				if err != nil {
					n = -1
				} else if n++; o.Addr.Key == "" || o.Addr.Key != o.Kind.KeyOf(o.Body) || o.ID == "" && q.kind != &mappingKind {
					t.Errorf("%s %q: an object that is none: %+v", q.path, text, o)
				}
			}
			if n == 0 && !saysEmpty(text, q.list) {
				t.Errorf("%s: nothing was found, and the answer %q holds no empty list", q.path, text)
			}
		}
		if c.Sent() > 100 {
			t.Errorf("%d requests for one question", c.Sent())
		}
	})
}

// saysEmpty reports whether the text is an object with an empty list of that name, or with
// such an object under the one name around the mapping. Names are compared as encoding/json
// does.
func saysEmpty(text, name string) bool {
	var o map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &o) != nil {
		return false
	}
	for key, value := range o {
		if strings.EqualFold(key, name) && strings.Join(strings.Fields(string(value)), "") == "[]" || key == wrapperField && saysEmpty(string(value), name) {
			return true
		}
	}
	return false
}

// FuzzReason: any body gives words or none, and always the same.
func FuzzReason(f *testing.F) {
	for _, body := range []string{`{"errors":[{"message":"a","details":"b"}]}`, `[{"message":"a"}]`, `{"error":{"b":["c"],"a":"d"}}`, `{"message":7}`, `[[[["x"]]]]`, `"`} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		if first, second := reason(422, []byte(body)), reason(422, []byte(body)); first != second {
			t.Error(fmt.Sprint(first, " and then ", second))
		}
	})
}
