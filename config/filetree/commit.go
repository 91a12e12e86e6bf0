package filetree

import (
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"time"
)

// A CommitFile is a file or a link that a commit has.
type CommitFile struct {
	Path string      // with slashes, relative to the root
	Type fs.FileMode // 0, fs.ModeSymlink, or another type, which is never read
	ID   string      // of the content; of a link its target
}

// OpenCommit opens the files of a commit as Open opens those of a directory: base is the path of the
// root in the working tree, absolute and without links, and dir the path relative to it in which
// relative paths start. read returns the content of an ID, as Tree.Read does.
func OpenCommit(base, dir string, all []CommitFile, read func(id string, most int64) ([]byte, int64, error), environ []string) *Tree {
	c := &commit{nodes: map[string]*node{".": newDirectory(".")}, read: read, keys: map[string]string{}}
	for _, f := range all {
		c.add(f)
	}
	keyPaths(environ, func(variable, file string) {
		if abs, err := filepath.Abs(file); err == nil {
			c.keys[abs] = variable
			if real, err := filepath.EvalSymlinks(abs); err == nil {
				c.keys[real] = variable
			}
		}
	})
	c.base = base
	return &Tree{root: c, base: base, also: base, dir: dir, chosen: dir}
}

// A commit has the files of a commit, by path with slashes.
type commit struct {
	nodes map[string]*node
	read  func(id string, most int64) ([]byte, int64, error)
	base  string
	keys  map[string]string // absolute path -> variable that names it as the place of a key
}

// A node is a file, a link or a directory. It is its own fs.FileInfo and fs.DirEntry.
type node struct {
	name string
	mode fs.FileMode
	id   string
	in   map[string]*node // of a directory
}

func newDirectory(name string) *node {
	return &node{name: name, mode: fs.ModeDir | 0o700, in: map[string]*node{}}
}

func (n *node) Name() string               { return n.name }
func (n *node) Size() int64                { return 0 } // known when it is read
func (n *node) Mode() fs.FileMode          { return n.mode }
func (n *node) ModTime() time.Time         { return time.Time{} }
func (n *node) IsDir() bool                { return n.mode.IsDir() }
func (n *node) Sys() any                   { return nil }
func (n *node) Type() fs.FileMode          { return n.mode.Type() }
func (n *node) Info() (fs.FileInfo, error) { return n, nil }

// add adds a file with the directories that it is in.
func (c *commit) add(f CommitFile) {
	n := &node{name: path.Base(f.Path), mode: f.Type | 0o600, id: f.ID}
	c.nodes[f.Path] = n
	for dir := path.Dir(f.Path); ; dir = path.Dir(dir) {
		parent, known := c.nodes[dir]
		if !known {
			parent = newDirectory(path.Base(dir))
			c.nodes[dir] = parent
		}
		parent.in[n.name] = n
		if known || dir == "." {
			return
		}
		n = parent
	}
}

func (c *commit) find(op, name string) (*node, error) {
	if n := c.nodes[filepath.ToSlash(filepath.Clean(name))]; n != nil {
		return n, nil
	}
	return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
}

func (c *commit) Lstat(name string) (fs.FileInfo, error) {
	n, err := c.find("lstat", name)
	if err != nil {
		return nil, err
	}
	return n, nil
}

// maxTarget is the size of the longest target of a link, as on Linux.
const maxTarget = 4096

func (c *commit) Readlink(name string) (string, error) {
	n, err := c.find("readlink", name)
	if err != nil {
		return "", err
	}
	target, size, err := c.read(n.id, maxTarget)
	if err == nil && size > maxTarget {
		err = ErrTooManyLinks
	}
	return filepath.FromSlash(string(target)), err
}

func (c *commit) ReadDir(name string) ([]fs.DirEntry, error) {
	n, err := c.find("open", name)
	if err != nil {
		return nil, err
	}
	if !n.IsDir() {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrInvalid}
	}
	out := make([]fs.DirEntry, 0, len(n.in))
	for _, name := range slices.Sorted(maps.Keys(n.in)) {
		out = append(out, n.in[name])
	}
	return out, nil
}

func (c *commit) ReadFile(name string, _ fs.FileInfo, most int64) ([]byte, int64, error) {
	n, err := c.find("open", name)
	if err != nil {
		return nil, 0, err
	}
	return c.read(n.id, most)
}

func (c *commit) KeyOf(name string, _ fs.FileInfo) string {
	return c.keys[filepath.Join(c.base, name)]
}

// Same reports nothing more than the names do: a commit has no second name for a directory.
func (c *commit) Same(fs.FileInfo, string) bool { return false }

func (c *commit) Close() error { return nil }
