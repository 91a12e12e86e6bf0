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

// weighYAML refuses a text that would need too much, before anything is made of it.
func weighYAML(text string) error {
	if len(text) > maxYAML {
		return fmt.Errorf("the text is larger than %d MB, the most that yamldecode takes; keep a roster of that size in a CSV file", maxYAML>>20)
	}
	return nil
}

// heights holds how many levels of collections nodes have, aliases written out.
type heights map[*yaml.Node]int

// of returns how many levels a node that is below others has. It does not look further
// than may be decoded, and returns one level more than that for what is deeper.
func (h heights) of(n *yaml.Node, above int) int {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	height, seen := h[n]
	switch {
	case seen:
		return height
	case len(n.Content) == 0:
		return 0
	case above > maxDecodedDepth:
		return maxDecodedDepth + 1
	}
	h[n] = maxDecodedDepth + 1 // of one that is inside itself
	for _, part := range n.Content {
		height = max(height, h.of(part, above+1))
	}
	h[n] = min(height, maxDecodedDepth) + 1
	return h[n]
}

// decodeYAML is cty's yamldecode with limits.
func decodeYAML(text string) (cty.Value, error) {
	if err := weighYAML(text); err != nil {
		return cty.NilVal, err
	}
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(text), &root); err != nil {
		return cty.NilVal, err
	}
	if len(root.Content) > 0 && (heights{}).of(root.Content[0], 0) > maxDecodedDepth {
		return cty.NilVal, errTooNested
	}
	if (expansion{}).of(&root) > maxDecodedValues {
		return cty.NilVal, fmt.Errorf("its aliases stand for more than %d values", maxDecodedValues)
	}
	if err := checkYAML(&root); err != nil {
		return cty.NilVal, err
	}
	return ctyyaml.YAMLDecodeFunc.Call([]cty.Value{cty.StringVal(text)})
}

// An expansion counts the values that nodes stand for, where aliases are written out:
// cty's decoder does that, and a text of nine lines can stand for a billion.
type expansion map[*yaml.Node]int

// of returns how many values a node stands for, or one more than may be decoded.
func (e expansion) of(n *yaml.Node) int {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if size, ok := e[n]; ok {
		return size
	}
	e[n] = maxDecodedValues + 1 // of one that is inside itself
	size := 1
	for _, part := range n.Content {
		if size += e.of(part); size > maxDecodedValues {
			size = maxDecodedValues + 1
			break
		}
	}
	e[n] = size
	return size
}
