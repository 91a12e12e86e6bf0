package build

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

func TestTransientRights(t *testing.T) {
	role := func(z *zoo, name, before, after string) {
		z.live(&zooRole{ID: name, Permissions: strings.Fields(before)})
		z.files(&zooRole{ID: name, Permissions: strings.Fields(after)})
	}
	moves := func(z *zoo, who, from, to string) {
		z.live(&zooUser{Email: who + "@zoo.example", Role: from})
		z.files(&zooUser{Email: who + "@zoo.example", Role: to})
	}
	group := func(z *zoo, name, before, after string) {
		z.live(&zooGroup{Section: "Food", Name: name, Animals: strings.Fields(before)})
		z.files(&zooGroup{Section: "Food", Name: name, Animals: strings.Fields(after)})
	}
	about := func(p string) func(string) bool { return func(s string) bool { return strings.HasPrefix(s, p) } }
	for _, c := range []struct {
		name string
		set  func(z *zoo)
		want []string
	}{
		{"who comes to a role that takes waits for it", func(z *zoo) {
			role(z, "keeper", "clean feed", "feed")
			moves(z, "ana", "", "keeper")
		}, []string{"update role.keeper (permissions)", "update user.ana@zoo.example (role) needs [0]"}},
		{"who leaves a role that gives goes first", func(z *zoo) {
			role(z, "keeper", "feed", "clean feed")
			moves(z, "ana", "keeper", "")
		}, []string{"update user.ana@zoo.example (role)", "update role.keeper (permissions) needs [0]"}},
		{"a leaver too", func(z *zoo) {
			role(z, "keeper", "feed", "clean feed")
			z.live(&zooUser{Email: "ana@zoo.example", Role: "keeper"})
			z.removed("user", "ana@zoo.example")
		}, []string{"deactivate user.ana@zoo.example: because of a removed block", "update role.keeper (permissions) needs [0]"}},
		{"who comes to a role that gives finds it done", func(z *zoo) {
			role(z, "keeper", "feed", "clean feed")
			moves(z, "ana", "", "keeper")
		}, []string{"update role.keeper (permissions)", "update user.ana@zoo.example (role) needs [0]"}},
		{"people change places between roles that both give", func(z *zoo) {
			role(z, "keeper", "feed", "clean feed")
			role(z, "vet", "cull", "clean cull")
			moves(z, "ana", "keeper", "vet")
			moves(z, "ben", "vet", "keeper")
		}, []string{
			"update user.ana@zoo.example (role)", "update role.keeper (permissions) needs [0]",
			"update user.ben@zoo.example (role)", "update role.vet (permissions) needs [2]",
		}},
		{"a role that gives and takes, which people leave and come to", func(z *zoo) {
			role(z, "keeper", "cull feed", "clean feed")
			moves(z, "ana", "keeper", "")
			moves(z, "ben", "", "keeper")
		}, []string{
			"update role.keeper (permissions): step 1 of 2: revoke first, so that nobody temporarily gains rights",
			"update user.ana@zoo.example (role)",
			"update role.keeper (permissions) needs [0 1]: step 2 of 2: grant",
			"update user.ben@zoo.example (role) needs [0]",
		}},
		{"a name alone lets nobody wait", func(z *zoo) {
			role(z, "keeper", "feed", "clean feed")
			z.live(&zooUser{Email: "ana@zoo.example", Role: "keeper"})
			z.files(&zooUser{Email: "ana@zoo.example", Role: "keeper", Name: "Ana"})
		}, []string{"update role.keeper (permissions)", "update user.ana@zoo.example (name)"}},
		{"groups that swap animals inside one access", func(z *zoo) {
			group(z, "Meat", "elk lion", "lion owl")
			group(z, "Fish", "owl seal", "elk seal")
			z.live(&zooUser{Email: "ana@zoo.example", Accesses: [][]string{{"Food/Fish", "Food/Meat"}}})
		}, []string{
			"update group.Food/Fish (animals): step 1 of 2: revoke first, so that nobody temporarily gains rights",
			"update group.Food/Meat (animals): step 1 of 2: revoke first, so that nobody temporarily gains rights",
			"update group.Food/Fish (animals) needs [0 1]: step 2 of 2: grant",
			"update group.Food/Meat (animals) needs [0 1]: step 2 of 2: grant",
		}},
		{"a role that gives and takes, which people only leave, is one step", func(z *zoo) {
			role(z, "keeper", "cull feed", "clean feed")
			moves(z, "ana", "keeper", "")
		}, []string{"update user.ana@zoo.example (role)", "update role.keeper (permissions) needs [0]"}},
		{"a role that gives and takes, which people only come to, is one step", func(z *zoo) {
			role(z, "keeper", "cull feed", "clean feed")
			moves(z, "ana", "", "keeper")
		}, []string{"update role.keeper (permissions)", "update user.ana@zoo.example (role) needs [0]"}},
		{"a group that would be empty in between is one step", func(z *zoo) {
			group(z, "Meat", "elk", "lion")
			z.live(&zooUser{Email: "ana@zoo.example", Accesses: [][]string{{"Food/Meat"}}})
			z.files(&zooUser{Email: "ana@zoo.example", Accesses: [][]string{}}, "accesses")
			z.live(&zooUser{Email: "ben@zoo.example"})
			z.files(&zooUser{Email: "ben@zoo.example", Accesses: [][]string{{"Food/Meat"}}}, "accesses")
		}, []string{
			"update user.ana@zoo.example (accesses)", "update group.Food/Meat (animals) needs [0]",
			"update user.ben@zoo.example (accesses) needs [1]",
		}},
		{"a team that names a user who becomes active is told of", func(z *zoo) {
			z.both(&zooUser{Email: "ana@zoo.example"})
			z.live(&zooUser{Email: "ben@zoo.example", Disabled: true})
			z.files(&zooUser{Email: "ben@zoo.example"})
			z.live(&zooTeam{Name: "Day", Members: []string{"ana@zoo.example"}})
			z.files(&zooTeam{Name: "Day", Members: []string{"ben@zoo.example"}})
			z.both(&zooShift{Team: "Day", Person: "ben@zoo.example"})
		}, []string{
			"update user.ben@zoo.example (disabled)", "update team.Day (members) needs [0]",
			"warning plan/transient-rights team.Day",
		}},
		{"a group that would be empty between two steps of one who stays is told of", func(z *zoo) {
			group(z, "Meat", "elk", "lion")
			z.both(&zooGroup{Section: "Food", Name: "Fish", Animals: []string{"seal"}})
			z.live(&zooUser{Email: "ana@zoo.example", Accesses: [][]string{{"Food/Meat"}}})
			z.files(&zooUser{Email: "ana@zoo.example", Accesses: [][]string{{"Food/Fish"}, {"Food/Meat"}}}, "accesses")
		}, []string{
			"update group.Food/Meat (animals)", "update user.ana@zoo.example (accesses)",
			"warning plan/transient-rights group.Food/Meat",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			z := newZoo()
			z.both(&zooSection{Name: "Food"})
			c.set(z)
			got := slices.DeleteFunc(tell(Build(z.in).Plan), func(s string) bool { return about("unchanged")(s) || about("user.")(s) })
			if !slices.Equal(got, c.want) {
				t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(c.want, "\n  "))
			}
		})
	}
}

