package planfile

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

var update = flag.Bool("update", false, "rewrite the golden files of this package")

type docRole struct {
	APIID, Name, Description string
	Permissions              []string
	Limits                   map[string]string
	Boards                   map[string]bool
	Fields                   map[string][]string
}

type docUser struct {
	Email, Role string
	Accesses    [][]string
	Disabled    bool
	Seats       int64
}

// docProduct has every type of attribute.
func docProduct() *schema.Product {
	return &schema.Product{
		Name: "zoo", Title: "Zoo",
		Kinds: []*schema.Kind{
			{Name: "role", Attributes: []schema.Attribute{
				schema.String("api_id", "Key.", func(r *docRole) *string { return &r.APIID }).With(schema.Key),
				schema.String("name", "Name.", func(r *docRole) *string { return &r.Name }),
				schema.String("description", "Words.", func(r *docRole) *string { return &r.Description }),
				schema.Set("permissions", "What it allows.", func(r *docRole) *[]string { return &r.Permissions }),
				schema.Map("limits", "Limits.", func(r *docRole) *map[string]string { return &r.Limits }),
				schema.BoolMap("boards", "Boards.", func(r *docRole) *map[string]bool { return &r.Boards }),
				schema.SetMap("fields", "Fields.", func(r *docRole) *map[string][]string { return &r.Fields }),
			}},
			{Name: "user", Subject: true, Attributes: []schema.Attribute{
				schema.String("email", "Address.", func(u *docUser) *string { return &u.Email }).With(schema.Key | schema.FoldCase),
				schema.Ref("role", "Role.", func(u *docUser) *string { return &u.Role }).To("role"),
				schema.RefSets("accesses", "Accesses.", func(u *docUser) *[][]string { return &u.Accesses }),
				schema.Bool("disabled", "Off.", func(u *docUser) *bool { return &u.Disabled }),
				schema.Int("seats", "Seats.", func(u *docUser) *int64 { return &u.Seats }),
			}},
		},
	}
}

func docObject(p *schema.Product, kind string, body any, id string, attributes ...string) *schema.Object {
	k := p.Kind(kind)
	o := &schema.Object{Kind: k, Body: body, ID: id, Set: k.Mask(attributes...)}
	o.Addr = schema.Address{Provider: "zoo", Kind: kind, Key: k.KeyOf(body)}
	return o
}

