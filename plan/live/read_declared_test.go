package live

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A club whose teams have no list, and whose requests are not all allowed at the
// same pace.
type quietClub struct{ fake }

func (c *quietClub) EstimateMinutes(changes []provider.Request) float64 {
	return 1.5 * float64(len(changes))
}

// TestPlanReadsKindsWithoutList looks at declared, renamed and removed objects, each
// once, and at no others.
func TestPlanReadsKindsWithoutList(t *testing.T) {
	kind := &schema.Kind{Name: "team", NoList: true, Attributes: teamKind.Attributes}
	declared := func(name, purpose string, previously ...string) schema.Object {
		o := object(kind, &team{name, purpose}, "name", "purpose")
		o.Previously = previously
		return o
	}
	tn := tenant(declared("red", "race"), declared("new", "rest"), declared("pink", "play", "rose"))
	tn.Product = &schema.Product{Name: "club", Title: "Club", Kinds: []*schema.Kind{kind, memberKind}}
	tn.Removed = []schema.Removal{{Kind: "team", Key: "blue"}, {Kind: "team", Key: "gone"}}
	tn.Manage = map[string]schema.Manage{"member": {Mode: schema.Observe}} // that the settings ask for, not a block
	c := &quietClub{fake{teams: []team{{"red", "run"}, {"blue", "swim"}, {"rose", "play"}, {"unseen", "sleep"}}}}
	p, err := Plan(t.Context(), Input{Client: c, Tenant: tn, Index: &schema.Index{}, Budget: 60})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"check 4 changes", "list member", "read blue", "read gone", "read new", "read pink", "read red", "read rose"}
	if diff := cmp.Diff(want, slices.Sorted(slices.Values(c.asked))); diff != "" {
		t.Errorf("what the club was asked (-want +got):\n%s", diff)
	}
	var changes []string
	for _, ch := range p.Changes {
		changes = append(changes, ch.Action.String()+" "+ch.Addr.String())
	}
	if diff := cmp.Diff([]string{"create team.new", "rename team.pink", "update team.red", "delete team.blue"}, changes); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	if len(p.Unmanaged) > 0 {
		t.Errorf("the plan knows of undeclared teams: %v", p.Unmanaged)
	}
	if p.Requests.Minutes != 6 {
		t.Errorf("the changes take %v minutes, want 6", p.Requests.Minutes)
	}
}

// TestKeyed takes keys apart and puts them together again.
func TestKeyed(t *testing.T) {
	kind := &schema.Kind{Name: "seat", Attributes: []schema.Attribute{
		schema.String("team", "", func(m *member) *string { return &m.Team }).With(schema.Key),
		schema.String("email", "", func(m *member) *string { return &m.Email }).With(schema.Key),
	}}
	for _, c := range []struct{ key, body string }{
		{"red/ana", "&{Email:ana Team:red}"},
		{"red%2Fblue/ana", "&{Email:ana Team:red/blue}"},
		{"red/ana%2Fx", "&{Email:ana/x Team:red}"},
		{"red/ana/x", "<nil>"},
		{"red", "<nil>"},
	} {
		if got := fmt.Sprintf("%+v", keyed(kind, c.key)); got != c.body {
			t.Errorf("%s: %s, want %s", c.key, got, c.body)
		}
	}
}

// What the provider has refused to resolve, and knows why, is not said to be
// missing besides.
func TestDedupe(t *testing.T) {
	at := func(key string) schema.Address { return schema.Address{Kind: "team", Key: key} }
	said := []schema.Finding{{Severity: schema.Error, Addr: at("red")}, {Severity: schema.Warning, Addr: at("blue")}}
	found := []schema.Finding{{Code: notThere, Addr: at("red")}, {Code: notThere, Addr: at("blue")}, {Code: "plan/other", Addr: at("red")}}
	want := []schema.Finding{{Code: notThere, Addr: at("blue")}, {Code: "plan/other", Addr: at("red")}}
	if diff := cmp.Diff(want, dedupe(found, said)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
