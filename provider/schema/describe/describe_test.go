package describe_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/describe"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// A body has a field for each type of attribute.
type body struct {
	Name, Text, Mood, Boss, Status, Once string
	Active                               bool
	Seats                                int64
	Tags, Friends                        []string
	Circles                              [][]string
	Notes                                map[string]string
	Doors                                map[string]bool
	Shelves                              map[string][]string
}

func row(name string) schema.Attribute {
	return schema.String(name, "Name that people see.", func(b *body) *string { return &b.Name }).
		With(schema.Key | schema.Label | schema.Required).Like(`"ana"`)
}

// club is a made-up product that has every type and every rule.
func club() *schema.Product {
	person := &schema.Kind{
		Name: "person", Plural: "people", Doc: "A person is somebody in the club. People have friends.", Subject: true,
		Removals: []schema.Action{schema.Deactivate, schema.Delete},
		Attributes: []schema.Attribute{
			row("name"),
			schema.String("mood", "How the person is | feels.", func(b *body) *string { return &b.Mood }).
				With(schema.Required).Values("calm", "wild").Like(`"calm"`),
			schema.Ref("boss", "Who decides.", func(b *body) *string { return &b.Boss }).To("person", "office").With(schema.CarriesRights).Like(`office.first`),
			schema.Set("tags", "Free words.", func(b *body) *[]string { return &b.Tags }).Like(`["a", "b"]`),
			schema.RefSet("friends", "People who like the person.", func(b *body) *[]string { return &b.Friends }).To("person").Like(`[person.ben]`),
			schema.RefSets("circles", "Sets of people.", func(b *body) *[][]string { return &b.Circles }).To("person").Through("circle").Like(`[circle.inner]`),
			schema.Map("notes", "Words by topic.", func(b *body) *map[string]string { return &b.Notes }).Like(`{ diet = "fish" }`),
			schema.Bool("active", "Whether the person comes.", func(b *body) *bool { return &b.Active }).Like(`true`),
			schema.Int("seats", "How many chairs.", func(b *body) *int64 { return &b.Seats }).With(schema.ConfigOnly).Like(`2`),
			schema.String("once", "How the person is greeted.", func(b *body) *string { return &b.Once }).With(schema.WriteOnce).Like(`"hello"`),
			schema.String("status", "What the product says.", func(b *body) *string { return &b.Status }).With(schema.ReadOnly),
		},
		Validate: func(o *schema.Object) []schema.Finding {
			if o.Has("tags") && o.Has("friends") {
				return []schema.Finding{o.Problem("club/lonely", "friends", "Tags and friends exclude each other", "Choose one.")}
			}
			return nil
		},
	}
	office := &schema.Kind{
		Name: "office", Doc: "An office is there from the start.", UpdateOnly: true,
		Attributes: []schema.Attribute{
			row("name"),
			schema.String("text", "What it does.", func(b *body) *string { return &b.Text }).With(schema.Immutable | schema.LongText),
		},
	}
	circle := &schema.Kind{
		Name: "circle", Doc: "A circle is a set of people.", Virtual: true,
		Attributes: []schema.Attribute{
			row("name"),
			schema.RefSet("members", "Who is in it.", func(b *body) *[]string { return &b.Friends }).To("person").With(schema.Required).Like(`[person.ana]`),
		},
	}
	card := &schema.Kind{
		Name: "card", Doc: "A card opens doors for a person.", Grantee: "boss",
		Attributes: []schema.Attribute{
			row("name"),
			schema.Ref("boss", "Whose card it is.", func(b *body) *string { return &b.Boss }).To("person").
				With(schema.Required | schema.WeakRef).Like(`person.ana`),
			schema.Ref("lender", "Who lends it.", func(b *body) *string { return &b.Text }).To("person").
				With(schema.Key | schema.Required | schema.OwnedBy).Like(`person.ben`),
			schema.RefMap("notes", "Circle to see on each floor.", func(b *body) *map[string]string { return &b.Notes }).To("circle").Like(`{ first = circle.inner }`),
		},
	}
	settings := &schema.Kind{
		Name: "club", Doc: "Settings.",
		Attributes: []schema.Attribute{
			schema.Int("club_id", "Number of the club.", func(b *body) *int64 { return &b.Seats }).With(schema.Required).Like(`1`),
			schema.String("endpoint", "Base URL.", func(b *body) *string { return &b.Text }).Like(`"emulator"`),
		},
	}
	return &schema.Product{
		Name: "club", Title: "Club", Doc: "Club keeps people together.", KeyEnv: "CLUB_API_KEY",
		Settings: settings, Kinds: []*schema.Kind{office, person, circle, card, rules()},
	}
}

