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

func checkUndeclared(t *testing.T, z *zoo, want ...plan.Unmanaged) {
	t.Helper()
	if diff := cmp.Diff(want, Build(z.in).Plan.Unmanaged); diff != "" {
		t.Errorf("left alone (-want +got):\n%s", diff)
	}
}

func TestUndeclaredUsersWithPrivileges(t *testing.T) {
	z := newZoo()
	z.both(&zooUser{Email: "ana@zoo.example", Admin: true})
	z.live(&zooUser{Email: "aaron@zoo.example"})
	z.live(&zooUser{Email: "bo@zoo.example"})
	z.live(&zooUser{Email: "off@zoo.example", Admin: true, Disabled: true})
	z.live(&zooUser{Email: "sneaky@zoo.example", Admin: true})
	z.live(&zooShift{Team: "Day", Person: "bo@zoo.example", Role: "boss"})
	checkUndeclared(t, z, plan.Unmanaged{
		Kind: "user", Keys: []string{"aaron@zoo.example", "bo@zoo.example", "off@zoo.example", "sneaky@zoo.example"},
		Notable: []plan.Notable{{Key: "sneaky@zoo.example", What: "admin", Administrator: true}, {Key: "bo@zoo.example", What: "boss of Day", Administrator: false}},
	})
}

// TestUndeclaredMembers: under additive, who is taken out of a declared team's list
// stays, and is told by name and role.
func TestUndeclaredMembers(t *testing.T) {
	z := newZoo()
	z.both(&zooTeam{Name: "Day"})
	z.both(shift("Day", "ana", "keeper"))
	z.both(&zooRole{ID: "keeper"})
	z.live(shift("Day", "leaver", "keeper"))
	z.live(&zooTeam{Name: "Night"})
	z.live(shift("Night", "ben", "keeper"))
	checkUndeclared(t, z,
		plan.Unmanaged{Kind: "team", Keys: []string{"Night"}},
		plan.Unmanaged{
			Kind: "shift", Keys: []string{"Day/leaver@zoo.example", "Night/ben@zoo.example"},
			Notable: []plan.Notable{{Key: "Day/leaver@zoo.example", What: "keeper"}},
		})
}

func TestAuthoritativeWithinParents(t *testing.T) {
	teams := func(m schema.Manage, more func(z *zoo)) func(z *zoo) {
		return func(z *zoo) {
			z.manage("shift", m)
			z.both(&zooTeam{Name: "Day"})
			z.both(shift("Day", "ana", ""))
			z.live(shift("Day", "pat", ""))
			z.live(&zooTeam{Name: "Night"})
			z.live(shift("Night", "ben", ""))
			if more != nil {
				more(z)
			}
		}
	}
	reason := ": no file declares it, and shifts are authoritative"
	alone := `unmanaged shift: Night/ben@zoo.example (in teams that no file mentions; scope = "all" covers them)`
	rest := []string{"unchanged shift: 1", "unchanged team: 1"}
	play(t, []scene{
		{"a team that no file mentions keeps its members", teams(schema.Manage{Mode: schema.Authoritative}, nil), append([]string{
			"delete shift.Day/pat@zoo.example" + reason, "unmanaged team: Night", alone,
		}, rest...)},
		{"but for scope = all", teams(schema.Manage{Mode: schema.Authoritative, AllParents: true}, nil), append([]string{
			"delete shift.Day/pat@zoo.example" + reason, "delete shift.Night/ben@zoo.example" + reason, "unmanaged team: Night",
		}, rest...)},
		{"a member that a file declares mentions the team", teams(schema.Manage{Mode: schema.Authoritative}, func(z *zoo) {
			z.both(shift("Night", "eve", ""))
		}), []string{
			"delete shift.Day/pat@zoo.example" + reason, "delete shift.Night/ben@zoo.example" + reason, "unmanaged team: Night",
			"unchanged shift: 2", "unchanged team: 1",
		}},
		{"a renamed team is declared", func(z *zoo) {
			z.manage("shift", schema.Manage{Mode: schema.Authoritative})
			z.files(&zooTeam{Name: "Early"}).Previously = []string{"Day"}
			z.live(&zooTeam{Name: "Day"})
			z.files(shift("Early", "ana", ""))
			z.live(shift("Day", "ana", ""))
			z.live(shift("Day", "pat", ""))
		}, []string{
			"rename team.Early from Day (name)", "delete shift.Early/pat@zoo.example needs [0]" + reason, "unchanged shift: 1",
		}},
		{"an undeclared section goes with its groups", func(z *zoo) {
			z.manage("section", schema.Manage{Mode: schema.Authoritative})
			z.manage("group", schema.Manage{Mode: schema.Authoritative})
			z.both(&zooSection{Name: "New"})
			z.both(&zooGroup{Section: "New", Name: "North"})
			z.live(&zooSection{Name: "Old"})
			z.live(&zooGroup{Section: "Old", Name: "North"})
		}, []string{
			"delete group.Old/North: no file declares it, and groups are authoritative",
			"delete section.Old needs [0]: no file declares it, and sections are authoritative",
			"unchanged group: 1", "unchanged section: 1",
		}},
	})
}

