package apply

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/rolecall-dev/rolecall/apply/datadir"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// The journal is a file of JSON lines, each an object with one member:
//
//	header  format, who wrote it, tenant, and how many changes the plan has
//	begin   a write is about to be sent: change, and the object before it
//	accept  the product accepted a new object, which is verified later with others
//	result  the outcome of a change, and the object after it
//	end     the run ended, with the number of results of each status
//
// begin and the result of a write are on the disk before the same worker sends anything else.
// A begin without a result is a write that may have taken effect or not.

// journalStamp is the format of the time at the start of a journal's name.
const journalStamp = "20060102T150405Z"

// JournalFormat is the version of the format that is written and read.
const JournalFormat = 2

// ErrJournal says that the journal cannot be written, so that nothing more is written to the
// product either.
var ErrJournal = errors.New("the journal cannot be written")

// A Journal records one run. A nil Journal records nothing.
type Journal struct {
	path   string
	redact func(line []byte) []byte

	mu    sync.Mutex // guards the next three fields
	file  file
	err   error // the first error; nothing is written after it
	lines int   // written

	// Syncing takes longer than anything else here, so one sync serves all goroutines that
	// wait for it.
	disk sync.Mutex // held while syncing
	safe int        // lines that are on the disk
}

// A file is what a journal needs of an *os.File.
type file interface {
	io.Writer
	Sync() error
	Close() error
}

// OpenJournal creates a file in the directory, named for the time and the provider block and
// readable by its owner only, and writes the header with the sequence number after the highest
// in the directory. After an error, nothing should be written to the product. Redact replaces the
// secrets in each line before it is written; nil means that there are none.
func OpenJournal(dir *datadir.Dir, h Header, redact func(line []byte) []byte) (*Journal, error) {
	last, err := lastSequence(dir)
	if err != nil {
		return nil, unwritable(dir.Path(""), err)
	}
	h.Sequence = last + 1
	f, name, err := newFile(dir, h.Started.UTC().Format(journalStamp)+"-"+plainName(h.Provider))
	if err != nil {
		return nil, unwritable(dir.Path(""), err)
	}
	j := &Journal{path: dir.Path(name), redact: redact, file: f}
	if err := j.line(true, entry{Header: &h}); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return j, nil
}

func unwritable(path string, err error) error {
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		err = p.Err // the message below has the path
	}
	return fmt.Errorf("%w in %s: %w", ErrJournal, path, err)
}

// newFile creates the first file of stem.jsonl, stem-2.jsonl, ... that does not exist.
func newFile(dir *datadir.Dir, stem string) (*os.File, string, error) {
	for n := 1; ; n++ {
		name := stem + ".jsonl"
		if n > 1 {
			name = fmt.Sprintf("%s-%d.jsonl", stem, n)
		}
		f, err := dir.Create(name)
		if !errors.Is(err, fs.ErrExist) {
			return f, name, err
		}
	}
}

// plainName replaces the characters that some file systems do not allow in a name.
func plainName(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '.' || r == '_' || r == '-' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return '_'
	}, s)
}

// Path returns the path of the journal; "" for a nil Journal.
func (j *Journal) Path() string {
	if j == nil {
		return ""
	}
	return j.path
}

// Close closes the file.
func (j *Journal) Close() error {
	if j == nil {
		return nil
	}
	return j.file.Close()
}

// begin records that a write is about to be sent.
func (j *Journal) begin(now time.Time, i int, c *plan.Change, before *schema.Object) error {
	if j == nil {
		return nil
	}
	b, err := begunOf(now, i, c, before)
	if err != nil {
		return err
	}
	return j.line(true, entry{Begin: b})
}

// written records the outcome of a write.
func (j *Journal) written(now time.Time, i int, r *Result) error { return j.result(true, now, i, r) }

// accepted records that the product accepted a new object.
func (j *Journal) accepted(now time.Time, i int, id string) error {
	return j.line(true, entry{Accept: &accept{Change: i, At: now.UTC(), ID: id}})
}

// settled records a change that was settled without a write. The line reaches the disk with
// that of the next write.
func (j *Journal) settled(now time.Time, i int, r *Result) error { return j.result(false, now, i, r) }

func (j *Journal) result(durable bool, now time.Time, i int, r *Result) error {
	if j == nil {
		return nil
	}
	e, err := endedOf(now, i, r)
	if err != nil {
		return err
	}
	return j.line(durable, entry{Result: e})
}

// finish records the end of the run.
func (j *Journal) finish(now time.Time, r *Report) error {
	e := &end{At: now.UTC(), Counts: r.counts()}
	if r.Halted != nil {
		e.Halted = r.Halted.Error()
	}
	return j.line(true, entry{End: e})
}

// line writes one line, and with durable waits until it is on the disk. After an error every
// call returns that error.
func (j *Journal) line(durable bool, e entry) error {
	if j == nil {
		return nil
	}
	text, err := encode(e)
	if err != nil {
		return err
	}
	if j.redact != nil {
		text = j.redact(text)
	}
	n, err := j.write(text)
	if err != nil || !durable {
		return err
	}
	return j.sync(n)
}

// write appends a line and returns the number of lines.
func (j *Journal) write(text []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.err == nil {
		if _, err := j.file.Write(text); err != nil {
			j.err = unwritable(j.path, err)
		}
	}
	j.lines++
	return j.lines, j.err
}

// sync returns when the first n lines are on the disk.
func (j *Journal) sync(n int) error {
	j.disk.Lock()
	defer j.disk.Unlock()
	j.mu.Lock()
	lines, err := j.lines, j.err
	j.mu.Unlock()
	if err != nil || j.safe >= n {
		return err
	}
	if err := j.file.Sync(); err != nil {
		j.mu.Lock()
		defer j.mu.Unlock()
		if j.err == nil {
			j.err = unwritable(j.path, err)
		}
		return j.err
	}
	j.safe = lines
	return nil
}
