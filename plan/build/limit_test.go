package build

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// violations plays scenes of which only the violations are told.
func violations(t *testing.T, scenes []scene) {
	t.Helper()
	for _, s := range scenes {
		t.Run(s.name, func(t *testing.T) {
			z := newZoo()
			s.set(z)
			p := Build(z.in).Plan
			var got []string
			for _, f := range p.Violations {
				got = append(got, f.Code+" "+f.Addr.String())
			}
			if diff := cmp.Diff(s.want, got); diff != "" {
				t.Errorf("violations (-want +got):\n%s", diff)
			}
			if slices.ContainsFunc(p.Findings, func(f schema.Finding) bool { return f.Severity == schema.Error }) {
				t.Errorf("the scene has errors: %v", tell(p))
			}
		})
	}
}

func TestLimitRemovals(t *testing.T) {
	leaving := func(stay, leave int, change func(z *zoo)) func(z *zoo) {
		return func(z *zoo) {
			z.manage("role", schema.Manage{Mode: schema.Authoritative})
			for i := range stay {
				z.both(&zooRole{ID: fmt.Sprintf("stay%d", i)})
			}
			for i := range leave {
				z.live(&zooRole{ID: fmt.Sprintf("leave%d", i)})
			}
			if change != nil {
				change(z)
			}
		}
	}
	violations(t, []scene{
		{"five of six", leaving(1, 5, nil), nil},
		{"six of twenty-four", leaving(18, 6, nil), nil},
		{"six of twenty-three", leaving(17, 6, nil), []string{"plan/limit-removals role."}},
		{"lifted by max_deletes", leaving(1, 6, func(z *zoo) { z.in.Tenant.Limits.MaxDeletes = 6 }), nil},
		{"lifted by max_delete_percent", leaving(1, 6, func(z *zoo) { z.in.Tenant.Limits.MaxDeletePercent = 100 }), nil},
		{"replaced ones are not lost", leaving(1, 0, func(z *zoo) {
			for i := range 6 {
				z.files(&zooRole{ID: fmt.Sprintf("new%d", i)}).Previously = []string{fmt.Sprintf("old%d", i)}
				z.live(&zooRole{ID: fmt.Sprintf("old%d", i)})
			}
		}), nil},
		{"deactivated in the file", leaving(1, 0, func(z *zoo) {
			for i := range 6 {
				z.files(&zooUser{Email: fmt.Sprintf("u%d@zoo.example", i), Disabled: true})
				z.live(&zooUser{Email: fmt.Sprintf("u%d@zoo.example", i)})
			}
		}), []string{"plan/limit-removals user."}},
		{"who is inactive does not swell the total", leaving(1, 0, func(z *zoo) {
			for i := range 6 {
				z.live(&zooUser{Email: fmt.Sprintf("u%d@zoo.example", i)})
				z.removed("user", fmt.Sprintf("u%d@zoo.example", i))
			}
			for i := range 100 {
				z.live(&zooUser{Email: fmt.Sprintf("old%d@zoo.example", i), Disabled: true})
			}
		}), []string{"plan/limit-removals user."}},
		{"nothing declared", leaving(0, 1, nil), []string{"plan/limit-empty role."}},
		{"nothing declared, lifted", leaving(0, 1, func(z *zoo) { z.in.Tenant.Limits.AllowEmpty = true }), nil},
		{"nothing declared, nothing live", leaving(0, 0, nil), nil},
	})
}

