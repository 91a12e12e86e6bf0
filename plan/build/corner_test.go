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

// Situations that are rare in every product we know, and must still be right.
func TestCorners(t *testing.T) {
	play(t, []scene{
		{"declared twice, the second block further up", func(z *zoo) {
			z.files(&zooBuiltin{ID: "Keeper", Permissions: []string{"clean"}}, "permissions").Pos.Line = 9
			z.files(&zooBuiltin{ID: "KEEPER", Permissions: []string{"feed"}}, "permissions")
			z.live(&zooBuiltin{ID: "KEEPER", Permissions: []string{"feed"}}).Alias = "Keeper"
		}, []string{"unchanged builtin_role: 1", "error plan/declared-twice builtin_role.KEEPER"}},
		{"two live objects with one key both go", func(z *zoo) {
			z.manage("team", schema.Manage{Mode: schema.Authoritative})
			z.both(&zooTeam{Name: "Day"})
			z.live(&zooTeam{Name: "Night"}).ID = "2"
			z.live(&zooTeam{Name: "Night"}).ID = "1"
		}, []string{
			"delete team.Night: no file declares it, and teams are authoritative",
			"delete team.Night: no file declares it, and teams are authoritative",
			"unchanged team: 1",
		}},
		{"part of the key is a second name", func(z *zoo) {
			z.files(&zooGroup{Section: "Essen", Name: "Meat", Animals: []string{"elk"}})
			z.live(&zooSection{Name: "Food"}).Alias = "Essen"
			z.live(&zooGroup{Section: "Food", Name: "Meat"})
		}, []string{"update group.Food/Meat (animals)"}},
		{"a kind that is only observed takes no other's place", func(z *zoo) {
			z.manage("role", schema.Manage{Mode: schema.Observe})
			z.files(&zooRole{ID: "head"}).Previously = []string{"keeper"}
			z.live(&zooRole{ID: "keeper"})
		}, []string{"observed: create role.head", "unmanaged role: keeper"}},
		{"a holder that no file declares is read before it moves", func(z *zoo) {
			z.files(&zooRole{ID: "head"}).Previously = []string{"keeper"}
			z.live(&zooRole{ID: "keeper"})
			z.live(&zooUser{Email: "ana@zoo.example", Role: "keeper"}, "role").Incomplete = true
		}, []string{"read user.ana@zoo.example"}},
		{"rights that come through a kind that is not there", func(z *zoo) {
			z.in.Tenant.Product.Kind("user").Grants = func(o *schema.Object, look schema.Lookup) []schema.Grant {
				if _, ok := look("badge", "gold"); ok {
					t.Error("a kind that the product does not have was found")
				}
				return zooGrants(o, look)
			}
			z.both(&zooRole{ID: "keeper", Permissions: []string{"feed"}})
			z.live(&zooUser{Email: "ana@zoo.example", Accesses: [][]string{{"Food/Meat"}}})
			z.files(&zooUser{Email: "ana@zoo.example", Role: "keeper"}, "role")
		}, []string{
			"update user.ana@zoo.example (role)",
			"user.ana@zoo.example +feed on Food/Meat because user.ana@zoo.example",
			"unchanged role: 1",
		}},
		{"a virtual kind that is no set gives no names", func(z *zoo) {
			k := z.in.Tenant.Product.Kind("access")
			k.Attributes = k.Attributes[:1]
			z.files(&zooAccess{Name: "europe"})
		}, nil},
	})
}

// Where too many people hold a right through an object to read them all, those who
// are known are told, and one warning speaks for the others.
func TestAffectedOfManyIncompleteObjects(t *testing.T) {
	z := newZoo()
	z.files(&zooRole{ID: "keeper", Permissions: []string{"clean"}})
	z.live(&zooRole{ID: "keeper"})
	z.live(&zooUser{Email: "ana@zoo.example", Role: "keeper", Accesses: [][]string{{"Food/Meat"}}})
	for i := range maxImpactReads + 1 {
		z.live(&zooUser{Email: fmt.Sprintf("u%03d@zoo.example", i), Role: "keeper"}, "role").Incomplete = true
		z.live(&zooUser{Email: fmt.Sprintf("v%03d@zoo.example", i)}, "name").Incomplete = true
	}
	want := []string{
		"update role.keeper (permissions)",
		"user.ana@zoo.example +clean on Food/Meat because role.keeper",
		"warning plan/affected-unknown user.",
	}
	if diff := cmp.Diff(want, tell(Build(z.in).Plan)); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
}

