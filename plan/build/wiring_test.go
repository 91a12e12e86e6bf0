package build_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/build"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// The product of these tests is a camp: rangers belong to a site, which takes them
// along when it is deleted, and cabins name the rangers who may enter.
type (
	site   struct{ Name string }
	ranger struct {
		Site, Name, Duty string
		Admin            bool
	}
	cabin struct {
		Name    string
		Rangers []string
	}
	duty struct {
		Name        string
		May, Skills []string
	}
	skill struct {
		Name string
		May  []string
	}
)

var camp = &schema.Product{Name: "camp", Title: "Camp", Kinds: []*schema.Kind{
	{Name: "site", Attributes: []schema.Attribute{
		schema.String("name", "", func(s *site) *string { return &s.Name }).With(schema.Key | schema.Label),
	}},
	{Name: "skill", Attributes: []schema.Attribute{
		schema.String("name", "", func(s *skill) *string { return &s.Name }).With(schema.Key | schema.Label),
		schema.Set("may", "", func(s *skill) *[]string { return &s.May }).With(schema.CarriesRights),
	}},
	{Name: "duty", Plural: "duties", Attributes: []schema.Attribute{
		schema.String("name", "", func(d *duty) *string { return &d.Name }).With(schema.Key | schema.Label),
		schema.Set("may", "", func(d *duty) *[]string { return &d.May }).With(schema.CarriesRights),
		schema.RefSet("skills", "", func(d *duty) *[]string { return &d.Skills }).To("skill").With(schema.CarriesRights),
	}},
	{
		Name: "ranger", Subject: true,
		Attributes: []schema.Attribute{
			schema.Ref("site", "", func(r *ranger) *string { return &r.Site }).To("site").With(schema.Key | schema.Immutable | schema.OwnedBy),
			schema.String("name", "", func(r *ranger) *string { return &r.Name }).With(schema.Key | schema.Label),
			schema.Ref("duty", "", func(r *ranger) *string { return &r.Duty }).To("duty").With(schema.CarriesRights),
			schema.Bool("admin", "", func(r *ranger) *bool { return &r.Admin }).With(schema.CarriesRights),
		},
		Administers: func(o *schema.Object) bool { return o.Body.(*ranger).Admin },
		Grants: func(o *schema.Object, look schema.Lookup) []schema.Grant {
			r := o.Body.(*ranger)
			var out []schema.Grant
			if d, ok := look("duty", r.Duty); ok {
				may := slices.Clone(d.Body.(*duty).May)
				for _, name := range d.Body.(*duty).Skills {
					if s, ok := look("skill", name); ok {
						may = append(may, s.Body.(*skill).May...)
					}
				}
				for _, right := range may {
					out = append(out, schema.Grant{Right: right, Scope: r.Site, Via: "duty " + r.Duty})
				}
			}
			if r.Admin {
				out = append(out, schema.Grant{Right: "everything", Scope: "the camp", Via: "admin"})
			}
			return out
		},
	},
	{Name: "cabin", Attributes: []schema.Attribute{
		schema.String("name", "", func(c *cabin) *string { return &c.Name }).With(schema.Key | schema.Label),
		schema.RefSet("rangers", "", func(c *cabin) *[]string { return &c.Rangers }).To("ranger"),
	}},
}}

func campObject(kind, id string, body any) schema.Object {
	k := camp.Kind(kind)
	o := schema.Object{Kind: k, Addr: schema.Address{Provider: "camp", Kind: kind}, ID: id, Body: body, Set: 1<<len(k.Attributes) - 1}
	o.Rekey()
	return o
}

// campInput is a camp in which every kind was listed.
func campInput(live ...schema.Object) build.Input {
	in := build.Input{
		Tenant: &schema.Tenant{Name: "camp", Product: camp, Manage: map[string]schema.Manage{}, Limits: schema.DefaultLimits()},
		ID:     "7", Live: map[string][]schema.Object{},
	}
	for _, k := range camp.Kinds {
		in.Live[k.Name] = []schema.Object{}
	}
	for _, o := range live {
		in.Live[o.Kind.Name] = append(in.Live[o.Kind.Name], o)
	}
	return in
}

// staffed is a camp with two sites. North, which a removed block names, has three
// rangers, of whom ana administers the camp.
func staffed() build.Input {
	in := campInput(
		campObject("site", "s1", &site{"North"}), campObject("site", "s2", &site{"South"}),
		campObject("duty", "d1", &duty{Name: "fire", May: []string{"burn"}}),
		campObject("ranger", "r1", &ranger{Site: "North", Name: "ana", Duty: "fire", Admin: true}),
		campObject("ranger", "r2", &ranger{Site: "North", Name: "ben", Duty: "fire"}),
		campObject("ranger", "r3", &ranger{Site: "North", Name: "cem", Duty: "fire"}),
		campObject("ranger", "r4", &ranger{Site: "South", Name: "dov", Duty: "fire", Admin: true}),
	)
	in.Tenant.Removed = []schema.Removal{{Kind: "site", Key: "North", Pos: schema.Pos{File: "camp.hcl", Line: 3}}}
	return in
}

