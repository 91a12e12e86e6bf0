package render

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func numbered(from, to int) string {
	var words []string
	for i := from; i < to; i++ {
		words = append(words, fmt.Sprint("w", i))
	}
	return strings.Join(words, " ")
}

func TestTextLines(t *testing.T) {
	for _, c := range []struct {
		name, before, after string
		want                []string
	}{
		{"far from both ends", numbered(0, 30) + " old " + numbered(30, 60), numbered(0, 30) + " new " + numbered(30, 60),
			[]string{"- … w25 w26 w27 w28 w29 old w30 w31 w32 w33 w34 …", "+ … w25 w26 w27 w28 w29 new w30 w31 w32 w33 w34 …"}},
		{"in two places", "a " + numbered(0, 30) + " b", "x " + numbered(0, 30) + " y",
			[]string{"- a w0 w1 w2 w3 w4 … w25 w26 w27 w28 w29 b", "+ x w0 w1 w2 w3 w4 … w25 w26 w27 w28 w29 y"}},
		{"short", "one two", "one three", []string{"- one two", "+ one three"}},
		{"lines", "a\nb\nc\nd\ne\nf\ng\nh", "a\nb\nc\nd\ne\nf\ng\nx\ny", []string{"  … 5 lines unchanged", "  f", "  g", "- h", "+ x", "+ y"}},
		{"unprintable", "a \x1b[31m", "a b", []string{`- a \x1b[31m`, "+ a b"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, l := range textLines(c.before, c.after, 0, false) {
				got = append(got, join(l.spans))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Texts of any size are shown, the very long ones without being compared.
func TestTextLinesOfAnySize(t *testing.T) {
	lines := textLines(numbered(0, 2*mostTokens), numbered(1, 2*mostTokens), 0, true)
	if len(lines) != 2 || !strings.HasPrefix(join(lines[0].spans), "- w0 w1 ") || !strings.HasPrefix(join(lines[1].spans), "+ w1 ") {
		t.Errorf("got %d lines", len(lines))
	}
}
