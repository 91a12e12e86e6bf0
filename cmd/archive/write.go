package archive

import (
	"archive/tar"
	"compress/gzip"
	"io"

	"filippo.io/age"
)

// Write writes an archive of the files. The holder of the key and of the secret keys of the
// recipients can decrypt it. After an error what was written is no archive.
func Write(w io.Writer, files []File, key Key, recipients ...age.Recipient) error {
	if len(files) > maxFiles {
		return ErrTooLarge
	}
	encrypted, err := age.Encrypt(w, append([]age.Recipient{key.recipient}, recipients...)...)
	if err != nil {
		return err
	}
	compressed := gzip.NewWriter(encrypted)
	a := writer{tar.NewWriter(compressed), newTranscript(key.mac), MaxBytes}
	for _, f := range files {
		if err := a.add(f); err != nil {
			return err
		}
	}
	mac := a.Sum(nil)
	if err := a.tar.WriteHeader(header(authentication, int64(len(mac)))); err != nil {
		return err
	}
	if _, err := a.tar.Write(mac); err != nil {
		return err
	}
	for _, c := range []io.Closer{a.tar, compressed, encrypted} {
		if err := c.Close(); err != nil {
			return err
		}
	}
	return nil
}

type writer struct {
	tar *tar.Writer
	transcript
	room int64 // how many bytes may follow
}

func (a *writer) add(f File) error {
	file, err := f.Open()
	if err != nil {
		return err
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, a.room+1)) // the size comes first
	if err != nil {
		return err
	}
	if a.room -= int64(len(content)); a.room < 0 {
		return ErrTooLarge
	}
	if err := a.tar.WriteHeader(header(f.Name, int64(len(content)))); err != nil {
		return err
	}
	a.begin(f.Name, int64(len(content)))
	_, err = io.MultiWriter(a.tar, a).Write(content)
	return err
}

func header(name string, size int64) *tar.Header {
	return &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600}
}
