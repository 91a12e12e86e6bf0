package filetree

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// A disk has the files of a directory.
type disk struct {
	*os.Root
	keys []keyFile // never read
}

func (d disk) ReadDir(path string) ([]fs.DirEntry, error) {
	f, err := d.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.ReadDir(-1)
}

func (d disk) ReadFile(path string, info fs.FileInfo, most int64) ([]byte, int64, error) {
	// A pipe that took the file's place must not make the program wait.
	f, err := d.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	opened, err := f.Stat()
	switch {
	case err != nil:
		return nil, 0, err
	case !os.SameFile(info, opened):
		return nil, 0, errors.New("it was replaced while it was opened")
	case !opened.Mode().IsRegular() || madeByKernel(f):
		return nil, 0, ErrNotRegular
	case opened.Size() > most:
		return nil, opened.Size(), nil
	}
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	if int64(len(b)) > most {
		return nil, int64(len(b)), nil
	}
	return b, int64(len(b)), err
}

func (d disk) KeyOf(_ string, info fs.FileInfo) string {
	for _, k := range d.keys {
		if os.SameFile(k.info, info) {
			return k.variable
		}
	}
	return ""
}

func (d disk) Same(info fs.FileInfo, path string) bool {
	other, err := d.Stat(path)
	return err == nil && os.SameFile(info, other)
}
