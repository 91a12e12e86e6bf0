package secret

import (
	"bytes"
	"io"
	"slices"
	"sync"
)

// RedactKnown replaces the secrets in text that is not a message, such as the names of
// a product's objects in a plan. It finds them in the forms that Redact finds, but only
// as a whole, and guesses nothing from the look of a text: a name such as
// api_token_view stays. It returns p itself where there is nothing to replace.
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
	for v := range view(string(p)).readings() {
		spans = v.findWhole(known, spans)
	}
	return []byte(replace(string(p), spans))
}

// contains looks for forms without finding out where they are, which is far faster.
func contains(p []byte, known []form) bool {
	for v := range (reading{text: p}).readings() {
		if v.holds(known) {
			return true
		}
	}
	return false
}

// A Writer passes everything through RedactKnown. It waits for the end of a line, so
// that a secret that is written in pieces is found too; Flush writes what is left.
// It may be used by several goroutines.
type Writer struct {
	to  io.Writer
	set *Set

	mu   sync.Mutex
	held []byte // a line that has not ended
}

// Lines returns a Writer in front of another writer.
func (s *Set) Lines(to io.Writer) *Writer { return &Writer{to: to, set: s} }

// Write writes the lines that end in p. The number of bytes that it returns is of p.
func (w *Writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	end := bytes.LastIndexByte(p, '\n') + 1
	lines := p[:end]
	if len(w.held) > 0 && end > 0 {
		lines = slices.Concat(w.held, lines)
		w.held = nil
	}
	w.held = append(w.held, p[end:]...)
	if err := w.write(lines); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Flush writes a last line that does not end.
func (w *Writer) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	held := w.held
	w.held = nil
	return w.write(held)
}

func (w *Writer) write(p []byte) error {
	if len(p) == 0 {
		return nil
	}
	_, err := w.to.Write(w.set.RedactKnown(p))
	return err
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
