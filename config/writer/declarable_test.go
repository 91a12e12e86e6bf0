package writer_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/config/writer"
	"github.com/rolecall-dev/rolecall/provider/partoo"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// An attribute that no file can set is left out with its reason, unless it gives rights.
func TestInvalidAttributes(t *testing.T) {
	p := &partoo.Provider().Product
	users := []schema.Object{
		liveUser(p, partoo.User{Email: "new@zoo.example", FirstName: "N", Role: "ORG_MANAGER", Lang: "tlh"}),
		liveUser(p, partoo.User{Email: "odd@zoo.example", FirstName: "O", Role: "PROVIDER"}),
		liveUser(p, partoo.User{Email: "ana@zoo.example", FirstName: "A", Role: "ORG_MANAGER", Lang: "en"}),
		liveUser(p, partoo.User{Email: "ben@zoo.example", FirstName: "B", Role: "ORG_MANAGER", Lang: "de"}),
	}
	files, result := write(t, p, byKind(users...), 1)
	const want = `# lang is left out: it cannot be "tlh"; it is one of ar, bg, ca, cs, de, en, es, fr, hu, it, lv, nl, pl, pt, pt-br, ro, sk.
user "new@zoo.example" {
  first_name = "N"
  role       = "ORG_MANAGER"
}
`
	if !strings.Contains(files["users.hcl"], want) || strings.Contains(files["users.csv"], "new@") || !strings.Contains(files["users.csv"], "ben@zoo.example,B,de") {
		t.Errorf("the language is not left out:\n%s", show(files))
	}
	if len(result.Skipped) != 1 || !result.Skipped[0].Ignore || !strings.Contains(files["users.hcl"], `#   user "odd@zoo.example": its role cannot be "PROVIDER"`) {
		t.Errorf("skipped %v:\n%s", result.Skipped, show(files))
	}
	if _, err := load(p, files); err != nil {
		t.Error(err)
	}
}

// Names in another Unicode form are explained.
func TestRespelled(t *testing.T) {
	p := &partoo.Provider().Product
	body := &partoo.Role{APIID: "cafe", Name: "Cafe\u0301", Permissions: []string{"business_edit"}}
	k := p.Kind("role")
	mask := k.Respelled(body)
	role := live(p, "role", body, "api_id", "name", "permissions")
	role.Respelled = mask
	files, _ := write(t, p, byKind(role), 20)
	const want = "# Partoo spells name in another Unicode form, such as accents as separate characters. To rolecall, both spellings are the same.\n" +
		"role \"cafe\" {\n  name        = \"Caf\u00e9\"\n"
	if !strings.HasPrefix(files["roles.hcl"], want) {
		t.Errorf("no explanation:\n%s", files["roles.hcl"])
	}
}

// A text with a key is in no file.
func TestSecrets(t *testing.T) {
	p := &partoo.Provider().Product
	const key = "key-0123456789"
	objects := byKind(liveRole(p, "a", "A", "uses "+key, "business_edit"), liveRole(p, "b", "B "+key, "", "business_edit"), liveRole(p, key, "C", "", "business_edit"))
	files := map[string]*bytes.Buffer{}
	_, err := writer.Write(writer.Input{
		Tenant: &schema.Tenant{Name: p.Name, Product: p}, Objects: objects, RosterAbove: 1, Secret: func(s string) bool { return strings.Contains(s, key) },
	}, func(name string) (io.Writer, string) {
		files[name] = &bytes.Buffer{}
		return files[name], name
	})
	if err != nil {
		t.Fatal(err)
	}
	roles := files["roles.hcl"].String()
	if strings.Contains(roles, key) || !strings.Contains(roles, "# description is left out: it holds what looks like a key") {
		t.Error(roles)
	}
}
