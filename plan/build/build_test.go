package build

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A scene is one situation and what the plan makes of it.
type scene struct {
	name string
	set  func(z *zoo)
	want []string
}

func play(t *testing.T, scenes []scene) {
	t.Helper()
	for _, s := range scenes {
		t.Run(s.name, func(t *testing.T) {
			z := newZoo()
			s.set(z)
			r := Build(z.in)
			if diff := cmp.Diff(s.want, tellResult(r)); diff != "" {
				t.Errorf("plan (-want +got):\n%s", diff)
			}
			if r.Plan != nil {
				checkNeeds(t, r.Plan)
			}
			if again := Build(z.in); cmp.Diff(tellResult(r), tellResult(again)) != "" {
				t.Error("a second build of the same input differs")
			}
		})
	}
}

func checkNeeds(t interface{ Errorf(string, ...any) }, p *plan.Plan) {
	for i, c := range p.Changes {
		for _, n := range c.DependsOn {
			if n < 0 || n >= i {
				t.Errorf("change %d (%s) needs %d, which does not come before it", i, c.Addr, n)
			}
		}
	}
}

func TestDifferences(t *testing.T) {
	play(t, []scene{
		{"nothing", func(z *zoo) {}, nil},
		{"equal", func(z *zoo) {
			z.both(&zooRole{ID: "keeper", Permissions: []string{"feed"}})
			z.both(&zooUser{Email: "ana@zoo.example", Role: "keeper"})
		}, []string{"unchanged role: 1", "unchanged user: 1"}},
		{"create down the references", func(z *zoo) {
			z.files(&zooUser{Email: "ana@zoo.example", Role: "keeper", Accesses: [][]string{{"Continent/Europe"}}})
			z.files(&zooRole{ID: "keeper", Permissions: []string{"feed"}})
			z.files(&zooGroup{Section: "Continent", Name: "Europe"})
			z.files(&zooAccess{Name: "europe", Groups: []string{"Continent/Europe"}})
			z.files(&zooSection{Name: "Continent"})
		}, []string{
			"create section.Continent",
			"create group.Continent/Europe needs [0]",
			"create role.keeper",
			"create user.ana@zoo.example needs [1 2]",
			"user.ana@zoo.example +feed on Continent/Europe because group.Continent/Europe, role.keeper, section.Continent, user.ana@zoo.example",
		}},
		{"unset attributes are left alone", func(z *zoo) {
			z.files(&zooUser{Email: "ana@zoo.example", Name: "Ana"}, "name")
			z.live(&zooUser{Email: "ana@zoo.example", Name: "Anna", Role: "keeper", Admin: true})
		}, []string{"update user.ana@zoo.example (name)"}},
		{"instructions for creation are not compared", func(z *zoo) {
			z.files(&zooUser{Email: "ana@zoo.example", Invite: "email"})
			z.live(&zooUser{Email: "ana@zoo.example"})
		}, []string{"unchanged user: 1"}},
		{"immutable attribute", func(z *zoo) {
			z.files(&zooSection{Name: "Food", Code: "F2"})
			z.live(&zooSection{Name: "Food", Code: "F1"})
		}, []string{"refuse section.Food", "error plan/immutable section.Food"}},
		{"frozen attribute", func(z *zoo) {
			z.files(&zooBuiltin{ID: "KEEPER", Name: "My keeper", Permissions: []string{"feed"}})
			o := z.live(&zooBuiltin{ID: "KEEPER", Name: "Keeper"})
			o.Frozen, o.FrozenBy = o.Kind.Mask("id", "name"), "built-in roles keep their names"
		}, []string{"refuse builtin_role.KEEPER", "error plan/frozen builtin_role.KEEPER"}},
		{"frozen attribute left unset", func(z *zoo) {
			z.files(&zooBuiltin{ID: "KEEPER", Permissions: []string{"feed"}}, "permissions")
			o := z.live(&zooBuiltin{ID: "KEEPER", Name: "Keeper"})
			o.Frozen = o.Kind.Mask("id", "name")
		}, []string{"update builtin_role.KEEPER (permissions)"}},
		{"second name", func(z *zoo) {
			z.files(&zooBuiltin{ID: "Keeper", Permissions: []string{"feed"}}, "permissions")
			z.files(&zooUser{Email: "ana@zoo.example", Role: "Keeper"}, "role")
			z.live(&zooBuiltin{ID: "KEEPER", Name: "Keeper"}).Alias = "Keeper"
			z.live(&zooUser{Email: "ana@zoo.example", Role: "KEEPER"})
		}, []string{"update builtin_role.KEEPER (permissions)", "unchanged user: 1"}},
		{"declared under two names", func(z *zoo) {
			z.files(&zooBuiltin{ID: "Keeper", Permissions: []string{"feed"}}, "permissions")
			z.files(&zooBuiltin{ID: "KEEPER", Permissions: []string{"clean"}}, "permissions")
			z.live(&zooBuiltin{ID: "KEEPER", Permissions: []string{"feed"}}).Alias = "Keeper"
		}, []string{"unchanged builtin_role: 1", "error plan/declared-twice builtin_role.KEEPER"}},
		{"the product's own kind has no such object", func(z *zoo) {
			z.files(&zooBuiltin{ID: "KEPER"}, "permissions")
			z.live(&zooBuiltin{ID: "KEEPER"})
		}, []string{"refuse builtin_role.KEPER", "unmanaged builtin_role: KEEPER", "error plan/not-found builtin_role.KEPER"}},
		{"create = false", func(z *zoo) {
			z.manage("user", schema.Manage{NoCreate: true})
			z.files(&zooUser{Email: "anna@zoo.example"})
			z.live(&zooUser{Email: "ana@zoo.example"})
		}, []string{"refuse user.anna@zoo.example", "unmanaged user: ana@zoo.example", "error plan/not-created user.anna@zoo.example"}},
		{"observe", func(z *zoo) {
			z.manage("role", schema.Manage{Mode: schema.Observe})
			z.files(&zooRole{ID: "keeper", Name: "Keeper"}, "name")
			z.files(&zooRole{ID: "guide"})
			z.live(&zooRole{ID: "keeper", Name: "Old"})
			z.live(&zooRole{ID: "vet"})
		}, []string{"observed: create role.guide", "observed: update role.keeper (name)", "unmanaged role: vet"}},
		{"two live objects with one key", func(z *zoo) {
			z.files(&zooTeam{Name: "Night"})
			z.live(&zooTeam{Name: "Night"}).ID = "1"
			z.live(&zooTeam{Name: "Night"}).ID = "2"
		}, []string{"warning plan/ambiguous team.Night"}},
	})
}

