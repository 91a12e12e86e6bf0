package live

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A team and a member make a small product: members refer to teams, and a list of
// teams does not tell their purpose.
type (
	team   struct{ Name, Purpose string }
	member struct{ Email, Team string }
)

var (
	teamKind = &schema.Kind{Name: "team", Attributes: []schema.Attribute{
		schema.String("name", "Name.", func(t *team) *string { return &t.Name }).With(schema.Key | schema.Label),
		schema.String("purpose", "Purpose.", func(t *team) *string { return &t.Purpose }),
	}}
	memberKind = &schema.Kind{Name: "member", Subject: true, Attributes: []schema.Attribute{
		schema.String("email", "Address.", func(m *member) *string { return &m.Email }).With(schema.Key | schema.Label),
		schema.Ref("team", "Team.", func(m *member) *string { return &m.Team }).To("team"),
	}}
	club = &schema.Product{Name: "club", Title: "Club", Kinds: []*schema.Kind{teamKind, memberKind}}
)

func object(k *schema.Kind, body any, set ...string) schema.Object {
	o := schema.Object{Kind: k, Body: body, Set: k.Mask(set...), Addr: schema.Address{Provider: "club", Kind: k.Name}}
	o.Rekey()
	return o
}

// A fake is a club that counts what it is asked.
type fake struct {
	teams   []team
	members []member
	gone    string // team that vanishes after it was listed
	hidden  string // team that is listed and cannot be read
	broken  string // kind whose list ends early

	mu    sync.Mutex
	asked []string
}

func (f *fake) ask(what string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, what)
}

func (f *fake) Identity() provider.Identity {
	return provider.Identity{Tenant: "7", Notes: []schema.Finding{{Severity: schema.Warning, Code: "club/note", Summary: "A note"}}}
}

func (f *fake) List(_ context.Context, k *schema.Kind) iter.Seq2[schema.Object, error] {
	return func(yield func(schema.Object, error) bool) {
		f.ask("list " + k.Name)
		var all []schema.Object
		if k == teamKind {
			again := len(f.asked) > 1
			for i, t := range f.teams {
				if again && t.Name == f.gone {
					continue
				}
				o := object(k, &team{Name: t.Name}, "name")
				o.ID, o.Incomplete = fmt.Sprint("t", i), true
				all = append(all, o)
			}
		} else {
			for i, m := range f.members {
				o := object(k, &m, "email", "team")
				o.ID = fmt.Sprint("m", i)
				all = append(all, o)
			}
		}
		for _, o := range all {
			if !yield(o, nil) {
				return
			}
		}
		if f.broken == k.Name {
			yield(schema.Object{}, errors.New("the list changed while it was read"))
		}
	}
}

func (f *fake) Read(_ context.Context, o schema.Object) (schema.Object, error) {
	f.ask("read " + o.Addr.Key)
	if o.Addr.Key == f.gone || o.Addr.Key == f.hidden {
		return schema.Object{}, provider.ErrNotFound
	}
	for _, t := range f.teams {
		if t.Name == o.Addr.Key {
			w := object(teamKind, &t, "name", "purpose")
			w.ID = o.ID
			return w, nil
		}
	}
	return schema.Object{}, provider.ErrNotFound
}

func (f *fake) Find(ctx context.Context, want schema.Object) (schema.Object, error) {
	panic("a plan must not look for what it creates")
}

func (f *fake) Apply(context.Context, provider.Request) (schema.Object, error) {
	panic("a plan must not write")
}

func (f *fake) Check(_ context.Context, v provider.View) ([]schema.Finding, error) {
	f.ask(fmt.Sprintf("check %d changes", len(v.Changes)))
	return []schema.Finding{{Severity: schema.Warning, Code: "club/check", Summary: "A remark"}}, nil
}

func (f *fake) EstimateRequests(provider.Request) int { return 2 }

func tenant(objects ...schema.Object) *schema.Tenant {
	return &schema.Tenant{Name: "club", Product: club, Limits: schema.DefaultLimits(), Objects: objects}
}

func TestPlanReadsMissingObjects(t *testing.T) {
	wanted := func(name, purpose string) schema.Object {
		return object(teamKind, &team{name, purpose}, "name", "purpose")
	}
	removes := tenant()
	removes.Removed = []schema.Removal{{Kind: "team", Key: "blue"}}
	owns := tenant(wanted("red", "race"))
	owns.Manage = map[string]schema.Manage{"team": {Mode: schema.Authoritative}}
	for _, c := range []struct {
		name    string
		club    *fake
		tenant  *schema.Tenant
		asked   []string // in order; what happens side by side is sorted
		changes []string
	}{{
		name: "one thin object is completed, the other is left alone",
		club: &fake{teams: []team{{"red", "run"}, {"blue", "swim"}}}, tenant: tenant(wanted("red", "race")),
		asked: []string{"list team", "read red", "check 1 changes"}, changes: []string{"update team.red"},
	}, {
		name: "who refers to what is to go is listed",
		club: &fake{teams: []team{{"blue", "swim"}}}, tenant: removes,
		asked: []string{"list team", "list member", "read blue", "check 1 changes"}, changes: []string{"delete team.blue"},
	}, {
		name: "nothing is read twice when nothing differs",
		club: &fake{teams: []team{{"red", "race"}}}, tenant: tenant(wanted("red", "race")),
		asked: []string{"list team", "read red", "check 0 changes"},
	}, {
		name: "an object that vanished since it was listed is created",
		club: &fake{teams: []team{{"red", "race"}}, gone: "red"}, tenant: tenant(wanted("red", "race")),
		asked: []string{"list team", "read red", "list team", "check 1 changes"}, changes: []string{"create team.red"},
	}, {
		name: "an object that vanished needs no removal",
		club: &fake{teams: []team{{"red", "race"}, {"blue", "swim"}}, gone: "blue"}, tenant: owns,
		asked: []string{"list team", "read blue", "read red", "list team", "check 0 changes"},
	}} {
		t.Run(c.name, func(t *testing.T) {
			p, err := Plan(t.Context(), Input{Client: c.club, Tenant: c.tenant, Index: &schema.Index{}, Budget: 60, Sent: func() int { return 9 }})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(slices.Sorted(slices.Values(c.asked)), slices.Sorted(slices.Values(c.club.asked))); diff != "" {
				t.Errorf("what the club was asked (-want +got):\n%s", diff)
			}
			var changes []string
			for _, ch := range p.Changes {
				changes = append(changes, ch.Action.String()+" "+ch.Addr.String())
			}
			if diff := cmp.Diff(c.changes, changes); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
			if p.Requests.Spent != 9 || p.Requests.Estimated != 2*len(changes) || p.Requests.Budget != 60 {
				t.Errorf("cost %+v", p.Requests)
			}
			var codes []string
			for _, f := range p.Findings {
				codes = append(codes, f.Code)
			}
			if got := strings.Join(codes, " "); got != "club/note club/check" {
				t.Errorf("findings %s, want the connection's note and the check's remark", got)
			}
		})
	}
}

