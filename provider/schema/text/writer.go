package text

import (
	"bytes"
	"io"
	"strings"
	"sync"
	"unicode/utf8"
)

// A Writer changes text on its way to another writer. It holds back the end of the
// text as long as the next call of Write may continue it; Flush writes what is left.
// A Writer may be used by several goroutines.
type Writer struct {
	to       io.Writer
	complete func(p []byte, added int) int
	change   func(p []byte) []byte

	mu   sync.Mutex
	held []byte
}

// NewWriter returns the last guard before a terminal. It cleans text as CleanLines does, but
// keeps sequences that set the colour or the weight of text, as rolecall prints them. It
// cannot know who wrote such a sequence, so text from outside must be cleaned before. It also
// escapes commands of CI systems; see commandFilter.
//
// A character or a sequence may be split between two calls of Write.
func NewWriter(to io.Writer) *Writer {
	var ci commandFilter
	whole := func(p []byte, _ int) int { return len(p) - partial(p) }
	return NewFilter(to, whole, func(p []byte) []byte { return ci.filter(cleanStyled(p)) })
}

// NewFilter returns a Writer that passes text through change. The function complete
// returns how many bytes of p can be changed and written now; the last of p, as many as
// added says, are those of the current call of Write.
func NewFilter(to io.Writer, complete func(p []byte, added int) int, change func(p []byte) []byte) *Writer {
	return &Writer{to: to, complete: complete, change: change}
}

// Write changes and writes what is complete. The number of bytes that it returns is of p.
func (w *Writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := p
	if len(w.held) > 0 {
		w.held = append(w.held, p...)
		all = w.held
	}
	n := w.complete(all, len(p))
	err := w.write(all[:n])
	if n > 0 || len(w.held) == 0 {
		w.held = bytes.Clone(all[n:])
	}
	if err != nil {
		return 0, err
	}
	return len(p), nil
}

// Flush writes what is held back.
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
	_, err := w.to.Write(w.change(p))
	return err
}

// cleanStyled cleans everything but the sequences that set a style.
func cleanStyled(p []byte) []byte {
	s := string(p)
	at := invisible(s, true)
	if at == len(s) {
		return p
	}
	var b strings.Builder
	for {
		b.WriteString(s[:at])
		if s = s[at:]; s == "" {
			return []byte(b.String())
		}
		_, n := utf8.DecodeRuneInString(s)
		if m := styleLen(s); m > 0 {
			b.WriteString(s[:m])
			n = m
		} else {
			b.WriteString(CleanLines(s[:n]))
		}
		s = s[n:]
		at = invisible(s, true)
	}
}

const (
	introducer = "\x1b["
	longest    = len(introducer) + len("0;22;24;33m") // of the sequences that set a style
)

// styleLen returns the length of the sequence at the beginning of s, if it sets only a visible
// style: reset, bold, faint, underlined, and the eight colours of the text. Otherwise it
// returns 0.
func styleLen(s string) int {
	rest, ok := strings.CutPrefix(s, introducer)
	if !ok {
		return 0
	}
	codes, _, ok := strings.Cut(rest[:min(len(rest), longest-len(introducer))], "m")
	if !ok {
		return 0
	}
	for code := range strings.SplitSeq(codes, ";") {
		switch code {
		case "0", "1", "2", "4", "22", "24", "31", "32", "33", "34", "35", "36", "39":
		default:
			return 0
		}
	}
	return len(introducer) + len(codes) + 1
}

// partial returns how many bytes at the end may be the beginning of a character or sequence.
func partial(p []byte) int {
	if i := bytes.LastIndexByte(p[max(0, len(p)-longest):], '\x1b'); i >= 0 {
		tail := p[max(0, len(p)-longest):][i:]
		if n := len(tail); n < longest && bytes.Trim(tail[1:], "[0123456789;") == nil {
			return n
		}
	}
	for n := 1; n < utf8.UTFMax && n <= len(p); n++ {
		if tail := p[len(p)-n:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				return n
			}
			break
		}
	}
	return 0
}