// rules are documents that the club does not list.
func rules() *schema.Kind {
	return &schema.Kind{
		Name: "rules", Plural: "rules", Doc: "Rules say what may be done with a thing.", UpdateOnly: true, NoList: true,
		Attributes: []schema.Attribute{
			row("name"),
			schema.BoolMap("doors", "Doors that open.", func(b *body) *map[string]bool { return &b.Doors }).
				With(schema.MergeEntries).Entries("front", "back").Like(`{ front = true }`),
			schema.SetMap("shelves", "What is on which shelf.", func(b *body) *map[string][]string { return &b.Shelves }).
				With(schema.ConfigOnly).Like(`{ top = "tea", low = ["jam", "salt"] }`),
			schema.Set("tags", "What came of it.", func(b *body) *[]string { return &b.Tags }).With(schema.Computed),
		},
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s is stale; look at the difference, then run the test with -update\n%s", file, diff)
	}
}

func TestGolden(t *testing.T) {
	p := club()
	marked := describe.Style{Width: 60, Style: true}
	var list, product, kind, styled bytes.Buffer
	for _, err := range []error{
		describe.Products(&list, []*schema.Product{p, p}, describe.Style{Width: 40}),
		describe.Product(&product, p, describe.Style{}),
		describe.Kind(&kind, p, p.Kind("person"), describe.Style{}),
		describe.Kind(&styled, p, p.Kind("office"), marked),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	golden(t, "products.txt", list.Bytes())
	golden(t, "product.txt", product.Bytes())
	golden(t, "kind.txt", kind.Bytes())
	golden(t, "kind-styled.txt", styled.Bytes())
	golden(t, "club.md", describe.Markdown(p))
	golden(t, "club.json", indent(t, describe.JSON([]*schema.Product{p}, nil)))
	golden(t, "club.schema.json", indent(t, describe.JSONSchema([]*schema.Product{p})))
}

func indent(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(b, '\n')
}

// No line of text is wider than asked for, but for single words.
func TestWidth(t *testing.T) {
	for _, width := range []int{40, 80, 140} {
		var b bytes.Buffer
		p := club()
		if err := describe.Product(&b, p, describe.Style{Width: width}); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			if words := strings.Fields(line); len([]rune(strings.TrimRight(line, "\n"))) > width && len(words) > 1 && strings.HasPrefix(line, "      ") {
				t.Errorf("width %d: %q", width, line)
			}
		}
	}
}

// A kind whose rules allow not all examples together gets a block that they do.
func TestExampleObeysRules(t *testing.T) {
	want := `person "ana" {
  mood    = "calm"
  boss    = office.first
  tags    = ["a", "b"]
  circles = [circle.inner]
  notes   = { diet = "fish" }
  seats   = 2
}
`
	if diff := cmp.Diff(want, describe.Example(club().Kind("person"))); diff != "" {
		t.Error(diff)
	}
}

func TestExampleNeedsEveryRequired(t *testing.T) {
	k := &schema.Kind{Name: "x", Attributes: []schema.Attribute{
		schema.String("name", "", func(b *body) *string { return &b.Name }).With(schema.Required),
	}}
	if got := describe.Example(k); got != "" {
		t.Errorf("got %q, want none: the required attribute has no example", got)
	}
}

