package since

import (
	"fmt"
	"slices"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

func TestRenames(t *testing.T) {
	ana := func(z zoo) { z.declare("person", &person{Email: "ana", Name: "Ana"}) }
	bird := func(z zoo) { z.declare("den", &den{Name: "bird", Things: []string{"nest"}}) }
	both := func(a, b func(z zoo)) func(z zoo) { return func(z zoo) { a(z); b(z) } }
	for _, c := range []struct {
		name         string
		earlier, now func(z zoo)
		want         []string
	}{
		{"nothing", ana, ana, nil},
		{"gone", ana, func(zoo) {}, nil},
		{"the same person", ana, func(z zoo) { z.declare("person", &person{Email: "anna", Name: "Ana"}) }, []string{"person.ana person.anna content"}},
		{"previously", ana, func(z zoo) { z.declare("person", &person{Email: "anna", Name: "Ana"}, "ana") }, nil},
		{"a removed block", ana, func(z zoo) {
			z.declare("person", &person{Email: "anna", Name: "Ana"})
			z.remove("person", "ana")
		}, nil},
		{"authoritative", ana, func(z zoo) {
			z.Manage["person"] = schema.Manage{Mode: schema.Authoritative}
			z.declare("person", &person{Email: "anna", Name: "Ana"})
		}, []string{"person.ana person.anna content"}},
		{"another spelling", bird, func(z zoo) { z.declare("den", &den{Name: "Bird", Things: []string{"x"}}) }, []string{"den.bird den.Bird"}},
		{"the same content", bird, func(z zoo) { z.declare("den", &den{Name: "owl", Things: []string{"nest"}}) }, []string{"den.bird den.owl content"}},
		{"the same block", bird, func(z zoo) { z.declare("den", &den{Name: "block", Things: []string{"x"}}) }, []string{"den.bird den.block block"}},
		{"no content", func(z zoo) { z.declare("den", &den{Name: "a"}) }, func(z zoo) { z.declare("den", &den{Name: "b"}) }, nil},
		{"two new ones", bird, func(z zoo) {
			z.declare("den", &den{Name: "owl", Things: []string{"nest"}})
			z.declare("den", &den{Name: "hawk", Things: []string{"nest"}})
		}, nil},
		{"with members", both(bird, func(z zoo) { z.declare("member", &member{"bird", "ana", "x"}) }), func(z zoo) {
			z.declare("den", &den{Name: "owl", Things: []string{"nest"}})
			z.declare("member", &member{"owl", "ana", "x"})
		}, []string{"den.bird den.owl content"}},
	} {
		p := denProduct()
		in := func(key string) schema.Address { return schema.Address{Provider: "zoo", Kind: "den", Key: key} }
		var got []string
		for _, r := range Renames(denTenant(p, c.earlier), denTenant(p, c.now), map[schema.Address]schema.Address{in("bird"): in("block")}) {
			text := fmt.Sprintf("%s %s", r.From.Addr, r.To.Addr)
			if r.SameBlock {
				text += " block"
			}
			if r.SameContent {
				text += " content"
			}
			got = append(got, text)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if got := Renames(nil, denTenant(denProduct(), ana), nil); len(got) > 0 {
		t.Errorf("a new provider block: %v", got)
	}
}
