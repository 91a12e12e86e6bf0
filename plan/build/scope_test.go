package build

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/since"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// changesOf writes the changes of a plan as sorted lines.
func changesOf(p *plan.Plan) []string {
	var out []string
	for _, c := range plan.Joined(p.Changes) {
		out = append(out, fmt.Sprintf("%s %s %x", c.Action, c.Addr, c.Identity()))
	}
	slices.Sort(out)
	return out
}

// Where the product is as the earlier files say, a plan of what changed since then makes the same
// changes as a plan of everything, and lists the same people.
func TestScopeChangesWhatAFullPlanChanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := drawZoo(t)
		earlier := *z.in.Tenant
		earlier.Objects, earlier.Removed = nil, nil
		for _, k := range z.in.Tenant.Product.Kinds {
			for _, o := range z.in.Live[k.Name] {
				o.ID, o.Set = "", 1<<len(k.Attributes)-1
				earlier.Objects = append(earlier.Objects, o)
			}
		}
		full := Build(z.in).Plan
		if hasErrors(full) {
			t.Skip("the plan has errors")
		}
		in := z.in
		in.Scope = since.Between(&earlier, z.in.Tenant)
		if in.Scope.Everything != "" {
			t.Fatal(in.Scope.Everything)
		}
		scoped := Build(in).Plan
		if diff := cmp.Diff(changesOf(full), changesOf(scoped)); diff != "" {
			t.Errorf("changes (-everything +scope):\n%s", diff)
		}
		if diff := cmp.Diff(full.Affected, scoped.Affected); diff != "" {
			t.Errorf("affected (-everything +scope):\n%s", diff)
		}
		if len(scoped.Excluded) > 0 || hasErrors(scoped) {
			t.Errorf("excluded %+v, findings %+v", scoped.Excluded, scoped.Findings)
		}
		in.NoImpact = true
		if diff := cmp.Diff(changesOf(full), changesOf(Build(in).Plan)); diff != "" {
			t.Errorf("changes without impact (-everything +scope):\n%s", diff)
		}
	})
}

