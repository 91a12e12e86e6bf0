package splice_test

import (
	"testing"

	"github.com/rolecall-dev/rolecall/config/splice"
)

// An attribute goes with its lines, and everything else stays as it is.
func TestRemoveAttribute(t *testing.T) {
	for _, c := range []struct{ name, before, after string }{
		{"one line", "b \"x\" { gone = [1] }\n", "b \"x\" {}\n"},
		{"one line with a comment", "b { /* why */ gone = [1] }\n", "b { /* why */  }\n"},
		{"first", "b {\n  gone = 1\n  a = 2\n}\n", "b {\n  a = 2\n}\n"},
		{"last, after an empty line", "b {\n  a = 2\n\n  gone = 1\n}\n", "b {\n  a = 2\n}\n"},
		{"between empty lines", "b {\n  a = 2\n\n  gone = 1\n\n  c = 3\n}\n", "b {\n  a = 2\n\n  c = 3\n}\n"},
		{"the only one", "b {\n  gone = 1\n}", "b {\n}"},
		{"the only one between empty lines", "b {\n\n  gone = 1\n\n}", "b {\n\n}"},
		{"a comment behind it", "b {\n  gone = 1 # why\n}\n", "b {\n  # why\n}\n"},
		{"comments in it", "b {\n  gone = [ # why\n    1, # one\n  ]\n  a = 2\n}\n", "b {\n# why\n# one\n  a = 2\n}\n"},
		{"CRLF", "b {\r\n  gone = 1\r\n  a = 2\r\n}\r\n", "b {\r\n  a = 2\r\n}\r\n"},
	} {
		f, err := splice.Parse("x.hcl", []byte(c.before))
		if err != nil {
			t.Fatal(err)
		}
		b := f.Body.Blocks[0]
		out, err := f.Apply(f.RemoveAttribute(b, b.Body.Attributes["gone"]))
		if err != nil || string(out) != c.after {
			t.Errorf("%s: %q, %v, want %q", c.name, out, err, c.after)
		}
	}
}
