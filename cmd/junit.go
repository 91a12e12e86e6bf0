package cmd

import (
	"encoding/xml"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// junitFlag declares --junit.
func junitFlag(c *cobra.Command, to *string) {
	c.Flags().StringVar(to, "junit", "", "save the results of the check blocks in `FILE`, as JUnit XML")
}

// A tenantChecks is the results of the checks of a tenant.
type tenantChecks struct {
	provider string
	results  []plan.Check
}

// planChecks lists the results of the checks of plans.
func planChecks(d *plan.Document) []tenantChecks {
	var out []tenantChecks
	for _, p := range d.Plans {
		out = append(out, tenantChecks{p.Provider, p.Checks})
	}
	return out
}

type junitSuites struct {
	XMLName xml.Name `xml:"testsuites"`
	junitCounts
	Suites []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name string `xml:"name,attr"`
	junitCounts
	Cases []junitCase `xml:"testcase"`
}

type junitCounts struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Skipped  int `xml:"skipped,attr"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	File    string        `xml:"file,attr,omitempty"`
	Line    int           `xml:"line,attr,omitempty"`
	Failure *junitMessage `xml:"failure"`
	Error   *junitMessage `xml:"error"`
	Skipped *junitMessage `xml:"skipped"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// saveJUnit saves the results of checks as JUnit XML: a test suite for each tenant. A check that is undecided is an error;
// one that is only a warning is skipped if it does not hold, so that it fails no job.
func (f *Factory) saveJUnit(path string, all []tenantChecks) error {
	if path == "" {
		return nil
	}
	doc := junitSuites{}
	for _, t := range all {
		if len(t.results) == 0 {
			continue
		}
		s := junitSuite{Name: text.Clean(t.provider)}
		for i := range t.results {
			s.add(t.provider, &t.results[i])
		}
		doc.Tests, doc.Failures, doc.Errors, doc.Skipped = doc.Tests+s.Tests, doc.Failures+s.Failures, doc.Errors+s.Errors, doc.Skipped+s.Skipped
		doc.Suites = append(doc.Suites, s)
	}
	err := saveFile(path, func(w io.Writer) error {
		b, err := xml.MarshalIndent(doc, "", "  ")
		if err != nil {
			return err
		}
		_, err = w.Write(f.secrets.RedactKnown([]byte(xml.Header + string(b) + "\n")))
		return err
	})
	if err != nil {
		return fmt.Errorf("the results of the checks cannot be saved in %s: %w", path, err)
	}
	return nil
}

func (s *junitSuite) add(provider string, c *plan.Check) {
	one := junitCase{Name: text.Clean(c.Name), Class: text.Clean(provider), File: text.Clean(c.Pos.File), Line: c.Pos.Line}
	s.Tests++
	m := &junitMessage{}
	for _, f := range c.Findings() {
		if m.Message == "" {
			m.Message = text.Clean(f.Summary)
		}
		if c.Result == plan.CheckUndecided {
			m.Text += text.Clean(fmt.Sprintf("%s:%d: %s. %s", f.Pos.File, f.Pos.Line, f.Summary, f.Detail)) + "\n"
		}
	}
	for _, x := range c.Failures {
		m.Text += text.Clean(x.Text) + "\n"
	}
	if rest := c.Failed - len(c.Failures); rest > 0 {
		m.Text += "and " + text.Number(rest) + " more\n"
	}
	switch {
	case c.Result == plan.CheckPassed:
	case c.Result == plan.CheckSkipped:
		s.Skipped++
		one.Skipped = &junitMessage{Message: text.Clean(c.Why)}
	case c.Warning:
		s.Skipped++
		one.Skipped = m
	case c.Result == plan.CheckFailed:
		s.Failures++
		one.Failure = m
	default:
		s.Errors++
		one.Error = m
	}
	s.Cases = append(s.Cases, one)
}
