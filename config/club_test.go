package config

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// The club is a product whose crews declare their members in short form, whose rules are
// documents that nobody can list, and whose members may belong to a directory.

type (
	clubSettings struct{ Site, Members string }
	clubRank     struct{ Name string }
	clubCrew     struct {
		Name    string
		Members map[string]string
		Guests  []string
	}
	clubMember struct{ Crew, Person, Rank string }
	clubRules  struct {
		Rank, Object string
		Boards       map[string]bool
		Fields       map[string][]string
		Hidden       []string
		Words        map[string]string
	}
)

func clubProduct() *schema.Product {
	member := &schema.Kind{
		Name: "member", Doc: "Somebody in a crew.", Grantee: "person",
		Attributes: []schema.Attribute{
			schema.Ref("crew", "Crew of the member.", func(m *clubMember) *string { return &m.Crew }).To("crew").With(schema.Key | schema.Label | schema.Required),
			schema.String("person", "Address of the member.", func(m *clubMember) *string { return &m.Person }).With(schema.Key | schema.Label | schema.Required | schema.FoldCase).Check(address),
			schema.Ref("rank", "Rank of the member.", func(m *clubMember) *string { return &m.Rank }).To("rank").With(schema.Required),
		},
		Validate: func(o *schema.Object) []schema.Finding {
			if m := o.Body.(*clubMember); m.Crew == "deck" && m.Rank == "cook" {
				return []schema.Finding{o.Problem("club/cook", "rank", "A cook is no use on deck", "Choose another rank.")}
			}
			return nil
		},
	}
	crew := &schema.Kind{
		Name: "crew", Doc: "Some people.",
		Attributes: []schema.Attribute{
			schema.String("name", "Name of the crew.", func(c *clubCrew) *string { return &c.Name }).With(schema.Key | schema.Label | schema.Required),
			schema.RefMap("members", "Members and their ranks.", func(c *clubCrew) *map[string]string { return &c.Members }).To("rank").With(schema.ConfigOnly),
		},
		Expand: func(o *schema.Object) []schema.Object {
			var out []schema.Object
			c := o.Body.(*clubCrew)
			for person, rank := range c.Members {
				out = append(out, schema.Object{Kind: member, Body: &clubMember{c.Name, person, rank}, Set: member.Mask("crew", "person", "rank")})
			}
			return out
		},
	}
	return &schema.Product{
		Name: "club", Title: "Club",
		Settings: &schema.Kind{Name: "provider", Attributes: []schema.Attribute{
			schema.String("site", "Site of the club.", func(s *clubSettings) *string { return &s.Site }),
			schema.String("members", "Who keeps the members.", func(s *clubSettings) *string { return &s.Members }).Values("club", "directory"),
		}},
		ReadOnlyKinds: func(settings *schema.Object) []string {
			if settings.Body.(*clubSettings).Members == "directory" {
				return []string{"member"}
			}
			return nil
		},
		Kinds: []*schema.Kind{
			{Name: "rank", Doc: "What a member may do.", Attributes: []schema.Attribute{
				schema.String("name", "Name of the rank.", func(r *clubRank) *string { return &r.Name }).With(schema.Key | schema.Label | schema.Required),
			}},
			crew, member,
			{Name: "rules", Plural: "rules", Doc: "What a rank sees of an object.", UpdateOnly: true, NoList: true, Attributes: []schema.Attribute{
				schema.Ref("rank", "Rank.", func(r *clubRules) *string { return &r.Rank }).To("rank").With(schema.Key | schema.Label | schema.Required | schema.WeakRef),
				schema.String("object", "Object.", func(r *clubRules) *string { return &r.Object }).With(schema.Key | schema.Label | schema.Required),
				schema.BoolMap("boards", "Boards by name.", func(r *clubRules) *map[string]bool { return &r.Boards }).With(schema.MergeEntries).Entries("bills", "orders"),
				schema.SetMap("fields", "Fields by what may be done.", func(r *clubRules) *map[string][]string { return &r.Fields }).With(schema.ConfigOnly).Entries("edit", "read").Check(noComma),
				schema.Set("hidden", "Fields that are hidden.", func(r *clubRules) *[]string { return &r.Hidden }).With(schema.Computed),
				schema.Map("words", "Words.", func(r *clubRules) *map[string]string { return &r.Words }),
			}},
		},
	}
}

func address(s string) error {
	if !strings.Contains(s, "@") {
		return errors.New("must be an address")
	}
	return nil
}

// TestShortForms loads a club and tells every object with its place.
func TestShortForms(t *testing.T) {
	c, diags := Load(write(t, txtar.Parse([]byte(`-- club.hcl --
provider "club" {
  members = "directory"

  manage "crew" {
    mode = "authoritative"
  }
}

rank "mate" {}

locals {
  night = ["Zoe@x.example", "yan@x.example"]
}

crew "deck" {
  members = {
    "Ana@X.example" = rank.mate
    "ben@x.example" = "captain"
    "off@x.example" = null
  }
}

crew "galley" {
  members = { for p in local.night : p => rank.mate }
}

crew "empty" {}

member "deck" "cleo@x.example" {
  rank = rank.mate
}

rules "mate" "order" {
  boards = { orders = true, bills = "false" }
  fields = { edit = "notes", read = ["status", "customer"] }
}

removed "rules" "mate/bill" {}
`))), Options{Products: []*schema.Product{clubProduct()}})
	if len(diags) > 0 {
		t.Fatal(printed(t, diags))
	}
	var got []string
	for _, o := range c.Tenants[0].Objects {
		got = append(got, fmt.Sprintf("%s line %d %+v", o.Addr, o.Pos.Line, o.Body))
	}
	want := []string{
		"rank.mate line 9 &{Name:mate}",
		"crew.deck line 15 &{Name:deck Members:map[Ana@X.example:mate ben@x.example:captain] Guests:[]}",
		"crew.empty line 27 &{Name:empty Members:map[] Guests:[]}",
		"crew.galley line 23 &{Name:galley Members:map[Zoe@x.example:mate yan@x.example:mate] Guests:[]}",
		"member.deck/ana@x.example line 17 &{Crew:deck Person:ana@x.example Rank:mate}",
		"member.deck/ben@x.example line 18 &{Crew:deck Person:ben@x.example Rank:captain}",
		"member.deck/cleo@x.example line 29 &{Crew:deck Person:cleo@x.example Rank:mate}",
		"member.galley/yan@x.example line 23 &{Crew:galley Person:yan@x.example Rank:mate}",
		"member.galley/zoe@x.example line 23 &{Crew:galley Person:zoe@x.example Rank:mate}",
		"rules.mate/order line 33 &{Rank:mate Object:order Boards:map[bills:false orders:true] Fields:map[edit:[notes] read:[customer status]] Hidden:[] Words:map[]}",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("objects (-want +got):\n%s", d)
	}
	manage := c.Tenants[0].Manage
	if manage["member"].Mode != schema.Observe || manage["crew"].Mode != schema.Authoritative {
		t.Errorf("manage is %v", manage)
	}
	if len(c.Tenants[0].Removed) != 1 {
		t.Error("the removed block of a kind without a list is lost")
	}
}
