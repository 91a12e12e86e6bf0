package cmd_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/cmd"
	"github.com/rolecall-dev/rolecall/config/revision"
)

// What git cannot say is said, and nothing is called not committed.
func TestReviewWithoutHistory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "zoo")
	if err := os.CopyFS(dir, os.DirFS("../examples/zoo")); err != nil {
		t.Fatal(err)
	}
	for said, err := range map[string]error{
		"git is not installed, so it is not known who last changed the files.": revision.ErrNoGit,
		"It is not known who last changed the lines of":                        errors.New("fatal: detected dubious ownership in repository"),
	} {
		var out, failed bytes.Buffer
		f := cmd.System()
		f.Out, f.Err, f.Environ, f.Width = &out, &failed, []string{"XDG_STATE_HOME=" + t.TempDir()}, 400
		f.Git = func(context.Context, string, io.Reader, io.Writer, ...string) error { return err }
		if code := cmd.Main([]string{"review", "--files", dir}, f); code != 0 {
			t.Fatalf("exit code %d: %s", code, failed.String())
		}
		if got := out.String(); !strings.Contains(got, said) || strings.Contains(got, "not committed") {
			t.Errorf("%v: %s", err, got)
		}
	}
}
