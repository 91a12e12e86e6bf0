package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/natefinch/atomic"
)

// A Store holds an emulator's tables and, where it has a path, keeps them in a
// file: a header line, then one line for each transaction, each a list of rows
// that were put or deleted. A request is one transaction, so a process that is
// killed leaves either all of a request's effects or none: a last line without
// its end is left out when the file is read.
//
// Appending costs the same for the first user and for the hundred thousandth.
// The file is rewritten without its history, atomically, when it is closed and
// whenever the history has outgrown the rows.
//
// Several processes may read the same file, one may write: a Store refuses to
// write where the file is no longer as it left it.
type Store struct {
	product string
	path    string // "" keeps everything in memory
	names   []string
	tables  map[string]table
	seq     *Table[int]

	pending []op // of the transaction under way
	dirty   bool // there are effects that are not in the file
	effects uint64
	file    *os.File
	size    int64 // of the file as this store knows it
	good    int64 // of its part up to the last whole line
	lines   int   // of the file; 0 means that it is to be written as a whole
	wrote   bool  // it has history
}

type table interface {
	replay(op) error
	empty()
	count() int
	dump(func(id string, v any) error) error
}

// An op is one row put, or deleted where it has no value.
type op struct {
	Table string          `json:"t"`
	ID    string          `json:"id"`
	Value json.RawMessage `json:"v,omitempty"`
}

type header struct {
	Emulator string `json:"emulator"`
	Version  int    `json:"version"`
}

const formatVersion = 1

// NewStore returns an empty store for the product. Register the tables, then Load.
func NewStore(product, path string) *Store {
	s := &Store{product: product, path: path, tables: map[string]table{}}
	s.seq = NewTable[int](s, "sequence")
	return s
}

func (s *Store) register(name string, t table) {
	if s.tables[name] != nil {
		panic("emulator: table " + name + " is registered twice")
	}
	s.names = append(s.names, name)
	s.tables[name] = t
}

// Next returns 1, 2, 3, ... for the name, and goes on where it was after a restart.
func (s *Store) Next(name string) int {
	n := 1
	if v := s.seq.Find(name); v != nil {
		n = *v + 1
	}
	s.seq.Put(name, &n)
	return n
}

// Advance makes Next go on after n, for ids that were given from outside.
func (s *Store) Advance(name string, n int) {
	if v := s.seq.Find(name); v == nil || *v < n {
		s.seq.Put(name, &n)
	}
}

// Effects counts the rows that were ever put or deleted.
func (s *Store) Effects() uint64 { return s.effects }

func (s *Store) record(table, id string, v any) {
	s.effects++
	s.dirty = true
	if s.path == "" || s.lines == 0 {
		return
	}
	o := op{Table: table, ID: id}
	if v != nil {
		data, err := json.Marshal(v)
		if err != nil {
			panic(fmt.Sprintf("emulator: %s %q cannot be encoded: %v", table, id, err))
		}
		o.Value = data
	}
	s.pending = append(s.pending, o)
}

// Load reads the file and reports whether there was one.
func (s *Store) Load() (bool, error) {
	if s.path == "" {
		return false, nil
	}
	data, err := os.ReadFile(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("emulator state: %w", err)
	}
	s.size = int64(len(data))
	for rest, n := data, 1; ; n++ {
		line, after, whole := bytes.Cut(rest, []byte("\n"))
		if !whole {
			break // a write that was interrupted, or the end
		}
		if err := s.line(n, line); err != nil {
			return false, fmt.Errorf("emulator state %s, line %d: %w; delete the file to start afresh", s.path, n, err)
		}
		rest = after
		s.good = int64(len(data) - len(rest))
		s.lines++
	}
	if s.lines == 0 {
		return false, s.blank(data)
	}
	return true, nil
}

// blank accepts a file without one whole line only where it is the beginning of
// one of ours.
func (s *Store) blank(data []byte) error {
	if len(data) > 0 && data[0] != '{' {
		return fmt.Errorf("emulator state %s: not a state file; name another one", s.path)
	}
	return nil
}

func (s *Store) line(n int, line []byte) error {
	if n == 1 {
		var h header
		if err := json.Unmarshal(line, &h); err != nil || h.Emulator == "" {
			return errors.New("not a state file")
		}
		if h.Emulator != s.product || h.Version != formatVersion {
			return fmt.Errorf("holds %s version %d, not %s version %d", h.Emulator, h.Version, s.product, formatVersion)
		}
		return nil
	}
	var ops []op
	if err := json.Unmarshal(line, &ops); err != nil {
		return err
	}
	for _, o := range ops {
		t := s.tables[o.Table]
		if t == nil {
			return fmt.Errorf("unknown table %q", o.Table)
		}
		if err := t.replay(o); err != nil {
			return err
		}
	}
	return nil
}