// A product may answer "not found" where the key lacks a right. What the list still shows
// exists.
func TestPlanRefusesListedObjectThatCannotBeRead(t *testing.T) {
	c := &fake{teams: []team{{"red", "race"}}, hidden: "red"}
	p, err := Plan(t.Context(), Input{Client: c, Tenant: tenant(object(teamKind, &team{"red", "race"}, "name", "purpose")), Index: &schema.Index{}})
	if err == nil || p != nil || !strings.Contains(err.Error(), "the list of teams shows red") {
		t.Errorf("got %+v, %v", p, err)
	}
}

func TestPlanReportsProgress(t *testing.T) {
	c := &fake{}
	for i := range 250 {
		c.members = append(c.members, member{Email: fmt.Sprintf("m%03d@club.example", i)})
	}
	var seen []string
	_, err := Plan(t.Context(), Input{
		Client: c, Tenant: tenant(object(memberKind, &member{Email: "m000@club.example"}, "email")), Index: &schema.Index{},
		Observe: func(p Progress) { seen = append(seen, fmt.Sprint(p.Kind.Name, " ", p.Seen, " ", p.Done)) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"member 100 false", "member 200 false", "member 250 true"}, seen); diff != "" {
		t.Error(diff)
	}
}

// Objects that the list does not show whole are counted while they are read.
func TestReadReportsDetails(t *testing.T) {
	c := &fake{teams: []team{{"red", "race"}, {"blue", "swim"}}}
	var seen []string
	_, err := Read(t.Context(), Input{Client: c, Tenant: tenant(), Index: &schema.Index{}, Observe: func(p Progress) {
		if p.Of > 0 {
			seen = append(seen, fmt.Sprint(p.Kind.Name, " ", p.Whole, " of ", p.Of))
		}
	}}, []string{"team"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"team 1 of 2", "team 2 of 2"}, seen); diff != "" {
		t.Error(diff)
	}
}

// What the journals tell of the last day reaches the plan, and looking for another
// administrator around each demotion is priced.
func TestRecentRemovalsAndDemotions(t *testing.T) {
	kind := *memberKind
	kind.Administers = func(o *schema.Object) bool { return o.Body.(*member).Team == "" }
	product := &schema.Product{Name: "club", Title: "Club", Kinds: []*schema.Kind{teamKind, &kind}}
	var recent plan.Recent
	for i := range 4 {
		recent.Removed = append(recent.Removed, schema.Address{Kind: "member", Key: fmt.Sprintf("gone%d@club.example", i)})
	}
	planWith := func(r plan.Recent) *plan.Plan {
		c := adminFake{&fake{teams: []team{{"red", "race"}}}, &kind}
		in := &schema.Tenant{Name: "club", Product: product, Limits: schema.DefaultLimits()}
		for i := range 21 {
			m := member{Email: fmt.Sprintf("m%02d@club.example", i), Team: "red"}
			if i < 3 {
				m.Team = "" // an administrator
			}
			c.members = append(c.members, m)
		}
		for i := range 3 {
			in.Removed = append(in.Removed, schema.Removal{Kind: "member", Key: fmt.Sprintf("m%02d@club.example", i+1)})
		}
		p, err := Plan(t.Context(), Input{Client: c, Tenant: in, Index: &schema.Index{}, Recent: r})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	p := planWith(plan.Recent{})
	if len(p.Violations) > 0 || len(p.Changes) != 3 || p.Requests.Estimated != 3*2+2*2 {
		t.Errorf("%d changes for %d requests, %v", len(p.Changes), p.Requests.Estimated, p.Violations)
	}
	if p := planWith(recent); len(p.Violations) != 1 || p.Violations[0].Code != "plan/limit-daily" {
		t.Errorf("violations %v", p.Violations)
	}
}

// An adminFake is a club among whose members are administrators.
type adminFake struct {
	*fake
	kind *schema.Kind
}

func (f adminFake) List(ctx context.Context, k *schema.Kind) iter.Seq2[schema.Object, error] {
	if k == teamKind {
		return f.fake.List(ctx, k)
	}
	return func(yield func(schema.Object, error) bool) {
		for i, m := range f.members {
			o := object(f.kind, &m, "email", "team")
			o.ID = fmt.Sprint("m", i)
			if !yield(o, nil) {
				return
			}
		}
	}
}
