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
//	result  what became of a change, and the object after it
//	end     the run came to its end, with how many results of each status
//
// begin and the result of a write are on the disk before anything else is sent by
// the same worker. A begin without a result is a write of which nobody knows
// whether it took effect.

// journalStamp is how the names of journals begin: when the run did.
const journalStamp = "20060102T150405Z"

// JournalFormat is the version of the format that is written and read.
const JournalFormat = 2

// ErrJournal says that no journal can be kept, so nothing (more) is written to the
// product either.
var ErrJournal = errors.New("the journal cannot be written")

// A Header is the first line of a journal.
type Header struct {
	Format   int            `json:"format_version"`
	Rolecall string         `json:"rolecall_version"` // version of the program
	Started  time.Time      `json:"started"`
	Provider string         `json:"provider"` // name of the provider block
	Product  string         `json:"product"`
	Tenant   string         `json:"tenant"` // the product's id of the tenant
	Endpoint string         `json:"endpoint"`
	Sequence int            `json:"sequence,omitempty"` // says which of the directory's runs is newer; set by OpenJournal
	Changes  map[string]int `json:"changes"`            // how many the plan has, by action
}

// NewHeader describes a run of the plan by the given version of the program.
func NewHeader(p *plan.Plan, version string, now time.Time) Header {
	h := Header{
		Format: JournalFormat, Rolecall: version, Started: now.UTC(),
		Provider: p.Provider, Product: p.Product, Tenant: p.Tenant, Endpoint: p.Endpoint,
		Changes: map[string]int{},
	}
	for i := range p.Changes {
		if a := p.Changes[i].Action; a.Writes() {
			h.Changes[a.String()]++
		}
	}
	return h
}

// A Journal records one run. A nil Journal records nothing.
type Journal struct {
	path   string
	redact func(line []byte) []byte

	mu    sync.Mutex // guards what follows
	file  file
	err   error // the first failure; nothing is written after it
	lines int   // written

	// Seeing lines onto the disk takes longer than anything else here, so those who
	// wait for it meanwhile go together the next time.
	disk sync.Mutex // held while lines are seen onto the disk
	safe int        // lines that are on the disk
}

// A file is what a journal needs of an *os.File.
type file interface {
	io.Writer
	Sync() error
	Close() error
}

// OpenJournal makes a new file in the directory and writes the header to the disk.
// The file is named for the time and the provider block and readable by its owner
// only. The header gets the sequence number after the highest in the directory. An
// error means that no journal can be kept, so nothing should be written to the
// product. Redact replaces the secrets in each line before it is written; nil means
// that there are none.
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
		err = p.Err // the path is said already
	}
	return fmt.Errorf("%w in %s: %w", ErrJournal, path, err)
}

// newFile makes the first free file of name.jsonl, name-2.jsonl, ...
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

// plainName keeps what every file system takes in a name.
func plainName(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '.' || r == '_' || r == '-' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return '_'
	}, s)
}

// Path returns where the journal is; "" for a nil Journal.
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

// written records how a write ended.
func (j *Journal) written(now time.Time, i int, r *Result) error { return j.result(true, now, i, r) }

// accepted records that the product accepted a new object.
func (j *Journal) accepted(now time.Time, i int, id string) error {
	return j.line(true, entry{Accept: &accept{Change: i, At: now.UTC(), ID: id}})
}

// settled records a change that was settled without a write. It reaches the disk
// with the next write's line.
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

// line writes one line, and waits until it is on the disk where it must be there.
// After a failure every call returns that failure.
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

// write appends a line and returns how many there are.
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
