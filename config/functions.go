package config

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/ext/tryfunc"

	"github.com/rolecall-dev/rolecall/config/filetree"
	ctyyaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// functions returns everything that an expression may call, by name. Names and
// behaviour are those that people know from Terraform; what would make two runs
// differ (timestamp, uuid) is left out.
//
// They read files of the tree and no others. What was read and decoded is kept for
// the life of the returned map, so one map serves one Load, and calling file or
// csvdecode again costs nothing.
func functions(files *filetree.Tree) map[string]function.Function {
	return newExpressionFiles(files).functions()
}

func (r *expressionFiles) functions() map[string]function.Function {
	all := map[string]function.Function{
		"can": tryfunc.CanFunc,
		"try": tryfunc.TryFunc,

		"abs":      stdlib.AbsoluteFunc,
		"ceil":     stdlib.CeilFunc,
		"floor":    stdlib.FloorFunc,
		"log":      logFunc,
		"max":      stdlib.MaxFunc,
		"min":      stdlib.MinFunc,
		"parseint": stdlib.ParseIntFunc,
		"pow":      powFunc,
		"signum":   stdlib.SignumFunc,

		"chomp":        stdlib.ChompFunc,
		"endswith":     endsWithFunc,
		"format":       formatFunc,
		"formatdate":   stdlib.FormatDateFunc,
		"formatlist":   formatListFunc,
		"indent":       indentFunc,
		"join":         joinFunc,
		"lower":        stdlib.LowerFunc,
		"regex":        stdlib.RegexFunc,
		"regexall":     stdlib.RegexAllFunc,
		"regexreplace": regexReplaceFunc,
		"replace":      replaceLimitedFunc,
		"split":        stdlib.SplitFunc,
		"startswith":   startsWithFunc,
		"strcontains":  containsTextFunc,
		"strrev":       stdlib.ReverseFunc,
		"substr":       stdlib.SubstrFunc,
		"timeadd":      stdlib.TimeAddFunc,
		"title":        stdlib.TitleFunc,
		"trim":         stdlib.TrimFunc,
		"trimprefix":   stdlib.TrimPrefixFunc,
		"trimspace":    stdlib.TrimSpaceFunc,
		"trimsuffix":   stdlib.TrimSuffixFunc,
		"upper":        stdlib.UpperFunc,

		"alltrue":                allTrueFunc,
		"anytrue":                anyTrueFunc,
		"chunklist":              keepingTexts(stdlib.ChunklistFunc),
		"coalesce":               coalesceFunc,
		"coalescelist":           stdlib.CoalesceListFunc,
		"compact":                keepingTexts(stdlib.CompactFunc),
		"concat":                 stdlib.ConcatFunc,
		"contains":               containsFunc,
		"distinct":               keepingTexts(distinctFunc),
		"element":                stdlib.ElementFunc,
		"flatten":                stdlib.FlattenFunc,
		"index":                  indexFunc,
		"keys":                   stdlib.KeysFunc,
		"length":                 lengthFunc,
		"lookup":                 lookupFunc,
		"merge":                  stdlib.MergeFunc,
		"one":                    oneFunc,
		"range":                  stdlib.RangeFunc,
		"reverse":                stdlib.ReverseListFunc,
		"setintersection":        keepingTexts(stdlib.SetIntersectionFunc),
		"setproduct":             keepingTexts(setProductFunc),
		"setsubtract":            keepingTexts(stdlib.SetSubtractFunc),
		"setsymmetricdifference": keepingTexts(stdlib.SetSymmetricDifferenceFunc),
		"setunion":               keepingTexts(stdlib.SetUnionFunc),
		"slice":                  stdlib.SliceFunc,
		"sort":                   keepingTexts(stdlib.SortFunc),
		"sum":                    sumFunc,
		"values":                 stdlib.ValuesFunc,
		"zipmap":                 keepingTexts(zipMapFunc, 0),

		"tobool":   stdlib.MakeToFunc(cty.Bool),
		"tolist":   keepingTexts(stdlib.MakeToFunc(cty.List(cty.DynamicPseudoType))),
		"tomap":    keepingTexts(stdlib.MakeToFunc(cty.Map(cty.DynamicPseudoType))),
		"tonumber": stdlib.MakeToFunc(cty.Number),
		"toset":    keepingTexts(stdlib.MakeToFunc(cty.Set(cty.DynamicPseudoType))),
		"tostring": stdlib.MakeToFunc(cty.String),

		"csvdecode":  r.csvdecode(),
		"jsondecode": r.decoder("Decodes a JSON document.", "json", decodeJSON),
		"jsonencode": nullable(stdlib.JSONEncodeFunc, cty.String),
		"yamldecode": r.decoder("Decodes a YAML document.", "yaml", decodeYAML),
		"yamlencode": ctyyaml.YAMLEncodeFunc,

		"basename":   basenameFunc,
		"dirname":    dirnameFunc,
		"file":       r.file(),
		"fileexists": r.exists(),
		"fileset":    r.set(),
	}
	for name, f := range all {
		if slices.ContainsFunc(f.Params(), isCollection) || f.VarParam() != nil && isCollection(*f.VarParam()) {
			all[name] = fastCollections(f)
		}
	}
	// A template may call everything but templatefile, so that it cannot render
	// itself without end.
	inside := make(map[string]function.Function, len(all))
	for name, f := range all {
		inside[name] = f
	}
	all["templatefile"] = r.template(inside)
	return all
}

func isCollection(p function.Parameter) bool { return p.Type.IsCollectionType() }

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

// CheckFunctions lists the functions that only check blocks have, by name.
func CheckFunctions() []Function {
	var out []Function
	all := checkFunctions()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		out = append(out, Function{name, all[name].call(name), all[name].doc})
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
