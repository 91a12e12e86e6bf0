package cmd_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/cmd"
	"github.com/rolecall-dev/rolecall/config/revision"
)

// writeFleet writes and commits a fleet with a directory for each of n tenants and, from a CSV file, with as
// many organizations that share one.
func writeFleet(tb testing.TB, n int) string {
	tb.Helper()
	dir := tb.TempDir()
	write := func(name, content string) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	own, rows := "name\n", "name,id\n"
	for i := range n {
		write(fmt.Sprintf("tenants/t%d/main.hcl", i), "")
		own += fmt.Sprintf("t%d\n", i)
		rows += fmt.Sprintf("shop-%d,%d\n", i, i)
	}
	write("own.csv", own)
	write("organizations.csv", rows)
	write("shared/main.hcl", "")
	write("fleet.hcl", `
tenant "own" {
  for_each  = { for t in csvdecode(file("own.csv")) : t.name => t }
  directory = "tenants/${each.key}"
}
tenant "shops" {
  for_each  = { for o in csvdecode(file("organizations.csv")) : o.name => o }
  directory = "shared"
  variables = { id = each.value.id }
}`)
	git(tb, dir, "init", "-q")
	git(tb, dir, "add", "-A")
	git(tb, dir, "commit", "-q", "-m", "start")
	return dir
}

// listChanged lists the tenants of a fleet that changed, and returns what git was asked: its commands, and
// the names of objects whose content it gave.
func listChanged(tb testing.TB, dir string) (listed string, asked []string) {
	tb.Helper()
	var out, said bytes.Buffer
	f := cmd.System()
	f.In, f.Out, f.Err, f.Environ = strings.NewReader(""), &out, &said, os.Environ()
	run := revision.Git(f.Environ)
	f.Git = func(ctx context.Context, dir string, in io.Reader, out io.Writer, args ...string) error {
		asked = append(asked, strings.Join(args[len(args)-min(2, len(args)):], " "))
		if in == nil {
			return run(ctx, dir, in, out, args...)
		}
		var objects bytes.Buffer
		err := run(ctx, dir, io.TeeReader(in, &objects), out, args...)
		asked = append(asked, strings.Fields(objects.String())...)
		return err
	}
	if code := cmd.Main([]string{"fleet", "list", "--changed-since", "HEAD", dir}, f); code != 0 {
		tb.Fatalf("exit code %d: %s", code, &said)
	}
	return out.String(), asked
}

// What is read to find the changed tenants does not grow with the fleet.
func TestFleetListReadsWhatChanged(t *testing.T) {
	var asked [2][3]int
	for i, n := range []int{10, 500} {
		dir := writeFleet(t, n)
		listed := func(want string) (objects int) {
			t.Helper()
			got, asked := listChanged(t, dir)
			if got != want {
				t.Errorf("%d tenants: listed %q, want %q", n, got, want)
			}
			return len(asked)
		}
		asked[i][0] = listed("")
		if err := os.WriteFile(filepath.Join(dir, "tenants", "t7", "main.hcl"), []byte("# changed"), 0o600); err != nil {
			t.Fatal(err)
		}
		asked[i][1] = listed("t7\n")
		path := filepath.Join(dir, "organizations.csv")
		rows, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, bytes.Replace(rows, []byte("shop-3,3"), []byte("shop-3,x3"), 1), 0o600); err != nil {
			t.Fatal(err)
		}
		asked[i][2] = listed("t7\nshop-3\n")
	}
	if asked[0] != asked[1] {
		t.Errorf("git was asked %v times for 20 tenants, and %v times for 1,000", asked[0], asked[1])
	}
}

// BenchmarkFleetList lists what changed in one of 5,000 tenants, and in one row.
func BenchmarkFleetList(b *testing.B) {
	dir := writeFleet(b, 2500)
	for name, content := range map[string]string{"tenants/t7/main.hcl": "# changed", "new.md": "outside"} {
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), []byte(content), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	repeat(b, func() {
		if got, _ := listChanged(b, dir); got != "t7\n" {
			b.Fatal(got)
		}
	})
}
