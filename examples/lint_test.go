package examples_test

import (
	"io/fs"
	"path/filepath"
	"testing"
)

// TestLint finds nothing in the examples that is not meant. Where a warning has a cause, mend the example or
// write the reason into the block.
func TestLint(t *testing.T) {
	linted := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		dir := filepath.Dir(path)
		if err != nil || filepath.Ext(path) != ".hcl" || linted[dir] {
			return err
		}
		linted[dir] = true
		if code, out, errs := rolecall(t, "lint", dir); code != 0 || errs != "" || out != "Nothing to report in "+dir+".\n" {
			t.Errorf("rolecall lint %s: exit code %d\n%s%s", dir, code, out, errs)
		}
		return nil
	})
	if err != nil || len(linted) < 7 {
		t.Errorf("linted %v: %v", linted, err)
	}
}
