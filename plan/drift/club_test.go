package drift

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/build"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// The product of these tests is a club: roles have rights, users have a role in the club, and members
// have one in a team.
type (
	clubRole struct {
		Name   string
		Rights []string
	}
	clubUser struct {
		Email, Name, Role string
		Owner, Disabled   bool
	}
	clubTeam   struct{ Name string }
	clubMember struct{ Team, User, Role string }
)

func clubProduct() *schema.Product {
	disabled := func(o *schema.Object) bool { return o.Body.(*clubUser).Disabled }
	rights := func(role, scope string, look schema.Lookup) []schema.Grant {
		r, ok := look("role", role)
		if !ok {
			return nil
		}
		var out []schema.Grant
		for _, right := range r.Body.(*clubRole).Rights {
			out = append(out, schema.Grant{Right: right, Scope: scope, Via: "role " + role})
		}
		return out
	}
	return &schema.Product{Name: "club", Title: "Club", Privileged: []string{"vault"}, Kinds: []*schema.Kind{
		{Name: "role", Attributes: []schema.Attribute{
			schema.String("name", "", func(r *clubRole) *string { return &r.Name }).With(schema.Key | schema.Label),
			schema.Set("rights", "", func(r *clubRole) *[]string { return &r.Rights }).With(schema.CarriesRights),
		}},
		{
			Name: "user", Subject: true, Removals: []schema.Action{schema.Deactivate, schema.Delete},
			Inactive: disabled, Activate: "disabled = false",
			Attributes: []schema.Attribute{
				schema.String("email", "", func(u *clubUser) *string { return &u.Email }).With(schema.Key | schema.Label | schema.FoldCase),
				schema.String("name", "", func(u *clubUser) *string { return &u.Name }),
				schema.Ref("role", "", func(u *clubUser) *string { return &u.Role }).To("role").With(schema.CarriesRights),
				schema.Bool("owner", "", func(u *clubUser) *bool { return &u.Owner }).With(schema.CarriesRights),
				schema.Bool("disabled", "", func(u *clubUser) *bool { return &u.Disabled }).With(schema.CarriesRights),
			},
			Privilege: func(o *schema.Object, _ schema.Lookup) string {
				if o.Body.(*clubUser).Owner {
					return "owner"
				}
				return ""
			},
			Grants: func(o *schema.Object, look schema.Lookup) []schema.Grant {
				if disabled(o) {
					return nil
				}
				return rights(o.Body.(*clubUser).Role, "the club", look)
			},
		},
		{Name: "team", Attributes: []schema.Attribute{
			schema.String("name", "", func(t *clubTeam) *string { return &t.Name }).With(schema.Key | schema.Label),
		}},
		{
			Name: "member", Grantee: "user",
			Attributes: []schema.Attribute{
				schema.Ref("team", "", func(m *clubMember) *string { return &m.Team }).To("team").With(schema.Key | schema.Immutable),
				schema.Ref("user", "", func(m *clubMember) *string { return &m.User }).To("user").With(schema.Key | schema.Immutable | schema.FoldCase),
				schema.Ref("role", "", func(m *clubMember) *string { return &m.Role }).To("role").With(schema.CarriesRights),
			},
			Privilege: func(o *schema.Object, look schema.Lookup) string {
				m := o.Body.(*clubMember)
				if r, ok := look("role", m.Role); ok && slices.Contains(r.Body.(*clubRole).Rights, "all") {
					return m.Role + " in team " + m.Team
				}
				return ""
			},
			Grants: func(o *schema.Object, look schema.Lookup) []schema.Grant {
				m := o.Body.(*clubMember)
				return rights(m.Role, "team "+m.Team, look)
			},
		},
	}}
}

// A club is the files of a club, with the live objects. Both are lines such as
//
//	role keeper feed,clean
//	user ana@club role=keeper owner id=7
//	team zoo
//	member zoo ana@club keeper
//
// A user in a file sets only what the line names.
type club struct {
	product  *schema.Product
	files    []string
	live     []string
	manage   map[string]schema.Manage
	protect  []string
	accepted []schema.Acceptance
	today    string
}

