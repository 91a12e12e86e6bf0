package apply

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

func anAdmin(email string) *schema.Object {
	return object(userKind, &user{Email: email, Admin: true}, "email", "role", "bio", "admin", "disabled")
}

func demote(o *schema.Object) plan.Change {
	return update(o, with(o, func(u *user) { u.Admin = false }))
}

// A council is a tenant with administrators, of whom a plan demotes the first two.
type council struct {
	*world
	ana, ben, cem, dan *schema.Object
}

func newCouncil() *council {
	c := &council{ana: anAdmin("ana"), ben: anAdmin("ben"), cem: anAdmin("cem"), dan: anAdmin("dan")}
	c.world = newWorld(c.ana, c.ben, c.cem, c.dan)
	return c
}

func (c *council) plan(staying ...*schema.Object) *plan.Plan {
	p := planOf(demote(c.ana), remove(c.ben, schema.Deactivate))
	for _, o := range staying {
		p.Administrators.Staying = append(p.Administrators.Staying, *o)
	}
	return p
}

// lose takes the rights of an administrator behind the plan's back.
func (c *council) lose(o *schema.Object) {
	c.mu.Lock()
	defer c.mu.Unlock()
	edit(c.world, o.ID, func(u *user) { u.Admin = false })
}

func (c *council) run(t *testing.T, p *plan.Plan, client provider.Client) *Report {
	t.Helper()
	r, err := Run(t.Context(), p, client, &schema.Index{}, Options{Parallelism: 1, Now: clock()})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const (
	refused = "no active administrator was found besides those whom this plan demotes. Nothing was written, and this run demotes no other administrator, " +
		"because fake would have none left. Make another user an administrator who has signed in, then plan and apply again"
)

func TestAnotherAdministratorStays(t *testing.T) {
	both := []string{"update user.ana: done", "deactivate user.ben: done"}
	neither := []string{"update user.ana: failed: " + refused, "deactivate user.ben: failed: " + refused}
	for _, s := range []struct {
		name   string
		before func(*council)
		after  func(*council) // once ana is demoted
		want   []string
		halted string
	}{
		{"the one who stays stays", nil, nil, both, ""},
		{"another one is found", func(c *council) { c.lose(c.cem) }, nil, both, ""},
		{"nobody stays", func(c *council) { c.lose(c.cem); c.lose(c.dan) }, nil, neither, ""},
		{"who stays has never signed in", func(c *council) {
			c.lose(c.dan)
			edit(c.world, c.cem.ID, func(u *user) { u.Bio = "invited" })
		}, nil, neither, ""},
		{"who stays is barred", func(c *council) {
			c.lose(c.dan)
			edit(c.world, c.cem.ID, func(u *user) { u.Disabled = true })
		}, nil, neither, ""},
		{"the one who stays goes between two demotions, and another is there", nil, func(c *council) { c.lose(c.cem) }, both, ""},
		{"everybody else goes between two demotions", nil, func(c *council) { c.lose(c.cem); c.lose(c.dan) },
			[]string{"update user.ana: done", "deactivate user.ben: not-started"}, "the tenant may have no administrator any more"},
	} {
		t.Run(s.name, func(t *testing.T) {
			c := newCouncil()
			if s.before != nil {
				s.before(c)
			}
			c.apply = func(_ context.Context, r provider.Request) fault {
				if r.Addr.Key == "ana" && s.after != nil {
					s.after(c)
				}
				return fault{}
			}
			r := c.run(t, c.plan(c.cem), c.full())
			if diff := cmp.Diff(s.want, told(r)); diff != "" {
				t.Errorf("results (-want +got):\n%s", diff)
			}
			switch {
			case s.halted == "" && r.Halted != nil:
				t.Errorf("halted: %v", r.Halted)
			case s.halted != "" && (r.Halted == nil || !strings.Contains(r.Halted.Error(), s.halted) || !errors.Is(r.Halted, ErrNoAdministrator)):
				t.Errorf("halted: %v", r.Halted)
			}
		})
	}
}

// After the last demotion of a run nothing is left to stop, and it is told all the
// same.
func TestNoAdministratorAfterTheLastDemotion(t *testing.T) {
	c := newCouncil()
	c.apply = func(context.Context, provider.Request) fault {
		c.lose(c.cem)
		c.lose(c.dan)
		c.lose(c.ben)
		return fault{}
	}
	p := planOf(demote(c.ana))
	r := c.run(t, p, c.full())
	if r.OK() || !errors.Is(r.Halted, ErrNoAdministrator) || !r.Partial() {
		t.Fatalf("halted: %v", r.Halted)
	}
	var b strings.Builder
	if err := r.Write(&b, 0, false); err != nil || !strings.Contains(b.String(), "put the files back to what they said about user.ana before") {
		t.Errorf("%v: %s", err, b.String())
	}
}

// Two runs that each leave the administrator whom the other demotes do not end in
// silence.
func TestTwoRunsDemoteEachOther(t *testing.T) {
	c := newCouncil()
	c.lose(c.cem)
	c.lose(c.dan)
	var other *Report
	c.apply = func(_ context.Context, r provider.Request) fault {
		if r.Addr.Key == "ana" { // the other run comes in between the look and the write
			p := planOf(demote(c.ben))
			p.Administrators.Staying = []schema.Object{*c.ana}
			other = c.run(t, p, c.full())
		}
		return fault{}
	}
	p := planOf(demote(c.ana))
	p.Administrators.Staying = []schema.Object{*c.ben}
	r := c.run(t, p, c.full())
	if !other.OK() {
		t.Fatalf("the other run: %v", told(other))
	}
	if !errors.Is(r.Halted, ErrNoAdministrator) {
		t.Errorf("halted: %v", r.Halted)
	}
}

// Whom a manage block ignores may be the account of a service, so it is none who stays.
func TestIgnoredAdministratorDoesNotStay(t *testing.T) {
	for name, staying := range map[string]func(*council) []*schema.Object{
		"one was handed over": func(c *council) []*schema.Object { return []*schema.Object{c.cem, c.dan} },
		"all are listed":      func(*council) []*schema.Object { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			c := newCouncil()
			p := c.plan(staying(c)...)
			p.Administrators.Ignored = schema.NewIgnoreSet(product, map[string]schema.Manage{"user": {Ignore: []string{"c*", "dan"}}})
			want := []string{"update user.ana: failed: " + refused, "deactivate user.ben: failed: " + refused}
			if diff := cmp.Diff(want, told(c.run(t, p, c.full()))); diff != "" {
				t.Errorf("results (-want +got):\n%s", diff)
			}
		})
	}
}