// stops lists the violations as "code address".
func stops(p *plan.Plan) []string {
	var out []string
	for _, f := range p.Violations {
		out = append(out, f.Code+" "+f.Addr.Kind+"."+f.Addr.Key)
	}
	slices.Sort(out)
	return out
}

// Who goes along with an object that is deleted is guarded like who is deleted, and
// each guard names the object that it is about.
func TestLimitsCheckCascades(t *testing.T) {
	for _, c := range []struct {
		name string
		set  func(in *build.Input)
		want []string
	}{
		{"nobody special", func(*build.Input) {}, nil},
		{"the last administrator", func(in *build.Input) {
			in.Live["ranger"][3].Body.(*ranger).Admin = false
		}, []string{"plan/last-administrator ranger.North/ana"}},
		{"the key's own user", func(in *build.Input) {
			in.Self = schema.Address{Provider: "camp", Kind: "ranger", Key: "North/cem"}
		}, []string{"plan/self-lockout ranger.North/cem"}},
		{"a protected one", func(in *build.Input) {
			in.Tenant.Protect = []string{"ranger.North/ben"}
		}, []string{"plan/protected ranger.North/ben"}},
		{"a protected one of another site", func(in *build.Input) {
			in.Tenant.Protect = []string{"ranger.South/dov"}
		}, nil},
		{"too many", func(in *build.Input) {
			in.Tenant.Limits.MaxDeletes = 2
		}, []string{"plan/limit-removals ranger."}},
		{"not too many", func(in *build.Input) {
			in.Tenant.Limits.MaxDeletes = 3
		}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := staffed()
			in.Tenant.Limits.MaxDeletePercent = 0
			c.set(&in)
			p := build.Build(in).Plan
			if got := stops(p); !slices.Equal(got, c.want) {
				t.Errorf("the plan is stopped by %q, want %q", got, c.want)
			}
			if len(p.Changes) != 1 || p.Changes[0].Action != schema.Delete || p.Changes[0].Addr.Key != "North" {
				t.Errorf("the plan is not the delete alone: %+v", p.Changes)
			}
		})
	}
}

// An object whose references are not known may refer to what is to be deleted, so
// it is read first; then the delete is refused.
func TestDeleteWaitsForAnIncompleteReferrer(t *testing.T) {
	in := campInput(campObject("site", "s1", &site{"North"}), campObject("ranger", "r1", &ranger{Site: "North", Name: "ana"}), campObject("cabin", "c1", &cabin{Name: "lake"}))
	thin := &in.Live["cabin"][0]
	thin.Incomplete, thin.Set = true, thin.Kind.Mask("name")
	in.Tenant.Removed = []schema.Removal{{Kind: "ranger", Key: "North/ana", Pos: schema.Pos{File: "camp.hcl", Line: 3}}}
	if r := build.Build(in); len(r.Missing.Objects) != 1 || r.Missing.Objects[0].ID != "c1" || r.Plan != nil {
		t.Fatalf("to be completed: %v; plan: %+v", r.Missing.Objects, r.Plan)
	}
	*thin = campObject("cabin", "c1", &cabin{Name: "lake", Rangers: []string{"North/ana"}})
	p := build.Build(in).Plan
	if p == nil || len(p.Changes) != 1 || p.Changes[0].Action != schema.Refuse || len(p.Findings) == 0 || p.Findings[0].Code != "plan/still-referenced" {
		t.Errorf("the delete is not refused: %+v, %+v", p.Changes, p.Findings)
	}
}

// steps writes each change as "action address (attributes) after positions".
func steps(p *plan.Plan) []string {
	var out []string
	for i := range p.Changes {
		c := &p.Changes[i]
		var names []string
		if c.Have != nil && c.Want != nil {
			for n := range c.Want.Kind.Attributes {
				if c.Changed.Has(n) {
					names = append(names, c.Want.Kind.Attributes[n].Name)
				}
			}
		}
		line := c.Action.String() + " " + c.Addr.Kind + "." + c.Addr.Key
		if len(names) > 0 {
			line += " (" + strings.Join(names, " ") + ")"
		}
		for _, n := range c.DependsOn {
			line += " after " + p.Changes[n].Addr.Kind + "." + p.Changes[n].Addr.Key
		}
		out = append(out, line)
	}
	return out
}

