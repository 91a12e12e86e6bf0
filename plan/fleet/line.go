// Package fleet has what is reported of the tenants of a fleet: a line of JSON for each run, and the report
// that merges the lines of many processes. It is pure.
package fleet

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// FormatVersion is the version of a line.
const FormatVersion = 1

// MaxLine is the number of bytes of a line up to which Encode writes it, with its line end. It is the size
// of a termination message of Kubernetes.
const MaxLine = 4096

// A Line is the result of a run for one tenant. It has numbers and no names of people, because the logs of
// pipelines are read by many.
type Line struct {
	FormatVersion int    `json:"format_version"`
	Tenant        string `json:"tenant"`
	Command       string `json:"command,omitempty"` // plan, apply or drift
	Exit          int    `json:"exit"`              // as if the command had run for this tenant alone
	Error         string `json:"error,omitempty"`   // one line, without addresses of people
	// Organizations are the tenants of products that the run connected to: "partoo 42".
	Organizations  []string       `json:"organizations,omitempty"`
	Digest         string         `json:"digest,omitempty"` // of the plan; empty if it cannot be approved
	Remaining      string         `json:"remaining_digest,omitempty"`
	Changes        map[string]int `json:"changes,omitempty"` // by action
	Results        map[string]int `json:"results,omitempty"` // of apply, by status
	Differences    int            `json:"differences,omitempty"`
	PeopleAffected int            `json:"people_affected,omitempty"`
	Dangers        Dangers        `json:"dangers,omitzero"`
	Errors         int            `json:"errors,omitempty"` // findings that forbid the plan
	Limits         int            `json:"limits,omitempty"` // that refuse it
	Journals       []string       `json:"journals,omitempty"`
	Requests       int            `json:"requests,omitempty"` // sent until the plan or the check was complete
	Started        string         `json:"started,omitempty"`  // RFC 3339, UTC
	Seconds        float64        `json:"seconds,omitempty"`
	Traceparent    string         `json:"traceparent,omitempty"`
	Truncated      bool           `json:"truncated,omitempty"` // something was left out because the line was too long

	superseded bool // the process was started again, and that attempt has to have a result of its own
}

// Dangers are what deserves a look before anything else.
type Dangers struct {
	Loss        int `json:"loss,omitempty"`         // people who lose rights
	NewAdmin    int `json:"new_admin,omitempty"`    // who become administrator or gain privileged rights
	NotKnown    int `json:"not_known,omitempty"`    // subjects whose rights are not known
	MassChanges int `json:"mass_changes,omitempty"` // attributes that change for many objects
}

// Failed reports whether the run did not do what it was asked for. Changes that are pending, and
// differences, are no failure.
func (l *Line) Failed() bool { return l.Exit != 0 && l.Exit != 2 }

// Total is the number of changes.
func (l *Line) Total() int {
	n := 0
	for _, count := range l.Changes {
		n += count
	}
	return n
}

// Changed reports whether the plan or the tenant differs from what there was.
func (l *Line) Changed() bool { return l.Total() > 0 || l.Differences > 0 || l.Exit == 2 }

// longestError is the number of characters of an error.
const longestError = 400

// Encode writes the line with its line end, of at most MaxLine bytes. What is too long is left out whole,
// and Truncated says so.
func (l Line) Encode() ([]byte, error) {
	l.FormatVersion, l.Error = FormatVersion, shorten(l.Error, longestError, &l.Truncated)
	for _, cut := range []func(){
		func() {},
		func() { l.Journals, l.Truncated = nil, true },
		func() { l.Organizations = nil },
		func() { l = l.short() },
	} {
		cut()
		b, err := encode(l)
		if err != nil || len(b) <= MaxLine {
			return b, err
		}
	}
	return nil, fmt.Errorf("the result of a tenant cannot be written in %d bytes", MaxLine)
}

// short is what of a line a report cannot do without.
func (l Line) short() Line {
	s := Line{FormatVersion: FormatVersion, Tenant: l.Tenant, Exit: l.Exit, Dangers: l.Dangers, Started: l.Started, Truncated: true}
	if l.Failed() {
		s.Error = shorten(l.Error, 80, &s.Truncated)
	}
	if n := l.Total(); n > 0 {
		s.Changes = map[string]int{"all": n}
	}
	s.Differences = l.Differences
	return s
}

func encode(l Line) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(l)
	return text.JSON(b.Bytes()), err
}

// address is what an address of mail looks like.
var address = regexp.MustCompile(`[^\s"'<>(),;:=/]+@[^\s"'<>(),;:=/]+`)

// Cause makes the text of an error fit for a line: on one line, and without addresses of people.
func Cause(s string) string {
	return address.ReplaceAllString(text.Clean(strings.Join(strings.Fields(s), " ")), "(address)")
}

// Last encodes the lines of one process for its termination message, of at most MaxLine bytes: whole, or
// if they do not fit the successful ones short, first with the digests that approve their plans and the organizations,
// then without the digests, or all of them short, or as many of the last as fit. Short ones do not say when they started,
// because Kubernetes says when the container ended.
func Last(lines []Line) ([]byte, error) {
	whole := func(l Line) Line { return l }
	brief := func(l Line) Line {
		s := l.short()
		s.Started = ""
		return s
	}
	distinct := func(l Line) Line {
		s := brief(l)
		s.Organizations = l.Organizations
		return s
	}
	approving := func(l Line) Line {
		s := distinct(l)
		s.Digest = l.Digest
		return s
	}
	unlessFailed := func(form func(Line) Line) func(Line) Line {
		return func(l Line) Line {
			if l.Failed() {
				return l
			}
			return form(l)
		}
	}
	for _, form := range []func(Line) Line{whole, unlessFailed(approving), unlessFailed(distinct), unlessFailed(brief), brief} {
		if len(lines) > MaxLine/len(`{"format_version":1,"tenant":"a","exit":0}`) {
			break // the shortest lines would not fit
		}
		var out []byte
		for _, l := range lines {
			b, err := form(l).Encode()
			if err != nil {
				return nil, err
			}
			out = append(out, b...)
		}
		if len(out) <= MaxLine {
			return out, nil
		}
	}
	var out []byte
	for i := len(lines) - 1; i >= 0; i-- {
		b, err := brief(lines[i]).Encode()
		if err != nil {
			return nil, err
		}
		if len(out)+len(b) > MaxLine {
			break
		}
		out = append(b, out...)
	}
	return out, nil
}

// traceparent is the form of a W3C trace context of version 00, or of a later one that begins like it.
var traceparent = regexp.MustCompile(`^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$`)

// ParseTraceparent returns a trace context as it is written into lines, or "" if it is not valid.
func ParseTraceparent(s string) string {
	s = strings.TrimSpace(s)
	if !traceparent.MatchString(s) || strings.HasPrefix(s, "ff-") || s[3:35] == strings.Repeat("0", 32) || s[36:52] == strings.Repeat("0", 16) {
		return ""
	}
	return s
}

// shorten returns s with at most most characters, and notes in cut if some were left out.
func shorten(s string, most int, cut *bool) string {
	short := text.Shorten(s, most)
	*cut = *cut || short != s
	return short
}
