package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A tree reads the files below one directory, its root, and no others. The author of
// a configuration decides which names a tree is asked for, so every answer
// is checked on the file that was opened and not on its name: links that lead out
// of the root, hidden files and directories, files that hold a key, devices, pipes,
// sockets and files that the kernel makes up are refused.
type tree struct {
	root *os.Root
	base string    // the root's path: absolute, without links
	also string    // another absolute path of the root, as it was given
	dir  string    // where relative paths start, relative to the root
	keys []keyFile // never read
	// named is the path, relative to the root, that the command line chose: it may lead
	// through hidden directories, which those that files choose must not.
	named string
}

// A keyFile is a file that an environment variable names as the place of a secret.
type keyFile struct {
	variable string
	info     fs.FileInfo
}

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

// A refusal is why a tree does not read a file that may exist. It completes the
// sentence "<name> <why>".
type refusal struct{ why string }

func (r *refusal) Error() string { return r.why }

// advice says what to do about a refusal in a configuration, or nothing.
func (r *refusal) advice() string {
	if r == errOutside || r == errLeadsOut {
		return "; move the file, or name a directory that holds both with --root on the command line"
	}
	return ""
}

var (
	errOutside      = &refusal{"is outside of the directory that may be read"}
	errLeadsOut     = &refusal{"leads through a link out of the directory that may be read"}
	errPrivate      = &refusal{"is hidden: a configuration may not read files and directories whose names begin with a dot, such as .git and .env"}
	errIsDirectory  = &refusal{"is a directory"}
	errNotRegular   = &refusal{"is not a regular file but a device, a pipe, a socket or a file of the kernel"}
	errTooManyLinks = &refusal{"leads through too many links"}
	errAround       = &refusal{"is a link to a directory that holds the link itself; name that directory instead, or give it with --root"}
	errDangling     = &refusal{"is a link to a file that does not exist"}
)

// openTree opens the directory root, in which relative paths start at dir. An empty
// root is dir. Environ, as os.Environ, names the files that hold keys.
func openTree(dir, root string, environ []string) (*tree, error) {
	at, err := realPath(dir)
	if err != nil {
		return nil, err
	}
	if root == "" {
		if err := notAround(dir, at); err != nil {
			return nil, err
		}
		root = dir
	}
	base, err := realPath(root)
	if err != nil {
		return nil, err
	}
	rel, err := filepath.Rel(base, at)
	if err != nil || !filepath.IsLocal(rel) {
		return nil, errOutside
	}
	also, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	r, err := os.OpenRoot(base)
	if err != nil {
		return nil, err
	}
	return &tree{root: r, base: base, also: also, dir: rel, keys: keyFiles(environ), named: rel}, nil
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
	parent, err := realPath(filepath.Dir(named))
	if err != nil {
		return err
	}
	if rel, err := filepath.Rel(target, parent); err == nil && filepath.IsLocal(rel) {
		return errAround
	}
	return nil
}

func realPath(p string) (string, error) {
	p, err := filepath.Abs(p)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(p)
}

func (t *tree) close() {
	if t != nil && t.root != nil {
		_ = t.root.Close() // it was only read
	}
}

// secretWords are in the names of variables that hold a secret or the path of one, such as
// GOOGLE_APPLICATION_CREDENTIALS, SSH_PRIVATE_KEY_PATH and KUBECONFIG.
var secretWords = []string{"_FILE", "CRED", "KEY", "TOKEN", "SECRET", "PASS", "AUTH", "NETRC", "CONFIG"}

// keyFiles lists the files that variables with a secret word in their names hold the
// path of, whatever program they are for. A variable of a configuration is none of them.
func keyFiles(environ []string) []keyFile {
	var out []keyFile
	for _, pair := range environ {
		name, path, _ := strings.Cut(pair, "=")
		about := func(word string) bool { return strings.Contains(strings.ToUpper(name), word) }
		if path == "" || strings.HasPrefix(name, envPrefix) || !slices.ContainsFunc(secretWords, about) {
			continue
		}
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			out = append(out, keyFile{name, info})
		}
	}
	return out
}

