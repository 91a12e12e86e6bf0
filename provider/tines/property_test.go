package tines_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/live"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/tines"
	"github.com/rolecall-dev/rolecall/provider/tines/emulator"
)

// A drawn is a random tenant: what is live, or what files say.
type drawn struct {
	roles map[string][]string          // name -> permissions
	teams map[string]map[string]string // name -> member -> role
	users []string                     // who are owners of nothing
}

// drawTenant draws a tenant with the given teams, or any where none are given. A
// team that came or went would keep its last member.
func drawTenant(t *rapid.T, side string, teams ...string) drawn {
	some := func(what string, least int, from ...string) []string {
		return schema.Canonical(rapid.SliceOfN(rapid.SampledFrom(from), least, len(from)).Draw(t, side+" "+what))
	}
	d := drawn{roles: map[string][]string{}, teams: map[string]map[string]string{}}
	for _, r := range some("roles", 1, "ONE", "TWO", "THREE") {
		d.roles[r] = some("permissions of "+r, 1, "CASE_VIEW", "CASE_CREATE", "STORY_VIEW", "STORY_CREATE")
	}
	d.users = some("users", 1, "ana@zoo.example", "ben@zoo.example", "cleo@zoo.example", "dan@zoo.example")
	held := append(slices.Sorted(maps.Keys(d.roles)), "VIEWER", "EDITOR")
	if teams == nil {
		teams = some("teams", 1, "Day", "Night", "Weekend")
	}
	for _, team := range schema.Canonical(teams) {
		members := map[string]string{}
		for _, u := range some("members of "+team, 0, d.users...) {
			members[u] = rapid.SampledFrom(held).Draw(t, side+" role of "+u+" in "+team)
		}
		d.teams[team] = members
	}
	return d
}

// blocks is the tenant as files say it, the whole of it.
func (d drawn) blocks() []string {
	list := func(words []string) string {
		quoted := make([]string, len(words))
		for i, w := range words {
			quoted[i] = fmt.Sprintf("%q", w)
		}
		return "[" + strings.Join(quoted, ", ") + "]"
	}
	var out []string
	for _, r := range slices.Sorted(maps.Keys(d.roles)) {
		out = append(out, fmt.Sprintf("role %q {\n  permissions = %s\n}\n", r, list(d.roles[r])))
	}
	for _, u := range d.users {
		out = append(out, fmt.Sprintf("user %q {\n  active = true\n}\n", u))
	}
	for _, team := range slices.Sorted(maps.Keys(d.teams)) {
		text := fmt.Sprintf("team %q {\n  members = {\n", team)
		for _, u := range slices.Sorted(maps.Keys(d.teams[team])) {
			text += fmt.Sprintf("    %q = %q\n", u, d.teams[team][u])
		}
		out = append(out, text+"  }\n}\n")
	}
	return out
}

// A property is one emulated tenant, with everything that it was.
type property struct {
	*rapid.T
	server  *emulator.Server
	dir     string
	removal string // what becomes of leavers

	mu      sync.Mutex
	moments []map[string]emulator.Access
}

func (p *property) see(now map[string]emulator.Access) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.moments = append(p.moments, now)
}

// planned is a plan with the connection that it was made on.
type planned struct {
	*plan.Plan
	client provider.Client
	index  *schema.Index
}

// plan plans the blocks.
func (p *property) plan(blocks []string) planned {
	p.Helper()
	text := fmt.Sprintf(`provider "tines" {
  tenant              = "https://zoo.tines.com"
  key_user            = "owner@zoo.example"
  allow_team_deletion = true
  manage "role" { mode = "authoritative" }
  manage "team" {
    mode       = "authoritative"
    on_removal = "delete"
  }
  manage "membership" {
    mode   = "authoritative"
    ignore = ["*/stay@zoo.example"]
  }
  manage "user" {
    mode       = "authoritative"
    on_removal = %q
    ignore     = ["owner@*", "stay@*"]
  }
  limits {
    max_deletes = 1000
    allow_empty = true
  }
}
`, p.removal) + strings.Join(blocks, "")
	if err := os.WriteFile(filepath.Join(p.dir, "main.hcl"), []byte(text), 0o600); err != nil {
		p.Fatal(err)
	}
	cfg, diags := config.Load(p.dir, config.Options{Products: []*schema.Product{&tines.Provider().Product}})
	if diags.HasErrors() {
		p.Fatal(diags)
	}
	out := planned{index: &schema.Index{}}
	tenant := cfg.Tenants[0]
	var err error
	if out.client, err = tines.Provider().Connect(context.Background(), provider.Options{
		Tenant: tenant.Name, Settings: tenant.Settings, Key: "owner", Endpoint: emulator.BaseURL, Transport: p.server.Transport(), Index: out.index,
	}); err != nil {
		p.Fatal(err)
	}
	if out.Plan, err = live.Plan(context.Background(), live.Input{Client: out.client, Tenant: tenant, Index: out.index, Endpoint: emulator.BaseURL}); err != nil {
		p.Fatal(err)
	}
	return out
}

func (p planned) encoded() string {
	var b bytes.Buffer
	for i := range p.Changes { // where a block stands in the files is not what it says
		c := &p.Changes[i]
		c.Pos = schema.Pos{}
		fmt.Fprintf(&b, "%s %s %v %x\n", c.Action, c.Addr, c.Needs, c.Changed)
	}
	var findings []string
	for _, f := range p.Findings { // these follow the files
		findings = append(findings, f.Code+" "+f.Addr.String())
	}
	slices.Sort(findings)
	return b.String() + strings.Join(findings, "\n")
}

