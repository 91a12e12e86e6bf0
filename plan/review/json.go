package review

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// Format is the format_version of a review.
const Format = 1

// ErrNotReview is the reason why a file cannot be an earlier review.
var ErrNotReview = errors.New("not a review in JSON")

// Encode writes a review as JSON, each way and each person on a line of its own.
func Encode(w io.Writer, d *Document) error {
	out := encoder{w: bufio.NewWriterSize(w, 64<<10)}
	head := *d
	head.Tenants = nil
	out.open(head, `,"tenants":null}`, `,"tenants":[`)
	for i, t := range d.Tenants {
		head := *t
		head.Ways, head.People = nil, nil
		out.separate(i)
		out.open(head, `,"ways":null,"people":null}`, `,"ways":[`)
		for i, way := range t.Ways {
			out.separate(i)
			out.value(way)
		}
		out.text(`],"people":[`)
		for i, p := range t.People {
			out.separate(i)
			out.value(p)
		}
		out.text("]}")
	}
	out.text("]}\n")
	if out.err != nil {
		return out.err
	}
	return out.w.Flush()
}

// An encoder keeps the first error.
type encoder struct {
	w   *bufio.Writer
	err error
}

func (e *encoder) text(s string) {
	if e.err == nil {
		_, e.err = e.w.WriteString(s)
	}
}

// separate begins a member of an array on a line of its own.
func (e *encoder) separate(i int) {
	if i > 0 {
		e.text(",")
	}
	e.text("\n")
}

func (e *encoder) value(v any) { e.open(v, "", "") }

// open writes a value with another end.
func (e *encoder) open(v any, end, instead string) {
	var line bytes.Buffer
	to := json.NewEncoder(&line)
	to.SetEscapeHTML(false)
	if err := to.Encode(v); e.err != nil || err != nil {
		e.err = errors.Join(e.err, err)
		return
	}
	b := bytes.TrimSuffix(line.Bytes(), []byte("\n"))
	if at := len(b) - len(end); end != "" && string(b[at:]) == end {
		b = append(b[:at], instead...)
	}
	_, e.err = e.w.Write(text.JSON(b))
}

// Decode reads a review that Encode wrote.
func Decode(r io.Reader) (*Document, error) {
	var d Document
	from := json.NewDecoder(r)
	if err := from.Decode(&d); err != nil {
		return nil, undecodable(err)
	}
	if _, err := from.Token(); err != io.EOF {
		return nil, fmt.Errorf("%w: something follows it in the file", ErrNotReview)
	}
	if d.FormatVersion != Format && d.At != "" {
		return nil, fmt.Errorf("%w of this version of rolecall: its format_version is %d, not %d", ErrNotReview, d.FormatVersion, Format)
	}
	if _, err := time.Parse(time.RFC3339, d.At); err != nil || len(d.Tenants) == 0 {
		return nil, ErrNotReview
	}
	for _, t := range d.Tenants {
		if t == nil || t.People == nil {
			return nil, ErrNotReview
		}
		if err := t.resolve(); err != nil {
			return nil, err
		}
	}
	return &d, nil
}

// undecodable says why what was read is no review, without words of the JSON package.
func undecodable(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case err == io.EOF:
		return fmt.Errorf("%w: it is empty", ErrNotReview)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: its end is missing", ErrNotReview)
	case errors.As(err, &syntax), errors.As(err, &kind):
		return ErrNotReview
	}
	return fmt.Errorf("%w: %w", ErrNotReview, err)
}

// resolve finds the ways of the people by their numbers.
func (t *Tenant) resolve() error {
	for i, w := range t.Ways {
		if w == nil || w.Number != i || w.Places < 0 || w.Places > len(t.PlaceSets) {
			return fmt.Errorf("%w: way %d of %s is damaged", ErrNotReview, i, t.Provider)
		}
	}
	for i, p := range t.People {
		if p == nil {
			return fmt.Errorf("%w: person %d of %s is damaged", ErrNotReview, i, t.Provider)
		}
		for j := range p.Holds {
			h := &p.Holds[j]
			if h.Number < 0 || h.Number >= len(t.Ways) {
				return fmt.Errorf("%w: %s.%s has a way that is not there", ErrNotReview, p.Kind, p.Key)
			}
			h.Way = t.Ways[h.Number]
		}
	}
	return nil
}
