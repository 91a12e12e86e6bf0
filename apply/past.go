package apply

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Some products let an object be written and not be read. What is known of one is
// then what the journals say that was written last.

// A Past is the objects of one tenant as they were last written, by their
// addresses without a provider, because a provider block may get another name.
// Where nobody knows whether the last write took effect, nothing is known.
type Past map[schema.Address]schema.Object

// Of returns an object of the past under the address that was asked for.
func (p Past) Of(a schema.Address) (schema.Object, bool) {
	o, ok := p[schema.Address{Kind: a.Kind, Key: a.Key}]
	if !ok {
		return schema.Object{}, false
	}
	o = o.Clone() // it may be asked for again
	o.Addr = a
	return o, true
}

// ReadPast reads the journals in the directory that are about the tenant: those
// whose headers have its product, id and endpoint. The newest entry about an
// object wins. A directory that does not exist has no journals. A journal that
// cannot be read is an error, because what only it knows would seem never to have
// been written.
func ReadPast(dir string, products []*schema.Product, about Header) (Past, error) {
	files, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	slices.SortStableFunc(files, func(a, b fs.DirEntry) int { return cmp.Compare(len(a.Name()), len(b.Name())) }) // -2 after none
	var records []*Record
	for _, f := range files {
		if f.IsDir() || !strings.HasSuffix(f.Name(), ".jsonl") {
			continue
		}
		path := filepath.Join(dir, f.Name())
		r, err := readAbout(path, products, func(h *Header) bool {
			return h.Product == about.Product && h.Tenant == about.Tenant && h.Endpoint == about.Endpoint
		})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if r != nil {
			records = append(records, r)
		}
	}
	inOrder(records)
	past := Past{}
	for _, r := range records {
		past.follow(r)
	}
	return past, nil
}

// inOrder sorts runs by when they were begun.
func inOrder(records []*Record) {
	slices.SortStableFunc(records, func(a, b *Record) int { return a.Header.Started.Compare(b.Header.Started) })
}

// readAbout reads a journal where it is about the tenant, else it returns nil. One
// without a whole header is of a run that never began to write.
func readAbout(path string, products []*schema.Product, about func(*Header) bool) (*Record, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewReader(f)
	first, err := lines.ReadBytes('\n')
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var e entry
	if err := json.Unmarshal(first, &e); err != nil {
		return nil, fmt.Errorf("line 1 of the journal: %w", err)
	}
	if e.Header != nil && !about(e.Header) {
		return nil, nil
	}
	return ReadJournal(io.MultiReader(bytes.NewReader(first), lines), products)
}

// follow goes through a run.
func (p Past) follow(r *Record) {
	for i := range r.Entries {
		e := &r.Entries[i]
		if e.Begun.IsZero() {
			continue // nothing was sent
		}
		at := schema.Address{Kind: e.Addr.Kind, Key: e.Addr.Key}
		written := e.Status == Done || e.Status == Diverged
		if !written && !e.InDoubt {
			continue // it is as it was
		}
		delete(p, at)
		delete(p, schema.Address{Kind: at.Kind, Key: e.From})
		if written && e.After != nil {
			p[at] = *e.After
		}
	}
}
