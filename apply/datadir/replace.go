package datadir

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// Replace writes a file for its owner only and puts it in the place of the one with the name, so that
// after a crash there is the old file or the new one, whole. A link with the name is an error.
func (d *Dir) Replace(name string, write func(io.Writer) error) error {
	if err := d.Check(name); err != nil {
		return err
	}
	next := name + ".new"
	if err := d.root.Remove(next); err != nil && !errors.Is(err, fs.ErrNotExist) { // of a run that was killed
		return d.in(next, err)
	}
	f, err := d.Create(next)
	if err != nil {
		return err
	}
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = d.root.Rename(next, name)
	}
	if err != nil {
		_ = d.root.Remove(next) // the error before it says what is wrong
		return fmt.Errorf("write %s: %w", d.Path(name), err)
	}
	return nil
}
