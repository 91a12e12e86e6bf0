package config

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"go.yaml.in/yaml/v3"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A dataText is a text that was decoded into values without an error: a roster in CSV, YAML
// or JSON.
type dataText struct {
	text   string
	format string // "yaml", "json", or the separator of a CSV text
}

// A dataRow is one row of a CSV text, or one line with texts of a YAML or JSON text.
type dataRow struct {
	at    schema.Pos // without a column
	cells []string
}

// rows lists the rows of the text, with lines that count from the beginning of the text.
func (t dataText) rows() []dataRow {
	switch t.format {
	case "yaml":
		return yamlRows(t.text)
	case "json":
		return jsonRows(t.text)
	}
	separator, _ := utf8.DecodeRuneInString(t.format)
	csv, err := parseCSV(t.text, separator)
	if err != nil {
		return nil
	}
	out := make([]dataRow, len(csv.rows))
	for i, cells := range csv.rows {
		out[i] = dataRow{schema.Pos{Line: csv.lines[i]}, cells}
	}
	return out
}

// yamlRows lists the scalars of a YAML text by line.
func yamlRows(s string) []dataRow {
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(s), &root); err != nil {
		return nil
	}
	var out textsByLine
	var visit func(n *yaml.Node)
	visit = func(n *yaml.Node) {
		if n.Kind == yaml.ScalarNode {
			out.add(n.Line, n.Value)
		}
		for _, part := range n.Content {
			visit(part)
		}
	}
	visit(&root)
	return out
}

// jsonRows lists the names and texts of a JSON text by line.
func jsonRows(s string) []dataRow {
	r := json.NewDecoder(strings.NewReader(s))
	line, from := 1, int64(0)
	var out textsByLine
	for {
		t, err := r.Token()
		if err != nil {
			return out // the end, or a mistake
		}
		at := r.InputOffset()
		line, from = line+strings.Count(s[from:at], "\n"), at
		if value, ok := t.(string); ok {
			out.add(line, value)
		}
	}
}

// textsByLine collects texts in the order of their lines.
type textsByLine []dataRow

func (b *textsByLine) add(line int, text string) {
	if n := len(*b); n == 0 || (*b)[n-1].at.Line != line {
		*b = append(*b, dataRow{at: schema.Pos{Line: line}})
	}
	row := &(*b)[len(*b)-1]
	row.cells = append(row.cells, cty.NormalizeString(text))
}

// remember keeps a text that is decoded.
func (r *expressionFiles) remember(t dataText) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.Contains(r.data, t) {
		r.data = append(r.data, t)
	}
}

// fileOf returns the path, as written, of a file that has the text, and how many lines
// stand above it there. The path is "" if there is none.
func (r *expressionFiles) fileOf(s string) (path string, above int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	whole := false
	for p, o := range r.results {
		if o.err != nil {
			continue
		}
		content := o.value.AsString()
		at, all := strings.Index(content, s), content == s
		if (all || at >= 0 && s != "") && (path == "" || all && !whole || all == whole && p < path) {
			path, above, whole = p, strings.Count(content[:at], "\n"), all
		}
	}
	return path, above
}

// callsDecoder reports whether an expression may itself decode a text. Expressions of JSON
// files are parsed when they are evaluated, so each of them may.
func callsDecoder(e hcl.Expression) bool {
	node, native := e.(hclsyntax.Expression)
	if !native {
		return true
	}
	if hasNoKeys(node) {
		return false
	}
	found := false
	_ = hclsyntax.VisitAll(node, func(n hclsyntax.Node) hcl.Diagnostics {
		call, ok := n.(*hclsyntax.FunctionCallExpr)
		found = found || ok && slices.Contains([]string{"csvdecode", "yamldecode", "jsondecode"}, call.Name)
		return nil
	})
	return found
}
