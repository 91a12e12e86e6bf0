package cmd

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/natefinch/atomic"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/planfile"
	"github.com/rolecall-dev/rolecall/provider/secret"
)

// readPlan reads a plan file.
func readPlan(path string, products Products) (*plan.Document, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, advise("Name a file that rolecall plan --out saved.", "plan file %s cannot be read: %w", path, bare(err))
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return nil, advise("Name a file that rolecall plan --out saved.", "%s is a directory", path)
	}
	d, err := planfile.Decode(file, products.schemas())
	switch {
	case errors.Is(err, planfile.ErrNotPlan):
		return nil, advise("Name a file that rolecall plan --out saved, or the directory that holds your configuration.", "%s is %w", path, err)
	case err != nil:
		return nil, advise("Make a new one with: "+commandLine("plan --out", path), "plan file %s: %w", path, err)
	}
	return d, nil
}

// savePlan saves a plan for show and apply. Secrets in names are replaced: what is applied
// is planned anew, so such a change is left out then.
func savePlan(path string, d *plan.Document, secrets *secret.Set) error {
	err := saveFile(path, func(w io.Writer) error {
		lines := secrets.Lines(w)
		return cmp.Or(planfile.Encode(lines, d), lines.Flush())
	})
	if err != nil {
		return fmt.Errorf("the plan cannot be saved in %s: %w", path, err)
	}
	return nil
}

// saveFile writes a file whole or not at all, readable by its owner only: it names people and what
// they may do.
func saveFile(path string, write func(io.Writer) error) (err error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return advise("Name a file in it.", "it is a directory")
	}
	t, err := os.CreateTemp(filepath.Dir(path), ".rolecall-*")
	if err != nil {
		return bare(err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(t.Name()) // the first error tells more
			err = bare(err)
		}
	}()
	if err := write(t); err != nil {
		_ = t.Close()
		return err
	}
	if err := t.Sync(); err != nil {
		_ = t.Close()
		return err
	}
	if err := t.Close(); err != nil {
		return err
	}
	return atomic.ReplaceFile(t.Name(), path)
}

// bare drops the path of a temporary file from an error.
func bare(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

// printDigest prints the digest of a plan that changes something.
func printDigest(w io.Writer, d *plan.Document) {
	if pending(d) {
		fmt.Fprintf(w, "Digest: %s\n", d.Digest())
	}
}