// might lists what a person of the model may do, as right and animal: the role's
// permissions, for the animals that all groups of one access have.
func (m *model) might() map[string]map[string]bool {
	permissions, animals := map[string][]string{}, map[string][]string{}
	for _, o := range m.objects {
		switch b := o.Body.(type) {
		case *zooRole:
			permissions[b.ID] = b.Permissions
		case *zooGroup:
			animals[o.Addr.Key] = b.Animals
		}
	}
	out := map[string]map[string]bool{}
	for _, o := range m.objects {
		u, ok := o.Body.(*zooUser)
		if !ok || u.Disabled {
			continue
		}
		all := map[string]bool{}
		for _, access := range u.Accesses {
			for _, a := range animals[access[0]] {
				if !slices.ContainsFunc(access, func(g string) bool { return !slices.Contains(animals[g], a) }) {
					for _, p := range append([]string{"view"}, permissions[u.Role]...) {
						all[p+" "+a] = true
					}
				}
			}
		}
		out[u.Email] = all
	}
	m.onShift(out, permissions)
	return out
}

// onShift adds what people may do on their shifts, but for those who are disabled.
func (m *model) onShift(out map[string]map[string]bool, permissions map[string][]string) {
	disabled := map[string]bool{}
	for _, o := range m.objects {
		if u, ok := o.Body.(*zooUser); ok {
			disabled[u.Email] = u.Disabled
		}
	}
	for _, o := range m.objects {
		s, ok := o.Body.(*zooShift)
		if !ok || disabled[s.Person] {
			continue
		}
		if out[s.Person] == nil {
			out[s.Person] = map[string]bool{}
		}
		for _, p := range permissions[s.Role] {
			out[s.Person][p+" with team "+s.Team] = true
		}
	}
}

