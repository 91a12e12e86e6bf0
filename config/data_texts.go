package config

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"go.yaml.in/yaml/v3"
)

// A dataText is a text that was decoded into values: a roster in CSV, YAML or JSON.
type dataText struct {
	text   string
	format dataFormat
}

// A dataFormat is how values are found in a text again.
type dataFormat struct {
	name string // with the separator of a CSV text; one name is one format
	scan func(text string) []dataRow
}

// A dataRow is one row of a CSV text, or one line with texts of a YAML or JSON text.
type dataRow struct {
	line    int      // on which the row begins, from 1
	columns []string // names of the cells, where they have names
	cells   []string
}

var (
	yamlFormat = dataFormat{"yaml", scanYAML}
	jsonFormat = dataFormat{"json", scanJSON}
)

func csvFormat(separator rune) dataFormat {
	return dataFormat{"csv" + string(separator), func(s string) []dataRow {
		t, err := parseCSV(s, separator)
		if err != nil {
			return nil // reported where the text is decoded
		}
		out := make([]dataRow, len(t.rows))
		for i, row := range t.rows {
			out[i] = dataRow{t.lines[i], t.header, row}
		}
		return out
	}}
}

// scanYAML gives the scalars of a YAML text. The column of a value is its name.
func scanYAML(s string) []dataRow {
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(s), &root); err != nil {
		return nil // reported where the text is decoded
	}
	var out byLine
	var visit func(n *yaml.Node, column string)
	visit = func(n *yaml.Node, column string) {
		if n.Kind == yaml.ScalarNode {
			out.add(n.Line, column, cty.NormalizeString(n.Value))
		}
		for i, part := range n.Content {
			switch {
			case n.Kind != yaml.MappingNode:
				visit(part, column)
			case i%2 == 0:
				visit(part, "")
			default:
				visit(part, n.Content[i-1].Value)
			}
		}
	}
	visit(&root, "")
	return out
}

// scanJSON gives the names and texts of a JSON text.
func scanJSON(s string) []dataRow {
	r := json.NewDecoder(strings.NewReader(s))
	line, from := 1, int64(0)
	var out byLine
	for {
		t, err := r.Token()
		if err != nil {
			return out // the end, or reported where the text is decoded
		}
		at := r.InputOffset()
		line, from = line+strings.Count(s[from:at], "\n"), at
		if value, ok := t.(string); ok {
			out.add(line, "", cty.NormalizeString(value))
		}
	}
}

// byLine collects texts in the order of their lines.
type byLine []dataRow

func (b *byLine) add(line int, column, text string) {
	if n := len(*b); n == 0 || (*b)[n-1].line != line {
		*b = append(*b, dataRow{line: line})
	}
	row := &(*b)[len(*b)-1]
	row.columns, row.cells = append(row.columns, column), append(row.cells, text)
}

// has reports whether a cell of the row has a text, in upper or lower case.
func (r *dataRow) has(text string) bool {
	return slices.ContainsFunc(r.cells, func(cell string) bool { return strings.EqualFold(cell, text) })
}

// remember keeps a text that is decoded.
func (r *expressionFiles) remember(s string, format dataFormat) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.ContainsFunc(r.data, func(o dataText) bool { return o.format.name == format.name && o.text == s }) {
		r.data = append(r.data, dataText{s, format})
	}
}

// fileOf returns the path, as written, of a file that has the text, and how many lines
// stand above it there. The path is "" where there is none.
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
