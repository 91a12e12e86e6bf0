package provider

import (
	"fmt"
	"strings"
)

// Count says a number with its noun: "1 user", "3 users".
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// List joins words for a sentence and cuts a list that is longer than most short,
// saying so: "a, b and c", "a, b and 3 more".
func List(words []string, most int) string {
	if len(words) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(words[:most], ", "), len(words)-most)
	}
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