// fullDocument has something in every member of a plan.
func fullDocument(p *schema.Product) *plan.Document {
	pos := schema.Pos{File: "zoo.hcl", Line: 12, Column: 1}
	addr := func(kind, key string) schema.Address { return schema.Address{Provider: "zoo", Kind: kind, Key: key} }
	role := p.Kind("role")
	user := p.Kind("user")

	newRole := docObject(p, "role", &docRole{APIID: "editor", Name: "Editor <1>", Description: "Two\nlines", Limits: map[string]string{"b": "2", "a": "1"},
		Boards: map[string]bool{"orders": true, "bills": false}, Fields: map[string][]string{"edit": {"notes"}, "read": nil}}, "",
		"api_id", "name", "description", "permissions", "limits", "boards", "fields")
	newRole.Pos = pos

	before := docObject(p, "user", &docUser{Email: "ana@zoo.example", Role: "viewer", Accesses: [][]string{{"a", "b"}, {"c"}}, Seats: 1 << 60}, "",
		"email", "role", "accesses", "seats")
	before.LastWritten = true
	after := docObject(p, "user", &docUser{Email: "ana@zoo.example", Role: "editor", Disabled: true}, "",
		"email", "role", "accesses", "seats", "disabled")
	after.Pos = pos

	old := docObject(p, "role", &docRole{APIID: "old", Permissions: []string{"a"}}, "", "api_id", "permissions")
	renamed := docObject(p, "role", &docRole{APIID: "new", Permissions: []string{"a"}}, "", "api_id", "permissions")
	builtin := docObject(p, "role", &docRole{APIID: "root"}, "", "api_id")
	within := docObject(p, "role", &docRole{APIID: "root/child", Permissions: []string{"b"}}, "", "api_id", "permissions")

	asserted := []plan.Assertion{
		{Name: plan.NoNewAdmin, Holds: true, Text: "nobody gains", Failures: []plan.AssertionFailure{}},
		{Name: plan.NoLoss, Text: "nobody loses", Total: 12, Failures: []plan.AssertionFailure{
			{Provider: "zoo", Subject: "user.ana@zoo.example", Text: "ana loses <view>", Cause: "role.editor", File: "zoo.hcl", Line: 12},
		}},
	}
	return &plan.Document{Version: "0.1.0", Directory: "examples/zoo", Assertions: asserted, Plans: []*plan.Plan{{
		Provider: "zoo", Product: "zoo", Tenant: "42", Endpoint: "https://api.zoo.example/v2", Self: addr("user", "ops@zoo.example"),
		Scope: &plan.Scope{
			Since: "origin/main", Commit: "0123456789abcdef", Everything: "the provider block zoo changed", Compared: 3, NotCompared: 994,
			ChecksGone: []string{"few administrators"},
			Left:       []schema.Address{addr("user", "bo@zoo.example")},
		},
		Changes: []plan.Change{
			{Action: schema.Create, Addr: newRole.Addr, Want: newRole, Changed: newRole.Set, Pos: pos},
			{Action: schema.Update, Addr: after.Addr, Have: before, Want: after, Changed: user.Mask("role", "disabled"), DependsOn: []int{0}, Pos: pos},
			{Action: schema.Rename, Addr: renamed.Addr, From: "old", Have: old, Want: renamed, Changed: role.Mask("api_id")},
			{Action: schema.Delete, Addr: builtin.Addr, Have: builtin, Reason: "no file declares it", DependsOn: []int{0, 1}, Cascades: []*schema.Object{within}},
		},
		Observed:   []plan.Change{{Action: schema.Update, Addr: after.Addr, Have: before, Want: after, Changed: user.Mask("role"), Pos: pos}},
		Excluded:   []plan.Change{{Action: schema.Delete, Addr: builtin.Addr, Have: builtin}},
		Findings:   []schema.Finding{{Severity: schema.Warning, Code: "zoo/odd", Addr: after.Addr, Pos: pos, Attribute: "role", Value: "editor", Summary: "Odd role", Detail: "It is odd.", RightsUnknown: true}},
		Violations: []schema.Finding{{Code: "limit/empty", Summary: "Nothing would be left", Detail: "Declare one."}},
		Checks: []plan.Check{
			{Name: "duties", Result: plan.CheckFailed, Members: 3, Failed: 1, Failures: []schema.CheckFailure{{Key: "ana@zoo.example", Text: "Ana may not."}}, Pos: pos},
			{Name: "typo", Warning: true, Result: plan.CheckUndecided, Problems: []schema.Finding{{Code: schema.CheckUndecided, Pos: pos, Summary: "No user is called \"an\""}}},
			{Name: "later", Result: plan.CheckSkipped, Failures: []schema.CheckFailure{}, Why: "the plan has errors"},
		},
		Unmanaged:        []plan.Unmanaged{{Kind: "user", Keys: []string{"bo@zoo.example"}, Note: "cannot be removed"}},
		UndeclaredPeople: []schema.Address{{Kind: "user", Key: "bo@zoo.example"}, {Kind: "user", Key: "ops@zoo.example"}},
		Unchanged:        map[string]int{"role": 3, "user": 994},
		Affected: []rights.Difference{{
			Subject: after.Addr, Person: true, Gained: []schema.Grant{{Right: "edit", Scope: "everywhere", Via: "role editor"}},
			Lost: []schema.Grant{{Right: "view"}}, LosesAll: true, CausedBy: []schema.Address{after.Addr, newRole.Addr},
		}},
		Danger: []plan.Danger{{
			Subject: after.Addr, Person: true, Administrator: true, Gained: []schema.Grant{{Right: "everything", Scope: "the zoo", Via: "admin"}, {Right: "edit"}},
			CausedBy: []schema.Address{newRole.Addr}, People: []schema.Address{addr("user", "bo@zoo.example")},
		}},
		Unknown:      []plan.Unknown{{Subject: after.Addr, Gained: true, CausedBy: []schema.Address{newRole.Addr}}},
		Kinds:        p.KindNames(),
		DisplayNames: map[string]string{"b2": "S002", "b1": "S001"},
		SetNames:     map[string]string{"[a, b]": "both"},
		Requests:     plan.Requests{Spent: 12, Estimated: 45, Budget: 240},
	}}}
}

