package partoo_test

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
	"github.com/rolecall-dev/rolecall/provider/partoo"
	"github.com/rolecall-dev/rolecall/provider/partoo/emulator"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A drawn is a random organization: what is live, or what files say.
type drawn struct {
	groups map[string][]string // "Section/Group" -> codes of businesses
	roles  map[string][]string // api_id -> permissions
	users  map[string]person
}

type person struct {
	role       string
	accesses   [][]string // of a GROUP_MANAGER
	businesses []string   // of a BUSINESS_MANAGER
}

var codes = []string{"S1", "S2", "S3", "S4"}

func drawOrg(t *rapid.T, side string) drawn {
	some := func(what string, least int, from ...string) []string {
		return schema.Canonical(rapid.SliceOfN(rapid.SampledFrom(from), least, len(from)).Draw(t, side+" "+what))
	}
	o := drawn{groups: map[string][]string{}, roles: map[string][]string{}, users: map[string]person{}}
	for _, g := range some("groups", 1, "A/x", "A/y", "B/x", "B/z") {
		o.groups[g] = some("businesses of "+g, 1, codes...)
	}
	for _, r := range some("roles", 1, "one", "two", "three") {
		o.roles[r] = some("permissions of "+r, 0, "business_edit_city", "business_edit_country", "business_edit_zipcode")
	}
	for _, u := range some("users", 0, "ana", "ben", "cleo", "dan") {
		p := person{role: rapid.SampledFrom(slices.Sorted(maps.Keys(o.roles))).Draw(t, side+" role of "+u)}
		if rapid.IntRange(0, 3).Draw(t, side+" "+u+" has businesses") == 0 {
			p.businesses = some("businesses of "+u, 1, codes...)
		} else {
			for range rapid.IntRange(1, 2).Draw(t, side+" accesses of "+u) {
				p.accesses = append(p.accesses, some("access of "+u, 1, slices.Sorted(maps.Keys(o.groups))...))
			}
			p.accesses = schema.CanonicalSets(p.accesses)
		}
		o.users[u+"@zoo.example"] = p
	}
	return o
}

func (o drawn) sections() []string {
	var out []string
	for g := range o.groups {
		section, _, _ := strings.Cut(g, "/")
		out = append(out, section)
	}
	return schema.Canonical(out)
}

// seed is the organization as an emulator starts with it.
func (o drawn) seed() *emulator.Seed {
	s := &emulator.Seed{
		Org:     emulator.SeedOrg{ID: 42},
		Users:   []emulator.SeedUser{{Email: "owner@zoo.example", FirstName: "O", LastName: "W", Role: "ORG_ADMIN"}},
		APIKeys: []emulator.SeedKey{{Key: "owner", User: "owner@zoo.example"}},
	}
	for _, c := range codes {
		s.Businesses = append(s.Businesses, emulator.SeedBusiness{Code: c, Name: c})
	}
	for _, name := range o.sections() {
		section := emulator.SeedSection{Name: name}
		for _, key := range slices.Sorted(maps.Keys(o.groups)) {
			if in, group, _ := strings.Cut(key, "/"); in == name {
				section.Groups = append(section.Groups, emulator.SeedGroup{Name: group, Businesses: o.groups[key]})
			}
		}
		s.Sections = append(s.Sections, section)
	}
	for _, r := range slices.Sorted(maps.Keys(o.roles)) {
		s.CustomRoles = append(s.CustomRoles, emulator.SeedRole{APIID: r, Name: "Role " + r, Permissions: o.roles[r]})
	}
	for _, email := range slices.Sorted(maps.Keys(o.users)) {
		p := o.users[email]
		u := emulator.SeedUser{Email: email, FirstName: "F", LastName: "L", CustomRole: p.role, Role: "GROUP_MANAGER", Accesses: p.accesses}
		if p.accesses == nil {
			u.Role, u.Businesses = "BUSINESS_MANAGER", p.businesses
		}
		s.Users = append(s.Users, u)
	}
	return s
}

