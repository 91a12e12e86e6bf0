package cmd

import (
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// severities counts errors and warnings.
func severities(diags hcl.Diagnostics) (errs, warnings int) {
	for _, d := range diags {
		if d.Severity == hcl.DiagError {
			errs++
		} else {
			warnings++
		}
	}
	return errs, warnings
}

// tally says how many: "2 errors and 1 warning".
func tally(errs, warnings int) string {
	var parts []string
	if errs > 0 {
		parts = append(parts, text.Count(errs, "error", "errors"))
	}
	if warnings > 0 {
		parts = append(parts, text.Count(warnings, "warning", "warnings"))
	}
	return text.And(parts)
}

// A diagnosticJSON is one diagnostic for programs.
type diagnosticJSON struct {
	Severity string     `json:"severity"` // error or warning
	Code     string     `json:"code"`
	Summary  string     `json:"summary"`
	Detail   string     `json:"detail"`
	Range    *rangeJSON `json:"range,omitempty"` // nil if the diagnostic is about no file
	Rows     []rowJSON  `json:"rows,omitempty"`  // of data files
}

type rangeJSON struct {
	File  string       `json:"file"`
	Start positionJSON `json:"start"`
	End   positionJSON `json:"end"` // behind the last character
}

// A rowJSON is one row of a CSV file, or one line of a YAML or JSON file.
type rowJSON struct {
	File string `json:"file"`
	Line int    `json:"line"` // from 1
}

type positionJSON struct {
	Line   int `json:"line"`   // from 1
	Column int `json:"column"` // from 1, in characters
}

func diagnosticsJSON(diags hcl.Diagnostics) []diagnosticJSON {
	out := []diagnosticJSON{}
	for _, d := range diags {
		j := diagnosticJSON{Severity: "error", Code: config.Code(d), Summary: d.Summary, Detail: strings.TrimSpace(d.Detail)}
		if d.Severity == hcl.DiagWarning {
			j.Severity = "warning"
		}
		if s := d.Subject; s != nil {
			j.Range = &rangeJSON{s.Filename, positionJSON{s.Start.Line, s.Start.Column}, positionJSON{s.End.Line, s.End.Column}}
		}
		for _, p := range config.Rows(d) {
			j.Rows = append(j.Rows, rowJSON{p.File, p.Line})
		}
		out = append(out, j)
	}
	return out
}
