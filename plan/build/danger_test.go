package build

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// dangers writes the dangers of a plan as lines.
func dangersOf(p *plan.Plan) []string {
	var out []string
	for _, d := range p.Danger {
		line := d.Subject.String()
		if d.Administrator {
			line += " administrator"
		}
		for _, g := range d.Gained {
			line += fmt.Sprintf(" +%s on %s", g.Right, g.Scope)
		}
		out = append(out, line)
	}
	return out
}

func TestDangerListsPrivilegedUsers(t *testing.T) {
	access := [][]string{{"Food/Meat"}}
	// a new zoo has a keeper who feeds and a curator who may cull.
	start := func() *zoo {
		z := newZoo()
		z.in.Tenant.Privileged = []string{"cull", "* on team Night"}
		z.both(&zooSection{Name: "Food"})
		z.both(&zooGroup{Section: "Food", Name: "Meat"})
		z.both(&zooRole{ID: "keeper", Permissions: []string{"feed"}})
		z.both(&zooRole{ID: "curator", Permissions: []string{"cull", "feed"}})
		return z
	}
	for _, c := range []struct {
		name  string
		write func(z *zoo)
		want  []string
	}{
		{"a new user with a privileged role", func(z *zoo) {
			z.files(&zooUser{Email: "eve@x", Role: "curator", Accesses: access})
		}, []string{"user.eve@x +cull on Food/Meat"}},
		{"a new administrator", func(z *zoo) { z.files(&zooUser{Email: "eve@x", Admin: true}) },
			[]string{"user.eve@x administrator +everything on the zoo"}},
		{"another role", func(z *zoo) {
			z.live(&zooUser{Email: "eve@x", Role: "keeper", Accesses: access})
			z.files(&zooUser{Email: "eve@x", Role: "curator", Accesses: access})
		}, []string{"user.eve@x +cull on Food/Meat"}},
		{"a role that gains the right, for an undeclared holder", func(z *zoo) {
			z.live(&zooUser{Email: "eve@x", Role: "keeper", Accesses: access})
			z.in.Tenant.Objects[2].Body = &zooRole{ID: "keeper", Permissions: []string{"cull", "feed"}}
		}, []string{"user.eve@x +cull on Food/Meat"}},
		{"a shift of another team", func(z *zoo) {
			z.both(&zooUser{Email: "eve@x"})
			z.both(&zooTeam{Name: "Night"})
			z.files(&zooShift{Team: "Night", Person: "eve@x", Role: "keeper"})
		}, []string{"user.eve@x +feed on team Night"}},
		{"a user who comes back", func(z *zoo) {
			z.live(&zooUser{Email: "eve@x", Admin: true, Disabled: true})
			z.files(&zooUser{Email: "eve@x", Admin: true})
		}, []string{"user.eve@x administrator +everything on the zoo"}},
		{"an account that is handed over", func(z *zoo) {
			z.live(&zooUser{Email: "ana@x", Admin: true})
			z.both(&zooUser{Email: "boss@x", Admin: true})
			z.files(&zooUser{Email: "eve@x", Admin: true}).Previously = []string{"ana@x"}
		}, []string{"user.eve@x administrator +everything on the zoo"}},
		{"a privileged role that nobody holds", func(z *zoo) { z.files(&zooRole{ID: "chief", Permissions: []string{"cull"}}) }, nil},
		{"who had it keeps it through another role", func(z *zoo) {
			z.both(&zooRole{ID: "chief", Permissions: []string{"cull", "feed"}})
			z.live(&zooUser{Email: "eve@x", Role: "curator", Accesses: access})
			z.files(&zooUser{Email: "eve@x", Role: "chief", Accesses: access})
		}, nil},
		{"one more right at a privileged place", func(z *zoo) {
			z.in.Tenant.Privileged = []string{"* on team Night"}
			z.both(&zooUser{Email: "eve@x"})
			z.both(&zooTeam{Name: "Night"})
			z.live(&zooShift{Team: "Night", Person: "eve@x", Role: "keeper"})
			z.files(&zooShift{Team: "Night", Person: "eve@x", Role: "curator"})
		}, nil},
		{"an administrator gains what it had", func(z *zoo) {
			z.live(&zooUser{Email: "eve@x", Admin: true})
			z.files(&zooUser{Email: "eve@x", Admin: true, Role: "curator", Accesses: access})
		}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			z := start()
			c.write(z)
			r := Build(z.in)
			if !r.Missing.Empty() {
				t.Fatal("the plan is unfinished")
			}
			if diff := cmp.Diff(c.want, dangersOf(r.Plan)); diff != "" {
				t.Errorf("danger (-want +got):\n%s", diff)
			}
		})
	}
}

