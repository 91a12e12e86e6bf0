package rights

import (
	"fmt"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// across gives each right in each place.
func across(rights, places int) []schema.Grant {
	var out []schema.Grant
	for r := range rights {
		for p := range places {
			out = append(out, g(fmt.Sprint("right", r), fmt.Sprint("place", p), "a"))
		}
	}
	return out
}

func marked(grants []schema.Grant, mark func(*schema.Grant)) []schema.Grant {
	for i := range grants {
		mark(&grants[i])
	}
	return grants
}

func TestKept(t *testing.T) {
	var places Places
	shops := func(of ...int) int {
		var names []string
		for _, n := range of {
			names = append(names, fmt.Sprint("shop", n))
		}
		return places.Set(names)
	}
	one, ten := shops(1), shops(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
	in := func(scope string, set int) schema.Grant {
		return schema.Grant{Right: "edit", Scope: scope, Area: scope, Set: set, Places: len(places.sets[set-1])}
	}
	unknown := func(right string) []schema.Grant {
		return []schema.Grant{{Right: right, Scope: "all", Unknown: true, Places: schema.Everywhere}}
	}
	sort := func(name string, n int) []schema.Grant {
		return marked(across(n, 1), func(g *schema.Grant) { g.Sort, g.Right = name, name+g.Right })
	}
	for _, c := range []struct {
		name          string
		before, after []schema.Grant
		want          bool
	}{
		{"nothing", nil, nil, false},
		{"everything is lost", across(1, 1), nil, true},
		{"half of the rights", across(4, 1), across(2, 1), false},
		{"fewer than half of the rights", across(4, 1), across(1, 1), true},
		{"fewer than half of the places", across(1, 5), across(1, 2), true},
		{"one right of many in most places", across(10, 5), append(across(10, 1), across(1, 5)...), true},
		{"more rights do not make up for places", across(1, 10), across(10, 1), true},
		{"one right everywhere does not make up for many", across(10, 1), marked(across(1, 1), func(g *schema.Grant) { g.Places = schema.Everywhere }), true},
		{"every right of a scope is more than many", across(10, 1), marked(across(1, 1), func(g *schema.Grant) { g.All = true }), false},
		{"only the least stays", across(2, 1), marked(across(2, 1), func(g *schema.Grant) { g.Least = true }), true},
		{"the least in fewer than half of the places", marked(across(1, 5), func(g *schema.Grant) { g.Least = true }), marked(across(1, 2), func(g *schema.Grant) { g.Least = true }), true},
		{"one shop through five accesses", []schema.Grant{in("a", ten)},
			[]schema.Grant{in("b", one), in("c", one), in("d", one), in("e", one), in("f", one)}, true},
		{"the same shops through one access less", []schema.Grant{in("a", ten), in("b", ten), in("c", ten)}, []schema.Grant{in("c", ten)}, false},
		{"shops one by one in the place of a group", []schema.Grant{in("a", ten)}, []schema.Grant{g("edit", "shop1", ""), g("edit", "shop2", "")}, true},
		{"unknown rights become known ones", unknown("what boss permits"), marked(across(30, 1), func(g *schema.Grant) { g.Places = schema.Everywhere }), true},
		{"unknown rights become other unknown ones", unknown("what boss permits"), unknown("what clerk permits"), true},
		{"known rights become unknown ones", across(8, 1), unknown("what clerk permits"), true},
		{"unknown rights stay", unknown("what boss permits"), append(unknown("what boss permits"), across(1, 1)...), false},
		{"a sort goes", append(sort("see", 3), sort("edit", 30)...), sort("edit", 30), true},
		{"less of each sort", append(sort("see", 3), sort("edit", 30)...), append(sort("see", 2), sort("edit", 15)...), false},
	} {
		if got := Kept(c.before, c.after, &places) < Half; got != c.want {
			t.Errorf("%s: reduced %t, want %t", c.name, got, c.want)
		}
	}
}

func TestLosesAll(t *testing.T) {
	least := schema.Grant{Right: "look", Least: true}
	for _, c := range []struct {
		name          string
		before, after []schema.Grant
		want          bool
	}{
		{"nothing before", nil, nil, false},
		{"nothing afterwards", []schema.Grant{g("edit", "", "")}, nil, true},
		{"only the weakest role afterwards", []schema.Grant{g("edit", "", ""), least}, []schema.Grant{least}, true},
		{"the weakest role before and afterwards", []schema.Grant{least}, []schema.Grant{least}, false},
		{"the weakest role before", []schema.Grant{least}, nil, true},
		{"another right afterwards", []schema.Grant{g("edit", "", "")}, []schema.Grant{g("view", "", "")}, false},
	} {
		if got := LosesAll(c.before, c.after); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
