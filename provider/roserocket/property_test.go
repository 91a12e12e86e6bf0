package roserocket_test

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
	"github.com/rolecall-dev/rolecall/provider/roserocket"
	"github.com/rolecall-dev/rolecall/provider/roserocket/emulator"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A drawn is a random organization: what is live, or what files say.
type drawn struct {
	permissions map[string]drawnPermission // "role/object"
	groups      map[string][]string        // name -> ids of members
}

type drawnPermission struct {
	data   string // full, read_only, none, custom
	fields map[string]string
	boards map[string]bool
	record map[string]bool
}

// objects are those of the drawn organizations. Derived fields are in capitals.
var objects = map[string][]string{"order": {"cost", "notes", "status", "MARGIN"}, "stub": {"amount", "TOTAL"}}

func drawOrg(t *rapid.T, side string) drawn {
	some := func(what string, from ...string) []string {
		return schema.Canonical(rapid.SliceOfN(rapid.SampledFrom(from), 0, len(from)).Draw(t, side+" "+what))
	}
	o := drawn{permissions: map[string]drawnPermission{}, groups: map[string][]string{}}
	for _, key := range []string{"sales/order", "sales/stub", "driver/order", "guest/stub"} {
		_, object, _ := strings.Cut(key, "/")
		p := drawnPermission{
			data:   rapid.SampledFrom([]string{"full", "read_only", "none", "custom", "custom"}).Draw(t, side+" data of "+key),
			fields: map[string]string{}, boards: map[string]bool{object: rapid.Bool().Draw(t, side+" board of "+key)}, record: map[string]bool{},
		}
		for _, f := range objects[object] {
			switch {
			case p.data == "none":
				p.fields[f] = "hide"
			case p.data == "read_only" || p.data == "full" && derived(f):
				p.fields[f] = "read"
			case p.data == "full":
				p.fields[f] = "edit"
			default:
				p.fields[f] = rapid.SampledFrom([]string{"hide", "read", "edit"}).Draw(t, side+" "+f+" of "+key)
				if derived(f) && p.fields[f] == "edit" {
					p.fields[f] = "read"
				}
			}
		}
		for _, right := range []string{"create", "delete"} {
			p.record[right] = rapid.Bool().Draw(t, side+" "+right+" of "+key)
		}
		p.data = p.word()
		o.permissions[key] = p
	}
	for _, g := range []string{"Day", "Night"} {
		o.groups[g] = some("members of "+g, ana, ben)
	}
	return o
}

// word is the one that the rights on fields come to, so that a product which works
// it out has no other.
func (p drawnPermission) word() string {
	hidden, edited, own := len(p.with("hide")), len(p.with("edit")), 0
	for f := range p.fields {
		if !derived(f) {
			own++
		}
	}
	switch {
	case hidden == len(p.fields):
		return "none"
	case hidden == 0 && edited == 0:
		return "read_only"
	case hidden == 0 && edited == own:
		return "full"
	}
	return "custom"
}

func derived(field string) bool { return field == strings.ToUpper(field) }

// with lists the fields that have the right.
func (p drawnPermission) with(right string) []string {
	var out []string
	for _, f := range slices.Sorted(maps.Keys(p.fields)) {
		if p.fields[f] == right {
			out = append(out, f)
		}
	}
	return out
}

