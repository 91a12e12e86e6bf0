package build

import (
	"testing"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// partners has a team with one of the staff and one partner, of whom a file knows the first.
func partners(z *zoo) {
	z.both(&zooTeam{Name: "Day"})
	z.both(shift("Day", "ana", ""))
	z.live(&zooShift{Team: "Day", Person: "pat@partner.example"})
	z.live(&zooUser{Email: "pat@partner.example"})
}

func TestIgnore(t *testing.T) {
	ignoring := func(kind string, patterns ...string) func(z *zoo) {
		return func(z *zoo) {
			partners(z)
			z.manage("shift", schema.Manage{Mode: schema.Authoritative})
			m := z.in.Tenant.Manage[kind]
			m.Ignore = patterns
			z.manage(kind, m)
		}
	}
	play(t, []scene{
		{"what an ignored user has in a team", ignoring("user", "*@partner.example"), []string{"unchanged shift: 1", "unchanged team: 1"}},
	})
	for _, pattern := range []string{"*@Partner.example", "*pat@partner.example", "Day/PAT@partner.example", "D*@{x,PARTNER}.example", "Day/???@*"} {
		z := newZoo()
		ignoring("shift", pattern)(z)
		p := Build(z.in).Plan
		if pattern == "Day/???@*" { // ana as well, who is declared
			if p.Errors() != 1 {
				t.Errorf("%s: %q", pattern, tell(p))
			}
			continue
		}
		if len(p.Changes)+len(p.Findings) > 0 {
			t.Errorf("%s: %q", pattern, tell(p))
		}
	}
	play(t, []scene{
		{"an ignored team with all that is in it", func(z *zoo) {
			z.manage("shift", schema.Manage{Mode: schema.Authoritative, AllParents: true})
			z.manage("team", schema.Manage{Mode: schema.Authoritative, Ignore: []string{"Partner*"}})
			z.both(&zooTeam{Name: "Day"})
			z.live(&zooTeam{Name: "Partners"})
			z.both(shift("Day", "ana", ""))
			z.live(shift("Partners", "ana", ""))
		}, []string{"unchanged shift: 1", "unchanged team: 1"}},
		{"an ignored section with its groups", func(z *zoo) {
			z.manage("section", schema.Manage{Ignore: []string{"Old"}})
			z.manage("group", schema.Manage{Mode: schema.Authoritative, AllParents: true})
			z.both(&zooSection{Name: "New"})
			z.both(&zooGroup{Section: "New", Name: "North"})
			z.live(&zooSection{Name: "Old"})
			z.live(&zooGroup{Section: "Old", Name: "North"})
		}, []string{"unchanged group: 1", "unchanged section: 1"}},
		{"declared in an ignored section", func(z *zoo) {
			z.manage("section", schema.Manage{Ignore: []string{"Old"}})
			z.live(&zooSection{Name: "Old"})
			z.files(&zooGroup{Section: "Old", Name: "North"})
		}, []string{"error plan/ignored group.Old/North"}},
		{"a pattern without effect", func(z *zoo) {
			z.manage("role", schema.Manage{Ignore: []string{"keper"}})
			z.both(&zooRole{ID: "keeper"})
		}, []string{"unchanged role: 1", "warning plan/unmatched-ignore role."}},
		{"names with slashes", func(z *zoo) {
			z.manage("role", schema.Manage{Mode: schema.Authoritative, Ignore: []string{"a*c"}})
			z.both(&zooRole{ID: "keeper"})
			z.live(&zooRole{ID: "a/b/c"})
			z.live(&zooRole{ID: "A/b/c"})
		}, []string{"delete role.A/b/c: no file declares it, and roles are authoritative", "unchanged role: 1"}},
	})
}

func TestIgnoredUsersWithPrivileges(t *testing.T) {
	z := newZoo()
	z.manage("user", schema.Manage{Ignore: []string{"*@partner.example"}})
	z.live(&zooUser{Email: "pat@partner.example", Admin: true})
	z.live(&zooUser{Email: "off@partner.example", Admin: true, Disabled: true})
	z.live(&zooUser{Email: "joe@partner.example"})
	z.live(&zooUser{Email: "sue@partner.example"})
	z.live(shift("Day", "nobody", ""))
	z.live(&zooShift{Team: "Day", Person: "sue@partner.example", Role: "boss"})
	checkUndeclared(t, z, plan.Unmanaged{
		Kind: "user", Keys: []string{"pat@partner.example", "sue@partner.example"}, Ignored: true,
		Notable: []plan.Notable{{Key: "pat@partner.example", What: "admin", Administrator: true}, {Key: "sue@partner.example", What: "boss of Day", Administrator: false}},
	})
}
