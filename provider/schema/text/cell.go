package text

import (
	"strings"
	"unicode/utf8"
)

// Cell returns s as a cell of a CSV file that people open in a spreadsheet: cleaned, and with an apostrophe
// before each formula.
func Cell(s string) string {
	s = Clean(s)
	for at := formula(s, 0); at >= 0; at = formula(s, at+1) {
		s = s[:at] + "'" + s[at:]
	}
	return s
}

// Formula reports whether spreadsheets calculate the text of a cell, or what follows a comma or
// semicolon in it: which of both ends a cell depends on the country, whatever the file uses.
func Formula(s string) bool { return formula(s, 0) >= 0 }

// formula returns where the first formula begins that is not before an index, or -1.
func formula(s string, from int) int {
	for start := from == 0; ; start = false {
		if !start {
			i := strings.IndexAny(s[from:], ",;")
			if i < 0 {
				return -1
			}
			from += i + 1
		}
		rest := strings.TrimLeft(s[from:], `" `)
		if startsFormula(rest) {
			return len(s) - len(rest)
		}
	}
}

// startsFormula reports whether a cell with this text is calculated. Some spreadsheets read full-width
// signs as the others. All take +49 30 12 for text or a number.
func startsFormula(s string) bool {
	sign, size := utf8.DecodeRuneInString(s)
	switch sign {
	case '=', '@', '＝', '＠':
		return true
	case '+', '-', '＋', '－':
		return strings.Trim(s[size:], "0123456789 ()./-") != ""
	}
	return false
}
