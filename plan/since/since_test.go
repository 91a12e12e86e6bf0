package since

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

type (
	group   struct{ Section, Name string }
	role    struct{ ID, Profile string }
	user    struct{ Email, Role string }
	profile struct{ Name, Text string }
	builtin struct{ ID string }
)

func product() *schema.Product {
	return &schema.Product{Name: "zoo", Kinds: []*schema.Kind{
		{Name: "profile", Virtual: true, Attributes: []schema.Attribute{
			schema.String("name", "", func(p *profile) *string { return &p.Name }).With(schema.Key),
			schema.String("text", "", func(p *profile) *string { return &p.Text }),
		}},
		{Name: "builtin", UpdateOnly: true, Attributes: []schema.Attribute{
			schema.String("id", "", func(b *builtin) *string { return &b.ID }).With(schema.Key),
		}},
		{Name: "role", Attributes: []schema.Attribute{
			schema.String("id", "", func(r *role) *string { return &r.ID }).With(schema.Key),
			schema.Ref("profile", "", func(r *role) *string { return &r.Profile }).To("profile").With(schema.ConfigOnly),
		}},
		{Name: "group", Attributes: []schema.Attribute{
			schema.String("section", "", func(g *group) *string { return &g.Section }).With(schema.Key),
			schema.String("name", "", func(g *group) *string { return &g.Name }).With(schema.Key),
		}},
		{Name: "user", Attributes: []schema.Attribute{
			schema.String("email", "", func(u *user) *string { return &u.Email }).With(schema.Key),
			schema.Ref("role", "", func(u *user) *string { return &u.Role }).To("role", "builtin"),
		}},
	}}
}

// A zoo is the files of a tenant.
type zoo struct{ *schema.Tenant }

func (z zoo) declare(kind string, body any, previously ...string) {
	k := z.Product.Kind(kind)
	o := schema.Object{Kind: k, Addr: schema.Address{Provider: "zoo", Kind: kind}, Body: body, Set: 1<<len(k.Attributes) - 1, Previously: previously}
	o.Rekey()
	o.Pos.Line = len(z.Objects) // a place makes no difference
	z.Objects = append(z.Objects, o)
}

func (z zoo) remove(kind, key string) {
	z.Removed = append(z.Removed, schema.Removal{Kind: kind, Key: key})
}

