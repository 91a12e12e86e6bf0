package config

import (
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// PointAtEntries sets the place of objects that one block declares with others: to the line of the block
// that has the key of the object, or to the only row of a data file that is about it. If there is neither,
// the place stays that of the block. It reads the files of the configuration again.
func (c *Config) PointAtEntries() {
	alone, files := c.aloneInBlock(), c.files.reopen()
	texts := map[schema.Pos]map[string]int{} // lines, by the place of the block
	var queries []rowQuery
	var asked []*schema.Object
	for t := range c.Tenants {
		for i, o := range c.objects(t) {
			from := origin{computed: true} // they are kept only if there are data files
			if c.origins[t] != nil {
				from = c.origins[t][i]
			}
			block, ok := files.open(o.Pos.File).at[o.Pos]
			if !ok || alone[o.Pos] && (from.key == "" || !from.data) {
				continue
			}
			q, most := from.query(o), 2
			if from.computed {
				most = 1 // not the team of a membership
			}
			lines := texts[o.Pos]
			if lines == nil {
				lines = linesOfTexts(block.body)
				texts[o.Pos] = lines
			}
			if line := firstLine(lines, q.keys[:min(len(q.keys), most)]); line > 0 {
				o.Pos.Line, o.Pos.Column = line, 0
			} else if from.data && len(q.keys) > 0 {
				queries, asked = append(queries, q), append(asked, o)
			}
		}
	}
	if c.data == nil || len(queries) == 0 {
		return
	}
	for n, rows := range c.data.findRows(queries) {
		if len(rows) == 1 {
			rows[0].File = filepath.Join(c.Dir, filepath.FromSlash(rows[0].File)) // as places in blocks have it
			asked[n].Pos = rows[0]
		}
	}
}

// aloneInBlock returns the places at which one object stands.
func (c *Config) aloneInBlock() map[schema.Pos]bool {
	alone := map[schema.Pos]bool{}
	for t := range c.Tenants {
		for _, o := range c.objects(t) {
			_, seen := alone[o.Pos]
			alone[o.Pos] = !seen
		}
	}
	return alone
}

func firstLine(lines map[string]int, keys []string) int {
	for _, key := range keys {
		if line := lines[strings.ToLower(key)]; line > 0 {
			return line
		}
	}
	return 0
}

// linesOfTexts returns the first line of each text in the expressions of a block, in lower case.
func linesOfTexts(body hcl.Body) map[string]int {
	lines := map[string]int{}
	add := func(text string, at hcl.Range) {
		text = strings.ToLower(text)
		if line := lines[text]; line == 0 || at.Start.Line < line {
			lines[text] = at.Start.Line
		}
	}
	attrs, _ := body.JustAttributes() // what is no attribute has no texts
	for _, a := range attrs {
		if node, ok := a.Expr.(hclsyntax.Expression); ok {
			_ = hclsyntax.VisitAll(node, func(n hclsyntax.Node) hcl.Diagnostics {
				if text, ok := writtenText(n); ok {
					add(text, n.Range())
				}
				return nil
			})
		} else {
			visitJSON(a.Expr, "", add)
		}
	}
	return lines
}