// TestNoTransientRights applies plans in every order that Needs allow: after
// each change everyone has no more than what they had or are to have.
func TestNoTransientRights(t *testing.T) {
	steps, parted := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		z := drawMoves(t)
		p := Build(z.in).Plan
		checkNeeds(t, p)
		if hasErrors(p) || slices.ContainsFunc(p.Findings, func(f schema.Finding) bool { return f.Code == "plan/transient-rights" }) {
			return
		}
		m := &model{t: t, product: z.in.Tenant.Product}
		for _, k := range m.product.Kinds {
			m.objects = append(m.objects, z.in.Live[k.Name]...)
		}
		before := m.might()
		order := drawOrder(t, p)
		var between []map[string]map[string]bool
		for _, i := range order {
			m.apply(&p.Changes[i])
			between = append(between, m.might())
			if strings.Contains(p.Changes[i].Reason, "step 2 of 2: grant") {
				parted++
			}
		}
		after := m.might()
		for n, now := range between {
			steps++
			for id, rights := range now {
				for r := range rights {
					if !before[id][r] && !after[id][r] {
						t.Fatalf("after %s, %s may %s\nplan: %q\norder: %v", p.Changes[order[n]].Addr, id, r, tell(p), order)
					}
				}
			}
		}
		z.in.Live = m.live()
		if again := Build(z.in).Plan; len(again.Changes) > 0 {
			t.Fatalf("first plan:\n%q\nsecond plan:\n%q", tell(p), tell(again))
		}
	})
	if steps == 0 || parted == 0 {
		t.Errorf("%d steps, %d of them second ones: the property says too little", steps, parted)
	}
}

