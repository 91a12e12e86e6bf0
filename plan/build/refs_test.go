package build

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

func TestReferences(t *testing.T) {
	play(t, []scene{
		{"unknown, once for all", func(z *zoo) {
			z.files(&zooUser{Email: "ana@zoo.example", Role: "keper"})
			z.files(&zooUser{Email: "ben@zoo.example", Role: "keper"})
			z.both(&zooRole{ID: "keeper"})
		}, []string{
			"create user.ana@zoo.example", "create user.ben@zoo.example", "unchanged role: 1",
			"error plan/unknown-reference user.ana@zoo.example",
		}},
		{"unknown, pinned to the set that others are written from", func(z *zoo) {
			z.files(&zooUser{Email: "ana@zoo.example", Accesses: [][]string{{"Food/Meet"}}})
			z.files(&zooAccess{Name: "meat", Groups: []string{"Food/Meet"}})
		}, []string{"create user.ana@zoo.example", "error plan/unknown-reference access.meat"}},
		{"what was there before is not the plan's business", func(z *zoo) {
			z.files(&zooUser{Email: "ana@zoo.example", Name: "Ana", Role: "gone"})
			z.live(&zooUser{Email: "ana@zoo.example", Role: "gone"})
		}, []string{"update user.ana@zoo.example (name)"}},
		{"to ignored objects", func(z *zoo) {
			z.manage("role", schema.Manage{Ignore: []string{"keeper"}})
			z.files(&zooUser{Email: "ana@zoo.example", Role: "keeper"})
			z.live(&zooRole{ID: "keeper"})
		}, []string{"create user.ana@zoo.example"}},
		{"to kinds that were not listed", func(z *zoo) {
			z.files(&zooUser{Email: "ana@zoo.example", Role: "keeper"})
			delete(z.in.Live, "role")
			delete(z.in.Live, "builtin_role")
		}, []string{"list role", "list builtin_role"}},
		{"unchanged ones ask for nothing", func(z *zoo) {
			z.both(&zooUser{Email: "ana@zoo.example", Role: "keeper"})
			delete(z.in.Live, "role")
			delete(z.in.Live, "builtin_role")
		}, []string{"unchanged user: 1"}},
		{"deleting what undeclared objects hold", func(z *zoo) {
			z.removed("group", "Food/Meat")
			z.removed("section", "Food")
			z.live(&zooSection{Name: "Food"})
			z.live(&zooGroup{Section: "Food", Name: "Meat"})
			for i := range 5 {
				z.live(&zooUser{Email: fmt.Sprintf("u%d@zoo.example", i), Accesses: [][]string{{"Food/Meat"}}})
			}
		}, []string{
			"refuse section.Food: because of a removed block",
			"refuse group.Food/Meat: because of a removed block",
			"error plan/still-referenced group.Food/Meat",
			"error plan/still-referenced section.Food",
		}},
		{"deactivated holders still hold", func(z *zoo) {
			z.manage("user", schema.Manage{Mode: schema.Authoritative})
			z.removed("role", "keeper")
			z.both(&zooUser{Email: "ana@zoo.example"})
			z.live(&zooUser{Email: "ben@zoo.example", Role: "keeper"})
			z.live(&zooRole{ID: "keeper"})
		}, []string{
			"deactivate user.ben@zoo.example: no file declares it, and users are authoritative",
			"refuse role.keeper: because of a removed block",
			"unchanged user: 1",
			"error plan/still-referenced role.keeper",
		}},
		{"deleted holders do not", func(z *zoo) {
			z.manage("user", schema.Manage{OnRemoval: schema.Delete})
			z.removed("user", "ben@zoo.example")
			z.removed("role", "keeper")
			z.live(&zooUser{Email: "ben@zoo.example", Role: "keeper"})
			z.live(&zooRole{ID: "keeper"})
		}, []string{
			"delete user.ben@zoo.example: because of a removed block",
			"delete role.keeper needs [0]: because of a removed block",
		}},
		{"who is new to a role waits for its change", func(z *zoo) {
			z.files(&zooRole{ID: "keeper", Permissions: []string{"feed"}})
			z.live(&zooRole{ID: "keeper", Permissions: []string{"feed", "cull"}})
			z.files(&zooUser{Email: "ana@zoo.example", Role: "keeper", Name: "Ana"})
			z.live(&zooUser{Email: "ana@zoo.example", Role: "keeper"})
			z.files(&zooUser{Email: "ben@zoo.example", Role: "keeper"})
			z.live(&zooUser{Email: "ben@zoo.example"})
		}, []string{
			"update role.keeper (permissions)",
			"update user.ana@zoo.example (name)",
			"update user.ben@zoo.example (role) needs [0]",
		}},
	})
}

