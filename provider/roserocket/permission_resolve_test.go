package roserocket

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// What data and fields come to. Guests have read_only, drivers a custom document,
// and everybody else everything.
func TestResolve(t *testing.T) {
	type rights = map[string]string
	for _, c := range []struct {
		name         string
		role         string
		p            Permission
		data, option string
		access       rights
		found        []string
	}{
		{name: "no fields", role: "sales", p: Permission{Record: map[string]bool{recordCreate: true}}},
		{name: "full, as it is", role: "sales", p: Permission{Data: dataFull}, data: dataFull, option: "full"},
		{name: "read_only", role: "sales", p: Permission{Data: dataRead}, data: dataRead, option: "readOnly",
			access: rights{"status": read, "notes": read, "cost": read, "margin": read}},
		{name: "none", role: "sales", p: Permission{Data: dataNone}, data: dataNone, option: noAccess,
			access: rights{"status": hide, "notes": hide, "cost": hide, "margin": hide}},
		{name: "full from read_only", role: "guest", p: Permission{Data: dataFull}, data: dataFull, option: "full",
			access: rights{"status": edit, "notes": edit, "cost": edit, "margin": read}},
		{name: "custom leaves the fields", role: "guest", p: Permission{Data: dataCustom}, data: dataCustom, option: "custom"},
		{name: "read_only with exceptions", role: "sales", p: Permission{Data: dataRead, Fields: map[string][]string{edit: {"notes"}}}, data: dataCustom, option: "custom",
			access: rights{"status": read, "notes": edit, "cost": read, "margin": read}, found: []string{"warning roserocket/exceptions"}},
		{name: "no exceptions after all", role: "sales", p: Permission{Data: dataRead, Fields: map[string][]string{read: {"notes"}}}, data: dataRead, option: "readOnly",
			access: rights{"status": read, "notes": read, "cost": read, "margin": read}},
		{name: "others are kept, and no more than data says", role: "driver",
			p:    Permission{Data: dataRead, Fields: map[string][]string{edit: {"notes"}, others: {keep}}},
			data: dataCustom, option: "custom", access: rights{"status": read, "notes": edit}, found: []string{"warning roserocket/lowered-fields"}},
		{name: "others are kept, and the file says so", role: "guest", p: Permission{Fields: map[string][]string{hide: {"cost"}, others: {keep}}}, data: dataCustom, option: "custom",
			access: rights{"cost": hide}},
		{name: "others are read, and the file says so", role: "driver", p: Permission{Fields: map[string][]string{hide: {"cost"}, others: {read}}},
			access: rights{"status": read, "notes": read, "cost": hide, "margin": read}},
		{name: "fields alone, and the option no longer fits", role: "guest", p: Permission{Fields: map[string][]string{hide: {"cost"}}}, data: dataCustom, option: "custom",
			access: rights{"cost": hide}, found: []string{"warning roserocket/unlisted-fields"}},
		{name: "fields alone, as they are", role: "guest", p: Permission{Fields: map[string][]string{read: {"*"}}},
			access: rights{"status": read, "notes": read, "cost": read, "margin": read}},
		{name: "fields alone in a custom document", role: "driver", p: Permission{Fields: map[string][]string{read: {"cost"}, others: {hide}}},
			access: rights{"status": hide, "notes": hide, "cost": read, "margin": hide}},
		{name: "derived fields", role: "sales", p: Permission{Fields: map[string][]string{edit: {"*"}}},
			access: rights{"status": edit, "notes": edit, "cost": edit}, found: []string{"warning roserocket/derived-skipped", "warning roserocket/unlisted-fields"}},
		{name: "mistakes", role: "sales", p: Permission{Boards: map[string]bool{"orders": true}, Fields: map[string][]string{edit: {"margin"}, read: {"note"}, hide: {"x*"}}},
			access: rights{}, found: []string{"error roserocket/unknown-board", "error roserocket/unknown-field", "error roserocket/derived-field",
				"warning roserocket/unused-pattern", "warning roserocket/unlisted-fields"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := open(t)
			// Each word of data is on one of these.
			blocks, findings := p.resolved(declared(c.role, "order", c.p),
				declared("csr", "order", Permission{}), declared("guest", "contact", Permission{}), declared("driver", "order", Permission{Record: map[string]bool{}}))
			got := blocks[0].Body.(*Permission)
			if got.Data != c.data || got.Option != c.option {
				t.Errorf("data is %q as %q, want %q as %q", got.Data, got.Option, c.data, c.option)
			}
			if diff := cmp.Diff(c.access, got.Access); diff != "" {
				t.Errorf("access (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.found, codes(findings)); diff != "" {
				t.Errorf("findings (-want +got):\n%s\n%v", diff, findings)
			}
			for _, f := range findings {
				if len(f.Summary) > 60 || strings.Contains(f.Detail, "  ") || strings.HasSuffix(f.Detail, " ") {
					t.Errorf("%q\n%q", f.Summary, f.Detail)
				}
			}
		})
	}
}

func TestUnknownLiteral(t *testing.T) {
	p := open(t)
	_, findings := p.resolved(declared("guest", "order", Permission{Data: dataFull}), declared("guest", "contact", Permission{Data: dataFull}))
	if diff := cmp.Diff([]string{"error roserocket/unknown-literal"}, codes(findings)); diff != "" {
		t.Fatal(diff)
	}
	if d := findings[0].Detail; !strings.Contains(d, `literals = { full = "..." }`) || !strings.Contains(d, "guest/contact") {
		t.Error(d)
	}
	s := settings()
	s.Literals = map[string]string{dataFull: "full"}
	p = open(t, s)
	if blocks, findings := p.resolved(declared("guest", "order", Permission{Data: dataFull})); len(findings) > 0 || blocks[0].Body.(*Permission).Option != "full" {
		t.Errorf("%+v %v", blocks[0].Body, findings)
	}
}

// Whatever an unknown key is answered, the words say what is wrong with which key.
func TestUnknownKeys(t *testing.T) {
	for _, answer := range []string{"404", "400", "403", "empty"} {
		p := open(t, "unknown-key="+answer)
		_, findings := p.resolved(declared("guest", "order", Permission{}), declared("salse", "order", Permission{}),
			declared("guest", "ordr", Permission{}), declared("nobody", "nothing", Permission{}))
		want := []string{"error roserocket/unknown-permission", "error roserocket/unknown-permission", "error roserocket/unknown-permission"}
		if diff := cmp.Diff(want, codes(findings)); diff != "" {
			t.Errorf("%s: %s", answer, diff)
			continue
		}
		if !strings.Contains(findings[0].Detail, `Did you mean "sales"?`) || !strings.Contains(findings[1].Detail, `Did you mean "order"?`) {
			t.Errorf("%s: %s\n%s", answer, findings[0].Detail, findings[1].Detail)
		}
		if answer == "404" || answer == "400" {
			if findings[0].Attribute != "role" || findings[1].Attribute != "object" || findings[2].Attribute != "" {
				t.Errorf("%s: %+v", answer, findings)
			}
		}
	}
}

// With for_each one block makes many permissions: what is wrong with its lists is
// told once, and a pattern is of use where any of them has such a field.
func TestOneBlockManyPermissions(t *testing.T) {
	p := open(t)
	var blocks []schema.Object
	for i, role := range knownRoles[:9] {
		b := declared(role, []string{"order", "contact"}[i%2], Permission{Fields: map[string][]string{hide: {"cost*", "zz*"}, read: {"statuss"}}})
		b.Pos = schema.Pos{File: "a.hcl", Line: 3}
		blocks = append(blocks, b)
	}
	_, findings := p.resolved(blocks...)
	want := []string{"error roserocket/unknown-field", "warning roserocket/unused-pattern", "warning roserocket/unlisted-fields"}
	if diff := cmp.Diff(want, codes(findings)); diff != "" {
		t.Error(diff)
	}
	if d := findings[0].Detail; !strings.Contains(d, `"status"`) || !strings.Contains(d, "and 3 more") {
		t.Error(d)
	}
}

func TestLabels(t *testing.T) {
	p := open(t)
	user := schema.Object{Kind: &userKind, Body: &User{ID: anaID, Email: "ana@freight.example"}}
	r, err := p.Resolve(t.Context(), []schema.Object{user})
	if err != nil || r.Labels[anaID] != "ana@freight.example" {
		t.Errorf("%v, %v", r, err)
	}
	p.asked()
}

// Permissions that cannot be read are compared with what was written last.
func TestUnseen(t *testing.T) {
	whole := Permission{
		Data: dataNone, Boards: map[string]bool{"order": false}, Record: map[string]bool{recordCreate: false, recordDelete: false},
		Fields: map[string][]string{hide: {"status", "notes", "cost", "margin"}},
	}
	for _, answer := range []string{"404", "405"} {
		t.Run(answer, func(t *testing.T) {
			p := open(t, "permissions-get="+answer)
			_, findings := p.resolved(declared("guest", "order", Permission{Data: dataNone}))
			if diff := cmp.Diff([]string{"warning roserocket/unseen", "error roserocket/unseen-permission"}, codes(findings)); diff != "" {
				t.Error(diff)
			}
			blocks, findings := p.resolved(declared("guest", "order", whole))
			if diff := cmp.Diff([]string{"warning roserocket/unseen"}, codes(findings)); diff != "" {
				t.Error(diff, findings)
			}
			have := p.live(keyOnly(blocks[0]))
			if !have.LastWritten || have.Has("data") {
				t.Errorf("%+v", have)
			}
			p.reset()
			got := p.change(have, blocks[0])
			p.asked("POST /permissions/roles/guest/objectKey/order")
			if !got.LastWritten || got.Body.(*Permission).Access["cost"] != hide {
				t.Errorf("%+v", got)
			}
			if now := p.live(keyOnly(blocks[0])); !now.LastWritten || now.Body.(*Permission).Data != dataNone {
				t.Errorf("%+v", now)
			}
			p.recalls(answer, got)
		})
	}
}

// recalls plans anew, with a journal that tells of the write.
func (p *fixture) recalls(answer string, written schema.Object) {
	t := p.t
	t.Helper()
	fresh := open(t, "permissions-get="+answer, func(a schema.Address) (schema.Object, bool) { return written, a == written.Addr })
	blocks, findings := fresh.resolved(declared("guest", "order", Permission{Fields: map[string][]string{hide: {"cost*"}, others: {hide}}}))
	if diff := cmp.Diff([]string{"warning roserocket/unseen"}, codes(findings)); diff != "" {
		t.Error(diff)
	}
	have := fresh.live(keyOnly(blocks[0]))
	if !have.LastWritten || !have.Has("access") {
		t.Fatalf("%+v", have)
	}
	r := provider.Request{Action: schema.Update, Addr: have.Addr, Have: &have, Want: &have}
	if fresh.EstimateRequests(r) != 1 {
		t.Errorf("it costs %d requests", fresh.EstimateRequests(r))
	}
	found, err := fresh.Check(t.Context(), provider.View{Changes: []provider.Request{r}})
	if err != nil || fmt.Sprint(codes(found)) != "[warning roserocket/unverified]" {
		t.Errorf("%v, %v", found, err)
	}
}

func TestCheck(t *testing.T) {
	p := open(t)
	change := func(role string) provider.Request {
		o := declared(role, "order", Permission{Record: map[string]bool{recordCreate: true}})
		return provider.Request{Action: schema.Update, Addr: o.Addr, Have: &o, Want: &o}
	}
	dispatch := group(Group{Name: "Dispatch"})
	for _, c := range []struct {
		name   string
		change provider.Request
		allow  bool
		want   []string
	}{
		{"another role", change("sales"), false, nil},
		{"the own role", change("admin"), false, []string{"error roserocket/own-role"}},
		{"the own role in other letters", change("Admin"), false, []string{"error roserocket/own-role"}},
		{"the own role as recipes name it", change("$custom_ADMIN"), false, []string{"error roserocket/own-role"}},
		{"a role that has admin in its name", change("super-admin"), false, nil},
		{"the own role, with leave", change("admin"), true, nil},
	} {
		p.settings.AllowOwnRole = c.allow
		got, err := p.Check(t.Context(), provider.View{
			Changes: []provider.Request{c.change}, After: map[string][]schema.Object{"user_group": {dispatch}},
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, codes(got)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
	p.settings.AllowOwnRole, p.settings.OwnRole = false, "Super Admin"
	if got, err := p.Check(t.Context(), provider.View{Changes: []provider.Request{change("super-admin")}}); err != nil || fmt.Sprint(codes(got)) != "[error roserocket/own-role]" {
		t.Errorf("%v, %v", got, err)
	}
	p.settings.OwnRole = "manager"
	got, err := p.Check(t.Context(), provider.View{Changes: []provider.Request{change("manager"), change("admin")}})
	if err != nil || fmt.Sprint(codes(got)) != "[error roserocket/own-role]" || strings.Contains(got[0].Detail, "admin/order") {
		t.Errorf("%v, %v", got, err)
	}
}

func TestGrants(t *testing.T) {
	p := Permission{Record: map[string]bool{recordCreate: true, recordDelete: false}, Boards: map[string]bool{"order": true, "embedded": false},
		Access: map[string]string{"margin": hide, "cost": read, "notes": edit, "odd": "approver"}}
	o := declared("sales", "order", p)
	o.Body.(*Permission).Access = p.Access
	var got []string
	for _, g := range permissionGrants(&o, nil) {
		if g.Scope != "order" || g.Via != "role sales" {
			t.Errorf("%+v", g)
		}
		got = append(got, g.Right)
	}
	if diff := cmp.Diff([]string{"create records", "see board order", "read cost", "edit notes", "read notes", "approver odd"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestSettings(t *testing.T) {
	for _, c := range []struct {
		s          Settings
		api, token string
	}{
		{Settings{Endpoint: "emulator"}, "emulator", ""},
		{Settings{Endpoint: "https://example.roserocket.com/"}, "https://example.roserocket.com/api/v2/platformModel", issuer},
		{Settings{Endpoint: "https://network.roserocket.com/api/v2/platformModel"}, "https://network.roserocket.com/api/v2/platformModel", issuer},
		{Settings{Endpoint: "http://127.0.0.1:8042"}, "http://127.0.0.1:8042/api/v2/platformModel", "http://127.0.0.1:8042"},
		{Settings{Endpoint: "http://localhost:8042", AuthEndpoint: "https://a.example/"}, "http://localhost:8042/api/v2/platformModel", "https://a.example"},
	} {
		o := schema.Object{Kind: &settingsKind, Body: &c.s}
		if got := endpoint(&o); got != c.api {
			t.Errorf("%q is %q", c.s.Endpoint, got)
		}
		if got := c.s.authEndpoint(c.api); c.token != "" && got != c.token {
			t.Errorf("tokens of %q come from %q", c.s.Endpoint, got)
		}
	}
	for s, good := range map[string]bool{"emulator": true, "https://x.example": true, "x.example": false, "https://x.example/api": false, "https://u:p@x.example": false} {
		if err := baseURL(s); (err == nil) != good {
			t.Errorf("%q: %v", s, err)
		}
	}
	o := schema.Object{Kind: &settingsKind, Body: &Settings{Parallel: 3, Literals: map[string]string{dataFull: "x", dataRead: "x", dataCustom: ""}}, Set: settingsKind.Mask("parallel", "literals")}
	if got := codes(validateSettings(&o)); fmt.Sprint(got) != "[error roserocket/parallel error roserocket/literals error roserocket/literals]" {
		t.Error(got)
	}
	for path, good := range map[string]bool{"GET /x": true, "POST /oauth/token": true, "POST /api/v2/platformModel/userGroups/search": true, "POST /api/v2/platformModel/userGroups": false, "DELETE /x": false} {
		method, path, _ := strings.Cut(path, " ")
		if reads(method, path) != good {
			t.Errorf("%s %s", method, path)
		}
	}
}
