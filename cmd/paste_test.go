package cmd_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
	"pgregory.net/rapid"

	"github.com/rolecall-dev/rolecall/cmd"
	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/build"
	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// quote writes a text as it stands in a file.
func quote(s string) string {
	return string(hclwrite.TokensForValue(cty.StringVal(s)).Bytes())
}

// namePart draws a part of a key with the characters that have a meaning somewhere on
// the way: in keys, patterns, HCL strings, addresses and shells.
func namePart() *rapid.Generator[string] {
	char := rapid.SampledFrom([]string{
		"a", "B", "7", "/", "%", "%2F", "%25", ".", "\"", "'", "\\", " ", "[", "]", "{", "}", "(", ")", "#", "*", "?", "**", "!", "^", "-",
		",", ":", "@", "$", "${", "%{", "~", "|", "é", "ñ", "ß", "東", "🙂", "À",
	})
	return rapid.Custom(func(t *rapid.T) string {
		return strings.TrimSpace(strings.Join(rapid.SliceOfN(char, 1, 8).Draw(t, "characters"), ""))
	}).Filter(func(s string) bool { return s != "" && s == schema.NFC(s) })
}

// A pasting is a tenant in which every kind has one live object with an odd key.
type pasting struct {
	t        *rapid.T
	dir      string
	product  *schema.Product
	settings string // of the provider block
	live     map[string][]schema.Object
}

func newPasting(t *rapid.T, dir string, product *schema.Product, settings string) *pasting {
	p := &pasting{t: t, dir: dir, product: product, settings: settings, live: map[string][]schema.Object{}}
	for _, k := range product.Kinds {
		if k.Virtual {
			continue
		}
		p.live[k.Name] = []schema.Object{p.object(k)}
	}
	return p
}

// object makes an object whose key has odd parts, and names live objects where a part
// refers to one.
func (p *pasting) object(k *schema.Kind) schema.Object {
	body := k.New()
	for _, a := range k.Keys() {
		if a.Type != schema.TypeString {
			continue
		}
		value := namePart().Draw(p.t, k.Name+"."+a.Name)
		if len(a.Kinds) > 0 && len(p.live[a.Kinds[0]]) > 0 {
			value = p.live[a.Kinds[0]][0].Addr.Key
		}
		a.SetAny(body, value)
	}
	k.Normalise(body)
	o := schema.Object{Kind: k, Body: body, ID: "1", Set: k.Having(schema.Key), Addr: schema.Address{Provider: p.product.Name, Kind: k.Name}}
	o.Rekey()
	return o
}

// plan loads the files and plans against the live objects.
func (p *pasting) plan(settings, blocks string, targets ...string) (*plan.Plan, string) {
	p.t.Helper()
	files := fmt.Sprintf("provider %q {\n  endpoint = \"emulator\"\n%s\n  limits {\n    max_deletes = 1000\n    allow_empty = true\n  }\n%s\n}\n%s\n",
		p.product.Name, p.settings, settings, blocks)
	if err := os.WriteFile(filepath.Join(p.dir, "main.hcl"), []byte(files), 0o600); err != nil {
		p.t.Fatal(err)
	}
	c, diags := config.Load(p.dir, config.Options{Products: []*schema.Product{p.product}})
	for _, d := range diags {
		if d.Severity == hcl.DiagError {
			p.t.Fatalf("%s\n%s", diags, files)
		}
	}
	live := map[string][]schema.Object{}
	for kind, list := range p.live {
		live[kind] = slices.Clone(list)
	}
	return build.Build(build.Input{Tenant: c.Tenants[0], ID: "42", Live: live, Targets: targets}).Plan, files
}

// removal returns the change of a plan that takes the object away, if any.
func removal(pl *plan.Plan, a schema.Address) *plan.Change {
	for i := range pl.Changes {
		if c := &pl.Changes[i]; c.Addr.Kind == a.Kind && c.Addr.Key == a.Key && c.Action.Removes() && c.Action.Writes() {
			return c
		}
	}
	return nil
}

