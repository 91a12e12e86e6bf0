package secret_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/secret"
)

// A secret that is written in pieces is found, wherever it is cut, and a document of
// JSON stays one.
func TestLines(t *testing.T) {
	var set secret.Set
	set.Add(odd)
	doc, err := json.Marshal(map[string]string{"name": "a " + odd + " b", odd: odd})
	if err != nil {
		t.Fatal(err)
	}
	for cut := range doc {
		var b bytes.Buffer
		w := set.Lines(&b)
		for _, piece := range [][]byte{doc[:cut], doc[cut:], []byte("\n"), doc} {
			if n, err := w.Write(piece); n != len(piece) || err != nil {
				t.Fatal(n, err)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		const want = `{"name":"a (redacted) b","(redacted)":"(redacted)"}`
		if got := b.String(); got != want+"\n"+want {
			t.Fatalf("cut at %d: %s", cut, got)
		}
	}
}

// BenchmarkLines writes the lines of a saved plan, in the pieces in which it is encoded.
func BenchmarkLines(b *testing.B) {
	for name, format := range map[string]string{
		"plain":   `{"address":"user.u%06d@zoo.example","action":"update","before":{"role":"viewer"},"after":{"role":"editor","name":"Keeper of animals"}}`,
		"accents": `{"address":"user.u%06d@zoo.example","action":"update","before":{"role":"viewer"},"after":{"role":"editor","name":"Gardien à Orléans"}}`,
		"escapes": `{"address":"user.u%06d@zoo.example","action":"update","before":{"role":"viewer"},"after":{"role":"R&D","name":"Keeper \"of\" 100%% animals"}}`,
		"secrets": `{"address":"user.u%06d@zoo.example","action":"update","before":{"role":"viewer"},"after":{"role":"editor","name":"` + key + `"}}`,
	} {
		b.Run(name, func(b *testing.B) {
			var doc strings.Builder
			for i := range 50_000 {
				fmt.Fprintf(&doc, format+"\n", i)
			}
			var set secret.Set
			set.Add(key, odd, strings.Repeat("token-0815", 100))
			b.SetBytes(int64(doc.Len()))
			for b.Loop() {
				w := set.Lines(discard{})
				for rest := []byte(doc.String()); len(rest) > 0; {
					n := min(64<<10, len(rest))
					_, _ = w.Write(rest[:n])
					rest = rest[n:]
				}
			}
		})
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
