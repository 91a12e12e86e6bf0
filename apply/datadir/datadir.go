// Package datadir opens the files that rolecall keeps beside a configuration,
// without following links. A configuration may come from a stranger's repository: a
// link in it must not make rolecall read or write anywhere else.
package datadir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
)

// A Dir is an open folder. Names given to its methods are names in the folder, never
// paths.
type Dir struct {
	root *os.Root
	path string
}

// Open opens the folder base/names[0]/names[1]... None of the names may be a link or
// anything else that is no folder; base is the user's own choice and may be one. With
// create set, folders that are missing are made for their owner only. Otherwise the
// error is fs.ErrNotExist where one is missing.
func Open(base string, create bool, names ...string) (*Dir, error) {
	root, err := os.OpenRoot(base)
	if err != nil {
		return nil, err
	}
	d := &Dir{root: root, path: base}
	for _, name := range names {
		below, err := d.enter(name, create)
		d.Close()
		if err != nil {
			return nil, err
		}
		d = below
	}
	return d, nil
}

func (d *Dir) enter(name string, create bool) (*Dir, error) {
	if create {
		if err := d.root.Mkdir(name, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, d.in(name, err)
		}
	}
	info, err := d.root.Lstat(name)
	if err != nil {
		return nil, d.in(name, err)
	}
	if !info.IsDir() {
		return nil, d.odd(name, info, "a folder")
	}
	root, err := d.root.OpenRoot(name)
	if err != nil {
		return nil, d.in(name, err)
	}
	below := &Dir{root: root, path: d.Path(name)}
	if now, err := root.Stat("."); err != nil || !os.SameFile(info, now) {
		below.Close()
		return nil, fmt.Errorf("%s was replaced while it was opened", below.path)
	}
	return below, nil
}

// Path returns the path of a file in the folder, for messages.
func (d *Dir) Path(name string) string { return filepath.Join(d.path, name) }

// Names returns the names of everything in the folder, sorted.
func (d *Dir) Names() ([]string, error) {
	f, err := d.root.Open(".")
	if err != nil {
		return nil, d.in("", err)
	}
	defer f.Close()
	names, err := f.Readdirnames(-1)
	if err != nil {
		return nil, d.in("", err)
	}
	slices.Sort(names)
	return names, nil
}

// Open opens a file for reading. A link, or anything else that is no plain file, is
// an error. So is a file that others than its owner may use: Create makes none, and a
// checkout does, so it may be a forged one from the repository.
func (d *Dir) Open(name string) (*os.File, error) {
	info, err := d.plain(name)
	if err != nil {
		return nil, err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 { // which has no such modes
		return nil, fmt.Errorf("%s is not private, as the files are that rolecall writes (its mode is %#o), so it may have come with the repository; "+
			"if rolecall wrote it, take the rights of other users away with chmod 600, else delete it", d.Path(name), info.Mode().Perm())
	}
	f, err := d.root.Open(name)
	if err != nil {
		return nil, d.in(name, err)
	}
	if now, err := f.Stat(); err != nil || !os.SameFile(info, now) {
		f.Close()
		return nil, fmt.Errorf("%s was replaced while it was opened", d.Path(name))
	}
	return f, nil
}

// Create makes a file for its owner only, and opens it for writing. The error is
// fs.ErrExist where the name is taken, by a link as well.
func (d *Dir) Create(name string) (*os.File, error) {
	f, err := d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	return f, d.in(name, err)
}

// Check returns an error where the name is a link or anything else that is no plain
// file. A name that is missing is none.
func (d *Dir) Check(name string) error {
	if _, err := d.plain(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Close lets go of the folder. Files that were opened in it stay open. A nil Dir has
// nothing to let go of.
func (d *Dir) Close() {
	if d != nil {
		_ = d.root.Close() // it was only read from
	}
}

func (d *Dir) plain(name string) (fs.FileInfo, error) {
	info, err := d.root.Lstat(name)
	if err != nil {
		return nil, d.in(name, err)
	}
	if !info.Mode().IsRegular() {
		return nil, d.odd(name, info, "a plain file")
	}
	return info, nil
}

func (d *Dir) odd(name string, info fs.FileInfo, want string) error {
	if info.Mode()&fs.ModeSymlink != 0 {
		return fmt.Errorf("%s is a link, and rolecall does not follow links to its own files; replace it with %s", d.Path(name), want)
	}
	return fmt.Errorf("%s is not %s", d.Path(name), want)
}

// in puts the whole path on an error that names only the last part.
func (d *Dir) in(name string, err error) error {
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		return &fs.PathError{Op: p.Op, Path: d.Path(name), Err: p.Err}
	}
	return err
}