// What a protected object may lose, and what of it is no right.
func TestProtectedLosesRights(t *testing.T) {
	for name, c := range map[string]struct {
		set  func(z *zoo)
		want bool
	}{
		"a name is no right": {func(z *zoo) {
			z.live(&zooUser{Email: "ana@zoo.example", Name: "Ana"})
			z.files(&zooUser{Email: "ana@zoo.example", Name: "Anna"}, "name")
		}, false},
		"a kind that does not tell rights may mean any": {func(z *zoo) {
			z.live(&zooRole{ID: "keeper", Permissions: []string{"feed"}})
			z.files(&zooRole{ID: "keeper", Permissions: []string{"clean", "feed"}})
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			z := newZoo()
			z.in.Tenant.Protect = []string{"user.ana@zoo.example", "role.keeper"}
			c.set(z)
			p := Build(z.in).Plan
			if len(p.Changes) != 1 {
				t.Fatalf("changes: %v", tell(p))
			}
			if got := len(p.Violations) == 1 && p.Violations[0].Code == "plan/protected"; got != c.want {
				t.Errorf("protected: %v", tell(p))
			}
		})
	}
}

// The words of refusals where the product says little, or where no file speaks.
func TestRefusalWords(t *testing.T) {
	for name, c := range map[string]struct {
		set  func(z *zoo)
		want string
	}{
		"a product that does not say why": {func(z *zoo) {
			z.files(&zooUser{Email: "ana@zoo.example"}, "admin")
			o := z.live(&zooUser{Email: "ana@zoo.example", Admin: true})
			o.Frozen = o.Kind.Mask("admin")
		}, "Attribute admin of user.ana@zoo.example cannot change: Zoo does not allow it. Write the live value, admin = true, or delete the attribute from the block."},
		"a removal of which it does not say why": {func(z *zoo) {
			z.removed("section", "Food")
			z.live(&zooSection{Name: "Food"}).Frozen = schema.Everything
		}, "section.Food cannot be changed or removed: Zoo does not allow it. Delete the removed block or the previously that asks for it."},
		"a holder that no file declares": {func(z *zoo) {
			z.files(&zooRole{ID: "head"}).Previously = []string{"keeper"}
			z.live(&zooRole{ID: "keeper"})
			o := z.live(&zooUser{Email: "ana@zoo.example", Role: "keeper"})
			o.Frozen, o.FrozenBy = o.Kind.Mask("role"), "it is fed by an import"
		}, "Attribute role of user.ana@zoo.example cannot change: it is fed by an import. Change it by hand in the product first, then plan again."},
		"many who make the same mistake": {func(z *zoo) {
			for _, who := range []string{"cleo", "ana", "ben"} {
				z.files(&zooUser{Email: who + "@zoo.example", Role: "keper"}, "role")
			}
			z.both(&zooRole{ID: "keeper"})
		}, `user.cleo@zoo.example refers to role or builtin role "keper", which no file declares and Zoo does not have. Did you mean "keeper"? Correct the key, or declare the object. 2 more objects make the same reference.`},
	} {
		t.Run(name, func(t *testing.T) {
			z := newZoo()
			c.set(z)
			var got []string
			for _, f := range Build(z.in).Plan.Findings {
				got = append(got, f.Detail)
			}
			if !slices.Contains(got, c.want) {
				t.Errorf("no finding says\n  %s\nbut\n  %s", c.want, strings.Join(got, "\n  "))
			}
		})
	}
}

// Findings come in the order of the files, whatever order they were found in, and
// what belongs to no file comes last.
func TestFindingsAreInOrder(t *testing.T) {
	z := newZoo()
	z.in.Targets = []string{"rolle.keeper"}
	z.files(&zooUser{Email: "ana@zoo.example", Role: "zz"}, "role")
	z.files(&zooUser{Email: "ben@zoo.example", Role: "aa"}, "role")
	p := Build(z.in).Plan
	var got []string
	for _, f := range p.Findings {
		got = append(got, f.Code+" "+f.Value)
	}
	want := []string{"plan/unknown-reference zz", "plan/unknown-reference aa", "plan/unknown-target rolle.keeper"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatal(diff)
	}
	mixed := []schema.Finding{p.Findings[2], p.Findings[1], p.Findings[0]}
	if diff := cmp.Diff(p.Findings, inOrder(mixed)); diff != "" {
		t.Error(diff)
	}
	turned := []schema.Finding{p.Findings[1], p.Findings[2], p.Findings[0]}
	if diff := cmp.Diff(p.Findings, inOrder(turned)); diff != "" {
		t.Error(diff)
	}
}

