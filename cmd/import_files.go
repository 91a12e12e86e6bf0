package cmd

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/config/writer"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// writtenMark begins the first line of an HCL file that a command wrote. import and partoo legacy append to
// such a file, and to no other.
const writtenMark = "# Written by rolecall "

// importFiles are the files of one import, or of another command that declares live objects.
type importFiles struct {
	command string // that writes them; "" is import
	dir     string // of the configuration
	base    string // in which put writes: dir, or a temporary directory
	several bool   // there are several provider blocks
	files   []*importFile
	results []writer.Result         // by tenant
	absent  map[schema.Address]bool // what the product shows although it does not exist
}

// An importFile is a file with what import adds to it.
type importFile struct {
	name   string
	before []byte // what the file has; nil if there is none
	bytes.Buffer
	placed bool
}

// after returns the whole file. Lines that are added end as its first line does.
func (f *importFile) after() []byte {
	added := f.Bytes()
	if first, _, found := bytes.Cut(f.before, []byte("\n")); found && bytes.HasSuffix(first, []byte("\r")) {
		added = bytes.ReplaceAll(added, []byte("\n"), []byte("\r\n"))
	}
	return slices.Concat(f.before, added)
}

// opener returns a function that opens files of a tenant. The file of a name that another one has
// already gets a number.
func (files *importFiles) opener(tenant string) func(name string) (io.Writer, string) {
	return func(name string) (io.Writer, string) {
		if files.several {
			name = strings.ReplaceAll(tenant, ".", "_") + "_" + name
		}
		base, end := strings.TrimSuffix(name, filepath.Ext(name)), filepath.Ext(name)
		for n := 2; ; n++ {
			if f, free := files.open(name, end == ".hcl"); free {
				files.files = append(files.files, f)
				return f, name
			}
			name = fmt.Sprintf("%s_%d%s", base, n, end)
		}
	}
}

// open returns the file if import may write it.
func (files *importFiles) open(name string, mark bool) (*importFile, bool) {
	if slices.ContainsFunc(files.files, func(f *importFile) bool { return f.name == name }) {
		return nil, false
	}
	f := &importFile{name: name}
	path := filepath.Join(files.dir, name)
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if mark {
			who := "rolecall"
			if files.command == "" {
				who = "import"
			}
			fmt.Fprintf(f, "%s%s. As long as this line is here, %s appends new objects to the file.\n\n", writtenMark, cmp.Or(files.command, who), who)
		}
		return f, true
	case err != nil || !mark || !info.Mode().IsRegular():
		return nil, false
	}
	if f.before, err = os.ReadFile(path); err != nil || !bytes.HasPrefix(f.before, []byte(writtenMark)) {
		return nil, false
	}
	if !bytes.HasSuffix(f.before, []byte("\n")) {
		f.WriteString("\n")
	}
	f.WriteString("\n")
	return f, true
}

// put writes the files. If one cannot be written, those before it are taken back.
func (files *importFiles) put() (err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, files.takeBack())
		}
	}()
	if err := os.MkdirAll(files.base, 0o755); err != nil {
		return fmt.Errorf("cannot create the directory: %w", err)
	}
	root, err := os.OpenRoot(files.base)
	if err != nil {
		return fmt.Errorf("cannot open the directory: %w", err)
	}
	defer root.Close()
	for _, f := range files.files {
		if files.base != files.dir && f.name == providerFile {
			if err := root.Remove(f.name); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
		if err := replaceFile(root, f.name, f.before, f.after()); err != nil {
			return err
		}
		f.placed = true
	}
	return nil
}

// takeBack undoes put. A file that somebody changed meanwhile stays.
func (files *importFiles) takeBack() error {
	if !slices.ContainsFunc(files.files, func(f *importFile) bool { return f.placed }) {
		return nil
	}
	root, err := os.OpenRoot(files.base)
	if err != nil {
		return err
	}
	defer root.Close()
	var failed []error
	for _, f := range files.files {
		if !f.placed {
			continue
		}
		f.placed = false
		failed = append(failed, f.takeBack(root))
	}
	return errors.Join(failed...)
}

// takeBack removes what import added to a file, which needs no space on the disk, or the whole file.
func (f *importFile) takeBack(root *os.Root) error {
	now, err := root.ReadFile(f.name)
	if err != nil {
		return fmt.Errorf("cannot read a file: %w", err)
	}
	if !bytes.Equal(now, f.after()) {
		return changedSinceRead(f.name)
	}
	if f.before == nil {
		return root.Remove(f.name)
	}
	out, err := root.OpenFile(f.name, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("cannot open a file: %w", err)
	}
	return errors.Join(out.Truncate(int64(len(f.before))), out.Close())
}

// replaceFile writes a file as a whole. It must hold before, or not exist if before is nil.
func replaceFile(root *os.Root, name string, before, after []byte) (err error) {
	mode := fs.FileMode(0o644)
	if before != nil {
		now, err := root.ReadFile(name)
		if err != nil {
			return fmt.Errorf("cannot read a file: %w", err)
		}
		if !bytes.Equal(now, before) {
			return changedSinceRead(name)
		}
		info, err := root.Stat(name)
		if err != nil {
			return fmt.Errorf("cannot read a file: %w", err)
		}
		mode = info.Mode().Perm()
	}
	temporary := ".rolecall-import-" + rand.Text() + ".tmp"
	f, err := root.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return fmt.Errorf("cannot create a file: %w", err)
	}
	_, err = f.Write(after)
	if before != nil {
		err = errors.Join(err, f.Chmod(mode)) // as it was, whatever the umask
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		if before != nil {
			if err = root.Rename(temporary, name); err == nil {
				return nil
			}
		} else {
			err = root.Link(temporary, name) // unlike a rename, it fails if the file exists
		}
	}
	if err = errors.Join(err, root.Remove(temporary)); err != nil {
		return fmt.Errorf("cannot write %s: %w", text.Clean(name), err)
	}
	return nil
}

// finish writes the files to their directory, if check did it in a temporary one, and prints what
// was imported.
func (i *importing) finish(files *importFiles) error {
	if i.stage != "" {
		if err := ensureEmpty(i.product.Provider.Name, i.dir, nil); err != nil {
			return err
		}
		if _, err := os.Lstat(filepath.Join(i.dir, ".gitignore")); errors.Is(err, fs.ErrNotExist) {
			f := &importFile{name: ".gitignore"}
			f.WriteString(ignored)
			files.files = append(files.files, f)
		}
		files.base = i.dir
		if err := files.put(); err != nil {
			return err
		}
	}
	i.report(files)
	return i.f.printDiagnostics(i.c.reader, i.c.reader.Diagnostics(i.notes))
}
