package build

import (
	"slices"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// zooOrder decides what all roles mean.
type zooOrder struct {
	Name      string
	On, First bool
}

// A change of an object that governs waits for all others, or users wait for it; and a plan asks for
// everybody whom it concerns.
func TestGoverningChange(t *testing.T) {
	for _, first := range []bool{false, true} {
		z := newZoo()
		kind := &schema.Kind{Name: "order", UpdateOnly: true, Attributes: []schema.Attribute{
			schema.String("name", "", func(o *zooOrder) *string { return &o.Name }).With(schema.Key | schema.Label),
			schema.Bool("on", "", func(o *zooOrder) *bool { return &o.On }).With(schema.CarriesRights),
			schema.Bool("first", "", func(o *zooOrder) *bool { return &o.First }).With(schema.ReadOnly),
		}, Governs: func(o *schema.Object) bool { return o.Body.(*zooOrder).First }}
		z.in.Tenant.Product.Kinds = append(z.in.Tenant.Product.Kinds, kind)
		order := func(on bool) schema.Object {
			o := schema.Object{Kind: kind, Addr: schema.Address{Provider: "zoo", Kind: "order"}, Body: &zooOrder{"zoo", on, first}, Set: kind.Mask("name", "on", "first")}
			o.Rekey()
			return o
		}
		z.in.Tenant.Objects = append(z.in.Tenant.Objects, order(true))
		live := order(false)
		live.ID = "#zoo"
		z.in.Live["order"] = []schema.Object{live}
		z.files(&zooRole{ID: "keeper", Permissions: []string{"feed"}})
		z.live(&zooUser{Email: "ana@zoo.example"})
		z.files(&zooUser{Email: "ana@zoo.example", Role: "keeper"})
		z.live(&zooRole{ID: "vet", Permissions: []string{"feed", "heal"}})
		z.files(&zooRole{ID: "vet", Permissions: []string{"heal", "operate"}})

		var steps []string
		for _, c := range Build(z.in).Plan.Changes {
			steps = append(steps, c.Addr.Kind+" "+c.Addr.Key)
		}
		want := []string{"role keeper", "role vet", "user ana@zoo.example", "order zoo"}
		if first { // the second step of vet grants
			want = []string{"role keeper", "role vet", "order zoo", "role vet", "user ana@zoo.example"}
		}
		if !slices.Equal(steps, want) {
			t.Errorf("first %t: %s, want %s", first, strings.Join(steps, ", "), strings.Join(want, ", "))
		}

		delete(z.in.Live, "user")
		z.in.Tenant.Objects = z.in.Tenant.Objects[:1]
		if r := Build(z.in); !slices.Contains(r.Missing.Kinds, "user") {
			t.Errorf("the users are not asked for: %v", r.Missing.Kinds)
		}
	}
}

// The approval of a change that decides what all rights mean is one for those who gain by it.
func TestGoverningChangeIsApprovedForGains(t *testing.T) {
	kind := &schema.Kind{Name: "order", UpdateOnly: true, Attributes: []schema.Attribute{
		schema.String("name", "", func(o *zooOrder) *string { return &o.Name }).With(schema.Key | schema.Label),
		schema.Bool("on", "", func(o *zooOrder) *bool { return &o.On }).With(schema.CarriesRights),
	}, Governs: func(*schema.Object) bool { return false }}
	build := func(approved *plan.Approval, users ...string) *plan.Plan {
		z := newZoo()
		z.in.Tenant.Product.Kinds = append(z.in.Tenant.Product.Kinds, kind)
		for i := range z.in.Tenant.Product.Kinds {
			if k := z.in.Tenant.Product.Kinds[i]; k.Name == "user" {
				copied := *k
				copied.Grants = func(o *schema.Object, look schema.Lookup) []schema.Grant {
					if order, ok := look("order", "zoo"); ok && order.Body.(*zooOrder).On {
						return []schema.Grant{{Right: "feed"}}
					}
					return nil
				}
				z.in.Tenant.Product.Kinds[i] = &copied
			}
		}
		for _, on := range []bool{false, true} {
			o := schema.Object{Kind: kind, Addr: schema.Address{Provider: "zoo", Kind: "order"}, Body: &zooOrder{Name: "zoo", On: on}, Set: kind.Mask("name", "on")}
			o.Rekey()
			if on {
				z.in.Tenant.Objects = append(z.in.Tenant.Objects, o)
				continue
			}
			o.ID = "#zoo"
			z.in.Live["order"] = []schema.Object{o}
		}
		for _, u := range users {
			z.live(&zooUser{Email: u})
		}
		z.in.Approved = approved
		return Build(z.in).Plan
	}
	digest := func(p *plan.Plan) string { return (&plan.Document{Plans: []*plan.Plan{p}}).Digest() }
	const ana, ben = "ana@zoo.example", "ben@zoo.example"
	both := build(nil, ana, ben)
	if len(both.Affected) != 2 {
		t.Fatalf("affected: %v", both.Affected)
	}
	if again := build(nil, ben, ana); digest(again) != digest(both) {
		t.Error("the same plan has another digest")
	}
	if one := build(nil, ana); digest(one) == digest(both) {
		t.Error("a plan by which others gain has the same digest")
	}
	if p := build(both.Approval(), ana); len(p.Changes) != 1 || len(p.Deviations) != 0 {
		t.Errorf("fewer gain: %v, %v", p.Changes, p.Deviations)
	}
	if p := build(build(nil, ana).Approval(), ana, ben); len(p.Changes) != 0 || len(p.Deviations) != 1 || p.Deviations[0].Why != plan.OthersGain {
		t.Errorf("more gain: %v, %v", p.Changes, p.Deviations)
	}
}
