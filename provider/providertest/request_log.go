package providertest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider/emulator"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// FindingLines returns findings as "SEVERITY CODE ADDRESS: SUMMARY".
func FindingLines(findings []schema.Finding) []string {
	var out []string
	for _, f := range findings {
		out = append(out, fmt.Sprintf("%s %s %s: %s", f.Severity, f.Code, f.Addr, f.Summary))
	}
	return out
}

// A RequestLog compares the requests that an emulator has received with expected ones.
type RequestLog struct {
	Emulator *emulator.Server
	from     int // requests before the first that counts
}

// ResetRequests forgets the requests so far.
func (l *RequestLog) ResetRequests() { l.from = len(l.Emulator.Entries(0)) }

// Entries returns the requests since the last reset.
func (l *RequestLog) Entries() []emulator.Entry { return l.Emulator.Entries(0)[l.from:] }

// Requests returns the requests since the last reset as "METHOD PATH [BODY]".
func (l *RequestLog) Requests() []string {
	var out []string
	for _, e := range l.Entries() {
		out = append(out, strings.TrimSpace(e.Method+" "+e.Path+" "+string(e.Body)))
	}
	return out
}

// CheckRequests compares the requests since the last reset, and forgets them.
func (l *RequestLog) CheckRequests(t testing.TB, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, l.Requests()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	l.ResetRequests()
}