// Commit writes what was put and deleted since the last Commit as one
// transaction. After an error the effects are kept and written by the next one.
func (s *Store) Commit() error {
	if !s.dirty || s.path == "" {
		return nil
	}
	if s.lines == 0 || s.lines > 10_000+4*s.rows() {
		return s.Compact()
	}
	line, err := json.Marshal(s.pending)
	if err != nil {
		return fmt.Errorf("emulator state: %w", err)
	}
	if err := s.append(append(line, '\n')); err != nil {
		return fmt.Errorf("emulator state %s: %w", s.path, err)
	}
	s.pending, s.dirty = s.pending[:0], false
	return nil
}

func (s *Store) append(line []byte) error {
	if err := s.own(); err != nil {
		return err
	}
	if s.file == nil {
		f, err := os.OpenFile(s.path, os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		s.file = f
	}
	if s.good < s.size { // an interrupted line
		if err := s.file.Truncate(s.good); err != nil {
			return err
		}
		s.size = s.good
	}
	n, err := s.file.WriteAt(line, s.good)
	s.size = s.good + int64(n)
	if err != nil {
		return err
	}
	s.good = s.size
	s.lines++
	s.wrote = true
	return nil
}

// own is an error where somebody else has written the file.
func (s *Store) own() error {
	info, err := os.Stat(s.path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) && s.lines == 0 {
			return nil
		}
		return err
	}
	same := info.Size() == s.size
	if same && s.file != nil {
		mine, err := s.file.Stat()
		if err != nil {
			return err
		}
		same = os.SameFile(mine, info)
	}
	if !same {
		return errors.New("another process has written the file; run one at a time")
	}
	return nil
}

// Compact rewrites the file to hold each row once.
func (s *Store) Compact() error {
	if s.path == "" {
		return nil
	}
	if err := s.own(); err != nil {
		return fmt.Errorf("emulator state %s: %w", s.path, err)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	lines := 1
	if err := enc.Encode(header{Emulator: s.product, Version: formatVersion}); err != nil {
		return fmt.Errorf("emulator state: %w", err)
	}
	for _, name := range s.names {
		err := s.tables[name].dump(func(id string, v any) error {
			data, err := json.Marshal(v)
			if err != nil {
				return err
			}
			lines++
			return enc.Encode([]op{{Table: name, ID: id, Value: data}})
		})
		if err != nil {
			return fmt.Errorf("emulator state: %w", err)
		}
	}
	return s.replace(b.Bytes(), lines)
}

func (s *Store) replace(data []byte, lines int) error {
	if err := s.release(); err != nil { // an open file cannot be replaced everywhere
		return fmt.Errorf("emulator state %s: %w", s.path, err)
	}
	if err := os.MkdirAll(filepath.Dir(s.path), 0o755); err != nil {
		return fmt.Errorf("emulator state: %w", err)
	}
	if err := atomic.WriteFile(s.path, bytes.NewReader(data)); err != nil {
		return fmt.Errorf("emulator state %s: %w", s.path, err)
	}
	s.pending, s.dirty = s.pending[:0], false
	s.size, s.good, s.lines, s.wrote = int64(len(data)), int64(len(data)), lines, false
	return nil
}

func (s *Store) release() error {
	if s.file == nil {
		return nil
	}
	f := s.file
	s.file = nil
	return f.Close()
}

// Close writes what is pending and rewrites the file if this store has written it.
func (s *Store) Close() error {
	if s.wrote || s.dirty {
		if err := s.Compact(); err != nil {
			return errors.Join(err, s.release())
		}
	}
	return s.release()
}

// Empty deletes every row of every table, the sequences too. The next Commit
// writes the file as a whole.
func (s *Store) Empty() {
	s.pending, s.lines = nil, 0
	for _, name := range s.names {
		s.tables[name].empty()
	}
}

func (s *Store) rows() int {
	n := 0
	for _, t := range s.tables {
		n += t.count()
	}
	return n
}

// Dump returns every table as a list of its values in order, for people to look at.
func (s *Store) Dump() (map[string][]any, error) {
	all := map[string][]any{}
	for _, name := range s.names {
		all[name] = []any{}
		err := s.tables[name].dump(func(id string, v any) error {
			if name == "sequence" {
				v = id + " " + strconv.Itoa(*v.(*int))
			}
			all[name] = append(all[name], v)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}
