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

func (*shortFile) Sync() error { return nil }

// Close succeeds where there was room for everything.
func (f *shortFile) Close() error {
	if f.Len() == f.room {
		return syscall.EIO
	}
	return nil
}

// TestJournalDoesNotClose keeps the report of a run whose journal cannot be closed.
func TestJournalDoesNotClose(t *testing.T) {
	f := &shortFile{room: 1 << 20}
	j := &Journal{path: "journal", file: f}
	r, err := Run(t.Context(), fiveRoles(), newWorld().full(), &schema.Index{}, Options{Parallelism: 1, Journal: j, Now: clock(), Wait: noWait})
	if err != nil || !r.OK() {
		t.Fatal(err, r.Err())
	}
	f.room = f.Len()
	r.CloseJournal(j)
	if r.Count(Done) != 5 || r.OK() || !r.Partial() || !errors.Is(r.Err(), ErrJournal) || !errors.Is(r.Err(), syscall.EIO) {
		t.Errorf("%d changes are done, and the run ended with %v", r.Count(Done), r.Err())
	}
}

// TestJournalOfARefusedRun says that the run came to its end and why it wrote nothing.
func TestJournalOfARefusedRun(t *testing.T) {
	f := &shortFile{room: 1 << 20}
	p := fiveRoles()
	p.Tenant = "another"
	h := NewHeader(p, "test", clock()())
	j := &Journal{path: "journal", file: f}
	if err := j.line(true, entry{Header: &h}); err != nil {
		t.Fatal(err)
	}
	_, refused := Run(t.Context(), p, newWorld().full(), &schema.Index{}, Options{Journal: j, Now: clock(), Wait: noWait})
	if refused == nil {
		t.Fatal("it ran")
	}
	record, err := ReadJournal(strings.NewReader(f.String()), []*schema.Product{product})
	if err != nil || !record.Complete || record.Halted != refused.Error() {
		t.Errorf("%v: the journal says %+v", err, record)
	}
}

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
		r, err := Run(t.Context(), p, w.full(), &schema.Index{}, Options{Parallelism: 1, Journal: j, Now: clock(), Wait: noWait})
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
