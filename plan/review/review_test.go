package review

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/plan/access"
	"github.com/rolecall-dev/rolecall/provider/partoo"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A zoo is a small organization of Partoo: what exists, and what files declare of it.
type zoo struct {
	live, declared []schema.Object
	unlisted       map[string]error
}

func (z *zoo) object(kind string, body any, names ...string) schema.Object {
	k := partoo.Provider().Product.Kind(kind)
	o := schema.Object{Kind: k, Addr: schema.Address{Provider: "partoo", Kind: kind}, Body: body, Set: k.Mask(names...)}
	o.Rekey()
	return o
}

// add adds a live object, which is declared at a line if that is not 0.
func (z *zoo) add(line int, id, kind string, body any, names ...string) {
	o := z.object(kind, body, names...)
	o.ID = id
	z.live = append(z.live, o)
	if line > 0 {
		o.ID, o.Pos = "", schema.Pos{File: "people.hcl", Line: line}
		z.declared = append(z.declared, o)
	}
}

func (z *zoo) user(line int, id string, u partoo.User) {
	z.add(line, id, "user", &u, "email", "first_name", "role", "custom_role", "accesses", "businesses", "disabled", "status")
}

func sample() *zoo {
	z := &zoo{}
	z.add(1, "", "group", &partoo.Group{Section: "Class", Name: "Birds", Businesses: []string{"1", "2"}}, "section", "name", "businesses")
	z.add(2, "", "group", &partoo.Group{Section: "Class", Name: "Fish", Businesses: []string{"3"}}, "section", "name", "businesses")
	z.add(3, "", "role", &partoo.Role{APIID: "keeper", Permissions: []string{"a", "b", "c", "d", "e", "f", "g"}}, "api_id", "permissions")
	z.user(4, "u1", partoo.User{Email: "ana@zoo.example", FirstName: `=1+1, "Ana"`, Role: "GROUP_MANAGER", CustomRole: "keeper", Accesses: [][]string{{"Class/Birds"}, {"Class/Fish"}}})
	z.user(5, "u2", partoo.User{Email: "ben@zoo.example", Role: "BUSINESS_MANAGER", CustomRole: "keeper", Businesses: []string{"1", "3"}, Status: "invited"})
	z.user(0, "u3", partoo.User{Email: "dora@zoo.example", FirstName: "Dora\nLindt", Role: "ORG_ADMIN"})
	z.user(6, "u4", partoo.User{Email: "gone@zoo.example", Role: "ORG_ADMIN", Disabled: true})
	z.user(7, "u5", partoo.User{Email: "new@zoo.example"})
	return z
}

func (z *zoo) review(t testing.TB) *Document {
	t.Helper()
	p := &partoo.Provider().Product
	live := map[string][]schema.Object{}
	for _, o := range z.live {
		live[o.Addr.Kind] = append(live[o.Addr.Kind], o)
	}
	s := access.New(access.Input{
		Tenant: &schema.Tenant{Name: "partoo", Product: p, Objects: z.declared}, Live: live, Unlisted: z.unlisted,
		Labels: map[string]string{"1": "A01 Owl", "3": "A03 Shark"},
	})
	unseen, _ := s.Unseen()
	out := &Tenant{Provider: "partoo", Product: "partoo", Tenant: "42", Source: "live", NotSeen: unseen, Complete: len(unseen) == 0}
	out.Add(s, func(at schema.Pos) Commit {
		if at.Line == 7 {
			return Commit{NotCommitted: true}
		}
		return Commit{ID: strings.Repeat("c", 40), Author: "Vera <vera@zoo.example>", Date: "2026-01-02T03:04:05Z"}
	})
	return &Document{FormatVersion: Format, Version: "1", At: "2026-02-03T00:00:00Z", Complete: out.Complete, Tenants: []*Tenant{out}}
}

