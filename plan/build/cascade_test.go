package build

import (
	"testing"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// nightGoes sets a zoo up in which the team Night goes, with two on shift.
func nightGoes(mode schema.Mode) func(z *zoo) {
	return func(z *zoo) {
		shifts(z)
		z.manage("shift", schema.Manage{Mode: mode})
		z.removed("team", "Night")
		z.live(shift("Night", "ana", "keeper"))
		z.live(shift("Night", "ben", "vet"))
	}
}

func TestCascades(t *testing.T) {
	with := func(mode schema.Mode, more func(z *zoo)) func(z *zoo) {
		return func(z *zoo) { nightGoes(mode)(z); more(z) }
	}
	const (
		reason = `because of a removed block; also deletes 2 shifts: "Night/ana@zoo.example" and "Night/ben@zoo.example"`
		ana    = "user.ana@zoo.example -feed on team Night because team.Night"
		ben    = "user.ben@zoo.example -cull on team Night -feed on team Night because team.Night"
	)
	rest := "unmanaged team: All, Day"
	play(t, []scene{
		{"what nobody declares goes", nightGoes(schema.Additive), []string{"delete team.Night: " + reason, rest, ana, ben}},
		{"where files decide, without a change of its own", with(schema.Authoritative, func(z *zoo) { z.both(shift("Day", "ana", "keeper")) }),
			[]string{"delete team.Night: " + reason, rest, ana, ben, "unchanged shift: 1"}},
		{"nor for a removed block", with(schema.Additive, func(z *zoo) { z.removed("shift", "Night/ana@zoo.example") }),
			[]string{"delete team.Night: " + reason, rest, ana, ben}},
		{"out of sight as well", with(schema.Additive, func(z *zoo) {
			z.manage("shift", schema.Manage{Ignore: []string{"Night/*"}})
		}), []string{"delete team.Night: " + reason, rest, ana, ben}},
		{"beside a kind with fewer objects, of which some are out of sight", with(schema.Additive, func(z *zoo) {
			z.live(&zooSection{Name: "Attic"})
			z.manage("section", schema.Manage{Ignore: []string{"Attic"}})
		}), []string{"delete team.Night: " + reason, rest, ana, ben}},
		{"and what cannot be written", with(schema.Authoritative, func(z *zoo) {
			z.both(shift("Day", "ana", "keeper"))
			z.in.Live["shift"][0].Frozen = schema.Everything
		}), []string{"delete team.Night: " + reason, rest, ana, ben, "unchanged shift: 1"}},
		{"what is declared does not", with(schema.Additive, func(z *zoo) { z.files(shift("Night", "ben", "vet")) }), []string{
			"refuse team.Night: because of a removed block", rest, "unmanaged shift: Night/ana@zoo.example",
			"unchanged shift: 1", "error plan/deletes-declared team.Night",
		}},
		{"nor what is new", with(schema.Additive, func(z *zoo) { z.files(shift("Night", "cleo", "vet")) }), []string{
			"create shift.Night/cleo@zoo.example", "refuse team.Night: because of a removed block",
			rest, "unmanaged shift: Night/ana@zoo.example, Night/ben@zoo.example",
			"user.cleo@zoo.example +cull on team Night +feed on team Night because shift.Night/cleo@zoo.example",
			"error plan/deletes-declared team.Night",
		}},
		{"a role that goes too waits for the team", with(schema.Additive, func(z *zoo) { z.removed("role", "vet") }), []string{
			"delete team.Night: " + reason, "delete role.vet needs [0]: because of a removed block", "unmanaged role: boss, keeper", rest,
			ana, "user.ben@zoo.example -cull on team Night -feed on team Night because role.vet, team.Night",
		}},
		{"what a role gives waits for the team", with(schema.Additive, func(z *zoo) {
			z.files(&zooRole{ID: "keeper", Permissions: []string{"clean", "feed"}}, "permissions")
		}), []string{
			"delete team.Night: " + reason, "update role.keeper (permissions) needs [0]", "unmanaged role: boss, vet", rest,
			"user.ana@zoo.example -feed on team Night because role.keeper, team.Night", ben,
		}},
		{"who wakes up does so afterwards", with(schema.Additive, func(z *zoo) {
			z.files(&zooUser{Email: "ana@zoo.example"}, "disabled")
			z.live(&zooUser{Email: "ana@zoo.example", Disabled: true})
		}), []string{"delete team.Night: " + reason, "update user.ana@zoo.example (disabled) needs [0]", rest, ben}},
		{"a user deleted in the same plan is named once", with(schema.Additive, func(z *zoo) {
			z.manage("user", schema.Manage{OnRemoval: schema.Delete})
			z.live(&zooUser{Email: "ana@zoo.example"})
			z.removed("user", "ana@zoo.example")
		}), []string{
			"delete team.Night: " + reason, "delete user.ana@zoo.example: because of a removed block", rest,
			"user.ana@zoo.example -feed on team Night because team.Night, user.ana@zoo.example", ben,
		}},
		{"what moves on moves first", with(schema.Additive, func(z *zoo) {
			z.files(shift("Day", "ana", "keeper")).Previously = []string{"Night/ana@zoo.example"}
		}), []string{
			"create shift.Day/ana@zoo.example: replaces shift.Night/ana@zoo.example, whose key cannot change",
			"delete team.Night needs [0]: " + reason, rest,
			"user.ana@zoo.example +feed on team Day -feed on team Night because shift.Day/ana@zoo.example, team.Night", ben,
		}},
		{"what goes with it is listed to tell who loses", with(schema.Additive, func(z *zoo) {
			delete(z.in.Tenant.Manage, "shift")
			delete(z.in.Live, "shift")
		}), []string{"list shift"}},
		{"where another target is aimed at it stays", with(schema.Authoritative, func(z *zoo) {
			z.removed("team", "Day")
			z.in.Targets = []string{"team.Day"}
		}), []string{
			"delete team.Day: because of a removed block", "left out: delete team.Night: because of a removed block",
			"unmanaged team: All", "unmanaged shift: Night/ana@zoo.example, Night/ben@zoo.example",
		}},
		{"of two teams with one name nothing goes by itself", with(schema.Additive, func(z *zoo) {
			z.live(&zooTeam{Name: "Night"}).ID = "#another"
		}), []string{
			"unmanaged team: All, Day", "warning plan/ambiguous team.Night",
		}},
	})
}

// TestCascadesOfReferencedObjects has groups that are within their section, and that
// others refer to.
func TestCascadesOfReferencedObjects(t *testing.T) {
	goes := func(z *zoo) {
		group := z.in.Tenant.Product.Kind("group")
		group.Attributes[group.Index("section")].Flags |= schema.OwnedBy
		z.removed("section", "Food")
		z.live(&zooSection{Name: "Food"})
		z.live(&zooGroup{Section: "Food", Name: "Meat"})
		z.live(&zooUser{Email: "ana@zoo.example", Accesses: [][]string{{"Food/Meat"}}})
	}
	play(t, []scene{
		{"by somebody who stays", goes, []string{
			"refuse section.Food: because of a removed block", "error plan/still-referenced section.Food",
		}},
		{"by somebody who leaves first", func(z *zoo) {
			goes(z)
			z.files(&zooUser{Email: "ana@zoo.example"}, "accesses")
		}, []string{
			"update user.ana@zoo.example (accesses)",
			`delete section.Food needs [0]: because of a removed block; also deletes 1 group: "Food/Meat"`,
		}},
	})
}

func TestCascadesAndLimits(t *testing.T) {
	self := func(z *zoo) {
		nightGoes(schema.Additive)(z)
		z.in.Self = schema.Address{Provider: "zoo", Kind: "user", Key: "ana@zoo.example"}
	}
	violations(t, []scene{
		{"own shift", self, []string{"plan/self-lockout shift.Night/ana@zoo.example"}},
		{"own shift, of an administrator", func(z *zoo) {
			self(z)
			z.live(&zooUser{Email: "ana@zoo.example", Admin: true})
		}, nil},
		{"own shift, which permits nothing", func(z *zoo) {
			self(z)
			z.in.Live["role"][0].Body.(*zooRole).Permissions = nil
		}, nil},
		{"protected person's", func(z *zoo) {
			nightGoes(schema.Additive)(z)
			z.in.Tenant.Protect = []string{"user.ben@zoo.example"}
		}, []string{"plan/protected shift.Night/ben@zoo.example"}},
		{"protected itself", func(z *zoo) {
			nightGoes(schema.Additive)(z)
			z.in.Tenant.Protect = []string{"shift.Night/ana@zoo.example"}
		}, []string{"plan/protected shift.Night/ana@zoo.example"}},
		{"too many", func(z *zoo) {
			nightGoes(schema.Additive)(z)
			z.in.Tenant.Limits.MaxDeletes = 1
		}, []string{"plan/limit-removals user.", "plan/limit-removals shift."}},
		{"all of them", nightGoes(schema.Authoritative), []string{"plan/limit-empty shift."}},
	})
}

// TestTenantAfterCascades looks at the tenant as it would be.
func TestTenantAfterCascades(t *testing.T) {
	z := newZoo()
	nightGoes(schema.Additive)(z)
	z.live(shift("Day", "ana", "keeper"))
	after := Build(z.in).After["shift"]
	if len(after) != 1 || after[0].Addr.Key != "Day/ana@zoo.example" {
		t.Errorf("after the plan there are %v", after)
	}
}
