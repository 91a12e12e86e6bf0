package since

import (
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A den is a kind with content, members that it contains, and people.
type (
	den struct {
		Name, Note string
		Things     []string
	}
	member struct{ Den, User, Level string }
	person struct{ Email, Name, Level string }
)

func denProduct() *schema.Product {
	return &schema.Product{Name: "zoo", Title: "Zoo", Settings: &schema.Kind{}, Kinds: []*schema.Kind{
		{Name: "builtin", UpdateOnly: true, Attributes: []schema.Attribute{
			schema.String("id", "", func(b *builtin) *string { return &b.ID }).With(schema.Key),
		}},
		{Name: "den", Attributes: []schema.Attribute{
			schema.String("name", "", func(d *den) *string { return &d.Name }).With(schema.Key),
			schema.String("note", "", func(d *den) *string { return &d.Note }),
			schema.Set("things", "", func(d *den) *[]string { return &d.Things }),
		}},
		{Name: "person", Subject: true, Removals: []schema.Action{schema.Deactivate, schema.Delete},
			Inactive: func(o *schema.Object) bool { return o.Body.(*person).Level == "none" },
			Attributes: []schema.Attribute{
				schema.String("email", "", func(p *person) *string { return &p.Email }).With(schema.Key),
				schema.String("name", "", func(p *person) *string { return &p.Name }),
				schema.String("level", "", func(p *person) *string { return &p.Level }).With(schema.CarriesRights),
			}},
		{Name: "member", Attributes: []schema.Attribute{
			schema.Ref("den", "", func(m *member) *string { return &m.Den }).To("den").With(schema.Key | schema.OwnedBy),
			schema.Ref("user", "", func(m *member) *string { return &m.User }).To("person").With(schema.Key),
			schema.String("level", "", func(m *member) *string { return &m.Level }),
		}},
		{Name: "unlisted", NoList: true, Attributes: []schema.Attribute{
			schema.String("id", "", func(b *builtin) *string { return &b.ID }).With(schema.Key),
		}},
		{Name: "stuck", Removals: []schema.Action{schema.Forget}, Attributes: []schema.Attribute{
			schema.String("id", "", func(b *builtin) *string { return &b.ID }).With(schema.Key),
		}},
	}}
}

func denTenant(p *schema.Product, files func(z zoo)) *schema.Tenant {
	z := zoo{&schema.Tenant{Name: "zoo", Product: p, Manage: map[string]schema.Manage{}}}
	files(z)
	return z.Tenant
}

func TestRemovals(t *testing.T) {
	ana := func(z zoo) { z.declare("person", &person{Email: "ana", Name: "Ana", Level: "high"}) }
	bird := func(z zoo) { z.declare("den", &den{Name: "bird", Things: []string{"nest"}}) }
	nothing := func(zoo) {}
	for _, c := range []struct {
		name         string
		earlier, now func(z zoo)
		want         []string // objects, with a part of the reason if no block is written
	}{
		{"gone", ana, nothing, []string{"person.ana:"}},
		{"still declared", ana, ana, nil},
		{"a removed block", ana, func(z zoo) { z.remove("person", "ana") }, nil},
		{"authoritative", ana, func(z zoo) { z.Manage["person"] = schema.Manage{Mode: schema.Authoritative} }, nil},
		{"observed", ana, func(z zoo) { z.Manage["person"] = schema.Manage{Mode: schema.Observe} }, []string{"person.ana: only observes"}},
		{"forgotten", ana, func(z zoo) { z.Manage["person"] = schema.Manage{OnRemoval: schema.Forget} }, []string{"person.ana: on_removal is forget"}},
		{"protected", ana, func(z zoo) { z.Tenant.Protect = []string{"zoo.person.ana"} }, []string{"person.ana: protect"}},
		{"ignored", ana, func(z zoo) { z.Manage["person"] = schema.Manage{Ignore: []string{"a*"}} }, []string{"person.ana: ignored"}},
		{"owned by the product", func(z zoo) { z.declare("builtin", &builtin{"x"}) }, nothing, []string{"builtin.x: never deletes"}},
		{"without a call", func(z zoo) { z.declare("stuck", &builtin{"x"}) }, nothing, []string{"stuck.x: cannot delete"}},
		{"previously", ana, func(z zoo) { z.declare("person", &person{Email: "anna", Name: "Anna"}, "ana") }, nil},
		{"the same person", ana, func(z zoo) { z.declare("person", &person{Email: "anna", Name: "Ana", Level: "low"}) }, []string{"person.ana: person.anna is new"}},
		{"another spelling", ana, func(z zoo) { z.declare("person", &person{Email: "Ana", Name: "A."}) }, []string{"person.ana: person.Ana is new"}},
		{"another person", ana, func(z zoo) { z.declare("person", &person{Email: "ben", Name: "Ben", Level: "high"}) }, []string{"person.ana:"}},
		{"people without names", func(z zoo) { z.declare("person", &person{Email: "ana"}) },
			func(z zoo) { z.declare("person", &person{Email: "ben"}) }, []string{"person.ana:"}},
		{"the same content", bird, func(z zoo) { z.declare("den", &den{Name: "owl", Note: "x", Things: []string{"nest"}}) }, []string{"den.bird: den.owl is new"}},
		{"other content", bird, func(z zoo) { z.declare("den", &den{Name: "owl", Things: []string{"tree"}}) }, []string{"den.bird:"}},
		{"two without content", func(z zoo) { z.declare("den", &den{Name: "a"}) }, func(z zoo) { z.declare("den", &den{Name: "b"}) }, []string{"den.a: den.b is new"}},
		{"a member of a den that is gone", func(z zoo) { bird(z); z.declare("member", &member{"bird", "ana", "x"}) }, nothing, []string{"den.bird:", "member.bird/ana: part of den.bird"}},
		{"a member", func(z zoo) { bird(z); z.declare("member", &member{"bird", "ana", "x"}) },
			func(z zoo) { bird(z); z.declare("member", &member{"bird", "ben", "x"}) }, []string{"member.bird/ana:"}},
	} {
		p := denProduct()
		got := Removals(denTenant(p, c.earlier), denTenant(p, c.now), nil)
		same := len(got) == len(c.want)
		for i := 0; same && i < len(got); i++ {
			addr, why, _ := strings.Cut(c.want[i], ":")
			why = strings.TrimSpace(why)
			same = got[i].Addr.String() == addr && strings.Contains(got[i].Why, why) && (got[i].Why == "") == (why == "")
		}
		if !same {
			t.Errorf("%s: %v, want %q", c.name, got, c.want)
		}
	}
	p := denProduct()
	renamed := map[schema.Address]schema.Address{{Provider: "zoo", Kind: "person", Key: "ana"}: {Provider: "zoo", Kind: "person", Key: "ben"}}
	if got := Removals(denTenant(p, ana), denTenant(p, nothing), renamed); len(got) != 1 || !strings.Contains(got[0].Why, `declares person.ben now`) {
		t.Errorf("another key: %v", got)
	}
}

func TestUnfinished(t *testing.T) {
	p := denProduct()
	live := func(bodies ...any) map[string][]schema.Object {
		z := zoo{&schema.Tenant{Name: "zoo", Product: p}}
		lists := map[string][]schema.Object{"person": {}, "den": {}, "member": {}}
		for _, b := range bodies {
			kind := map[bool]string{true: "person", false: "member"}[isPerson(b)]
			z.declare(kind, b)
			lists[kind] = append(lists[kind], z.Objects[len(z.Objects)-1])
		}
		return lists
	}
	remove := func(kind, key string) func(z zoo) { return func(z zoo) { z.remove(kind, key) } }
	anna := func(z zoo) { z.declare("person", &person{Email: "anna"}, "ana") }
	for _, c := range []struct {
		name  string
		files func(z zoo)
		live  map[string][]schema.Object
		want  string
	}{
		{"gone", remove("person", "ana"), live(), ""},
		{"still there", remove("person", "ana"), live(&person{Email: "ana"}), "still has the person"},
		{"deactivated", remove("person", "ana"), live(&person{Email: "ana", Level: "none"}), ""},
		{"deactivated and to be deleted", func(z zoo) {
			z.remove("person", "ana")
			z.Manage["person"] = schema.Manage{OnRemoval: schema.Delete}
		}, live(&person{Email: "ana", Level: "none"}), "still has the person"},
		{"misspelled", remove("person", "dorothy"), live(&person{Email: "doroty"}), `has "doroty"`},
		{"like a declared one", func(z zoo) {
			z.remove("person", "dorothy")
			z.declare("person", &person{Email: "doroty"})
		}, live(&person{Email: "doroty"}), ""},
		{"like a member of another den", remove("member", "nest/dorothy"), live(&member{"nest", "ana", ""}, &member{"best", "dorothy", ""}), ""},
		{"a misspelled den", remove("member", "nets/dorothy"), live(&member{"nest", "dorothy", ""}), `has "nest/dorothy"`},
		{"no list", remove("unlisted", "x"), live(), "does not list all"},
		{"renamed", anna, live(&person{Email: "anna"}), ""},
		{"not renamed", anna, live(&person{Email: "ana"}), "does not have person.anna"},
		{"half renamed", anna, live(&person{Email: "ana"}, &person{Email: "anna"}), `still has "ana"`},
		{"neither", anna, live(), "does not have person.anna"},
	} {
		tenant := denTenant(p, c.files)
		all := Steps(nil, tenant)
		if len(all) != 1 || !all[0].New {
			t.Fatalf("%s: %v", c.name, all)
		}
		if again := Steps(tenant, tenant); again[0].New {
			t.Errorf("%s: the step is new", c.name)
		}
		got := NewLive(tenant, c.live).Unfinished(all[0])
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func isPerson(body any) bool { _, is := body.(*person); return is }
