package tines

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

func answered(r *http.Request, status int, text string) *http.Response {
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Request: r, Body: io.NopCloser(strings.NewReader(text)),
	}
}

func decode(text string, out any) error { return json.Unmarshal([]byte(text), out) }

const meta = `"meta":{"next_page_number":null,"pages":1,"count":1}`

// wellAnswered are the answers about one team with one member.
var wellAnswered = map[string]string{
	"/admin/roles":                   `{"admin/roles":[{"id":"11","name":"ANALYST","type":"custom","permissions":["P"]}],` + meta + `}`,
	"/admin/users":                   `{"admin/users":[{"id":2,"email":"a@b.co","admin":false,"is_active":true,"tenant_permissions":[],"team_memberships":[{"team_id":21,"team_name":"T","role":"11"}]}],` + meta + `}`,
	"/teams":                         `{"teams":[{"id":21,"name":"T"}],` + meta + `}`,
	"/teams/21/members":              `{"members":[{"id":2,"email":"a@b.co","is_admin":false,"role":"ANALYST"}],` + meta + `}`,
	"/admin/scim_user_group_mapping": `{"mappings":[{"group_name":"G","team_name":"T","role_name":"ANALYST"}],"tenant_owners_group":"O"}`,
}

// odd answers one path with bytes that somebody made up, and the others well.
type odd struct {
	path  string
	text  string
	asked *atomic.Int32
}

func (o odd) RoundTrip(r *http.Request) (*http.Response, error) {
	o.asked.Add(1)
	path := strings.TrimPrefix(r.URL.Path, "/api/v1")
	text, known := wellAnswered[path]
	switch {
	case path == o.path:
		text = o.text
	case !known:
		return answered(r, http.StatusNotFound, `{"error":"not found"}`), nil
	}
	return answered(r, http.StatusOK, text), nil
}

// FuzzMembers: whatever Tines answers about users, members and the mapping, the
// client does not panic, gives up in the end, and takes nothing for an empty list
// that does not hold one.
func FuzzMembers(f *testing.F) {
	paths := []string{"/admin/users", "/teams/21/members", "/admin/scim_user_group_mapping"}
	for i, path := range paths {
		for _, text := range []string{
			wellAnswered[path], `{}`, `null`, `[]`, `{"mappings":[null]}`, `{"user_group_mapping":{"mappings":[]}}`, `{"members":[{}],` + meta + `}`,
			`{"members":[],"meta":{"next_page_number":2,"count":9}}`, `{"admin/users":[],"meta":{"next_page_number":null,"count":0}}`,
			`{"admin/users":[{"id":2,"email":"A@B.co","admin":true,"is_active":true,"tenant_permissions":null,"memberships":[{"team_id":"21"}]}],` + meta + `}`,
		} {
			f.Add(byte(i), text)
		}
	}
	f.Fuzz(func(t *testing.T, about byte, text string) {
		path := paths[int(about)%len(paths)]
		var asked atomic.Int32
		c, err := Provider().Connect(context.Background(), provider.Options{
			Tenant: "tines", Settings: schema.Object{Kind: &settingsKind, Body: &Settings{}}, Key: "k", Endpoint: "https://tines.test/api/v1",
			Transport: odd{path, text, &asked}, Index: &schema.Index{}, Wait: func(context.Context, time.Duration) error { return nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		kind := &membershipKind
		if path == mappingPath {
			kind = &mappingKind
		}
		n := 0
		for o, err := range c.List(context.Background(), kind) {
			if err != nil {
				if err.Error() == "" {
					t.Error("an error without words")
				}
				n = -1
				break
			}
			if o.Addr.Key == "" || o.Addr.Key != o.Kind.KeyOf(o.Body) {
				t.Errorf("the object %q has the key %q", o.Addr.Key, o.Kind.KeyOf(o.Body))
			}
			n++
		}
		if asked.Load() > 200 {
			t.Errorf("%d requests for one list", asked.Load())
		}
		if n == 0 && !strings.Contains(text, "[") {
			t.Errorf("nothing was found, and the answer %q holds no list", text)
		}
	})
}