// sameDocument compares what a document says, not how its empty values are stored.
func sameDocument() cmp.Options {
	return cmp.Options{
		cmpopts.EquateEmpty(),
		cmpopts.IgnoreUnexported(plan.Plan{}),
		cmp.Comparer(func(a, b *schema.Kind) bool { return a == b }),
	}
}

func encode(t testing.TB, d *plan.Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Encode(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestDocumentRoundTrip(t *testing.T) {
	p := docProduct()
	want := fullDocument(p)
	text := encode(t, want)
	got, err := Decode(bytes.NewReader(text), []*schema.Product{p})
	if err != nil {
		t.Fatal(err)
	}
	if got.Stated != want.Digest() {
		t.Errorf("it says that its digest is %q, not %q", got.Stated, want.Digest())
	}
	got.Stated = ""
	if diff := cmp.Diff(want, got, sameDocument()); diff != "" {
		t.Errorf("decoded document differs (-want +got):\n%s", diff)
	}
	if again := encode(t, got); !bytes.Equal(text, again) {
		t.Errorf("second encoding differs:\n%s", cmp.Diff(string(text), string(again)))
	}
}

func TestDocumentGolden(t *testing.T) {
	for name, d := range map[string]*plan.Document{"full": fullDocument(docProduct()), "empty": {Version: "0.1.0"}, "noplan": {Version: "0.1.0", Plans: []*plan.Plan{{Provider: "zoo", Product: "zoo", NoImpact: true}}}} {
		t.Run(name, func(t *testing.T) {
			file := "testdata/document/" + name + ".json"
			got := encode(t, d)
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("document differs (-want +got):\n%s", diff)
			}
		})
	}
}

type brokenWriter struct{}

var errDisk = errors.New("no space left on device")

func (brokenWriter) Write([]byte) (int, error) { return 0, errDisk }

// What is left out needs nothing: its needs would point into another list.
func TestEncodeOmitsDependenciesOfOthers(t *testing.T) {
	p := docProduct()
	d := fullDocument(p)
	d.Plans[0].Excluded[0].DependsOn, d.Plans[0].Observed[0].DependsOn = []int{7}, []int{7}
	got, err := Decode(bytes.NewReader(encode(t, d)), []*schema.Product{p})
	if err != nil {
		t.Fatal(err)
	}
	if n := got.Plans[0].Excluded[0].DependsOn; n != nil {
		t.Errorf("a change that is left out needs %v", n)
	}
}

// The error is told where all of the document waits in a buffer, and where some of
// it is written in the middle.
func TestEncodeReturnsWriteErrors(t *testing.T) {
	for name, d := range map[string]*plan.Document{"short": fullDocument(docProduct()), "long": manyChanges(docProduct(), 2000)} {
		if err := Encode(brokenWriter{}, d); !errors.Is(err, errDisk) {
			t.Errorf("%s: got %v, want %v", name, err, errDisk)
		}
	}
}

// null is a list of nothing, as some writers of JSON have it.
func TestDecodeNull(t *testing.T) {
	d, err := Decode(strings.NewReader(`{"format_version":2,"plans":[{"provider":"zoo","product":"zoo","changes":null,"findings":null}]}`), []*schema.Product{docProduct()})
	if err != nil || len(d.Plans) != 1 || len(d.Plans[0].Changes)+len(d.Plans[0].Findings) != 0 {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestDecodeErrors(t *testing.T) {
	p := docProduct()
	full := string(encode(t, fullDocument(p)))
	swap := func(old, new string) string {
		if !strings.Contains(full, old) {
			t.Fatalf("the document has no %s", old)
		}
		return strings.Replace(full, old, new, 1)
	}
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "not a rolecall plan: it is empty"},
		{"hcl", "role \"editor\" {\n}\n", ErrNotPlan.Error()},
		{"binary", "\x00\x01\x02", ErrNotPlan.Error()},
		{"other json", `{"terraform_version": "1.9.0"}`, ErrNotPlan.Error()},
		{"list", `[1]`, ErrNotPlan.Error()},
		{"only a brace", `{`, "plan is truncated: it was cut off while it was written or copied"},
		{"no version value", `{"format_version"`, "plan is truncated: it was cut off while it was written or copied"},
		{"version text", `{"format_version":"1"}`, "format_version is not a whole number"},
		{"newer", swap(`"format_version": 2`, `"format_version": 1`), "plan has format version 1, written by rolecall 0.1.0; this rolecall reads version 2: plan again with this one"},
		{"truncated", full[:len(full)/2], "plan is truncated: it was cut off while it was written or copied"},
		{"last brace missing", strings.TrimSuffix(full, "}\n"), "plan is truncated: it was cut off while it was written or copied"},
		{"two documents", full + full, "plan has data after its end: it is two files in one, or damaged"},
		{"damaged", swap(`"observed": [`, `"observed": [[`), `plan 1: observed 1: a value of type array does not belong here`},
		{"syntax", swap(`"tenant": "42"`, `"tenant": '42'`), "plan is damaged near byte"},
		{"member", swap(`"tenant"`, `"tenants"`), `plan 1: member "tenants" is not known to this rolecall`},
		{"top member", swap(`"plans"`, `"plan"`), `member "plan" is not known to this rolecall`},
		{"member twice", swap(`"tenant": "42"`, `"tenant": "42", "tenant": "43"`), `plan 1: member "tenant" is there twice`},
		{"changes twice", swap(`"observed": [`, `"changes": [], "observed": [`), `plan 1: member "changes" is there twice`},
		{"top member twice", swap(`"directory"`, `"digest": "", "directory"`), `member "digest" is there twice`},
		{"product", swap(`"product": "zoo"`, `"product": "farm"`), `plan 1: product "farm" is not known to this rolecall, which knows zoo`},
		{"order", swap(`"product": "zoo",`, ``), `plan 1: "danger" comes before "provider" and "product"; leave the members in the order in which rolecall wrote them`},
		{"a list of something else", `{"format_version":2,"plans":[7]}`, `plan 1: is not an object`},
		{"no list", swap(`"observed": [`, `"observed": 7, "excluded": [`), `plan 1: is not a list`},
		{"no word", `{"format_version":2,"plans":[x]}`, `plan is damaged near byte`},
		{"no product", `{"format_version":2,"plans":[{"provider":"zoo"}]}`, `plan 1: does not say which product it is for`},
		{"path in the provider", swap(`"provider": "zoo"`, `"provider": "zoo/../../y"`), `plan 1: provider "zoo/../../y" is not the name of a provider block, such as partoo or partoo.sandbox`},
		{"path in the alias", swap(`"provider": "zoo"`, `"provider": "zoo.../y"`), `plan 1: provider "zoo.../y" is not the name of a provider block`},
		{"two aliases", swap(`"provider": "zoo"`, `"provider": "zoo.a.b"`), `plan 1: provider "zoo.a.b" is not a provider block of zoo`},
		{"provider of another product", swap(`"provider": "zoo"`, `"provider": "farm"`), `plan 1: provider "farm" is not a provider block of zoo`},
		{"no provider", `{"format_version":2,"plans":[{"product":"zoo"}]}`, `plan 1: does not say which provider block it is for`},
		{"a provider block twice", `{"format_version":2,"plans":[{"provider":"zoo","product":"zoo","tenant":"1"},{"provider":"zoo","product":"zoo","tenant":"2"}]}`, `two plans are for the provider block "zoo"`},
		{"a tenant twice", `{"format_version":2,"plans":[{"provider":"zoo","product":"zoo","tenant":"1"},{"provider":"zoo.b","product":"zoo","tenant":"1"}]}`, `two plans are for the tenant "1" of zoo`},
		{"settings", swap(`"summary"`, `"settings": {}, "summary"`), `plan 1: settings: zoo has no settings`},
		{"ids", swap(`"summary"`, `"ids": [], "summary"`), `plan 1: member "ids" is not known to this rolecall`},
		{"tenant type", swap(`"tenant": "42"`, `"tenant": 42`), `plan 1: tenant: a value of type number does not belong here`},
	} {
		t.Run(c.name, func(t *testing.T) { decodeFails(t, p, c.text, c.want) })
	}
}

func TestDecodeChangeErrors(t *testing.T) {
	p := docProduct()
	full := string(encode(t, fullDocument(p)))
	for _, c := range []struct{ name, old, new, want string }{
		{"unknown member", `{"action":"create"`, `{"act":"x","action":"create"`, `plan 1: changes 1: member "act" is not known to this rolecall`},
		{"action", `"action":"create"`, `"action":"invent"`, `plan 1: changes 1: unknown action "invent"`},
		{"kind", `"kind":"role","address":"role.editor"`, `"kind":"rule","address":"rule.editor"`, `plan 1: changes 1 (rule.editor): zoo has no kind "rule"; did you mean "role"?`},
		{"kind like none", `"kind":"role","address":"role.editor"`, `"kind":"xylophone","address":"xylophone.editor"`, `plan 1: changes 1 (xylophone.editor): zoo has no kind "xylophone"`},
		{"sets", `"accesses":[["a","b"],["c"]]`, `"accesses":7`, `plan 1: changes 2 (user.ana@zoo.example): before: attribute "accesses" must be a set of sets of string`},
		{"cause", `["user.ana@zoo.example","role.editor"]`, `["ana"]`, `plan 1: causes 0: "ana" is not an address such as user.ana@zoo.example`},
		{"caused_by", `"caused_by":0`, `"caused_by":1`, `plan 1: affected 1: caused_by: "causes" above has no list 1`},
		{"because of less than nothing", `"caused_by":0`, `"caused_by":-1`, `plan 1: affected 1: caused_by: "causes" above has no list -1`},
		{"gained", `"gained":[0]`, `"gained":[2]`, `plan 1: affected 1: gained: "grants" above has no grant 2`},
		{"lost", `"lost":[1]`, `"lost":[-1]`, `plan 1: affected 1: lost: "grants" above has no grant -1`},
		{"rights of a grant", `{"rights":0,`, `{"rights":2,`, `plan 1: grants 0: "rights" above has no list 2`},
		{"no list of rights", `["edit"]`, `[7]`, `plan 1: rights 0: a value of type number does not belong here`},
		{"kind apart", `"kind":"role","address":"role.editor"`, `"kind":"user","address":"role.editor"`, `plan 1: changes 1 (role.editor): the kind "user" is not the kind of the address`},
		{"address", `"address":"role.editor"`, `"address":"editor"`, `plan 1: changes 1 (editor): the address is not one such as user.ana@zoo.example`},
		{"attribute", `"name":"Editor`, `"nam":"Editor`, `plan 1: changes 1 (role.editor): after: a role has no attribute "nam"; did you mean "name"?`},
		{"attribute twice", `"name":"Editor`, `"api_id":"Editor`, `plan 1: changes 1 (role.editor): after: attribute "api_id" is there twice`},
		{"text", `"name":"Editor <1>"`, `"name":1`, `plan 1: changes 1 (role.editor): after: attribute "name" must be a string`},
		{"null", `"name":"Editor <1>"`, `"name":null`, `plan 1: changes 1 (role.editor): after: attribute "name" must be a string`},
		{"null member", `"permissions":[]`, `"permissions":[null]`, `plan 1: changes 1 (role.editor): after: attribute "permissions" must be a set of string`},
		{"null entry", `"limits":{"a":"1"`, `"limits":{"a":null`, `plan 1: changes 1 (role.editor): after: attribute "limits" must be a map of string`},
		{"null switch", `"orders":true`, `"orders":null`, `plan 1: changes 1 (role.editor): after: attribute "boards" must be a map of bool`},
		{"null list", `"read":[]`, `"read":null`, `plan 1: changes 1 (role.editor): after: attribute "fields" must be a map of sets of string`},
		{"text in a list", `"read":[]`, `"read":"x"`, `plan 1: changes 1 (role.editor): after: attribute "fields" must be a map of sets of string`},
		{"null attribute without an after", `"before":{"api_id":"root"}`, `"before":{"api_id":null}`, `plan 1: changes 4 (role.root): before: attribute "api_id" must be a string`},
		{"null key", `"before":{"role":"viewer"`, `"before":{"email":null,"role":"viewer"`, `plan 1: changes 2 (user.ana@zoo.example): before: the values are of user., and the address is user.ana@zoo.example`},
		{"null set", `"accesses":[["a","b"],["c"]]`, `"accesses":[null]`, `plan 1: changes 2 (user.ana@zoo.example): before: attribute "accesses" must be a set of sets of string`},
		{"fraction", `"seats":1152921504606846976`, `"seats":1.5`, `plan 1: changes 2 (user.ana@zoo.example): before: attribute "seats" must be a number`},
		{"bool", `"disabled":true`, `"disabled":"yes"`, `plan 1: changes 2 (user.ana@zoo.example): after: attribute "disabled" must be a bool`},
		{"values", `"before":{"role":"viewer","accesses":[["a","b"],["c"]],"disabled":null,"seats":1152921504606846976}`, `"before":7`, `plan 1: changes 2 (user.ana@zoo.example): before: is not an object with attributes`},
		{"changed", `"changed":["role"`, `"changed":["roles"`, `plan 1: changes 2 (user.ana@zoo.example): changed: a user has no attribute "roles"; did you mean "role"?`},
		{"create without after", `"action":"delete"`, `"action":"create"`, `plan 1: changes 4 (role.root): a create must not have a before`},
		{"update without after", `"action":"delete"`, `"action":"update"`, `plan 1: changes 4 (role.root): a change to update needs an after`},
		{"delete without before", `"action":"create"`, `"action":"delete"`, `plan 1: changes 1 (role.editor): a change to delete needs a before`},
		{"rename without from", `"from":"old",`, ``, `plan 1: changes 3 (role.new): before: the values are of role.old, and the address is role.new`},
		{"finding severity", `"severity":"warning"`, `"severity":"mild"`, `plan 1: findings 1: severity "mild" is neither error nor warning`},
		{"finding line", `"line":12,"column":1,"attribute"`, `"line":"12","column":1,"attribute"`, `plan 1: findings 1.line: a value of type string does not belong here`},
		{"another object", `"before":{"role":"viewer"`, `"before":{"email":"vet@zoo.example","role":"viewer"`, `plan 1: changes 2 (user.ana@zoo.example): before: the values are of user.vet@zoo.example, and the address is user.ana@zoo.example`},
		{"another object afterwards", `"after":{"api_id":"editor"`, `"after":{"api_id":"root"`, `plan 1: changes 1 (role.editor): after: the values are of role.root, and the address is role.editor`},
		{"an escape in an address", `"address":"role.editor"`, `"address":"role.\u001b[2Jx"`, `plan 1: changes 1 (role.\x1b[2Jx): after: the values are of role.editor, and the address is role.\x1b[2Jx`},
		{"no key", `"after":{"api_id":"editor",`, `"after":{`, `plan 1: changes 1 (role.editor): after: the values are of role., and the address is role.editor`},
		{"renamed from another object", `"from":"old"`, `"from":"older"`, `plan 1: changes 3 (role.new): before: the values are of role.old, and the address is role.older`},
		{"from of an update", `"action":"rename"`, `"action":"update"`, `plan 1: changes 3 (role.new): a change to update must not have a from`},
		{"two changes of one object", `"role.new"`, `"role.editor"`, `plan 1: changes 3 (role.editor): after: the values are of role.new`},
		{"cascade of another object", `"api_id":"root/child"`, `"api_id":"editor"`, `plan 1: changes 4 (role.root): cascades 1: before: the values are of role.editor, and the address is role.root/child`},
		{"cascade of nothing", `"before":{"api_id":"root/child","permissions":["b"]}`, `"before":null`, `plan 1: changes 4 (role.root): cascades 1: there is no before`},
		{"id", `{"action":"create"`, `{"id":"u1","action":"create"`, `plan 1: changes 1: member "id" is not known to this rolecall`},
		{"self", `"self": "user.ops@zoo.example"`, `"self": "ops"`, `plan 1: self: "ops" is not an address such as user.ana@zoo.example`},
		{"subject", `{"subject":"user.ana@zoo.example","adm`, `{"subject":"ana","adm`, `plan 1: danger 1: "ana" is not an address such as user.ana@zoo.example`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(full, c.old) {
				t.Fatalf("the document has no %s", c.old)
			}
			decodeFails(t, p, strings.Replace(full, c.old, c.new, 1), c.want)
		})
	}
}

