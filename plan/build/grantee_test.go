package build

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// shifts sets a zoo up in which roles and teams stay as they are, and the files say
// what there is of shifts.
func shifts(z *zoo) {
	z.live(&zooRole{ID: "keeper", Permissions: []string{"feed"}})
	z.live(&zooRole{ID: "vet", Permissions: []string{"cull", "feed"}})
	z.live(&zooRole{ID: "boss", Permissions: []string{"everything"}})
	z.live(&zooTeam{Name: "All"})
	z.live(&zooTeam{Name: "Day"})
	z.live(&zooTeam{Name: "Night"})
	z.manage("shift", schema.Manage{Mode: schema.Authoritative, AllParents: true})
}

func shift(team, person, role string) *zooShift {
	return &zooShift{team, person + "@zoo.example", role}
}

func TestGrantee(t *testing.T) {
	play(t, []scene{
		{"somebody comes to a shift", func(z *zoo) {
			shifts(z)
			z.files(shift("Day", "ana", "keeper"))
			z.live(&zooUser{Email: "ana@zoo.example"})
		}, []string{
			"create shift.Day/ana@zoo.example",
			"user.ana@zoo.example +feed on team Day because shift.Day/ana@zoo.example",
		}},
		{"who does not exist gains all the same", func(z *zoo) {
			shifts(z)
			z.files(shift("Day", "zoe", "keeper"))
		}, []string{
			"create shift.Day/zoe@zoo.example",
			"user.zoe@zoo.example +feed on team Day because shift.Day/zoe@zoo.example",
		}},
		{"nobody has to list people for that", func(z *zoo) {
			shifts(z)
			z.files(shift("Day", "zoe", "keeper"))
			delete(z.in.Live, "user")
		}, []string{
			"create shift.Day/zoe@zoo.example",
			"user.zoe@zoo.example +feed on team Day because shift.Day/zoe@zoo.example",
		}},
		{"they are made first where the plan makes them", func(z *zoo) {
			shifts(z)
			z.files(shift("Day", "ana", "keeper"))
			z.files(&zooUser{Email: "ana@zoo.example"})
		}, []string{
			"create user.ana@zoo.example", "create shift.Day/ana@zoo.example needs [0]",
			"user.ana@zoo.example +feed on team Day because shift.Day/ana@zoo.example, user.ana@zoo.example",
		}},
		{"another role of one shift", func(z *zoo) {
			shifts(z)
			z.files(shift("Day", "ana", "vet"))
			z.live(shift("Day", "ana", "keeper"))
			z.both(shift("Night", "ana", "keeper"))
		}, []string{
			"update shift.Day/ana@zoo.example (role)",
			"user.ana@zoo.example +cull on team Day because shift.Day/ana@zoo.example",
			"unchanged shift: 1",
		}},
		{"a right that moves from one shift to their own flag is not lost", func(z *zoo) {
			shifts(z)
			z.live(shift("All", "ana", "boss"))
			z.both(shift("Day", "ana", "keeper"))
			z.files(&zooUser{Email: "ana@zoo.example", Admin: true}, "admin")
			z.live(&zooUser{Email: "ana@zoo.example"})
		}, []string{
			"update user.ana@zoo.example (admin)",
			"delete shift.All/ana@zoo.example: no file declares it, and shifts are authoritative",
			"unchanged shift: 1",
		}},
		{"whose role changes", func(z *zoo) {
			shifts(z)
			z.both(shift("Day", "ana", "keeper"))
			z.both(shift("Night", "ana", "vet"))
			z.files(&zooRole{ID: "keeper", Permissions: []string{"clean"}}, "permissions")
		}, []string{
			"update role.keeper (permissions)", "unmanaged role: boss, vet",
			"user.ana@zoo.example +clean on team Day -feed on team Day because role.keeper",
			"unchanged shift: 2",
		}},
		{"who is deactivated has nothing, though the shift stays", func(z *zoo) {
			shifts(z)
			z.both(shift("Day", "ana", "keeper"))
			z.live(&zooUser{Email: "ana@zoo.example"})
			z.removed("user", "ana@zoo.example")
		}, []string{
			"deactivate user.ana@zoo.example: because of a removed block",
			"user.ana@zoo.example -feed on team Day because user.ana@zoo.example",
			"unchanged shift: 1",
			"warning plan/grantee-removed shift.Day/ana@zoo.example",
		}},
		{"nor does a shift keep anybody from being deleted", func(z *zoo) {
			shifts(z)
			z.manage("shift", schema.Manage{})
			z.manage("user", schema.Manage{OnRemoval: schema.Delete})
			z.live(shift("Day", "ana", "keeper"))
			z.live(&zooUser{Email: "ana@zoo.example"})
			z.removed("user", "ana@zoo.example")
		}, []string{
			"delete user.ana@zoo.example: because of a removed block",
			"unmanaged shift: Day/ana@zoo.example",
			"user.ana@zoo.example -feed on team Day because user.ana@zoo.example",
		}},
		{"shifts of who is deleted are listed to tell what is lost", func(z *zoo) {
			shifts(z)
			delete(z.in.Tenant.Manage, "shift")
			z.manage("user", schema.Manage{OnRemoval: schema.Delete})
			z.live(&zooUser{Email: "ana@zoo.example"})
			z.removed("user", "ana@zoo.example")
			delete(z.in.Live, "shift")
		}, []string{"list shift"}},
		{"shifts follow who is renamed", func(z *zoo) {
			shifts(z)
			z.files(&zooUser{Email: "anna@zoo.example"}, "email").Previously = []string{"ana@zoo.example"}
			z.live(&zooUser{Email: "ana@zoo.example"})
			z.files(shift("Day", "anna", "keeper"))
			z.live(shift("Day", "ana", "keeper"))
		}, []string{
			"rename user.anna@zoo.example from ana@zoo.example (email)",
			"user.ana@zoo.example -feed on team Day because user.anna@zoo.example",
			"user.anna@zoo.example +feed on team Day because user.anna@zoo.example",
			"unchanged shift: 1",
			"warning plan/account-renamed user.anna@zoo.example",
		}},
		{"a shift for a name that is given up is a mistake", func(z *zoo) {
			shifts(z)
			z.files(&zooUser{Email: "anna@zoo.example"}, "email").Previously = []string{"ana@zoo.example"}
			z.live(&zooUser{Email: "ana@zoo.example"})
			z.files(shift("Day", "ana", "keeper"))
		}, []string{
			"rename user.anna@zoo.example from ana@zoo.example (email)", "create shift.Day/ana@zoo.example",
			"user.ana@zoo.example +feed on team Day because shift.Day/ana@zoo.example, user.anna@zoo.example",
			"warning plan/account-renamed user.anna@zoo.example",
			"error plan/unknown-reference shift.Day/ana@zoo.example",
		}},
		{"who wakes up finds the shift changed", func(z *zoo) {
			shifts(z)
			z.files(shift("Day", "ana", "keeper"))
			z.live(shift("Day", "ana", "vet"))
			z.live(shift("Night", "ana", "vet"))
			z.files(&zooUser{Email: "ana@zoo.example"}, "disabled")
			z.live(&zooUser{Email: "ana@zoo.example", Disabled: true})
		}, []string{
			"update shift.Day/ana@zoo.example (role)",
			"delete shift.Night/ana@zoo.example: no file declares it, and shifts are authoritative",
			"update user.ana@zoo.example (disabled) needs [0 1]",
			"user.ana@zoo.example +feed on team Day because shift.Day/ana@zoo.example, shift.Night/ana@zoo.example, user.ana@zoo.example",
		}},
	})
}