func (c *club) tenant() *schema.Tenant {
	t := &schema.Tenant{Name: "club", Product: c.product, Manage: c.manage, Protect: c.protect, Accepted: c.accepted}
	for i, line := range c.files {
		if line == "" {
			continue
		}
		o := c.object(line, true)
		o.Pos = schema.Pos{File: "club.hcl", Line: i + 1}
		t.Objects = append(t.Objects, o)
	}
	return t
}

func (c *club) objects() map[string][]schema.Object {
	out := map[string][]schema.Object{}
	for _, k := range c.product.Kinds {
		out[k.Name] = []schema.Object{}
	}
	for i, line := range c.live {
		if line == "" {
			continue
		}
		o := c.object(line, false)
		if o.ID == "" {
			o.ID = fmt.Sprintf("%s-%d", o.Addr.Kind, i)
		}
		out[o.Addr.Kind] = append(out[o.Addr.Kind], o)
	}
	return out
}

func (c *club) object(line string, file bool) schema.Object {
	words := strings.Fields(line)
	k := c.product.Kind(words[0])
	o := schema.Object{Kind: k, Set: schema.Everything}
	switch words[0] {
	case "role":
		r := &clubRole{Name: words[1]}
		if o.Body = r; len(words) > 2 {
			r.Rights = strings.Split(words[2], ",")
		}
	case "team":
		o.Body = &clubTeam{words[1]}
	case "member":
		o.Body = &clubMember{words[1], words[2], words[3]}
	case "user":
		u := &clubUser{Email: words[1]}
		o.Body = u
		set := k.Mask("email")
		for _, w := range words[2:] {
			name, value, _ := strings.Cut(w, "=")
			switch name {
			case "role":
				u.Role = value
			case "name":
				u.Name = value
			case "owner":
				u.Owner = value != "no"
			case "disabled":
				u.Disabled = value != "no"
			case "previously":
				o.Previously = []string{value}
				continue
			case "id":
				o.ID = value
				continue
			}
			set |= k.Mask(name)
		}
		if file {
			o.Set = set
		}
	}
	if at := len(words) - 1; strings.HasPrefix(words[at], "id=") {
		o.ID = strings.TrimPrefix(words[at], "id=")
	}
	o.Addr = schema.Address{Provider: "club", Kind: k.Name}
	o.Rekey()
	k.Normalise(o.Body)
	o.Rekey()
	return o
}

func (c *club) plan(t *testing.T) *plan.Plan {
	t.Helper()
	r := build.Build(build.Input{Tenant: c.tenant(), ID: "1", Live: c.objects(), All: true})
	if !r.Missing.Empty() {
		t.Fatalf("the plan lacks %v", r.Missing)
	}
	return r.Plan
}

func (c *club) observation(t *testing.T) Observation {
	return Observation{Plan: c.plan(t), Tenant: c.tenant(), Live: c.objects(), Applied: map[*plan.Change]schema.Object{}, At: "2026-01-01T00:00:00Z"}
}

func (c *club) find(t *testing.T, b *Baseline) *Drift {
	today := c.today
	if today == "" {
		today = "2026-06-01"
	}
	return Find(Input{Plan: c.plan(t), Tenant: c.tenant(), Live: c.objects(), Baseline: b, Today: today})
}

// lines writes differences as "! drift: ana became owner", with ! for danger, else ~.
func lines(d *Drift) []string {
	out := []string{}
	for i := range d.Differences {
		x := &d.Differences[i]
		mark, origin := "~ ", string(x.Origin)
		if x.Danger {
			mark = "! "
		}
		if origin == "" {
			origin = "unknown"
		}
		out = append(out, mark+origin+": "+x.Text)
	}
	return out
}
