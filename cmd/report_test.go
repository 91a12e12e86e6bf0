package cmd_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/cmd"
)

// A fullDisk takes everything up to a word, and nothing more.
type fullDisk struct{ until string }

func (d fullDisk) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte(d.until)) {
		return 0, errors.New("no space left")
	}
	return len(p), nil
}

// TestReportThatDoesNotArrive loses the report of a run, which is then told on the
// error stream, in whichever form it was asked for.
func TestReportThatDoesNotArrive(t *testing.T) {
	for _, args := range [][]string{{"apply", "--auto-approve"}, {"apply", "--auto-approve", "--json"}} {
		dir, f := desk(t)
		var told strings.Builder
		f.InTerminal, f.ErrTerminal = false, false
		f.Out, f.Err = fullDisk{until: "pplied"}, &told
		code := cmd.Main(append(args, dir), f)
		for _, want := range []string{"Applied 1 change.", "Error: cannot write the output: no space left"} {
			if code != 1 || !strings.Contains(told.String(), want) {
				t.Errorf("%q: exit code %d, want 1 and %q:\n%s", args, code, want, told.String())
			}
		}
	}
}
