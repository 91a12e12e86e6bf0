package writer_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/config/writer"
	"github.com/rolecall-dev/rolecall/provider/partoo"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// live makes an object as a client returns it, with the attributes set.
func live(p *schema.Product, kind string, body any, attributes ...string) schema.Object {
	k := p.Kind(kind)
	k.Normalise(body)
	o := schema.Object{Kind: k, Body: body, Set: k.Mask(attributes...)}
	o.Addr = schema.Address{Provider: "partoo", Kind: kind, Key: k.KeyOf(body)}
	return o
}

func liveSection(p *schema.Product, name string) schema.Object {
	return live(p, "section", &partoo.Section{Name: name}, "name")
}

func liveGroup(p *schema.Product, section, name string) schema.Object {
	return live(p, "group", &partoo.Group{Section: section, Name: name}, "section", "name")
}

func liveRole(p *schema.Product, id, name, description string, permissions ...string) schema.Object {
	return live(p, "role", &partoo.Role{APIID: id, Name: name, Description: description, Permissions: permissions}, "api_id", "name", "description", "permissions")
}

func liveUser(p *schema.Product, u partoo.User) schema.Object {
	return live(p, "user", &u, "email", "first_name", "last_name", "role", "custom_role", "accesses", "lang", "disabled")
}

// byKind sorts objects into what Write takes.
func byKind(objects ...schema.Object) map[string][]schema.Object {
	out := map[string][]schema.Object{}
	for _, o := range objects {
		out[o.Kind.Name] = append(out[o.Kind.Name], o)
	}
	return out
}

// write returns the files that are written, by name, and what they say.
func write(t rapid.TB, p *schema.Product, objects map[string][]schema.Object, rosterAbove int) (map[string]string, writer.Result) {
	t.Helper()
	buffers := map[string]*bytes.Buffer{}
	result, err := writer.Write(writer.Input{Tenant: &schema.Tenant{Name: p.Name, Product: p}, Objects: objects, RosterAbove: rosterAbove},
		func(name string) (io.Writer, string) {
			buffers[name] = &bytes.Buffer{}
			return buffers[name], name
		})
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for name, b := range buffers {
		files[name] = b.String()
	}
	return files, result
}

// load loads the files and returns what they declare.
func load(p *schema.Product, files map[string]string) ([]schema.Object, error) {
	dir, err := os.MkdirTemp("", "rolecall-writer-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "provider.hcl"), []byte("provider \"partoo\" {\n  org_id = 42\n}\n"), 0o600); err != nil {
		return nil, err
	}
	cfg, diags := config.Load(dir, config.Options{Products: []*schema.Product{p}})
	if diags.HasErrors() {
		return nil, fmt.Errorf("%w", diags)
	}
	return cfg.Tenants[0].Objects, nil
}

func show(files map[string]string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for name := range files {
			if !yield(name) {
				return
			}
		}
	}) {
		fmt.Fprintf(&b, "-- %s --\n%s", name, files[name])
	}
	return b.String()
}

