// Package revision reads the files of a configuration as a commit of a git repository has them: from
// the objects of the repository, without a checkout. It also commits files; see Repository.
package revision

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"github.com/rolecall-dev/rolecall/config/filetree"
)

// The reasons why a commit cannot be read.
var (
	ErrNoGit         = errors.New("git is not installed")
	ErrNotRepository = errors.New("not in a git repository")
	ErrNoCommit      = errors.New("no such commit")
	ErrShallow       = errors.New("the clone is shallow and does not have the commit")
	ErrNoObject      = errors.New("the clone does not have all files of the commit")
)

// A Commit is a commit of the repository that a directory is in.
type Commit struct {
	Name string // as it was asked for: a branch, a tag, a hash
	ID   string // hash

	ctx   context.Context
	git   Runner
	top   string // of the working tree: absolute, without links
	blobs *blobs
	trees map[string][]filetree.CommitFile // by the path of a root in the repository
}

// Open finds a commit in the repository that the directory is in. The context lasts until Close.
func Open(ctx context.Context, git Runner, dir, name string) (*Commit, error) {
	c := &Commit{Name: name, ctx: ctx, git: git, trees: map[string][]filetree.CommitFile{}}
	at, err := filetree.RealPath(dir)
	if err != nil {
		return nil, err
	}
	if err := c.findTop(at); err != nil {
		return nil, err
	}
	if err := c.find(name); err != nil {
		return nil, err
	}
	c.blobs = newBlobs(func(in io.Reader, out io.Writer) error {
		return git(ctx, c.top, in, out, append(safe(), "cat-file", "--batch")...)
	})
	return c, nil
}

// findTop finds the working tree that a directory is in.
func (c *Commit) findTop(dir string) error {
	top, err := c.run(dir, "rev-parse", "--show-toplevel")
	switch {
	case errors.Is(err, ErrNoGit):
		return err
	case err != nil:
		return fmt.Errorf("%w: %w", ErrNotRepository, err)
	case top == "": // a bare repository
		return ErrNotRepository
	}
	if c.top, err = filetree.RealPath(filepath.FromSlash(top)); err != nil {
		return err
	}
	if rel, err := filepath.Rel(c.top, dir); err != nil || !filepath.IsLocal(rel) {
		return fmt.Errorf("%w: the working tree is %s", ErrNotRepository, c.top)
	}
	return nil
}

// find finds the hash of the commit.
func (c *Commit) find(name string) error {
	if name == "" || strings.HasPrefix(name, "-") {
		return ErrNoCommit
	}
	id, err := c.verify(name)
	if err == nil {
		c.ID, err = c.verify(id + "^{commit}") // not of the name, because :/text takes all that follows
	}
	if err == nil {
		return nil
	}
	if shallow, err := c.run(c.top, "rev-parse", "--is-shallow-repository"); err == nil && shallow == "true" {
		return ErrShallow
	}
	return ErrNoCommit
}

// verify returns the hash of the object with a name.
func (c *Commit) verify(name string) (string, error) {
	id, err := c.run(c.top, "rev-parse", "--verify", "--quiet", "--end-of-options", name)
	if err == nil && id == "" {
		err = ErrNoCommit
	}
	return id, err
}

// Close ends what reads the files.
func (c *Commit) Close() error { return c.blobs.close() }

// Open opens a directory of the working tree as the commit has it; see config.Commit.
func (c *Commit) Open(dir, root string, environ []string) (*filetree.Tree, error) {
	at, err := filetree.RealPath(dir)
	if err != nil {
		return nil, err
	}
	base := at
	if root != "" {
		if base, err = filetree.RealPath(root); err != nil {
			return nil, err
		}
	}
	if rel, err := filepath.Rel(c.top, base); err != nil || !filepath.IsLocal(rel) {
		base = c.top // the commit has nothing outside
	}
	rel, err := filepath.Rel(base, at)
	if err != nil || !filepath.IsLocal(rel) {
		return nil, filetree.ErrOutside
	}
	files, err := c.list(base)
	if err != nil {
		return nil, err
	}
	return filetree.OpenCommit(base, rel, files, c.blobs.read, environ), nil
}

// list lists the files below a directory of the working tree.
func (c *Commit) list(base string) ([]filetree.CommitFile, error) {
	rel, err := filepath.Rel(c.top, base)
	if err != nil {
		return nil, err
	}
	if rel = filepath.ToSlash(rel); rel == "." {
		rel = ""
	}
	if files, known := c.trees[rel]; known {
		return files, nil
	}
	missing := &fs.PathError{Op: "open", Path: base, Err: fs.ErrNotExist}
	id, err := c.verify(c.ID + ":" + rel)
	if err != nil {
		return nil, missing
	}
	tree, err := c.verify(id + "^{tree}")
	if err != nil || tree != id {
		return nil, missing // a file, a link or a submodule
	}
	var out bytes.Buffer
	if err := c.git(c.ctx, c.top, nil, &out, append(safe(), "ls-tree", "-r", "-z", "--full-tree", tree)...); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoObject, err)
	}
	files, err := parseTree(out.String())
	if err == nil {
		c.trees[rel] = files
	}
	return files, err
}

// parseTree reads what ls-tree -z writes: "100644 blob ID<tab>PATH" for each file.
func parseTree(s string) ([]filetree.CommitFile, error) {
	var out []filetree.CommitFile
	for line := range strings.SplitSeq(strings.TrimSuffix(s, "\x00"), "\x00") {
		if line == "" {
			continue
		}
		head, name, _ := strings.Cut(line, "\t")
		f := strings.Fields(head)
		if len(f) != 3 || name == "" || path.Clean(name) != name {
			return nil, fmt.Errorf("git lists a file as %q", line)
		}
		file := filetree.CommitFile{Path: name, ID: f[2]}
		switch f[0] {
		case "100644", "100755", "100664":
		case "120000":
			file.Type = fs.ModeSymlink
		default: // a submodule
			file.Type = fs.ModeIrregular
		}
		out = append(out, file)
	}
	return out, nil
}

// run runs git and returns its output without the last line end.
func (c *Commit) run(dir string, args ...string) (string, error) {
	var out bytes.Buffer
	err := c.git(c.ctx, dir, nil, &out, append(safe(), args...)...)
	return strings.TrimSuffix(strings.TrimSuffix(out.String(), "\n"), "\r"), err
}
