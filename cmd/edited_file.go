package cmd

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/natefinch/atomic"

	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/config/splice"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// An editedFile is a file of a configuration with edits, for adopt and for fmt --tidy.
type editedFile struct {
	path, target  string        // as the configuration names it; absolute and without links
	before, after []byte        // before is nil for a new file
	parsed        *splice.File  // of an HCL file
	table         *splice.Table // of a CSV file
	edits         []splice.Edit
	removed       []splice.Edit // whole blocks
}

// remove deletes a block.
func (x *editedFile) remove(block *hclsyntax.Block) {
	edits := x.parsed.Remove(block)
	x.edits, x.removed = append(x.edits, edits...), append(x.removed, edits...)
}

// removeEntry deletes an entry of a map, or says why it cannot.
func (x *editedFile) removeEntry(entry splice.Entry, place string) *refusal {
	edits, err := x.parsed.RemoveEntry(entry)
	if err != nil {
		return refusef(place, "", "%v", err)
	}
	x.edits = append(x.edits, edits...)
	return nil
}

// editedFiles are files with edits, by the path that the configuration gives them.
type editedFiles map[string]*editedFile

// open returns an HCL file that the command may change, or why it may not.
func (files editedFiles) open(reader config.Reader, path, command string) (*editedFile, *refusal) {
	if strings.HasSuffix(path, ".json") {
		return nil, refusef(path, "", "is JSON, which %s does not change", command)
	}
	return files.openWith(reader, path, command, func(x *editedFile) (err error) {
		x.parsed, err = splice.Parse(path, x.before)
		return err
	})
}

func (files editedFiles) openWith(reader config.Reader, path, command string, parse func(*editedFile) error) (*editedFile, *refusal) {
	if x := files[path]; x != nil {
		return x, nil
	}
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() {
		return nil, refusef(path, "", "is a link or no regular file, which %s does not change", command)
	}
	x := &editedFile{path: path}
	if x.before, x.target, err = reader.ReadFile(path); err != nil {
		return nil, refusef("", "", "%v", err)
	}
	if err = parse(x); err != nil {
		return nil, refusef("", "", "%v", err)
	}
	files[path] = x
	return x, nil
}

// create returns a file of a directory that does not exist yet.
func (files editedFiles) create(dir, name string) (*editedFile, error) {
	path := filepath.Join(dir, name)
	if x := files[path]; x != nil {
		return x, nil
	}
	parsed, err := splice.Parse(path, nil)
	if err != nil {
		return nil, err
	}
	real, err := filepath.EvalSymlinks(dir)
	if err == nil {
		real, err = filepath.Abs(real)
	}
	if err != nil {
		return nil, err
	}
	files[path] = &editedFile{path: path, target: filepath.Join(real, name), parsed: parsed}
	return files[path], nil
}

// render applies the edits and returns the files that change, by path.
func (files editedFiles) render() ([]*editedFile, error) {
	var out []*editedFile
	for _, path := range slices.Sorted(maps.Keys(files)) {
		x := files[path]
		if len(x.edits) == 0 {
			continue
		}
		var err error
		apply := x.table.Apply
		if x.table == nil {
			apply = x.parsed.Apply
		}
		if x.after, err = apply(x.edits); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// writeEdited writes the files. If one cannot be written, those before it are taken back.
func writeEdited(files []*editedFile) error {
	for _, x := range files {
		if err := x.unchanged(x.before); err != nil {
			return err
		}
	}
	for i, x := range files {
		err := x.replace(x.before, x.after)
		if err == nil {
			continue
		}
		for _, done := range files[:i] {
			err = errors.Join(err, done.replace(done.after, done.before))
		}
		return err
	}
	return nil
}

// keepsComments checks that all comments outside of deleted blocks are in the file as before.
func (x *editedFile) keepsComments() error {
	if x.table != nil {
		return nil // a CSV file has none
	}
	now, err := splice.Parse(x.path, x.after)
	if err != nil {
		return err
	}
	rest := now.Comments()
	for _, comment := range x.parsed.CommentsOutside(x.removed) {
		i := slices.Index(rest, comment)
		if i < 0 {
			return fmt.Errorf("would lose the comment %q", comment)
		}
		rest = rest[i+1:]
	}
	return nil
}

// unchanged checks that the file has the given bytes, or does not exist if they are nil, and that its
// path still leads there without links.
func (x *editedFile) unchanged(want []byte) error {
	info, err := os.Lstat(x.target)
	if want == nil {
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		return changedSinceRead(x.path)
	}
	if err != nil {
		return err
	}
	now, err := os.ReadFile(x.target)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() || !bytes.Equal(now, want) {
		return changedSinceRead(x.path)
	}
	return nil
}

func changedSinceRead(path string) error {
	return advise("It stays as it is. Look at it, and run the command again.", "another program changed %s meanwhile", text.Clean(path))
}

// replace writes the file as a whole. It must have the bytes of from.
func (x *editedFile) replace(from, to []byte) error {
	if err := x.unchanged(from); err != nil {
		return err
	}
	switch {
	case to == nil:
		return os.Remove(x.target)
	case from != nil:
		if err := atomic.WriteFile(x.target, bytes.NewReader(to)); err != nil {
			return fmt.Errorf("cannot write %s: %w", text.Clean(x.path), err)
		}
		return nil
	}
	root, err := os.OpenRoot(filepath.Dir(x.target))
	if err != nil {
		return err
	}
	defer root.Close()
	return replaceFile(root, filepath.Base(x.target), nil, to)
}
