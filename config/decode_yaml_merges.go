package config

import (
	"maps"
	"slices"

	"github.com/zclconf/go-cty/cty"
	"go.yaml.in/yaml/v3"
)

// checkYAMLMerges reports merge keys (<<) that the decoder reads in another way than YAML
// says. Entries of the mapping itself win over merged ones, and of several merged
// mappings the first one wins. The decoder lets the last one win, in any order, so
// that "role: VIEWER" above "<<: *owner" would give the role of owner.
func checkYAMLMerges(n *yaml.Node) error {
	own := map[string]int{} // position in the mapping
	var merges []int
	for i := 0; i < len(n.Content); i += 2 {
		if isMergeKey(n.Content[i]) {
			merges = append(merges, i)
		} else {
			own[keyOfYAML(n.Content[i])] = i
		}
	}
	for _, at := range merges {
		key, seen := n.Content[at], map[string]bool{}
		if key.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
			return wrongLine(key.Line, "the key << merges another mapping, also in quotes; choose another key")
		}
		for _, m := range mergedBy(n.Content[at+1]) {
			names := namesInYAML(m, map[string]bool{})
			for _, name := range slices.Sorted(maps.Keys(names)) {
				i, set := own[name]
				switch {
				case set && i < at:
					return wrongLine(key.Line, "<< would replace %q of line %d; write << above the other entries", name, n.Content[i].Line)
				case !set && seen[name]:
					return wrongLine(key.Line, "two of the mappings that are merged here have %q; write the entry that is meant below <<", name)
				}
			}
			for name := range names {
				seen[name] = true
			}
		}
	}
	return nil
}

func isMergeKey(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && (n.Value == "<<" || n.ShortTag() == "!!merge")
}

// keyOfYAML returns the name of an entry, in the form in which it is decoded.
func keyOfYAML(n *yaml.Node) string {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return cty.NormalizeString(n.Value)
}

// mergedBy lists the mappings that the value of a merge key names, in their order.
func mergedBy(n *yaml.Node) []*yaml.Node {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	switch n.Kind {
	case yaml.MappingNode:
		return []*yaml.Node{n}
	case yaml.SequenceNode:
		var out []*yaml.Node
		for _, member := range n.Content {
			out = append(out, mergedBy(member)...)
		}
		return out
	}
	return nil // which the decoder reports
}

// namesInYAML adds the names of the entries of a mapping, merged ones included.
func namesInYAML(n *yaml.Node, names map[string]bool) map[string]bool {
	for i := 0; i < len(n.Content); i += 2 {
		if !isMergeKey(n.Content[i]) {
			names[keyOfYAML(n.Content[i])] = true
			continue
		}
		for _, m := range mergedBy(n.Content[i+1]) {
			namesInYAML(m, names)
		}
	}
	return names
}