// A forgetful client lists what it knew before the plan was approved, until it is told
// to forget that.
type forgetful struct {
	provider.Client
	old    []schema.Object
	forgot int
}

func (f *forgetful) List(ctx context.Context, kind *schema.Kind) iter.Seq2[schema.Object, error] {
	if f.forgot > 0 {
		return f.Client.List(ctx, kind)
	}
	return func(yield func(schema.Object, error) bool) {
		for _, o := range f.old {
			if !yield(o, nil) {
				return
			}
		}
	}
}

func (f *forgetful) Forget() { f.forgot++ }

// The list in which an administrator is looked for is a new one.
func TestAdministratorsAreListedAnew(t *testing.T) {
	c := newCouncil()
	before := c.list(userKind)
	c.lose(c.cem)
	c.lose(c.dan)
	r := c.run(t, c.plan(c.cem), &forgetful{Client: c.full(), old: before})
	if diff := cmp.Diff([]string{"update user.ana: failed: " + refused, "deactivate user.ben: failed: " + refused}, told(r)); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
}

// A failing look refuses one demotion, and the next one is looked at anew.
func TestAdministratorCannotBeRead(t *testing.T) {
	c := newCouncil()
	c.lookErr = map[string]error{"user.cem": errors.New("no answer"), "user": errors.New("no list")}
	r := c.run(t, c.plan(c.cem), c.full())
	want := "failed: it could not be checked that another administrator stays: no list. Nothing was written, because the tenant might be left without an administrator"
	if diff := cmp.Diff([]string{"update user.ana: " + want, "deactivate user.ben: " + want}, told(r)); diff != "" {
		t.Error(diff)
	}
	if len(c.log) > 0 {
		t.Errorf("written: %v", c.log)
	}
}

// Demotions are made one at a time however many workers there are; other changes
// do not wait for them.
func TestDemotionsAreMadeOneAtATime(t *testing.T) {
	c := newCouncil()
	p := planOf()
	for i := range 10 {
		o := anAdmin(fmt.Sprintf("admin%d", i))
		c.insert(o)
		p.Changes = append(p.Changes, demote(o), create(aRole(fmt.Sprintf("role%d", i))))
	}
	p.Administrators.Staying = []schema.Object{*c.ana}
	var at, made atomic.Int32
	others := make(chan struct{}) // closed once all other changes are made, or two demotions were
	once := sync.Once{}
	c.apply = func(_ context.Context, r provider.Request) fault {
		if r.Addr.Kind != "user" {
			if made.Add(1) == 10 {
				once.Do(func() { close(others) })
			}
			return fault{}
		}
		if at.Add(1) > 1 {
			t.Error("two demotions at a time")
			once.Do(func() { close(others) })
		}
		r.Accepted() // being read back counts
		<-others
		at.Add(-1)
		return fault{}
	}
	r, err := Run(t.Context(), p, c.full(), &schema.Index{}, Options{Parallelism: 8, Now: clock()})
	if err != nil || !r.OK() {
		t.Fatalf("%v, %v", err, told(r))
	}
}

// What a plan without a demotion costs stays as it was, and each demotion costs two
// reads more.
func TestReadsOfAdministrators(t *testing.T) {
	for _, s := range []struct {
		demotions, reads int
	}{{0, 1}, {1, 1 + 3}, {2, 1 + 6}} {
		c := newCouncil()
		p := planOf(update(c.dan, with(c.dan, func(u *user) { u.Bio = "new" })))
		for _, o := range []*schema.Object{c.ana, c.ben}[:s.demotions] {
			p.Changes = append(p.Changes, demote(o))
		}
		p.Administrators.Staying = []schema.Object{*c.cem}
		if r := c.run(t, p, c.full()); !r.OK() {
			t.Fatal(told(r))
		}
		if c.counts["read"] != s.reads || c.counts["list"] != 0 {
			t.Errorf("%d demotions: %d reads and %d lists, want %d reads", s.demotions, c.counts["read"], c.counts["list"], s.reads)
		}
	}
}

// The journal tells what counts as removed with a change before it is written.
func TestJournalRecordsRemoves(t *testing.T) {
	keeper := aRole("keeper", "feed")
	w := newWorld(keeper)
	change := update(keeper, with(keeper, func(r *role) { r.Permissions = nil }))
	change.Removes = []schema.Address{{Provider: "fake", Kind: "user", Key: "ben"}, {Provider: "fake", Kind: "user", Key: "cem"}}
	d := &slowDisk{all: make(chan struct{}), wait: 1}
	if _, err := Run(t.Context(), planOf(change), w.full(), &schema.Index{}, Options{Parallelism: 1, Journal: &Journal{file: d}}); err != nil {
		t.Fatal(err)
	}
	if text := d.text.String(); !strings.Contains(text, `"removes":["user.ben","user.cem"]`) {
		t.Error(text)
	}
}