// check pastes the address of an object, as it is printed, wherever files and
// commands take one.
func (p *pasting) check(o *schema.Object) {
	printed := text.Clean(o.Addr.String())
	key, ok := strings.CutPrefix(printed, o.Kind.Name+".")
	if !ok {
		p.t.Fatalf("%q does not begin with the kind", printed)
	}
	mode := "authoritative"
	if o.Kind.NoList || o.Kind.ListScope != "" {
		mode = "additive"
	}
	managed := fmt.Sprintf("  manage %q {\n    mode = %q\n  }\n", o.Kind.Name, mode)
	undeclared, files := p.plan(managed, "")
	if removal(undeclared, o.Addr) == nil { // nothing removes an object of this kind
		pl, files := p.plan(managed, "", printed)
		if i := slices.IndexFunc(pl.Findings, func(f schema.Finding) bool { return f.Code == "plan/unknown-target" }); i >= 0 {
			p.t.Fatalf("--target %s: %v\n%s", printed, pl.Findings[i], files)
		}
		return
	}
	if pl, _ := p.plan(managed, "", printed); removal(pl, o.Addr) == nil || len(pl.Changes) != 1 && len(o.Kind.Keys()) < 2 {
		p.t.Fatalf("--target %s: %d changes, %v\n%s", printed, len(pl.Changes), pl.Findings, files)
	}
	if pl, _ := p.plan(managed, "", p.product.Name+"."+printed); removal(pl, o.Addr) == nil {
		p.t.Fatalf("--target %s.%s: %v\n%s", p.product.Name, printed, pl.Findings, files)
	}
	ignore := strings.Replace(managed, "\n  }", "\n    ignore = ["+quote(key)+"]\n  }", 1)
	if pl, files := p.plan(ignore, ""); removal(pl, o.Addr) != nil || pl.Errors() > 0 {
		p.t.Fatalf("ignore %s: %v\n%s", key, pl.Findings, files)
	}
	if pl, files := p.plan(managed+"  protect = ["+quote(printed)+"]\n", ""); len(pl.Violations)+pl.Errors() == 0 {
		p.t.Fatalf("protect %s has no effect\n%s", printed, files)
	} else if slices.ContainsFunc(pl.Findings, func(f schema.Finding) bool { return f.Value == printed && f.Code != "plan/protected" }) {
		p.t.Fatalf("protect %s: %v\n%s", printed, pl.Findings, files)
	}
	if pl, files := p.plan("", fmt.Sprintf("removed %q %s {}\n", o.Kind.Name, quote(key))); removal(pl, o.Addr) == nil {
		p.t.Fatalf("removed %s %s: %v\n%s", o.Kind.Name, key, pl.Findings, files)
	}
}

// refer declares new objects that refer to live ones by their keys.
func (p *pasting) refer(block string) {
	var keys []string
	for kind, list := range p.live {
		if place := "{" + kind + "}"; strings.Contains(block, place) {
			key := strings.TrimPrefix(text.Clean(list[0].Addr.String()), kind+".")
			block = strings.ReplaceAll(block, place, quote(key))
			keys = append(keys, list[0].Addr.Key)
		}
	}
	pl, files := p.plan("", block)
	if pl.Errors() > 0 {
		p.t.Fatalf("%v\n%s", pl.Findings, files)
	}
	var named []string
	for i := range pl.Changes {
		want := pl.Changes[i].Want
		for j := range want.Kind.Attributes {
			named = append(named, want.Kind.Attributes[j].Texts(want.Body)...)
		}
	}
	for _, key := range keys {
		if !slices.Contains(named, key) {
			p.t.Fatalf("no new object refers to %q; they refer to %q\n%s", key, named, files)
		}
	}
}

// Every address that is printed can be pasted into --target, ignore, protect,
// removed and references, whatever characters the names in it have.
func TestPrintedAddressesCanBePasted(t *testing.T) {
	// Blocks that refer to live objects: {team} stands for the key of the live team.
	references := map[string]string{
		"partoo": `group "New" { section = {section} }
user "new@zoo.example" {
  first_name  = "New"
  last_name   = "User"
  role        = "GROUP_MANAGER"
  custom_role = {role}
  accesses    = [[{group}]]
}`,
		"uberall": `location_group "New" { users = [{user}] }`,
		"tines":   `membership {team} "new@zoo.example" { role = {role} }`,
	}
	for _, product := range cmd.System().Products {
		t.Run(product.Provider.Name, func(t *testing.T) {
			dir := t.TempDir()
			e, err := product.Emulate(cmd.EmulatorOptions{Now: time.Now})
			if err != nil {
				t.Fatal(err)
			}
			providertest.MustClose(t, e)
			var settings strings.Builder
			for _, s := range e.Settings {
				fmt.Fprintf(&settings, "  %s = %#v\n", s.Name, s.Value)
			}
			rapid.Check(t, func(t *rapid.T) {
				p := newPasting(t, dir, &product.Provider.Product, settings.String())
				kinds := slices.Sorted(maps.Keys(p.live))
				p.check(&p.live[rapid.SampledFrom(kinds).Draw(t, "kind")][0])
				if block, refers := references[product.Provider.Name]; refers {
					p.refer(block)
				}
			})
		})
	}
}
