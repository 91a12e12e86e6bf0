package splice_test

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/rolecall-dev/rolecall/config/splice"
)

var words = []string{"ana", "ben", "cleo", "a b", "ä", "x\"y", "${x}"}

func quote(s string) string {
	return `"` + strings.NewReplacer(`"`, `\"`, "${", "$${").Replace(s) + `"`
}

var language = splice.Language{
	Text:  splice.Literal,
	Set:   func(hclsyntax.Expression) ([]string, bool) { return nil, false },
	Write: quote,
	WriteSet: func(set []string) string {
		var out []string
		for _, s := range set {
			out = append(out, quote(s))
		}
		return "[" + strings.Join(out, ", ") + "]"
	},
}

// A writer writes random files of blocks with an attribute of each type, in random layout.
type writer struct {
	*rand.Rand
	strings.Builder
	comments int
}

func (w *writer) one(texts ...string) string { return texts[w.IntN(len(texts))] }

// comment writes nothing, or a comment that no other one equals.
func (w *writer) comment(line bool) string {
	if w.IntN(3) > 0 {
		return ""
	}
	w.comments++
	if line {
		return fmt.Sprintf(w.one(" # %d", " // %d, \"[{"), w.comments)
	}
	return fmt.Sprintf(" /* %d ]} */", w.comments)
}

func (w *writer) subset() []string {
	out := slices.Clone(words)
	w.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	out = out[:w.IntN(len(out))]
	slices.Sort(out)
	return out
}

// collection writes items in one line or in several.
func (w *writer) collection(open, end string, items []string, entries bool) string {
	var b strings.Builder
	b.WriteString(open)
	long := w.IntN(2) == 0
	trailing := w.IntN(2) == 0
	for i, item := range items {
		comma := ","
		if i == len(items)-1 && !trailing || entries && long && w.IntN(2) == 0 {
			comma = ""
		}
		if long {
			if i == 0 {
				b.WriteString(w.comment(true) + "\n")
			}
			if c := w.comment(true); c != "" {
				b.WriteString("   " + c + "\n")
			}
			b.WriteString("    " + item + comma + w.comment(true) + "\n")
			continue
		}
		b.WriteString(w.one("", " ") + item + w.comment(false) + comma)
	}
	if long {
		b.WriteString("  ")
	}
	return b.String() + end
}

func (w *writer) list(set []string) string {
	var items []string
	for _, s := range set {
		items = append(items, quote(s))
	}
	w.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
	return w.collection("[", "]", items, false)
}

func (w *writer) object(m map[string]string) string {
	var items []string
	for _, name := range slices.Sorted(maps.Keys(m)) {
		items = append(items, quote(name)+w.one(" = ", "=", " : ")+m[name])
	}
	return w.collection("{", "}", items, true)
}

// block writes a block and returns the values of its attributes.
func (w *writer) block(n int) map[string]any {
	sets := map[string][]string{}
	texts := map[string]string{}
	written, listed := map[string]string{}, map[string]string{}
	for _, name := range w.subset() {
		texts[name], sets[name] = w.one(words...), w.subset()
		written[name], listed[name] = quote(texts[name]), w.list(sets[name])
	}
	values := map[string]any{"text": w.one(words...), "is": w.IntN(2) == 0, "number": int64(w.IntN(9) - 4), "set": w.subset(), "map": texts, "sets": sets}
	if w.IntN(4) == 0 {
		fmt.Fprintf(w, "kind \"%d\" { text = %s%s }%s\n", n, quote(values["text"].(string)), w.comment(false), w.comment(true))
		return map[string]any{"text": values["text"]}
	}
	fmt.Fprintf(w, "kind \"%d\" {%s\n", n, w.comment(true))
	lines := []string{
		"text = " + quote(values["text"].(string)), fmt.Sprintf("is     = %t", values["is"]), fmt.Sprintf("number = %d", values["number"]),
		"set = " + w.list(values["set"].([]string)), "map = " + w.object(written), "sets = " + w.object(listed),
		"doc = <<-EOT\n    # none ${1 + 1} [\n  EOT\n", "call = upper(\"x\")",
	}
	w.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	for _, line := range lines {
		end := w.comment(true)
		if strings.HasSuffix(line, "\n") {
			line, end = strings.TrimSuffix(line, "\n"), ""
		}
		w.WriteString("  " + line + end + "\n")
	}
	w.WriteString("}" + w.comment(true) + w.one("\n", "\n\n"))
	return values
}

// evaluate returns the values of all blocks by label.
func evaluate(t *testing.T, src []byte) map[string]map[string]cty.Value {
	t.Helper()
	text := bytes.ReplaceAll(bytes.TrimPrefix(src, []byte("\xef\xbb\xbf")), []byte("\r\n"), []byte("\n"))
	f, diags := hclsyntax.ParseConfig(text, "x.hcl", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("%v in:\n%s", diags, src)
	}
	out := map[string]map[string]cty.Value{}
	for _, b := range f.Body.(*hclsyntax.Body).Blocks {
		attributes := map[string]cty.Value{}
		for name, a := range b.Body.Attributes {
			if name == "call" {
				continue
			}
			val, diags := a.Expr.Value(nil)
			if diags.HasErrors() {
				t.Fatalf("%v in:\n%s", diags, src)
			}
			attributes[name] = val
		}
		out[b.Labels[0]] = attributes
	}
	return out
}

