package archive

import (
	"archive/tar"
	"compress/gzip"
	"crypto/hmac"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
)

// Read calls the function with each file of an archive, and returns an error if none of the keys
// made the archive. Only the end of an archive shows that, so the function must not act on a file
// before an earlier call of Read for the same archive succeeded.
func Read(r io.Reader, keys []Key, file func(name string, content io.Reader) error) error {
	identities := make([]age.Identity, len(keys))
	for i := range keys {
		identities[i] = keys[i].identity
	}
	decrypted, err := age.Decrypt(r, identities...)
	if none := (*age.NoIdentityMatchError)(nil); errors.As(err, &none) {
		return ErrOtherKey
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotOurs, err)
	}
	plain, err := gzip.NewReader(decrypted)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotOurs, err)
	}
	return readTar(plain, keys, file)
}

func readTar(r io.Reader, keys []Key, file func(name string, content io.Reader) error) error {
	macs := make([]transcript, len(keys))
	to := make([]io.Writer, len(keys))
	for i := range keys {
		macs[i] = newTranscript(keys[i].mac)
		to[i] = macs[i]
	}
	entries, room := tar.NewReader(r), int64(MaxBytes)
	for n := 0; ; n++ {
		h, err := entries.Next()
		switch {
		case errors.Is(err, io.EOF):
			return fmt.Errorf("%w: it has no authentication", ErrNotOurs)
		case err != nil:
			return fmt.Errorf("it is damaged: %w", err)
		case h.Typeflag != tar.TypeReg:
			return fmt.Errorf("%w: %q is no plain file", ErrNotOurs, h.Name)
		case h.Name == authentication:
			return authenticate(r, entries, macs)
		}
		if room -= h.Size; room < 0 || n == maxFiles {
			return ErrTooLarge
		}
		for _, m := range macs {
			m.begin(h.Name, h.Size)
		}
		content := io.TeeReader(entries, io.MultiWriter(to...))
		if err := file(h.Name, content); err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, content); err != nil { // what the function left
			return fmt.Errorf("it is damaged: %w", err)
		}
	}
}

// authenticate checks the last entry, and that nothing follows.
func authenticate(r io.Reader, entries *tar.Reader, macs []transcript) error {
	stated, err := io.ReadAll(io.LimitReader(entries, 1<<10))
	if err != nil {
		return fmt.Errorf("it is damaged: %w", err)
	}
	if _, err := entries.Next(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: something follows its authentication", ErrNotOurs)
	}
	switch n, err := io.CopyN(io.Discard, r, 1); { // the checksums of gzip and age are at the end
	case n > 0:
		return fmt.Errorf("%w: something follows its end", ErrNotOurs)
	case !errors.Is(err, io.EOF):
		return fmt.Errorf("it is damaged: %w", err)
	}
	for _, m := range macs {
		if hmac.Equal(stated, m.Sum(nil)) {
			return nil
		}
	}
	return ErrForged
}
