package splice

import (
	"bytes"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// Quote writes a text as a label or an expression.
func Quote(s string) string {
	return string(hclwrite.TokensForValue(cty.StringVal(s)).Bytes())
}

// Block returns the block whose header begins at a line and column, or nil.
func (f *File) Block(line, column int) *hclsyntax.Block { return blockAt(f.Body, line, column) }

func blockAt(body *hclsyntax.Body, line, column int) *hclsyntax.Block {
	for _, b := range body.Blocks {
		if at := b.DefRange().Start; at.Line == line && at.Column == column {
			return b
		}
		if found := blockAt(b.Body, line, column); found != nil {
			return found
		}
	}
	return nil
}

// An Entry is an entry of a map that is written out.
type Entry struct {
	Map  *hclsyntax.ObjectConsExpr
	Item hclsyntax.ObjectConsItem
}

// Entry returns the entry whose key begins at a line and column.
func (f *File) Entry(line, column int) (found Entry, ok bool) {
	_ = hclsyntax.VisitAll(f.Body, func(n hclsyntax.Node) hcl.Diagnostics {
		if object, is := n.(*hclsyntax.ObjectConsExpr); is {
			for _, x := range object.Items {
				if at := x.KeyExpr.Range().Start; at.Line == line && at.Column == column {
					found, ok = Entry{object, x}, true
				}
			}
		}
		return nil
	})
	return found, ok
}

// RemoveEntry deletes an entry.
func (f *File) RemoveEntry(e Entry) ([]Edit, error) {
	c := items{file: f, open: e.Map.OpenRange.End.Byte, whole: e.Map.SrcRange, entries: true}
	for _, x := range e.Map.Items {
		r := x.KeyExpr.Range()
		c.list = append(c.list, item{r.Start.Byte, x.ValueExpr.Range().End.Byte, r != e.Item.KeyExpr.Range()})
	}
	return c.edits()
}

// AddEntry adds an entry whose key and value are expressions.
func (f *File) AddEntry(object *hclsyntax.ObjectConsExpr, name, value string) ([]Edit, error) {
	c := items{file: f, open: object.OpenRange.End.Byte, whole: object.SrcRange, entries: true}
	for _, x := range object.Items {
		c.list = append(c.list, item{x.KeyExpr.Range().Start.Byte, x.ValueExpr.Range().End.Byte, true})
	}
	c.add = []string{c.entry(object, name, value)}
	return c.edits()
}

// Set adds an attribute to a block that does not set it.
func (f *File) Set(b *hclsyntax.Block, name, value string) []Edit {
	indent := f.indent(b.TypeRange.Start.Byte)
	if b.OpenBraceRange.Start.Line == b.CloseBraceRange.Start.Line {
		return f.widen(b, indent, name+" = "+value)
	}
	var last *hclsyntax.Attribute
	for _, a := range b.Body.Attributes {
		if last == nil || a.SrcRange.Start.Byte > last.SrcRange.Start.Byte {
			last = a
		}
	}
	if last == nil {
		at := f.lineEnd(b.OpenBraceRange.End.Byte)
		return []Edit{{at, at, indent + "  " + name + " = " + value + "\n"}}
	}
	from := last.SrcRange.Start.Byte
	at := f.lineEnd(last.SrcRange.End.Byte)
	if f.src[last.SrcRange.End.Byte-1] == '\n' { // a heredoc
		at = last.SrcRange.End.Byte
	}
	return []Edit{{at, at, f.indent(from) + pad(name, last.EqualsRange.Start.Byte-from) + "= " + value + "\n"}}
}

// Retext puts a text in quotes into the place of a label, a key or a text.
func (f *File) Retext(at hcl.Range, text string) Edit {
	return Edit{at.Start.Byte, at.End.Byte, Quote(text)}
}

// widen gives a block in one line several lines, with one attribute more.
func (f *File) widen(b *hclsyntax.Block, indent, line string) []Edit {
	open, close := b.OpenBraceRange.End.Byte, b.CloseBraceRange.Start.Byte
	inner := f.src[open:close]
	line = indent + "  " + line + "\n" + indent
	if len(bytes.TrimSpace(inner)) == 0 {
		return []Edit{{open, close, "\n" + line}}
	}
	left := len(inner) - len(bytes.TrimLeft(inner, " \t"))
	right := len(bytes.TrimRight(inner, " \t"))
	return []Edit{{open, open + left, "\n" + indent + "  "}, {open + right, close, "\n" + line}}
}

// Remove deletes a block with the comments in it. Comments before and behind it stay.
func (f *File) Remove(b *hclsyntax.Block) []Edit {
	start, end := b.TypeRange.Start.Byte, b.CloseBraceRange.End.Byte
	rest := f.src[end:f.lineEnd(end)]
	if !f.firstOnLine(start) || len(bytes.TrimSpace(rest)) > 0 {
		return []Edit{{Start: start, End: end}}
	}
	start, end = f.lineStart(start), f.lineEnd(end)
	before := start == 0 || bytes.HasSuffix(f.src[:start], []byte("\n\n"))
	if blank := f.lineEnd(end); before && (end == len(f.src) || strings.TrimSpace(string(f.src[end:blank])) == "") {
		if end == len(f.src) && start > 0 {
			start--
		} else {
			end = blank
		}
	}
	return []Edit{{Start: start, End: end}}
}

// RemoveAttribute deletes an attribute of a block. All comments stay.
func (f *File) RemoveAttribute(b *hclsyntax.Block, a *hclsyntax.Attribute) []Edit {
	start, end := a.SrcRange.Start.Byte, a.SrcRange.End.Byte
	open, close := b.OpenBraceRange.End.Byte, b.CloseBraceRange.Start.Byte
	if b.OpenBraceRange.Start.Line == b.CloseBraceRange.Start.Line {
		if len(bytes.TrimSpace(f.src[open:start]))+len(bytes.TrimSpace(f.src[end:close])) == 0 {
			start, end = open, close
		}
		return f.remove(start, end)
	}
	if rest := f.src[end:f.lineEnd(end)]; !f.firstOnLine(start) || len(bytes.TrimSpace(rest)) > 0 {
		end += len(rest) - len(bytes.TrimLeft(rest, " \t"))
		return f.remove(start, end)
	}
	start, end = f.lineStart(start), f.lineEnd(end)
	before := bytes.HasSuffix(f.src[:start], []byte("\n\n")) || f.lineStart(open) == f.lineStart(start-1)
	if next := f.lineEnd(end); before && len(bytes.TrimSpace(f.src[end:next])) == 0 {
		end = next
	} else if before && f.lineStart(close) == end && f.src[start-2] == '\n' {
		start--
	}
	return f.remove(start, end)
}

// Insert adds blocks behind another one, with an empty line between them.
func (f *File) Insert(behind *hclsyntax.Block, text string) []Edit {
	text = strings.TrimRight(text, "\n") + "\n"
	at := f.lineEnd(behind.CloseBraceRange.End.Byte)
	if at == len(f.src) && !bytes.HasSuffix(f.src, []byte("\n")) {
		text = "\n\n" + strings.TrimSuffix(text, "\n")
	} else {
		text = "\n" + text
	}
	return []Edit{{at, at, text}}
}

// Append adds blocks at the end of the file.
func (f *File) Append(text string) []Edit {
	switch {
	case len(f.src) == 0, bytes.HasSuffix(f.src, []byte("\n\n")):
	case bytes.HasSuffix(f.src, []byte("\n")):
		text = "\n" + text
	default:
		text = "\n\n" + text
	}
	return []Edit{{len(f.src), len(f.src), text}}
}