// declare puts an object into the files.
func declare(in *build.Input, o schema.Object) {
	o.ID, o.Pos = "", schema.Pos{File: "camp.hcl", Line: len(in.Tenant.Objects) + 10}
	in.Tenant.Objects = append(in.Tenant.Objects, o)
}

// A person who gets a duty waits until the duty, and what it refers to, has lost
// what the plan takes from it.
func TestSubjectWaitsForNarrowing(t *testing.T) {
	in := campInput(campObject("site", "s1", &site{"North"}), campObject("skill", "k1", &skill{"axe", []string{"burn", "cut"}}),
		campObject("duty", "d1", &duty{Name: "fire", May: []string{"dig", "drive"}}), campObject("duty", "d2", &duty{Name: "wood", Skills: []string{"axe"}}),
		campObject("ranger", "r1", &ranger{Site: "North", Name: "ana"}), campObject("ranger", "r2", &ranger{Site: "North", Name: "ben"}))
	declare(&in, campObject("skill", "", &skill{"axe", []string{"cut"}}))
	declare(&in, campObject("duty", "", &duty{Name: "fire", May: []string{"dig"}}))
	declare(&in, campObject("ranger", "", &ranger{Site: "North", Name: "ana", Duty: "fire"}))
	declare(&in, campObject("ranger", "", &ranger{Site: "North", Name: "ben", Duty: "wood"})) // wood itself does not change
	want := []string{
		"update skill.axe (may)", "update duty.fire (may)",
		"update ranger.North/ana (duty) after duty.fire", "update ranger.North/ben (duty) after skill.axe",
	}
	if got := steps(build.Build(in).Plan); !slices.Equal(got, want) {
		t.Errorf("the plan is %q, want %q", got, want)
	}
}

// Where a change is made in two steps, the one that gives waits for the update of
// what it newly refers to, and for everything that takes from the same person.
func TestSecondStepWaitsForUpdates(t *testing.T) {
	skills := func(in *build.Input, name, before, after string) {
		o := campObject("skill", "k-"+name, &skill{name, strings.Fields(before)})
		in.Live["skill"] = append(in.Live["skill"], o)
		if before != after {
			declare(in, campObject("skill", "", &skill{name, strings.Fields(after)}))
		}
	}
	for _, c := range []struct {
		name string
		set  func(in *build.Input)
		want []string
	}{
		{"what it newly refers to", func(in *build.Input) {
			skills(in, "axe", "cut", "cut")
			skills(in, "rope", "climb", "climb rescue")
			in.Live["duty"] = []schema.Object{campObject("duty", "d1", &duty{Name: "fire", Skills: []string{"axe"}, May: []string{"dig"}})}
			in.Live["ranger"] = []schema.Object{
				campObject("ranger", "r1", &ranger{Site: "North", Name: "ana", Duty: "fire"}), campObject("ranger", "r2", &ranger{Site: "North", Name: "ben"}),
			}
			declare(in, campObject("duty", "", &duty{Name: "fire", Skills: []string{"rope"}, May: []string{"dig"}}))
			declare(in, campObject("ranger", "", &ranger{Site: "North", Name: "ana"}))
			declare(in, campObject("ranger", "", &ranger{Site: "North", Name: "ben", Duty: "fire"}))
		}, []string{
			"update skill.rope (may)",
			"update duty.fire (skills) after skill.rope",
			"update ranger.North/ana (duty)",
			"update duty.fire (skills) after skill.rope after duty.fire after ranger.North/ana",
			"update ranger.North/ben (duty) after duty.fire",
		}},
		{"what takes from the same person", func(in *build.Input) {
			skills(in, "axe", "burn cut", "cut dig")
			skills(in, "net", "catch dig", "burn catch")
			skills(in, "rope", "climb rescue", "climb")
			in.Live["duty"] = []schema.Object{campObject("duty", "d1", &duty{Name: "fire", Skills: []string{"axe", "net", "rope"}})}
			in.Live["ranger"] = []schema.Object{campObject("ranger", "r1", &ranger{Site: "North", Name: "ana", Duty: "fire"})}
		}, []string{
			"update skill.axe (may)", "update skill.net (may)", "update skill.rope (may)",
			"update skill.axe (may) after skill.axe after skill.net after skill.rope",
			"update skill.net (may) after skill.axe after skill.net after skill.rope",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := campInput(campObject("site", "s1", &site{"North"}))
			c.set(&in)
			got := steps(build.Build(in).Plan)
			slices.Sort(got)
			slices.Sort(c.want)
			if !slices.Equal(got, c.want) {
				t.Errorf("the plan is\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(c.want, "\n  "))
			}
		})
	}
}
