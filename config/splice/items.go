package splice

import (
	"bytes"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// An item is a member of a list or an entry of a map.
type item struct {
	start, end int
	keep       bool
}

// items are those of one list or map, with what is added behind the last.
type items struct {
	file     *File
	whole    hcl.Range
	open     int // after the bracket
	entries  bool
	list     []item
	computed *hcl.Range // an item whose value is not known, or nil
	add      []string
}

// comma returns the offset of the comma behind an item, or -1.
func (c *items) comma(i item) int {
	for at := i.end; ; {
		t := c.file.after(at)
		switch t.Type {
		case hclsyntax.TokenComma:
			return t.Range.Start.Byte
		case hclsyntax.TokenComment, hclsyntax.TokenNewline:
			if c.entries && t.Type == hclsyntax.TokenNewline {
				return -1
			}
			at = t.Range.End.Byte
		default:
			return -1
		}
	}
}

// edits returns the edits that delete what is not kept and add what is new.
func (c *items) edits() ([]Edit, error) {
	var out []Edit
	last, kept := -1, -1
	for i, x := range c.list {
		if last = i; x.keep {
			kept = i
		}
	}
	if last < 0 {
		return c.fill()
	}
	for _, x := range c.list {
		if !x.keep {
			out = append(out, c.delete(x)...)
		}
	}
	end := c.list[last]
	trailing := c.comma(end)
	if kept >= 0 && kept != last && trailing < 0 && len(c.add) == 0 {
		if at := c.comma(c.list[kept]); at >= 0 {
			out = append(out, Edit{Start: at, End: at + 1})
		}
	}
	if len(c.add) > 0 {
		out = append(out, c.append(end, kept == last, kept >= 0, trailing)...)
	}
	return out, nil
}

// fill adds to a list or map without items.
func (c *items) fill() ([]Edit, error) {
	if len(c.add) == 0 {
		return nil, nil
	}
	text := strings.Join(c.add, ", ")
	if c.entries {
		text = " " + text + " "
	}
	inner := c.file.src[c.open : c.whole.End.Byte-1]
	if len(bytes.TrimSpace(inner)) > 0 { // comments
		return []Edit{{c.open, c.open, "\n" + c.file.indent(c.whole.Start.Byte) + "  " + strings.Join(c.add, ",\n") + "\n"}}, nil
	}
	return []Edit{{c.open, c.open + len(inner), text}}, nil
}

// ownLine reports whether an item has its lines for itself, apart from a comma and a comment.
func (c *items) ownLine(x item) bool {
	if !c.file.firstOnLine(x.start) {
		return false
	}
	at := x.end
	if comma := c.comma(x); comma >= 0 && comma < c.file.lineEnd(x.end) {
		at = comma + 1
	}
	t := c.file.after(at)
	return t.Type == hclsyntax.TokenNewline || t.Type == hclsyntax.TokenComment && bytes.HasSuffix(t.Bytes, []byte("\n"))
}

// delete deletes an item with its comma, and its line if nothing else is there.
func (c *items) delete(x item) []Edit {
	f := c.file
	comma := c.comma(x)
	end := x.end
	if comma >= 0 {
		end = comma + 1
	}
	if c.ownLine(x) && end <= f.lineEnd(x.end) {
		if f.after(end).Type == hclsyntax.TokenNewline {
			return f.remove(f.lineStart(x.start), f.lineEnd(end))
		}
		return f.remove(x.start, f.after(end).Range.Start.Byte)
	}
	if comma >= 0 {
		next := f.after(end)
		if next.Type != hclsyntax.TokenNewline {
			end = next.Range.Start.Byte
		}
		return f.remove(x.start, end)
	}
	start := x.start
	for start > c.open && (f.src[start-1] == ' ' || f.src[start-1] == '\t') {
		start--
	}
	return f.remove(start, end)
}

// append adds items behind the last one, which is deleted unless stays is set.
func (c *items) append(last item, stays, others bool, trailing int) []Edit {
	f := c.file
	if c.ownLine(last) {
		indent, separator := f.indent(last.start), ","
		if c.entries && trailing < 0 {
			separator = ""
		}
		var b strings.Builder
		for i, text := range c.add {
			b.WriteString(indent + text)
			if i < len(c.add)-1 || trailing >= 0 {
				b.WriteString(separator)
			}
			b.WriteString("\n")
		}
		end := last.end
		if trailing > end {
			end = trailing + 1
		}
		out := []Edit{{f.lineEnd(end), f.lineEnd(end), b.String()}}
		if stays && trailing < 0 && !c.entries {
			out = append(out, Edit{last.end, last.end, ","})
		}
		return out
	}
	text := strings.Join(c.add, ", ")
	switch {
	case trailing >= 0 && stays:
		return []Edit{{trailing + 1, trailing + 1, " " + text + ","}}
	case trailing >= 0:
		return []Edit{{last.start, last.start, text + ", "}}
	case stays:
		text = ", " + text
	case others:
		text = " " + text
	}
	return []Edit{{last.end, last.end, text}}
}

// entry writes a new entry, with its sign below that of the last one if that has a line of its own.
func (c *items) entry(object *hclsyntax.ObjectConsExpr, name, value string) string {
	key := name
	if !hclsyntax.ValidIdentifier(name) {
		key = Quote(name)
	}
	if len(object.Items) == 0 {
		return key + " = " + value
	}
	last := object.Items[len(object.Items)-1]
	from, to := last.KeyExpr.Range().Start.Byte, last.ValueExpr.Range().Start.Byte
	sign := "="
	at := bytes.IndexAny(c.file.src[last.KeyExpr.Range().End.Byte:to], "=:")
	if at < 0 {
		return key + " = " + value
	}
	at += last.KeyExpr.Range().End.Byte
	sign = string(c.file.src[at])
	if !c.file.firstOnLine(from) {
		if sign == ":" {
			return key + ": " + value
		}
		return key + " = " + value
	}
	return pad(key, at-from) + sign + " " + value
}

// pad pads a name with spaces to a width, with one at least.
func pad(name string, width int) string {
	return name + strings.Repeat(" ", max(1, width-len([]rune(name))))
}
