package build

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// mishaps are situations in which a plan has something to say, so that every
// message can be read in testdata/findings.golden.
func mishaps() []func(z *zoo) {
	frozen := func(o *schema.Object, names ...string) {
		o.Frozen, o.FrozenBy = schema.Everything, "it is fed by an import"
		if len(names) > 0 {
			o.Frozen, o.FrozenBy = o.Kind.Mask(names...), "built-in roles keep their names"
		}
	}
	return []func(z *zoo){
		func(z *zoo) {
			z.files(&zooUser{Email: "ana@zoo.example", Role: "keper"}, "role")
			z.files(&zooUser{Email: "ben@zoo.example", Role: "keper"}, "role")
			z.both(&zooRole{ID: "keeper"})
		},
		func(z *zoo) {
			z.files(&zooSection{Name: "Kontinent"}).Previously = []string{"Continent"}
			z.files(&zooGroup{Section: "Continent", Name: "Asia"})
			z.live(&zooSection{Name: "Continent"})
		},
		func(z *zoo) {
			z.removed("group", "Food/Meat")
			z.live(&zooGroup{Section: "Food", Name: "Meat"})
			for i := range 5 {
				z.live(&zooUser{Email: fmt.Sprintf("u%d@zoo.example", i), Accesses: [][]string{{"Food/Meat"}}})
			}
		},
		func(z *zoo) {
			nightGoes(schema.Additive)(z)
			z.files(shift("Night", "ana", "keeper"))
			z.in.Self = schema.Address{Provider: "zoo", Kind: "user", Key: "ben@zoo.example"}
		},
		func(z *zoo) {
			nightGoes(schema.Additive)(z)
			z.in.Self = schema.Address{Provider: "zoo", Kind: "user", Key: "ben@zoo.example"}
			z.in.Tenant.Protect = []string{"user.ana@zoo.example"}
		},
		func(z *zoo) {
			group := z.in.Tenant.Product.Kind("group")
			group.Attributes[group.Index("section")].Flags |= schema.OwnedBy
			z.removed("section", "Food")
			z.live(&zooSection{Name: "Food"})
			z.live(&zooGroup{Section: "Food", Name: "Meat"})
			z.live(&zooUser{Email: "ana@zoo.example", Accesses: [][]string{{"Food/Meat"}}})
		},
		func(z *zoo) {
			z.files(&zooRole{ID: "head"}).Previously = []string{"keeper"}
			z.files(&zooUser{Email: "ana@zoo.example", Role: "keeper"}, "role")
			z.live(&zooRole{ID: "keeper"})
			z.live(&zooUser{Email: "ana@zoo.example", Role: "keeper"})
		},
		func(z *zoo) {
			z.files(&zooSection{Name: "Region"}).Previously = []string{"continent"}
			z.live(&zooSection{Name: "Continent"})
		},
		func(z *zoo) {
			z.files(&zooSection{Name: "Food", Code: "F2"})
			z.live(&zooSection{Name: "Food", Code: "F1"})
		},
		func(z *zoo) {
			z.files(&zooRole{ID: "keeper", Code: "K2"})
			z.live(&zooRole{ID: "keeper", Code: "K1"})
		},
		func(z *zoo) {
			z.files(&zooBuiltin{ID: "KEEPER", Name: "My keeper"}, "name")
			frozen(z.live(&zooBuiltin{ID: "KEEPER", Name: "Keeper"}), "id", "name")
		},
		func(z *zoo) {
			z.files(&zooBuiltin{ID: "KEPER"}, "permissions")
			z.live(&zooBuiltin{ID: "KEEPER"})
			z.live(&zooBuiltin{ID: "GUIDE"})
		},
		func(z *zoo) {
			z.manage("user", schema.Manage{NoCreate: true})
			z.files(&zooUser{Email: "anna@zoo.example"})
			z.live(&zooUser{Email: "ana@zoo.example"})
		},
		func(z *zoo) {
			z.files(&zooTeam{Name: "Night"})
			z.live(&zooTeam{Name: "Night"}).ID = "1"
			z.live(&zooTeam{Name: "Night"}).ID = "2"
			z.files(shift("Night", "ana", "keeper"))
		},
		func(z *zoo) {
			z.files(&zooBuiltin{ID: "Keeper"}, "permissions")
			z.files(&zooBuiltin{ID: "KEEPER"}, "permissions")
			z.live(&zooBuiltin{ID: "KEEPER"}).Alias = "Keeper"
		},
		func(z *zoo) {
			z.manage("user", schema.Manage{Ignore: []string{"*@vendor.example", "[a-"}})
			z.both(&zooUser{Email: "bot@vendor.example"})
		},
		func(z *zoo) {
			z.both(&zooSection{Name: "Kontinent"})
			z.in.Tenant.Objects[0].Previously = []string{"Continent"}
			z.live(&zooSection{Name: "Continent"})
		},
		func(z *zoo) {
			z.files(&zooSection{Name: "Kontinent"}).Previously = []string{"Continent", "Continents"}
			z.live(&zooSection{Name: "Continent"})
			z.live(&zooSection{Name: "Continents"})
		},
		func(z *zoo) {
			z.files(&zooSection{Name: "A"}).Previously = []string{"Continent"}
			z.files(&zooSection{Name: "B"}).Previously = []string{"Continent"}
			z.live(&zooSection{Name: "Continent"})
		},
		func(z *zoo) {
			z.both(&zooRole{ID: "head"})
			z.in.Tenant.Objects[0].Previously = []string{"keeper"}
			z.live(&zooRole{ID: "keeper"})
		},
		func(z *zoo) {
			z.removed("role", "vet")
			z.removed("builtin_role", "KEEPER")
			z.removed("section", "Imported")
			z.removed("team", "Night")
			z.manage("team", schema.Manage{Ignore: []string{"N*"}})
			z.both(&zooRole{ID: "vet"})
			z.live(&zooBuiltin{ID: "KEEPER"})
			frozen(z.live(&zooSection{Name: "Imported"}))
			z.live(&zooTeam{Name: "Night"})
		},
		func(z *zoo) {
			z.in.Targets = []string{"role.keper", "rolle.keeper", "team.Night"}
			z.both(&zooRole{ID: "keeper"})
			delete(z.in.Live, "team")
		},
		func(z *zoo) {
			z.files(&zooRole{ID: "keeper", Permissions: []string{"clean"}})
			z.live(&zooRole{ID: "keeper"})
			for i := range maxImpactReads + 1 {
				z.live(&zooUser{Email: fmt.Sprintf("u%d@zoo.example", i)}, "name").Incomplete = true
			}
		},
		func(z *zoo) {
			z.manage("role", schema.Manage{Mode: schema.Authoritative})
			z.live(&zooRole{ID: "keeper"})
		},
		func(z *zoo) {
			z.manage("role", schema.Manage{Mode: schema.Authoritative})
			z.both(&zooRole{ID: "keeper"})
			for i := range 6 {
				z.live(&zooRole{ID: fmt.Sprintf("r%d", i)})
			}
		},
		func(z *zoo) { // one of them is live, one declared, one of a kind that nobody listed
			z.in.Tenant.Protect = []string{"user.anna@zoo.example", "user.ana@zoo.example", "role.keeper", "team.Night"}
			z.files(&zooRole{ID: "keeper"})
			z.live(&zooUser{Email: "ana@zoo.example"})
			delete(z.in.Live, "team")
		},
		func(z *zoo) {
			z.in.Self = schema.Address{Provider: "zoo", Kind: "user", Key: "ana@zoo.example"}
			z.in.Tenant.Protect = []string{"user.ana@zoo.example"}
			z.removed("user", "ana@zoo.example")
			z.live(&zooUser{Email: "ana@zoo.example", Admin: true})
		},
		func(z *zoo) {
			z.in.Self = schema.Address{Provider: "zoo", Kind: "user", Key: "ana@zoo.example"}
			z.in.Tenant.Protect = []string{"user.ana@zoo.example"}
			z.files(&zooUser{Email: "ana@zoo.example"}, "admin")
			z.live(&zooUser{Email: "ana@zoo.example", Admin: true})
			z.live(&zooUser{Email: "ben@zoo.example", Admin: true})
		},
		func(z *zoo) {
			z.both(&zooSection{Name: "Food"})
			z.files(&zooGroup{Section: "Food", Name: "Meat", Animals: []string{"lion"}})
			z.live(&zooGroup{Section: "Food", Name: "Meat", Animals: []string{"elk"}})
			z.both(&zooGroup{Section: "Food", Name: "Fish", Animals: []string{"seal"}})
			z.files(&zooUser{Email: "ana@zoo.example", Accesses: [][]string{{"Food/Fish"}, {"Food/Meat"}}}, "accesses")
			z.live(&zooUser{Email: "ana@zoo.example", Accesses: [][]string{{"Food/Meat"}}})
		},
		func(z *zoo) {
			shifts(z)
			z.both(shift("Day", "ana", "keeper"))
			z.both(shift("Night", "ana", "keeper"))
			z.live(&zooUser{Email: "ana@zoo.example"})
			z.removed("user", "ana@zoo.example")
		},
		func(z *zoo) {
			shifts(z)
			z.in.Self = schema.Address{Provider: "zoo", Kind: "user", Key: "ana@zoo.example"}
			z.in.Tenant.Protect = []string{"user.ana@zoo.example"}
			z.live(&zooUser{Email: "ana@zoo.example"})
			z.files(shift("Day", "ana", "keeper"))
			z.live(shift("Day", "ana", "vet"))
			z.live(shift("Night", "ana", "vet"))
		},
		func(z *zoo) {
			z.files(&zooUser{Email: "evil@zoo.example", Admin: true}).Previously = []string{"ceo@zoo.example"}
			z.live(&zooUser{Email: "ceo@zoo.example", Admin: true})
			z.in.Tenant.Protect = []string{"boss", "user.", "usr.ceo@zoo.example", "access.birds", "user.CEO@zoo.example"}
			z.in.Self = schema.Address{Provider: "zoo", Kind: "user", Key: "CEO@zoo.example"}
		},
		func(z *zoo) {
			z.manage("group", schema.Manage{Mode: schema.Authoritative})
			z.files(&zooSection{Name: "region"})
			z.live(&zooSection{Name: "Region"})
			z.both(&zooSection{Name: "Continent"})
			z.files(&zooGroup{Section: "Continent", Name: "North"})
			z.live(&zooGroup{Section: "Continent", Name: "North\r"})
			z.files(&zooTeam{Name: "Night shift"})
			z.live(&zooTeam{Name: "Night\u00a0 shift"})
			z.files(&zooRole{ID: "Vet"})
			z.files(&zooRole{ID: "vet"})
		},
		func(z *zoo) {
			z.in.Targets = []string{"group.A/B/C"}
			z.both(&zooSection{Name: "A"})
		},
		func(z *zoo) {
			z.files(&zooRules{Role: "sales", Object: "ordr"}, "boards")
			z.both(&zooRules{Role: "sales", Object: "order"})
		},
		func(z *zoo) {
			keepers(z, 12, "clean", "feed")
			others(z, 4)
			z.in.Tenant.Protect = []string{"user.u00@zoo.example"}
			z.files(&zooRole{ID: "keeper"}, "permissions")
			z.removed("user", "v00@zoo.example")
		},
		func(z *zoo) {
			z.manage("user", schema.Manage{Ignore: []string{"*@vendor.exmaple"}})
			z.live(&zooUser{Email: "bot@vendor.example"})
			z.files(&zooUser{Email: "ana@zoo.example"}, "name")
			z.live(&zooUser{Email: "ana@zoo.example", Disabled: true})
		},
		func(z *zoo) {
			z.removed("user", "bne@zoo.example")
			z.live(&zooUser{Email: "ben@zoo.example"})
		},
		func(z *zoo) {
			z.files(&zooRole{ID: "warden", Permissions: []string{"feed"}})
			z.live(&zooRole{ID: "keeper", Permissions: []string{"feed"}})
		},
		func(z *zoo) {
			others(z, 20)
			for i := range 4 {
				z.removed("user", fmt.Sprintf("v%02d@zoo.example", i))
				z.in.Recent.Removed = append(z.in.Recent.Removed, schema.Address{Kind: "user", Key: fmt.Sprint(i)})
			}
		},
		func(z *zoo) {
			others(z, 20)
			z.removed("user", "v00@zoo.example")
			z.in.Recent.Unknown = "zoo/.rolecall/journal/a.jsonl: line 3 of the journal: unexpected end of JSON input"
		},
		func(z *zoo) {
			z.live(&zooUser{Email: "ana@zoo.example", Admin: true})
			z.files(&zooUser{Email: "ana@zoo.example", Admin: true}).Term = &schema.Term{Expires: "2027-01-01", Days: 90}
		},
	}
}

