package cmd

import "strings"

// sentence joins parts as people do: "a, b and c".
func sentence(parts []string) string { return joined(parts, " and ") }

// either offers parts to choose from: "a, b or c".
func either(parts []string) string { return joined(parts, " or ") }

func joined(parts []string, before string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	last := len(parts) - 1
	return strings.Join(parts[:last], ", ") + before + parts[last]
}

// words turns a name of the configuration into words: "builtin role".
func words(name string) string { return strings.ReplaceAll(name, "_", " ") }
