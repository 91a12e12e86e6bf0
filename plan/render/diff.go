package render

import "strings"

// diffMark returns the mark that a line has in a block of a diff, and the line without the margin and
// the symbol of an action, which the mark replaces: "+ " for what is added, "- " for what is removed, "! " for
// what changes, and spaces otherwise. No line of such a block begins with text from outside.
func diffMark(l line) (string, line) {
	own := len(l.spans) > 0 && l.indent <= margin // it begins with the symbol of an action
	l.indent, l.hang = max(0, l.indent-margin), max(0, l.hang-margin)
	if own {
		first := l.spans[0]
		for _, m := range [...][2]string{{"+ ", "+ "}, {"- ", "- "}, {"× ", "- "}, {"~ ", "! "}, {"→ ", "! "}, {"! ", "! "}} {
			if rest, ok := strings.CutPrefix(first.text, m[0]); ok && symbolic(first.style) {
				l.spans = append([]span{{rest, first.style}}, l.spans[1:]...)
				l.hang = max(0, l.hang-len("+ "))
				return m[1], l
			}
		}
	}
	adds, removes := false, false
	for _, s := range l.spans {
		switch s.style {
		case added, addedWord, danger:
			adds = true
		case removed, removedWord, warning:
			removes = true
		}
	}
	switch {
	case adds && removes:
		return "! ", l
	case adds:
		return "+ ", l
	case removes:
		return "- ", l
	}
	return "  ", l
}

// symbolic reports whether a text in the style can begin with the symbol of an action. Names and
// other texts from outside are in other styles, at the start of a line.
func symbolic(s style) bool { return s != plain && s != strong && s != dim }
