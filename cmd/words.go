package cmd

import "strings"

// sentence joins parts as people do: "a, b and c".
func sentence(parts []string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	last := len(parts) - 1
	return strings.Join(parts[:last], ", ") + " and " + parts[last]
}

// words turns a name of the configuration into words: "builtin role".
func words(name string) string { return strings.ReplaceAll(name, "_", " ") }