// An object can give rights to people whom the product does not name.
func TestDangerListsPrivilegedObjects(t *testing.T) {
	z := newZoo()
	z.in.Tenant.Privileged = []string{"cull"}
	shift := z.in.Tenant.Product.Kind("shift")
	shift.Grantee = ""
	z.both(&zooRole{ID: "keeper", Permissions: []string{"feed"}})
	z.files(&zooRole{ID: "curator", Permissions: []string{"cull"}})
	z.live(&zooRole{ID: "curator", Permissions: []string{"feed"}})
	z.both(&zooTeam{Name: "Day"})
	z.both(&zooShift{Team: "Day", Person: "staff", Role: "curator"}) // its role gains the right
	z.live(&zooShift{Team: "Day", Person: "guests", Role: "keeper"}) // gets that role
	z.files(&zooShift{Team: "Day", Person: "guests", Role: "curator"})
	z.files(&zooShift{Team: "Day", Person: "vets", Role: "keeper"}) // gets no such role
	p := Build(z.in).Plan
	want := []string{"shift.Day/guests +cull on team Day", "shift.Day/staff +cull on team Day"}
	if diff := cmp.Diff(want, dangersOf(p)); diff != "" {
		t.Error(diff)
	}
	if len(p.Affected) != 3 {
		t.Errorf("affected: %+v", p.Affected)
	}
}

// Nobody who becomes administrator is lost among many, and what is settable ends there.
func TestAdministratorsAreAlwaysDanger(t *testing.T) {
	z := newZoo()
	z.in.Tenant.Privileged = []string{}
	for i := range 41 {
		z.files(&zooUser{Email: fmt.Sprintf("u%02d@x", i), Admin: i == 30})
	}
	p := Build(z.in).Plan
	if diff := cmp.Diff([]string{"user.u30@x administrator +everything on the zoo"}, dangersOf(p)); diff != "" {
		t.Error(diff)
	}
	if got, want := (&plan.Document{Plans: []*plan.Plan{p}}).Digest(), func() string {
		q := *p
		q.Danger = nil
		return (&plan.Document{Plans: []*plan.Plan{&q}}).Digest()
	}(); got != want {
		t.Error("the digest depends on the dangers")
	}
}

// placed makes the groups of the zoo areas: who holds a right on a group holds it on its
// animals.
func placed() *zoo {
	z := newZoo()
	user := z.in.Tenant.Product.Kind("user")
	user.Grants = func(o *schema.Object, look schema.Lookup) []schema.Grant {
		grants := zooGrants(o, look)
		for i := range grants {
			if strings.Contains(grants[i].Scope, "/") {
				grants[i].Area = grants[i].Scope
			}
		}
		return grants
	}
	user.Area = func(area string, look schema.Lookup) ([]string, bool) {
		g, ok := look("group", area)
		if !ok {
			return nil, false
		}
		return slices.Sorted(slices.Values(g.Body.(*zooGroup).Animals)), true
	}
	z.both(&zooSection{Name: "Land"})
	z.both(&zooSection{Name: "City"})
	z.both(&zooGroup{Section: "Land", Name: "Spain", Animals: []string{"elk", "fox", "owl"}})
	z.both(&zooGroup{Section: "City", Name: "Madrid", Animals: []string{"fox"}})
	z.both(&zooRole{ID: "keeper", Permissions: []string{"feed"}})
	return z
}