// A change in two steps: what is only created for the second one does not hold up
// the first, which takes rights away; what the first one names already does.
func TestFirstStepDependsOnLess(t *testing.T) {
	for name, c := range map[string]struct {
		set  func(z *zoo)
		want []string
	}{
		"a new member comes with the second step": {func(z *zoo) {
			k := z.in.Tenant.Product.Kind("role")
			k.Attributes[3] = schema.RefSet("permissions", "", func(r *zooRole) *[]string { return &r.Permissions }).To("section").With(schema.CarriesRights)
			z.both(&zooSection{Name: "Old"})
			z.files(&zooSection{Name: "New"})
			z.live(&zooRole{ID: "keeper", Permissions: []string{"Old"}})
			z.files(&zooRole{ID: "keeper", Permissions: []string{"New"}})
			z.live(&zooUser{Email: "ana@zoo.example", Role: "keeper"})
			z.files(&zooUser{Email: "ana@zoo.example"}, "role")
			z.live(&zooUser{Email: "ben@zoo.example"})
			z.files(&zooUser{Email: "ben@zoo.example", Role: "keeper"}, "role")
		}, []string{
			"create section.New",
			"update role.keeper (permissions): step 1 of 2: revoke first, so that nobody temporarily gains rights",
			"update user.ana@zoo.example (role)",
			"update role.keeper (permissions) needs [0 1 2]: step 2 of 2: grant",
			"update user.ben@zoo.example (role) needs [1]",
		}},
		"a new place is needed by the first one too": {func(z *zoo) {
			z.in.Tenant.Product.Kind("group").Attributes[0].Flags &^= schema.Immutable
			z.files(&zooSection{Name: "New"})
			z.live(&zooSection{Name: "Food"})
			z.live(&zooGroup{Section: "Food", Name: "Meat", Animals: []string{"elk", "lion"}})
			z.files(&zooGroup{Section: "New", Name: "Meat", Animals: []string{"lion", "owl"}}).Previously = []string{"Food/Meat"}
			z.live(&zooUser{Email: "ana@zoo.example", Accesses: [][]string{{"Food/Meat"}}})
			z.files(&zooUser{Email: "ana@zoo.example"}, "accesses")
			z.live(&zooUser{Email: "ben@zoo.example"})
			z.files(&zooUser{Email: "ben@zoo.example", Accesses: [][]string{{"New/Meat"}}}, "accesses")
		}, []string{
			"create section.New",
			"rename group.New/Meat from Food/Meat (section and animals) needs [0]: step 1 of 2: rename and revoke first, so that nobody temporarily gains rights",
			"update user.ana@zoo.example (accesses) needs [1]",
			"update group.New/Meat (animals) needs [0 1 2]: step 2 of 2: grant",
			"update user.ben@zoo.example (accesses) needs [1]",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			z := newZoo()
			c.set(z)
			p := Build(z.in).Plan
			checkNeeds(t, p)
			if diff := cmp.Diff(c.want, tell(&plan.Plan{Changes: p.Changes})); diff != "" {
				t.Errorf("plan (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTitleIsShort(t *testing.T) {
	for _, n := range []int{59, 60} {
		if long := strings.Repeat("ü", n); title(long, "short") != long {
			t.Errorf("a title of %d characters is cut", n)
		}
	}
	if got := title(strings.Repeat("ü", 61), "short"); got != "short" {
		t.Errorf("got %q", got)
	}
}

// Guessing what is meant ends at some point, and then nothing is suggested.
func TestSuggestionsAreLimited(t *testing.T) {
	z := newZoo()
	z.both(&zooRole{ID: "keeper"})
	s := stage{newTenant(z.in), newReport()}
	match(s)
	roles := s.table["role"]
	if got := s.suggestAny("keper", roles); got != ` Did you mean "keeper"?` {
		t.Errorf("got %q", got)
	}
	s.suggestionBudget = 1
	if got := s.suggestAny("keper", roles); got != "" {
		t.Errorf("got %q", got)
	}
}

// A second name is suggested like a key.
func TestAliases(t *testing.T) {
	z := newZoo()
	z.files(&zooBuiltin{ID: "Tierpflger"}, "permissions")
	z.live(&zooBuiltin{ID: "K"}).Alias = "Tierpfleger"
	p := Build(z.in).Plan
	if len(p.Findings) != 1 || !strings.HasSuffix(p.Findings[0].Detail, ` Did you mean "Tierpfleger"?`) {
		t.Errorf("findings: %+v", p.Findings)
	}
}
