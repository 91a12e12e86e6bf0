package apply

import (
	"bytes"
	"errors"
	"strings"
	"syscall"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A shortFile is a file on a disk with room for so many bytes.
type shortFile struct {
	bytes.Buffer
	room int
}

func (f *shortFile) Write(p []byte) (int, error) {
	if f.Len()+len(p) > f.room {
		n, err := f.Buffer.Write(p[:f.room-f.Len()])
		return n, errors.Join(err, syscall.ENOSPC)
	}
	return f.Buffer.Write(p)
}

func (*shortFile) Sync() error  { return nil }
func (*shortFile) Close() error { return nil }

// TestJournalFails lets the disk run full at every byte of a journal: nothing is
// written to the product whose beginning is not in the journal, and what is there
// of it can be read.
func TestJournalFails(t *testing.T) {
	whole := 0
	for room := 0; ; room += 7 {
		w := newWorld()
		f := &shortFile{room: room}
		j := &Journal{path: "journal", file: f}
		p := fiveRoles()
		h := NewHeader(p, "test", clock()())
		if err := j.line(true, entry{Header: &h}); err != nil {
			continue // then the run does not begin
		}
		r, err := Run(t.Context(), p, w.full(), &schema.Index{}, Options{Workers: 1, Fresh: true, Journal: j, Now: clock()})
		if err != nil {
			t.Fatal(err)
		}
		if begun := strings.Count(f.String(), `{"begin":`); len(w.log) > begun {
			t.Fatalf("room for %d bytes: %d writes, and the journal tells of %d", room, len(w.log), begun)
		}
		if _, err := ReadJournal(strings.NewReader(f.String()), []*schema.Product{product}); err != nil {
			t.Fatalf("room for %d bytes: %v", room, err)
		}
		if r.Halted == nil {
			break
		}
		if !errors.Is(r.Halted, ErrJournal) || !errors.Is(r.Halted, syscall.ENOSPC) {
			t.Fatalf("room for %d bytes: halted by %v", room, r.Halted)
		}
		whole++
	}
	if whole < 10 {
		t.Errorf("the run was halted %d times: the test looks at little", whole)
	}
}
