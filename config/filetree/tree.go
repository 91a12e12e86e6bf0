// Package filetree reads the files that a configuration may read: those below one directory,
// and none that hides or holds a credential.
package filetree

import (
	"io/fs"
	"os"
	"path/filepath"
)

// A Tree reads the files below one directory, its root, and no others. The author of a
// configuration decides which names a Tree is asked for, so every answer is checked
// on the file that was opened and not on its name: links that lead out of the root, hidden
// files and directories, files that hold a key, devices, pipes, sockets and files that the
// kernel makes up are refused. A nil Tree can be closed.
type Tree struct {
	root files
	base string // the root's path: absolute, without links
	also string // another absolute path of the root, as it was given
	dir  string // where relative paths start, relative to the root
	// chosen is the path, relative to the root, that the command line names: it may lead
	// through hidden directories, which those that files name must not.
	chosen string
	// changed has what is read in place of files, by absolute path without links.
	changed map[string][]byte
}

// Files are what a Tree reads: those of a directory, or those that a commit has. Paths are relative
// to the root, and have no links in them but the last name of Lstat and Readlink.
type files interface {
	Lstat(path string) (fs.FileInfo, error)
	Readlink(path string) (string, error)
	// ReadDir lists a directory in any order.
	ReadDir(path string) ([]fs.DirEntry, error)
	// ReadFile reads the file of an Lstat. If it has more than most bytes, they are nil.
	ReadFile(path string, info fs.FileInfo, most int64) (content []byte, size int64, err error)
	// KeyOf returns the environment variable that names the file as the place of a key, or "".
	KeyOf(path string, info fs.FileInfo) string
	// Same reports whether a file or directory is the one with the path.
	Same(info fs.FileInfo, path string) bool
	Close() error
}

// An Opener opens a Tree as Open does.
type Opener func(dir, root string, environ []string) (*Tree, error)

// Change lets Read return other bytes than the files have, by absolute path without links. The files
// may not exist yet.
func (t *Tree) Change(files map[string][]byte) { t.changed = files }

// Open opens the directory root, in which relative paths start at dir. An empty
// root is dir. Environ, as os.Environ, names the files that hold keys.
func Open(dir, root string, environ []string) (*Tree, error) {
	at, err := RealPath(dir)
	if err != nil {
		return nil, err
	}
	if root == "" {
		if err := notAround(dir, at); err != nil {
			return nil, err
		}
		root = dir
	}
	base, err := RealPath(root)
	if err != nil {
		return nil, err
	}
	rel, err := filepath.Rel(base, at)
	if err != nil || !filepath.IsLocal(rel) {
		return nil, ErrOutside
	}
	also, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	r, err := os.OpenRoot(base)
	if err != nil {
		return nil, err
	}
	return &Tree{root: disk{r, keyFiles(environ)}, base: base, also: also, dir: rel, chosen: rel}, nil
}

// notAround refuses a directory that is a link to one around it: a change of the
// configuration could otherwise widen what its files may read, by putting such a link in
// the place of the directory that is named.
func notAround(dir, target string) error {
	named, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	info, err := os.Lstat(named)
	if err != nil || info.Mode()&fs.ModeSymlink == 0 {
		return err
	}
	parent, err := RealPath(filepath.Dir(named))
	if err != nil {
		return err
	}
	if rel, err := filepath.Rel(target, parent); err == nil && filepath.IsLocal(rel) {
		return errAround
	}
	return nil
}

// OpenFile opens the directory of a file that the command line names, and returns the name
// of the file in it.
func OpenFile(open Opener, path string, environ []string) (*Tree, string, error) {
	whole, err := filepath.Abs(path)
	if err != nil {
		return nil, "", err
	}
	t, err := open(filepath.Dir(whole), "", environ)
	if err != nil {
		return nil, "", err
	}
	t.chosen = filepath.Base(whole)
	return t, t.chosen, nil
}

// Choose returns the same tree for reading a file that the command line names, with a name
// that leads to it. It is false if the file is outside.
func (t *Tree) Choose(path string) (*Tree, string, bool) {
	whole, err := filepath.Abs(path)
	if err != nil {
		return nil, "", false
	}
	rel, in := t.below(whole)
	if !in {
		return nil, "", false
	}
	out := *t
	out.chosen = rel
	return &out, whole, true
}

// RealPath returns a path as absolute and without links. What it names must exist.
func RealPath(p string) (string, error) {
	p, err := filepath.Abs(p)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(p)
}

// Close releases the root.
func (t *Tree) Close() {
	if t != nil && t.root != nil {
		_ = t.root.Close() // it was only read
	}
}

// allowed reports why a file may not be read, or nil.
func (t *Tree) allowed(path string, info fs.FileInfo) error {
	if variable := t.root.KeyOf(path, info); variable != "" {
		return &Refusal{"holds a key: the environment variable " + variable + " names it, so a configuration may not read it"}
	}
	switch {
	case info.IsDir():
		return ErrIsDirectory
	case !info.Mode().IsRegular():
		return ErrNotRegular
	}
	return nil
}

// Read returns the bytes of the file with the path, as written, and its size. More
// than most bytes are not read; then the bytes are nil.
func (t *Tree) Read(name string, most int64) ([]byte, int64, error) {
	p, err := t.relative(name)
	if err != nil {
		return nil, 0, err
	}
	if b, changed := t.changed[filepath.Join(t.base, p)]; changed {
		return b, int64(len(b)), nil
	}
	p, info, err := t.resolve(p)
	if err != nil {
		return nil, 0, err
	}
	if err := t.allowed(p, info); err != nil {
		return nil, 0, err
	}
	if b, changed := t.changed[filepath.Join(t.base, p)]; changed {
		return b, int64(len(b)), nil
	}
	return t.root.ReadFile(p, info, most)
}

// Check reports why the file with the path cannot be read, or nil.
func (t *Tree) Check(name string) error {
	p, err := t.relative(name)
	if err != nil {
		return err
	}
	p, info, err := t.resolve(p)
	if err != nil {
		return err
	}
	return t.allowed(p, info)
}

// Path returns the absolute path, without links, of what a path leads to.
func (t *Tree) Path(name string) (string, error) {
	p, err := t.relative(name)
	if err != nil {
		return "", err
	}
	p, _, err = t.resolve(p)
	return filepath.Join(t.base, p), err
}

// Entries lists a directory as it is, given relative to where relative paths start and
// without links.
func (t *Tree) Entries(dir string) ([]fs.DirEntry, error) {
	return t.entries(filepath.Join(t.dir, dir))
}

// entries lists a directory, given relative to the root and without links.
func (t *Tree) entries(p string) ([]fs.DirEntry, error) { return t.root.ReadDir(p) }
