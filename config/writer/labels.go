package writer

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// activation returns the attribute that makes objects of the kind usable again, or "".
func activation(k *schema.Kind) string {
	name, _, _ := strings.Cut(k.Activate, " ")
	return name
}

// labelBlocks gives the blocks of a kind labels that no other block has. A label is the name of
// the object if an expression can use it, and else an identifier that is made from the name. It
// depends only on the object's key, unless two objects would have the same label.
func (w *writer) labelBlocks(k *schema.Kind, entries []entry) {
	rows, keys := k.Labels(), k.Keys()
	if len(rows) > 1 || len(rows) == 0 {
		for i := range entries {
			entries[i].labels = w.severalLabels(k, rows, entries[i].object)
		}
		return
	}
	wanted := make([]string, len(entries))
	count, named := map[string]int{}, map[string]int{}
	for i := range entries {
		name := rows[0].Text(entries[i].object.Body)
		wanted[i] = w.labelOf(k, name)
		count[wanted[i]]++
		named[name]++
	}
	for i := range entries { // a name that can be a label is not given away
		if name := rows[0].Text(entries[i].object.Body); wanted[i] == name && named[name] == 1 {
			entries[i].labels = w.unique(k, name)
		}
	}
	for i := range entries {
		o, label := entries[i].object, wanted[i]
		if entries[i].labels == nil {
			if len(keys) > 1 && (count[label] > 1 || w.taken(k, label)) {
				parts := make([]string, len(keys))
				for j, key := range keys {
					parts[j] = key.Text(o.Body)
				}
				label = identifier(k, strings.Join(parts, "_"))
			}
			entries[i].labels = w.unique(k, label)
		}
		w.refer(k, o.Addr.Key, Reference{Kind: k.Name, Label: entries[i].labels[0]})
	}
}

// severalLabels returns the labels of a kind with more than one, or without any of its own.
func (w *writer) severalLabels(k *schema.Kind, rows []*schema.Attribute, o *schema.Object) []string {
	var labels []string
	for _, row := range rows {
		label := row.Text(o.Body)
		if !plain(label) {
			label = identifier(k, label)
		}
		labels = append(labels, label)
	}
	if len(rows) == 0 {
		labels = []string{identifier(k, o.Addr.Key)}
	}
	return w.unique(k, labels...)
}

// labelOf returns the label for a name: the name itself if it can be one, also in references.
func (w *writer) labelOf(k *schema.Kind, name string) string {
	if plain(name) && (k.Subject || !w.expressed[k.Name] || hclsyntax.ValidIdentifier(name)) {
		return name
	}
	return identifier(k, name)
}

// unique takes the labels for a block, with a number behind the last one if another block of the
// kind has them, and returns them.
func (w *writer) unique(k *schema.Kind, labels ...string) []string {
	if w.labels[k.Name] == nil {
		w.labels[k.Name] = map[string]bool{}
	}
	end := len(labels) - 1
	last := labels[end]
	for n := 2; w.taken(k, strings.Join(labels, "\x00")); n++ {
		labels[end] = fmt.Sprintf("%s_%d", last, n)
	}
	w.labels[k.Name][strings.Join(labels, "\x00")] = true
	return labels
}

func (w *writer) taken(k *schema.Kind, label string) bool {
	return w.labels[k.Name][label] || w.Existing.Labels[k.Name][label]
}

// refer records how the object is named in expressions.
func (w *writer) refer(k *schema.Kind, key string, r Reference) {
	if !w.referenced[k.Name] {
		return
	}
	if w.refs[k.Name] == nil {
		w.refs[k.Name] = map[string]Reference{}
	}
	w.refs[k.Name][key] = r
}

// find returns how an expression names the object of one of the attribute's kinds.
func (w *writer) find(a *schema.Attribute, key string) (Reference, bool) {
	for _, kind := range a.Kinds {
		if r, ok := w.refs[kind][key]; ok {
			return r, true
		}
		if r, ok := w.Existing.References[kind][key]; ok {
			return r, true
		}
	}
	return Reference{}, false
}

func (r Reference) String() string {
	out := r.Kind
	if hclsyntax.ValidIdentifier(r.Label) {
		out += "." + r.Label
	} else {
		out += "[" + quote(r.Label) + "]"
	}
	if r.Key != "" {
		out += "[" + quote(r.Key) + "]"
	}
	return out
}

// plain reports whether the text can be written between quotes as it is.
func plain(s string) bool {
	return s != "" && !strings.Contains(s, "${") && !strings.Contains(s, "%{") &&
		!strings.ContainsFunc(s, func(r rune) bool { return r == '"' || r == '\\' || r == unicode.ReplacementChar || !text.Visible(r) })
}

// longestIdentifier is the number of characters after which an identifier that is made of a name ends.
const longestIdentifier = 60

// identifier makes an identifier of a name: "Store editor" becomes store_editor.
func identifier(k *schema.Kind, name string) string {
	var b strings.Builder
	length := 0
	for _, r := range strings.ToLower(name) {
		if length++; length > longestIdentifier {
			break
		}
		if hclsyntax.ValidIdentifier("a"+string(r)) && r != '-' && text.Visible(r) {
			b.WriteRune(r)
		} else if s := b.String(); s != "" && !strings.HasSuffix(s, "_") {
			b.WriteByte('_')
		}
	}
	out := strings.Trim(b.String(), "_")
	if !hclsyntax.ValidIdentifier(out) {
		out = strings.TrimSuffix(k.Name+"_"+out, "_")
	}
	return out
}
