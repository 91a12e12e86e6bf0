package drift

import (
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

type testUser struct{ Email string }

type testGroup struct {
	Name    string
	Members []string
}

// Who is named in a difference and by no file is found: in addresses, sentences and lists of members, also if people
// could not be listed. Whom a block or an accept block names is not.
func TestUndeclaredPeople(t *testing.T) {
	user := &schema.Kind{Name: "user", Subject: true, Attributes: []schema.Attribute{
		schema.String("email", "", func(u *testUser) *string { return &u.Email }).With(schema.Key),
	}}
	group := &schema.Kind{Name: "group", Attributes: []schema.Attribute{
		schema.String("name", "", func(g *testGroup) *string { return &g.Name }).With(schema.Key),
		schema.RefSet("members", "", func(g *testGroup) *[]string { return &g.Members }).To("user"),
	}}
	address := func(kind, key string) schema.Address { return schema.Address{Provider: "zoo", Kind: kind, Key: key} }
	object := func(k *schema.Kind, key string, body any) schema.Object {
		return schema.Object{Kind: k, Addr: address(k.Name, key), Body: body, Set: schema.Everything}
	}
	f := &finder{
		Input: Input{
			Tenant: &schema.Tenant{
				Product: &schema.Product{Kinds: []*schema.Kind{user, group}},
				Objects: []schema.Object{
					object(user, "ana@zoo.example", &testUser{"ana@zoo.example"}),
					object(group, "Day", &testGroup{"Day", []string{"ben@zoo.example"}}),
				},
				Accepted: []schema.Acceptance{{Kind: "user", Key: "boss@zoo.example"}},
			},
			Live: map[string][]schema.Object{"user": {
				object(user, "eve@zoo.example", &testUser{"eve@zoo.example"}), object(user, "pat@zoo.example", &testUser{"pat@zoo.example"}),
				object(user, "zed@zoo.example", &testUser{"zed@zoo.example"}),
			}},
		},
		out: &Drift{
			Differences: []Difference{
				{Addr: address("user", "ana@zoo.example"), Subject: address("user", "ana@zoo.example"), Text: "ana@zoo.example became admin"},
				{Addr: address("group", "Day"), Subject: address("group", "Day"), Attributes: []Attribute{{Name: "members", Live: []string{"ben@zoo.example", "far@zoo.example"}}}},
				{Addr: address("group", "Night"), Subject: address("user", "gil@zoo.example"), Text: "group Night was added by eve@zoo.example."},
			},
			Accepted: []Accepted{{Difference: Difference{Addr: address("user", "boss@zoo.example"), Text: "boss@zoo.example is admin"}}},
			Unseen:   []string{"user.pat@zoo.example could not be compared."},
		},
	}
	var got []string
	for _, a := range f.undeclaredPeople() {
		got = append(got, a.String())
	}
	if s, want := strings.Join(got, " "), "user.eve@zoo.example user.far@zoo.example user.gil@zoo.example user.pat@zoo.example"; s != want {
		t.Errorf("%s\nwant\n%s", s, want)
	}
}
