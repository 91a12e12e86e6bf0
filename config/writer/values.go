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

// An expression is a value in HCL: one text, or the members of a list or an object.
type expression struct {
	text        string
	members     []string
	open, close string // around members
}

// inline returns the expression in one line.
func (e expression) inline() string {
	switch {
	case e.open == "":
		return e.text
	case e.open == "{" && len(e.members) > 0:
		return "{ " + strings.Join(e.members, ", ") + " }"
	}
	return e.open + strings.Join(e.members, ", ") + e.close
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
		e := expression{open: "[", close: "]"}
		for _, key := range keys {
			e.members = append(e.members, one(key))
		}
		return e
	}
	object := expression{open: "{", close: "}"}
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
		e := expression{open: "[", close: "]"}
		for _, set := range v {
			if label, ok := w.sets[a.Via][setText(set)]; ok {
				e.members = append(e.members, Reference{Kind: a.Via, Label: label}.String())
			} else {
				e.members = append(e.members, list(set).inline())
			}
		}
		return e
	case map[string]string:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			object.members = append(object.members, entryName(name)+" = "+one(v[name]))
		}
		return object
	case map[string]bool:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			object.members = append(object.members, entryName(name)+" = "+strconv.FormatBool(v[name]))
		}
		return object
	case map[string][]string:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			object.members = append(object.members, entryName(name)+" = "+list(v[name]).inline())
		}
		return object
	default:
		panic(fmt.Sprintf("writer: no expression for %T", v))
	}
}

func entryName(name string) string {
	if hclsyntax.ValidIdentifier(name) {
		return name
	}
	return quote(name)
}