func TestFindingsGolden(t *testing.T) {
	var b strings.Builder
	seen := map[string]bool{}
	for _, set := range mishaps() {
		z := newZoo()
		set(z)
		p := Build(z.in).Plan
		for _, f := range slices.Concat(p.Findings, p.Violations) {
			seen[f.Code] = true
			if n := utf8.RuneCountInString(f.Summary); n > 60 || strings.HasSuffix(f.Summary, ".") {
				t.Errorf("%s: the summary has %d characters, or a period: %s", f.Code, n, f.Summary)
			}
			if !strings.HasSuffix(f.Detail, ".") && !strings.HasSuffix(f.Detail, "?") {
				t.Errorf("%s: the detail is not a sentence: %s", f.Code, f.Detail)
			}
			fmt.Fprintf(&b, "%s %s %s line %d", f.Severity, f.Code, f.Addr, f.Pos.Line)
			if f.Attribute != "" {
				fmt.Fprintf(&b, " attribute %s", f.Attribute)
			}
			if f.Value != "" {
				fmt.Fprintf(&b, " value %s", f.Value)
			}
			fmt.Fprintf(&b, "\n  %s\n  %s\n\n", f.Summary, f.Detail)
		}
	}
	golden := filepath.Join("testdata", "findings.golden")
	if *updateFindings {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("findings (-want +got), rewrite with -update:\n%s", diff)
	}
	for _, code := range codes(t) {
		if !seen[code] {
			t.Errorf("no situation here leads to %s", code)
		}
	}
}

// codes lists every code that the package's source mentions.
func codes(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`"(plan/[a-z-]+)"`).FindAllStringSubmatch(string(text), -1) {
			out = append(out, m[1])
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

var updateFindings = flag.Bool("update", false, "rewrite the golden files of this package")