// relative turns a path as it is written, with slashes, into one that is relative to
// the root. It may have links in it.
func (t *tree) relative(name string) (string, error) {
	p := filepath.FromSlash(name)
	if !filepath.IsAbs(p) {
		p = filepath.Join(t.dir, p)
	} else if rel, ok := t.below(p); ok {
		p = rel
	} else {
		return "", errOutside
	}
	if !filepath.IsLocal(p) {
		return "", errOutside
	}
	return p, nil
}

// below makes an absolute path relative to the root.
func (t *tree) below(p string) (string, bool) {
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
func (t *tree) resolve(p string) (string, fs.FileInfo, error) {
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
			return "", nil, errTooManyLinks
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
func (t *tree) sameName(dir, name string) string {
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
func (t *tree) absent(p string, err error) error {
	if info, lerr := t.root.Lstat(p); lerr == nil && info.Mode()&fs.ModeSymlink != 0 && errors.Is(err, fs.ErrNotExist) {
		return errDangling
	}
	return err
}

// private reports whether an entry of a directory is hidden, or one of the private ones
// under another spelling.
func (t *tree) private(dir, name string, info fs.FileInfo) bool {
	chosen := t.named == filepath.Join(dir, name) || strings.HasPrefix(t.named, filepath.Join(dir, name)+string(filepath.Separator))
	if hidden(name) && !chosen {
		return true
	}
	for _, p := range privateDirs {
		if strings.EqualFold(name, p) {
			return true
		}
		if other, err := t.root.Stat(filepath.Join(dir, p)); err == nil && os.SameFile(info, other) {
			return true
		}
	}
	return false
}

// keyOf returns the variable that names the file as the place of a key, or "".
func (t *tree) keyOf(info fs.FileInfo) string {
	for _, k := range t.keys {
		if os.SameFile(k.info, info) {
			return k.variable
		}
	}
	return ""
}

// allowed holds what a path leads to against what may be read.
func (t *tree) allowed(info fs.FileInfo) error {
	if variable := t.keyOf(info); variable != "" {
		return &refusal{"holds a key: the environment variable " + variable + " names it, so a configuration may not read it"}
	}
	switch {
	case info.IsDir():
		return errIsDirectory
	case !info.Mode().IsRegular():
		return errNotRegular
	}
	return nil
}

// read returns the bytes of the file with the path, as written, and its size. More
// than most bytes are not read; then the bytes are nil.
func (t *tree) read(name string, most int64) ([]byte, int64, error) {
	p, err := t.relative(name)
	if err != nil {
		return nil, 0, err
	}
	p, info, err := t.resolve(p)
	if err != nil {
		return nil, 0, err
	}
	if err := t.allowed(info); err != nil {
		return nil, 0, err
	}
	// A pipe that took the file's place must not make the program wait.
	f, err := t.root.OpenFile(p, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	opened, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	if !os.SameFile(info, opened) {
		return nil, 0, errors.New("it was replaced while it was opened")
	}
	if err := t.allowed(opened); err != nil {
		return nil, 0, err
	}
	if madeByKernel(f) {
		return nil, 0, errNotRegular
	}
	if opened.Size() > most {
		return nil, opened.Size(), nil
	}
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	if int64(len(b)) > most {
		return nil, int64(len(b)), nil
	}
	return b, int64(len(b)), err
}

// path returns the absolute path, without links, of what a path leads to.
func (t *tree) path(name string) (string, error) {
	p, err := t.relative(name)
	if err != nil {
		return "", err
	}
	p, _, err = t.resolve(p)
	return filepath.Join(t.base, p), err
}

// entries lists a directory, given relative to the root and without links.
func (t *tree) entries(p string) ([]fs.DirEntry, error) {
	d, err := t.root.Open(p)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.ReadDir(-1)
}

// fileError makes a sentence of an error of a tree; name is the path as it is written.
func fileError(name string, err error) error {
	if r, ok := errors.AsType[*refusal](err); ok {
		return fmt.Errorf("%q %s%s", name, r.why, r.advice())
	}
	return fmt.Errorf("cannot read %q: %s", name, cause(err))
}
