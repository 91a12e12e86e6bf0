package config

import (
	"github.com/hashicorp/hcl/v2/ext/tryfunc"
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
func functions(files *tree) map[string]function.Function {
	read := &reader{tree: files, seen: map[string]outcome{}}
	all := map[string]function.Function{
		"can": tryfunc.CanFunc,
		"try": tryfunc.TryFunc,

		"abs":      stdlib.AbsoluteFunc,
		"ceil":     stdlib.CeilFunc,
		"floor":    stdlib.FloorFunc,
		"log":      stdlib.LogFunc,
		"max":      stdlib.MaxFunc,
		"min":      stdlib.MinFunc,
		"parseint": stdlib.ParseIntFunc,
		"pow":      stdlib.PowFunc,
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
		"chunklist":              stdlib.ChunklistFunc,
		"coalesce":               coalesceFunc,
		"coalescelist":           stdlib.CoalesceListFunc,
		"compact":                stdlib.CompactFunc,
		"concat":                 stdlib.ConcatFunc,
		"contains":               stdlib.ContainsFunc,
		"distinct":               stdlib.DistinctFunc,
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
		"setintersection":        stdlib.SetIntersectionFunc,
		"setproduct":             setProductFunc,
		"setsubtract":            stdlib.SetSubtractFunc,
		"setsymmetricdifference": stdlib.SetSymmetricDifferenceFunc,
		"setunion":               stdlib.SetUnionFunc,
		"slice":                  stdlib.SliceFunc,
		"sort":                   stdlib.SortFunc,
		"sum":                    sumFunc,
		"values":                 stdlib.ValuesFunc,
		"zipmap":                 stdlib.ZipmapFunc,

		"tobool":   stdlib.MakeToFunc(cty.Bool),
		"tolist":   stdlib.MakeToFunc(cty.List(cty.DynamicPseudoType)),
		"tomap":    stdlib.MakeToFunc(cty.Map(cty.DynamicPseudoType)),
		"tonumber": stdlib.MakeToFunc(cty.Number),
		"toset":    stdlib.MakeToFunc(cty.Set(cty.DynamicPseudoType)),
		"tostring": stdlib.MakeToFunc(cty.String),

		"csvdecode":  decoder("Decodes comma-separated values with a header line into a list of objects.", decodeCSV),
		"jsondecode": decoder("Decodes a JSON document.", decodeJSON),
		"jsonencode": stdlib.JSONEncodeFunc,
		"yamldecode": decoder("Decodes a YAML document.", decodeYAML),
		"yamlencode": ctyyaml.YAMLEncodeFunc,

		"basename":   basenameFunc,
		"dirname":    dirnameFunc,
		"file":       read.file(),
		"fileexists": read.exists(),
		"fileset":    read.set(),
	}
	// A template may call everything but templatefile, so that it cannot render
	// itself without end.
	inside := make(map[string]function.Function, len(all))
	for name, f := range all {
		inside[name] = f
	}
	all["templatefile"] = read.template(inside)
	return all
}
