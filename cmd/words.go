package cmd

import "strings"

// words turns a name of the configuration into words: "builtin role".
func words(name string) string { return strings.ReplaceAll(name, "_", " ") }
