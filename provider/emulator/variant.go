package emulator

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

// A Variant is a question that a product's documentation leaves open or answers in two
// ways. An emulator has one of the values; a provider must work safely with each.
type Variant struct {
	Name   string
	Values []string // the default first
	Doc    string   // one sentence or more: what is open, and what each value does
}

// A Choice is one value for each variant of a table.
type Choice struct {
	table  []Variant
	byName map[string]Variant
	values map[string]string
}

// Choose parses specs of the form "name=value". Variants that they do not name have
// their default.
func Choose(table []Variant, specs []string) (Choice, error) {
	c := Choice{table: table, byName: map[string]Variant{}, values: map[string]string{}}
	for _, v := range table {
		c.byName[v.Name], c.values[v.Name] = v, v.Values[0]
	}
	for _, spec := range specs {
		name, value, ok := strings.Cut(spec, "=")
		if !ok {
			return Choice{}, fmt.Errorf("variant %q is not of the form name=value", spec)
		}
		v, found := c.byName[name]
		if !found {
			return Choice{}, fmt.Errorf("unknown variant %q%s", name, nearest(name, names(table)))
		}
		if !slices.Contains(v.Values, value) {
			return Choice{}, fmt.Errorf("variant %s has no value %q; its values are %s", name, value, strings.Join(v.Values, ", "))
		}
		c.values[name] = value
	}
	return c, nil
}

// Is reports whether the variant has the value. It panics if the table does not have
// the name or the value.
func (c Choice) Is(name, value string) bool {
	v, ok := c.byName[name]
	if !ok || !slices.Contains(v.Values, value) {
		panic("emulator: no variant " + name + "=" + value)
	}
	return c.values[name] == value
}

// Values returns every variant as "name=value", in the order of the table.
func (c Choice) Values() []string {
	out := make([]string, 0, len(c.table))
	for _, v := range c.table {
		out = append(out, v.Name+"="+c.values[v.Name])
	}
	return out
}

func names(table []Variant) []string {
	out := make([]string, 0, len(table))
	for _, v := range table {
		out = append(out, v.Name)
	}
	return out
}

// nearest returns "; did you mean X?" if one of the words is similar, or "".
func nearest(word string, words []string) string {
	best, least := "", 4
	for _, w := range words {
		if d := levenshtein.Distance(word, w, nil); d < least {
			best, least = w, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}
