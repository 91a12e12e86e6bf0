package config

import (
	"errors"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// The products of the tests. "desk" has a kind for everything that the language
// can do; "hall" is a second product, with another shape of the same kind names.

type deskSettings struct {
	Team     int64
	Endpoint string
}

type deskRole struct {
	Name, Title string
	Permissions []string
	Rank        int64
	Labels      map[string]string
	Origin      string
}

type deskGroup struct {
	Section, Name string
	Stores        []string
}

type deskAccess struct {
	Name   string
	Groups []string
}

type deskUser struct {
	Email, First, Lang, Role, Mentor string
	Accesses                         [][]string
	Disabled                         bool
}

type deskSeat struct{ Group, User, Level string }

func deskProduct() *schema.Product {
	return &schema.Product{
		Name: "desk", Title: "Desk", Doc: "A help desk.", KeyEnv: "DESK_KEY",
		Settings: &schema.Kind{Name: "provider", Attributes: []schema.Attribute{
			schema.Int("team", "Number of the team.", func(s *deskSettings) *int64 { return &s.Team }).With(schema.Required).Like("42"),
			schema.String("endpoint", "Address of the API.", func(s *deskSettings) *string { return &s.Endpoint }),
		}},
		Kinds: []*schema.Kind{deskRoleKind(), {
			Name: "builtin_role", Doc: "A role that the product brings along.", UpdateOnly: true,
			Attributes: []schema.Attribute{
				schema.String("name", "Name of the role.", func(r *deskRole) *string { return &r.Name }).With(schema.Key | schema.Label | schema.Required),
				schema.Set("permissions", "What it allows.", func(r *deskRole) *[]string { return &r.Permissions }),
			},
		}, {
			Name: "section", Doc: "A shelf for groups.",
			Attributes: []schema.Attribute{
				schema.String("name", "Name of the section.", func(g *deskGroup) *string { return &g.Name }).With(schema.Key | schema.Label | schema.Required),
			},
		}, {
			Name: "group", Doc: "Some stores.",
			Attributes: []schema.Attribute{
				schema.Ref("section", "Section that the group is in.", func(g *deskGroup) *string { return &g.Section }).To("section").With(schema.Key | schema.Required),
				schema.String("name", "Name of the group.", func(g *deskGroup) *string { return &g.Name }).With(schema.Key | schema.Label | schema.Required),
				schema.Set("stores", "Codes of the stores.", func(g *deskGroup) *[]string { return &g.Stores }).With(schema.EmptyMayMeanAll),
			},
		}, {
			Name: "access", Plural: "accesses", Doc: "Groups that are seen together.", Virtual: true,
			Attributes: []schema.Attribute{
				schema.String("name", "Name of the access.", func(a *deskAccess) *string { return &a.Name }).With(schema.Key | schema.Label | schema.Required),
				schema.RefSet("groups", "Groups of the access.", func(a *deskAccess) *[]string { return &a.Groups }).To("group").With(schema.Required | schema.EmptyMayMeanAll).Like("[group.a]"),
			},
		}, deskUserKind(), {
			Name: "seat", Doc: "A place of a user in a group.",
			Attributes: []schema.Attribute{
				schema.Ref("group", "Group of the seat.", func(s *deskSeat) *string { return &s.Group }).To("group").With(schema.Key | schema.Label | schema.Required),
				schema.Ref("user", "Who sits there.", func(s *deskSeat) *string { return &s.User }).To("user").With(schema.Key | schema.Label | schema.Required | schema.FoldCase),
				schema.String("level", "How much the seat allows.", func(s *deskSeat) *string { return &s.Level }).Values("reader", "writer"),
			},
		}},
	}
}

func deskRoleKind() *schema.Kind {
	return &schema.Kind{
		Name: "role", Doc: "What somebody may do.",
		Attributes: []schema.Attribute{
			schema.String("name", "Name of the role.", func(r *deskRole) *string { return &r.Name }).With(schema.Key | schema.Label | schema.Required).Check(noComma),
			schema.String("title", "Title for people.", func(r *deskRole) *string { return &r.Title }),
			schema.Set("permissions", "What the role allows.", func(r *deskRole) *[]string { return &r.Permissions }).With(schema.Required).Check(noComma).Like(`["read"]`),
			schema.Int("rank", "Place in lists.", func(r *deskRole) *int64 { return &r.Rank }),
			schema.Map("labels", "Labels of the role.", func(r *deskRole) *map[string]string { return &r.Labels }),
			schema.String("origin", "Where the role comes from.", func(r *deskRole) *string { return &r.Origin }).With(schema.ReadOnly),
		},
		Validate: func(o *schema.Object) []schema.Finding {
			r := o.Body.(*deskRole)
			if r.Rank > 9 && len(r.Permissions) > 0 {
				return []schema.Finding{o.Problem("desk/rank", "permissions", "Rank is too high for "+r.Permissions[0], "Only ranks to 9 may do that. Lower the rank.").About(r.Permissions[0])}
			}
			return nil
		},
	}
}

func deskUserKind() *schema.Kind {
	return &schema.Kind{
		Name: "user", Doc: "A person.", Subject: true, Removals: []schema.Action{schema.Deactivate, schema.Delete},
		Attributes: []schema.Attribute{
			schema.String("email", "Address of the user.", func(u *deskUser) *string { return &u.Email }).With(schema.Key | schema.Label | schema.Required | schema.FoldCase),
			schema.String("first_name", "First name.", func(u *deskUser) *string { return &u.First }).With(schema.Required).Like(`"Ana"`),
			schema.String("lang", "Language of the user.", func(u *deskUser) *string { return &u.Lang }).Values("en", "es", "fr"),
			schema.Ref("role", "Role of the user.", func(u *deskUser) *string { return &u.Role }).To("role", "builtin_role"),
			schema.Ref("mentor", "Who helps the user.", func(u *deskUser) *string { return &u.Mentor }).To("user"),
			schema.RefSets("accesses", "What the user sees.", func(u *deskUser) *[][]string { return &u.Accesses }).To("group").Through("access").With(schema.EmptyMayMeanAll),
			schema.Bool("disabled", "Whether the user is barred.", func(u *deskUser) *bool { return &u.Disabled }),
		},
	}
}

func noComma(s string) error {
	if strings.Contains(s, ",") {
		return errors.New("must not contain a comma")
	}
	return nil
}

type hallRole struct {
	Team, Name string
	Rights     []string
}

func hallProduct() *schema.Product {
	return &schema.Product{
		Name: "hall", Title: "Hall",
		Settings: &schema.Kind{Name: "provider", Attributes: []schema.Attribute{
			schema.String("tenant", "Name of the tenant.", func(s *deskSettings) *string { return &s.Endpoint }),
		}},
		Kinds: []*schema.Kind{{
			Name: "role", Doc: "What somebody may do.",
			Attributes: []schema.Attribute{
				schema.String("name", "Name of the role.", func(r *hallRole) *string { return &r.Name }).With(schema.Key | schema.Label | schema.Required),
				schema.Set("rights", "What the role allows.", func(r *hallRole) *[]string { return &r.Rights }),
			},
		}, {
			Name: "badge", Doc: "A key to a door.",
			Attributes: []schema.Attribute{
				schema.String("name", "Name of the badge.", func(r *hallRole) *string { return &r.Name }).With(schema.Key | schema.Label | schema.Required),
				schema.Ref("role", "Role of the badge.", func(r *hallRole) *string { return &r.Team }).To("role"),
			},
		}},
	}
}

func products() []*schema.Product { return []*schema.Product{deskProduct(), hallProduct()} }