func TestMissing(t *testing.T) {
	play(t, []scene{
		{"declared kinds", func(z *zoo) {
			z.files(&zooRole{ID: "keeper"})
			z.manage("user", schema.Manage{Mode: schema.Authoritative})
			z.removed("team", "Night")
			z.in.Live = nil
		}, []string{"list role", "list user", "list team"}},
		{"thin objects whose missing attributes matter", func(z *zoo) {
			z.files(&zooRole{ID: "keeper", Name: "Keeper", Permissions: []string{"feed"}}, "name", "permissions")
			z.live(&zooRole{ID: "keeper", Name: "Keeper"}, "name").Incomplete = true
			z.files(&zooRole{ID: "vet", Name: "Vet"}, "name")
			z.live(&zooRole{ID: "vet", Name: "Vet"}, "name").Incomplete = true
			z.files(&zooRole{ID: "guide", Name: "Guide"}, "name")
			z.live(&zooRole{ID: "guide", Name: "Guides"}, "name").Incomplete = true
		}, []string{"read role.keeper"}},
		{"thin objects that differ", func(z *zoo) {
			z.files(&zooRole{ID: "guide", Name: "Guide"}, "name")
			z.live(&zooRole{ID: "guide", Name: "Guides"}, "name").Incomplete = true
		}, []string{"read role.guide"}},
		{"thin objects that go", func(z *zoo) {
			z.removed("role", "guide")
			z.live(&zooRole{ID: "guide"}, "name").Incomplete = true
		}, []string{"read role.guide"}},
		{"holders of what is deleted", func(z *zoo) {
			z.removed("group", "Food/Meat")
			z.live(&zooGroup{Section: "Food", Name: "Meat"})
			delete(z.in.Live, "user")
		}, []string{"list user"}},
		{"holders of a role that changes", func(z *zoo) {
			z.files(&zooRole{ID: "keeper", Permissions: []string{"feed"}})
			z.live(&zooRole{ID: "keeper"})
			delete(z.in.Live, "user")
		}, []string{"list user"}},
		{"a new role has no holders", func(z *zoo) {
			z.files(&zooRole{ID: "keeper", Permissions: []string{"feed"}})
			delete(z.in.Live, "user")
		}, []string{"create role.keeper"}},
		{"a role's name gives nobody rights", func(z *zoo) {
			z.files(&zooRole{ID: "keeper", Name: "Keeper"}, "name")
			z.live(&zooRole{ID: "keeper"})
			delete(z.in.Live, "user")
		}, []string{"update role.keeper (name)"}},
		{"roles of a person whose accesses change", func(z *zoo) {
			z.files(&zooUser{Email: "ana@zoo.example", Accesses: [][]string{{"Food/Meat"}}}, "accesses")
			z.live(&zooUser{Email: "ana@zoo.example", Role: "keeper"})
			z.live(&zooGroup{Section: "Food", Name: "Meat"})
			z.live(&zooRole{ID: "keeper"}, "name").Incomplete = true
			delete(z.in.Live, "builtin_role")
		}, []string{"read role.keeper"}},
	})
}