// seed is the organization as an emulator starts with it.
func (o drawn) seed() *emulator.Seed {
	s := &emulator.Seed{Users: []emulator.SeedUser{{ID: ana, Role: "sales"}, {ID: ben, Role: "driver"}}}
	for _, key := range slices.Sorted(maps.Keys(objects)) {
		object := emulator.Object{Key: key, Boards: []string{key}}
		for _, f := range objects[key] {
			object.Fields = append(object.Fields, emulator.Field{Key: f, Derived: derived(f)})
		}
		s.Objects = append(s.Objects, object)
	}
	words := map[string]string{"full": "full", "read_only": "readOnly", "none": "noAccess", "custom": "custom"}
	for _, key := range slices.Sorted(maps.Keys(o.permissions)) {
		p := o.permissions[key]
		role, object, _ := strings.Cut(key, "/")
		create, remove := p.record["create"], p.record["delete"]
		from := emulator.SeedPermission{Roles: []string{role}, Objects: []string{object}, Access: words[p.data], Create: &create, Delete: &remove}
		if p.data == "custom" {
			from.Edit, from.Read, from.Hide = p.with("edit"), p.with("read"), p.with("hide")
		}
		if !p.boards[object] {
			from.DisabledBoards = []string{object}
		}
		s.Permissions = append(s.Permissions, from)
	}
	for _, g := range slices.Sorted(maps.Keys(o.groups)) {
		s.Groups = append(s.Groups, emulator.SeedGroup{Name: g, Members: o.groups[g]})
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
	for _, key := range slices.Sorted(maps.Keys(o.permissions)) {
		p := o.permissions[key]
		role, object, _ := strings.Cut(key, "/")
		text := fmt.Sprintf("permission %q %q {\n  data = %q\n  boards = { %s = %t }\n  record = { create = %t, delete = %t }\n",
			role, object, p.data, object, p.boards[object], p.record["create"], p.record["delete"])
		if p.data == "custom" {
			text += fmt.Sprintf("  fields = { edit = %s, read = %s, hide = %s }\n", list(p.with("edit")), list(p.with("read")), list(p.with("hide")))
		}
		out = append(out, text+"}\n")
	}
	for _, g := range slices.Sorted(maps.Keys(o.groups)) {
		out = append(out, fmt.Sprintf("user_group %q {\n  members = %s\n}\n", g, list(o.groups[g])))
	}
	return out
}

// A property is one emulated organization, with everything that it was.
type property struct {
	*rapid.T
	server *emulator.Server
	dir    string
	watcher
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
	text := strings.Replace(org, "}\n", "  literals = { full = \"full\", read_only = \"readOnly\", custom = \"custom\" }\n}\n", 1) + strings.Join(blocks, "")
	if err := os.WriteFile(filepath.Join(p.dir, "main.hcl"), []byte(text), 0o600); err != nil {
		p.Fatal(err)
	}
	cfg, diags := config.Load(p.dir, config.Options{Products: []*schema.Product{&roserocket.Provider().Product}})
	if diags.HasErrors() {
		p.Fatal(diags)
	}
	out := planned{index: &schema.Index{}}
	tenant := cfg.Tenants[0]
	var err error
	if out.client, err = roserocket.Provider().Connect(context.Background(), provider.Options{
		Tenant: tenant.Name, Settings: tenant.Settings, Key: p.server.Credentials().ClientSecret, Endpoint: emulator.BaseURL,
		Transport: p.server.Transport(), Index: out.index,
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
	for i := range p.Changes {
		c := &p.Changes[i]
		fmt.Fprintf(&b, "%s %s %v", c.Action, c.Addr, c.Needs)
		if c.Have != nil && c.Want != nil {
			fmt.Fprintf(&b, " %+v -> %+v", c.Have.Body, c.Want.Body)
		}
		b.WriteString("\n")
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
//   - after each write no role can see or do more than before or after;
//   - undoing the journal, last write first, leads back to the beginning.
func TestProperties(t *testing.T) {
	applied, undone := 0, 0
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		from, to := drawOrg(t, "live"), drawOrg(t, "files")
		p := &property{T: t, dir: dir}
		var variants []string
		for _, of := range [][]string{
			{"option=stored", "option=recomputes-fields", "option=from-fields"}, {"write=replace", "write=reset", "write=merge"},
			{"derived=refused", "derived=lowered", "derived=stored"}, {"hidden=viewer", "hidden=none", "hidden=none-enabled"},
			{"order=sent", "order=reversed"}, {"extra-keys=none", "extra-keys=some"},
		} {
			variants = append(variants, rapid.SampledFrom(of).Draw(t, "variant"))
		}
		var err error
		if p.server, err = emulator.New(emulator.Options{Seed: from.seed(), Variants: variants, Watch: p.see}); err != nil {
			t.Fatal(err)
		}
		if again := p.plan(from.blocks()); len(again.Changes) > 0 || again.Errors() > 0 {
			t.Fatalf("an organization against itself: %s", again.encoded())
		}
		d := p.plan(to.blocks())
		if d.Errors() > 0 || len(d.Violations) > 0 {
			t.Fatalf("errors: %s", d.encoded())
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
		p.narrow(d)
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
	record, err := apply.ReadJournal(bytes.NewReader(text), []*schema.Product{&roserocket.Provider().Product})
	if err != nil {
		p.Fatal(err)
	}
	return record
}

// narrow holds every moment against the first and the last.
func (p *property) narrow(d planned) {
	p.Helper()
	moments := p.seen()
	first, last := moments[0], moments[len(moments)-1]
	for _, now := range moments {
		for who, words := range now {
			for _, word := range words {
				if !slices.Contains(first[who], word) && !slices.Contains(last[who], word) {
					p.Fatalf("%s could for a while: %s\n%s", who, word, d.encoded())
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
		r := provider.Request{Action: schema.Update, Addr: e.Addr, Have: e.After, Want: e.Before, Changed: e.Changed}
		if _, err := d.client.Apply(context.Background(), r); err != nil {
			p.Fatalf("undoing %s of %s: %v", e.Action, e.Addr, err)
		}
	}
	return len(record.Entries)
}