// drawMoves draws a zoo in which much changes at once: what roles permit, which
// animals are in groups, and who has what.
func drawMoves(t *rapid.T) *zoo {
	z := newZoo()
	z.in.Tenant.Limits = schema.Limits{MaxDeletes: 1000, AllowEmpty: true}
	some := func(label string, least int, from ...string) []string {
		return schema.Canonical(rapid.SliceOfN(rapid.SampledFrom(from), least, len(from)).Draw(t, label))
	}
	z.both(&zooSection{Name: "Food"})
	goes := rapid.IntRange(0, 2).Draw(t, "Night goes") == 0
	roles, groups := []string{"guide", "keeper", "vet"}, []string{"Food/Fish", "Food/Meat", "Food/Old"}
	state := func(side string, add func(body any)) {
		for _, r := range roles {
			add(&zooRole{ID: r, Permissions: some(side+" permissions", 0, "clean", "cull", "feed")})
		}
		for _, g := range []string{"Fish", "Meat", "Old"} {
			if g == "Old" && side == "files" && rapid.Bool().Draw(t, "renamed") {
				z.files(&zooGroup{Section: "Food", Name: "New", Animals: some("animals", 1, "elk", "lion", "owl")}).Previously = []string{"Old"}
				groups[2] = "Food/New"
				continue
			}
			add(&zooGroup{Section: "Food", Name: g, Animals: some(side+" animals", 1, "elk", "lion", "owl")})
		}
		for _, u := range some(side+" users", 1, "ana", "ben", "cleo") {
			user := &zooUser{Email: u + "@zoo.example", Role: rapid.SampledFrom(roles).Draw(t, side+" role"), Disabled: rapid.IntRange(0, 4).Draw(t, side+" disabled") == 0}
			for range rapid.IntRange(0, 2).Draw(t, side+" accesses") {
				user.Accesses = append(user.Accesses, some(side+" access", 1, groups...))
			}
			user.Accesses = schema.CanonicalSets(user.Accesses)
			add(user)
		}
		for _, team := range []string{"Day", "Night"} {
			if team == "Night" && side == "files" && goes {
				continue
			}
			for _, u := range some(side+" shifts", 0, "ana", "ben", "zoe") {
				add(&zooShift{Team: team, Person: u + "@zoo.example", Role: rapid.SampledFrom(roles).Draw(t, side+" shift")})
			}
		}
	}
	z.both(&zooTeam{Name: "Day"})
	if z.live(&zooTeam{Name: "Night"}); goes {
		z.removed("team", "Night")
	}
	z.manage("shift", schema.Manage{Mode: rapid.SampledFrom([]schema.Mode{schema.Additive, schema.Authoritative}).Draw(t, "shift mode")})
	state("live", func(body any) { z.live(body) })
	state("files", func(body any) { z.files(body) })
	z.manage("user", schema.Manage{
		Mode:      rapid.SampledFrom([]schema.Mode{schema.Additive, schema.Authoritative}).Draw(t, "mode"),
		OnRemoval: rapid.SampledFrom([]schema.Action{schema.NoOp, schema.Delete}).Draw(t, "removal"),
	})
	return z
}

// drawOrder draws an order that Needs allow.
func drawOrder(t *rapid.T, p *plan.Plan) []int {
	done := make([]bool, len(p.Changes))
	var order []int
	for range p.Changes {
		var ready []int
		for i, c := range p.Changes {
			if !done[i] && !slices.ContainsFunc(c.DependsOn, func(n int) bool { return !done[n] }) {
				ready = append(ready, i)
			}
		}
		i := rapid.SampledFrom(ready).Draw(t, "next")
		done[i] = true
		order = append(order, i)
	}
	return order
}

// TestRefusedWriteSkipsOnlyRelatedChanges lets one write of a plan be refused. What is
// skipped then shares a subject with the refused change or needs it, or needs one
// that does: nothing waits for changes that have nothing to do with it.
func TestRefusedWriteSkipsOnlyRelatedChanges(t *testing.T) {
	skipped, kept := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		z := drawMoves(t)
		result := Build(z.in)
		p := result.Plan
		if hasErrors(p) {
			return
		}
		related := relate(z, &result)
		for refused := range p.Changes {
			var whole []int // skipped changes that narrow and widen in one step, and pass the refusal on
			skips := make([]bool, len(p.Changes))
			skips[refused] = true
			for i := refused + 1; i < len(p.Changes); i++ {
				skips[i] = slices.ContainsFunc(p.Changes[i].DependsOn, func(n int) bool { return skips[n] })
			}
			for i := refused + 1; i < len(p.Changes); i++ {
				switch {
				case !skips[i]:
					kept++
				case !related.skip(refused, i) && !slices.ContainsFunc(whole, func(n int) bool { return related.skip(n, i) }):
					t.Fatalf("without change %d, change %d is skipped: %q", refused, i, tell(p))
				default:
					if skipped++; inseparable(&p.Changes[i]) {
						whole = append(whole, i)
					}
				}
			}
		}
	})
	if skipped == 0 || kept == 0 {
		t.Errorf("%d changes skipped, %d not: the property says too little", skipped, kept)
	}
}

