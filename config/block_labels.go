package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// labelled appends the block if it has as many labels as it should.
func (d *declarer) labelled(out []*hcl.Block, b *hcl.Block, least, most int) []*hcl.Block {
	if n := len(b.Labels); n < least || n > most {
		closing := "" // of a block that has nothing in it
		if b.Type == "removed" {
			closing = "}"
		}
		d.report(problem("config/labels", b.DefRange.Ptr(), "Wrong number of labels",
			"%s has %s, and this one has %d. Write:\n  %s {%s", article(b.Type), labelCount(least, most), n, d.wholeHeader(b, least), closing))
		return out
	}
	normalLabels(b)
	for i, label := range b.Labels {
		if label == "" {
			d.report(problem("config/labels", b.LabelRanges[i].Ptr(), "Empty label", "A label names the block or the object, so it cannot be empty."))
			return out
		}
	}
	return append(out, b)
}

// normalLabels gives the labels the spelling that names have in expressions.
func normalLabels(b *hcl.Block) {
	for i, label := range b.Labels {
		if form := schema.NFC(label); form != label {
			b.Labels = slices.Clone(b.Labels)
			b.Labels[i] = form
		}
	}
}

func labelCount(least, most int) string {
	switch {
	case most == 0:
		return "no label"
	case least == 1 && most == 1:
		return "one label"
	case least == 1 && most == 2:
		return "one or two labels"
	case least == 2:
		return "two labels"
	}
	return "more labels"
}

// wholeHeader shows how the header of a block is written. Where a removed or accept block names
// an object in a wrong form, it is the one that was meant.
func (d *declarer) wholeHeader(b *hcl.Block, labels int) string {
	if b.Type != "removed" && b.Type != "accept" {
		return b.Type + strings.Repeat(` "…"`, labels)
	}
	parts := b.Labels
	if len(parts) == 0 {
		parts = fromOf(b)
	}
	if len(parts) == 1 {
		parts = strings.SplitN(parts[0], ".", 2)
	}
	kind, key := "kind", "key"
	for _, k := range d.kinds() {
		if len(parts) > 0 && parts[0] == k.Name {
			kind = k.Name
			switch names := parts[1:]; {
			case len(names) == len(k.Keys()) && len(names) > 1:
				key = schema.JoinKey(names...)
			case len(names) > 0:
				key = names[0]
			default:
				key = strings.Trim(keyForm(k), `"`)
			}
		}
	}
	return fmt.Sprintf("%s %q %q", b.Type, kind, key)
}

// fromOf returns the kind and the name in from = kind.name, as Terraform's removed
// blocks have it.
func fromOf(b *hcl.Block) []string {
	attrs, _ := b.Body.JustAttributes()
	if attrs["from"] == nil {
		return nil
	}
	t, diags := hcl.AbsTraversalForExpr(attrs["from"].Expr)
	if diags.HasErrors() {
		return nil
	}
	out := []string{t.RootName()}
	for _, step := range t[1:] {
		if name, ok := stepName(step); ok {
			out = append(out, name)
		}
	}
	return out
}