func TestBetween(t *testing.T) {
	// Everything before and after: a profile that a role refers to, which a user has.
	common := func(z zoo) {
		z.declare("profile", &profile{Name: "p", Text: "t"})
		z.declare("role", &role{ID: "keeper", Profile: "p"})
		z.declare("user", &user{Email: "ana", Role: "keeper"})
	}
	type result struct {
		Changed, Needed, Undeclared, Left []string
		Everything                        string
	}
	for _, c := range []struct {
		name         string
		earlier, now func(z zoo)
		want         result
	}{
		{"nothing", common, common, result{}},
		{"another role", common, func(z zoo) {
			common(z)
			z.declare("role", &role{ID: "vet"})
			z.Objects[2].Body = &user{Email: "ana", Role: "vet"}
		}, result{Changed: []string{"role.vet", "user.ana"}}},
		{"what is needed, also by what is needed", common, func(z zoo) {
			common(z)
			z.declare("user", &user{Email: "ben", Role: "keeper"})
		}, result{Changed: []string{"user.ben"}, Needed: []string{"profile.p", "role.keeper"}}},
		{"a virtual object that others refer to", common, func(z zoo) {
			common(z)
			z.Objects[0].Body = &profile{Name: "p", Text: "other"}
		}, result{Changed: []string{"profile.p", "role.keeper"}}},
		{"an attribute that is not set any more", common, func(z zoo) {
			common(z)
			z.Objects[2].Set = 1
		}, result{Changed: []string{"user.ana"}}},
		{"previously", common, func(z zoo) {
			common(z)
			z.Objects[2].Previously = []string{"anna"}
		}, result{Changed: []string{"user.ana"}, Needed: []string{"profile.p", "role.keeper"}}},
		{"declared twice", common, func(z zoo) { common(z); z.declare("user", &user{Email: "ana", Role: "keeper"}) },
			result{Changed: []string{"user.ana"}}},
		{"removed blocks", func(z zoo) { z.remove("user", "old") }, func(z zoo) { z.remove("user", "old"); z.remove("user", "new") },
			result{Changed: []string{"user.new"}}},
		{"declared no longer", func(z zoo) {
			common(z)
			z.declare("builtin", &builtin{ID: "b"})
			z.declare("group", &group{Section: "Food", Name: "Meat"})
			z.declare("group", &group{Section: "Food", Name: "Fish"})
			z.declare("user", &user{Email: "ben"})
			z.declare("user", &user{Email: "cleo"})
			z.declare("role", &role{ID: "vet"})
			z.Manage["role"] = schema.Manage{Mode: schema.Authoritative}
			z.Manage["builtin"] = schema.Manage{Mode: schema.Authoritative}
		}, func(z zoo) {
			z.declare("role", &role{ID: "keeper"})
			z.declare("group", &group{Section: "Food", Name: "Veal"}, "Meat")
			z.declare("group", &group{Section: "Food", Name: "Cod"}, "Food/Fish")
			z.declare("user", &user{Email: "ana", Role: "keeper"})
			z.remove("user", "ben")
			z.Manage["role"] = schema.Manage{Mode: schema.Authoritative, Pos: schema.Pos{Line: 9}}
			z.Manage["builtin"] = schema.Manage{Mode: schema.Authoritative}
		}, result{
			Changed: []string{"group.Food/Cod", "group.Food/Veal", "role.keeper", "user.ben"}, Undeclared: []string{"role.vet"},
			Left: []string{"builtin.b", "user.cleo"},
		}},
		{"limits", common, func(z zoo) { common(z); z.Limits.MaxDeletes = 7 }, result{Everything: "the provider block zoo changed"}},
		{"protect", common, func(z zoo) { common(z); z.Protect = []string{"user.ana"} }, result{Everything: "the provider block zoo changed"}},
		{"privileged", common, func(z zoo) { common(z); z.Privileged = []string{} }, result{Everything: "the provider block zoo changed"}},
		{"a manage block", common, func(z zoo) { common(z); z.Manage["user"] = schema.Manage{NoCreate: true} },
			result{Everything: "manage blocks of zoo changed"}},
		{"a manage block that is gone", func(z zoo) { z.Manage["user"] = schema.Manage{Ignore: []string{"*"}} }, func(zoo) {},
			result{Everything: "manage blocks of zoo changed"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := product()
			make := func(write func(z zoo)) *schema.Tenant {
				z := zoo{&schema.Tenant{Name: "zoo", Product: p, Manage: map[string]schema.Manage{}, Limits: schema.DefaultLimits()}}
				write(z)
				return z.Tenant
			}
			s := Between(make(c.earlier), make(c.now))
			list := func(set map[schema.Address]bool) (out []string) {
				for _, a := range slices.SortedFunc(maps.Keys(set), schema.Address.Compare) {
					out = append(out, a.String())
				}
				return out
			}
			got := result{list(s.Changed), list(s.Needed), list(s.Undeclared), nil, s.Everything}
			for _, a := range s.Left {
				got.Left = append(got.Left, a.String())
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("scope (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNewBlockComparesEverything(t *testing.T) {
	s := Between(nil, &schema.Tenant{Name: "zoo", Product: product()})
	if s.Everything != "the provider block zoo is new" || !s.Compares(schema.Address{}) || !s.Looks(schema.Address{}) {
		t.Errorf("%+v", s)
	}
	if none := (*Scope)(nil); !none.Whole() || !none.Compares(schema.Address{}) {
		t.Error("no scope is not everything")
	}
}

// TestExpired checks that a block that has expired is no removed block, and that it is not forgotten if it
// leaves the files before its object was removed.
func TestExpired(t *testing.T) {
	files := func() zoo {
		return zoo{&schema.Tenant{Name: "zoo", Product: product(), Manage: map[string]schema.Manage{}}}
	}
	expired := func() zoo {
		z := files()
		z.declare("role", &role{ID: "night"})
		o := z.Objects[0]
		o.Term = &schema.Term{Expires: "2026-11-20", Days: -9}
		z.Objects, z.Removed = nil, []schema.Removal{{Kind: "role", Key: "night", Expired: &o}}
		return z
	}
	declared := files()
	declared.declare("role", &role{ID: "night"})
	night := schema.Address{Provider: "zoo", Kind: "role", Key: "night"}

	if s := Between(expired().Tenant, expired().Tenant); len(s.Changed)+len(s.Left)+len(s.Undeclared) > 0 {
		t.Errorf("nothing changed in the files, and the scope is %+v", s)
	}
	if s := Between(declared.Tenant, expired().Tenant); !s.Changed[night] {
		t.Error("a block that got a day in the past is not compared")
	}
	if s := Between(expired().Tenant, declared.Tenant); !s.Changed[night] {
		t.Error("a block that got a later day is not compared")
	}
	if s := Between(expired().Tenant, files().Tenant); !slices.Equal(s.Left, []schema.Address{night}) {
		t.Errorf("a block that left the files after it expired: left is %v", s.Left)
	}
	if got := Removals(expired().Tenant, files().Tenant, nil); len(got) != 1 || got[0].Why == "" {
		t.Errorf("a removed block would be written: %+v", got)
	}
	if got := Removals(declared.Tenant, expired().Tenant, nil); len(got) != 0 {
		t.Errorf("a removed block would be written for an expired one: %+v", got)
	}
	if got := Steps(nil, expired().Tenant); len(got) != 0 {
		t.Errorf("steps: %v", got)
	}
}

// TestLaterDay checks that another day is a change of a block.
func TestLaterDay(t *testing.T) {
	zooProduct := product()
	z := func(day string) *schema.Tenant {
		z := zoo{&schema.Tenant{Name: "zoo", Product: zooProduct, Manage: map[string]schema.Manage{}}}
		z.declare("role", &role{ID: "night"})
		z.Objects[0].Term = &schema.Term{Expires: day, Days: 3}
		return z.Tenant
	}
	if s := Between(z("2026-12-01"), z("2026-12-02")); len(s.Changed) != 1 {
		t.Error("another day is no change")
	}
	if s := Between(z("2026-12-01"), z("2026-12-01")); len(s.Changed) != 0 {
		t.Error("the same day is a change")
	}
}