// blocks is the organization as files say it, the whole of it.
func (o drawn) blocks() []string {
	list := func(words []string) string {
		quoted := make([]string, len(words))
		for i, w := range words {
			quoted[i] = fmt.Sprintf("%q", w)
		}
		return "[" + strings.Join(quoted, ", ") + "]"
	}
	var out []string
	for _, s := range o.sections() {
		out = append(out, fmt.Sprintf("section %q {}\n", s))
	}
	for _, key := range slices.Sorted(maps.Keys(o.groups)) {
		section, group, _ := strings.Cut(key, "/")
		out = append(out, fmt.Sprintf("group %q {\n  section = %q\n  name = %q\n  store_codes = %s\n}\n",
			strings.ReplaceAll(key, "/", "_"), section, group, list(o.groups[key])))
	}
	for _, r := range slices.Sorted(maps.Keys(o.roles)) {
		out = append(out, fmt.Sprintf("role %q {\n  name = %q\n  permissions = %s\n}\n", r, "Role "+r, list(o.roles[r])))
	}
	for _, email := range slices.Sorted(maps.Keys(o.users)) {
		p := o.users[email]
		text := fmt.Sprintf("user %q {\n  first_name = \"F\"\n  last_name = \"L\"\n  custom_role = %q\n", email, p.role)
		if p.accesses == nil {
			text += fmt.Sprintf("  role = \"BUSINESS_MANAGER\"\n  store_codes = %s\n", list(p.businesses))
		} else {
			var accesses []string
			for _, a := range p.accesses {
				accesses = append(accesses, list(a))
			}
			text += fmt.Sprintf("  role = \"GROUP_MANAGER\"\n  accesses = [%s]\n", strings.Join(accesses, ", "))
		}
		out = append(out, text+"}\n")
	}
	return out
}

// A property is one emulated organization, with everything that it was.
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
	text := fmt.Sprintf(`provider "partoo" {
  org_id = 42
  manage "section" { mode = "authoritative" }
  manage "group" { mode = "authoritative" }
  manage "role" { mode = "authoritative" }
  manage "user" {
    mode       = "authoritative"
    on_removal = %q
    ignore     = ["owner@*"]
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
	cfg, diags := config.Load(p.dir, config.Options{Products: []*schema.Product{&partoo.Provider().Product}})
	if diags.HasErrors() {
		p.Fatal(diags)
	}
	out := planned{index: &schema.Index{}}
	tenant := cfg.Tenants[0]
	var err error
	if out.client, err = partoo.Provider().Connect(context.Background(), provider.Options{
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

// TestProperties draws an organization and the files that it shall follow:
//
//   - planning an organization against itself gives nothing;
//   - the order of the blocks makes no difference;
//   - after applying the plan, the next plan is empty;
//   - after each write nobody can see or do more than before or after;
//   - undoing the journal, last write first, leads back to the beginning.
func TestProperties(t *testing.T) {
	applied, undone := 0, 0
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		from, to := drawOrg(t, "live"), drawOrg(t, "files")
		p := &property{T: t, dir: dir, removal: rapid.SampledFrom([]string{"disable", "delete"}).Draw(t, "removal")}
		var err error
		if p.server, err = emulator.New(emulator.Options{Seed: from.seed(), Rate: -1, Watch: p.see}); err != nil {
			t.Fatal(err)
		}
		if again := p.plan(from.blocks()); len(again.Changes) > 0 || again.Errors() > 0 {
			t.Fatalf("an organization against itself: %s", again.encoded())
		}
		d := p.plan(to.blocks())
		if d.Errors() > 0 || len(d.Violations) > 0 {
			return // a group in use would go, and the like
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
	record, err := apply.ReadJournal(bytes.NewReader(text), []*schema.Product{&partoo.Provider().Product})
	if err != nil {
		p.Fatal(err)
	}
	return record
}

// narrow holds every moment against the first and the last: each permission at
// each business.
func (p *property) narrow(d planned) {
	p.Helper()
	rights := func(a emulator.Access) map[string]bool {
		out := map[string]bool{}
		for _, b := range a.Businesses {
			out["see "+b] = true
			for _, right := range a.Permissions {
				out[right+" at "+b] = true
			}
		}
		return out
	}
	first, last := p.moments[0], p.moments[len(p.moments)-1]
	for _, now := range p.moments {
		for who, a := range now {
			before, after := rights(first[who]), rights(last[who])
			for right := range rights(a) {
				if !before[right] && !after[right] {
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
			left.Body.(*partoo.User).Disabled = true
			r.Action, r.Have, r.Changed = schema.Update, &left, left.Kind.Mask("disabled")
		default:
			r.Action, r.Addr = schema.Update, e.Before.Addr
		}
		if _, err := d.client.Apply(context.Background(), r); err != nil {
			p.Fatalf("undoing %s of %s: %v", e.Action, e.Addr, err)
		}
	}
	return len(record.Entries)
}