func decodeFails(t *testing.T, p *schema.Product, text, want string) {
	t.Helper()
	_, err := Decode(strings.NewReader(text), []*schema.Product{p})
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got error\n\t%v\nwant\n\t%s", err, want)
	}
}

func TestDecodeVersionError(t *testing.T) {
	for written, want := range map[string]string{`"3.0.0"`: "3.0.0", `7`: ""} {
		_, err := Decode(strings.NewReader(`{"format_version": 9, "rolecall_version": `+written+`, "plans": 1}`), nil)
		var v *VersionError
		if !errors.As(err, &v) || v.Format != 9 || v.Rolecall != want {
			t.Errorf("%s: got %#v", written, err)
		}
	}
}

// A document may have any size; one value of it may not.
func TestDecodeSizeLimit(t *testing.T) {
	p := docProduct()
	const max = 2 << 10
	d := manyChanges(p, 100)
	text := encode(t, d)
	if len(text) < 5*max {
		t.Fatalf("the document has only %d bytes", len(text))
	}
	if _, err := decode(bytes.NewReader(text), []*schema.Product{p}, max); err != nil {
		t.Errorf("a long document of short values: %v", err)
	}
	d.Plans[0].Changes[50].Reason = strings.Repeat("x", 2*max)
	_, err := decode(bytes.NewReader(encode(t, d)), []*schema.Product{p}, max)
	if err == nil || !strings.HasPrefix(err.Error(), "plan has a value of more than") {
		t.Errorf("a value beyond the limit: got %v", err)
	}
	_, err = decode(io.MultiReader(strings.NewReader(`{"format_version":2,"directory":"`), endless{}), []*schema.Product{p}, max)
	if err == nil || !strings.HasPrefix(err.Error(), "plan has a value of more than") {
		t.Errorf("a value without an end: got %v", err)
	}
}

