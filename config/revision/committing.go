package revision

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/config/filetree"
)

// The reasons why files cannot be committed.
var (
	ErrElsewhere = errors.New("is not in the working tree of the repository")
	ErrUntracked = errors.New("is not tracked by git")
	ErrIgnored   = errors.New("is ignored by git")
	ErrChanged   = errors.New("has changes that are not committed")
)

// A Repository commits files. What else is changed or staged stays as it is.
type Repository struct {
	ctx     context.Context
	environ []string
	git     Runner // for commands that read, without hooks
	top     string // of the working tree: absolute, without links
	head    string // hash of the last commit
}

// OpenRepository opens the repository that a directory is in. Its hooks run when files are committed, with
// what git itself reads of environ, and no key of a product.
func OpenRepository(ctx context.Context, environ []string, dir string) (*Repository, error) {
	c := Commit{ctx: ctx, git: Git(environ)}
	at, err := filetree.RealPath(dir)
	if err != nil {
		return nil, err
	}
	if err := c.findTop(at); err != nil {
		return nil, err
	}
	r := &Repository{ctx: ctx, environ: environ, git: c.git, top: c.top}
	if r.head, err = r.last(); err != nil {
		return nil, errors.New("the repository has no commit yet")
	}
	for _, name := range []string{"MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply"} {
		path, err := r.output(nil, "rev-parse", "--git-path", name)
		if err != nil {
			return nil, err
		}
		if !filepath.IsAbs(path) {
			path = filepath.Join(r.top, path)
		}
		if _, err := os.Lstat(path); err == nil {
			return nil, errors.New("a merge, rebase, cherry-pick or revert has not ended")
		}
	}
	for _, who := range []string{"GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"} {
		if _, err := r.output(nil, "var", who); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (r *Repository) output(in io.Reader, args ...string) (string, error) {
	var out bytes.Buffer
	err := r.git(r.ctx, r.top, in, &out, append(safe(), args...)...)
	return strings.TrimSuffix(strings.TrimSuffix(out.String(), "\n"), "\r"), err
}

func (r *Repository) last() (string, error) {
	return r.output(nil, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
}

// relative returns the path of a file as git names it.
func (r *Repository) relative(target string) (string, error) {
	rel, err := filepath.Rel(r.top, target)
	if err != nil || !filepath.IsLocal(rel) {
		return "", ErrElsewhere
	}
	return filepath.ToSlash(rel), nil
}

// Unchanged reports why a file, by its absolute path without links, cannot be committed alone: nil if the
// last commit and the index have exactly its bytes, or do not have the file if these are nil.
func (r *Repository) Unchanged(target string, content []byte) error {
	rel, err := r.relative(target)
	if err != nil {
		return err
	}
	committed, err := r.output(nil, "ls-tree", "-z", "HEAD", "--", rel)
	if err != nil {
		return err
	}
	staged, err := r.output(nil, "ls-files", "--stage", "-z", "--", rel)
	if err != nil {
		return err
	}
	if content == nil {
		if committed != "" || staged != "" {
			return ErrChanged
		}
		if _, err := r.output(nil, "check-ignore", "--quiet", "--", rel); err == nil {
			return ErrIgnored
		}
		return nil
	}
	if committed == "" {
		return ErrUntracked
	}
	id, err := r.output(bytes.NewReader(content), "hash-object", "--stdin", "--path="+rel)
	if err != nil {
		return err
	}
	was, now := strings.Fields(committed), strings.Fields(staged) // mode, type, id; mode, id, stage
	if len(was) < 3 || len(now) < 3 || was[2] != id || now[1] != id || now[2] != "0" {
		return ErrChanged
	}
	return nil
}

// Commit commits the bytes of files, by their absolute paths without links, on top of the last commit, and
// returns the short hash. The working tree stays as it is. Hooks of the repository run.
func (r *Repository) Commit(message string, files map[string][]byte) (string, error) {
	if now, err := r.last(); err != nil || now != r.head {
		return "", cmp.Or(err, errors.New("another program made a commit meanwhile"))
	}
	dir, err := os.MkdirTemp("", "rolecall-index-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	index := "GIT_INDEX_FILE=" + filepath.Join(dir, "index")
	prepared := *r
	prepared.git = Git(append(slices.Clone(r.environ), index))
	if _, err := prepared.output(nil, "read-tree", "HEAD"); err != nil {
		return "", err
	}
	var paths []string
	for _, target := range slices.Sorted(maps.Keys(files)) {
		rel, err := r.relative(target)
		if err == nil {
			err = prepared.stage(rel, files[target])
		}
		if err != nil {
			return "", err
		}
		paths = append(paths, rel)
	}
	commit := runner(append(kept(r.environ, signing...), index, "GIT_TERMINAL_PROMPT=0"))
	if err := commit(r.ctx, r.top, strings.NewReader(message), io.Discard, "--no-pager", "commit", "--quiet", "--cleanup=verbatim", "--file=-"); err != nil {
		return "", err
	}
	if r.head, err = r.last(); err != nil {
		return "", err
	}
	if _, err := r.output(nil, append([]string{"reset", "--quiet", "HEAD", "--"}, paths...)...); err != nil {
		return "", fmt.Errorf("the commit was made, but not noted in the index: %w", err)
	}
	return r.output(nil, "rev-parse", "--short", "HEAD")
}

// signing are variables by which git finds the keys that sign commits, and who commits.
var signing = []string{"SSH_AUTH_SOCK", "GNUPGHOME", "GPG_TTY", "GPG_AGENT_INFO", "EMAIL", "USER", "LOGNAME", "USERNAME", "TERM", "LANG", "LC_ALL", "APPDATA", "LOCALAPPDATA"}

// stage puts the bytes of a file into the index, with the mode that it has there.
func (r *Repository) stage(rel string, content []byte) error {
	id, err := r.output(bytes.NewReader(content), "hash-object", "-w", "--stdin", "--path="+rel)
	if err != nil {
		return err
	}
	staged, err := r.output(nil, "ls-files", "--stage", "-z", "--", rel)
	if err != nil {
		return err
	}
	mode, _, _ := strings.Cut(staged, " ")
	if mode == "" {
		mode = "100644"
	}
	_, err = r.output(nil, "update-index", "--add", "--cacheinfo", mode+","+id+","+rel)
	return err
}
