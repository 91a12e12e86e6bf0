package cmd_test

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/cmd"
	roserocketemulator "github.com/rolecall-dev/rolecall/provider/roserocket/emulator"
)

// A roserocketTenant is an organization in which all eleven roles have the same permission
// on each object, as files and as the seed of an emulator. The plan is empty.
type roserocketTenant struct {
	objects, fields int // fields of each object, in thirds: edited, read, hidden
}

var roserocketRoles = strings.Fields("super-admin admin manager operations csr sales driver customer partner external guest")

func (m roserocketTenant) String() string {
	return fmt.Sprintf("%dx%dx%d", len(roserocketRoles), m.objects, m.fields)
}

func (m roserocketTenant) product() *cmd.Product { return productNamed("roserocket") }
func (m roserocketTenant) differs() bool         { return false }

// requests is what an empty plan may send: a token, and each permission once.
func (m roserocketTenant) requests() int { return 1 + len(roserocketRoles)*m.objects }

// named lists the fields of a third, as JSON.
func (m roserocketTenant) named(third string) string {
	var out []string
	for i := range m.fields / 3 {
		out = append(out, fmt.Sprintf("%q", fmt.Sprintf("%s%02d", third, i)))
	}
	return strings.Join(out, ", ")
}

// seed writes what is live.
func (m roserocketTenant) seed(tb testing.TB, path string) {
	write(tb, path, func(w io.Writer) {
		fmt.Fprint(w, `{"objects": [`)
		for i := range m.objects {
			fmt.Fprintf(w, "%s\n"+`{"key": "object%02d", "boards": ["object%02d"], "fields": [%s, %s, %s]}`, comma(i), i, i, m.named("note"), m.named("status"), m.named("cost"))
		}
		fmt.Fprintf(w, `], "permissions": [{"create": true, "delete": false, "edit": [%s], "read": [%s], "hide": [%s]}]}`, m.named("note"), m.named("status"), m.named("cost"))
	})
}

// configuration writes the files of a directory.
func (m roserocketTenant) configuration(tb testing.TB, dir, endpoint string) {
	write(tb, filepath.Join(dir, "matrix.hcl"), func(w io.Writer) {
		login := roserocketemulator.DefaultLogin()
		fmt.Fprintf(w, `provider "roserocket" {
  endpoint  = %q
  org_id    = %q
  client_id = %q
  user_id   = %q
}

permission "matrix" "matrix" {
  for_each = { for p in setproduct(%s, [for n in range(%d) : format("object%%02d", n)]) : join("/", p) => p }
  role     = each.value[0]
  object   = each.value[1]
  data     = "custom"
  record   = { create = true, delete = false }
  fields = {
    edit   = ["note*"]
    read   = ["status*"]
    hide   = ["cost*"]
    others = "keep"
  }
}
`, strings.TrimSuffix(endpoint, roserocketemulator.Prefix), login.OrgID, login.ClientID, login.UserID,
			`["`+strings.Join(roserocketRoles, `", "`)+`"]`, m.objects)
	})
}