// endless is a text without an end.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestDecodeTruncated(t *testing.T) {
	p := docProduct()
	text := bytes.TrimSpace(encode(t, fullDocument(p)))
	for n := range len(text) {
		if _, err := Decode(bytes.NewReader(text[:n]), []*schema.Product{p}); err == nil {
			t.Fatalf("the first %d of %d bytes were taken for a plan", n, len(text))
		}
	}
}

func FuzzDecode(f *testing.F) {
	p := docProduct()
	full := encode(f, fullDocument(p))
	f.Add(full)
	f.Add(full[:len(full)/3])
	f.Add([]byte(`{"format_version":2,"rolecall_version":"x","plans":[null]}`))
	f.Add([]byte(`{"format_version":2,"plans":[{"provider":"zoo","product":"zoo","changes":[{"action":"delete","kind":"role","address":"role.x","before":{}}]}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := Decode(bytes.NewReader(text), []*schema.Product{p})
		if err != nil {
			return
		}
		first := encode(t, d)
		again, err := Decode(bytes.NewReader(first), []*schema.Product{p})
		if err != nil {
			t.Fatalf("own encoding is not read: %v\n%s", err, first)
		}
		if second := encode(t, again); !bytes.Equal(first, second) {
			t.Fatalf("encoding is not stable:\n%s", cmp.Diff(string(first), string(second)))
		}
	})
}

func manyChanges(p *schema.Product, n int) *plan.Document {
	changes := make([]plan.Change, n)
	for i := range changes {
		o := docObject(p, "user", &docUser{Email: fmt.Sprintf("m%06d@zoo.example", i), Role: "editor", Accesses: [][]string{{"Class/Birds", "Continent/Europe"}}}, "",
			"email", "role", "accesses", "disabled", "seats")
		changes[i] = plan.Change{Action: schema.Create, Addr: o.Addr, Want: o, Changed: o.Set, Pos: schema.Pos{File: "users.hcl", Line: 3}}
	}
	return &plan.Document{Plans: []*plan.Plan{{Provider: "zoo", Product: "zoo", Changes: changes}}}
}

func BenchmarkEncode(b *testing.B) {
	d := manyChanges(docProduct(), 20_000)
	b.ReportAllocs()
	for b.Loop() {
		encode(b, d)
	}
}

func BenchmarkDecode(b *testing.B) {
	p := docProduct()
	text := encode(b, manyChanges(p, 20_000))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(bytes.NewReader(text), []*schema.Product{p}); err != nil {
			b.Fatal(err)
		}
	}
}

func TestDecodeUnconnectedSteps(t *testing.T) {
	p := docProduct()
	step := func(from, to string) plan.Change {
		have := docObject(p, "user", &docUser{Email: "ana@zoo.example", Role: from}, "", "email", "role")
		want := docObject(p, "user", &docUser{Email: "ana@zoo.example", Role: to}, "", "email", "role")
		return plan.Change{Action: schema.Update, Addr: have.Addr, Have: have, Want: want}
	}
	for name, c := range map[string]struct {
		steps []plan.Change
		want  string
	}{
		"met":   {[]plan.Change{step("a", ""), step("", "b")}, ""},
		"apart": {[]plan.Change{step("a", ""), step("a", "b")}, "plan 1: two changes are about user.ana@zoo.example, and the second one does not continue where the first one ends"},
	} {
		text := encode(t, &plan.Document{Plans: []*plan.Plan{{Provider: "zoo", Product: "zoo", Changes: c.steps}}})
		if c.want != "" {
			decodeFails(t, p, string(text), c.want)
		} else if _, err := Decode(bytes.NewReader(text), []*schema.Product{p}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The form in which a plan and a journal keep the attributes of an object: what
// is empty stays empty, and is not taken for what is not set.
func TestValuesKeepEmptyMembers(t *testing.T) {
	p := docProduct()
	for kind, c := range map[string]struct {
		body any
		set  []string
		want string
	}{
		"role": {&docRole{APIID: "<r>"}, []string{"api_id", "permissions", "limits"}, `{"api_id":"<r>","permissions":[],"limits":{}}`},
		"user": {&docUser{Email: "ana@zoo.example", Accesses: [][]string{nil, {"a"}}}, []string{"email", "accesses"}, `{"email":"ana@zoo.example","accesses":[[],["a"]]}`},
	} {
		o := docObject(p, kind, c.body, "", c.set...)
		text, err := EncodeValues(o, o.Set)
		if got := strings.ReplaceAll(string(text), "\n", ""); err != nil || got != c.want {
			t.Errorf("%s: %s, %v", kind, got, err)
		}
		body, set, err := DecodeValues(o.Kind, text)
		if err != nil || set != o.Set {
			t.Fatalf("%s: %v, %v", kind, set, err)
		}
		for i := range o.Kind.Attributes {
			if a := &o.Kind.Attributes[i]; !a.Equal(body, o.Body) {
				t.Errorf("%s: attribute %s does not come back", kind, a.Name)
			}
		}
		if none, err := EncodeValues(o, 0); err != nil || string(none) != "{}" {
			t.Errorf("%s: without attributes %s, %v", kind, none, err)
		}
	}
	if _, _, err := DecodeValues(p.Kind("role"), []byte(`{"name":"x",}`)); err == nil || !strings.HasPrefix(err.Error(), "the attributes of a role: ") {
		t.Errorf("error %v", err)
	}
	if _, _, err := DecodeValues(p.Kind("role"), []byte(`{"permissions":3}`)); err == nil || !strings.HasPrefix(err.Error(), "the attributes of a role: ") {
		t.Errorf("error %v", err)
	}
}
