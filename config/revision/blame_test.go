package revision

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// commits returns for each line of a file whether it is the first or the second commit, "-" for a line
// that is not committed and "?" for one of which it is not known.
func commits(t *testing.T, file string, of ...string) string {
	t.Helper()
	lines, err := NewHistory(t.Context(), Git(isolated())).Lines(file)
	if err != nil {
		t.Fatal(err)
	}
	out := ""
	for _, l := range lines {
		switch {
		case l.Cut:
			out += "?"
		case l.Commit == "":
			out += "-"
		case l.Commit == of[0]:
			out += "1"
		case l.Commit == of[1]:
			out += "2"
		}
		if l.Commit != "" && (l.Author != "t <t@t>" || l.Time.IsZero()) {
			t.Errorf("%+v", l)
		}
	}
	return out
}

func TestHistorySaysWhoChangedEachLine(t *testing.T) {
	dir := repository(t, map[string]string{"a.hcl": "one\ntwo\nthree", "sub/b.csv": "x\n", "link.hcl": "-> a.hcl"})
	first := git(t, dir, "rev-parse", "HEAD")
	write(t, filepath.Join(dir, "a.hcl"), "one\nTWO\nthree\nfour")
	git(t, dir, "commit", "-q", "-a", "-m", "second")
	second := git(t, dir, "rev-parse", "HEAD")
	write(t, filepath.Join(dir, "ignored"), second+"\n")
	git(t, dir, "config", "blame.ignoreRevsFile", filepath.Join(dir, "ignored"))
	write(t, filepath.Join(dir, "a.hcl"), "zero\none\nTWO\nthree\nfour\nauthor x")
	write(t, filepath.Join(dir, "new.hcl"), "x\n")
	write(t, filepath.Join(dir, "staged.hcl"), "x\n")
	git(t, dir, "add", "staged.hcl")
	for name, want := range map[string]string{"a.hcl": "-122--", "sub/b.csv": "1", "link.hcl": "-122--", "new.hcl": "", "staged.hcl": ""} {
		if got := commits(t, filepath.Join(dir, name), first, second); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// What is not committed is told from what is not known.
func TestHistoryOutsideAndCut(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "a.hcl")
	write(t, outside, "x\n")
	if got := commits(t, outside); got != "" {
		t.Errorf("outside of a repository: %q", got)
	}
	unborn := t.TempDir()
	git(t, unborn, "init", "-q")
	write(t, filepath.Join(unborn, "a.hcl"), "x\n")
	if got := commits(t, filepath.Join(unborn, "a.hcl")); got != "" {
		t.Errorf("without a commit: %q", got)
	}
	dir := repository(t, map[string]string{"a.hcl": "one\n"})
	write(t, filepath.Join(dir, "a.hcl"), "one\ntwo\n")
	git(t, dir, "commit", "-q", "-a", "-m", "second")
	write(t, filepath.Join(dir, "a.hcl"), "one\ntwo\nthree\n")
	git(t, dir, "commit", "-q", "-a", "-m", "third")
	shallow := t.TempDir()
	git(t, shallow, "clone", "-q", "--depth=2", "file://"+filepath.ToSlash(dir), ".")
	if got := commits(t, filepath.Join(shallow, "a.hcl"), "", git(t, dir, "rev-parse", "HEAD")); got != "??2" {
		t.Errorf("in a shallow clone: %q", got)
	}
	none := filepath.Join(dir, "none.hcl")
	if _, err := NewHistory(t.Context(), Git(isolated())).Lines(none); err == nil {
		t.Error("a file that does not exist has lines")
	}
	noGit := func(context.Context, string, io.Reader, io.Writer, ...string) error { return ErrNoGit }
	if _, err := NewHistory(t.Context(), noGit).Lines(outside); !errors.Is(err, ErrNoGit) {
		t.Errorf("without git: %v", err)
	}
}

// No program that the settings of the repository name is started.
func TestHistoryStartsNoOtherProgram(t *testing.T) {
	dir := repository(t, map[string]string{"main.hcl": "x\n", "users.csv": "y\n", ".gitattributes": "*.hcl filter=evil diff=evil\n*.csv diff=evil\n"})
	ran := filepath.Join(t.TempDir(), "ran")
	script := filepath.Join(t.TempDir(), "evil")
	if err := os.WriteFile(script, []byte("#!/bin/sh\ntouch '"+ran+"'\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"core.fsmonitor", "core.pager", "diff.evil.textconv", "diff.external", "filter.evil.clean", "filter.evil.process", "filter.evil.smudge"} {
		git(t, dir, "config", name, script)
	}
	write(t, filepath.Join(dir, "users.csv"), "y\nz\n")
	h := NewHistory(t.Context(), Git(isolated()))
	if _, err := h.Lines(filepath.Join(dir, "main.hcl")); !errors.Is(err, ErrFiltered) {
		t.Errorf("a filtered file: %v", err)
	}
	if lines, err := h.Lines(filepath.Join(dir, "users.csv")); err != nil || len(lines) != 2 || lines[0].Commit == "" || lines[1].Commit != "" {
		t.Errorf("%v, %v", lines, err)
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("a program of the repository's settings was started")
	}
}

func TestParseBlameRefusesOddLines(t *testing.T) {
	for _, s := range []string{"\tx\n", "abc 1 1 1\nauthor-time x\n\tx\n"} {
		if lines, err := parseBlame(bytes.NewBufferString(s), false); err == nil {
			t.Errorf("%q is %v", s, lines)
		}
	}
	lines, err := parseBlame(bytes.NewBufferString("abc 1 1 2\nauthor A, B\nauthor-mail <a@b>\nsummary boundary\n\tone\nabc 2 2\n\ttwo"), true)
	if err != nil || len(lines) != 2 || lines[1].Author != "A, B <a@b>" || lines[1].Cut || strings.Contains(lines[0].Author, "boundary") {
		t.Errorf("%v, %v", lines, err)
	}
}
