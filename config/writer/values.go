package writer

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// widest is the width of a line above which a list has one line for each member.
const widest = 100

// quote writes a text as HCL, with escapes for everything that nobody sees.
func quote(s string) string {
	if s == "" || plain(s) {
		return `"` + s + `"`
	}
	return text.Clean(string(hclwrite.TokensForValue(cty.StringVal(s)).Bytes()))
}

// An expression is a value in HCL: one text, or the members of a list or the entries of an object.
type expression struct {
	text    string
	list    bool
	members []string   // of a list
	entries []argument // of an object; not nil, even if it is empty
	tall    bool       // several entries never share a line, such as the members of a team
}

// inline returns the expression in one line.
func (e expression) inline() string {
	switch {
	case e.list:
		return "[" + strings.Join(e.members, ", ") + "]"
	case e.entries == nil:
		return e.text
	case len(e.entries) == 0:
		return "{}"
	}
	parts := make([]string, len(e.entries))
	for i, a := range e.entries {
		parts[i] = a.name + " = " + a.value.inline()
	}
	return "{ " + strings.Join(parts, ", ") + " }"
}

// expression writes the value of an attribute.
func (w *writer) expression(a *schema.Attribute, body any) expression {
	one := func(key string) string {
		if r, ok := w.find(a, key); ok {
			return r.String()
		}
		return quote(key)
	}
	list := func(keys []string) expression {
		e := expression{list: true}
		for _, key := range keys {
			e.members = append(e.members, one(key))
		}
		return e
	}
	switch v := a.Any(body).(type) {
	case string:
		return expression{text: one(v)}
	case bool:
		return expression{text: strconv.FormatBool(v)}
	case int64:
		return expression{text: strconv.FormatInt(v, 10)}
	case []string:
		return list(v)
	case [][]string:
		e := expression{list: true}
		for _, set := range v {
			if label, ok := w.sets[a.Via][setText(set)]; ok {
				e.members = append(e.members, Reference{Kind: a.Via, Label: label}.String())
			} else {
				e.members = append(e.members, list(set).inline())
			}
		}
		return e
	case map[string]string:
		e := object(v, func(key string) expression { return expression{text: one(key)} })
		e.tall = len(a.Kinds) > 0
		return e
	case map[string]bool:
		return object(v, func(is bool) expression { return expression{text: strconv.FormatBool(is)} })
	case map[string][]string:
		return object(v, list)
	default:
		panic(fmt.Sprintf("writer: no expression for %T", v))
	}
}

// object writes a map.
func object[V any](m map[string]V, value func(V) expression) expression {
	e := expression{entries: []argument{}}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		e.entries = append(e.entries, argument{entryName(name), value(m[name])})
	}
	return e
}

func entryName(name string) string {
	if hclsyntax.ValidIdentifier(name) {
		return name
	}
	return quote(name)
}
