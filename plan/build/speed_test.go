package build

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// crowd is a zoo with n people in 20 roles and 50 groups, of whom every so manieth
// changes. Nobody changes where every is 0.
func crowd(n, every int) *zoo {
	z := newZoo()
	for i := range 5 {
		z.both(&zooSection{Name: fmt.Sprintf("s%d", i)})
	}
	for i := range 50 {
		z.both(&zooGroup{Section: fmt.Sprintf("s%d", i%5), Name: fmt.Sprintf("g%02d", i)})
	}
	for i := range 20 {
		z.both(&zooRole{ID: fmt.Sprintf("role%d", i), Permissions: []string{"clean", "cull", "feed"}})
	}
	user := z.in.Tenant.Product.Kind("user")
	name := user.Index("name")
	z.in.Live["user"] = make([]schema.Object, 0, n)
	for i := range n {
		u := &zooUser{
			Email: fmt.Sprintf("user%06d@zoo.example", i), Name: "N", Role: fmt.Sprintf("role%d", i%20),
			Accesses: [][]string{{fmt.Sprintf("s%d/g%02d", i%5, i%50), fmt.Sprintf("s%d/g%02d", (i+1)%5, (i+1)%50)}},
		}
		o := schema.Object{Kind: user, Addr: schema.Address{Provider: "zoo", Kind: "user", Key: u.Email}, Body: u, Set: user.Mask("email", "name", "role", "accesses")}
		w := o.Clone()
		if every > 0 && i%every == 0 {
			w.Body.(*zooUser).Name = "M"
			w.Body.(*zooUser).Role = fmt.Sprintf("role%d", (i+1)%20)
		}
		if !w.Set.Has(name) {
			panic("the name is not set")
		}
		o.ID = fmt.Sprint(i)
		z.in.Tenant.Objects = append(z.in.Tenant.Objects, w)
		z.in.Live["user"] = append(z.in.Live["user"], o)
	}
	return z
}

// TestUnchangedObjectsDoNotAllocate holds two sizes against each other: what is
// the same on both sides may not cost an allocation each. Tables grow in large
// steps, which is what the small allowance is for.
func TestUnchangedObjectsDoNotAllocate(t *testing.T) {
	cost := func(n int) float64 {
		z := crowd(n, 0)
		return testing.AllocsPerRun(3, func() { Build(z.in) })
	}
	const few, more = 2_000, 20_000
	if each := (cost(more) - cost(few)) / (more - few); each > 0.01 {
		t.Errorf("%.3f allocations for every unchanged object, want none", each)
	}
}

// TestUndeclaredObjectsDoNotAllocate is the same for people whom no file declares.
func TestUndeclaredObjectsDoNotAllocate(t *testing.T) {
	cost := func(n int) float64 {
		z := crowd(n, 0)
		z.in.Tenant.Objects = z.in.Tenant.Objects[:100]
		return testing.AllocsPerRun(3, func() { Build(z.in) })
	}
	const few, more = 2_000, 20_000
	if each := (cost(more) - cost(few)) / (more - few); each > 0.01 {
		t.Errorf("%.3f allocations for every undeclared object, want none", each)
	}
}

// newTeam is a zoo with n new people, all in one new team.
func newTeam(n int) *zoo {
	z := crowd(n, 0)
	z.in.Live["user"] = z.in.Live["user"][:0]
	team := &zooTeam{Name: "All"}
	for i := range n {
		team.Members = append(team.Members, fmt.Sprintf("user%06d@zoo.example", i))
	}
	z.files(team)
	return z
}

// newShifts is a zoo in which one new person has a new shift in each of n new teams.
func newShifts(n int) *zoo {
	z := crowd(1, 0)
	z.in.Live["user"] = z.in.Live["user"][:0]
	for i := range n {
		team := fmt.Sprintf("t%06d", i)
		z.files(&zooTeam{Name: team})
		z.files(&zooShift{Team: team, Person: "user000000@zoo.example", Role: fmt.Sprintf("role%d", i%20)})
	}
	return z
}