func TestLimitSubjects(t *testing.T) {
	admin := func(z *zoo, name string) { z.live(&zooUser{Email: name + "@zoo.example", Admin: true}) }
	violations(t, []scene{
		{"protected from removal", func(z *zoo) {
			z.in.Tenant.Protect = []string{"user.ceo@zoo.example"}
			z.removed("user", "ceo@zoo.example")
			z.live(&zooUser{Email: "ceo@zoo.example"})
		}, []string{"plan/protected user.ceo@zoo.example"}},
		{"protected, with the provider in the address", func(z *zoo) {
			z.in.Tenant.Protect = []string{"zoo.role.vet"}
			z.removed("role", "vet")
			z.live(&zooRole{ID: "vet"})
		}, []string{"plan/protected role.vet"}},
		{"protected from being replaced", func(z *zoo) {
			z.in.Tenant.Protect = []string{"role.vet"}
			z.files(&zooRole{ID: "doctor"}).Previously = []string{"vet"}
			z.live(&zooRole{ID: "vet"})
		}, []string{"plan/protected role.vet"}},
		{"protected from demotion", func(z *zoo) {
			z.in.Tenant.Protect = []string{"user.ceo@zoo.example"}
			admin(z, "ceo")
			admin(z, "cto")
			z.files(&zooUser{Email: "ceo@zoo.example"}, "admin")
		}, []string{"plan/protected user.ceo@zoo.example"}},
		{"protected from losing a right", func(z *zoo) {
			z.in.Tenant.Protect = []string{"user.ceo@zoo.example"}
			z.live(&zooRole{ID: "keeper", Permissions: []string{"feed"}})
			z.live(&zooUser{Email: "ceo@zoo.example", Role: "keeper", Accesses: [][]string{{"Food/Meat"}}})
			z.files(&zooUser{Email: "ceo@zoo.example"}, "role")
		}, []string{"plan/protected user.ceo@zoo.example"}},
		{"protected may gain and get another name", func(z *zoo) {
			z.in.Tenant.Protect = []string{"user.ceo@zoo.example"}
			z.live(&zooUser{Email: "ceo@zoo.example"})
			z.files(&zooUser{Email: "ceo@zoo.example", Name: "Cleo", Admin: true}, "admin", "name")
		}, nil},
		{"protected and declared disabled", func(z *zoo) {
			z.in.Tenant.Protect = []string{"user.ceo@zoo.example"}
			z.live(&zooUser{Email: "ceo@zoo.example"})
			z.files(&zooUser{Email: "ceo@zoo.example", Disabled: true}, "disabled")
		}, []string{"plan/protected user.ceo@zoo.example"}},
		{"the last administrator", func(z *zoo) {
			admin(z, "ana")
			z.removed("user", "ana@zoo.example")
		}, []string{"plan/last-administrator user.ana@zoo.example"}},
		{"all administrators at once", func(z *zoo) {
			admin(z, "ana")
			admin(z, "ben")
			z.removed("user", "ana@zoo.example")
			z.files(&zooUser{Email: "ben@zoo.example"}, "admin")
		}, []string{"plan/last-administrator user.ben@zoo.example"}},
		{"another administrator, out of sight", func(z *zoo) {
			z.manage("user", schema.Manage{Ignore: []string{"ben@*"}})
			admin(z, "ana")
			admin(z, "ben")
			z.removed("user", "ana@zoo.example")
		}, []string{"plan/last-administrator user.ana@zoo.example"}},
		{"the key's own user is the other administrator, out of sight", func(z *zoo) {
			z.in.Self = schema.Address{Provider: "zoo", Kind: "user", Key: "ben@zoo.example"}
			z.manage("user", schema.Manage{Ignore: []string{"ben@*"}})
			admin(z, "ana")
			admin(z, "ben")
			z.removed("user", "ana@zoo.example")
		}, []string{"plan/last-administrator user.ana@zoo.example"}},
		{"another administrator beside the one out of sight", func(z *zoo) {
			z.manage("user", schema.Manage{Ignore: []string{"ben@*"}})
			admin(z, "ana")
			admin(z, "ben")
			admin(z, "cem")
			z.removed("user", "ana@zoo.example")
		}, nil},
		{"another administrator is created, who may never come", func(z *zoo) {
			admin(z, "ana")
			z.files(&zooUser{Email: "ben@zoo.example", Admin: true})
			z.removed("user", "ana@zoo.example")
		}, []string{"plan/last-administrator user.ana@zoo.example"}},
		{"another user is made an administrator", func(z *zoo) {
			admin(z, "ana")
			z.live(&zooUser{Email: "ben@zoo.example"})
			z.files(&zooUser{Email: "ben@zoo.example", Admin: true}, "admin")
			z.removed("user", "ana@zoo.example")
		}, nil},
		{"another administrator has never signed in", func(z *zoo) {
			admin(z, "ana")
			z.live(&zooUser{Email: "ben@zoo.example", Admin: true, Stranger: true})
			z.removed("user", "ana@zoo.example")
		}, []string{"plan/last-administrator user.ana@zoo.example"}},
		{"somebody who has never signed in is made an administrator", func(z *zoo) {
			admin(z, "ana")
			z.live(&zooUser{Email: "ben@zoo.example", Stranger: true})
			z.files(&zooUser{Email: "ben@zoo.example", Admin: true}, "admin")
			z.removed("user", "ana@zoo.example")
		}, []string{"plan/last-administrator user.ana@zoo.example"}},
		{"the product says of nobody who has signed in", func(z *zoo) {
			z.live(&zooUser{Email: "ana@zoo.example", Admin: true, Stranger: true})
			z.live(&zooUser{Email: "ben@zoo.example", Admin: true, Stranger: true})
			z.removed("user", "ana@zoo.example")
		}, nil},
		{"the last administrator's account is handed over", func(z *zoo) {
			admin(z, "ana")
			z.files(&zooUser{Email: "eve@zoo.example", Admin: true}).Previously = []string{"ana@zoo.example"}
		}, []string{"plan/last-administrator user.eve@zoo.example"}},
		{"a tenant without administrators", func(z *zoo) {
			z.live(&zooUser{Email: "ana@zoo.example"})
			z.removed("user", "ana@zoo.example")
		}, nil},
		{"own user removed", func(z *zoo) {
			z.in.Self = schema.Address{Provider: "zoo", Kind: "user", Key: "ana@zoo.example"}
			admin(z, "ana")
			admin(z, "ben")
			z.removed("user", "ana@zoo.example")
		}, []string{"plan/self-lockout user.ana@zoo.example"}},
		{"own user promoted", func(z *zoo) {
			z.in.Self = schema.Address{Provider: "zoo", Kind: "user", Key: "ana@zoo.example"}
			z.files(&zooUser{Email: "ana@zoo.example", Admin: true}, "admin")
			z.live(&zooUser{Email: "ana@zoo.example"})
		}, []string{"plan/self-lockout user.ana@zoo.example"}},
		{"own user renamed", func(z *zoo) {
			z.in.Self = schema.Address{Provider: "zoo", Kind: "user", Key: "ana@zoo.example"}
			z.files(&zooUser{Email: "ana@zoo.example", Name: "Ana"}, "name")
			z.live(&zooUser{Email: "ana@zoo.example"})
		}, nil},
	})
}

// TestPromotionsComeFirst checks the order in which administrators change,
// and that the old ones stay where a new one could not be made.
func TestPromotionsComeFirst(t *testing.T) {
	play(t, []scene{
		{"one for another", func(z *zoo) {
			z.files(&zooUser{Email: "ana@zoo.example"}, "admin")
			z.live(&zooUser{Email: "ana@zoo.example", Admin: true})
			z.files(&zooUser{Email: "ben@zoo.example", Admin: true}, "admin")
			z.live(&zooUser{Email: "ben@zoo.example"})
		}, []string{
			"update user.ben@zoo.example (admin)",
			"update user.ana@zoo.example (admin) needs [0]",
			"user.ana@zoo.example -everything on the zoo because user.ana@zoo.example",
			"user.ben@zoo.example +everything on the zoo because user.ben@zoo.example",
		}},
		{"the possible other one is thin", func(z *zoo) {
			z.removed("user", "ana@zoo.example")
			z.live(&zooUser{Email: "ana@zoo.example", Admin: true})
			z.live(&zooUser{Email: "ben@zoo.example"}, "name").Incomplete = true
		}, []string{"read user.ben@zoo.example"}},
	})
}
