package text_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

func TestClean(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"store editor", "store editor"},
		{"Zoë 李雷 ana@zoo.example 🐘", "Zoë 李雷 ana@zoo.example 🐘"},
		{"e\u0301", "e\u0301"}, // a combining mark is visible
		{"\ufffd", "\ufffd"},
		{`C:\new`, `C:\new`},
		{"OLD\x1b[24A\x1b[0J", `OLD\x1b[24A\x1b[0J`},
		{"a\tb\r\nc", `a\tb\r\nc`},
		{"\x00\a\b\x7f", `\x00\a\b\x7f`},
		{"\u0085\u009b2J", `\u0085\u009b2J`},
		{"\u061c\u200e\u200f\u202a\u202e\u2066\u2069", `\u061c\u200e\u200f\u202a\u202e\u2066\u2069`},
		{"\u00ad\u034f\u200b\u200c\u200d\u2060\ufeff", `\u00ad\u034f\u200b\u200c\u200d\u2060\ufeff`},
		{"\ufe0f\U000e0100\U000e0041\U000e0001", `\ufe0f\U000e0100\U000e0041\U000e0001`},
		{"\u2d7f\U0001107f\u17d2\u1039\U00013441\U00013442\u0336", `\u2d7f\U0001107f\u17d2\u1039\U00013441\U00013442\u0336`},
		{"\u115f\u1160\u3164\uffa0\u17b4\u180b\u180e", `\u115f\u1160\u3164\uffa0\u17b4\u180b\u180e`},
		{"\u00a0\u2003\u2028\u2029\u202f\u3000\u2800", `\u00a0\u2003\u2028\u2029\u202f\u3000\u2800`},
		{"\ue000\U0010ffff\u0378", `\ue000\U0010ffff\u0378`},
		{"a\xffb\xc0\xaf\xed\xa0\x80", `a\xffb\xc0\xaf\xed\xa0\x80`},
		{"\xe2\x80", `\xe2\x80`},
	} {
		if got := text.Clean(c.in); got != c.want {
			t.Errorf("Clean(%q) = %q, want %q", c.in, got, c.want)
		}
	}
	if got, want := text.CleanLines("a\n\tb\r\n\x1b[2J\u200b"), "a\n\tb\\r\n\\x1b[2J\\u200b"; got != want {
		t.Errorf("CleanLines: %q, want %q", got, want)
	}
	if got, want := text.Quote("say \"hi\"\u202e"), `"say \"hi\"\u202e"`; got != want {
		t.Errorf("Quote: %s, want %s", got, want)
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"a", "\x1b]0;t\a", "\u202e", "\xff\xfe", "\U000e0041", "e\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := text.Clean(s)
		if !utf8.ValidString(once) {
			t.Errorf("Clean(%q) is not UTF-8", s)
		}
		for _, r := range once {
			if !text.Visible(r) {
				t.Errorf("Clean(%q) has %U", s, r)
			}
		}
		if twice := text.Clean(once); twice != once {
			t.Errorf("cleaned twice: %q, once: %q", twice, once)
		}
		if lines := text.CleanLines(s); text.Clean(lines) != once {
			t.Errorf("CleanLines(%q) = %q does not become %q", s, lines, once)
		}
	})
}

// TestCleanWithoutAllocation keeps ordinary names as cheap as they are.
func TestCleanWithoutAllocation(t *testing.T) {
	s := strings.Repeat("store_editor 李雷 ", 10)
	if n := testing.AllocsPerRun(100, func() { _ = text.Clean(s) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
	doc := []byte(`{"name": "store editor"}`)
	if n := testing.AllocsPerRun(100, func() { _ = text.JSON(doc) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestJSON(t *testing.T) {
	for _, s := range []string{"plain", "\x1b[2J\x7f", "\u009b\u202e\u200b\ufeff", "\U000e0041\U000e0100", "\u3164🐘é\n\t", `back\slash`} {
		doc, err := json.MarshalIndent(map[string]string{s: s}, "", "\t")
		if err != nil {
			t.Fatal(err)
		}
		out := text.JSON(doc)
		for _, r := range string(out) {
			if !text.Visible(r) && r != '\n' && r != '\t' {
				t.Errorf("JSON of %q has %U", s, r)
			}
		}
		var back map[string]string
		if err := json.Unmarshal(out, &back); err != nil {
			t.Errorf("JSON of %q: %v\n%s", s, err, out)
		}
		if back[s] != s {
			t.Errorf("%q became %q", s, back)
		}
	}
}

func TestWidth(t *testing.T) {
	for s, want := range map[string]int{"": 0, "abc": 3, "Zoë": 3, "李雷": 4, "e\u0301": 1, "🐘": 2, "→": 1} {
		if got := text.Width(s); got != want {
			t.Errorf("Width(%q) = %d, want %d", s, got, want)
		}
	}
}

func TestWords(t *testing.T) {
	for s, want := range map[string]string{"trout": "trout", "otters": "otte…", "éàüöî": "éàüöî", "éàüöîx": "éàüö…", "": ""} {
		if got := text.Shorten(s, 5); got != want {
			t.Errorf("Shorten(%q, 5) = %q, want %q", s, got, want)
		}
	}
	abc := []string{"a", "b", "c"}
	for _, c := range []struct{ got, want string }{
		{text.Number(0), "0"},
		{text.Number(999), "999"},
		{text.Number(1000), "1,000"},
		{text.Number(1234567), "1,234,567"},
		{text.Number(-1000), "-1,000"},
		{text.Count(0, "user", "users"), "0 users"},
		{text.Count(1, "user", "users"), "1 user"},
		{text.Count(20000, "user", "users"), "20,000 users"},
		{text.And(nil), ""},
		{text.And(abc[:1]), "a"},
		{text.And(abc[:2]), "a and b"},
		{text.And(abc), "a, b and c"},
		{text.Or(abc), "a, b or c"},
		{text.List(abc, 3), "a, b and c"},
		{text.List(abc, 2), "a, b and 1 more"},
		{text.AndMore(abc, 0), "a, b and c"},
		{text.AndMore(abc, 1200), "a, b, c and 1,200 more"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func TestError(t *testing.T) {
	one, two := errors.New("first\r"), errors.New("second\nline")
	for _, c := range []struct {
		err  error
		want string
	}{
		{one, `first\r`},
		{two, `second\nline`},
		{fmt.Errorf("%w and %w", one, two), `first\r and second\nline`},
		{errors.Join(one, two), "first\\r\nsecond\\nline"},
		{fmt.Errorf("a\nb: %w\x1b", errors.Join(one, errors.Join(two, one))), "a\\nb: first\\r\nsecond\\nline\nfirst\\r\\x1b"},
	} {
		if got := text.Error(c.err); got != c.want {
			t.Errorf("Error(%q) = %q, want %q", c.err, got, c.want)
		}
	}
}

func TestIndent(t *testing.T) {
	const long = "one two three four five six\n\n  as it is, however long it may be"
	if got, want := text.Indent(long, "  ", 24), "  one two three four\n  five six\n\n    as it is, however long it may be"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := text.Wrap(long, 0); got != long {
		t.Errorf("%q is wrapped", got)
	}
}

func TestStyle(t *testing.T) {
	if got := text.Style(false).Bold("a"); got != "a" {
		t.Errorf("%q", got)
	}
	if got := text.Style(true).Error("a"); !strings.HasPrefix(got, "\x1b[31;1ma\x1b[") {
		t.Errorf("%q", got)
	}
	if got := text.Style(true).Error(""); got != "" {
		t.Errorf("%q", got)
	}
}