func TestAffected(t *testing.T) {
	meat := [][]string{{"Food/Meat"}}
	play(t, []scene{
		{"through a role", func(z *zoo) {
			z.files(&zooRole{ID: "keeper", Permissions: []string{"feed", "clean"}})
			z.live(&zooRole{ID: "keeper", Permissions: []string{"feed", "cull"}})
			z.live(&zooUser{Email: "ana@zoo.example", Role: "keeper", Accesses: meat})
			z.live(&zooUser{Email: "ben@zoo.example", Role: "vet", Accesses: meat})
			z.live(&zooUser{Email: "cleo@zoo.example", Role: "keeper", Accesses: meat, Disabled: true})
		}, []string{
			"update role.keeper (permissions)",
			"user.ana@zoo.example +clean on Food/Meat -cull on Food/Meat because role.keeper",
		}},
		{"who is deactivated loses everything", func(z *zoo) {
			z.removed("user", "ana@zoo.example")
			z.live(&zooRole{ID: "keeper", Permissions: []string{"feed"}})
			z.live(&zooUser{Email: "ana@zoo.example", Role: "keeper", Accesses: meat})
		}, []string{
			"deactivate user.ana@zoo.example: because of a removed block",
			"user.ana@zoo.example -feed on Food/Meat because user.ana@zoo.example",
		}},
		{"through several changes", func(z *zoo) {
			z.files(&zooRole{ID: "keeper", Permissions: []string{"clean"}})
			z.live(&zooRole{ID: "keeper", Permissions: []string{"feed"}})
			z.files(&zooGroup{Section: "Food", Name: "Meat", Animals: []string{"lion"}}, "animals")
			z.live(&zooGroup{Section: "Food", Name: "Meat"})
			z.live(&zooUser{Email: "ana@zoo.example", Role: "keeper", Accesses: meat})
		}, []string{
			"update role.keeper (permissions)",
			"update group.Food/Meat (animals) needs [0]",
			"user.ana@zoo.example +clean on Food/Meat -feed on Food/Meat because group.Food/Meat, role.keeper",
		}},
		{"members of a team that changes are looked at", func(z *zoo) {
			z.files(&zooTeam{Name: "Night", Members: []string{"ana@zoo.example"}})
			z.live(&zooTeam{Name: "Night"})
			z.live(&zooUser{Email: "ana@zoo.example", Role: "guard"})
		}, []string{
			"update team.Night (members)",
			"user.ana@zoo.example +enter on the zoo at night because team.Night",
		}},
		{"members that are not known are asked for", func(z *zoo) {
			z.files(&zooTeam{Name: "Night", Members: []string{"ana@zoo.example"}})
			z.live(&zooTeam{Name: "Night"})
			delete(z.in.Live, "user")
		}, []string{"list user"}},
		{"too many thin people", func(z *zoo) {
			z.files(&zooRole{ID: "keeper", Permissions: []string{"clean"}})
			z.live(&zooRole{ID: "keeper", Permissions: []string{"feed"}})
			for i := range maxImpactReads + 1 {
				z.live(&zooUser{Email: fmt.Sprintf("u%d@zoo.example", i)}, "name").Incomplete = true
			}
		}, []string{"update role.keeper (permissions)", "warning plan/affected-unknown user.", "violation plan/limit-removals user."}},
		{"a protected one of too many thin people is read", func(z *zoo) {
			z.in.Tenant.Protect = []string{"user.u7@zoo.example"}
			z.files(&zooRole{ID: "keeper", Permissions: []string{"clean"}})
			z.live(&zooRole{ID: "keeper", Permissions: []string{"feed"}})
			for i := range maxImpactReads + 1 {
				z.live(&zooUser{Email: fmt.Sprintf("u%d@zoo.example", i)}, "name").Incomplete = true
			}
		}, []string{"read user.u7@zoo.example"}},
		{"a thin role through which a reached person has rights", func(z *zoo) {
			z.files(&zooUser{Email: "ana@zoo.example", Role: "keeper", Accesses: [][]string{{"Food/Meat"}}}, "role")
			z.live(&zooUser{Email: "ana@zoo.example", Role: "vet", Accesses: [][]string{{"Food/Meat"}}})
			z.live(&zooRole{ID: "vet"}, "name").Incomplete = true
			z.live(&zooRole{ID: "keeper"}, "name").Incomplete = true
		}, []string{"read role.keeper", "read role.vet"}},
	})
}

// TestAffectedReadsLittle checks that a plan which reaches people through very many
// thin roles does not read them all just to tell who gains and loses.
func TestAffectedReadsLittle(t *testing.T) {
	for n, want := range map[int]int{maxImpactReads: maxImpactReads, maxImpactReads + 1: 0} {
		z := newZoo()
		for i := range n {
			email, role := fmt.Sprintf("u%d@zoo.example", i), fmt.Sprintf("r%d", i)
			z.files(&zooUser{Email: email, Accesses: [][]string{{"Food/Meat"}}}, "accesses")
			z.live(&zooUser{Email: email, Role: role})
			z.live(&zooRole{ID: role}, "name").Incomplete = true
		}
		z.live(&zooSection{Name: "Food"})
		z.live(&zooGroup{Section: "Food", Name: "Meat"})
		r := Build(z.in)
		if len(r.Missing.Objects) != want {
			t.Errorf("%d roles: the plan asks for %d, want %d", n, len(r.Missing.Objects), want)
		}
		if warned := strings.Contains(strings.Join(tellResult(r), " "), "plan/affected-unknown"); warned != (want == 0) {
			t.Errorf("%d roles: the plan warns: %v", n, warned)
		}
	}
}

// TestAffectedShares checks that many holders of one role share what they gain.
func TestAffectedShares(t *testing.T) {
	z := newZoo()
	z.files(&zooRole{ID: "keeper", Permissions: []string{"clean"}})
	z.live(&zooRole{ID: "keeper"})
	for i := range 10 {
		z.live(&zooUser{Email: fmt.Sprintf("u%d@zoo.example", i), Role: "keeper", Accesses: [][]string{{"Food/Meat"}}})
	}
	p := Build(z.in).Plan
	if len(p.Affected) != 10 {
		t.Fatalf("%d affected, want 10", len(p.Affected))
	}
	for _, d := range p.Affected[1:] {
		if &d.Gained[0] != &p.Affected[0].Gained[0] || &d.CausedBy[0] != &p.Affected[0].CausedBy[0] {
			t.Fatalf("%s does not share its difference", d.Subject)
		}
	}
}

