package lint

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rolecall-dev/rolecall/provider/partoo"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// organization declares roles and users of Partoo, who are whole.
func organization(t *rapid.T) *schema.Tenant {
	p := &partoo.Provider().Product
	out := &schema.Tenant{Name: "partoo", Product: p, Manage: map[string]schema.Manage{
		"role": {Mode: schema.Authoritative}, "user": {Mode: schema.Authoritative},
	}}
	add := func(kind string, body any, names ...string) {
		k := p.Kind(kind)
		o := schema.Object{Kind: k, Addr: schema.Address{Provider: "partoo", Kind: kind}, Body: body, Set: k.Mask(names...), Pos: schema.Pos{File: "a.hcl", Line: len(out.Objects) + 1}}
		o.Rekey()
		out.Objects = append(out.Objects, o)
	}
	for n := range 4 {
		permissions := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "d", "e"}), 1, 5).Draw(t, "permissions")
		add("role", &partoo.Role{APIID: fmt.Sprintf("r%d", n), Permissions: schema.Canonical(permissions)}, "api_id", "permissions")
	}
	for n := range 3 {
		u := &partoo.User{
			Email: fmt.Sprintf("u%d@zoo.example", n), Role: "BUSINESS_MANAGER", CustomRole: fmt.Sprintf("r%d", rapid.IntRange(0, 3).Draw(t, "role")),
			Businesses: rapid.SliceOfN(rapid.SampledFrom([]string{"s1"}), 0, 1).Draw(t, "businesses"), Disabled: rapid.Bool().Draw(t, "disabled"),
		}
		add("user", u, "email", "role", "custom_role", "businesses", "disabled")
	}
	return out
}

// codes lists the codes of the findings about an object.
func codes(findings []schema.Finding, a schema.Address) []string {
	var out []string
	for _, f := range findings {
		if f.Addr == a {
			out = append(out, f.Code)
		}
	}
	return out
}

// TestCheck holds the warnings about random organizations against their definition.
func TestCheck(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tenant := organization(t)
		found := Check(Input{Tenant: tenant, MaxAdministrators: -1})
		var users []*partoo.User
		for i := range tenant.Objects {
			if u, is := tenant.Objects[i].Body.(*partoo.User); is {
				users = append(users, u)
				lost := !u.Disabled && len(u.Businesses) == 0
				if got := slices.Contains(codes(found, tenant.Objects[i].Addr), schema.LintNoScope); got != lost {
					t.Errorf("%+v: no-scope %t", u, got)
				}
			}
		}
		for i := range tenant.Objects {
			o := &tenant.Objects[i]
			r, is := o.Body.(*partoo.Role)
			if !is {
				continue
			}
			held, used, told := false, false, false
			for _, u := range users {
				if u.CustomRole == r.APIID {
					held, used = true, used || !u.Disabled && len(u.Businesses) > 0
					told = told || !u.Disabled && len(u.Businesses) == 0
				}
			}
			got := codes(found, o.Addr)
			if slices.Contains(got, schema.LintUnused) == held {
				t.Errorf("role %s: held %t, codes %v", r.APIID, held, got)
			}
			if slices.Contains(got, schema.LintUnusable) != (held && !used && !told) {
				t.Errorf("role %s: used %t, codes %v", r.APIID, used, got)
			}
		}
	})
}

// TestSilence silences every warning by its block, after which there is none, and none too many.
func TestSilence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tenant := organization(t)
		for round := 0; ; round++ {
			found := Check(Input{Tenant: tenant, MaxAdministrators: -1})
			if len(found) == 0 {
				return
			}
			if round == 5 {
				t.Fatalf("still %v", found)
			}
			for _, f := range found {
				for i := range tenant.Objects {
					o := &tenant.Objects[i]
					switch {
					case o.Addr != f.Addr:
					case f.Code == schema.LintSilence:
						t.Fatalf("round %d: %+v", round, f)
					case o.Allow == nil:
						o.Allow = map[string]string{f.Code: "why"}
					default:
						o.Allow[f.Code] = "why"
					}
				}
			}
		}
	})
}

// TestIncomplete says nothing about roles that users may have whom no file declares.
func TestIncomplete(t *testing.T) {
	for name, change := range map[string]func(*schema.Tenant){
		"additive": func(t *schema.Tenant) { delete(t.Manage, "user") },
		"observed": func(t *schema.Tenant) { t.Manage["user"] = schema.Manage{Mode: schema.Observe} },
		"ignored": func(t *schema.Tenant) {
			t.Manage["user"] = schema.Manage{Mode: schema.Authoritative, Ignore: []string{"x@*"}}
		},
		"forgotten": func(t *schema.Tenant) {
			t.Manage["user"] = schema.Manage{Mode: schema.Authoritative, OnRemoval: schema.Forget}
		},
		"unset": func(t *schema.Tenant) {
			o := &t.Objects[len(t.Objects)-1]
			o.Set = o.Set.Without(o.Kind.Index("custom_role"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				tenant := organization(t)
				change(tenant)
				for _, f := range Check(Input{Tenant: tenant, MaxAdministrators: -1}) {
					if f.Code == schema.LintUnused || f.Code == schema.LintUnusable {
						t.Fatalf("%+v", f)
					}
				}
			})
		})
	}
}
