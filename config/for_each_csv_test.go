package config

import (
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// The rows of a CSV file are gone over in a way of their own. Whatever is in the
// file, it gives the objects, the order and the mistakes that the expression gives,
// which "if true" leaves everything to.
func TestRowsAreWhatTheExpressionGives(t *testing.T) {
	const files = desk + `
-- a.hcl --
role "reader" {}
role "writer" {}
section "s" {}
group "north" { section = section.s }
access "north" { groups = [group.north] }
user "team" {
  for_each   = { for r in csvdecode(file("team.csv")) : r.email => r FILTER }
  first_name = each.value.first
  role       = role[each.value.role]
  lang       = each.value.lang == "" ? null : lower("${each.value.lang}")
  accesses   = [access[each.value.sees]]
  disabled   = try(each.value.disabled, false)
}
-- team.csv --
`
	const header = "email,first,role,lang,sees\n"
	for name, csv := range map[string]string{
		"plain":            header + "b@d.example,B,reader,,north\na@d.example,A,writer,EN,north\nc@d.example,C,reader,en,north\n",
		"no rows":          header,
		"no text":          "",
		"byte order mark":  "\ufeff" + header + "a@d.example,A,reader,,north\n",
		"more columns":     "disabled," + header + "true,a@d.example,A,reader,,north\nfalse,b@d.example,A,reader,,north\n",
		"quotes and lines": header + "a@d.example,\"A \"\"the\nfirst\"\"\",reader,,north\n",
		"not normal":       header + "a@d.example,Jose\u0301,reader,,north\n",
		"header not normal": "email,first,role,lang,sees,cafe\u0301\n" +
			"a@d.example,A,reader,,north,x\n",
		"same key":        header + "a@d.example,A,reader,,north\na@d.example,B,reader,,north\n",
		"same key, later": header + "a@d.example,A,reader,,north\nA@d.example,B,reader,,north\n",
		"empty key":       header + ",A,reader,,north\n",
		"column missing":  "email,first,role,sees\na@d.example,A,reader,north\n",
		"key missing":     "mail,first,role,lang,sees\na@d.example,A,reader,,north\n",
		"column twice":    "email,first,role,lang,sees,first\na@d.example,A,reader,,north,B\n",
		"column spaced":   "email, first,role,lang,sees\na@d.example,A,reader,,north\n",
		"semicolons":      strings.ReplaceAll(header, ",", ";") + "a@d.example;A;reader;;north\n",
		"ragged":          header + "a@d.example,A,reader\n",
		"broken quote":    header + "a@d.example,\"A,reader,,north\n",
		"unknown role":    header + "a@d.example,A,reader,,north\nb@d.example,B,boss,,north\nc@d.example,C,boss,,north\n",
		"empty name":      header + "a@d.example,,reader,,north\nb@d.example,,reader,,north\n",
		"wrong access":    header + "a@d.example,A,reader,,north\nb@d.example,B,reader,,south\nc@d.example,C,reader,,south\n",
	} {
		t.Run(name, func(t *testing.T) {
			load := func(filter string) (*Config, string) {
				text := strings.Replace(files, " FILTER", filter, 1) + csv
				c, diags := Load(write(t, txtar.Parse([]byte(text))), Options{Products: products()})
				out := printed(t, diags)
				return c, strings.ReplaceAll(strings.ReplaceAll(out, c.Dir, "DIR"), filter, "")
			}
			rows, told := load("")
			want, wantTold := load(" if true")
			equal(t, "diagnostics", told, wantTold)
			equal(t, "objects", bodies(rows.Tenants[0]), bodies(want.Tenants[0]))
			for i, o := range want.Tenants[0].Objects {
				equal(t, "address", rows.Tenants[0].Objects[i].Addr, o.Addr)
				equal(t, "what is set", rows.Tenants[0].Objects[i].Set, o.Set)
			}
		})
	}
}

// Objects that share what an expression gave do not share its memory.
func TestRowsDoNotShare(t *testing.T) {
	c := load(t, rosterOf(4), Options{})
	var users []*deskUser
	for _, o := range c.Tenants[0].Objects {
		if u, ok := o.Body.(*deskUser); ok {
			users = append(users, u)
		}
	}
	users[0].Accesses[0][0] = "changed"
	for _, u := range users[1:] {
		equal(t, "accesses of another", u.Accesses, [][]string{{"s/north"}})
	}
}