func TestScope(t *testing.T) {
	meat := [][]string{{"Food/Meat"}}
	for _, c := range []struct {
		name     string
		write    func(z *zoo)
		changed  []string // addresses that are in the scope as changed
		needed   []string
		gone     []string
		want     []string // changes, then "excluded" ones, then codes of findings
		noImpact bool
	}{
		{
			name: "what is needed and missing is created, and what differs otherwise is excluded",
			write: func(z *zoo) {
				z.both(&zooSection{Name: "Food"})
				z.files(&zooGroup{Section: "Food", Name: "Meat"})
				z.files(&zooRole{ID: "keeper", Name: "Keeper", Permissions: []string{"feed"}})
				z.live(&zooRole{ID: "keeper", Name: "by hand", Permissions: []string{"feed"}})
				z.live(&zooUser{Email: "ana@x", Role: "keeper"})
				z.files(&zooUser{Email: "ana@x", Role: "keeper", Accesses: meat})
				z.files(&zooUser{Email: "ben@x"}) // did not change, and is not there
			},
			changed: []string{"user.ana@x"}, needed: []string{"group.Food/Meat", "section.Food", "role.keeper"},
			want: []string{"create group.Food/Meat", "update user.ana@x", "excluded update role.keeper"},
		},
		{
			name: "undeclared objects of an authoritative kind stay, except those that were declared",
			write: func(z *zoo) {
				z.manage("role", schema.Manage{Mode: schema.Authoritative})
				z.live(&zooRole{ID: "old"})
				z.live(&zooRole{ID: "by hand"})
				z.both(&zooRole{ID: "keeper"})
			},
			gone: []string{"role.old"},
			want: []string{"delete role.old"},
		},
		{
			name: "an object that contains declared ones is not deleted",
			write: func(z *zoo) {
				z.live(&zooTeam{Name: "Day"})
				z.removed("team", "Day")
				z.both(&zooUser{Email: "ana@x"})
				z.both(&zooShift{Team: "Day", Person: "ana@x"})
			},
			changed: []string{"team.Day"},
			want:    []string{"refuse team.Day", "plan/deletes-declared"},
		},
		{
			name: "a role is not deleted while a user who did not change holds it",
			write: func(z *zoo) {
				z.live(&zooRole{ID: "old"})
				z.removed("role", "old")
				z.live(&zooUser{Email: "ana@x", Role: "old"})
				z.files(&zooUser{Email: "ana@x"}, "name")
			},
			changed: []string{"role.old"},
			want:    []string{"refuse role.old", "plan/still-referenced"},
		},
		{
			name: "a replaced role is deleted",
			write: func(z *zoo) {
				z.live(&zooRole{ID: "old", Permissions: []string{"feed"}})
				z.files(&zooRole{ID: "new", Permissions: []string{"feed"}}).Previously = []string{"old"}
				z.live(&zooUser{Email: "ana@x", Role: "old"}) // undeclared
				z.live(&zooUser{Email: "ben@x", Role: "old"})
				z.files(&zooUser{Email: "ben@x", Role: "new"})
			},
			changed: []string{"role.new", "user.ben@x"},
			want:    []string{"create role.new", "update user.ana@x", "update user.ben@x", "delete role.old"},
		},
		{
			name: "findings about other objects are left out",
			write: func(z *zoo) {
				z.both(&zooUser{Email: "ana@x", Disabled: true})
				z.in.Tenant.Objects[0].Set = z.in.Tenant.Product.Kind("user").Mask("email")
				z.live(&zooTeam{Name: "Day"}).ID = "1"
				z.live(&zooTeam{Name: "Day"}).ID = "2"
				z.files(&zooTeam{Name: "Day"})
				z.files(&zooTeam{Name: "Night"})
			},
			changed: []string{"team.Night"},
			want:    []string{"create team.Night"},
		},
		{
			name: "without impact no limit is checked",
			write: func(z *zoo) {
				z.live(&zooUser{Email: "boss@x", Admin: true})
				z.files(&zooUser{Email: "boss@x"})
			},
			changed: []string{"user.boss@x"}, noImpact: true,
			want: []string{"update user.boss@x"},
		},
		{
			name: "with impact the last administrator stays",
			write: func(z *zoo) {
				z.live(&zooUser{Email: "boss@x", Admin: true})
				z.files(&zooUser{Email: "boss@x"})
			},
			changed: []string{"user.boss@x"},
			want:    []string{"update user.boss@x", "plan/last-administrator"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			z := newZoo()
			c.write(z)
			set := func(addresses []string) map[schema.Address]bool {
				out := map[schema.Address]bool{}
				for _, s := range addresses {
					kind, key, _ := strings.Cut(s, ".")
					out[schema.Address{Provider: "zoo", Kind: kind, Key: key}] = true
				}
				return out
			}
			z.in.Scope = &since.Scope{Changed: set(c.changed), Needed: set(c.needed), Undeclared: set(c.gone)}
			z.in.NoImpact = c.noImpact
			r := Build(z.in)
			if !r.Missing.Empty() {
				t.Fatalf("the plan is unfinished: %+v", r.Missing)
			}
			var got []string
			for _, ch := range r.Plan.Changes {
				got = append(got, fmt.Sprint(ch.Action, " ", ch.Addr))
			}
			for _, ch := range r.Plan.Excluded {
				got = append(got, fmt.Sprint("excluded ", ch.Action, " ", ch.Addr))
			}
			for _, f := range slices.Concat(r.Plan.Findings, r.Plan.Violations) {
				got = append(got, f.Code)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("plan (-want +got):\n%s", diff)
			}
			if len(r.Plan.Unmanaged) > 0 {
				t.Errorf("lists undeclared objects: %+v", r.Plan.Unmanaged)
			}
			if s := r.Plan.Scope; s.Compared != len(c.needed)+len(c.changed)-len(z.in.Tenant.Removed) || s.Compared+s.NotCompared != len(z.in.Tenant.Objects) {
				t.Errorf("scope: %+v", s)
			}
		})
	}
}

// A plan of one kind lists no other, unless its impact or a delete needs that.
func TestScopeRequestsFewKinds(t *testing.T) {
	for _, c := range []struct {
		name     string
		kind     string
		noImpact bool
		want     []string
	}{
		{"a role", "role", true, []string{"role"}},
		{"a role with impact", "role", false, []string{"role", "user", "team", "shift"}},
		{"a section", "section", true, []string{"section"}},
	} {
		z := newZoo()
		z.files(&zooSection{Name: "Food"})
		z.files(&zooGroup{Section: "Food", Name: "Meat"})
		z.files(&zooAccess{Name: "all", Groups: []string{"Food/Meat"}})
		z.files(&zooRole{ID: "keeper", Permissions: []string{"feed"}})
		z.files(&zooUser{Email: "ana@x", Role: "keeper"})
		z.manage("team", schema.Manage{Mode: schema.Authoritative})
		live := map[string][]schema.Object{"section": {}, "role": {z.object(&zooRole{ID: "keeper"})}}
		z.in.NoImpact = c.noImpact
		z.in.Scope = &since.Scope{Changed: map[schema.Address]bool{}}
		for _, o := range z.in.Tenant.Objects {
			if o.Addr.Kind == c.kind {
				z.in.Scope.Changed[o.Addr] = true
			}
		}
		z.in.Live = map[string][]schema.Object{}
		var asked []string
		for {
			r := Build(z.in)
			if r.Missing.Empty() {
				break
			}
			for _, kind := range r.Missing.Kinds {
				asked = append(asked, kind)
				z.in.Live[kind] = append([]schema.Object{}, live[kind]...)
			}
		}
		if diff := cmp.Diff(c.want, asked); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
