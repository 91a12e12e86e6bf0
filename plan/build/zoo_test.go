package build

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// The product of these tests is a small zoo: sections hold groups, accesses are
// sets of groups that live in users, roles carry permissions, builtin roles are
// the product's own, teams name their members, shifts hold rights for people who
// need not exist, and rules are documents that nobody can list.
type (
	zooSection struct{ Name, Code string }
	zooGroup   struct {
		Section, Name string
		Animals       []string
	}
	zooAccess struct {
		Name   string
		Groups []string
	}
	zooRole struct {
		ID, Name, Code string
		Permissions    []string
	}
	zooBuiltin struct {
		ID, Name    string
		Permissions []string
	}
	zooUser struct {
		Email, Name, Role string
		Accesses          [][]string
		Admin, Disabled   bool
		Stranger          bool // has never signed in
		Invite            string
	}
	zooTeam struct {
		Name    string
		Members []string
	}
	zooShift struct{ Team, Person, Role string }
	zooRules struct {
		Role, Object string
		Boards       map[string]bool
		Fields       map[string][]string
		Words        map[string]string
	}
)

func zooProduct() *schema.Product {
	return &schema.Product{Name: "zoo", Title: "Zoo", Kinds: []*schema.Kind{
		{Name: "section", Attributes: []schema.Attribute{
			schema.String("name", "", func(s *zooSection) *string { return &s.Name }).With(schema.Key | schema.Label),
			schema.String("code", "", func(s *zooSection) *string { return &s.Code }).With(schema.Immutable),
		}},
		{Name: "group", Attributes: []schema.Attribute{
			schema.Ref("section", "", func(g *zooGroup) *string { return &g.Section }).To("section").With(schema.Key | schema.Immutable),
			schema.String("name", "", func(g *zooGroup) *string { return &g.Name }).With(schema.Key | schema.Label),
			schema.Set("animals", "", func(g *zooGroup) *[]string { return &g.Animals }),
		}},
		{Name: "access", Plural: "accesses", Virtual: true, Attributes: []schema.Attribute{
			schema.String("name", "", func(a *zooAccess) *string { return &a.Name }).With(schema.Key | schema.Label),
			schema.RefSet("groups", "", func(a *zooAccess) *[]string { return &a.Groups }).To("group"),
		}},
		{Name: "role", Attributes: []schema.Attribute{
			schema.String("id", "", func(r *zooRole) *string { return &r.ID }).With(schema.Key | schema.Label | schema.Immutable),
			schema.String("name", "", func(r *zooRole) *string { return &r.Name }),
			schema.String("code", "", func(r *zooRole) *string { return &r.Code }).With(schema.Immutable),
			schema.Set("permissions", "", func(r *zooRole) *[]string { return &r.Permissions }).With(schema.CarriesRights),
		}},
		{Name: "builtin_role", UpdateOnly: true, Attributes: []schema.Attribute{
			schema.String("id", "", func(r *zooBuiltin) *string { return &r.ID }).With(schema.Key | schema.Label),
			schema.String("name", "", func(r *zooBuiltin) *string { return &r.Name }),
			schema.Set("permissions", "", func(r *zooBuiltin) *[]string { return &r.Permissions }).With(schema.CarriesRights),
		}},
		{
			Name: "user", Subject: true, Removals: []schema.Action{schema.Deactivate, schema.Delete},
			Attributes: []schema.Attribute{
				schema.String("email", "", func(u *zooUser) *string { return &u.Email }).With(schema.Key | schema.Label | schema.FoldCase),
				schema.String("name", "", func(u *zooUser) *string { return &u.Name }),
				schema.Ref("role", "", func(u *zooUser) *string { return &u.Role }).To("role", "builtin_role").With(schema.CarriesRights),
				schema.RefSets("accesses", "", func(u *zooUser) *[][]string { return &u.Accesses }).To("group").Through("access").With(schema.CarriesRights),
				schema.Bool("admin", "", func(u *zooUser) *bool { return &u.Admin }).With(schema.CarriesRights),
				schema.Bool("disabled", "", func(u *zooUser) *bool { return &u.Disabled }).With(schema.CarriesRights),
				schema.String("invite", "", func(u *zooUser) *string { return &u.Invite }).With(schema.WriteOnce),
				schema.Bool("stranger", "", func(u *zooUser) *bool { return &u.Stranger }).With(schema.ReadOnly),
			},
			Administers:   func(o *schema.Object) bool { u := o.Body.(*zooUser); return u.Admin && !u.Disabled },
			NeverSignedIn: func(o *schema.Object) bool { return o.Body.(*zooUser).Stranger },
			Inactive:      func(o *schema.Object) bool { return o.Body.(*zooUser).Disabled },
			Activate:      "disabled = false",
			Privilege: func(o *schema.Object, _ schema.Lookup) string {
				if o.Body.(*zooUser).Admin {
					return "admin"
				}
				return ""
			},
			Grants: zooGrants,
		},
		{Name: "team", Attributes: []schema.Attribute{
			schema.String("name", "", func(t *zooTeam) *string { return &t.Name }).With(schema.Key | schema.Label),
			schema.RefSet("members", "", func(t *zooTeam) *[]string { return &t.Members }).To("user"),
		}},
		{
			Name: "shift", Grantee: "person", Grants: shiftGrants,
			Privilege: func(o *schema.Object, _ schema.Lookup) string {
				if s := o.Body.(*zooShift); s.Role == "boss" {
					return "boss of " + s.Team
				}
				return ""
			},
			Attributes: []schema.Attribute{
				schema.Ref("team", "", func(s *zooShift) *string { return &s.Team }).To("team").With(schema.Key | schema.Immutable | schema.OwnedBy),
				schema.Ref("person", "", func(s *zooShift) *string { return &s.Person }).To("user").With(schema.Key | schema.Immutable | schema.WeakRef | schema.FoldCase),
				schema.Ref("role", "", func(s *zooShift) *string { return &s.Role }).To("role", "builtin_role").With(schema.CarriesRights),
			},
		},
		{Name: "rules", Plural: "rules", UpdateOnly: true, NoList: true, Attributes: []schema.Attribute{
			schema.Ref("role", "", func(r *zooRules) *string { return &r.Role }).To("role").With(schema.Key | schema.WeakRef),
			schema.String("object", "", func(r *zooRules) *string { return &r.Object }).With(schema.Key),
			schema.BoolMap("boards", "", func(r *zooRules) *map[string]bool { return &r.Boards }).With(schema.MergeEntries),
			schema.SetMap("fields", "", func(r *zooRules) *map[string][]string { return &r.Fields }).With(schema.MergeEntries),
			schema.RefMap("words", "", func(r *zooRules) *map[string]string { return &r.Words }).To("section").With(schema.MergeEntries),
		}},
	}}
}