func TestRightsAreComparedPlaceByPlace(t *testing.T) {
	move := func(from, to string) func(*zoo) {
		return func(z *zoo) {
			z.live(&zooUser{Email: "ana@x", Role: "keeper", Accesses: [][]string{{from}}})
			z.files(&zooUser{Email: "ana@x", Role: "keeper", Accesses: [][]string{{to}}})
		}
	}
	for _, c := range []struct {
		name  string
		write func(*zoo)
		want  string
	}{
		{"from a city to the country", move("City/Madrid", "Land/Spain"), "+feed on elk +feed on owl"},
		{"from the country to a city", move("Land/Spain", "City/Madrid"), "-feed on elk -feed on owl"},
		{"to another name of the same places", func(z *zoo) {
			z.both(&zooGroup{Section: "City", Name: "Villa", Animals: []string{"fox"}})
			move("City/Madrid", "City/Villa")(z)
		}, ""},
		{"a group that grows", func(z *zoo) {
			z.both(&zooUser{Email: "ana@x", Role: "keeper", Accesses: [][]string{{"City/Madrid"}}})
			z.in.Tenant.Objects[3].Body = &zooGroup{Section: "City", Name: "Madrid", Animals: []string{"elk", "fox"}}
		}, "+feed on elk"},
		{"a group whose places are exchanged", func(z *zoo) {
			z.both(&zooUser{Email: "ana@x", Role: "keeper", Accesses: [][]string{{"City/Madrid"}}})
			z.in.Tenant.Objects[3].Body = &zooGroup{Section: "City", Name: "Madrid", Animals: []string{"elk"}}
		}, "+feed on elk -feed on fox"},
		{"the same place twice", func(z *zoo) {
			z.live(&zooUser{Email: "ana@x", Role: "keeper", Accesses: [][]string{{"City/Madrid"}, {"Land/Spain"}}})
			z.files(&zooUser{Email: "ana@x", Role: "keeper", Accesses: [][]string{{"Land/Spain"}}})
		}, ""},
		{"everything where there was nothing", func(z *zoo) {
			z.files(&zooUser{Email: "ana@x", Role: "keeper", Accesses: [][]string{{"Land/Spain"}}})
		}, "+feed on Land/Spain"},
	} {
		t.Run(c.name, func(t *testing.T) {
			z := placed()
			c.write(z)
			p := Build(z.in).Plan
			got := ""
			for _, d := range p.Affected {
				for _, g := range d.Gained {
					got += " +" + g.Right + " on " + g.Scope
				}
				for _, g := range d.Lost {
					got += " -" + g.Right + " on " + g.Scope
				}
			}
			if got = strings.TrimSpace(got); got != c.want {
				t.Errorf("affected: %q, want %q", got, c.want)
			}
		})
	}
}

// Many places are told by their number.
func TestManyPlacesAreCounted(t *testing.T) {
	z := placed()
	var many []string
	for i := range 500 {
		many = append(many, fmt.Sprintf("a%03d", i))
	}
	z.both(&zooGroup{Section: "Land", Name: "France", Animals: many})
	z.both(&zooGroup{Section: "City", Name: "Paris", Animals: many[:5]})
	z.live(&zooUser{Email: "ana@x", Role: "keeper", Accesses: [][]string{{"City/Paris"}}})
	z.files(&zooUser{Email: "ana@x", Role: "keeper", Accesses: [][]string{{"Land/France"}}})
	p := Build(z.in).Plan
	if len(p.Affected) != 1 || len(p.Affected[0].Lost) > 0 || len(p.Affected[0].Gained) != 1 ||
		p.Affected[0].Gained[0].Scope != "495 of the 500 places of Land/France" {
		t.Errorf("affected: %+v", p.Affected)
	}
}

// The work follows the number of people and places, not their product: every user moves
// from one of many groups to another.
func BenchmarkPlaces(b *testing.B) {
	const users, groups, stores = 100_000, 500, 20_000
	z := placed()
	for g := range groups {
		var animals []string
		for s := range stores / groups * 5 {
			animals = append(animals, fmt.Sprintf("s%05d", (g*stores/groups+s)%stores))
		}
		z.both(&zooGroup{Section: "Land", Name: fmt.Sprintf("g%03d", g), Animals: animals})
	}
	key := func(n int) [][]string { return [][]string{{fmt.Sprintf("Land/g%03d", n%groups)}} }
	for i := range users {
		email := fmt.Sprintf("u%06d@x", i)
		z.live(&zooUser{Email: email, Role: "keeper", Accesses: key(i)})
		z.files(&zooUser{Email: email, Role: "keeper", Accesses: key(i + 1 + i/groups%4)})
	}
	b.ReportAllocs()
	for b.Loop() {
		if p := Build(z.in).Plan; len(p.Affected) != users {
			b.Fatal(len(p.Affected))
		}
	}
}