// TestChangesOfOneObjectAreLinear holds two sizes against each other: four times the
// changes that reach one object may take about four times the memory, not sixteen
// times.
func TestChangesOfOneObjectAreLinear(t *testing.T) {
	for name, zoo := range map[string]func(int) *zoo{"members of a team": newTeam, "teams of a person": newShifts} {
		t.Run(name, func(t *testing.T) { linear(t, zoo) })
	}
}

func linear(t *testing.T, zoo func(int) *zoo) {
	cost := func(n int) float64 {
		z := zoo(n)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		Build(z.in)
		runtime.ReadMemStats(&after)
		return float64(after.TotalAlloc - before.TotalAlloc)
	}
	cost(100)
	if ratio := cost(8_000) / cost(2_000); ratio > 6 {
		t.Errorf("four times the members allocate %.1f times the memory", ratio)
	}
}

func BenchmarkBuild(b *testing.B) {
	for _, n := range []int{1_000, 20_000, 100_000} {
		for _, c := range []struct {
			name string
			set  func() *zoo
		}{
			{"unchanged", func() *zoo { return crowd(n, 0) }},
			{"one-percent", func() *zoo { return crowd(n, 100) }},
			{"role-of-all", func() *zoo {
				z := crowd(n, 0)
				for i := range z.in.Live["user"] {
					z.in.Live["user"][i].Body.(*zooUser).Role = "role0"
					z.in.Tenant.Objects[len(z.in.Tenant.Objects)-n+i].Body.(*zooUser).Role = "role0"
				}
				z.in.Live["role"][0].Body = &zooRole{ID: "role0", Permissions: []string{"feed"}}
				return z
			}},
			{"all-new", func() *zoo { z := crowd(n, 0); z.in.Live["user"] = z.in.Live["user"][:0]; return z }},
			{"all-new-in-one-team", func() *zoo { return newTeam(n) }},
			{"one-in-all-new-teams", func() *zoo { return newShifts(n) }},
			{"all-unknown-roles", func() *zoo {
				z := crowd(n, 0)
				for i := range n {
					z.in.Tenant.Objects[len(z.in.Tenant.Objects)-n+i].Body.(*zooUser).Role = fmt.Sprintf("rolle%d", i)
				}
				return z
			}},
		} {
			b.Run(fmt.Sprintf("%s/%d", c.name, n), func(b *testing.B) {
				z := c.set()
				b.ReportAllocs()
				for b.Loop() {
					Build(z.in)
				}
			})
		}
	}
}

// BenchmarkRoleChange plans the change of one permission of a role that 20,000 of 100,000 users have.
func BenchmarkRoleChange(b *testing.B) {
	for _, changed := range []bool{false, true} {
		z := crowd(100_000, 0)
		for i := range z.in.Live["user"] {
			n := len(z.in.Tenant.Objects) - len(z.in.Live["user"]) + i
			role := "role0"
			if i >= 20_000 {
				role = fmt.Sprintf("role%d", 1+i%19)
			}
			z.in.Live["user"][i].Body.(*zooUser).Role = role
			z.in.Tenant.Objects[n].Body.(*zooUser).Role = role
		}
		if changed {
			for i := range z.in.Tenant.Objects {
				if r, is := z.in.Tenant.Objects[i].Body.(*zooRole); is && r.ID == "role0" {
					more := *r
					more.Permissions = []string{"clean", "cull", "feed", "ride"}
					z.in.Tenant.Objects[i].Body = &more
				}
			}
		}
		b.Run(fmt.Sprintf("changed=%t", changed), func(b *testing.B) {
			for b.Loop() {
				p := Build(z.in).Plan
				if want := 20_000; changed && len(p.Affected) != want {
					b.Fatalf("%d affected", len(p.Affected))
				}
			}
		})
	}
}