// shiftGrants lets whoever has a shift do what its role allows, for its team; the
// team All is everywhere.
func shiftGrants(o *schema.Object, look schema.Lookup) []schema.Grant {
	s := o.Body.(*zooShift)
	scope := "team " + s.Team
	if s.Team == "All" {
		scope = "the zoo"
	}
	var out []schema.Grant
	if r, ok := look("role", s.Role); ok {
		for _, p := range r.Body.(*zooRole).Permissions {
			out = append(out, schema.Grant{Right: p, Scope: scope, Via: "role " + s.Role})
		}
	}
	return out
}

func zooGrants(o *schema.Object, look schema.Lookup) []schema.Grant {
	u := o.Body.(*zooUser)
	if u.Disabled {
		return nil
	}
	var out []schema.Grant
	if u.Admin {
		out = append(out, schema.Grant{Right: "everything", Scope: "the zoo", Via: "admin", All: true, Places: schema.Everywhere})
	}
	if u.Role == "guard" {
		if night, ok := look("team", "Night"); ok && slices.Contains(night.Body.(*zooTeam).Members, u.Email) {
			out = append(out, schema.Grant{Right: "enter", Scope: "the zoo at night", Via: "team Night"})
		}
	}
	var permissions []string
	if r, ok := look("role", u.Role); ok {
		permissions = r.Body.(*zooRole).Permissions
	} else if r, ok := look("builtin_role", u.Role); ok {
		permissions = r.Body.(*zooBuiltin).Permissions
	}
	for _, set := range u.Accesses {
		for _, p := range permissions {
			out = append(out, schema.Grant{Right: p, Scope: strings.Join(set, " and "), Via: "role " + u.Role})
		}
	}
	return out
}

// A zoo is the two sides of a plan, written by hand.
type zoo struct {
	in Input
}

func newZoo() *zoo {
	p := zooProduct()
	z := &zoo{in: Input{
		Tenant: &schema.Tenant{Name: "zoo", Product: p, Manage: map[string]schema.Manage{}, Limits: schema.DefaultLimits()},
		ID:     "42", Endpoint: "https://zoo.example", Live: map[string][]schema.Object{},
	}}
	for _, k := range p.Kinds {
		if !k.Virtual {
			z.in.Live[k.Name] = []schema.Object{}
		}
	}
	return z
}

