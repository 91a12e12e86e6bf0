package build

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// expired declares an object whose day has come.
func (z *zoo) expired(body any, previously ...string) {
	z.files(body)
	last := len(z.in.Tenant.Objects) - 1
	o := z.in.Tenant.Objects[last]
	o.Previously, o.Term = previously, &schema.Term{Expires: "2026-11-20", Days: -9, Reason: "season"}
	z.in.Tenant.Objects = z.in.Tenant.Objects[:last]
	z.in.Tenant.Removed = append(z.in.Tenant.Removed, schema.Removal{Kind: o.Addr.Kind, Key: o.Addr.Key, Expired: &o, Pos: o.Pos})
}

func TestExpired(t *testing.T) {
	const why = ": expired on 2026-11-20 (season): will be removed"
	play(t, []scene{
		{"is deleted also under additive", func(z *zoo) {
			z.expired(&zooSection{Name: "Fair"})
			z.live(&zooSection{Name: "Fair"})
			z.live(&zooSection{Name: "Other"})
		}, []string{"delete section.Fair" + why, "unmanaged section: Other"}},
		{"under an earlier key", func(z *zoo) {
			z.expired(&zooSection{Name: "Fair"}, "Market")
			z.live(&zooSection{Name: "Market"})
		}, []string{"delete section.Market" + why}},
		{"under its own key, if both exist", func(z *zoo) {
			z.expired(&zooSection{Name: "Fair"}, "Market")
			z.live(&zooSection{Name: "Fair"})
			z.live(&zooSection{Name: "Market"})
		}, []string{"delete section.Fair" + why, "unmanaged section: Market"}},
		{"is gone, and another has a similar key", func(z *zoo) {
			z.expired(&zooSection{Name: "Fair"})
			z.live(&zooSection{Name: "Fairs"})
		}, []string{"unmanaged section: Fairs"}},
		{"is only observed", func(z *zoo) {
			z.manage("section", schema.Manage{Mode: schema.Observe})
			z.expired(&zooSection{Name: "Fair"})
			z.live(&zooSection{Name: "Fair"})
		}, []string{"observed: delete section.Fair: expired on 2026-11-20 (season), and is only observed"}},
		{"is still held by a user whom no file declares", func(z *zoo) {
			z.expired(&zooRole{ID: "keeper", Permissions: []string{"feed"}})
			z.live(&zooRole{ID: "keeper", Permissions: []string{"feed"}})
			z.live(&zooUser{Email: "ana@zoo.example", Role: "keeper"})
		}, []string{"refuse role.keeper" + why, "error plan/still-referenced role.keeper"}},
	})
}

// TestExpiring checks what a plan lists about days.
func TestExpiring(t *testing.T) {
	z := newZoo()
	add := func(body any, days int) {
		z.both(body)
		z.in.Tenant.Objects[len(z.in.Tenant.Objects)-1].Term = &schema.Term{Expires: "2027-01-01", Days: days}
	}
	add(&zooSection{Name: "Soon"}, plan.ExpiresSoon)
	add(&zooSection{Name: "Later"}, plan.ExpiresSoon+1)
	add(&zooSection{Name: "Tomorrow"}, 1)
	z.expired(&zooSection{Name: "Gone"})
	z.expired(&zooSection{Name: "Live"})
	z.live(&zooSection{Name: "Live"})
	var got []string
	for _, e := range Build(z.in).Plan.Expiring {
		got = append(got, e.Address)
	}
	if diff := cmp.Diff([]string{"section.Gone", "section.Tomorrow", "section.Soon"}, got); diff != "" {
		t.Errorf("expiring (-want +got):\n%s", diff)
	}
}

// TestAdministratorsExpire checks that a plan warns before the day on which no administrator would be left.
func TestAdministratorsExpire(t *testing.T) {
	until := func(z *zoo, user *zooUser, day string) {
		z.both(user)
		z.in.Tenant.Objects[len(z.in.Tenant.Objects)-1].Term = &schema.Term{Expires: day, Days: 90}
	}
	play(t, []scene{
		{"names the last to expire", func(z *zoo) {
			until(z, &zooUser{Email: "ana@zoo.example", Admin: true}, "2027-01-01")
			until(z, &zooUser{Email: "ben@zoo.example", Admin: true}, "2027-02-01")
			until(z, &zooUser{Email: "cem@zoo.example"}, "2027-03-01")
		}, []string{"unchanged user: 3", "warning plan/administrators-expire user.ben@zoo.example"}},
		{"one is standing", func(z *zoo) {
			until(z, &zooUser{Email: "ana@zoo.example", Admin: true}, "2027-01-01")
			z.both(&zooUser{Email: "ben@zoo.example", Admin: true})
		}, []string{"unchanged user: 2"}},
		{"one becomes standing", func(z *zoo) {
			until(z, &zooUser{Email: "ana@zoo.example", Admin: true}, "2027-01-01")
			z.live(&zooUser{Email: "ben@zoo.example"})
			z.files(&zooUser{Email: "ben@zoo.example", Admin: true})
		}, []string{"update user.ben@zoo.example (admin)", "user.ben@zoo.example +everything on the zoo because user.ben@zoo.example", "unchanged user: 1"}},
		{"one is in no file", func(z *zoo) {
			until(z, &zooUser{Email: "ana@zoo.example", Admin: true}, "2027-01-01")
			z.live(&zooUser{Email: "ben@zoo.example", Admin: true})
		}, []string{"unmanaged user: ben@zoo.example", "unchanged user: 1"}},
	})
}

// TestDaysAreNotApproved checks that the digest of a plan is the same on the next day.
func TestDaysAreNotApproved(t *testing.T) {
	digest := func(days int) string {
		z := newZoo()
		z.files(&zooSection{Name: "Soon"}).Term = &schema.Term{Expires: "2027-01-01", Days: days}
		d := plan.Document{Plans: []*plan.Plan{Build(z.in).Plan}}
		return d.Digest()
	}
	if digest(9) != digest(8) {
		t.Error("the digest changes from day to day")
	}
}
