package config

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"go.yaml.in/yaml/v3"

	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// People keep rosters in CSV, YAML and JSON files, and a mistake in one of them should be
// told with its line there. Values do not carry where they come from, because nearly all
// of them are right. So the texts that were decoded are kept, and a message about a
// member of for_each looks for the lines with all texts of its value, or else with its
// key.

// A rosterText is a text that was decoded.
type rosterText struct {
	text  string
	scan  func(text string, found func(value string, line int)) // gives every text in it
	lines map[string][]int                                      // by value in lower case, ascending; nil until a message asks
}

// mostRows is how many lines one message names.
const mostRows = 5

// remember keeps a text that is decoded.
func (r *reader) remember(s string, scan func(text string, found func(value string, line int))) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.ContainsFunc(r.rosters, func(o *rosterText) bool { return o.text == s }) {
		r.rosters = append(r.rosters, &rosterText{text: s, scan: scan})
	}
}

// fileOf returns the path, as written, of a file with the text, or "".
func (r *reader) fileOf(s string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	name := ""
	for path, o := range r.seen {
		if o.err == nil && o.value.AsString() == s && (name == "" || path < name) {
			name = path
		}
	}
	return name
}

// linesWith returns the lines with a value, in upper or lower case.
func (o *rosterText) linesWith(value string) []int {
	if o.lines == nil {
		o.lines = map[string][]int{}
		o.scan(o.text, func(value string, line int) {
			value = strings.ToLower(value)
			if lines := o.lines[value]; len(lines) == 0 || lines[len(lines)-1] != line {
				o.lines[value] = append(lines, line)
			}
		})
	}
	return o.lines[strings.ToLower(value)]
}

// linesWithAll returns the lines with all of the values.
func (o *rosterText) linesWithAll(values []string) []int {
	var out []int
	for i, v := range values {
		lines := o.linesWith(v)
		if i == 0 {
			out = slices.Clone(lines)
			continue
		}
		out = slices.DeleteFunc(out, func(line int) bool {
			_, found := slices.BinarySearch(lines, line)
			return !found
		})
	}
	return out
}

// linesWithAny returns the lines with one of the values.
func (o *rosterText) linesWithAny(values []string) []int {
	var out []int
	for _, v := range values {
		out = append(out, o.linesWith(v)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// textsOf lists the texts of an object that are not empty.
func textsOf(val cty.Value) []string {
	if val == cty.NilVal || val.IsNull() || !val.IsKnown() || !val.Type().IsObjectType() {
		return nil
	}
	var out []string
	for name := range val.Type().AttributeTypes() {
		if v := val.GetAttr(name); v.Type() == cty.String && v.IsKnown() && !v.IsNull() && v.AsString() != "" {
			out = append(out, v.AsString())
		}
	}
	return out
}

// placesOf names the lines that are found in each roster: "staff.csv line 17". There is
// none where so many are that they are of no help.
func (r *reader) placesOf(find func(*rosterText) []int) []string {
	var out []string
	for _, o := range r.rosters {
		file := r.fileOf(o.text)
		if file == "" {
			continue
		}
		lines := find(o)
		if len(lines) > mostRows {
			return nil
		}
		for _, line := range lines {
			out = append(out, fmt.Sprintf("%s line %d", file, line))
		}
	}
	if len(out) > mostRows {
		return nil
	}
	return out
}

// namePlaces adds to a diagnostic the lines of rosters that it is about.
func (l *loader) namePlaces(d *hcl.Diagnostic) {
	e, ok := d.Extra.(extra)
	if !ok || len(e.keys) == 0 {
		return
	}
	var places []string
	for _, values := range [][]string{slices.Concat(e.texts, e.keys), e.texts} {
		if len(e.texts) > 0 && len(places) == 0 {
			places = l.reader.placesOf(func(o *rosterText) []int { return o.linesWithAll(values) })
		}
	}
	if len(places) == 0 {
		places = l.reader.placesOf(func(o *rosterText) []int { return o.linesWithAny(e.keys) })
	}
	if len(places) > 0 {
		d.Detail += "\nSee " + text.Clean(strings.Join(places, ", ")) + "."
	}
}

// scanCSV gives the cells of a CSV text, each with the line on which its row begins.
func scanCSV(separator rune) func(string, func(string, int)) {
	return func(s string, found func(string, int)) {
		t, err := parseCSV(s, separator)
		if err != nil {
			return // reported where the text is decoded
		}
		for i, row := range t.rows {
			for _, cell := range row {
				found(cell, t.lines[i])
			}
		}
	}
}

// scanYAML gives the scalars of a YAML text.
func scanYAML(s string, found func(string, int)) {
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(s), &root); err != nil {
		return // reported where the text is decoded
	}
	var visit func(n *yaml.Node)
	visit = func(n *yaml.Node) {
		if n.Kind == yaml.ScalarNode {
			found(cty.NormalizeString(n.Value), n.Line)
		}
		for _, part := range n.Content {
			visit(part)
		}
	}
	visit(&root)
}

// scanJSON gives the names and texts of a JSON text.
func scanJSON(s string, found func(string, int)) {
	r := json.NewDecoder(strings.NewReader(s))
	line, from := 1, int64(0)
	for {
		t, err := r.Token()
		if err != nil {
			return // the end, or reported where the text is decoded
		}
		at := r.InputOffset()
		line, from = line+strings.Count(s[from:at], "\n"), at
		if value, ok := t.(string); ok {
			found(cty.NormalizeString(value), line)
		}
	}
}

// keyIn returns the key that a diagnostic about a for expression means, or "".
func keyIn(d *hcl.Diagnostic) string {
	if d.Summary != "Duplicate object key" || d.Expression == nil {
		return ""
	}
	val, diags := d.Expression.Value(d.EvalContext)
	if diags.HasErrors() || val.IsNull() || !val.IsKnown() || val.Type() != cty.String {
		return ""
	}
	return val.AsString()
}

// withKeys adds values of each.key that a diagnostic is about.
func withKeys(d *hcl.Diagnostic, keys ...string) *hcl.Diagnostic {
	e, ok := d.Extra.(extra)
	if !ok {
		e.code = codeOf(d)
	}
	for _, k := range keys {
		if k != "" && !slices.Contains(e.keys, k) {
			e.keys = append(slices.Clone(e.keys), k)
		}
	}
	d.Extra = e
	return d
}
