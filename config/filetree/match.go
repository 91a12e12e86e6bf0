package filetree

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Names lists what may be read in a directory, with links.
func (t *Tree) Names(dir string) ([]string, error) {
	p, err := t.relative(dir)
	if err != nil {
		return nil, err
	}
	if p, _, err = t.resolve(p); err != nil {
		return nil, err
	}
	entries, err := t.entries(p)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		if at, info, err := t.resolve(filepath.Join(p, e.Name())); err == nil && (info.IsDir() || t.allowed(at, info) == nil) {
			out = append(out, e.Name())
		}
	}
	return out, nil
}

// maxVisited is how many files and directories one pattern may go over.
const maxVisited = 1_000_000

// A walk finds the files below a directory that match a pattern.
type walk struct {
	*Tree
	dir     string // as written, for messages
	pattern string
	depth   int // of directories to go into; -1 for any
	found   []string
	visited int
}

// Match lists the files below dir that match the pattern, sorted, with paths relative
// to dir. Links are followed. What the pattern covers and cannot be read is an error, such
// as a link that leads out of the root: leaving out a roster would remove everybody in it.
// Hidden files are left out, as a shell does, and a pattern that names one is an error. If
// there is no such directory, the error is fs.ErrNotExist.
func (t *Tree) Match(dir, pattern string) ([]string, error) {
	p, err := t.relative(dir)
	if err != nil {
		return nil, Explain(dir, err)
	}
	p, info, err := t.resolve(p)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir() {
		return nil, fs.ErrNotExist
	}
	if err != nil {
		return nil, Explain(dir, err)
	}
	if slices.ContainsFunc(strings.Split(path.Clean(pattern), "/"), hidden) {
		return nil, Explain(pattern, errPrivate)
	}
	w := &walk{Tree: t, dir: dir, pattern: path.Clean(pattern), depth: -1}
	if !strings.Contains(pattern, "**") {
		w.depth = strings.Count(pattern, "/")
	}
	if err := w.directory(p, "", nil); err != nil {
		return nil, err
	}
	slices.Sort(w.found)
	return w.found, w.oneName()
}

// oneName reports two files whose names are the same but for how their letters are
// composed: only one of them could be named in an expression.
func (w *walk) oneName() error {
	seen := make(map[string]string, len(w.found))
	for _, name := range w.found {
		form := schema.NFC(name)
		if other, twice := seen[form]; twice {
			return fmt.Errorf("there are two files %q below %q whose names differ only in how their letters are composed (%+q and %+q); rename or delete one", form, w.dir, other, name)
		}
		seen[form] = name
	}
	return nil
}

// directory goes over one directory: p is its path in the root without links, rel its
// path below the one where the walk began, and above the directories that it is in.
func (w *walk) directory(p, rel string, above []string) error {
	if slices.Contains(above, p) {
		return nil // a link to a directory that it is in: its files are listed there
	}
	entries, err := w.entries(p)
	if err != nil {
		return Explain(path.Join(w.dir, rel), err)
	}
	if w.visited += len(entries); w.visited > maxVisited {
		return fmt.Errorf("%q has more than %d files and directories below it", w.dir, maxVisited)
	}
	above = append(above[:len(above):len(above)], p)
	for _, e := range entries {
		if err := w.entry(p, path.Join(rel, e.Name()), e, above); err != nil {
			return err
		}
	}
	return nil
}

func (w *walk) entry(dir, rel string, e fs.DirEntry, above []string) error {
	matches := doublestar.MatchUnvalidated(w.pattern, schema.NFC(rel))
	deeper := (w.depth < 0 || len(above) <= w.depth) && doublestar.MatchUnvalidated(w.ahead(len(above)), schema.NFC(rel))
	if !matches && !deeper {
		return nil
	}
	p, info, err := w.resolve(filepath.Join(dir, e.Name()))
	switch {
	case errors.Is(err, errPrivate):
		return nil
	case errors.Is(err, ErrDangling) && matches:
		w.found = append(w.found, rel) // reading it says what is wrong
		return nil
	case errors.Is(err, ErrDangling) && strings.HasPrefix(e.Name(), "."), errors.Is(err, fs.ErrNotExist):
		return nil // such as the lock file of an editor
	case errors.Is(err, ErrDangling):
		return fmt.Errorf("%q is a link to a file or directory that does not exist", path.Join(w.dir, rel))
	case err != nil && (matches || e.Type()&fs.ModeSymlink != 0):
		return Explain(path.Join(w.dir, rel), err)
	case err != nil:
		return nil
	case info.IsDir() && deeper:
		return w.directory(p, rel, above)
	case !matches || info.IsDir() || w.root.KeyOf(p, info) != "":
		return nil
	}
	if err := w.allowed(p, info); err != nil {
		return Explain(path.Join(w.dir, rel), err)
	}
	w.found = append(w.found, rel)
	return nil
}

// ahead is the pattern for the directories of one level that have to be gone into:
// the first parts of the pattern, or anything below where ** stands for them.
func (w *walk) ahead(level int) string {
	if strings.ContainsAny(w.pattern, "{}\\[") {
		return "**"
	}
	parts := strings.Split(w.pattern, "/")
	for i, part := range parts[:min(level, len(parts))] {
		if strings.Contains(part, "**") {
			return path.Join(path.Join(parts[:i]...), "**")
		}
	}
	return path.Join(parts[:min(level, len(parts))]...)
}