// oddTexts are names that HCL, CSV, spreadsheets, terminals or file systems could take for something else.
var oddTexts = []string{
	"Müller", "Mu\u0308ller", `"Quoted"`, `${file("/etc/passwd")}`, "%{ if true }x%{ endif }", "$${x}", "%%{", "$", "#hash", "// x", "/* x", "*/", "<<EOT",
	"two\nlines", "tab\there", "bell\a", "cr\rx", "a\u202eb", "a\u200bb", "\u2028sep", "\ufeffbom", "fill\u3164er", "\u2600\ufe0f", "👩‍🦰", "   ", " lead", "trail ",
	"a;b", "a,b", "a/b", "a~1b", "../../etc/passwd", `C:\x\y`, `\u0041`, `a"b\`, "=cmd|' /C calc'!A0", "@sum", "+1", "-1", "-1+cmd|x", "+49 30 12",
	"null", "true", "for", "each.value", "123", "1st", "{", "}", "x_y", "x y", "X Y", "X-Y", "日本語", "שלום", "İ", "ǅ", "", strings.Repeat("long ", 80),
}

// TestWriteRoundTrip writes random organizations with odd names and loads the files: every object is declared
// as it is, or skipped with a reason.
func TestWriteRoundTrip(t *testing.T) {
	p := &partoo.Provider().Product
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.OneOf(rapid.SampledFrom(oddTexts), rapid.StringN(1, 12, -1), rapid.StringMatching(`[A-Za-z][a-z ]{1,8}`))
		var objects []schema.Object
		var groups, roles []string
		seen := map[schema.Address]bool{}
		add := func(o schema.Object) bool {
			if seen[o.Addr] {
				return false
			}
			seen[o.Addr] = true
			objects = append(objects, o)
			return true
		}
		for range rapid.IntRange(1, 4).Draw(t, "sections") {
			section := schema.NFC(name.Draw(t, "section"))
			add(liveSection(p, section))
			for range rapid.IntRange(0, 4).Draw(t, "groups") {
				if g := liveGroup(p, section, name.Draw(t, "group")); add(g) {
					groups = append(groups, g.Addr.Key)
				}
			}
		}
		for range rapid.IntRange(0, 4).Draw(t, "roles") {
			if r := liveRole(p, name.Draw(t, "api_id"), name.Draw(t, "name"), name.Draw(t, "description"), "business_edit", name.Draw(t, "permission")); add(r) {
				roles = append(roles, r.Addr.Key)
			}
		}
		for i := range rapid.IntRange(0, 6).Draw(t, "users") {
			u := partoo.User{Email: fmt.Sprintf("u+%d@zoo.example", i), FirstName: name.Draw(t, "first name"), LastName: name.Draw(t, "last name"), Role: "ORG_ADMIN"}
			if len(groups) > 0 && rapid.Bool().Draw(t, "manages groups") {
				u.Role, u.Accesses = "GROUP_MANAGER", [][]string{rapid.SliceOfNDistinct(rapid.SampledFrom(groups), 1, 3, rapid.ID).Draw(t, "access")}
				if len(roles) > 0 && rapid.Bool().Draw(t, "has a role") {
					u.CustomRole = rapid.SampledFrom(roles).Draw(t, "role")
				}
			}
			add(liveUser(p, u))
		}
		files, result := write(t, p, byKind(objects...), rapid.SampledFrom([]int{1, 2, 100}).Draw(t, "roster above"))
		declared, err := load(p, files)
		if err != nil {
			t.Fatalf("%v\n%s", err, show(files))
		}
		checkDeclared(t, objects, declared, result)
		for name, text := range files {
			if filepath.Ext(name) != ".hcl" {
				continue
			}
			if again, diags := config.Format([]byte(text), name); diags.HasErrors() || string(again) != text {
				t.Fatalf("%s is not formatted (%v):\n%s", name, diags, text)
			}
		}
		if t.Failed() {
			t.Log(show(files))
		}
	})
}

// checkDeclared compares the live objects with those that files declare.
func checkDeclared(t *rapid.T, live, declared []schema.Object, result writer.Result) {
	files := map[schema.Address]schema.Object{}
	for _, o := range declared {
		files[o.Addr] = o
	}
	for _, s := range result.Skipped {
		if _, both := files[s.Object.Addr]; both || s.Why == "" {
			t.Errorf("%s is skipped (%q) and declared: %t", s.Object.Addr, s.Why, both)
		}
		files[s.Object.Addr] = *s.Object
	}
	for _, want := range live {
		got, ok := files[want.Addr]
		if !ok {
			t.Errorf("%s is neither declared nor skipped", want.Addr)
			continue
		}
		for i := range want.Kind.Attributes {
			a := &want.Kind.Attributes[i]
			if got.Set.Has(i) && !a.Equal(got.Body, want.Body) {
				t.Errorf("%s: %s is %q in the files and %q in the product", want.Addr, a.Name, a.Any(got.Body), a.Any(want.Body))
			}
		}
	}
}