// inseparable reports whether a group changes in a way that two steps would leave it empty.
func inseparable(c *plan.Change) bool {
	if c.Addr.Kind != "group" || c.Have == nil || c.Want == nil {
		return false
	}
	return !slices.ContainsFunc(c.Have.Body.(*zooGroup).Animals, func(a string) bool { return slices.Contains(c.Want.Body.(*zooGroup).Animals, a) })
}

// A relation says what the changes of a plan have to do with each other.
type relation struct {
	changes  []plan.Change
	subjects []map[schema.Address]bool // per change: the users whose rights come through its object
	refers   []map[schema.Address]bool // per change: the objects that its object refers to, directly or not
}

// relate follows the references of every object, before the plan and after it. What is
// held for a user is followed from the user as well.
func relate(z *zoo, result *Result) *relation {
	p, renamed := result.Plan, map[schema.Address]schema.Address{}
	for i := range p.Changes {
		if c := &p.Changes[i]; c.From != "" {
			renamed[schema.Address{Kind: c.Addr.Kind, Key: c.From}] = schema.Address{Kind: c.Addr.Kind, Key: c.Addr.Key}
		}
	}
	at := func(kind, key string) schema.Address {
		a := schema.Address{Kind: kind, Key: key}
		if to, ok := renamed[a]; ok {
			return to
		}
		return a
	}
	refers, holds := map[schema.Address][]schema.Address{}, map[schema.Address][]schema.Address{}
	follow := func(objects []schema.Object) {
		for i := range objects {
			o := &objects[i]
			from := at(o.Addr.Kind, o.Addr.Key)
			for n := range o.Kind.Attributes {
				for _, kind := range o.Kind.Attributes[n].Kinds {
					for _, key := range o.Kind.Attributes[n].Texts(o.Body) {
						refers[from] = append(refers[from], at(kind, key))
						if o.Kind.Grantee == o.Kind.Attributes[n].Name {
							holds[at(kind, key)] = append(holds[at(kind, key)], from)
						}
					}
				}
			}
		}
	}
	for _, objects := range z.in.Live {
		follow(objects)
	}
	for _, objects := range result.After {
		follow(objects)
	}
	var visit func(a schema.Address, held bool, seen map[schema.Address]bool)
	visit = func(a schema.Address, held bool, seen map[schema.Address]bool) {
		if seen[a] {
			return
		}
		seen[a] = true
		for _, to := range refers[a] {
			visit(to, held && to.Kind != "user", seen)
		}
		if held {
			for _, to := range holds[a] {
				visit(to, held, seen)
			}
		}
	}
	r := &relation{changes: p.Changes}
	users := map[schema.Address]map[schema.Address]bool{}
	for a := range holds {
		users[a] = map[schema.Address]bool{}
	}
	for a := range refers {
		if a.Kind == "user" {
			users[a] = map[schema.Address]bool{}
		}
	}
	for a, seen := range users {
		visit(a, true, seen)
	}
	for i := range p.Changes {
		a := at(p.Changes[i].Addr.Kind, p.Changes[i].Addr.Key)
		subjects, far := map[schema.Address]bool{}, map[schema.Address]bool{}
		for user, through := range users {
			if through[a] {
				subjects[user] = true
			}
		}
		visit(a, false, far)
		r.subjects, r.refers = append(r.subjects, subjects), append(r.refers, far)
	}
	return r
}

// shares reports whether the rights of a user come through both objects.
func (r *relation) shares(i, j int) bool {
	for user := range r.subjects[i] {
		if r.subjects[j][user] {
			return true
		}
	}
	return false
}

// needs reports whether one of the objects refers to the other, which orders them in
// one direction or the other.
func (r *relation) needs(i, j int) bool {
	at := func(i int) schema.Address {
		return schema.Address{Kind: r.changes[i].Addr.Kind, Key: r.changes[i].Addr.Key}
	}
	return r.refers[i][at(j)] || r.refers[j][at(i)]
}

func (r *relation) skip(refused, i int) bool {
	for n := range r.changes {
		if (n == refused || r.shares(refused, n)) && (n == i || r.needs(n, i)) {
			return true
		}
	}
	return r.shares(refused, i)
}