// TestTotalsOfLimits: "25 of 24" must not happen, and the total of a kind
// within parents is what the kind covers.
func TestTotalsOfLimits(t *testing.T) {
	z := newZoo()
	z.manage("user", schema.Manage{Mode: schema.Authoritative, OnRemoval: schema.Delete})
	z.both(&zooUser{Email: "stay@zoo.example", Disabled: true})
	for i := range 25 {
		z.live(&zooUser{Email: fmt.Sprintf("u%02d@zoo.example", i), Disabled: i == 0})
	}
	checkViolation(t, z, "25 of 25 users")

	z = newZoo()
	z.manage("shift", schema.Manage{Mode: schema.Authoritative})
	z.both(&zooTeam{Name: "Day"})
	z.both(shift("Day", "stay", ""))
	z.live(&zooTeam{Name: "Night"})
	for i := range 100 {
		z.live(shift("Night", fmt.Sprint("n", i), ""))
	}
	for i := range 6 {
		z.live(shift("Day", fmt.Sprint("d", i), ""))
	}
	checkViolation(t, z, "6 of 7 shifts")
}

func checkViolation(t *testing.T, z *zoo, want string) {
	t.Helper()
	p := Build(z.in).Plan
	if !slices.ContainsFunc(p.Violations, func(f schema.Finding) bool { return strings.Contains(f.Detail, want) }) {
		t.Errorf("no violation says %q: %+v", want, p.Violations)
	}
}

func TestDeclaredButInactive(t *testing.T) {
	play(t, []scene{
		{"is a warning for each block", func(z *zoo) {
			for _, who := range []string{"ana", "ben"} {
				z.files(&zooUser{Email: who + "@zoo.example"}, "name").Pos.Line = 7
				z.live(&zooUser{Email: who + "@zoo.example", Disabled: true})
			}
		}, []string{"unchanged user: 2", "warning plan/declared-inactive user.ana@zoo.example"}},
		{"also where something else changes", func(z *zoo) {
			z.files(&zooUser{Email: "ana@zoo.example", Name: "Ana"}, "name")
			z.live(&zooUser{Email: "ana@zoo.example", Disabled: true})
		}, []string{"update user.ana@zoo.example (name)", "warning plan/declared-inactive user.ana@zoo.example"}},
		{"and where it is only observed", func(z *zoo) {
			z.manage("user", schema.Manage{Mode: schema.Observe})
			z.files(&zooUser{Email: "ana@zoo.example"}, "name")
			z.live(&zooUser{Email: "ana@zoo.example", Disabled: true})
		}, []string{"unchanged user: 1", "warning plan/declared-inactive user.ana@zoo.example"}},
		{"not where the block says so", func(z *zoo) {
			z.both(&zooUser{Email: "ana@zoo.example", Disabled: true})
			z.files(&zooUser{Email: "ben@zoo.example"}, "disabled")
			z.live(&zooUser{Email: "ben@zoo.example", Disabled: true})
		}, []string{"update user.ben@zoo.example (disabled)", "unchanged user: 1"}},
	})
}

