package config

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// crowded is a text of many blocks, of many pieces. The given
// text stands in the middle.
func crowded(middle string) string {
	var b strings.Builder
	for i := range 2_000 {
		if i == 1_000 {
			b.WriteString(middle)
		}
		fmt.Fprintf(&b, "user \"u%d\" {\n  name = \"ü${1 + 1}\" # a note\n}\n", i)
	}
	return b.String()
}

// A file that can be parsed in pieces has the blocks and the places that it has as a whole.
func TestPiecesAreTheWhole(t *testing.T) {
	for name, c := range map[string]struct {
		middle string
		whole  bool // it cannot be parsed in pieces
	}{
		"blocks":                  {"", false},
		"comment":                 {"/* role \"x\" {\n}\n*/\n", false},
		"comment with a block":    {"/*\n" + crowded("") + "*/\n", true},
		"text with a block":       {"role \"x\" {\n  text = <<EOT\n" + strings.ReplaceAll(crowded(""), "${1 + 1}", "") + "EOT\n}\n", true},
		"attribute":               {"x = 1\n", true},
		"unknown escape":          {"role \"x\" {\n  a = \"\\q\"\n}\n", true},
		"brace too many":          {"}\n", true},
		"brace too few":           {"role \"x\" {\n", true},
		"attribute twice":         {"role \"x\" {\n  a = 1\n  a = 2\n}\n", true},
		"one line":                {"role \"x\" { a = 1 }\nrole \"y\" {}\n", false},
		"block inside, unaligned": {"role \"x\" {\ninner {\n}\n}\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, src := range []string{crowded(c.middle), strings.ReplaceAll(crowded(c.middle), "\n", "\r\n")} {
				var got []*hclsyntax.Block
				fine := true
				for _, p := range splitPieces("a.hcl", []byte(src)) {
					body, ok := p.parse()
					got, fine = append(got, body.Blocks...), fine && ok
				}
				if fine == c.whole {
					t.Errorf("can be parsed in pieces: %t", fine)
				}
				if !fine {
					continue
				}
				file, _ := hclsyntax.ParseConfig([]byte(src), "a.hcl", hcl.InitialPos)
				want := file.Body.(*hclsyntax.Body).Blocks
				if len(got) != len(want) {
					t.Fatalf("%d blocks, want %d", len(got), len(want))
				}
				for i := range want {
					if w, g := parts(want[i]), parts(got[i]); !slices.Equal(w, g) {
						t.Fatalf("block %d (-want +got):\n%s", i, cmp.Diff(w, g))
					}
				}
			}
		})
	}
}

// parts lists where the parts of a block are.
func parts(b *hclsyntax.Block) []string {
	out := []string{b.Type, strings.Join(b.Labels, " ")}
	_ = hclsyntax.VisitAll(b, func(n hclsyntax.Node) hcl.Diagnostics {
		r := n.Range()
		out = append(out, fmt.Sprintf("%T %v %d-%d", n, r, r.Start.Byte, r.End.Byte))
		return nil
	})
	return out
}
