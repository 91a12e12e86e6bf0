package plan

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A message that lists thousands of names is shortened where people read it; the failure has all of it.
func TestLongMessagesOfChecks(t *testing.T) {
	long := "Too many: " + strings.Repeat("ana@zoo.example, ", 3000)
	c := Check{Name: "few", Result: CheckFailed, Members: 3, Failed: 3, Failures: []schema.CheckFailure{{Text: long}, {Text: long + "and dora"}, {Text: "Short"}}}
	got := c.Findings()[0].Detail
	if n := utf8.RuneCountInString(got); n > 2*longestMessage+20 || strings.Count(got, "…") != 2 || !strings.HasSuffix(got, "… Short.") {
		t.Errorf("%d characters: %s", n, got)
	}
	if c.Failures[0].Text != long {
		t.Error("the failure was shortened too")
	}
}