func TestMassChanges(t *testing.T) {
	swapped := func(n int, change func(u *zooUser)) *zoo {
		z := newZoo()
		for i := range 24 {
			u := zooUser{Email: fmt.Sprintf("u%02d@zoo.example", i), Accesses: [][]string{{"A"}}}
			w := u
			if i < n {
				change(&w)
			}
			z.files(&w)
			z.live(&u)
		}
		z.both(&zooSection{Name: "A"})
		return z
	}
	for _, c := range []struct {
		name   string
		n      int
		change func(u *zooUser)
		want   []string
	}{
		{"other accesses", 20, func(u *zooUser) { u.Accesses = [][]string{{"B"}} }, []string{"20 of 24 users get other accesses"}},
		{"another role", 7, func(u *zooUser) { u.Role = "vet" }, []string{"role changes for 7 of 24 users"}},
		{"a quarter", 6, func(u *zooUser) { u.Role = "vet" }, nil},
		{"names carry no rights", 24, func(u *zooUser) { u.Name = "N" }, nil},
	} {
		var got []string
		for _, m := range Build(swapped(c.n, c.change).in).Plan.MassChanges {
			got = append(got, m.Text)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestRenameHints(t *testing.T) {
	hints := func(set func(z *zoo)) []string {
		z := newZoo()
		set(z)
		var out []string
		for _, f := range Build(z.in).Plan.Findings {
			if f.Code == "plan/possible-rename" {
				_, after, _ := strings.Cut(f.Detail, "write previously = ")
				way, _, _ := strings.Cut(after, " in this")
				out = append(out, f.Addr.String()+" "+way)
			}
		}
		return out
	}
	for _, c := range []struct {
		name string
		set  func(z *zoo)
		want []string
	}{
		{"a role with the same permissions", func(z *zoo) {
			z.manage("role", schema.Manage{Mode: schema.Authoritative})
			z.files(&zooRole{ID: "vet", Permissions: []string{"cull", "feed"}})
			z.live(&zooRole{ID: "doctor", Permissions: []string{"cull", "feed"}})
			z.live(&zooRole{ID: "other", Permissions: []string{"feed"}})
		}, []string{`role.vet ["doctor"]`}},
		{"a team with the same members, once", func(z *zoo) {
			z.files(&zooTeam{Name: "Early"}, "name")
			z.live(&zooTeam{Name: "Day"})
			z.live(&zooTeam{Name: "Night"})
			for _, who := range []string{"ana", "ben"} {
				z.files(shift("Early", who, ""))
				z.live(shift("Day", who, ""))
			}
			z.live(shift("Night", "ana", ""))
		}, []string{`team.Early ["Day"]`}},
		{"a section with the same groups, without a hint for each", func(z *zoo) {
			z.files(&zooSection{Name: "New"})
			z.files(&zooGroup{Section: "New", Name: "North", Animals: []string{"elk"}})
			z.live(&zooSection{Name: "Old"})
			z.live(&zooGroup{Section: "Old", Name: "North", Animals: []string{"elk"}})
		}, []string{`section.New ["Old"]`}},
		{"a person with the same name", func(z *zoo) {
			z.files(&zooUser{Email: "ana.diaz@zoo.example", Name: "Ana Diaz"})
			z.live(&zooUser{Email: "ana.ruiz@zoo.example", Name: "Ana Diaz"})
		}, []string{`user.ana.diaz@zoo.example ["ana.ruiz@zoo.example"]`}},
		{"not people with equal rights", func(z *zoo) {
			z.files(&zooUser{Email: "new@zoo.example", Name: "New", Role: "vet"})
			z.live(&zooUser{Email: "old@zoo.example", Name: "Old", Role: "vet"})
		}, nil},
		{"not without content", func(z *zoo) {
			z.files(&zooRole{ID: "vet"})
			z.live(&zooRole{ID: "doctor"})
		}, nil},
		{"not with previously, nor what a removed block names", func(z *zoo) {
			z.files(&zooRole{ID: "vet", Permissions: []string{"feed"}}).Previously = []string{"doctor"}
			z.live(&zooRole{ID: "doctor", Permissions: []string{"feed"}})
			z.files(&zooRole{ID: "boss", Permissions: []string{"cull"}})
			z.live(&zooRole{ID: "chief", Permissions: []string{"cull"}})
			z.removed("role", "chief")
		}, nil},
	} {
		if diff := cmp.Diff(c.want, hints(c.set)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
