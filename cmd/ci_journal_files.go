package cmd

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/rolecall-dev/rolecall/apply/datadir"
	"github.com/rolecall-dev/rolecall/cmd/archive"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// recordedFiles lists the journals and the baseline beside a configuration.
func recordedFiles(dir string) ([]archive.File, error) {
	if err := checkDirectory(dir); err != nil {
		return nil, err
	}
	var files []archive.File
	for _, below := range [][]string{{dataDir, journalDir}, {dataDir}} {
		folder, err := datadir.Open(dir, false, below...)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		names, err := folder.Names()
		folder.Close()
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if inside := path.Join(path.Join(below[1:]...), name); recorded(inside) {
				files = append(files, archive.File{Name: inside, Open: func() (io.ReadCloser, error) { return openRecorded(dir, inside) }})
			}
		}
	}
	return files, nil
}

// checkDirectory returns an error if journals cannot be beside a configuration in dir.
func checkDirectory(dir string) error {
	hint := "Name the directory that holds the configuration."
	switch info, err := os.Stat(dir); {
	case errors.Is(err, fs.ErrNotExist):
		return advise(hint, "there is no directory %q", dir)
	case err != nil:
		return err
	case !info.IsDir():
		return advise(hint, "%q is not a directory", dir)
	}
	return nil
}

// recorded reports whether a file in dataDir, named with slashes, belongs into an archive.
func recorded(name string) bool {
	folder, file := path.Split(name)
	return name == baselineFile || folder == journalDir+"/" && strings.HasSuffix(file, ".jsonl") && filepath.IsLocal(file) && !strings.ContainsAny(file, `\:`)
}

func openRecorded(dir, name string) (io.ReadCloser, error) {
	folder, err := recordedFolder(dir, name, false)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	return folder.Open(path.Base(name))
}

// recordedFolder opens the folder of a file in dataDir.
func recordedFolder(dir, name string, create bool) (*datadir.Dir, error) {
	if path.Dir(name) == journalDir {
		return datadir.Open(dir, create, dataDir, journalDir)
	}
	return datadir.Open(dir, create, dataDir)
}

// unpackJournal reads the archive twice, because only its end shows who made it.
func unpackJournal(f *Factory, from, dir string) error {
	keys, err := f.journalKeys()
	if err != nil {
		return err
	}
	if err := checkDirectory(dir); err != nil {
		return err
	}
	file, err := os.Open(from)
	if err != nil {
		return advise("Name a file that rolecall ci journal pack wrote.", "archive %s cannot be read: %w", from, bare(err))
	}
	defer file.Close()
	wrong := func(err error) error {
		hint := "Nothing may be applied without the journals. Find out where the archive comes from, or whether " + journalKeyEnv + " was changed."
		if errors.Is(err, archive.ErrOtherKey) {
			hint += " If it was, write the old key into its second line for one run."
		}
		return advise(hint, "archive %s: %w", from, err)
	}
	check := func(name string, _ io.Reader) error {
		if !recorded(name) {
			return fmt.Errorf("%w: it has a file %q", archive.ErrNotOurs, name)
		}
		return nil
	}
	if err := archive.Read(file, keys, check); err != nil {
		return wrong(err)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return wrong(err)
	}
	var refused error
	n := 0
	err = archive.Read(file, keys, func(name string, content io.Reader) error {
		n++
		refused = restore(dir, name, content)
		return refused
	})
	switch {
	case refused != nil:
		return refused
	case err != nil:
		return wrong(err)
	}
	fmt.Fprintf(f.Out, "Unpacked %s.\n", text.Count(n, "file", "files"))
	return nil
}

// restore writes a file in dataDir, unless it exists with this content.
func restore(dir, name string, content io.Reader) error {
	all, err := io.ReadAll(content)
	if err != nil {
		return err
	}
	folder, err := recordedFolder(dir, name, true)
	if err != nil {
		return err
	}
	defer folder.Close()
	base := path.Base(name)
	switch old, err := folder.Open(base); {
	case errors.Is(err, fs.ErrNotExist):
		return folder.Replace(base, func(w io.Writer) error { _, err := w.Write(all); return err })
	case err != nil:
		return err
	default:
		defer old.Close()
		present, err := io.ReadAll(old)
		if err != nil {
			return err
		}
		if !bytes.Equal(present, all) {
			return advise("Move one of the two away. Unpack an archive where nothing was applied since.", "%s exists, and is not as in the archive", folder.Path(base))
		}
		return nil
	}
}