func compile(t *testing.T, products ...*schema.Product) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(indent(t, describe.JSONSchema(products))))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("rolecall.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("rolecall.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestJSONSchema(t *testing.T) {
	s := compile(t, club())
	tests := []struct {
		name, doc string
		good      bool
	}{
		{"empty", `{}`, true},
		{"all blocks", `{
			"//": "a comment",
			"rolecall": {"required_version": ">= 0.1.0"},
			"locals": {"a": 1, "b": ["${var.c}"]},
			"variable": {"c": {"type": "string", "default": "x", "validation": {"condition": "${var.c != \"\"}", "error_message": "no"}}},
			"provider": {"club": {"club_id": 1, "protect": ["person.ana"], "manage": {"person": {"mode": "authoritative", "on_removal": "delete", "ignore": ["x*"]}}, "limits": {"max_deletes": 3}}},
			"removed": {"person": {"ben": {}}},
			"office": {"first": {"text": "t"}},
			"circle": {"inner": {"members": ["${person.ana}"]}}
		}`, true},
		{"every attribute", `{"person": {"ana": {"mood": "calm", "boss": "ben", "tags": ["a"], "friends": [], "circles": [["a"], "${circle.x}"],
			"notes": {"a": "b"}, "active": true, "seats": 2, "once": "hello", "previously": ["an"], "provider": "club.north"}}}`, true},
		{"expressions everywhere", `{"person": {"ana": {"for_each": "${local.people}", "mood": "${each.value}", "tags": "${concat(a, b)}", "circles": "${x}",
			"notes": "${m}", "active": "${var.on}", "seats": "${1 + 1}"}}}`, true},
		{"null is unset", `{"person": {"ana": {"mood": "wild", "active": null, "tags": null}}}`, true},
		{"blocks as lists", `{"person": [{"ana": [{"mood": "calm"}]}, {"ben": {"mood": "wild"}}], "provider": [{"club": [{"club_id": 1}, {"club_id": 2, "alias": "b"}]}]}`, true},

		{"unknown kind", `{"persn": {"ana": {"mood": "calm"}}}`, false},
		{"unknown attribute", `{"person": {"ana": {"mood": "calm", "age": 3}}}`, false},
		{"required is missing", `{"person": {"ana": {}}}`, false},
		{"not in the list", `{"person": {"ana": {"mood": "sad"}}}`, false},
		{"text for bool", `{"person": {"ana": {"mood": "calm", "active": "yes"}}}`, false},
		{"text for number", `{"person": {"ana": {"mood": "calm", "seats": "two"}}}`, false},
		{"fraction", `{"person": {"ana": {"mood": "calm", "seats": 1.5}}}`, false},
		{"text for list", `{"person": {"ana": {"mood": "calm", "tags": "a"}}}`, false},
		{"number in list", `{"person": {"ana": {"mood": "calm", "tags": [1]}}}`, false},
		{"flat list for sets", `{"person": {"ana": {"mood": "calm", "circles": ["a"]}}}`, false},
		{"read only", `{"person": {"ana": {"mood": "calm", "status": "here"}}}`, false},
		{"label missing", `{"person": {"mood": "calm"}}`, false},
		{"previously on what exists", `{"office": {"first": {"previously": ["x"]}}}`, false},
		{"unknown product", `{"provider": {"clob": {}}}`, false},
		{"setting missing", `{"provider": {"club": {}}}`, false},
		{"managed virtual kind", `{"provider": {"club": {"club_id": 1, "manage": {"circle": {}}}}}`, false},
		{"unknown mode", `{"provider": {"club": {"club_id": 1, "manage": {"person": {"mode": "careful"}}}}}`, false},
		{"removal that the kind has not", `{"provider": {"club": {"club_id": 1, "manage": {"office": {"on_removal": "delete"}}}}}`, false},
		{"removed what exists", `{"removed": {"office": {"first": {}}}}`, false},
		{"list at the top", `[]`, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc, err := jsonschema.UnmarshalJSON(strings.NewReader(tt.doc))
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Validate(doc); (err == nil) != tt.good {
				t.Errorf("good = %v, want %v: %v", err == nil, tt.good, err)
			}
		})
	}
}

// Products may have kinds of one name. What a block may say is its product's, as
// far as the file tells which that is.
func TestJSONSchemaOfTwoProducts(t *testing.T) {
	other := club()
	other.Name = "guild"
	other.Kinds = []*schema.Kind{
		{Name: "person", Doc: "A guild member.", Attributes: []schema.Attribute{
			row("name"), schema.String("craft", "What the person makes.", func(b *body) *string { return &b.Text }).With(schema.Required),
		}},
		{Name: "hall", Doc: "Where they meet.", Attributes: []schema.Attribute{row("name")}},
	}
	s := compile(t, club(), other)
	const inClub, inGuild, inBoth = `"provider": {"club": {"club_id": 1}}, `, `"provider": [{"guild": {"club_id": 1}}], `, `"provider": {"club": {"club_id": 1}, "guild": {"club_id": 1}}, `
	for _, tt := range []struct {
		name, text string
		good       bool
	}{
		{"either, where nothing tells which", `"person": {"ana": {"mood": "calm"}, "ben": {"craft": "shoes"}}`, true},
		{"not a mixture", `"person": {"ana": {"craft": "shoes", "mood": "calm"}}`, false},
		{"the only product's", inClub + `"person": {"ana": {"mood": "calm"}}`, true},
		{"another product's", inClub + `"person": {"ana": {"craft": "shoes"}}`, false},
		{"the only product's, in a list", inGuild + `"person": [{"ana": [{"craft": "shoes"}]}]`, true},
		{"another product's, in a list", inGuild + `"person": [{"ana": [{"mood": "calm"}]}]`, false},
		{"either, in a file of both", inBoth + `"person": {"ana": {"mood": "calm"}, "ben": {"craft": "shoes"}}`, true},
		{"as it says", inBoth + `"person": {"ana": {"mood": "calm", "provider": "club"}, "ben": {"craft": "shoes", "provider": "guild.north"}}`, true},
		{"not as it says", inBoth + `"person": {"ana": {"mood": "calm", "provider": "guild"}}`, false},
		{"as it says, of another file's product", inClub + `"person": {"ben": {"craft": "shoes", "provider": "guild"}}`, true},
		{"no such product", `"person": {"ana": {"mood": "calm", "provider": "clubs"}}`, false},
		{"a kind that is not the provider's", `"hall": {"old": {"provider": "club"}}`, false},
		{"a kind that only one has", `"hall": {"old": {}}`, true},
		{"a kind that the only product has not", inClub + `"hall": {"old": {}}`, false},
		{"a kind of another file's product", inClub + `"hall": {"old": {"provider": "guild"}}`, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			doc, err := jsonschema.UnmarshalJSON(strings.NewReader("{" + tt.text + "}"))
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Validate(doc); (err == nil) != tt.good {
				t.Errorf("good = %v, want %v: %v", err == nil, tt.good, err)
			}
		})
	}
}
