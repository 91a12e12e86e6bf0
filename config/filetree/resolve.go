package filetree

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// privateDirs hold what a configuration must not read: the credentials and history
// of a checkout, and the emulator's keys and the journals. They are not read under
// another name either, as a file system may have for them.
var privateDirs = []string{".git", ".rolecall"}

// hidden reports whether a name is that of a hidden file or directory: most programs
// keep their credentials in one, such as .env, .netrc and .aws. Names with two dots are
// those under which Kubernetes mounts a volume.
func hidden(name string) bool {
	return strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "..")
}

// relative turns a path as it is written, with slashes, into one that is relative to
// the root. It may have links in it.
func (t *Tree) relative(name string) (string, error) {
	p := filepath.FromSlash(name)
	if !filepath.IsAbs(p) {
		p = filepath.Join(t.dir, p)
	} else if rel, ok := t.below(p); ok {
		p = rel
	} else {
		return "", ErrOutside
	}
	if !filepath.IsLocal(p) {
		return "", ErrOutside
	}
	return p, nil
}

// below makes an absolute path relative to the root.
func (t *Tree) below(p string) (string, bool) {
	for _, base := range []string{t.base, t.also} {
		if rel, err := filepath.Rel(base, p); err == nil && filepath.IsLocal(rel) {
			return rel, true
		}
	}
	return "", false
}

// maxLinks is how many links one path may lead through, as on Linux.
const maxLinks = 40

// resolve follows the links of a path that is relative to the root. It returns the
// path without links and what is there.
func (t *Tree) resolve(p string) (string, fs.FileInfo, error) {
	const slash = string(filepath.Separator)
	at, rest := ".", strings.Split(filepath.Clean(p), slash)
	_, err := t.root.Lstat(at)
	for links := 0; len(rest) > 0 && err == nil; {
		part := rest[0]
		rest = rest[1:]
		if part == "" || part == "." {
			continue
		}
		if part == ".." {
			if at == "." {
				return "", nil, errLeadsOut
			}
			at = filepath.Dir(at)
			continue
		}
		next := filepath.Join(at, part)
		var info fs.FileInfo
		info, err = t.root.Lstat(next)
		if errors.Is(err, fs.ErrNotExist) {
			if other := t.sameName(at, part); other != "" {
				part, next = other, filepath.Join(at, other)
				info, err = t.root.Lstat(next)
			}
		}
		if err != nil {
			break
		}
		if t.private(at, part, info) {
			return "", nil, errPrivate
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			at = next
			continue
		}
		if links++; links > maxLinks {
			return "", nil, ErrTooManyLinks
		}
		target, err := t.root.Readlink(next)
		if err != nil {
			return "", nil, err
		}
		if filepath.IsAbs(target) {
			rel, ok := t.below(filepath.Clean(target))
			if !ok {
				return "", nil, errLeadsOut
			}
			at, target = ".", rel
		}
		rest = append(strings.Split(target, slash), rest...)
	}
	if err != nil {
		return "", nil, t.absent(p, err)
	}
	info, err := t.root.Lstat(at)
	return at, info, err
}

// sameName returns the only entry of a directory whose name is the same but for how its
// letters are composed, as the name of a file that was made on a Mac is; or "".
func (t *Tree) sameName(dir, name string) string {
	entries, err := t.entries(dir)
	if err != nil {
		return ""
	}
	found := ""
	for _, e := range entries {
		if schema.NFC(e.Name()) != schema.NFC(name) {
			continue
		}
		if found != "" {
			return ""
		}
		found = e.Name()
	}
	return found
}

// absent tells a link to nowhere from a path that is not there.
func (t *Tree) absent(p string, err error) error {
	if info, lerr := t.root.Lstat(p); lerr == nil && info.Mode()&fs.ModeSymlink != 0 && errors.Is(err, fs.ErrNotExist) {
		return ErrDangling
	}
	return err
}

// private reports whether an entry of a directory is hidden, or one of the private ones
// under another spelling.
func (t *Tree) private(dir, name string, info fs.FileInfo) bool {
	chosen := t.chosen == filepath.Join(dir, name) || strings.HasPrefix(t.chosen, filepath.Join(dir, name)+string(filepath.Separator))
	if hidden(name) && !chosen {
		return true
	}
	for _, p := range privateDirs {
		if strings.EqualFold(name, p) {
			return true
		}
		if t.root.Same(info, filepath.Join(dir, p)) {
			return true
		}
	}
	return false
}
