package apply

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/rolecall-dev/rolecall/apply/datadir"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The product of these tests: roles with permissions, groups of stores, and users
// who hold a role and see sets of groups.

type role struct {
	Name, Title string
	Permissions []string
}

type group struct {
	Name   string
	Stores []string
}

type user struct {
	Email, Role, Bio string
	Sees             [][]string
	Admin, Disabled  bool
	Floor            int64
	Tags             map[string]string
	Invite           string
}

var roleKind = &schema.Kind{
	Name: "role",
	Doc:  "What a user may do.",
	Attributes: []schema.Attribute{
		schema.String("name", "Name.", func(r *role) *string { return &r.Name }).With(schema.Key | schema.Label),
		schema.String("title", "What people read.", func(r *role) *string { return &r.Title }),
		schema.Set("permissions", "What it permits.", func(r *role) *[]string { return &r.Permissions }),
	},
}

var groupKind = &schema.Kind{
	Name: "group",
	Doc:  "Some stores.",
	Attributes: []schema.Attribute{
		schema.String("name", "Name.", func(g *group) *string { return &g.Name }).With(schema.Key | schema.Label),
		schema.Set("stores", "Its stores.", func(g *group) *[]string { return &g.Stores }),
	},
}

var userKind = &schema.Kind{
	Name:          "user",
	Doc:           "A person.",
	Subject:       true,
	Removals:      []schema.Action{schema.Deactivate, schema.Delete},
	Administers:   func(o *schema.Object) bool { u := o.Body.(*user); return u.Admin && !u.Disabled },
	Inactive:      func(o *schema.Object) bool { return o.Body.(*user).Disabled },
	NeverSignedIn: func(o *schema.Object) bool { return o.Body.(*user).Bio == "invited" },
	Attributes: []schema.Attribute{
		schema.String("email", "Address.", func(u *user) *string { return &u.Email }).With(schema.Key | schema.Label),
		schema.Ref("role", "Role.", func(u *user) *string { return &u.Role }).To("role"),
		schema.String("bio", "A text.", func(u *user) *string { return &u.Bio }),
		schema.RefSets("sees", "Groups that must all hold.", func(u *user) *[][]string { return &u.Sees }).To("group"),
		schema.Bool("admin", "Administers the tenant.", func(u *user) *bool { return &u.Admin }),
		schema.Bool("disabled", "Cannot sign in.", func(u *user) *bool { return &u.Disabled }),
		schema.Int("floor", "Where the desk is.", func(u *user) *int64 { return &u.Floor }),
		schema.Map("tags", "Texts by name.", func(u *user) *map[string]string { return &u.Tags }),
		schema.String("invite", "How to invite.", func(u *user) *string { return &u.Invite }).With(schema.WriteOnce),
	},
}

var product = &schema.Product{Name: "fake", Title: "Fake", Kinds: []*schema.Kind{roleKind, groupKind, userKind}}

func object(k *schema.Kind, body any, set ...string) *schema.Object {
	o := &schema.Object{Kind: k, Body: body, Set: k.Mask(set...)}
	o.Addr = schema.Address{Provider: "fake", Kind: k.Name, Key: k.KeyOf(body)}
	return o
}

func aRole(name string, permissions ...string) *schema.Object {
	return object(roleKind, &role{Name: name, Title: "Role " + name, Permissions: permissions}, "name", "title", "permissions")
}

func aGroup(name string, stores ...string) *schema.Object {
	return object(groupKind, &group{Name: name, Stores: stores}, "name", "stores")
}

func aUser(email, role string, sees ...[]string) *schema.Object {
	return object(userKind, &user{Email: email, Role: role, Sees: sees}, "email", "role", "sees", "admin", "disabled")
}

// with returns a copy of the object after f has changed its body.
func with[T any](o *schema.Object, f func(*T)) *schema.Object {
	c := o.Clone()
	f(c.Body.(*T))
	c.Rekey()
	return &c
}

func create(want *schema.Object, needs ...int) plan.Change {
	return plan.Change{Action: schema.Create, Addr: want.Addr, Want: want, Changed: want.Set, DependsOn: needs}
}

func update(have, want *schema.Object, needs ...int) plan.Change {
	c := plan.Change{Action: schema.Update, Addr: want.Addr, Have: have, Want: want, DependsOn: needs}
	c.Changed = differs(have.Kind, want.Set, (*schema.Attribute).Equal, have.Body, want.Body)
	if have.Addr != want.Addr {
		c.Action, c.From = schema.Rename, have.Addr.Key
	}
	return c
}

func remove(have *schema.Object, a schema.Action, needs ...int) plan.Change {
	return plan.Change{Action: a, Addr: have.Addr, Have: have, DependsOn: needs}
}

func planOf(changes ...plan.Change) *plan.Plan {
	return &plan.Plan{Provider: "fake", Product: "fake", Tenant: "42", Endpoint: "https://fake.example", Changes: changes}
}

// clock counts seconds.
func clock() func() time.Time {
	var mu sync.Mutex
	at := time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		at = at.Add(time.Second)
		return at
	}
}

// execute runs the plan with one worker, as a fresh plan.
func execute(t *testing.T, c provider.Client, p *plan.Plan) *Report {
	t.Helper()
	r, err := Run(t.Context(), p, c, &schema.Index{}, Options{Parallelism: 1, Now: clock(), Wait: noWait})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// told gives the results in one line each, for comparing.
func told(r *Report) []string {
	var out []string
	for i := range r.Results {
		res := &r.Results[i]
		s := fmt.Sprintf("%s %s: %s", res.Change.Action, res.Change.Addr, res.Status)
		if res.Err != nil {
			s += ": " + res.Err.Error()
		}
		if res.Note != "" {
			s += " (" + res.Note + ")"
		}
		if res.OutcomeUnknown {
			s += " [outcome unknown]"
		}
		out = append(out, s)
	}
	return out
}

// noWait lets no time pass before an unanswered create is looked up again.
func noWait(context.Context, time.Duration) error { return nil }

// folder opens a folder, which it makes where it is missing.
func folder(t *testing.T, base string, names ...string) *datadir.Dir {
	t.Helper()
	d, err := datadir.Open(base, true, names...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}
