package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/natefinch/atomic"
)

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

// Open loads the file, or plants what a new state holds and writes that.
func (s *Store) Open(plant func() error) error {
	found, err := s.Load()
	if err != nil || found {
		return err
	}
	if err := plant(); err != nil {
		return err
	}
	return s.Compact()
}

// blank accepts a file without a complete line only if it is the beginning of a file of a
// Store.
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

// own returns an error if another process has written the file.
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
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
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
