package config

import (
	"fmt"

	ctyyaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
	"go.yaml.in/yaml/v3"
)

// maxYAML is the size in bytes of a YAML text. Its decoder needs a hundred times
// that in memory.
const maxYAML = 4 << 20

// decodeYAML is cty's yamldecode with limits.
func decodeYAML(text string) (cty.Value, error) {
	if len(text) > maxYAML {
		return cty.NilVal, fmt.Errorf("the text is larger than %d MB, the most that yamldecode takes; keep a roster of that size in a CSV file", maxYAML>>20)
	}
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(text), &root); err != nil {
		return cty.NilVal, err
	}
	if len(root.Content) > 0 {
		switch w := weighNode(root.Content[0], 0, map[*yaml.Node]yamlWeight{}); {
		case w.levels > maxDecodedDepth:
			return cty.NilVal, errTooNested
		case w.values > maxDecodedValues:
			return cty.NilVal, fmt.Errorf("its aliases stand for more than %d values", maxDecodedValues)
		}
	}
	if err := checkYAML(&root); err != nil {
		return cty.NilVal, err
	}
	return ctyyaml.YAMLDecodeFunc.Call([]cty.Value{cty.StringVal(text)})
}

// A yamlWeight is the size of a node when its aliases are written out: cty's decoder
// does that, and a text of nine lines can stand for a billion values.
type yamlWeight struct{ values, levels int }

// tooHeavy is the weight of what may not be decoded, and of a node that is inside itself.
var tooHeavy = yamlWeight{maxDecodedValues + 1, maxDecodedDepth + 1}

// weighNode returns the weight of a node that is below others. It does not look further
// than may be decoded. What is known is kept in the map.
func weighNode(n *yaml.Node, above int, known map[*yaml.Node]yamlWeight) yamlWeight {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if w, ok := known[n]; ok {
		return w
	}
	if len(n.Content) == 0 {
		return yamlWeight{values: 1}
	}
	if above > maxDecodedDepth {
		return tooHeavy
	}
	known[n] = tooHeavy
	w := yamlWeight{values: 1}
	for _, part := range n.Content {
		inner := weighNode(part, above+1, known)
		w.values = min(w.values+inner.values, tooHeavy.values)
		w.levels = max(w.levels, inner.levels)
	}
	w.levels = min(w.levels+1, tooHeavy.levels)
	known[n] = w
	return w
}
