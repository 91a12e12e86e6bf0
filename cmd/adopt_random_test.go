package cmd_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	tinesemulator "github.com/rolecall-dev/rolecall/provider/tines/emulator"
)

// adoptRounds is how many random configurations are changed by hand and adopted.
const adoptRounds = 10

// TestAdoptAnything writes random files, with comments, heredocs, templates, blocks in one line, rosters,
// CRLF, byte order marks and files without a final line end, and adopts random changes by hand through
// the whole program: a plan is then empty, or adopt named the line and the value, and everything else is
// as before.
func TestAdoptAnything(t *testing.T) {
	for round := range uint64(adoptRounds) {
		t.Run(fmt.Sprint(round), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(round, 24))
			dir := randomConfiguration(t, r)
			runIn(t, 0, "apply", "--auto-approve", dir)
			h := newHand(t, dir)
			edits := h.edits()
			if err := h.close(); err != nil {
				t.Fatal(err)
			}
			var chosen []handEdit
			var names []string
			for range 1 + r.IntN(3) {
				e := edits[r.IntN(len(edits))]
				if slices.Contains(names, e.what) {
					continue
				}
				chosen, names = append(chosen, e), append(names, e.what)
			}
			what := strings.Join(names, ", ")
			outcome := adoptEdit(t, dir, handEdit{what, func(h *hand, ctx context.Context) error {
				var failed []error
				for _, e := range chosen {
					if err := e.make(h, ctx); err != nil {
						failed = append(failed, err)
					}
				}
				if len(failed) == len(chosen) {
					return errors.Join(failed...)
				}
				return nil
			}})
			if t.Failed() {
				t.Logf("%s: %s\n%q", what, outcome, filesOf(t, dir))
			}
		})
	}
}

// A fileWriter writes random files.
type fileWriter struct {
	*rand.Rand
	strings.Builder
}

func (w *fileWriter) comment() string {
	return one(w.Rand, "", "", " # it's \"so\"", " // [", " /* { */")
}

// list writes a list in one line or several.
func (w *fileWriter) list(members ...string) string {
	if w.IntN(2) == 0 {
		return "[" + strings.Join(members, ", ") + one(w.Rand, "", ", ") + "]"
	}
	var b strings.Builder
	b.WriteString("[" + w.comment() + "\n")
	for i, m := range members {
		b.WriteString("    " + m)
		if i < len(members)-1 || w.IntN(2) == 0 {
			b.WriteString(",")
		}
		b.WriteString(one(w.Rand, "", " # why", " // }") + "\n")
	}
	return b.String() + "  ]"
}

// block writes a block, in one line if it has one attribute without line ends.
func (w *fileWriter) block(header string, attributes ...string) {
	w.WriteString(one(w.Rand, "", "# about it\n", "/* two\n lines */\n"))
	if len(attributes) == 1 && !strings.Contains(attributes[0], "\n") && w.IntN(2) == 0 {
		w.WriteString(header + " { " + attributes[0] + " }" + w.comment() + "\n" + one(w.Rand, "", "\n"))
		return
	}
	w.Shuffle(len(attributes), func(i, j int) { attributes[i], attributes[j] = attributes[j], attributes[i] })
	w.WriteString(header + " {" + w.comment() + "\n")
	for _, a := range attributes {
		w.WriteString("  " + strings.TrimSuffix(a, "\n"))
		if !strings.HasSuffix(a, "\n") {
			w.WriteString(w.comment())
		}
		w.WriteString("\n")
	}
	w.WriteString("}" + w.comment() + "\n" + one(w.Rand, "", "\n"))
}

// text writes a text in one of several ways.
func (w *fileWriter) text(s string) string {
	return one(w.Rand, `"`+s+`"`, `"`+s+`"`, `"${local.word} `+s+`"`, "<<-EOT\n    "+s+" ${1 + 1}\n  EOT\n", `upper("`+s+`")`)
}

// randomConfiguration writes a configuration of Tines with its seed.
func randomConfiguration(t *testing.T, r *rand.Rand) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "access")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	people := []string{"ana", "ben", "cleo", "dan", "eva"}[:2+r.IntN(4)]
	seed := tinesemulator.Seed{Users: []tinesemulator.SeedUser{{Email: "olga@soc.example", Admin: true}, {Email: "omar@soc.example", Admin: true}},
		Keys: []tinesemulator.SeedKey{{Key: "soc", Kind: "personal", User: "olga@soc.example"}}}
	w := &fileWriter{Rand: r}
	w.WriteString("provider \"tines\" {\n  tenant   = \"https://soc.tines.com\"\n  endpoint = \"emulator\"\n  key_user = \"olga@soc.example\"\n}\nlocals { word = \"W\" }\n")
	roles := []string{`"VIEWER"`, `"EDITOR"`}
	for i := range 1 + r.IntN(3) {
		attributes := []string{"permissions = " + w.list(`"CASE_VIEW"`, `"STORY_VIEW"`)}
		if r.IntN(2) == 0 {
			attributes = append(attributes, "description = "+w.text(fmt.Sprint("d", i)))
		}
		w.block(fmt.Sprintf("role \"R%d\"", i), attributes...)
		roles = append(roles, fmt.Sprintf("role.R%d", i))
	}
	members := ""
	table := "email,first,boss\n"
	for i, name := range people {
		address := name + "@soc.example"
		members += fmt.Sprintf("    %q %s %s%s\n", address, one(r, "=", ":"), one(r, roles...), one(r, "", ",", " # x"))
		if i > 2 {
			table += one(r, address, `"`+address+`"`) + "," + name + ",no\n"
			continue
		}
		attributes := []string{"first_name = " + w.text(name)}
		if r.IntN(3) == 0 {
			attributes = append(attributes, "admin      = false")
		}
		if r.IntN(3) == 0 {
			attributes = append(attributes, "tenant_permissions = "+w.list(`"AUDIT_LOG_READ"`))
		}
		w.block(fmt.Sprintf("user %q", address), attributes...)
	}
	w.block(`team "SOC"`, "members = {"+w.comment()+"\n"+members+"  }")
	w.block(`team "Other" `)
	if r.IntN(2) == 0 {
		w.block(`membership "Other" "ana@soc.example"`, "role = "+one(r, roles...))
	}
	if len(people) > 3 {
		w.block(`user "row"`, `for_each = { for p in csvdecode(file("people.csv")) : p.email => p }`, "first_name = each.value.first", `admin = each.value.boss == "yes"`)
		put(t, filepath.Join(dir, "people.csv"), w.odd(table))
	}
	put(t, filepath.Join(dir, "main.hcl"), w.odd(w.String()))
	text, err := json.Marshal(seed)
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "tines.seed.json"), string(text))
	return dir
}

// odd gives a text CRLF, a byte order mark, or no final line end.
func (w *fileWriter) odd(s string) string {
	if w.IntN(3) == 0 {
		s = strings.TrimRight(s, "\n")
	}
	if w.IntN(3) == 0 {
		s = strings.ReplaceAll(s, "\n", "\r\n")
	}
	return one(w.Rand, "", "", "\ufeff") + s
}