// object makes an object of the body's kind. The named attributes are set besides
// the key; all where none is named.
func (z *zoo) object(body any, set ...string) schema.Object {
	name := map[string]string{
		"*build.zooSection": "section", "*build.zooGroup": "group", "*build.zooAccess": "access", "*build.zooRole": "role",
		"*build.zooBuiltin": "builtin_role", "*build.zooUser": "user", "*build.zooTeam": "team",
		"*build.zooShift": "shift", "*build.zooRules": "rules",
	}[fmt.Sprintf("%T", body)]
	k := z.in.Tenant.Product.Kind(name)
	o := schema.Object{Kind: k, Addr: schema.Address{Provider: "zoo", Kind: name}, Body: body}
	if len(set) == 0 {
		o.Set = 1<<len(k.Attributes) - 1
	} else {
		o.Set = k.Having(schema.Key) | k.Mask(set...)
	}
	o.Rekey()
	return o
}

// files declares an object, on a line of its own.
func (z *zoo) files(body any, set ...string) *schema.Object {
	o := z.object(body, set...)
	o.Pos = schema.Pos{File: "zoo.hcl", Line: len(z.in.Tenant.Objects) + 1, Column: 1}
	z.in.Tenant.Objects = append(z.in.Tenant.Objects, o)
	return &z.in.Tenant.Objects[len(z.in.Tenant.Objects)-1]
}

// live lets the product have an object.
func (z *zoo) live(body any, set ...string) *schema.Object {
	o := z.object(body, set...)
	o.ID = "#" + o.Addr.Key
	if len(set) == 0 {
		o.Set &^= o.Kind.Having(schema.WriteOnce)
	}
	list := append(z.in.Live[o.Kind.Name], o)
	z.in.Live[o.Kind.Name] = list
	return &list[len(list)-1]
}

// both declares an object that is live as it is.
func (z *zoo) both(body any) *schema.Object {
	z.files(body)
	return z.live(body)
}

func (z *zoo) manage(kind string, m schema.Manage) {
	m.Pos = schema.Pos{File: "zoo.hcl", Line: 90, Column: 1}
	z.in.Tenant.Manage[kind] = m
}

func (z *zoo) removed(kind, key string) {
	z.in.Tenant.Removed = append(z.in.Tenant.Removed, schema.Removal{
		Kind: kind, Key: key, Pos: schema.Pos{File: "zoo.hcl", Line: 80 + len(z.in.Tenant.Removed), Column: 1},
	})
}

// tellResult writes what a build gives as lines that can be read and compared.
func tellResult(r Result) []string {
	if r.Missing.Empty() {
		return tell(r.Plan)
	}
	var out []string
	for _, kind := range r.Missing.Kinds {
		out = append(out, "list "+kind)
	}
	for _, o := range r.Missing.Objects {
		out = append(out, "read "+o.Addr.String())
	}
	return out
}

// tell writes a plan as lines.
func tell(p *plan.Plan) []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	changes := func(word string, list []plan.Change) {
		for i := range list {
			c := &list[i]
			line := word + c.Action.String() + " " + c.Addr.String()
			if c.From != "" {
				line += " from " + c.From
			}
			if c.Action == schema.Update || c.Action == schema.Rename {
				line += fmt.Sprintf(" (%s)", attributes(c.Have.Kind, c.Changed))
			}
			if len(c.DependsOn) > 0 {
				line += fmt.Sprintf(" needs %v", c.DependsOn)
			}
			if c.Reason != "" {
				line += ": " + c.Reason
			}
			say("%s", line)
		}
	}
	changes("", p.Changes)
	changes("observed: ", p.Observed)
	changes("left out: ", p.Excluded)
	for _, u := range p.Unmanaged {
		line := fmt.Sprintf("unmanaged %s: %s", u.Kind, strings.Join(u.Keys, ", "))
		if u.Note != "" {
			line += " (" + u.Note + ")"
		}
		say("%s", line)
	}
	for _, d := range p.Affected {
		line := d.Subject.String()
		for _, g := range d.Gained {
			line += fmt.Sprintf(" +%s on %s", g.Right, g.Scope)
		}
		for _, g := range d.Lost {
			line += fmt.Sprintf(" -%s on %s", g.Right, g.Scope)
		}
		var because []string
		for _, a := range d.CausedBy {
			because = append(because, a.String())
		}
		say("%s because %s", line, strings.Join(because, ", "))
	}
	for _, kind := range slices.Sorted(maps.Keys(p.Unchanged)) {
		say("unchanged %s: %d", kind, p.Unchanged[kind])
	}
	for _, f := range p.Findings {
		say("%s %s %s", f.Severity, f.Code, f.Addr)
	}
	for _, f := range p.Violations {
		say("violation %s %s", f.Code, f.Addr)
	}
	return out
}