func TestRemovals(t *testing.T) {
	authoritative := schema.Manage{Mode: schema.Authoritative}
	play(t, []scene{
		{"additive", func(z *zoo) {
			z.both(&zooRole{ID: "keeper"})
			z.live(&zooRole{ID: "vet"})
			z.live(&zooRole{ID: "guide"})
		}, []string{"unmanaged role: guide, vet", "unchanged role: 1"}},
		{"authoritative deletes", func(z *zoo) {
			z.manage("role", authoritative)
			z.both(&zooRole{ID: "keeper"})
			z.live(&zooRole{ID: "vet"})
		}, []string{"delete role.vet: no file declares it, and roles are authoritative", "unchanged role: 1"}},
		{"authoritative deactivates once", func(z *zoo) {
			z.manage("user", authoritative)
			z.both(&zooUser{Email: "ana@zoo.example"})
			z.live(&zooUser{Email: "ben@zoo.example"})
			z.live(&zooUser{Email: "cleo@zoo.example", Disabled: true})
		}, []string{"deactivate user.ben@zoo.example: no file declares it, and users are authoritative", "unchanged user: 2"}},
		{"on_removal", func(z *zoo) {
			z.manage("user", schema.Manage{Mode: schema.Authoritative, OnRemoval: schema.Delete})
			z.both(&zooUser{Email: "ana@zoo.example"})
			z.live(&zooUser{Email: "cleo@zoo.example", Disabled: true})
		}, []string{"delete user.cleo@zoo.example: no file declares it, and users are authoritative", "unchanged user: 1"}},
		{"on_removal = forget", func(z *zoo) {
			z.manage("user", schema.Manage{Mode: schema.Authoritative, OnRemoval: schema.Forget})
			z.live(&zooUser{Email: "cleo@zoo.example"})
		}, []string{"unmanaged user: cleo@zoo.example"}},
		{"the product's own stay", func(z *zoo) {
			z.manage("builtin_role", authoritative)
			z.live(&zooBuiltin{ID: "KEEPER"})
		}, []string{"unmanaged builtin_role: KEEPER"}},
		{"frozen ones stay with a note", func(z *zoo) {
			z.manage("section", authoritative)
			z.both(&zooSection{Name: "Food"})
			o := z.live(&zooSection{Name: "Imported"})
			o.Frozen, o.FrozenBy = schema.Everything, "it is fed by an import"
		}, []string{"unmanaged section: Imported (cannot be removed: it is fed by an import)", "unchanged section: 1"}},
		{"ignored", func(z *zoo) {
			z.manage("user", schema.Manage{Mode: schema.Authoritative, Ignore: []string{"*@vendor.example"}})
			z.both(&zooUser{Email: "ana@zoo.example"})
			z.live(&zooUser{Email: "bot@vendor.example"})
		}, []string{"unchanged user: 1"}},
		{"ignored and declared", func(z *zoo) {
			z.manage("user", schema.Manage{Ignore: []string{"*@vendor.example"}})
			z.both(&zooUser{Email: "bot@vendor.example"})
		}, []string{"error plan/ignored user.bot@vendor.example"}},
		{"bad pattern", func(z *zoo) {
			z.manage("user", schema.Manage{Ignore: []string{"[a-"}})
		}, []string{"error plan/bad-pattern user."}},
		{"removed", func(z *zoo) {
			z.removed("role", "vet")
			z.removed("role", "gone")
			z.removed("user", "ben@zoo.example")
			z.live(&zooRole{ID: "vet"})
			z.live(&zooUser{Email: "ben@zoo.example"})
		}, []string{
			"deactivate user.ben@zoo.example: because of a removed block",
			"delete role.vet: because of a removed block",
		}},
		{"removed and declared", func(z *zoo) {
			z.removed("role", "vet")
			z.both(&zooRole{ID: "vet"})
		}, []string{"unchanged role: 1", "error plan/declared-and-removed role.vet"}},
		{"removed and the product's own", func(z *zoo) {
			z.removed("builtin_role", "KEEPER")
			z.live(&zooBuiltin{ID: "KEEPER"})
		}, []string{"unmanaged builtin_role: KEEPER", "error plan/cannot-delete builtin_role.KEEPER"}},
		{"removed and ignored", func(z *zoo) {
			z.manage("role", schema.Manage{Ignore: []string{"v*"}})
			z.removed("role", "vet")
			z.live(&zooRole{ID: "vet"})
		}, []string{"error plan/removed-ignored role.vet"}},
		{"removed and frozen", func(z *zoo) {
			z.removed("section", "Imported")
			o := z.live(&zooSection{Name: "Imported"})
			o.Frozen, o.FrozenBy = schema.Everything, "it is fed by an import"
		}, []string{"refuse section.Imported: because of a removed block", "error plan/frozen-removal section.Imported"}},
		{"removals go up the references", func(z *zoo) {
			for _, kind := range []string{"section", "group", "role"} {
				z.manage(kind, authoritative)
			}
			z.in.Tenant.Limits.AllowEmpty = true
			z.live(&zooSection{Name: "Food"})
			z.live(&zooGroup{Section: "Food", Name: "Meat"})
			z.live(&zooRole{ID: "vet"})
			z.files(&zooUser{Email: "ana@zoo.example"})
			z.live(&zooUser{Email: "ana@zoo.example", Role: "vet", Accesses: [][]string{{"Food/Meat"}}})
		}, []string{
			"update user.ana@zoo.example (role and accesses)",
			"delete role.vet needs [0]: no file declares it, and roles are authoritative",
			"delete group.Food/Meat needs [0]: no file declares it, and groups are authoritative",
			"delete section.Food needs [2]: no file declares it, and sections are authoritative",
		}},
	})
}
