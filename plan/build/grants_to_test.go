package build

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// In a farm, keepers have skills, and a herd lets each of its keepers use theirs on its animals.
type (
	farmKeeper struct {
		Email  string
		Skills []string
	}
	farmHerd struct {
		Name             string
		Animals, Keepers []string
	}
)

func farm() *schema.Product {
	return &schema.Product{Name: "farm", Title: "Farm", Kinds: []*schema.Kind{
		{
			Name: "keeper", Subject: true, Removals: []schema.Action{schema.Delete},
			Attributes: []schema.Attribute{
				schema.String("email", "", func(k *farmKeeper) *string { return &k.Email }).With(schema.Key | schema.Label),
				schema.Set("skills", "", func(k *farmKeeper) *[]string { return &k.Skills }).With(schema.CarriesRights),
			},
			Grants: func(*schema.Object, schema.Lookup) []schema.Grant { return nil },
		},
		{
			Name: "herd", Grantee: "keepers", Removals: []schema.Action{schema.Delete},
			Attributes: []schema.Attribute{
				schema.String("name", "", func(h *farmHerd) *string { return &h.Name }).With(schema.Key | schema.Label),
				schema.Set("animals", "", func(h *farmHerd) *[]string { return &h.Animals }).With(schema.CarriesRights),
				schema.RefSet("keepers", "", func(h *farmHerd) *[]string { return &h.Keepers }).To("keeper").With(schema.CarriesRights | schema.WeakRef),
			},
			Grants: func(*schema.Object, schema.Lookup) []schema.Grant { return nil },
			GrantsTo: func(o *schema.Object, key string, look schema.Lookup) (out []schema.Grant) {
				keeper, ok := look("keeper", key)
				if !ok {
					return nil
				}
				for _, skill := range keeper.Body.(*farmKeeper).Skills {
					for _, animal := range o.Body.(*farmHerd).Animals {
						out = append(out, schema.Grant{Right: skill, Scope: animal, Via: "herd"})
					}
				}
				return out
			},
		},
	}}
}

// A herd is a shared object for its keepers: it narrows before they change and widens
// afterwards, whoever is in it, and each keeper gains and loses by their own skills.
func TestGrantsTo(t *testing.T) {
	keeper := func(name, skills string) any { return &farmKeeper{name, strings.Fields(skills)} }
	herd := func(animals, keepers string) any {
		return &farmHerd{"sheep", strings.Fields(animals), strings.Fields(keepers)}
	}
	for _, c := range []struct {
		name          string
		live, files   []any
		order, rights []string
	}{
		{"a keeper leaves the herd and learns", []any{keeper("ana", "feed"), herd("dolly", "ana")}, []any{keeper("ana", "shear"), herd("dolly", "")},
			[]string{"update herd.sheep", "update keeper.ana"}, []string{"ana -feed on dolly"}},
		{"a keeper joins the herd and forgets", []any{keeper("ana", "feed"), herd("dolly", "")}, []any{keeper("ana", "shear"), herd("dolly", "ana")},
			[]string{"update keeper.ana", "update herd.sheep"}, []string{"ana +shear on dolly"}},
		{"one leaves, one joins, and both learn something else", []any{keeper("ana", "feed"), keeper("ben", "feed"), herd("dolly", "ana")},
			[]any{keeper("ana", "shear"), keeper("ben", "shear"), herd("dolly", "ben")},
			[]string{"update keeper.ben", "update herd.sheep", "update keeper.ana", "update herd.sheep"}, []string{"ana -feed on dolly", "ben +shear on dolly"}},
		{"a new herd", []any{keeper("ana", "feed")}, []any{keeper("ana", "shear"), herd("dolly", "ana")},
			[]string{"update keeper.ana", "create herd.sheep"}, []string{"ana +shear on dolly"}},
		{"only skills change", []any{keeper("ana", "feed"), keeper("ben", "feed"), herd("dolly", "ana")}, []any{keeper("ana", "shear"), keeper("ben", "shear")},
			[]string{"update keeper.ana", "update keeper.ben"}, []string{"ana +shear on dolly", "ana -feed on dolly"}},
	} {
		product := farm()
		object := func(body any, live bool) schema.Object {
			kind := product.Kinds[0]
			if _, is := body.(*farmHerd); is {
				kind = product.Kinds[1]
			}
			kind.Normalise(body)
			o := schema.Object{Kind: kind, Body: body, Set: schema.Everything, Addr: schema.Address{Provider: "farm", Kind: kind.Name}}
			if o.Rekey(); live {
				o.ID = "id of " + o.Addr.Key
			}
			return o
		}
		in := Input{
			Tenant: &schema.Tenant{Name: "farm", Product: product, Limits: schema.Limits{MaxDeletes: 9, MaxDeletePercent: 100}},
			Live:   map[string][]schema.Object{"keeper": {}, "herd": {}},
		}
		for _, body := range c.live {
			o := object(body, true)
			in.Live[o.Kind.Name] = append(in.Live[o.Kind.Name], o)
		}
		for _, body := range c.files {
			in.Tenant.Objects = append(in.Tenant.Objects, object(body, false))
		}
		p := Build(in).Plan
		var order, rights []string
		for i := range p.Changes {
			order = append(order, p.Changes[i].Action.String()+" "+p.Changes[i].Addr.String())
		}
		for _, d := range p.Affected {
			for _, g := range d.Gained {
				rights = append(rights, d.Subject.Key+" +"+g.Right+" on "+g.Scope)
			}
			for _, g := range d.Lost {
				rights = append(rights, d.Subject.Key+" -"+g.Right+" on "+g.Scope)
			}
		}
		slices.Sort(rights)
		if diff := cmp.Diff([][]string{c.order, c.rights}, [][]string{order, rights}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		if p.Errors() > 0 {
			t.Errorf("%s: %v", c.name, p.Findings)
		}
	}
}