// TestProperties draws a tenant and the files that it shall follow:
//
//   - planning a tenant against itself gives nothing;
//   - the order of the blocks makes no difference;
//   - after applying the plan, the next plan is empty;
//   - after each write nobody can do more than before or after;
//   - undoing the journal, last write first, leads back to the beginning.
func TestProperties(t *testing.T) {
	applied, undone := 0, 0
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		from := drawTenant(t, "live")
		to := drawTenant(t, "files", slices.Collect(maps.Keys(from.teams))...)
		p := &property{T: t, dir: dir, removal: rapid.SampledFrom([]string{"disable", "delete"}).Draw(t, "removal")}
		var err error
		if p.server, err = emulator.New(emulator.Options{Seed: seedOf(from), Rate: -1, Watch: p.see}); err != nil {
			t.Fatal(err)
		}
		if again := p.plan(from.blocks()); len(again.Changes) > 0 || again.Errors() > 0 {
			t.Fatalf("a tenant against itself: %s", again.encoded())
		}
		d := p.plan(to.blocks())
		if d.Errors() > 0 || len(d.Violations) > 0 {
			t.Fatalf("not to be carried out: %s", d.encoded())
		}
		shuffled := p.plan(rapid.Permutation(to.blocks()).Draw(t, "order"))
		if a, b := d.encoded(), shuffled.encoded(); a != b {
			t.Fatalf("in another order the plan is another one:\n%s\nand:\n%s", a, b)
		}
		record := p.apply(d)
		applied += len(d.Changes)
		if next := p.plan(to.blocks()); len(next.Changes) > 0 || next.Errors() > 0 {
			t.Fatalf("after\n%s\nthere is more to do:\n%s", d.encoded(), next.encoded())
		}
		if !slices.ContainsFunc(d.Findings, func(f schema.Finding) bool { return f.Code == "plan/passing-rights" }) {
			p.narrow(d) // otherwise the plan said that it cannot be helped
		}
		undone += p.undo(d, record)
		if back := p.plan(from.blocks()); len(back.Changes) > 0 {
			t.Fatalf("after undoing\n%s\nthere is a difference to the beginning:\n%s", d.encoded(), back.encoded())
		}
	})
	if applied == 0 || undone == 0 {
		t.Errorf("%d changes were applied, %d undone: the property says nothing", applied, undone)
	}
}

// apply applies the plan and returns what its journal says.
func (p *property) apply(d planned) *apply.Record {
	p.Helper()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var mu sync.Mutex
	now := func() time.Time { // counts, so that the journal tells what came first
		mu.Lock()
		defer mu.Unlock()
		at = at.Add(time.Second)
		return at
	}
	journal, err := apply.OpenJournal(filepath.Join(p.dir, "journal"), apply.NewHeader(d.Plan, "test", now()))
	if err != nil {
		p.Fatal(err)
	}
	o := apply.Options{Workers: rapid.IntRange(1, 4).Draw(p.T, "workers"), Fresh: rapid.Bool().Draw(p.T, "fresh"), Journal: journal, Now: now}
	report, err := apply.Run(context.Background(), d.Plan, d.client, d.index, o)
	if err != nil {
		p.Fatal(err)
	}
	if !report.OK() {
		p.Fatalf("%v", report.Err())
	}
	if err := journal.Close(); err != nil {
		p.Fatal(err)
	}
	text, err := os.ReadFile(journal.Path())
	if err != nil {
		p.Fatal(err)
	}
	if err := os.Remove(journal.Path()); err != nil {
		p.Fatal(err)
	}
	record, err := apply.ReadJournal(bytes.NewReader(text), []*schema.Product{&tines.Provider().Product})
	if err != nil {
		p.Fatal(err)
	}
	return record
}

// narrow holds every moment against the first and the last.
func (p *property) narrow(d planned) {
	p.Helper()
	first, last := p.moments[0], p.moments[len(p.moments)-1]
	for _, now := range p.moments {
		for who, a := range now {
			before, after := first[who].Words(), last[who].Words()
			for _, right := range a.Words() {
				if !slices.Contains(before, right) && !slices.Contains(after, right) {
					p.Fatalf("%s could for a while: %s\n%s", who, right, d.encoded())
				}
			}
		}
	}
}

// undo makes the opposite of every write in the journal, the last one first.
func (p *property) undo(d planned, record *apply.Record) int {
	p.Helper()
	slices.SortFunc(record.Entries, func(a, b apply.Entry) int { return b.Ended.Compare(a.Ended) })
	for _, e := range record.Entries {
		r := provider.Request{Addr: e.Addr, Have: e.After, Want: e.Before, Changed: e.Changed}
		switch e.Action {
		case schema.Create:
			r.Action, r.Want = schema.Delete, nil
		case schema.Delete:
			r.Action = schema.Create
		case schema.Deactivate:
			left := e.Before.Clone()
			left.Body.(*tines.User).Active = false
			r.Action, r.Have, r.Changed = schema.Update, &left, left.Kind.Mask("active")
		default:
			r.Action, r.Addr = schema.Update, e.Before.Addr
		}
		if _, err := d.client.Apply(context.Background(), r); err != nil {
			p.Fatalf("undoing %s of %s: %v", e.Action, e.Addr, err)
		}
	}
	return len(record.Entries)
}
