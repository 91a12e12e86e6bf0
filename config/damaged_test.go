package config

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// damaged are small configurations that have something of everything.
var damaged = map[string]string{
	"blocks.hcl": `variable "who" {
  type    = object({ a = optional(string, "x"), b = list(string) })
  default = { b = ["y"] }
  validation {
    condition     = length(var.who.b) > 0
    error_message = "No ${var.who.a}."
  }
}
locals { all = { for k, v in var.who : upper(k) => v... if k != "a" } }
provider "desk" {
  team    = 7
  protect = concat(["user.x@y.z"], [for r in role.r : r.name])
  dynamic "manage" {
    for_each = { role = "exclusive" }
    content { mode = manage.value }
    labels = [manage.key]
  }
}
role "r" {
  title       = local.all.B[0][0] == "y" ? "a ${1 + 2 * -3}" : <<EOT
%{ for x in ["p"] ~}${x}%{ endfor }
EOT
  permissions = [for i, p in ["read", local.all["B"]] : try(p[*], p.*.x, !true)]
}
`,
	"roster.hcl": `provider "desk" { team = 7 }
user "u" {
  for_each   = { for r in csvdecode("a,b\nc@d.e,f\n") : r.a => merge(r, { "x" = (r.b) }) }
  email      = lookup(each.value, "a", null)
  first_name = templatefile("t.txt", { x = yamldecode("{y: [1, 'z']}") })
  role       = role[each.value.x].name
  accesses   = [[group.g, "s/t"], each.value == null ? [] : ["${each.key}"]]
}
section "s" {}
group "g" { section = section.s }
role "f" { permissions = jsondecode("[\"read\"]") }
removed "user" "old@d.e" {}
`,
	"values.hcl.json": `{"variable": {"v": {"type": "list(string)", "default": null}},
"provider": {"desk": {"team": 7, "protect": "${var.v}", "manage": {"role": {"ignore": ["x"], "mode": "additive"}}}},
"role": {"r": {"permissions": ["read", "${upper("x")}"], "for_each": "${{for k in [\"a\"]: k => k}}"}}}
`,
}

// Whatever byte of a file is missing, and wherever it is cut off, loading it and printing
// what is wrong end without a panic. Letters and spaces are left out: they would only take
// time.
func TestLoadDamagedFiles(t *testing.T) {
	for name, text := range damaged {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			put := func(name, text string) {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			put("t.txt", "%{ for v in x.y }${v}%{ endfor }")
			load := func(what, text string) {
				defer func() {
					if p := recover(); p != nil {
						t.Errorf("%s: %v\n%s", what, p, text)
					}
				}()
				put(name, text)
				_, diags := Load(dir, Options{Products: products()})
				if err := (Reader{}).WriteDiagnostics(&bytes.Buffer{}, diags, 80, false); err != nil {
					t.Error(err)
				}
			}
			load("as it is", text)
			plain := func(c byte) bool { return c == ' ' || 'a' <= c && c <= 'z' }
			for i := range text {
				if !plain(text[i]) {
					load(fmt.Sprintf("without byte %d", i), text[:i]+text[i+1:])
				}
				if i > 0 && (!plain(text[i]) || !plain(text[i-1])) {
					load(fmt.Sprintf("cut off at %d", i), text[:i])
				}
			}
		})
	}
}
