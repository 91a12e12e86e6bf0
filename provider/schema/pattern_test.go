package schema_test

import (
	"strings"
	"testing"

	"github.com/bmatcuk/doublestar/v4"
	"pgregory.net/rapid"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A pattern means what it means to doublestar, in a text without slashes.
func TestPatternMatches(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		piece := rapid.SampledFrom([]string{"a", "b", "B", "é", "*", "?", "[ab]", "[!a-c]", `[\]\-.]`, "[é^]", "{a,b}", "{a*,{b,c}}", `\*`, `\{`, ",", ".", "+", "(", "-", "^", "$", "|", "]"})
		glob := strings.Join(rapid.SliceOfN(piece, 0, 6).Draw(t, "glob"), "")
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "B", "c", "é", "*", "{", "]", "-", ".", "^", ",", "+", "$", "\n"}), 0, 6).Draw(t, "text"), "")
		p, ok := schema.ParsePattern(glob)
		if valid := doublestar.ValidatePattern(glob); ok != valid {
			t.Fatalf("%q is valid: %v, want %v", glob, ok, valid)
		}
		if want := doublestar.MatchUnvalidated(glob, text); ok && p.Match(text) != want {
			t.Fatalf("%q matches %q: %v, want %v", glob, text, !want, want)
		}
	})
}

// A pattern that other programs would match for years takes no time.
func TestPatternWithManyBraces(t *testing.T) {
	p, ok := schema.ParsePattern(strings.Repeat("{o*,*o}", 100) + "zzq")
	if !ok || p.Match(strings.Repeat("o", 200)) || !p.Match(strings.Repeat("o", 200)+"zzq") {
		t.Error("it does not match as it should")
	}
	if _, ok := schema.ParsePattern(strings.Repeat("{o*,*o}", 10_000)); ok {
		t.Error("a pattern without end is valid")
	}
	if (schema.Pattern{}).Match("") {
		t.Error("the zero value matches")
	}
}
