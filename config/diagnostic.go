package config

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/hashicorp/hcl/v2"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// Codes that the package itself looks at. The others stand where they are used.
const (
	codeMissingProvider = "config/missing-provider"
	codeUnclosedQuote   = "config/unclosed-quote"
	codeUndeclared      = "config/undeclared"
	codeUnknownName     = "config/unknown-name"
	codeUnknownBlock    = "config/unknown-block"
	codeUnknownValue    = "config/unknown-value"
)

// extra is what a diagnostic carries beyond hcl's own fields.
type extra struct {
	code    string
	address string       // of the object that is meant, if there is one
	rows    []rowQuery   // of data files that are meant
	found   []schema.Pos // these rows; the detail ends with seeRows
	secret  bool         // the line in the file may show a key, so it is not printed
	syntax  bool         // from reading or parsing, so true whatever else is wrong
}

// Code returns the stable code.
func (e extra) Code() string { return e.code }

// Code returns the stable code of a diagnostic, by which people search for it:
// "config/unknown-attribute". What hcl itself reports has a code that begins
// with "hcl/".
func Code(d *hcl.Diagnostic) string {
	if c, ok := d.Extra.(interface{ Code() string }); ok {
		return c.Code()
	}
	return codeOf(d)
}

// Rows returns the rows of data files, such as a CSV file, that a diagnostic is about, as
// places without a column. The paths are those that expressions give to file.
func Rows(d *hcl.Diagnostic) []schema.Pos {
	e, _ := d.Extra.(extra)
	return e.found
}

// codeOf makes a code for a diagnostic of hcl from its summary.
func codeOf(d *hcl.Diagnostic) string {
	words := strings.FieldsFunc(strings.ToLower(d.Summary), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	return "hcl/" + strings.Join(words, "-")
}

// problem makes an error. The subject may be nil. Texts among the arguments come
// from files and paths: each stays on one line.
func problem(code string, subject *hcl.Range, summary, detail string, args ...any) *hcl.Diagnostic {
	for i, arg := range args {
		if s, ok := arg.(string); ok {
			args[i] = text.Clean(s)
		}
	}
	return &hcl.Diagnostic{
		Severity: hcl.DiagError,
		Summary:  summary,
		Detail:   fmt.Sprintf(detail, args...),
		Subject:  subject,
		Extra:    extra{code: code},
	}
}

// warning turns a diagnostic into a warning.
func warning(d *hcl.Diagnostic) *hcl.Diagnostic {
	d.Severity = hcl.DiagWarning
	return d
}

// about says which object a diagnostic means.
func about(d *hcl.Diagnostic, address string) *hcl.Diagnostic {
	e, ok := d.Extra.(extra)
	if !ok {
		e.code = codeOf(d)
	}
	e.address = address
	d.Extra = e
	return d
}

// suggestion is the sentence that offers the nearest candidate, or lists them all.
func suggestion(name string, candidates []string) string {
	hint := schema.DidYouMean(name, candidates)
	switch {
	case hint != "" || len(candidates) == 0:
		return hint
	case len(candidates) == 1:
		return fmt.Sprintf(" There is only %q.", candidates[0])
	}
	return " There are: " + listSome(candidates) + "."
}

// listSome joins names, at most a dozen of them.
func listSome(names []string) string {
	const most = 12
	if len(names) > most {
		return text.AndMore(names[:most], len(names)-most)
	}
	return strings.Join(names, ", ")
}

// an puts the article before a word: "a user", never "an user".
func an(word string) string {
	if strings.ContainsRune("aeio", rune(word[0])) {
		return "an " + word
	}
	return "a " + word
}

// longestName is the number of characters of a name or an expression in a summary.
const longestName = 30

// quoted shortens a name for a summary and puts it in quotes.
func quoted(name string) string { return fmt.Sprintf("%q", shorten(name)) }

// lineOf names a range in a sentence: "zoo.hcl line 12".
func lineOf(r hcl.Range) string {
	return fmt.Sprintf("%s line %d", text.Clean(r.Filename), r.Start.Line)
}

// posOf makes the place of a block.
func posOf(r hcl.Range) schema.Pos {
	return schema.Pos{File: r.Filename, Line: r.Start.Line, Column: r.Start.Column}
}

// pointRange is the range that only knows where it begins.
func pointRange(p schema.Pos) *hcl.Range {
	at := hcl.Pos{Line: p.Line, Column: p.Column}
	return &hcl.Range{Filename: p.File, Start: at, End: at}
}