// as returns a value as evaluation gives it.
func as(v any) cty.Value {
	switch v := v.(type) {
	case bool:
		return cty.BoolVal(v)
	case int64:
		return cty.NumberIntVal(v)
	case string:
		return cty.StringVal(v)
	case []string:
		if len(v) == 0 {
			return cty.SetValEmpty(cty.String)
		}
		var out []cty.Value
		for _, s := range v {
			out = append(out, cty.StringVal(s))
		}
		return cty.SetVal(out)
	case map[string]string:
		out := map[string]cty.Value{}
		for name, s := range v {
			out[name] = cty.StringVal(s)
		}
		return cty.ObjectVal(out)
	case map[string][]string:
		out := map[string]cty.Value{}
		for name, set := range v {
			out[name] = as(set)
		}
		return cty.ObjectVal(out)
	}
	panic(v)
}

// unordered turns lists into sets.
func unordered(v cty.Value) cty.Value {
	switch {
	case v.Type().IsTupleType():
		if v.LengthInt() == 0 {
			return cty.SetValEmpty(cty.String)
		}
		return cty.SetVal(v.AsValueSlice())
	case v.Type().IsObjectType():
		out := map[string]cty.Value{}
		for name, x := range v.AsValueMap() {
			out[name] = unordered(x)
		}
		return cty.ObjectVal(out)
	}
	return v
}

// Random changes of random files: each target has its value, everything else is as before, and all
// comments are there.
func TestRandomChanges(t *testing.T) {
	for seed := range uint64(200) {
		w := &writer{Rand: rand.New(rand.NewPCG(seed, 15))}
		var all []map[string]any
		for n := range 1 + w.IntN(4) {
			if c := w.comment(true); c != "" {
				w.WriteString(strings.TrimSpace(c) + "\n")
			}
			all = append(all, w.block(n))
		}
		src := w.String()
		if w.IntN(3) == 0 {
			src = strings.TrimRight(src, "\n")
		}
		if w.IntN(3) == 0 {
			src = strings.ReplaceAll(src, "\n", "\r\n")
		}
		if w.IntN(5) == 0 {
			src = "\xef\xbb\xbf" + src
		}
		change(t, w, []byte(src), all, seed)
		if t.Failed() {
			return
		}
	}
}

func change(t *testing.T, w *writer, src []byte, all []map[string]any, seed uint64) {
	f, err := splice.Parse("x.hcl", src)
	if err != nil {
		t.Fatal(err)
	}
	want := evaluate(t, src)
	var edits, removed []splice.Edit
	for n, values := range all {
		label, block := fmt.Sprint(n), f.Body.Blocks[n]
		switch w.IntN(7) {
		case 0:
			remove := f.Remove(block)
			edits, removed = append(edits, remove...), append(removed, remove...)
			delete(want, label)
			continue
		case 1:
			edits = append(edits, f.Set(block, "added", `"v"`)...)
			want[label]["added"] = cty.StringVal("v")
		case 3:
			for _, name := range slices.Sorted(maps.Keys(values)) {
				if w.IntN(2) == 0 {
					edits = append(edits, f.RemoveAttribute(block, block.Body.Attributes[name])...)
					delete(values, name)
					delete(want[label], name)
				}
			}
		case 2:
			edits = append(edits, f.Insert(block, fmt.Sprintf("kind \"new%d\" {\n  x = 1\n}\n", n))...)
			want[fmt.Sprint("new", n)] = map[string]cty.Value{"x": cty.NumberIntVal(1)}
		}
		for _, name := range slices.Sorted(maps.Keys(values)) {
			if w.IntN(2) == 0 {
				continue
			}
			next := w.other(values[name])
			more, err := f.Value(block.Body.Attributes[name].Expr, next, language)
			if err != nil {
				t.Fatalf("seed %d: %v in:\n%s", seed, err, src)
			}
			edits = append(edits, more...)
			want[label][name] = as(next)
		}
	}
	out, err := f.Apply(edits)
	if err != nil {
		t.Fatalf("seed %d: %v in:\n%s", seed, err, src)
	}
	got := evaluate(t, out)
	for _, values := range []map[string]map[string]cty.Value{got, want} {
		for _, attributes := range values {
			for name, v := range attributes {
				attributes[name] = unordered(v)
			}
		}
	}
	if fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", want) {
		t.Fatalf("seed %d: got\n%#v\nwant\n%#v\nbefore:\n%s\nafter:\n%s", seed, got, want, src, out)
	}
	after, err := splice.Parse("x.hcl", out)
	if err != nil {
		t.Fatal(err)
	}
	if before := f.CommentsOutside(removed); !slices.Equal(before, after.Comments()) {
		t.Fatalf("seed %d: comments %q became %q\nbefore:\n%s\nafter:\n%s", seed, before, after.Comments(), src, out)
	}
	if bytes.HasPrefix(src, []byte("\xef\xbb\xbf")) != bytes.HasPrefix(out, []byte("\xef\xbb\xbf")) {
		t.Fatalf("seed %d: the byte order mark", seed)
	}
	if crlf := bytes.Count(src, []byte("\r\n")); crlf > 0 && bytes.Count(out, []byte("\n")) != bytes.Count(out, []byte("\r\n")) {
		t.Fatalf("seed %d: line ends in:\n%q", seed, out)
	}
}

// other returns a random value of the same type.
func (w *writer) other(v any) any {
	switch v := v.(type) {
	case bool:
		return !v
	case int64:
		return v + 1
	case string:
		return w.one(words...)
	case []string:
		return w.subset()
	case map[string]string:
		out := map[string]string{}
		for _, name := range w.subset() {
			if out[name] = w.one(words...); v[name] != "" && w.IntN(2) == 0 {
				out[name] = v[name]
			}
		}
		return out
	case map[string][]string:
		out := map[string][]string{}
		for _, name := range w.subset() {
			if out[name] = w.subset(); v[name] != nil && w.IntN(2) == 0 {
				out[name] = v[name]
			}
		}
		return out
	}
	panic(v)
}
