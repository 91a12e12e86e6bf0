package cmd_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/cmd"
	"github.com/rolecall-dev/rolecall/config/revision"
)

// git runs git in a directory, without the settings of this machine.
func git(tb testing.TB, dir string, args ...string) {
	tb.Helper()
	c := exec.Command("git", args...)
	c.Dir = dir
	c.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=t", "GIT_AUTHOR_EMAIL=t@t", "GIT_COMMITTER_NAME=t", "GIT_COMMITTER_EMAIL=t@t")
	if out, err := c.CombinedOutput(); err != nil {
		tb.Fatalf("git %s: %v: %s", strings.Join(args, " "), err, out)
	}
}

// changedRole commits the configuration of a recording and changes one role afterwards.
func changedRole(tb testing.TB, r *recording) {
	tb.Helper()
	git(tb, r.dir, "init", "-q")
	git(tb, r.dir, "add", "-A")
	git(tb, r.dir, "commit", "-q", "-m", "start")
	path := filepath.Join(r.dir, "users.hcl")
	text, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.Replace(text, []byte(`"review_management"`), []byte(`"review_management", "business_edit_name"`), 1), 0o600); err != nil {
		tb.Fatal(err)
	}
}

// planSince plans one changed role without impact.
func planSince(tb testing.TB, r *recording) {
	tb.Helper()
	code, out := program(r, r.env, "plan", "--since", "HEAD", "--no-impact", "--detailed-exitcode", r.dir)
	if code != 2 || !strings.Contains(out, "~ update role.role_0") || !strings.Contains(out, "Plan: 1 to update\n") {
		tb.Fatalf("exit code %d: %.2000s", code, out)
	}
}

// A plan of one changed role without impact takes as many requests in an organization of any size.
func TestSinceTakesFewRequests(t *testing.T) {
	const most = 10
	var sent []int64
	for _, users := range []int{100, 2_400} {
		r := record(t, partooTenant{users: users})
		changedRole(t, r)
		r.emulator = nil
		r.sent.Store(0)
		planSince(t, r)
		sent = append(sent, r.sent.Load())
	}
	if sent[0] > most || sent[0] != sent[1] {
		t.Errorf("%d requests with few users and %d with many, want at most %d and as many", sent[0], sent[1], most)
	}
}

// BenchmarkPlanSince plans one changed role without impact.
func BenchmarkPlanSince(b *testing.B) {
	for _, s := range partooTenants(0) {
		b.Run(s.String(), func(b *testing.B) {
			r := record(b, s)
			changedRole(b, r)
			r.sent.Store(0)
			repeat(b, func() { planSince(b, r) })
			b.ReportMetric(float64(r.sent.Load())/float64(b.N), "requests/op")
		})
	}
}

// What git says is in the error, and nothing is sent.
func TestSinceWithoutGit(t *testing.T) {
	dir := t.TempDir()
	text := `provider "partoo" { org_id = 42 }`
	if err := os.WriteFile(filepath.Join(dir, "main.hcl"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		err  error
		want string
	}{
		{revision.ErrNoGit, "--since needs git, which was not found"},
		{fmt.Errorf("git: detected dubious ownership\x1b[2J in repository"), `not in a git repository: git: detected dubious ownership\x1b[2J in repository`},
	} {
		var out strings.Builder
		f := cmd.System()
		f.In, f.Out, f.Err, f.Environ = strings.NewReader(""), &out, &out, nil
		f.Git = func(context.Context, string, io.Reader, io.Writer, ...string) error { return c.err }
		if code := cmd.Main([]string{"plan", "--since", "HEAD", dir}, f); code != 1 || !strings.Contains(out.String(), c.want) {
			t.Errorf("exit code %d: %s, want %q", code, &out, c.want)
		}
	}
}
