package revision

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/config/filetree"
)

// command runs git with a name and an address for commits, and lets it fetch.
func command(ctx context.Context, dir string, in io.Reader, out io.Writer, args ...string) error {
	var said bytes.Buffer
	c := exec.CommandContext(ctx, "git", args...)
	c.Dir, c.Stdin, c.Stdout, c.Stderr = dir, in, out, &said
	c.Env = append(isolated(), "GIT_AUTHOR_NAME=t", "GIT_AUTHOR_EMAIL=t@t", "GIT_COMMITTER_NAME=t", "GIT_COMMITTER_EMAIL=t@t",
		"GIT_ALLOW_PROTOCOL=file")
	if err := c.Run(); err != nil {
		return errors.New(strings.TrimSpace(said.String()) + ": " + err.Error())
	}
	return nil
}

// isolated is the environment without the settings of this machine.
func isolated() []string {
	return append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1")
}

func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if err := command(t.Context(), dir, nil, &out, args...); err != nil {
		t.Fatalf("git %s: %v", strings.Join(args, " "), err)
	}
	return strings.TrimSpace(out.String())
}

// repository writes files, which are links if they begin with "-> ", and commits them.
func repository(t *testing.T, files map[string]string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	git(t, dir, "init", "-q", "-b", "main")
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if target, link := strings.CutPrefix(content, "-> "); link {
			err = os.Symlink(target, path)
		} else {
			err = os.WriteFile(path, []byte(content), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "-q", "-m", "start")
	return dir
}

func open(t *testing.T, dir, name string) *Commit {
	t.Helper()
	c, err := Open(context.Background(), Git(isolated()), dir, name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func tree(t *testing.T, c *Commit, dir, root string, environ ...string) *filetree.Tree {
	t.Helper()
	files, err := c.Open(dir, root, environ)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(files.Close)
	return files
}

// A commit is read as a directory is, whatever the names are, and changes of the disk make no
// difference.
func TestCommitHasFiles(t *testing.T) {
	files := map[string]string{
		"access/main.hcl": "old", "access/Müller's \"list\".csv": "a\r\nb\r\n", "access/data/deep/x.csv": "x",
		"access/-n.hcl": "dash", "shared/roles.json": "{}", "other.txt": "other",
	}
	dir := repository(t, files)
	if err := os.WriteFile(filepath.Join(dir, "access/main.hcl"), []byte("new"), 0o644); err != nil {
		t.Fatal(err)
	}
	c := open(t, filepath.Join(dir, "access"), "main")
	if len(c.ID) < 40 {
		t.Errorf("the hash is %q", c.ID)
	}
	below := tree(t, c, filepath.Join(dir, "access"), "")
	whole := tree(t, c, filepath.Join(dir, "access"), dir)
	for name, content := range files {
		rel, err := filepath.Rel("access", name)
		if err != nil {
			t.Fatal(err)
		}
		if b, size, err := whole.Read(rel, 100); err != nil || string(b) != content || size != int64(len(content)) {
			t.Errorf("%s: %q, %d, %v", name, b, size, err)
		}
		b, _, err := below.Read(rel, 100)
		if strings.HasPrefix(name, "access/") {
			if err != nil || string(b) != content {
				t.Errorf("%s: %q, %v", name, b, err)
			}
		} else if !errors.Is(err, filetree.ErrOutside) {
			t.Errorf("%s: %q, %v, want %v", name, b, err, filetree.ErrOutside)
		}
	}
	if b, size, err := below.Read("data/deep/x.csv", 0); b != nil || size != 1 || err != nil {
		t.Errorf("a file that is too big: %q, %d, %v", b, size, err)
	}
	found, err := below.Match(".", "**/*.csv")
	if want := []string{"Müller's \"list\".csv", "data/deep/x.csv"}; err != nil || !slices.Equal(found, want) {
		t.Errorf("found %q, %v, want %q", found, err, want)
	}
	entries, err := below.Entries(".")
	if err != nil || len(entries) != 4 {
		t.Errorf("%d entries, %v", len(entries), err)
	}
}

// The rules about files are those of a directory.
func TestCommitRefusesFiles(t *testing.T) {
	dir := repository(t, map[string]string{
		"access/main.hcl": "", "access/in.csv": "-> data/x.csv", "access/data/x.csv": "x", "access/out.csv": "-> ../secret.txt",
		"access/far.csv": "-> /etc/passwd", "access/.env": "KEY", "access/env.csv": "-> .env", "secret.txt": "s",
		"access/loop.csv": "-> loop.csv", "access/gone.csv": "-> nothing.csv", "access/key.txt": "k",
		"access/big.csv": largeFile + "v1\noid sha256:1\nsize 2\n",
	})
	at := filepath.Join(dir, "access")
	key := filepath.Join(at, "key.txt")
	files := tree(t, open(t, at, "HEAD"), at, "", "PARTOO_API_KEY_FILE="+key)
	if b, _, err := files.Read("in.csv", 10); err != nil || string(b) != "x" {
		t.Errorf("a link inside: %q, %v", b, err)
	}
	for name, want := range map[string]string{
		"out.csv": "leads through a link out", "far.csv": "leads through a link out", ".env": "is hidden", "env.csv": "is hidden",
		"loop.csv": "too many links", "gone.csv": "does not exist", "../secret.txt": "is outside", "data": "is a directory",
		"key.txt": "the environment variable PARTOO_API_KEY_FILE names it", "big.csv": "is kept in Git LFS",
	} {
		if _, _, err := files.Read(name, 1000); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
	if found, err := files.Match(".", "key*"); err != nil || len(found) != 0 {
		t.Errorf("the file of the key is listed: %q, %v", found, err)
	}
}

func TestCommitHasNoDirectory(t *testing.T) {
	dir := repository(t, map[string]string{"old/main.hcl": "", "file": "", "link": "-> old"})
	git(t, dir, "mv", "old", "new")
	for _, name := range []string{"untracked", "file", "link"} {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	c := open(t, filepath.Join(dir, "new"), "HEAD")
	for _, name := range []string{"new", "untracked", "file", "link"} {
		if _, err := c.Open(filepath.Join(dir, name), "", nil); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v, want %v", name, err, fs.ErrNotExist)
		}
	}
	if _, err := c.Open(filepath.Dir(dir), "", nil); !errors.Is(err, filetree.ErrOutside) {
		t.Errorf("a directory outside: %v", err)
	}
}

func TestOpenFindsNoCommit(t *testing.T) {
	dir := repository(t, map[string]string{"main.hcl": "", "sub/main.hcl": ""})
	git(t, dir, "commit", "-q", "--allow-empty", "-m", "second")
	clone := t.TempDir()
	git(t, clone, "clone", "-q", "--depth=1", "file://"+filepath.ToSlash(dir), ".")
	empty := t.TempDir()
	git(t, empty, "init", "-q")
	bare := t.TempDir()
	git(t, bare, "init", "-q", "--bare")
	for _, c := range []struct {
		name, dir, rev string
		want           error
	}{
		{"no repository", t.TempDir(), "HEAD", ErrNotRepository},
		{"a bare repository", bare, "HEAD", ErrNotRepository},
		{"inside of .git", filepath.Join(dir, ".git"), "HEAD", ErrNotRepository},
		{"no commit yet", empty, "HEAD", ErrNoCommit},
		{"no such name", dir, "maim", ErrNoCommit},
		{"a tree", dir, "HEAD:sub", ErrNoCommit},
		{"an option", dir, "--all", ErrNoCommit},
		{"nothing", dir, "", ErrNoCommit},
		{"a range", dir, "HEAD~1..HEAD", ErrNoCommit},
		{"a shallow clone", clone, "HEAD~1", ErrShallow},
	} {
		_, err := Open(t.Context(), Git(isolated()), c.dir, c.rev)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	for _, rev := range []string{"HEAD", "main", "main~1", "HEAD@{0}", ":/second", git(t, dir, "rev-parse", "--short", "HEAD")} {
		open(t, filepath.Join(dir, "sub"), rev)
	}
}

// Worktrees and submodules are repositories of their own; a commit has no files of a submodule.
func TestOpenInWorktreesAndSubmodules(t *testing.T) {
	dir := repository(t, map[string]string{"access/main.hcl": "outer"})
	inner := repository(t, map[string]string{"main.hcl": "inner"})
	git(t, dir, "submodule", "add", "-q", "file://"+filepath.ToSlash(inner), "module")
	git(t, dir, "commit", "-q", "-m", "module")
	linked := filepath.Join(t.TempDir(), "linked")
	git(t, dir, "worktree", "add", "-q", linked)
	for at, want := range map[string]string{
		filepath.Join(dir, "module"): "inner", filepath.Join(linked, "access"): "outer",
	} {
		if b, _, err := tree(t, open(t, at, "HEAD"), at, "").Read("main.hcl", 10); err != nil || string(b) != want {
			t.Errorf("%s: %q, %v, want %q", at, b, err, want)
		}
	}
	files := tree(t, open(t, dir, "HEAD"), dir, "")
	for name, want := range map[string]string{"module": "not a regular file", "module/main.hcl": "file does not exist"} {
		if _, _, err := files.Read(name, 10); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
}

// No program that the settings of the repository name is started, and nothing is fetched.
func TestOpenStartsNoOtherProgram(t *testing.T) {
	dir := repository(t, map[string]string{"main.hcl": "x", ".gitattributes": "*.hcl filter=evil diff=evil\n"})
	ran := filepath.Join(t.TempDir(), "ran")
	script := filepath.Join(t.TempDir(), "evil")
	if err := os.WriteFile(script, []byte("#!/bin/sh\ntouch '"+ran+"'\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	partial := t.TempDir()
	git(t, dir, "config", "uploadpack.allowFilter", "true")
	git(t, partial, "clone", "-q", "--filter=blob:none", "--no-checkout", "file://"+filepath.ToSlash(dir), ".")
	for _, at := range []string{dir, partial} {
		for _, name := range []string{
			"core.fsmonitor", "core.pager", "core.sshCommand", "core.gitProxy", "core.askPass", "core.editor", "diff.evil.textconv",
			"filter.evil.smudge", "filter.evil.clean", "filter.evil.process", "alias.rev-parse", "credential.helper",
			"remote.origin.uploadpack", "core.alternateRefsCommand",
		} {
			git(t, at, "config", name, script)
		}
		git(t, at, "config", "core.hooksPath", filepath.Dir(script))
	}
	c, err := Open(t.Context(), Git(isolated()), dir, "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	if b, _, err := tree(t, c, dir, "").Read("main.hcl", 10); err != nil || string(b) != "x" {
		t.Errorf("%q, %v", b, err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if c, err = Open(t.Context(), Git(isolated()), partial, "HEAD"); err != nil {
		t.Fatal(err)
	}
	if b, _, err := tree(t, c, partial, "").Read("main.hcl", 10); err == nil {
		t.Errorf("a partial clone has the content %q", b)
	}
	_ = c.Close() // git failed
	if _, err := os.Stat(ran); err == nil {
		t.Error("a program of the repository's settings was started")
	}
}

func TestEnviron(t *testing.T) {
	got := Environ([]string{"PATH=/bin", "PARTOO_API_KEY=k", "GIT_DIR=/x", "HOME=/h", "AWS_SECRET=s"})
	for _, want := range []string{"PATH=/bin", "GIT_DIR=/x", "HOME=/h", "GIT_TERMINAL_PROMPT=0"} {
		if !slices.Contains(got, want) {
			t.Errorf("%s is missing", want)
		}
	}
	if s := strings.Join(got, " "); strings.Contains(s, "PARTOO") || strings.Contains(s, "AWS") {
		t.Errorf("git gets a key: %s", s)
	}
}

// What is wrong with git is an error and never waits for ever.
func TestGitThatFails(t *testing.T) {
	for name, answer := range map[string]string{
		"ends at once": "", "another object": "abc blob 1\nx\n", "a tree": "%s tree 3\nabc\n", "half a file": "%s blob 9\nabc",
		"no size": "%s blob x\n", "negative": "%s blob -3\n", "noise": "hello\n",
	} {
		b := newBlobs(func(in io.Reader, out io.Writer) error {
			id := make([]byte, 5)
			if _, err := io.ReadFull(in, id); err != nil {
				return err
			}
			_, err := io.WriteString(out, strings.ReplaceAll(answer, "%s", "abcd"))
			return err
		})
		for range 2 {
			if got, _, err := b.read("abcd", 100); err == nil {
				t.Errorf("%s: read %q", name, got)
			}
		}
		_ = b.close() // fails as the reads do
	}
}

func TestParseTreeRefusesOddLines(t *testing.T) {
	for _, s := range []string{"100644 blob abc\x00", "100644 blob\tx\x00", "100644 blob abc\t../x\x00/", "100644 blob abc\ta//b\x00"} {
		if files, err := parseTree(s); err == nil && s != "100644 blob abc\t../x\x00/" {
			t.Errorf("%q is %v", s, files)
		}
	}
}
