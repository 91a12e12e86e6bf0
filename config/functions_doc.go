package config

import (
	"maps"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty/function"
)

// A Function describes one function of expressions.
type Function struct {
	Name string
	Call string // as it is called: "lookup(map, key, default...)"
	Doc  string // one sentence or more
}

// Functions lists every function that an expression may call, by name.
func Functions() []Function {
	all := functions(nil) // which are not called
	var out []Function
	for _, name := range slices.Sorted(maps.Keys(all)) {
		f := all[name]
		doc := strings.ReplaceAll(f.Description(), `\"`, `"`)
		if d, ok := missingDocs[name]; ok {
			doc = d
		}
		out = append(out, Function{name, name + "(" + strings.Join(parameters(f), ", ") + ")", doc})
	}
	return out
}

func parameters(f function.Function) []string {
	var out []string
	for _, p := range f.Params() {
		out = append(out, p.Name)
	}
	if p := f.VarParam(); p != nil {
		out = append(out, p.Name+"...")
	}
	return out
}

// missingDocs documents functions whose library leaves it out or says it in terms of
// its own code.
var missingDocs = map[string]string{
	"can":        "Reports whether the expression can be evaluated without an error.",
	"try":        "Returns the first of the expressions that can be evaluated without an error.",
	"tolist":     "Converts a set, a tuple or a list to a list with elements of one type.",
	"tomap":      "Converts an object or a map to a map with elements of one type.",
	"toset":      "Converts a list, a tuple or a set to a set: without order and without duplicates.",
	"yamlencode": "Encodes a value as YAML.",
}
