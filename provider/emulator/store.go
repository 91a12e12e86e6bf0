package emulator

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
)

// A Store holds an emulator's tables and, if it has a path, stores them in a file: a header
// line, then one line for each transaction, a list of rows that were put or deleted. A request
// is one transaction, so a process that is killed leaves all of a request's effects or none: a
// last line without its end is ignored when the file is read.
//
// Appending takes the same time for any number of rows. The file is rewritten without its
// history, atomically, when it is closed and when the history is larger than the rows.
//
// Several processes may read the same file, but only one may write: a Store refuses to write if
// another process has changed the file.
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

// An op is one row that was put, or deleted if it has no value.
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

// Next returns 1, 2, 3, ... for the name, and continues after a restart.
func (s *Store) Next(name string) int {
	n := 1
	if v := s.seq.Find(name); v != nil {
		n = *v + 1
	}
	s.seq.Put(name, &n)
	return n
}

// Number sets an id that is 0 to the next number. Another id stays, and Next continues after
// it.
func (s *Store) Number(name string, id *int) {
	if *id == 0 {
		*id = s.Next(name)
	} else if last := s.seq.Find(name); last == nil || *last < *id {
		n := *id
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