func TestTargets(t *testing.T) {
	aim := func(targets ...string) func(z *zoo) {
		return func(z *zoo) {
			z.in.Targets = targets
			z.files(&zooSection{Name: "Food"})
			z.files(&zooGroup{Section: "Food", Name: "Meat"})
			z.files(&zooRole{ID: "keeper"})
			z.files(&zooUser{Email: "ana@zoo.example", Accesses: [][]string{{"Food/Meat"}}})
			z.files(&zooUser{Email: "ben@zoo.example", Role: "nobody"})
		}
	}
	play(t, []scene{
		{"with what it needs", aim("user.ana@zoo.example"), []string{
			"create section.Food", "create group.Food/Meat needs [0]", "create user.ana@zoo.example needs [1]",
			"left out: create role.keeper", "left out: create user.ben@zoo.example",
			"warning plan/unknown-reference user.ben@zoo.example",
		}},
		{"its own mistakes stay errors", aim("zoo.user.ben@zoo.example"), []string{
			"create user.ben@zoo.example",
			"left out: create section.Food", "left out: create group.Food/Meat", "left out: create role.keeper",
			"left out: create user.ana@zoo.example",
			"error plan/unknown-reference user.ben@zoo.example",
		}},
		{"that name nothing", aim("role.keper", "rolle.keeper"), []string{
			"left out: create section.Food", "left out: create group.Food/Meat", "left out: create role.keeper",
			"left out: create user.ana@zoo.example", "left out: create user.ben@zoo.example",
			"warning plan/unknown-reference user.ben@zoo.example",
			"error plan/unknown-target .", "error plan/unknown-target .",
		}},
		{"the old key of a rename", func(z *zoo) {
			z.in.Targets = []string{"section.Continent"}
			z.files(&zooSection{Name: "Kontinent"}).Previously = []string{"Continent"}
			z.live(&zooSection{Name: "Continent"})
		}, []string{"rename section.Kontinent from Continent (name)"}},
		{"an unchanged object", func(z *zoo) {
			z.in.Targets = []string{"section.Food"}
			z.both(&zooSection{Name: "Food"})
		}, []string{"unchanged section: 1"}},
	})
}

func TestNames(t *testing.T) {
	z := newZoo()
	z.files(&zooAccess{Name: "meat", Groups: []string{"Food/Meat", "Place/Asia"}})
	z.files(&zooAccess{Name: "flesh", Groups: []string{"Food/Meat", "Place/Asia"}})
	z.files(&zooUser{Email: "ana@zoo.example", Role: "keeper", Accesses: [][]string{{"Food/Meat", "Place/Asia"}}})
	z.live(&zooUser{Email: "ana@zoo.example", Role: "vet"})
	z.live(&zooRole{ID: "keeper"})
	z.live(&zooRole{ID: "vet"})
	z.live(&zooRole{ID: "guide"})
	z.live(&zooGroup{Section: "Food", Name: "Meat"})
	z.live(&zooGroup{Section: "Place", Name: "Asia"})
	p := Build(z.in).Plan
	if diff := cmp.Diff(map[string]string{"[Food/Meat, Place/Asia]": "flesh"}, p.SetNames); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

// TestNamesFollowRenames lets changes wait for the rename of what is only in the key of
// what they refer to.
func TestNamesFollowRenames(t *testing.T) {
	renamed := func(z *zoo) {
		z.files(&zooSection{Name: "Foods"}, "name").Previously = []string{"Food"}
		z.live(&zooSection{Name: "Food"})
		z.live(&zooGroup{Section: "Food", Name: "Meat"})
	}
	play(t, []scene{
		{"somebody new", func(z *zoo) {
			renamed(z)
			z.files(&zooUser{Email: "ana@zoo.example", Accesses: [][]string{{"Foods/Meat"}}}, "accesses")
		}, []string{
			"rename section.Foods from Food (name)", "create user.ana@zoo.example needs [0]",
		}},
		{"somebody who stays there", func(z *zoo) {
			renamed(z)
			z.files(&zooUser{Email: "ana@zoo.example", Name: "Ana"}, "name")
			z.live(&zooUser{Email: "ana@zoo.example", Accesses: [][]string{{"Food/Meat"}}})
		}, []string{"rename section.Foods from Food (name)", "update user.ana@zoo.example (name) needs [0]"}},
		{"somebody who leaves", func(z *zoo) {
			renamed(z)
			z.removed("user", "ana@zoo.example")
			z.live(&zooUser{Email: "ana@zoo.example", Accesses: [][]string{{"Food/Meat"}}})
		}, []string{"rename section.Foods from Food (name)", "deactivate user.ana@zoo.example needs [0]: because of a removed block"}},
	})
}