func TestGranteeLimits(t *testing.T) {
	self := func(z *zoo) {
		shifts(z)
		z.in.Self = schema.Address{Provider: "zoo", Kind: "user", Key: "ana@zoo.example"}
		z.live(&zooUser{Email: "ana@zoo.example"})
		z.both(shift("All", "ben", "keeper"))
	}
	protect := func(z *zoo) {
		self(z)
		z.in.Self = schema.Address{}
		z.in.Tenant.Protect = []string{"user.ana@zoo.example"}
	}
	violations(t, []scene{
		{"own shift removed", func(z *zoo) { self(z); z.live(shift("Day", "ana", "keeper")) },
			[]string{"plan/self-lockout shift.Day/ana@zoo.example"}},
		{"own shift changed", func(z *zoo) {
			self(z)
			z.files(shift("Day", "ana", "vet"))
			z.live(shift("Day", "ana", "keeper"))
		}, []string{"plan/self-lockout shift.Day/ana@zoo.example"}},
		{"own shift added", func(z *zoo) { self(z); z.files(shift("Day", "ana", "keeper")) }, nil},
		{"somebody else's", func(z *zoo) { self(z); z.live(shift("Day", "ben", "keeper")) }, nil},
		{"protected one's removed", func(z *zoo) { protect(z); z.live(shift("Day", "ana", "keeper")) },
			[]string{"plan/protected shift.Day/ana@zoo.example"}},
		{"protected one's taken from", func(z *zoo) {
			protect(z)
			z.files(shift("Day", "ana", "keeper"))
			z.live(shift("Day", "ana", "vet"))
		}, []string{"plan/protected shift.Day/ana@zoo.example"}},
		{"protected one's added to", func(z *zoo) {
			protect(z)
			z.files(shift("Day", "ana", "vet"))
			z.live(shift("Day", "ana", "keeper"))
		}, nil},
	})
}

