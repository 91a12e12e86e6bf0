package cmd_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

var (
	commentLine = regexp.MustCompile(`^(\s*)#(?: (.*))?$`)
	sampleBegin = regexp.MustCompile(`^(\w+( "[^"]*")* \{|\w+ += )`)
	textOrNote  = regexp.MustCompile(`"[^"]*"|#.*`)
)

// uncommentScript removes the comment marks of the samples in the .hcl files of a directory,
// as a person does who wants to try them.
func uncommentScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: uncomment DIR")
	}
	files, err := filepath.Glob(filepath.Join(ts.MkAbs(args[0]), "*.hcl"))
	ts.Check(err)
	n := 0
	for _, name := range files {
		before, err := os.ReadFile(name)
		ts.Check(err)
		after := uncomment(string(before))
		if after != string(before) {
			n++
		}
		ts.Check(os.WriteFile(name, []byte(after), 0o600))
	}
	if n == 0 {
		ts.Fatalf("no sample in %s", args[0])
	}
}

// uncomment removes the marks of comments that are blocks or attributes. Prose stays.
func uncomment(file string) string {
	var out strings.Builder
	depth := 0 // of braces in the sample
	for line := range strings.Lines(file) {
		m := commentLine.FindStringSubmatch(strings.TrimRight(line, "\n"))
		if m == nil || depth == 0 && !sampleBegin.MatchString(m[2]) {
			out.WriteString(line)
			continue
		}
		code := textOrNote.ReplaceAllString(m[2], "")
		depth += strings.Count(code, "{") - strings.Count(code, "}")
		out.WriteString(m[1] + m[2] + "\n")
	}
	return out.String()
}