func rows(t testing.TB, d *Document) [][]string {
	t.Helper()
	var b bytes.Buffer
	if err := CSV(&b, d); err != nil {
		t.Fatal(err)
	}
	out, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestCSV(t *testing.T) {
	var got []string
	for _, r := range rows(t, sample().review(t)) {
		got = append(got, strings.Join(r, "|"))
	}
	commit := strings.Repeat("c", 40) + "|Vera <vera@zoo.example>|2026-01-02|standing|||"
	want := []string{
		strings.Join(Columns(), "|"),
		`partoo|42|user|dora@zoo.example|Dora\nLindt|active|yes|yes|live only|role ORG_ADMIN|everything||yes|the whole organization|||||||` + `|standing|||`,
		`partoo|42|user|ana@zoo.example|'=1+1, "Ana"|active|no|no|declared|custom_role keeper|a, b, c, d, e and 2 more|7|no|Class/Birds|2|role.keeper, group.Class/Birds|people.hcl|4|` + commit,
		`partoo|42|user|ana@zoo.example|'=1+1, "Ana"|active|no|no|declared|custom_role keeper|a, b, c, d, e and 2 more|7|no|Class/Fish|1|role.keeper, group.Class/Fish|people.hcl|4|` + commit,
		`partoo|42|user|ben@zoo.example||invited|no|no|declared|custom_role keeper|a, b, c, d, e and 2 more|7|no|A01 Owl and A03 Shark|2|role.keeper|people.hcl|5|` + commit,
		`partoo|42|user|gone@zoo.example||disabled|no|no|declared||none|0|no||||people.hcl|6|` + commit,
		`partoo|42|user|new@zoo.example||active|no|no|declared||none|0|no||||people.hcl|7|not committed|||standing|||`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// What is written can be read, and is the same then.
func TestJSONIsReadAsItWasWritten(t *testing.T) {
	d := sample().review(t)
	var first, second bytes.Buffer
	if err := Encode(&first, d); err != nil {
		t.Fatal(err)
	}
	again, err := Decode(bytes.NewReader(first.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if err := Encode(&second, again); err != nil {
		t.Fatal(err)
	}
	if first.String() != second.String() {
		t.Error(cmp.Diff(first.String(), second.String()))
	}
	if diff := cmp.Diff(rows(t, d), rows(t, again)); diff != "" {
		t.Error(diff)
	}
	if err := Compare(again, d); err != nil || len(d.Tenants[0].Since.Changes) > 0 {
		t.Errorf("%v, %+v", err, d.Tenants[0].Since)
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, s := range []string{
		"", "{}", "[]", `"x"`, `{"format_version":1,"at":"2026-06-01T00:00:00Z"}`, `{"format_version":1,"at":"2026-06-01T00:00:00Z","tenants":[null]}`, `{"format_version":1,"at":"2026-06-01T00:00:00Z","tenants":[{}]}`,
		`{"format_version":1,"at":"2026-06-01T00:00:00Z","tenants":[{"people":[null]}]}`, `{"format_version":2,"at":"2026-06-01T00:00:00Z","tenants":[{"people":[]}]}`,
		`{"format_version":1,"at":"2026-06-01T00:00:00Z","tenants":[{"people":[{"ways":[{"way":0}]}]}]}`, `{"format_version":1,"at":"2026-06-01T00:00:00Z","tenants":[{"people":[{"ways":[{"way":-1}]}]}]}`,
		`{"format_version":1,"at":"2026-06-01T00:00:00Z","tenants":[{"people":[],"ways":[{"way":0,"place_set":1}]}]}`, `{"format_version":1,"at":"2026-06-01T00:00:00Z","tenants":[{"people":[],"ways":[{"way":1}]}]}`,
		`{"format_version":1,"at":"2026-06-01T00:00:00Z","tenants":[{"people":[],"ways":[null]}]}`, `{"format_version":1,"tenants":[{"right":"x","ways":[]}]}`,
		`{"format_version":1,"at":"x","tenants":[{"people":[]}]}`, `{"format_version":1,"at":"2026-06-01T00:00:00Z","tenants":[{"people":[]}]} {}`,
		`{"format_version":1,"at":"2026-06-01T00:00:00Z","tenants":[{"peop`, "\ufeffprovider,tenant\n", "<!doctype html>",
	} {
		if d, err := Decode(strings.NewReader(s)); !errors.Is(err, ErrNotReview) {
			t.Errorf("%s: %v, %v", s, d, err)
		} else if strings.Contains(err.Error(), "json:") || strings.Contains(err.Error(), "invalid character") {
			t.Errorf("%s: %v", s, err)
		}
	}
}

// changes compares the sample with what becomes of it.
func changes(t *testing.T, was, is *zoo) (out []string, since *Since) {
	t.Helper()
	now := is.review(t)
	if err := Compare(was.review(t), now); err != nil {
		t.Fatal(err)
	}
	since = now.Tenants[0].Since
	for i := range since.Changes {
		x := &since.Changes[i]
		out = append(out, fmt.Sprintf("%s %s: %s", x.Key, x.What, strings.Join(x.Sentences(Short), "; ")))
	}
	return out, since
}

func TestCompare(t *testing.T) {
	edit := func(key string, f func(*partoo.User)) func(*zoo) {
		return func(z *zoo) {
			for i := range z.live {
				if o := &z.live[i]; o.Addr.Key == key {
					*o = o.Clone()
					f(o.Body.(*partoo.User))
					o.Rekey()
				}
			}
		}
	}
	for _, tc := range []struct {
		name string
		edit func(*zoo)
		want []string
	}{
		{"nothing", func(*zoo) {}, nil},
		{"another role with the same rights, and a store by another way", func(z *zoo) {
			z.add(0, "", "role", &partoo.Role{APIID: "same", Permissions: []string{"a", "b", "c", "d", "e", "f", "g"}}, "api_id", "permissions")
			edit("ben@zoo.example", func(u *partoo.User) { u.CustomRole = "same" })(z)
			edit("ana@zoo.example", func(u *partoo.User) {
				u.Role, u.Accesses, u.Businesses = "BUSINESS_MANAGER", nil, []string{"1", "2", "3"}
			})(z)
		}, nil},
		{"a store less", edit("ben@zoo.example", func(u *partoo.User) { u.Businesses = []string{"1"} }),
			[]string{"ben@zoo.example changed: loses a, b, c, d, e and 2 more on A03 Shark through custom_role keeper"}},
		{"a group less", edit("ana@zoo.example", func(u *partoo.User) { u.Accesses = u.Accesses[:1] }),
			[]string{"ana@zoo.example changed: loses a, b, c, d, e and 2 more on Class/Fish through custom_role keeper"}},
		{"a right more in a role", func(z *zoo) {
			z.live[2] = z.object("role", &partoo.Role{APIID: "keeper", Permissions: []string{"a", "b", "c", "d", "e", "f", "g", "h"}}, "api_id", "permissions")
		}, []string{
			"ana@zoo.example changed: gains h on Class/Birds and Class/Fish through custom_role keeper",
			"ben@zoo.example changed: gains h on A01 Owl and A03 Shark through custom_role keeper",
		}},
		{"a store more in a group", func(z *zoo) {
			z.live[0] = z.object("group", &partoo.Group{Section: "Class", Name: "Birds", Businesses: []string{"1", "2", "4"}}, "section", "name", "businesses")
		}, []string{"ana@zoo.example changed: gains a, b, c, d, e and 2 more on 4 through custom_role keeper"}},
		{"an administrator more, and the invitation accepted", edit("ben@zoo.example", func(u *partoo.User) { u.Role, u.Status = "ORG_ADMIN", "active" }),
			[]string{"ben@zoo.example changed: becomes administrator; was invited, is active; gains everything on the whole organization through role ORG_ADMIN"}},
		{"disabled", edit("dora@zoo.example", func(u *partoo.User) { u.Disabled = true }),
			[]string{"dora@zoo.example changed: is no administrator any more; was active, is disabled; loses everything on the whole organization through role ORG_ADMIN"}},
		{"another address", edit("ben@zoo.example", func(u *partoo.User) { u.Email = "benjamin@zoo.example" }),
			[]string{"benjamin@zoo.example changed: was ben@zoo.example; no file declares them any more"}},
		{"one added and one removed", func(z *zoo) {
			z.live = slices.DeleteFunc(z.live, func(o schema.Object) bool { return o.Addr.Key == "dora@zoo.example" })
			z.user(0, "u9", partoo.User{Email: "eve@zoo.example", Role: "BUSINESS_MANAGER", CustomRole: "keeper", Businesses: []string{"2"}})
		}, []string{
			"dora@zoo.example removed: had everything on the whole organization through role ORG_ADMIN",
			"eve@zoo.example added: has a, b, c, d, e and 2 more on 2 through custom_role keeper",
		}},
		{"declared now", func(z *zoo) {
			o := z.object("user", &partoo.User{Email: "dora@zoo.example", Role: "ORG_ADMIN"}, "email", "role")
			o.Pos = schema.Pos{File: "people.hcl", Line: 9}
			z.declared = append(z.declared, o)
		}, []string{"dora@zoo.example changed: a file declares them now"}},
	} {
		is := sample()
		tc.edit(is)
		got, since := changes(t, sample(), is)
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s:\n%s", tc.name, diff)
		}
		if !since.Complete {
			t.Errorf("%s: not complete", tc.name)
		}
	}
}

// What was not read makes changes uncertain, and reviews of different things are not compared.
func TestCompareOfWhatCannotBeCompared(t *testing.T) {
	partly := sample()
	partly.unlisted = map[string]error{"user": errors.New("refused")}
	partly.live = partly.live[:3]
	got, since := changes(t, sample(), partly)
	if since.Complete || !strings.Contains(since.Words(), "not certain") || len(got) != 5 {
		t.Errorf("%q: %q", since.Words(), got)
	}
	if first := strings.Join(rows(t, partly.review(t))[1], "|"); !strings.HasPrefix(first, "partoo|42||||not-seen|||||The users of Partoo could not be read") {
		t.Errorf("the CSV begins with %q", first)
	}
	for name, edit := range map[string]func(*Tenant){
		"another tenant": func(x *Tenant) { x.Tenant = "43" },
		"files":          func(x *Tenant) { x.Source = "files" },
		"another name":   func(x *Tenant) { x.Provider, x.Tenant = "other", "43" },
		"product":        func(x *Tenant) { x.Product = "tines" },
	} {
		old := sample().review(t)
		edit(old.Tenants[0])
		if err := Compare(old, sample().review(t)); !errors.Is(err, ErrNotComparable) {
			t.Errorf("%s: %v", name, err)
		}
	}
	old := sample().review(t)
	old.Tenants[0].Provider = "renamed"
	now := sample().review(t)
	old.Tenants = append(old.Tenants, &Tenant{Provider: "tines", Product: "tines", Source: "live", People: []*Person{{}, {}}})
	if err := Compare(old, now); err != nil {
		t.Errorf("a renamed provider block: %v", err)
	}
	const missing = "The earlier review also has tines, with 2 people. This one does not, so what changed there is not known."
	if len(now.Missing) != 1 || now.Missing[0].Words() != missing {
		t.Errorf("tenants that are missing now: %+v", now.Missing)
	}
	if first := strings.Join(rows(t, now)[1], "|"); !strings.HasPrefix(first, "tines|||||not-seen|||||"+missing) {
		t.Errorf("the CSV begins with %q", first)
	}
}

// Reviews of files know the tenant if the provider block names it.
func TestCompareFilesOfTenants(t *testing.T) {
	files := func(tenant string) *Document {
		d := sample().review(t)
		d.Tenants[0].Source, d.Tenants[0].Tenant = "files", tenant
		return d
	}
	if err := Compare(files("42"), files("43")); !errors.Is(err, ErrNotComparable) {
		t.Errorf("two tenants: %v", err)
	}
	for _, x := range []struct {
		was, is string
		known   bool
	}{{"42", "42", true}, {"", "42", false}, {"42", "", false}, {"", "", false}} {
		now := files(x.is)
		if err := Compare(files(x.was), now); err != nil {
			t.Fatal(err)
		}
		if s := now.Tenants[0].Since; s.NotIdentified == x.known || strings.Contains(s.Words(), "not say whether") == x.known {
			t.Errorf("%+v: %q", x, s.Words())
		}
	}
}

// Changes are in the CSV too, with a row for who was removed.
func TestCSVHasChanges(t *testing.T) {
	is := sample()
	is.live = is.live[:len(is.live)-1]
	is.live[3] = is.object("user", &partoo.User{Email: "ana@zoo.example", Role: "ORG_ADMIN"}, "email", "role")
	now := is.review(t)
	if err := Compare(sample().review(t), now); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range rows(t, now)[1:] {
		if n := len(r); r[n-2] != "" {
			got = append(got, r[3]+": "+r[n-2]+": "+r[n-1])
		}
	}
	want := []string{
		"new@zoo.example: removed: ",
		"ana@zoo.example: changed: becomes administrator; gains everything on the whole organization through role ORG_ADMIN",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// FuzzDecode reads what anybody may have written, and compares with it.
func FuzzDecode(f *testing.F) {
	var b bytes.Buffer
	if err := Encode(&b, sample().review(f)); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte(`{"format_version":1,"at":"x","tenants":[{"provider":"partoo","product":"partoo","tenant":"42","source":"live","people":[],"ways":[]}]}`))
	now := sample().review(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := Decode(bytes.NewReader(b))
		if err != nil {
			return
		}
		rows(t, d)
		_ = Compare(d, now) // of another tenant, or not
	})
}