func TestMergeEntries(t *testing.T) {
	rules := func(boards map[string]bool, fields map[string][]string) *zooRules {
		return &zooRules{Role: "sales", Object: "order", Boards: boards, Fields: fields}
	}
	z := newZoo()
	z.files(rules(map[string]bool{"a": true}, map[string][]string{"edit": {"x"}}), "boards", "fields")
	z.live(rules(map[string]bool{"a": false, "b": true}, map[string][]string{"edit": {"x"}, "read": {"y"}}))
	p := Build(z.in).Plan
	if diff := cmp.Diff([]string{"update rules.sales/order (boards)"}, tell(p)); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
	want := rules(map[string]bool{"a": true, "b": true}, map[string][]string{"edit": {"x"}, "read": {"y"}})
	if diff := cmp.Diff(want, p.Changes[0].Want.Body); diff != "" {
		t.Errorf("wanted (-want +got):\n%s", diff)
	}
	if live := z.in.Live["rules"][0].Body.(*zooRules); live.Boards["a"] {
		t.Error("the live object was written to")
	}
}

func TestUnlisted(t *testing.T) {
	play(t, []scene{
		{"what a file says is compared", func(z *zoo) {
			z.files(&zooRules{Role: "sales", Object: "order", Boards: map[string]bool{"a": true}}, "boards")
			z.live(&zooRules{Role: "sales", Object: "order", Boards: map[string]bool{"a": true, "b": true}})
		}, []string{"unchanged rules: 1"}},
		{"what is not there", func(z *zoo) {
			z.files(&zooRules{Role: "sales", Object: "order"}, "boards")
		}, []string{"refuse rules.sales/order", "error plan/not-found rules.sales/order"}},
		{"what is removed and the product's is released", func(z *zoo) {
			z.removed("rules", "sales/order")
			z.live(&zooRules{Role: "sales", Object: "order"})
		}, []string{"forget rules.sales/order: because of a removed block; it stays, because Zoo owns it"}},
		{"references by name follow", func(z *zoo) {
			z.files(&zooSection{Name: "Foods"}, "name").Previously = []string{"Food"}
			z.live(&zooSection{Name: "Food"})
			z.files(&zooRules{Role: "sales", Object: "order", Words: map[string]string{"at": "Foods"}}, "words")
			z.live(&zooRules{Role: "sales", Object: "order", Words: map[string]string{"at": "Food"}})
		}, []string{"rename section.Foods from Food (name)", "unchanged rules: 1"}},
		{"references by name keep their target", func(z *zoo) {
			z.removed("section", "Food")
			z.live(&zooSection{Name: "Food"})
			z.live(&zooRules{Role: "sales", Object: "order", Words: map[string]string{"at": "Food"}})
		}, []string{"refuse section.Food: because of a removed block", "error plan/still-referenced section.Food"}},
		{"references by name that lead nowhere", func(z *zoo) {
			z.files(&zooRules{Role: "sales", Object: "order", Words: map[string]string{"at": "Foot"}}, "words")
			z.live(&zooRules{Role: "sales", Object: "order"})
		}, []string{"update rules.sales/order (words)", "error plan/unknown-reference rules.sales/order"}},
	})
}
