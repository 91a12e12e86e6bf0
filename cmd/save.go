package cmd

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/natefinch/atomic"

	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// saveJSON saves what --json prints, for --report. Secrets in it are replaced.
func (f *Factory) saveJSON(path string, v any) error {
	b, err := indentedJSON(v)
	if err == nil {
		err = saveFile(path, func(w io.Writer) error {
			_, err := w.Write(f.secrets.RedactKnown(text.JSON(b)))
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("%s cannot be saved: %w", path, err)
	}
	return nil
}

// saveFile writes a file whole or not at all, readable by its owner only: it names people and what
// they may do.
func saveFile(path string, write func(io.Writer) error) error { return saveAs(path, 0o600, write) }

// saveReadable is saveFile for a file that names nobody and that other programs read.
func saveReadable(path string, write func(io.Writer) error) error { return saveAs(path, 0o644, write) }

func saveAs(path string, mode os.FileMode, write func(io.Writer) error) (err error) {
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
	if err := t.Chmod(mode); err != nil {
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
