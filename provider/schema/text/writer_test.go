package text_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

func TestWriter(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"plain\n\ttext\n", "plain\n\ttext\n"},
		{"Zoë 李雷 🐘\n", "Zoë 李雷 🐘\n"},
		{"\x1b[1;31mError:\x1b[0m \x1b[32;1;4mword\x1b[0;22;24m", "\x1b[1;31mError:\x1b[0m \x1b[32;1;4mword\x1b[0;22;24m"},
		{"\x1b[2J\x1b[24A\x1b[0J", `\x1b[2J\x1b[24A\x1b[0J`},
		{"\x1b[8mhidden", `\x1b[8mhidden`},
		{"\x1b[30;40mblack", `\x1b[30;40mblack`},
		{"\x1b[m\x1b[;m", `\x1b[m\x1b[;m`},
		{"\x1b[1;1;1;1;1;1;1;1;1m", `\x1b[1;1;1;1;1;1;1;1;1m`},
		{"\x1b]0;title\a\x1b]8;;http://evil.example\x1b\\", `\x1b]0;title\a\x1b]8;;http://evil.example\x1b` + `\`},
		{"over\rwrite\b\u009b2J\u202e\u200b\U000e0041\ufeff", `over\rwrite\b\u009b2J\u202e\u200b\U000e0041\ufeff`},
		{"\xff\x9b2J", `\xff\x9b2J`},
		{"::add-mask::ana\n \t::stop-commands::x\nno ::command:: [here] ##\n", "\\u003a:add-mask::ana\n \t\\u003a:stop-commands::x\nno ::command:: [here] ##\n"},
		{"a ##[group]x ###vso[task.x]y ##teamCity[z] # # [a] ##a b[c] #a[d]\n", `a ##\u005bgroup]x ###vso\u005btask.x]y ##teamCity\u005bz] # # [a] ##a b[c] #a[d]` + "\n"},
		{`{"name": "##vso[x]"}`, `{"name": "##vso\u005bx]"}`},
		{"ends \x1b", `ends \x1b`},
		{"ends \x1b[1", `ends \x1b[1`},
		{"ends \xe2\x80", `ends \xe2\x80`},
	} {
		for size := 1; size <= len(c.in); size++ {
			var b bytes.Buffer
			w := text.NewWriter(&b)
			for in := []byte(c.in); len(in) > 0; {
				n := min(size, len(in))
				if wrote, err := w.Write(in[:n]); wrote != n || err != nil {
					t.Fatalf("Write: %d, %v", wrote, err)
				}
				in = in[n:]
			}
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
			if b.String() != c.want {
				t.Errorf("%q in pieces of %d became %q, want %q", c.in, size, b.String(), c.want)
			}
		}
	}
}

func TestWriterPassesErrorsOn(t *testing.T) {
	w := text.NewWriter(failing{})
	if _, err := w.Write([]byte("x")); !errors.Is(err, errFull) {
		t.Errorf("Write: %v", err)
	}
}

var errFull = errors.New("disk full")

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errFull }
