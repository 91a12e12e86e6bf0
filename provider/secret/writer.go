package secret

import (
	"bytes"
	"io"

	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// RedactKnown replaces the secrets in text that is not a message, such as the names of a
// product's objects in a plan. It finds the same forms as Redact, but only complete ones, and
// replaces nothing only because it looks like a token: a name such as api_token_view stays. If
// there is nothing to replace, it returns p itself.
//
// JSON stays JSON, because an escape is replaced as a whole.
func (s *Set) RedactKnown(p []byte) []byte {
	s.mu.RLock()
	known := s.forms
	s.mu.RUnlock()
	if len(known) == 0 || !contains(p, known) {
		return p
	}
	var spans []span
	for v := range undecoded(string(p)).decodings() {
		spans = v.findWhole(known, spans)
	}
	return []byte(replace(string(p), spans))
}

// contains reports whether there are forms, without their positions, which is much faster.
func contains(p []byte, known []form) bool {
	for v := range (decodedText{text: p}).decodings() {
		if v.holds(known) {
			return true
		}
	}
	return false
}

// Lines returns a writer that passes everything through RedactKnown. It waits for the
// end of a line, so that a secret that is written in pieces is found too.
func (s *Set) Lines(to io.Writer) *text.Writer { return text.NewFilter(to, endOfLines, s.RedactKnown) }

// endOfLines returns how long the lines are that end within the added bytes of p.
func endOfLines(p []byte, added int) int {
	held := len(p) - added
	if end := bytes.LastIndexByte(p[held:], '\n'); end >= 0 {
		return held + end + 1
	}
	return 0
}

// AtOnce returns a writer that passes every single text through RedactKnown and holds
// nothing back, for questions and progress.
func (s *Set) AtOnce(to io.Writer) io.Writer { return direct{to, s} }

type direct struct {
	to  io.Writer
	set *Set
}

func (w direct) Write(p []byte) (int, error) {
	if _, err := w.to.Write(w.set.RedactKnown(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}
