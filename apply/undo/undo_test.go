package undo

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

type (
	section struct{ Name string }
	group   struct{ Section, Name string }
	user    struct {
		Email, Role string
		Groups      []string
	}
)

func zoo() *schema.Product {
	return &schema.Product{Name: "zoo", Title: "Zoo", Kinds: []*schema.Kind{
		{Name: "section", Attributes: []schema.Attribute{
			schema.String("name", "", func(s *section) *string { return &s.Name }).With(schema.Key),
		}},
		{Name: "group", Attributes: []schema.Attribute{
			schema.Ref("section", "", func(g *group) *string { return &g.Section }).To("section").With(schema.Key),
			schema.String("name", "", func(g *group) *string { return &g.Name }).With(schema.Key),
		}},
		{Name: "user", Attributes: []schema.Attribute{
			schema.String("email", "", func(u *user) *string { return &u.Email }).With(schema.Key),
			schema.String("role", "", func(u *user) *string { return &u.Role }).With(schema.Required),
			schema.RefSet("groups", "", func(u *user) *[]string { return &u.Groups }).To("group"),
		}},
	}}
}

// object returns an object with all attributes.
func object(p *schema.Product, kind string, body any) *schema.Object {
	k := p.Kind(kind)
	o := &schema.Object{Kind: k, Addr: schema.Address{Provider: "zoo", Kind: kind}, Body: body, Set: schema.Everything >> (64 - len(k.Attributes))}
	o.Rekey()
	return o
}

// done returns the entry of a change that took effect.
func done(action schema.Action, before, after *schema.Object) apply.Entry {
	e := apply.Entry{Action: action, Before: before, After: after, Begun: time.Unix(1, 0), Ended: time.Unix(2, 0), Status: apply.Done}
	if after != nil {
		e.Addr = after.Addr
	} else {
		e.Addr = before.Addr
	}
	if before != nil && after != nil {
		e.From = before.Addr.Key
	}
	return e
}

func TestRenamesWithinKeys(t *testing.T) {
	p := zoo()
	u, err := Of(&apply.Record{Entries: []apply.Entry{
		done(schema.Rename, object(p, "section", &section{"Food"}), object(p, "section", &section{"Diet"})),
		done(schema.Rename, object(p, "group", &group{"Diet", "Meat"}), object(p, "group", &group{"Diet", "Carnivore"})),
		done(schema.Update, object(p, "user", &user{"a", "x", []string{"Diet/Carnivore"}}), object(p, "user", &user{"a", "x", []string{"Diet/Other"}})),
		done(schema.Create, nil, object(p, "group", &group{"Diet", "Other"})),
	}}, p)
	if err != nil {
		t.Fatal(err)
	}
	got := u.tenant(&schema.Tenant{Name: "zoo", Product: p, Manage: map[string]schema.Manage{"user": {Mode: schema.Authoritative}}})
	var keys, previously []string
	for _, o := range got.Objects {
		keys, previously = append(keys, o.Addr.String()), append(previously, o.Previously...)
	}
	if want := []string{"section.Food", "group.Food/Meat", "user.a"}; !slices.Equal(keys, want) {
		t.Errorf("declared: %v, want %v", keys, want)
	}
	if want := []string{"Diet", "Food/Carnivore"}; !slices.Equal(previously, want) {
		t.Errorf("previously: %v, want %v", previously, want)
	}
	if groups := got.Objects[2].Any("groups"); !slices.Equal(groups.([]string), []string{"Food/Meat"}) || got.Objects[2].Has("role") {
		t.Errorf("the user: groups %v, role set: %t", groups, got.Objects[2].Has("role"))
	}
	if r := got.Removed; len(r) != 1 || r[0].Key != "Food/Other" || r[0].Reason == "" {
		t.Errorf("removed: %+v", r)
	}
	if m := got.Manage["user"]; m.Mode != schema.Additive {
		t.Errorf("users are %s", m.Mode)
	}
}

func TestStepsOfOneObject(t *testing.T) {
	p := zoo()
	one, two, three := object(p, "user", &user{"a", "x", nil}), object(p, "user", &user{"a", "y", nil}), object(p, "user", &user{"a", "z", nil})
	u, err := Of(&apply.Record{Entries: []apply.Entry{done(schema.Update, one, two), done(schema.Update, two, three)}}, p)
	if err != nil {
		t.Fatal(err)
	}
	got := u.tenant(&schema.Tenant{Product: p})
	if len(got.Objects) != 1 || got.Objects[0].Any("role") != "x" {
		t.Errorf("declared: %+v", got.Objects)
	}
	if u, err = Of(&apply.Record{Entries: []apply.Entry{done(schema.Create, nil, one), done(schema.Update, one, two)}}, p); err != nil {
		t.Fatal(err)
	}
	if got = u.tenant(&schema.Tenant{Product: p}); len(got.Objects) != 0 || len(got.Removed) != 1 {
		t.Errorf("declared %+v, removed %+v", got.Objects, got.Removed)
	}
	if u, err = Of(&apply.Record{Entries: []apply.Entry{done(schema.Create, nil, one), done(schema.Delete, one, nil)}}, p); err != nil || !u.Empty() {
		t.Errorf("what was created and deleted is not undone: %v", err)
	}
}

func TestContradictions(t *testing.T) {
	p := zoo()
	ana := object(p, "user", &user{"a", "x", nil})
	other := *ana
	other.Addr.Key = "b"
	odd := *object(p, "group", &group{"Food", "Meat"})
	odd.Addr.Key = "Food"
	for name, e := range map[string]apply.Entry{
		"another key":             done(schema.Delete, &other, nil),
		"too few parts of a key":  done(schema.Delete, &odd, nil),
		"a create of what exists": done(schema.Create, ana, ana),
		"an update of nothing":    done(schema.Update, nil, ana),
	} {
		if _, err := Of(&apply.Record{Entries: []apply.Entry{e}}, p); err == nil || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("%s: %v", name, err)
		}
	}
	ana.Set = ana.Set.Without(ana.Kind.Index("role"))
	u, err := Of(&apply.Record{Entries: []apply.Entry{done(schema.Delete, ana, nil)}}, p)
	if err != nil {
		t.Fatal(err)
	}
	if got := u.tenant(&schema.Tenant{Product: p}); len(got.Objects) != 0 || len(u.LeftAlone()) != 1 || !strings.Contains(u.LeftAlone()[0].Why, "its role") {
		t.Errorf("declared %+v, left %+v", got.Objects, u.LeftAlone())
	}
}
