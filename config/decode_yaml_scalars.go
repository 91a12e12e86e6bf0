package config

import (
	"fmt"
	"slices"
	"strings"

	ctyyaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
	"go.yaml.in/yaml/v3"
)

// yamlWords are the words of YAML 1.1 that are a bool if they are not in quotes.
// People write them as the country NO, the direction N and the answer yes.
var yamlWords = []string{"y", "yes", "on", "n", "no", "off"}

// checkYAML reports what decoding would lose without a word: an entry that is written
// twice, a key that is no text, and a value that differs from what is written.
func checkYAML(n *yaml.Node) error {
	switch n.Kind {
	case yaml.MappingNode:
		if err := checkYAMLKeys(n); err != nil {
			return err
		}
		if err := checkYAMLMerges(n); err != nil {
			return err
		}
	case yaml.ScalarNode:
		return checkYAMLScalar(n)
	case yaml.AliasNode:
		return nil // checked where its anchor is
	}
	for _, part := range n.Content {
		if err := checkYAML(part); err != nil {
			return err
		}
	}
	return nil
}

func checkYAMLKeys(n *yaml.Node) error {
	lines := make(map[string]int, len(n.Content)/2)
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind == yaml.AliasNode {
			key = key.Alias
		}
		if key.Kind != yaml.ScalarNode {
			return wrongLine(n.Content[i].Line, "a key here is not a text")
		}
		if v, err := valueOfYAML(key); err == nil && (v.IsNull() || v.Type() != cty.String) {
			return wrongLine(key.Line, "the key %s is read as %s; put it in quotes there", yamlText(key), describe(v))
		}
		name := cty.NormalizeString(key.Value)
		if first, twice := lines[name]; twice {
			return writtenTwice(name, first, n.Content[i].Line)
		}
		lines[name] = n.Content[i].Line
	}
	return nil
}

// checkYAMLScalar reports a value whose form is lost when it is read, such as 0012.
func checkYAMLScalar(n *yaml.Node) error {
	v, err := valueOfYAML(n)
	if err != nil || v.IsNull() || !v.IsKnown() {
		return nil // which the decoder reports
	}
	switch {
	case v.Type() == cty.String && v.AsString() == cty.NormalizeString(n.Value):
		return nil
	case v.Type() == cty.String:
		return wrongLine(n.Line, "%s is read as the date %s; put it in quotes there", yamlText(n), v.AsString())
	case v.Type() == cty.Number && v.AsBigFloat().IsInf():
		return nil
	case v.Type() == cty.Number:
		if number := v.AsBigFloat().Text('f', -1); number != n.Value {
			return wrongLine(n.Line, "%s", readAsNumber(n.Value, number))
		}
	case v.Type() == cty.Bool:
		if word := fmt.Sprint(v.True()); !strings.EqualFold(word, n.Value) {
			return wrongLine(n.Line, "%s is read as %s; put it in quotes there if it is a text, or write %s", yamlText(n), word, word)
		}
	}
	return nil
}

// readAsNumber says that a number differs from what is written.
func readAsNumber(written, number string) string {
	return fmt.Sprintf("%s is read as the number %s; put it in quotes there if it is a text, or write the number like that",
		shorten(written), shorten(number))
}

// writtenTwice reports a key that is written on two lines of a text.
func writtenTwice(name string, first, second int) error {
	return wrongLine(second, "%q is written twice; it is already written on line %d. Only one of the two can count, so delete the other one", name, first)
}

func yamlText(n *yaml.Node) string {
	if n.Value == "" {
		return "(nothing)"
	}
	return shorten(n.Value)
}

// valueOfYAML reads one scalar as cty's decoder does.
func valueOfYAML(n *yaml.Node) (cty.Value, error) {
	const quoted = yaml.TaggedStyle | yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle
	if n.Style&quoted != 0 || strings.Contains(n.Value, "\n") || !mayResolve(n.Value) {
		return cty.StringVal(n.Value), nil
	}
	return ctyyaml.YAMLDecodeFunc.Call([]cty.Value{cty.StringVal(n.Value)})
}

// mayResolve reports whether a plain scalar may be something else than a text. It
// spares the decoder the names and addresses that most of them are.
func mayResolve(text string) bool {
	if text == "" {
		return true
	}
	switch c := text[0]; {
	case '0' <= c && c <= '9', c == '+', c == '-', c == '.', c == '~':
		return true
	}
	lower := strings.ToLower(text)
	return slices.Contains(yamlWords, lower) || lower == "true" || lower == "false" || lower == "null"
}
