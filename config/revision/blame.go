package revision

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rolecall-dev/rolecall/config/filetree"
)

// ErrFiltered is the reason why the lines of a file cannot be compared with commits: a program that the
// repository's settings name would have to be started.
var ErrFiltered = errors.New("is changed by a filter of git, such as Git LFS")

// A LastChange is the last commit that changed a line of a file.
type LastChange struct {
	Commit string // hash; "" if the line is not committed
	Author string // name and address: "Ana Diaz <ana@zoo.example>"
	Time   time.Time
	// Cut says that the clone is shallow and does not have the commit, so it is unknown.
	Cut bool
}

// A History finds out who last changed lines of files. It is safe for concurrent use.
type History struct {
	ctx context.Context
	git Runner

	mu  sync.Mutex
	top map[string]*workTree // by directory
}

// A workTree is what is known about the repository of a directory.
type workTree struct {
	Commit
	inside  bool // the directory is in a repository with a commit
	shallow bool
	err     error
}

// NewHistory returns the history that git knows.
func NewHistory(ctx context.Context, git Runner) *History {
	return &History{ctx: ctx, git: git, top: map[string]*workTree{}}
}

// Lines returns the last change of each line of a file, the first one at 0: nil if the file is not in a
// repository or is not committed. It starts one git blame, which counts commits too that settings of git ignore.
func (h *History) Lines(file string) ([]LastChange, error) {
	at, err := filetree.RealPath(file)
	if err != nil {
		return nil, err
	}
	w := h.workTree(filepath.Dir(at))
	if w.err != nil || !w.inside {
		return nil, w.err
	}
	rel, err := filepath.Rel(w.top, at)
	if err != nil || !filepath.IsLocal(rel) {
		return nil, err
	}
	rel = filepath.ToSlash(rel)
	committed, err := w.run(w.top, "ls-tree", "-z", "HEAD", "--", rel)
	if err != nil || committed == "" {
		return nil, err
	}
	filter, err := w.run(w.top, "check-attr", "-z", "filter", "--", rel)
	if err != nil {
		return nil, err
	}
	if f := strings.Split(filter, "\x00"); len(f) < 3 || f[2] != "unspecified" && f[2] != "unset" {
		return nil, ErrFiltered
	}
	var out bytes.Buffer
	if err := w.git(w.ctx, w.top, nil, &out, append(safe(), "blame", "--porcelain", "--no-textconv", "--ignore-revs-file=", "--", rel)...); err != nil {
		return nil, err
	}
	return parseBlame(&out, w.shallow)
}

// workTree finds the repository of a directory, once.
func (h *History) workTree(dir string) *workTree {
	h.mu.Lock()
	defer h.mu.Unlock()
	w := h.top[dir]
	if w == nil {
		w = &workTree{Commit: Commit{ctx: h.ctx, git: h.git}}
		h.top[dir] = w
		w.inside, w.err = w.look(dir)
	}
	return w
}

func (w *workTree) look(dir string) (inside bool, err error) {
	err = w.findTop(dir)
	switch {
	case err == nil:
	case err == ErrNotRepository || errors.Is(err, ErrNotRepository) && strings.Contains(err.Error(), "not a git repository"):
		return false, nil
	default: // such as a directory of another user, which git does not trust
		return false, err
	}
	if _, err := w.verify("HEAD^{commit}"); err != nil {
		return false, nil // there is no commit yet
	}
	shallow, err := w.run(w.top, "rev-parse", "--is-shallow-repository")
	w.shallow = shallow == "true"
	return true, err
}

// parseBlame reads what git blame --porcelain writes: for each line "ID LINE LINE [COUNT]", what is to say
// about a commit where it comes up first, and the line itself after a tab. A commit without a known
// parent is a boundary, which in a shallow clone need not have changed the line.
func parseBlame(out *bytes.Buffer, shallow bool) ([]LastChange, error) {
	commits := map[string]*LastChange{}
	var lines []LastChange
	var c *LastChange
	for out.Len() > 0 {
		line, _ := out.ReadString('\n') // the last line of a file may have no end
		line = strings.TrimSuffix(line, "\n")
		switch name, value, _ := strings.Cut(line, " "); {
		case strings.HasPrefix(line, "\t"):
			if c == nil {
				return nil, fmt.Errorf("git blame writes %q", line)
			}
			lines, c = append(lines, *c), nil
		case c == nil:
			if c = commits[name]; c == nil {
				c = &LastChange{}
				if strings.Trim(name, "0") != "" {
					c.Commit = name
				}
				commits[name] = c
			}
		case name == "author":
			c.Author = value
		case name == "author-mail":
			c.Author = strings.TrimSpace(c.Author + " " + value)
		case name == "author-time":
			seconds, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				return nil, fmt.Errorf("git blame writes %q", line)
			}
			c.Time = time.Unix(seconds, 0).UTC()
		case name == "boundary":
			c.Cut = shallow
		}
	}
	return lines, nil
}
