package cmd

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

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
	if pending(d) && d.Digest() != "" {
		fmt.Fprintf(w, "Digest: %s\n", d.Digest())
	}
}
