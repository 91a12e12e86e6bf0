package config

import (
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// excerpt splits a line of a file into what is before a range, the range, and
// what follows, cleaned for printing. The range is given in characters as hcl counts
// them, from 0: a letter with its combining marks is one. A line that is too long to
// print is cut down to what surrounds the range.
func excerpt(line string, from, to int) (before, marked, after string) {
	const most, lead = 160, 40
	from = max(from, 0)
	to = max(from, to)
	if skip(line, most) == len(line) {
		a, b := skip(line, from), skip(line, to)
		return text.CleanLines(line[:a]), text.CleanLines(line[a:b]), text.CleanLines(line[b:])
	}
	start := max(0, from-lead)
	line = line[skip(line, start):]
	from, to = from-start, min(to-start, most-1)
	a, b, end := skip(line, from), skip(line, to), len(line)
	if skip(line, most) < end {
		end = max(b, skip(line, most-1))
		after = "…"
	}
	if start > 0 {
		before = "…"
		line, a, b, end = cutFirst(line, a, b, end)
	}
	return before + text.CleanLines(line[:a]), text.CleanLines(line[a:b]), text.CleanLines(line[b:end]) + after
}

// cutFirst drops the first character of a line and moves the places in it.
func cutFirst(line string, a, b, end int) (string, int, int, int) {
	n := skip(line, 1)
	return line[n:], max(0, a-n), max(0, b-n), max(0, end-n)
}

// skip returns how many bytes the first n characters of a line have.
func skip(line string, n int) int {
	if n >= len(line) {
		return len(line)
	}
	if isASCII(line[:n+1]) {
		return n
	}
	rest, state := line, -1
	for ; n > 0 && rest != ""; n-- {
		_, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
	}
	return len(line) - len(rest)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// blank replaces cleaned text by spaces of the same width, keeping tabs.
func blank(s string) string {
	columns := strings.Split(s, "\t")
	for i, c := range columns {
		columns[i] = strings.Repeat(" ", text.Width(c))
	}
	return strings.Join(columns, "\t")
}
